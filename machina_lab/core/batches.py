"""
The port through which rows leave and enter a database as portable values.

A *batch* is a run of rows of one table, column by column. Its values are *portable*: no
database, driver or class of a user is needed to understand them. None is NULL, and

* integer -> int, float -> float, boolean -> bool, binary -> bytes,
* decimal -> its digits (`"1.10"`, `"NaN"`),
* date, time, datetime -> ISO 8601 with a `T`, six digits or none behind the second; a
  datetime that knows its zone is in UTC and ends in `Z`,
* duration -> ISO 8601 with the sign in front (`"-PT23H"`),
* uuid -> its canonical text,
* json -> its text, so that JSON's null and NULL differ; array -> a JSON list,
* enum -> what the database stores; text -> itself; everything else -> the database's
  own text for it.

`alchemy` reads and writes databases behind this port, `fixtures` files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from machina_lab.core.tables import Table


#: One row's key: the values of its primary key in key order.
Key = tuple[Any, ...]

#: How a database takes rows that point at each other: its checks wait until the end,
#: one statement fills several tables, or a second pass fills what was NULL at first.
Cycles = Literal["deferred", "together", "late"]


class Batch(Protocol):
    """
    A run of rows on its way into a database.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """
        The columns' names.
        """

    def __len__(self) -> int:
        """
        Return how many rows there are.
        """

    def lists(self) -> list[list[Any]]:
        """
        Return one list of portable values per column.
        """

    def copy(self) -> bytes:
        """
        Return the rows as PostgreSQL's `COPY ... (FORMAT csv)` reads them.
        """


@dataclass(frozen=True, slots=True)
class Load:
    """
    One table's rows on their way into a database.

    Attributes:
        table: The table.
        names: The columns that come; the others take their defaults.
        batches: The rows.
        stored: How values of some columns were stored; see `RowSource.stored`.
    """

    table: Table
    names: tuple[str, ...]
    batches: Iterable[Batch]
    stored: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Doubt:
    """
    A value that a database would not take, or not exactly.
    """

    row: int
    column: str
    reason: str


class RowSource(Protocol):
    """
    Where rows come from.
    """

    #: `sqlite`, `postgresql`, ...
    dialect: str

    def describe(self, table: Table) -> Table:
        """
        Return *table* with the types its values will have when they come out.
        """

    def stored(self, table: Table) -> Mapping[str, str]:
        """
        Return how values of some columns are stored, where that is not the usual way.

        `"verbatim"`: a date or time whose text is kept digit for digit. `"seconds"`: a
        time that is stored without the fraction that is usual there. `"literal"`:
        values of several types in one column (SQLite), each as an SQL literal.
        """

    def native(self, table: Table) -> Mapping[str, Callable[[Any], Any]]:
        """
        Return, where they differ, how portable values become the database's own.
        """

    def batches(
        self,
        table: Table,
        names: Sequence[str],
        *,
        keys: Sequence[Key] | None = None,
        size: int = 50_000,
    ) -> Iterator[Sequence[Any]]:
        """
        Yield the rows in key order, as portable columns, in the order of *names*.

        Where keys are given, a column is a list of portable values; for whole tables
        it may be an Arrow array of them.

        Args:
            table: As returned by `describe`.
            names: The columns, in the order wanted.
            keys: Keys of the rows wanted; None for all.
            size: Most rows in one batch.
        """

    def keys_where(
        self, table: Table, names: Sequence[str], values: Sequence[Key]
    ) -> list[Key]:
        """
        Return the keys of the rows whose columns *names* hold one of *values*.
        """

    def counters(self, table: Table) -> dict[str, int]:
        """
        Return the next number of each of the table's own key counters.
        """


class RowSink(Protocol):
    """
    Where rows go.
    """

    dialect: str

    @property
    def cycles(self) -> Cycles:
        """
        How rows that point at each other go in.
        """

    def writing(self) -> AbstractContextManager[None]:
        """
        Return a context in which all rows go in, or none.
        """

    def describe(self, table: Table) -> Table:
        """
        Return *table* with the types its values must have to go in.
        """

    def doubts(self, table: Table, batch: Batch) -> Iterator[Doubt]:
        """
        Yield the values of *batch* that would be refused or changed.
        """

    def present(
        self, table: Table, names: Sequence[str], values: Sequence[Key]
    ) -> set[Key]:
        """
        Return those of *values* that rows of the table already have in *names*.
        """

    def empty(self, table: Table) -> bool:
        """
        Return whether the table has no rows.
        """

    def reserve(self, table: Table, name: str, count: int) -> Sequence[int]:
        """
        Take *count* new numbers from the key counter of a column.
        """

    def write(self, load: Load) -> int:
        """
        Insert rows and return how many there were.
        """

    def write_together(self, loads: Sequence[Load]) -> int:
        """
        Insert the rows of tables that point at each other.
        """

    def fill(self, load: Load) -> None:
        """
        Set columns of rows that are there; the load's first columns are the key.
        """

    def advance(self, table: Table, counters: Mapping[str, int]) -> None:
        """
        Move the table's key counters behind its rows and at least to *counters*.
        """

    def verify(self, tables: Sequence[Table]) -> list[str]:
        """
        Return the foreign keys that point nowhere, as text; checked by the database.
        """
