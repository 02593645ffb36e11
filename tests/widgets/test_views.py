"""
What all widgets have in common, in a real shell.
"""

import pytest

from machina_lab import widgets
from machina_lab.widgets import views
from tests.support.shells import bundle, run, shell
from tests.widgets.pages import html_of


MAKERS = {
    "override_form": lambda lab: widgets.override_form(lab, "customer"),
    "derived": widgets.derived,
    "sequence_inspector": widgets.sequence_inspector,
    "schema_explorer": widgets.schema_explorer,
    "workbench": widgets.workbench,
}


@pytest.fixture
def ip():
    """
    A shell.
    """
    with shell() as running:
        yield running


@pytest.fixture(params=MAKERS)
def view(request, lab, ip):
    """
    Each widget, made in a shell.
    """
    return MAKERS[request.param](lab)


def test_shows_as_widget_html_and_text(view, ip):
    """
    A front end gets the widget; one without widgets, or untrusted, HTML and text.
    """
    data = bundle(ip, view)

    assert set(data) >= {
        "application/vnd.jupyter.widget-view+json",
        "text/html",
        "text/plain",
    }
    assert "customer" in data["text/plain"] or "email" in data["text/plain"]
    assert "<style" not in data["text/html"]


def test_follows_the_cells_of_its_shell(view, ip, lab):
    """
    A cell that is run refreshes what is shown.
    """
    ip.user_ns["lab"] = lab
    ran = run(ip, "_ = lab.insert_list(7, 'customer')")

    assert ran.success
    shown = html_of(view) + view.as_text() + str(getattr(view, "tables", ""))
    assert "7" in shown


def test_closed_widgets_are_forgotten(view, ip):
    """
    A closed widget follows nothing any more.
    """
    view.close_all()

    run(ip, "1")

    assert all(each() is not view for each in views._live)


def test_only_the_newest_follow(lab, ip):
    """
    However often a cell is run, few widgets are refreshed.
    """
    made = [widgets.derived(lab) for _ in range(20)]

    live = [each() for each in views._live]

    assert len(live) <= 8
    assert made[-1] in live
