"""
What goes wrong while a widget is open is said inside it, whichever widget it is.
"""

import linecache
import re

import pytest

from sqlalchemy import create_engine

from machina_lab import Lab, sequence
from machina_lab.widgets import (
    SchemaExplorer,
    derived,
    override_form,
    schema_explorer,
    sequence_inspector,
    workbench,
)
from tests.widgets.pages import everything, html_of, press, put


HOSTILE = "</style><img/src=x/onerror=alert(1)>\u202e'\"&"

ALL = {
    "form": lambda lab: override_form(lab, lab.names()[0]),
    "derived": derived,
    "sequences": sequence_inspector,
    "schema": schema_explorer,
    "workbench": workbench,
}


@pytest.fixture(params=ALL)
def opens(request):
    """
    Opens a widget of each kind, and all tabs that it has.
    """

    def opened(lab):
        view = ALL[request.param](lab)
        _open_tabs(view)
        return view

    return opened


def _open_tabs(view):
    """
    Open all tabs of a widget, one after the other.
    """
    for each in list(everything(view)):
        for number in range(len(getattr(each, "titles", ()))):
            put(each, number, "selected_index")


@pytest.fixture
def hostile():
    """
    A lab in which every name and value tries to break out.
    """
    engine = create_engine("sqlite://")
    quoted = HOSTILE.replace('"', '""')
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f'CREATE TABLE "{quoted}" (id INTEGER PRIMARY KEY, "{quoted}" TEXT)'
        )
    lab = Lab(engine)

    def body():
        return {HOSTILE: HOSTILE, "n": sequence(HOSTILE, lambda n: f"{HOSTILE}{n}")}

    def hook(params):
        return params

    hook.__name__ = HOSTILE
    lab.define(body, name=HOSTILE, hooks={"after_build_params": hook})
    lab.variant(HOSTILE, f"{HOSTILE}v", defaults={HOSTILE: HOSTILE})
    lab.insert(lab.names()[-1])
    yield lab
    lab.repo.close()
    engine.dispose()


def test_hostile_texts_are_shown_not_obeyed(hostile, opens):
    """
    Markup in any name, label, value or journal is text, in the page and beside it.
    """
    view = opens(hostile)

    shown = html_of(view) + view.as_html()

    assert "<img" not in shown
    # Code is shown as it has to be copied.
    shown = re.sub(
        r"(?s)<(code|svg|table class=.dataframe).*?</|data-table=.\S+", "", shown
    )
    assert "\u202e" not in shown
    assert "&lt;img" in shown


class Source:
    """
    Factories that come and go.
    """

    model, text = None, ""

    def __init__(self, *names):
        self.known = list(names)

    def names(self):
        return list(self.known)

    def define(self, name):
        return self

    def function(self):
        return {"n": 1}


def test_a_factory_that_is_deleted(opens):
    """
    A widget whose factory goes says so or moves on, and works with those that stay.
    """
    lab, source = Lab(), Source("first", "second")
    lab.add_source(source)
    view = opens(lab)
    source.known.remove("first")
    lab.remove_source(source)
    lab.add_source(source)

    view.follow()

    assert "first" not in view.as_text() or view.status.text.startswith(
        "UndefinedFactoryError: no factory named 'first'"
    )


def _cell(color, lab):
    """
    Run a cell that defines a factory.
    """
    source = (
        f"@lab.factory\ndef tea():\n    return {{{color!r}: sequence({color!r}, str)}}"
    )
    file = f"<cell {color}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    names = {"lab": lab, "__name__": "cell", "sequence": sequence}
    exec(compile(source, file, "exec"), names)


def test_a_factory_that_is_defined_again(opens):
    """
    A widget shows a factory's new definition after the cell that made it.
    """
    lab = Lab()
    _cell("green", lab)
    view = opens(lab)

    _cell("black", lab)
    view.follow()
    _open_tabs(view)

    assert view.status.error is None
    shown = html_of(view)
    assert "green" not in shown
    assert ("black" in shown) == (not isinstance(view, SchemaExplorer))


def test_a_database_that_goes_away(lab, opens):
    """
    Every button of a widget says what the database says, and raises nothing.
    """
    view = opens(lab)
    lab.insert("customer")
    raw = lab.repo.session.connection().connection
    kept, raw.dbapi_connection = raw.dbapi_connection, None

    view.follow()
    for each in everything(view):
        if hasattr(each, "button_style") and hasattr(each, "on_click"):
            press(each)

    raw.dbapi_connection = kept
    assert view.as_text()
