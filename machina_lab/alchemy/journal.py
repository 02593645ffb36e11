"""
What a repo did: one step a call, newest last.
"""

from __future__ import annotations

import datetime as dt

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import InstanceState, Session

from machina_lab.alchemy.made import Row, rows_of
from machina_lab.alchemy.savepoints import Watch
from machina_lab.alchemy.shapes import table_name
from machina_lab.core.jobs import InsertJob
from machina_lab.core.secrets import masked
from machina_lab.core.sequences import Snapshot


#: The verb of a step that loaded a fixture set.
LOAD: Final = "load_fixtures"

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Step:
    """
    One call that wrote rows.

    Attributes:
        verb: What was called: "insert", "insert_list" ... "load_fixtures".
        factory: The factory's name, "" for a bare record or a load.
        count: How many records were asked for.
        overrides: What the caller gave, secrets masked.
        rows: Table -> how many rows were written, parents and children included.
        time: When it was done, with its zone.
        number: Grows with every step of this process, whatever the repo.
    """

    verb: str
    factory: str
    count: int
    overrides: Mapping[str, Any]
    rows: Mapping[str, int]
    time: dt.datetime
    number: int

    @property
    def label(self) -> str:
        """
        The step in few words: `insert_list 5 comment`.
        """
        if not self.inserts:
            return self.verb
        counted = [str(self.count)] if self.verb.endswith("_list") else []
        return " ".join([self.verb, *counted, self.factory or "record"])

    @property
    def inserts(self) -> bool:
        """
        Whether records were inserted, and not a fixture set loaded.
        """
        return self.verb != LOAD


def step_of(job: InsertJob, rows: Mapping[str, int]) -> Step:
    """
    Return the step that says what *job* did.
    """
    return _step(job.verb, job.factory, job.count, job.overrides, rows)


def step_of_load(given: Mapping[str, Any], rows: Mapping[str, int]) -> Step:
    """
    Return the step that says which fixture set was loaded, and how.
    """
    written = {table: number for table, number in sorted(rows.items()) if number}
    return _step(LOAD, "", sum(rows.values()), given, written)


def _step(
    verb: str,
    factory: str,
    number: int,
    overrides: Mapping[str, Any],
    rows: Mapping[str, int],
) -> Step:
    return Step(
        verb=verb,
        factory=factory,
        count=number,
        overrides=MappingProxyType(masked(overrides)),
        rows=MappingProxyType(dict(rows)),
        time=dt.datetime.now().astimezone(),
        number=next(_numbers),
    )


@dataclass(slots=True)
class Made:
    """
    What one step changed in memory.

    Attributes:
        states: The records that became rows, as SQLAlchemy's states.
        blanks: State -> the column attributes that had no value before the insert.
        changed: Records that were rows before and were written to.
        rows: Rows that were written without a record (bulk), in blocks.
        counts: Table -> how many of them.
    """

    states: list[InstanceState[Any]] = field(default_factory=list)
    blanks: dict[InstanceState[Any], frozenset[str]] = field(default_factory=dict)
    changed: list[InstanceState[Any]] = field(default_factory=list)
    rows: list[Iterable[Row]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def take_in(self, other: Made) -> None:
        """
        Add what an insert within this one changed.
        """
        self.states += other.states
        self.blanks |= other.blanks
        self.changed += other.changed
        self.rows += other.rows
        self.counts += other.counts


@dataclass(slots=True)
class Entry:
    """
    A step that can still be taken back, with all that this needs.

    Attributes:
        step: The step.
        savepoint: The savepoint set before it.
        watch: The connection it was done on.
        session: The session it was done with.
        made: What it changed in memory.
        mark: How many foreign writes there were on the connection before it.
        before: The sequences before it.
        after: The sequences after it.
    """

    step: Step
    savepoint: str
    watch: Watch
    session: Session
    made: Made
    mark: int
    before: Snapshot
    after: Snapshot

    @property
    def foreign(self) -> list[str]:
        """
        Tables that others wrote on this connection since the step began.
        """
        return list(dict.fromkeys(self.watch.foreign[self.mark :]))


class Journal:
    """
    The steps of one repo.

    Attributes:
        steps: All of them, committed ones included, failed and undone ones not.
        entries: Those that can still be taken back, oldest first.
        rows: Number of a step -> the rows it made, in blocks, committed ones included.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.entries: list[Entry] = []
        self.rows: dict[int, list[Iterable[Row]]] = {}

    def add(self, entry: Entry) -> None:
        """
        Note a step that was done.
        """
        self.steps.append(entry.step)
        self.entries.append(entry)
        made = entry.made
        self.rows[entry.step.number] = [rows_of(made.states), *made.rows]

    def forget(self, entries: list[Entry]) -> None:
        """
        Strike out steps whose rows are gone.
        """
        numbers = {entry.step.number for entry in entries}
        self.steps = [step for step in self.steps if step.number not in numbers]
        self.rows = {n: rows for n, rows in self.rows.items() if n not in numbers}
        self.settle(entries)

    def settle(self, entries: list[Entry]) -> None:
        """
        Keep steps as done for good: they can no longer be taken back.
        """
        numbers = {entry.step.number for entry in entries}
        self.entries = [e for e in self.entries if e.step.number not in numbers]

    def of(self, watch: Watch) -> list[Entry]:
        """
        Return the entries of one connection, oldest first.
        """
        return [entry for entry in self.entries if entry.watch is watch]

    @property
    def pending(self) -> dict[str, int]:
        """
        Table -> how many rows wait for a commit.
        """
        rows: Counter[str] = Counter()
        for entry in self.entries:
            rows.update(entry.step.rows)
        return dict(sorted(rows.items()))


def rows_by_table(made: Made, watch: Watch, prefix: str | None) -> dict[str, int]:
    """
    Return table -> rows, parents, children and rows between them included, by name.
    """
    rows: dict[str, int] = {}
    mapped: set[str] = set()
    for state in made.states:
        for table in state.mapper.tables:
            mapped.add(table_name(table))
            name = table_name(table, prefix)
            rows[name] = rows.get(name, 0) + 1
    for name, number in made.counts.items():
        mapped.add(name)
        shown = f"{prefix}.{name}" if prefix and "." not in name else name
        rows[shown] = rows.get(shown, 0) + number
    for name, number in watch.rows.items():
        if name not in mapped:
            rows[name] = rows.get(name, 0) + number
    return dict(sorted(rows.items()))
