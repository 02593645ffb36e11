"""
The tables of a database as factories, read a few at a time.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

from machina_lab.schema.counting import Run
from machina_lab.schema.crafting import TableFactories
from machina_lab.schema.mapping import map_tables
from machina_lab.schema.naming import name_tables
from machina_lab.schema.reflection import reflecting


def factories_in_steps(
    run: Run, at_a_time: int, *, lab: Any = None
) -> Generator[int, None, TableFactories]:
    """
    Read a database as `TableFactories.of_database` does, a few tables at a time.

    Args:
        run: Lends a session for each step.
        at_a_time: How many tables are read in one step.
        lab: The lab whose factories they are.

    Yields:
        How many tables were read so far.
    """
    connect = partial(run, lambda session: session.connection())
    found = yield from reflecting(connect, at_a_time)
    names = name_tables(found.schema)
    return TableFactories(
        found.schema, names, lambda: map_tables(found, names), lab=lab, run=run
    )
