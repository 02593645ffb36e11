"""
Large labs stay quick: no interaction takes the kernel longer than people notice.

    python -m pytest tests/benchmarks/bench_widgets.py
"""

import gc

from time import perf_counter

import pytest

from sqlalchemy import create_engine

from machina_lab import Lab, sequence
from machina_lab.widgets import (
    derived,
    override_form,
    schema_explorer,
    sequence_inspector,
    workbench,
)
from tests.widgets.pages import put


LIMIT = 0.2


@pytest.fixture(scope="module")
def large():
    """
    A lab with 200 factories, each with a variant, and 300 tables.
    """
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for n in range(300):
            parent = f", parent_id INTEGER REFERENCES table_{n // 3}" if n else ""
            columns = ", ".join(f"c{i} TEXT" for i in range(12))
            connection.exec_driver_sql(
                f"CREATE TABLE table_{n} (id INTEGER PRIMARY KEY, {columns}{parent})"
            )
    lab = Lab(engine)
    for n in range(200):
        lab.define(_body(n), name=f"factory_{n}")
        lab.variant(f"factory_{n}", "special", defaults={"name": "special"})
    yield lab
    lab.repo.close()
    engine.dispose()


def _body(n):
    def body():
        return {"name": f"name {n}", "n": sequence("n", lambda i: i), "x": 1}

    return body


def seconds(act):
    """
    Return how long *act* takes at best of three.
    """
    times = []
    for turn in range(3):
        gc.collect()
        started = perf_counter()
        act(turn)
        times.append(perf_counter() - started)
    return min(times)


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
