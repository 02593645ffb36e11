"""
Large labs stay quick: no interaction takes the kernel longer than people notice.

    python -m pytest tests/benchmarks/bench_widgets.py
"""

import asyncio
import gc

from time import process_time

import pytest

from sqlalchemy import create_engine

from machina_lab import Lab, sequence
from machina_lab.widgets import (
    derived,
    override_form,
    reading,
    schema_explorer,
    sequence_inspector,
    workbench,
)
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Base, Customer
from tests.widgets.pages import put


LIMIT = 0.2


@pytest.fixture(scope="module")
def engine():
    """
    A database of 300 tables.
    """
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for n in range(300):
            parent = f", parent_id INTEGER REFERENCES table_{n // 3}" if n else ""
            columns = ", ".join(f"c{i} TEXT" for i in range(12))
            connection.exec_driver_sql(
                f"CREATE TABLE table_{n} (id INTEGER PRIMARY KEY, {columns}{parent})"
            )
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def large(engine):
    """
    A lab with 200 factories, each with a variant, and 300 tables.
    """
    lab = _lab(engine)
    yield lab
    lab.repo.close()


def _lab(engine):
    lab = Lab(engine)
    for n in range(200):
        lab.define(_body(n), name=f"factory_{n}")
        lab.variant(f"factory_{n}", "special", defaults={"name": "special"})
    return lab


def _body(n):
    def body():
        return {"name": f"name {n}", "n": sequence("n", lambda i: i), "x": 1}

    return body


def seconds(act):
    """
    Return how long *act* keeps the processor, at best of three.
    """
    times = []
    for turn in range(3):
        gc.collect()
        started = process_time()
        act(turn)
        times.append(process_time() - started)
    return min(times)


OPENED = {
    "form": lambda lab: override_form(lab, "factory_7"),
    "derived": derived,
    "sequences": sequence_inspector,
    "schema": schema_explorer,
    "workbench": workbench,
}


@pytest.mark.parametrize("kind", OPENED)
def test_opening_first(engine, kind, monkeypatch):
    """
    A first opening in a lab that nobody looked at yet holds nobody up either.

    The libraries are loaded; what is read in turns counts turn by turn.
    """
    import machina_lab.frames
    import machina_lab.schema  # noqa: F401 - loaded

    held = []
    go_on = reading._Reading.go_on

    def timed(self):
        started = process_time()
        go_on(self)
        held.append(process_time() - started)

    async def visit():
        lab = _lab(engine)
        started = process_time()
        view = OPENED[kind](lab)
        held.append(process_time() - started)
        if kind in {"schema", "workbench"}:
            read = asyncio.Event()
            reading.read_tables(lab, read.set, pytest.fail, str)
            await read.wait()
        if kind == "schema":
            assert len(view.schema) == 300
        lab.repo.close()

    monkeypatch.setattr(reading._Reading, "go_on", timed)
    gc.collect()
    gc.freeze()  # what other libraries hold is not to be searched within a turn
    asyncio.run(visit())
    gc.unfreeze()
    print(f"{kind}: {', '.join(f'{1000 * each:.0f}' for each in held)} ms")

    assert max(held) < LIMIT


def test_finding_a_row():
    """
    A row among 100,000 is found as one types.
    """
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    rows = [{"email": f"jane-{n}@example.com", "name": "Jane"} for n in range(100_000)]
    with engine.begin() as connection:
        connection.execute(Customer.__table__.insert(), rows)
    lab = shop_lab(engine)
    control = override_form(lab, "order").controls["customer"]
    put(control.input, control.input.options.index("existing row"), "index")

    assert seconds(lambda turn: put(control.rows.find, f"jane-9999{turn}")) < LIMIT
    assert control.error == ""
    lab.repo.close()
    engine.dispose()


def test_typing_in_a_form(large):
    """
    A key in a form of 200 factories' lab is answered at once.
    """
    form = override_form(large, "factory_7")
    control = form.controls["name"]

    assert seconds(lambda turn: put(control.input, f"Ada{turn}")) < LIMIT


def test_walking_the_tree(large):
    """
    Filtering and choosing among 200 factories and 200 variants is quick.
    """
    view = derived(large)

    assert seconds(lambda turn: put(view.filter, f"{turn}")) < LIMIT
    assert seconds(lambda turn: put(view.tree, turn + 1, "index")) < LIMIT
    assert seconds(lambda _: view.follow()) < LIMIT


def test_walking_the_tables(large):
    """
    Filtering, choosing and drawing among 300 tables is quick.
    """
    view = schema_explorer(large)

    assert seconds(lambda turn: put(view.filter, f"{turn}")) < LIMIT
    assert seconds(lambda turn: put(view.tables, turn + 1, "index")) < LIMIT
    put(view.tabs, 2, "selected_index")
    assert seconds(lambda turn: put(view.tables, turn + 2, "index")) < LIMIT


def test_switching_pages_of_the_workbench(large):
    """
    Pages that were opened once are shown again at once, and a cell costs little.
    """
    bench = workbench(large)
    for page in range(5):
        put(bench.tabs, page, "selected_index")

    assert seconds(lambda turn: put(bench.tabs, turn % 5, "selected_index")) < LIMIT
    assert seconds(lambda turn: put(bench.factory, turn + 5, "index")) < LIMIT
    assert seconds(lambda _: bench.follow()) < LIMIT


def test_looking_at_sequences(large):
    """
    The inspector of 200 factories' sequences is refreshed quickly.
    """
    view = sequence_inspector(large)

    assert seconds(lambda _: view.follow()) < LIMIT
