"""
Widgets of a lab whose database has to be awaited.
"""

import asyncio

import pytest

from sqlalchemy.ext.asyncio import create_async_engine

from machina_lab.notebook.loops import Loop
from machina_lab.widgets import (
    override_form,
    schema_explorer,
    sequence_inspector,
    workbench,
)
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Base
from tests.widgets.pages import press, put


async def _connected(folder):
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/shop.db")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    return shop_lab(engine)


class Page:
    """
    A page before a widget; what is awaited, it waits for.
    """

    async def press(self, view, button):
        """
        Press a button, answer as a page does, and wait for what it starts.
        """
        press(button)
        put(view.presses, False, "playing")
        await self.settled(view)

    async def settled(self, view):
        """
        Wait until all that the widget asked is there.
        """
        await asyncio.gather(*view.deeds.running)


@pytest.fixture
def on_page(tmp_path):
    """
    Runs a visit to a page in an event loop; visits get the lab and the page.
    """

    def run(visit):
        async def inside():
            lab = await _connected(tmp_path)
            try:
                await visit(lab, Page())
            finally:
                await lab.repo.aclose()

        asyncio.run(inside())

    return run


def test_a_form_inserts_and_takes_back(on_page):
    """
    Insert and Undo are awaited in the loop of the cells; then the form says so.
    """

    async def visit(lab, page):
        form = override_form(lab, "order")
        assert not form.insert_button.disabled
        put(form.count, 2)
        await page.press(form, form.insert_button)

        assert form.status.text == "Inserted 2 order. Pending: customers 2, orders 2."
        assert [type(each).__name__ for each in form.records] == ["Order"] * 2
        await page.press(form, form.undo_button)
        assert form.status.text == "Took back insert_list 2 order."
        assert lab.pending == {}

    on_page(visit)


def test_presses_take_turns(on_page):
    """
    A session does one thing at a time: two quick presses are two inserts.
    """

    async def visit(lab, page):
        form = override_form(lab, "customer")
        press(form.insert_button)
        press(form.insert_button)
        await page.press(form, form.build_button)

        assert lab.pending == {"customers": 2}

    on_page(visit)


def test_an_awaited_error_is_shown(on_page):
    """
    What an awaited insert raises stands in the form's status.
    """

    async def visit(lab, page):
        form = override_form(lab, "customer")
        put(form.controls["email"].input, "j@example.com")
        await page.press(form, form.insert_button)
        await page.press(form, form.insert_button)

        assert "UNIQUE" in form.status.text
        assert lab.pending == {"customers": 1}

    on_page(visit)


def test_rows_that_exist_are_awaited(on_page):
    """
    Rows are found in an asynchronous database too.
    """

    async def visit(lab, page):
        await lab.ainsert_list(3, "customer")
        form = override_form(lab, "order")
        control = form.controls["customer"]
        put(control.input, control.input.options.index("existing row"), "index")
        await page.settled(form)
        put(control.rows.find, "jane-2")
        await page.settled(form)

        assert form.overrides == {"customer_id": 3}

    on_page(visit)


def test_a_workbench_commits(on_page):
    """
    The workbench follows what its form inserts, and commits it.
    """

    async def visit(lab, page):
        bench = workbench(lab)
        await page.press(bench.form, bench.form.insert_button)
        assert bench.data["pending"] == {"customers": 1}

        await page.press(bench, bench.commit_button)
        assert bench.status.text == "Committed. Pending: customers 1."
        await page.press(bench.form, bench.form.insert_button)
        await page.press(bench, bench.rollback_button)
        assert lab.pending == {}
        assert "since the last commit" in bench.status.text

    on_page(visit)


def test_tables_and_sequences_are_awaited(on_page):
    """
    The explorer shows tables and rows, the inspector goes on after a column.
    """

    async def visit(lab, page):
        await lab.ainsert_list(3, "customer")
        tables = schema_explorer(lab)
        assert "not read yet" in tables.as_text()
        await page.settled(tables)
        put(tables.filter, "customers")
        put(tables.tabs, 1, "selected_index")
        await page.settled(tables)
        assert "jane-2@example.com" in tables.rows.value
        await page.press(tables, tables.scaffold_button)
        assert "def customer(" in tables.scaffolded.value

        await lab.ainsert("customer")
        tables.follow()
        await page.settled(tables)
        assert tables.schema.table("customers").rows == 4

        counters = sequence_inspector(lab)
        put(counters.chosen, 0, "index")
        counters.set_next()
        await page.press(counters, counters.sync_button)
        assert "goes on with 4, after what Customer.email holds." in (
            counters.status.text
        )
        assert "await lab.repo.acolumn_values(Customer.email)" in counters.code

    on_page(visit)


def test_magics_wait_in_their_own_thread(tmp_path):
    """
    With a function that waits, an insert is done when its handler returns.
    """
    loop = Loop()
    lab = loop.run(_connected(tmp_path))
    form = override_form(lab, "order", wait=loop.run)
    control = form.controls["customer"]

    press(form.insert_button)
    put(control.input, control.input.options.index("existing row"), "index")

    assert lab.pending == {"customers": 1, "orders": 1}
    assert form.status.text == "Nothing is built while customer does not fit."
    assert control.rows.rows.options[1][0].startswith("Customer 1")
    loop.run(lab.repo.aclose())
    loop.stop()
