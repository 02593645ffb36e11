"""
The workbench: everything in one window.
"""

import json

import pytest

from machina_lab import Lab
from machina_lab.widgets import workbench
from machina_lab.widgets.workbench import journal_data
from tests.widgets.pages import everything, html_of, press, put


@pytest.fixture
def bench(lab):
    """
    The workbench of the shop.
    """
    return workbench(lab)


def open_tab(bench, name):
    """
    Open a tab, as the page does.
    """
    put(bench.tabs, list(bench.tabs.titles).index(name), "selected_index")


def test_its_data_are_plain(lab):
    """
    Journal and pending rows can be written as JSON; overrides by name only.
    """
    lab.insert("customer", name="Ada")

    data = journal_data(lab)

    assert json.loads(json.dumps(data)) == data
    assert data["pending"] == {"customers": 1}
    assert data["steps"][0]["step"] == "insert customer"
    assert data["steps"][0]["overrides"] == "name"


def test_pages_are_made_when_opened(bench):
    """
    Only the form is there at first; the others come with their tabs, once.
    """
    assert list(bench.pages) == ["Build"]

    for name in ("Factories", "Sequences", "Schema", "Journal", "Factories"):
        open_tab(bench, name)

    assert list(bench.pages) == ["Build", "Factories", "Sequences", "Schema"]


def test_choosing_a_factory_opens_its_form(bench):
    """
    The form is of the chosen factory, and the old one is closed.
    """
    first = bench.form
    names = list(bench.factory.options)

    put(bench.factory, names.index("order"), "index")

    assert bench.form.name == "order"
    assert first.comm is None
    assert all(each.comm is None for each in everything(first))


def test_inserting_in_the_form_shows_in_the_journal(bench, lab):
    """
    What the form inserts is pending here at once, and undone it is gone.
    """
    assert bench.commit_button.disabled

    press(bench.form.insert_button)
    assert "Pending: customers 1." in bench.pending.value
    assert "insert customer" in bench.journal.value
    assert not bench.commit_button.disabled

    press(bench.undo_button)
    assert lab.journal == []
    assert bench.status.text == "Took back insert customer."
    assert bench.code == "lab.undo()"
    assert bench.commit_button.disabled


def test_commits(bench, lab):
    """
    Commit makes the pending rows stay; the line does the same.
    """
    press(bench.form.insert_button)

    press(bench.commit_button)

    assert lab.pending == {}
    assert len(lab.journal) == 1
    assert "%lab commit" in bench.code_lines.value
    assert "Nothing is pending." in bench.pending.value


def test_rolls_back(bench, lab):
    """
    Rollback takes back everything since the last commit.
    """
    lab.insert_list(3, "order")
    bench.follow()

    press(bench.rollback_button)

    assert lab.journal == []
    assert bench.code == "lab.rollback()"


def test_follows_other_cells(bench, lab):
    """
    Factories and inserts of other cells appear; the open form stays.
    """
    form = bench.form

    @lab.factory
    def newest():
        return {}

    lab.insert("category")
    bench.follow()

    assert "newest" in bench.factory.options
    assert "Pending: categories 1." in bench.pending.value
    assert bench.form is form


def test_errors_are_said_inside(bench):
    """
    Undo without anything to undo says so.
    """
    bench.undo()

    assert bench.status.text.startswith("NothingToUndo: nothing to undo")


def test_a_session_of_the_caller(engine):
    """
    Where the transaction is the caller's, Commit and Rollback are off.
    """
    from sqlalchemy.orm import Session

    from tests.support.shop_lab import shop_lab

    with Session(engine) as session:
        lab = shop_lab(session)
        lab.insert("customer")
        bench = workbench(lab)

        assert bench.commit_button.disabled
        assert bench.rollback_button.disabled
        assert not bench.undo_button.disabled


def test_an_empty_lab():
    """
    A lab without factories and database has a workbench too.
    """
    lab = Lab()
    bench = workbench(lab)
    assert bench.form is None
    assert "no database connected" in bench.title.value
    for name in bench.tabs.titles:
        open_tab(bench, name)

    @lab.factory
    def tea():
        return {"name": "Green"}

    bench.follow()

    assert bench.form.name == "tea"


def test_reads_as_text_and_html(bench, lab):
    """
    Where no widget runs, factories, pending rows and journal are there.
    """
    lab.insert("customer")
    bench.follow()

    assert "customers 1" in bench.as_text()
    assert "insert customer" in bench.as_text()
    assert "<table" in bench.as_html()
    assert "<script" not in html_of(bench)
