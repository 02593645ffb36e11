"""
The tables of a large database are read without stopping the page.
"""

import asyncio

from itertools import count

import pytest

from machina_lab import Lab
from machina_lab.widgets import reading, schema_explorer, workbench
from tests.support.shop_lab import shop_lab
from tests.widgets.pages import press


@pytest.fixture
def slowly(monkeypatch):
    """
    Lets every turn read one table.
    """
    monkeypatch.setattr(reading, "_TURN", 0)
    monkeypatch.setattr(reading, "_AT_A_TIME", 1)
    monkeypatch.setattr(reading, "_AT_ONCE", 1)


async def turns_until(there):
    """
    Let the event loop turn until *there* is true; return how often.
    """
    turns = count()
    while not there():
        next(turns)
        await asyncio.sleep(0)
    return next(turns)


def test_a_page_goes_on_meanwhile(engine, slowly):
    """
    The explorer is there before its tables, and says how far it is.
    """
    lab = shop_lab(engine)

    async def visit():
        view = schema_explorer(lab)
        assert view.schema is None
        assert view.status.text == "Reading the tables: 1 so far."
        assert "order_lines" in view.as_text()
        assert "<td>order_lines</td>" in view.as_html()
        view.follow()
        assert await turns_until(lambda: view.schema) >= 7
        assert len(view.schema) == 8
        assert view.status.text == ""

    asyncio.run(visit())
    lab.repo.close()


def test_widgets_read_together(engine, slowly):
    """
    Two widgets wait for one reading; a bench offers other factories meanwhile.
    """
    lab = shop_lab(engine)
    own = lab.names(automatic=False)

    async def visit():
        bench = workbench(lab)
        assert list(bench.factory.options) == own
        assert "tag" not in bench.as_text()
        view = schema_explorer(lab)
        await turns_until(lambda: view.schema)
        assert list(bench.factory.options) == lab.names()
        assert "tag" in bench.as_text()
        assert bench.status.text == ""

    asyncio.run(visit())
    lab.repo.close()


def test_who_reads_at_once_meanwhile(engine, slowly):
    """
    Classes are made once, also where a cell asks for the schema in between.
    """
    lab = Lab(engine)

    async def visit():
        view = schema_explorer(lab)
        made = lab.tables()
        await turns_until(lambda: view.schema)
        assert lab.tables() is made

    asyncio.run(visit())
    lab.repo.close()


def test_a_database_that_goes_away(engine, slowly):
    """
    A reading that fails half way says so; Refresh begins anew.
    """
    lab = Lab(engine)

    async def visit():
        view, bench = schema_explorer(lab), workbench(lab)
        raw = lab.repo.session.connection().connection
        kept, raw.dbapi_connection = raw.dbapi_connection, None
        await turns_until(lambda: view.status.error)
        assert bench.status.error is view.status.error
        raw.dbapi_connection = kept
        press(view.reload)
        await turns_until(lambda: view.schema)
        assert view.status.text == "Read 8 tables."

    asyncio.run(visit())
    lab.repo.close()


def test_small_databases_are_read_at_once(engine, monkeypatch):
    """
    A widget of few tables is whole when it is shown, also on a busy machine.
    """
    monkeypatch.setattr(reading, "_TURN", 0)
    lab = Lab(engine)

    async def visit():
        assert len(schema_explorer(lab).schema) == 8

    asyncio.run(visit())
    lab.repo.close()
