"""
Widgets in front of databases that are large, have to be awaited, or are hostile.
"""

import pytest

from playwright.sync_api import expect

from tests.support.shown_widgets import SETUP


@pytest.fixture(params=["lab"])
def front_end(request):
    """
    One front end: what is tried here is the kernel's.
    """
    return request.param


def test_finds_a_row_among_many(show):
    """
    A customer among ten thousand is found by a part of a text, and by the key.
    """
    many = 'lab.insert_list(10_000, "customer", None, {"bulk": True});'
    form = show("form", SETUP + many)
    form.choice("customer").select_option("existing row")
    expect(form.choice("customer row").locator("option")).to_have_count(51)
    expect(form.root.get_by_text("choose a row")).to_be_visible()

    form.box("find customer").fill("JANE-9876@")
    line = form.root.locator("code").first
    expect(line).to_have_text("%build order customer_id=9877")

    form.box("find customer").fill("5000")
    expect(form.choice("customer row").locator("option").nth(2)).to_contain_text("5000")
    form.choice("customer row").select_option(index=2)
    expect(line).to_have_text("%build order customer_id=5000")
    form.picture("widget-form-existing-row")
    assert form.shown.barriers(".machina") == []

    form.button("Insert").click()
    form.says("Inserted 1 order.")
    assert form.kernel("form.records[0].customer.email") == "jane-4999@example.com"


AWAITED = """
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
async with engine.begin() as connection:
    await connection.run_sync(Base.metadata.create_all)
lab = shop_lab(engine)
"""


def test_inserts_into_a_database_that_is_awaited(show):
    """
    Insert, rows that exist, Commit and Undo work on an asynchronous engine.
    """
    bench = show("workbench", SETUP + AWAITED)
    bench.choice("Factory").select_option("order")
    expect(bench.root.get_by_role("heading", name="order", exact=True)).to_be_visible()
    bench.button("Insert").click()
    pending = bench.root.get_by_text("Pending: customers 1, orders 1.", exact=True)
    expect(pending).to_be_visible()

    bench.choice("customer").select_option("existing row")
    bench.choice("customer row").select_option(index=1)
    bench.button("Insert").click()
    bench.says("Inserted 1 order. Pending: customers 1, orders 2.")
    bench.button("Undo").last.click()
    bench.says("Took back insert order.")
    bench.button("Commit").click()
    bench.says("Committed.")

    bench.tab("Schema").click()
    bench.tab("Rows").click()
    bench.choice("Tables").select_option(index=1)
    expect(bench.root.get_by_text("jane-3@example.com").last).to_be_visible()
    assert bench.kernel("lab.pending, len(lab.journal)") == "({}, 1)"


HOSTILE = """
name = "</style><img/src=x/onerror=window.hurt=1>"
text = f'CREATE TABLE "{name}" (id INTEGER PRIMARY KEY, "{name}" TEXT)'
lab.repo.session.connection().exec_driver_sql(text)

@lab.factory(name=name)
def hostile():
    from machina_lab import sequence
    return {name: sequence(name, lambda n: f"{name}{n}")}

lab.variant(name, name + "v", defaults={name: name})
lab.refresh_schema()
_ = lab.insert([each for each in lab.names() if "onerror" in each][-1])
"""


def test_hostile_names_do_nothing(show):
    """
    Markup in the names of factories, variants, fields, sequences and tables is text.
    """
    bench = show("workbench", SETUP + HOSTILE)
    bench.choice("Factory").select_option("</style><img/src=x/onerror=window.hurt=1>")
    expect(bench.root.get_by_text("onerror").first).to_be_visible()
    for name in ("Factories", "Sequences", "Schema", "Journal"):
        bench.tab(name).click()
        expect(bench.root.get_by_text("onerror").last).to_be_attached()
        for inner in ("Rows", "Diagram", "Factory") if name == "Schema" else ():
            bench.tab(inner).click()
            expect(bench.tab(inner)).to_have_attribute("aria-selected", "true")

    assert bench.kernel("len(lab.journal)") == "2"
    assert bench.page.evaluate("window.hurt") is None
