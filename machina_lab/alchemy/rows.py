"""
Rows of a database as portable values: out of it, and into it.

`Rows` is what `machina_lab.core.batches` calls a source and a sink, on a connection
that is somebody else's: nothing is committed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from sqlalchemy.exc import SQLAlchemyError

from machina_lab.alchemy import counters, postgres_forms, sqlite_forms
from machina_lab.alchemy.copyout import copied, copies
from machina_lab.alchemy.forms import Form, generic_form, target
from machina_lab.alchemy.writing import Writing
from machina_lab.core.batches import Batch, Cycles, Doubt, Key, Load
from machina_lab.core.datatypes import Kind
from machina_lab.core.tables import Table
from machina_lab.errors import FixtureError


#: Rows asked for by key at a time: within what every database takes as parameters.
_PAGE: Final = 500

#: Kinds that are put in order by their text, character by character.
_BY_TEXT: Final[frozenset[Kind]] = frozenset(("text", "enum", "other", "json", "array"))


class Rows:
    """
    The rows that a connection sees.

    Args:
        connection: An open connection; its transaction stays its owner's.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        self._forms: dict[str, list[Form]] = {}
        self._empty: dict[str, bool] = {}

    # -- out -----------------------------------------------------------------------

    def describe(self, table: Table) -> Table:
        """
        Return *table* with the types that its values have when they travel.
        """
        return replace(table, columns=tuple(f.column for f in self._read_forms(table)))

    def stored(self, table: Table) -> Mapping[str, str]:
        """
        Return how values of some columns are stored, where that is not the usual way.
        """
        return {f.column.name: f.stored for f in self._read_forms(table) if f.stored}

    def native(self, table: Table) -> Mapping[str, Callable[[Any], Any]]:
        """
        Return, where they differ, how portable values become the database's own.
        """
        found = {f.column.name: f.write for f in self._read_forms(table)}
        return {name: write for name, write in found.items() if write is not None}

    def _read_forms(self, table: Table) -> list[Form]:
        if table.key not in self._forms:
            if self.dialect == "sqlite":
                found = sqlite_forms.forms(self.connection, table)
            else:
                found = [self._form(column) for column in table.columns]
            self._forms[table.key] = found
        return self._forms[table.key]

    @property
    def _form(self) -> Any:
        make = {"sqlite": sqlite_forms.form, "postgresql": postgres_forms.form}.get(
            self.dialect, generic_form
        )
        return partial(make, dialect=self.connection.dialect)

    def batches(
        self,
        table: Table,
        names: Sequence[str],
        *,
        keys: Sequence[Key] | None = None,
        size: int = 50_000,
    ) -> Iterator[Sequence[Any]]:
        """
        Yield the rows in key order, as portable columns; see `RowSource.batches`.
        """
        by_name = {f.column.name: f for f in self._read_forms(table)}
        forms = [by_name[name] for name in names]
        if keys is not None:
            yield from self._by_key(table, forms, keys, size)
            return
        order = [by_name[name] for name in table.primary_key] or forms
        select = (
            sa.select(*(f.select.label(f"c{at}") for at, f in enumerate(forms)))
            .select_from(target(table))
            .order_by(*(self._sortable(f) for f in order))
        )
        if copies(self.connection) and not self._translates:
            yield from copied(self.connection, select, forms, size)
            return
        options = {"yield_per": size} if size else {}
        with self.connection.execution_options(**options).execute(select) as result:
            for rows in result.partitions(size):
                yield _columns(rows, forms)

    @property
    def _translates(self) -> bool:
        """
        Return whether SQLAlchemy puts other schemas in the place of the tables' own.
        """
        return bool(self.connection.get_execution_options().get("schema_translate_map"))

    def _sortable(self, form: Form) -> Any:
        if form.column.type.kind not in _BY_TEXT:
            return sa.column(form.column.name)
        if self.dialect == "postgresql":
            return sa.collate(sa.cast(form.select, sa.Text()), "C")
        if self.dialect == "sqlite" and not form.stored:
            return sa.collate(form.select, "BINARY")
        return form.select

    def _by_key(
        self,
        table: Table,
        forms: Sequence[Form],
        keys: Sequence[Key],
        size: int,
    ) -> Iterator[Sequence[Sequence[Any]]]:
        by_name = {f.column.name: f for f in self._read_forms(table)}
        key_forms = [by_name[name] for name in table.primary_key]
        wanted = sorted(set(keys), key=_ordered)
        waiting: list[Sequence[Any]] = []
        for start in range(0, len(wanted), _PAGE):
            page = wanted[start : start + _PAGE]
            select = sa.select(*(f.select for f in (*key_forms, *forms)))
            select = select.select_from(target(table)).where(
                self._among(key_forms, page)
            )
            rows = self.connection.execute(select).all()
            width = len(key_forms)
            ordered = sorted(
                zip(_tuples([r[:width] for r in rows], key_forms), rows, strict=True),
                key=lambda pair: _ordered(pair[0]),
            )
            waiting += [row[width:] for _, row in ordered]
            if len(waiting) >= size:
                yield _columns(waiting, forms)
                waiting = []
        if waiting:
            yield _columns(waiting, forms)

    def _among(self, forms: Sequence[Form], values: Sequence[Key]) -> Any:
        """
        Return the condition that columns hold one of *values*, which are portable.
        """
        selects = [self._comparable(form) for form in forms]
        made = [
            tuple(
                _changed(value, form.write if self.dialect != "postgresql" else None)
                for value, form in zip(key, forms, strict=True)
            )
            for key in values
        ]
        if len(selects) == 1:
            return selects[0].in_([key[0] for key in made])
        rows = [
            sa.and_(*(c == v for c, v in zip(selects, key, strict=True)))
            for key in made
        ]
        return sa.or_(*rows)

    def _comparable(self, form: Form) -> Any:
        if self.dialect == "postgresql" and form.column.type.kind != "integer":
            return form.select
        if self.dialect == "sqlite":
            return form.select
        return sa.column(form.column.name, form.stored_type)

    def keys_where(
        self, table: Table, names: Sequence[str], values: Sequence[Key]
    ) -> list[Key]:
        """
        Return the keys of the rows whose columns *names* hold one of *values*.
        """
        return self._found(table, table.primary_key, names, values)

    def present(
        self, table: Table, names: Sequence[str], values: Sequence[Key]
    ) -> set[Key]:
        """
        Return those of *values* that rows of the table already have in *names*.
        """
        return set(self._found(table, names, names, values))

    def _found(
        self,
        table: Table,
        wanted: Sequence[str],
        names: Sequence[str],
        values: Sequence[Key],
    ) -> list[Key]:
        by_name = {f.column.name: f for f in self._read_forms(table)}
        forms = [by_name[name] for name in names]
        shown = [by_name[name] for name in wanted]
        found: list[Key] = []
        given = list(dict.fromkeys(values))
        for start in range(0, len(given), _PAGE):
            page = given[start : start + _PAGE]
            select = sa.select(*(f.select for f in shown)).select_from(target(table))
            rows = self.connection.execute(select.where(self._among(forms, page))).all()
            found += _tuples(rows, shown)
        return found

    def counters(self, table: Table) -> dict[str, int]:
        """
        Return the next number of each of the table's own key counters.
        """
        return counters.read(self.connection, table)

    # -- in ------------------------------------------------------------------------

    @property
    def cycles(self) -> Cycles:
        """
        How rows that point at each other go in.
        """
        known: dict[str, Cycles] = {"sqlite": "deferred", "postgresql": "together"}
        return known.get(self.dialect, "late")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """
        Return a context in which all rows go in, or none; nothing is committed.
        """
        if self.dialect == "sqlite":
            counters.begin(self.connection)
        nested = self.connection.begin_nested()
        try:
            with self._deferred():
                yield
        except SQLAlchemyError as error:
            nested.rollback()
            told = str(getattr(error, "orig", None) or error).strip()
            raise FixtureError(
                f"The database refused a row; nothing was loaded. {told}"
            ) from error
        except BaseException:
            nested.rollback()
            raise
        nested.commit()

    @contextmanager
    def _deferred(self) -> Iterator[None]:
        """
        Let foreign keys be checked at the end, where the database can.
        """
        if self.dialect != "sqlite":
            yield
            return
        run = self.connection.exec_driver_sql
        before = run("PRAGMA defer_foreign_keys").scalar()
        run("PRAGMA defer_foreign_keys = ON")
        try:
            yield
        finally:
            with suppress(SQLAlchemyError):
                run(f"PRAGMA defer_foreign_keys = {int(before or 0)}")

    def doubts(self, table: Table, batch: Batch) -> Iterator[Doubt]:
        """
        Yield the values of *batch* that would be refused or changed.
        """
        forms = [self._form(table.column(name)) for name in batch.names]
        doubtful = [f.write and f.column.type.kind in _DOUBTFUL for f in forms]
        if not any(doubtful):
            return
        for name, values, form, asked in zip(
            batch.names, batch.lists(), forms, doubtful, strict=True
        ):
            for row, value in enumerate(values) if asked else ():
                try:
                    _changed(value, form.write)
                except (ValueError, OverflowError) as error:
                    yield Doubt(row, name, str(error))

    def empty(self, table: Table) -> bool:
        """
        Return whether the table has no rows.
        """
        if table.key not in self._empty:
            one = sa.select(sa.literal(1)).select_from(target(table)).limit(1)
            self._empty[table.key] = self.connection.execute(one).first() is None
        return self._empty[table.key]

    def reserve(self, table: Table, name: str, count: int) -> Sequence[int]:
        """
        Take *count* new numbers from the key counter of a column.
        """
        return counters.reserve(self.connection, table, name, count)

    def write(self, load: Load) -> int:
        """
        Insert rows and return how many there were.
        """
        self._empty.pop(load.table.key, None)
        return self._writing(load).write()

    def write_together(self, loads: Sequence[Load]) -> int:
        """
        Insert the rows of tables that point at each other, in one statement.
        """
        for load in loads:
            self._empty.pop(load.table.key, None)
        return Writing.together([self._writing(load) for load in loads])

    def fill(self, load: Load) -> None:
        """
        Set columns of rows that are there; the load's first columns are the key.
        """
        self._writing(load).fill()

    def _writing(self, load: Load) -> Writing:
        forms = [
            self._form(load.table.column(name), stored=load.stored.get(name, ""))
            if self.dialect in ("sqlite", "postgresql")
            else self._form(load.table.column(name))
            for name in load.names
        ]
        return Writing(self.connection, load, forms)

    def advance(self, table: Table, counters_: Mapping[str, int]) -> None:
        """
        Move the table's key counters behind its rows and at least to *counters_*.
        """
        counters.advance(self.connection, table, counters_)

    def verify(self, tables: Sequence[Table]) -> list[str]:
        """
        Return the foreign keys that point nowhere, as text; checked by the database.
        """
        if self.dialect != "sqlite":
            return []
        quote = self.connection.dialect.identifier_preparer.quote_identifier
        broken: list[str] = []
        for table in tables:
            prefix = f"{quote(table.schema)}." if table.schema else ""
            check = f"PRAGMA {prefix}foreign_key_check({quote(table.name)})"
            broken += [
                f"{table.key}: row {row[1]} points at no row of {row[2]}"
                for row in self.connection.exec_driver_sql(check)
            ]
        return broken


#: Kinds whose values some database keeps inexactly.
_DOUBTFUL: Final[frozenset[Kind]] = frozenset(
    ("decimal", "float", "duration", "date", "time", "datetime")
)


def _changed(value: Any, change: Any) -> Any:
    return value if value is None or change is None else change(value)


def _columns(rows: Sequence[Any], forms: Sequence[Form]) -> list[list[Any]]:
    columns = [list(values) for values in zip(*rows, strict=True)]
    return [
        values
        if form.read is None
        else [None if value is None else form.read(value) for value in values]
        for values, form in zip(columns, forms, strict=True)
    ]


def _tuples(rows: Sequence[Any], forms: Sequence[Form]) -> list[Key]:
    return list(zip(*_columns(rows, forms), strict=True)) if rows else []


def _ordered(key: Key) -> tuple[tuple[str, Any], ...]:
    # Values of several types (SQLite) are put in order by type first.
    return tuple((type(value).__name__, value) for value in key)
