"""
Three ways into a schema: a database, SQLAlchemy's tables, mapped classes.

A database is read once, all tables of a schema in a few statements. What cannot be read
is skipped and named; partitions are hidden behind the table they belong to.
"""

from __future__ import annotations

import warnings

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from sqlalchemy.exc import SQLAlchemyError

from machina_lab.core.tables import Table
from machina_lab.errors import ArgumentTypeError
from machina_lab.schema.model import Schema, Skipped
from machina_lab.schema.statistics import (
    estimated_rows,
    named_types,
    partitions,
    rewritten,
)
from machina_lab.schema.tables import key_of, read_table
from machina_lab.schema.targets import connected, one_line


#: Where a server's other databases look like schemas, only the current one is read.
_ONE_SCHEMA: Final = ("mysql", "mariadb", "mssql", "oracle")
_SYSTEM_SCHEMAS: Final = ("information_schema", "pg_catalog", "pg_toast", "temp")


@dataclass(frozen=True, slots=True)
class Reflection:
    """
    A schema and the SQLAlchemy tables that it was read from.
    """

    schema: Schema
    metadata: sa.MetaData


def reflect(target: Any, *, schemas: Iterable[str | None] | None = None) -> Reflection:
    """
    Read the database behind *target*: a URL, Engine, Connection or Session.

    Raises:
        RepoError: It cannot be reached; the text holds no password.
    """
    with connected(target) as connection:
        names = list(schemas) if schemas is not None else _schemas(connection)
        reading = _Reading(names, partitions(connection))
        for schema in names:
            reading.take(connection, schema)
        return reading.finished(connection)


def reflecting(
    connect: Callable[[], sa.Connection], at_a_time: int
) -> Generator[int, None, Reflection]:
    """
    Read a database as `reflect` does, a few tables at a time.

    Args:
        connect: Lends a connection, anew for each turn: the one before may be gone.
        at_a_time: How many tables are read in one turn.

    Yields:
        How many tables were read so far.
    """
    names = _schemas(connect())
    reading = _Reading(names, partitions(connect()))
    for schema in names:
        found = _names_in(connect(), schema)
        for start in range(0, len(found), at_a_time):
            reading.take(connect(), schema, found[start : start + at_a_time])
            yield len(reading.metadata.tables)
    return reading.finished(connect())


class _Reading:
    """
    A database that is being read.
    """

    def __init__(self, schemas: list[str | None], hidden: set[str]) -> None:
        self.metadata = sa.MetaData()
        self._schemas = schemas
        self._hidden = hidden
        self._skipped: list[Skipped] = []
        self._found: dict[str, Table] = {}

    def take(
        self,
        connection: sa.Connection,
        schema: str | None,
        names: list[str] | None = None,
    ) -> None:
        """
        Read the tables called *names*; None: all of the schema.
        """
        metadata, hidden = self.metadata, self._hidden
        before = set(metadata.tables)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                _reflect_schema(connection, metadata, schema, hidden, names)
            except Exception:  # noqa: BLE001 - drivers raise what they like
                self._skipped += _reflect_one_by_one(
                    connection, metadata, schema, hidden, names
                )
        self._skipped += [
            Skipped("warning", str(warning.message))
            for warning in caught
            if issubclass(warning.category, sa.exc.SAWarning)
            and "Did not recognize type" not in str(warning.message)
        ]
        for key, table in metadata.tables.items():
            if key not in before:
                self._read(table, connection)

    def _read(self, table: sa.Table, connection: sa.Connection) -> None:
        try:
            read = read_table(table, connection.dialect, connection)
        except (SQLAlchemyError, NotImplementedError, ValueError) as error:
            self._skipped.append(Skipped(key_of(table), one_line(error)))
        else:
            self._found[str(table.key)] = read

    def finished(self, connection: sa.Connection) -> Reflection:
        """
        Return what was read, with what only the whole tells: rows, views, types.
        """
        metadata = self.metadata
        for key in rewritten(connection) & metadata.tables.keys():
            metadata.tables[key].implicit_returning = False
        counts = estimated_rows(connection, metadata)
        views = _views(connection, self._schemas)
        written = named_types(connection) if _has_unknown_types(metadata) else {}
        found = tuple(
            _with_types(replace(t, rows=counts.get(key), view=key in views), written)
            for key, t in self._found.items()
        )
        skipped = tuple(dict.fromkeys(self._skipped))
        hidden = tuple(sorted(self._hidden))
        schema = Schema(found, connection.dialect.name, skipped, hidden)
        return Reflection(schema, metadata)


def table_names(connection: sa.Connection) -> list[str]:
    """
    Return the keys of all tables and views; nothing else is read.
    """
    hidden = partitions(connection)
    keys = [
        f"{schema}.{name}" if schema else name
        for schema in _schemas(connection)
        for name in _names_in(connection, schema)
    ]
    return [key for key in keys if key not in hidden]


def from_metadata(metadata: Any, *, dialect: str = "") -> Schema:
    """
    Read the tables of a MetaData, or of several of them.
    """
    given = [metadata] if isinstance(metadata, sa.MetaData) else list(metadata)
    if not all(isinstance(each, sa.MetaData) for each in given):
        raise ArgumentTypeError(
            f"Schema.from_metadata takes MetaData or a list of them, not {metadata!r}."
        )
    spoken = _dialect(dialect)
    tables: dict[str, Table] = {}
    skipped = []
    for table in (table for each in given for table in each.tables.values()):
        try:
            read = read_table(table, spoken)
        except (SQLAlchemyError, NotImplementedError, ValueError) as error:
            skipped.append(Skipped(key_of(table), one_line(error)))
        else:
            tables.setdefault(read.key, read)
    return Schema(tuple(tables.values()), dialect, tuple(skipped))


def from_models(*bases: Any, dialect: str = "") -> Schema:
    """
    Read the tables behind mapped classes: declarative bases, classes or registries.
    """
    found: dict[int, sa.MetaData] = {}
    for base in bases:
        metadata = getattr(base, "metadata", None)
        if not isinstance(metadata, sa.MetaData):
            raise ArgumentTypeError(
                "Schema.from_models takes declarative bases, mapped classes or"
                f" registries, not {base!r}."
            )
        found[id(metadata)] = metadata
    return from_metadata(list(found.values()), dialect=dialect)


def _schemas(connection: sa.Connection) -> list[str | None]:
    """
    Return the schemas to read; None is the default one.
    """
    inspector = sa.inspect(connection)
    if connection.dialect.name in _ONE_SCHEMA:
        return [None]
    default = inspector.default_schema_name
    others = [
        name
        for name in inspector.get_schema_names()
        if name not in (default, *_SYSTEM_SCHEMAS) and not name.startswith("pg_")
    ]
    return [None, *others]


def _names_in(connection: sa.Connection, schema: str | None) -> list[str]:
    """
    Return the names of a schema's tables and views.
    """
    inspector = sa.inspect(connection)
    names = inspector.get_table_names(schema) + inspector.get_view_names(schema)
    with suppress(NotImplementedError):
        names += inspector.get_materialized_view_names(schema)
    return list(dict.fromkeys(names))


def _has_unknown_types(metadata: sa.MetaData) -> bool:
    return any(
        isinstance(column.type, sa.types.NullType)
        for table in metadata.tables.values()
        for column in table.columns
    )


def _with_types(table: Table, written: dict[tuple[str, str], str]) -> Table:
    """
    Name the types that SQLAlchemy has no class for as the database does.
    """
    if not any(column.type.kind == "any" for column in table.columns):
        return table
    columns = []
    for column in table.columns:
        sql = written.get((table.key, column.name), "")
        if column.type.kind == "any" and sql:
            named = replace(column.type, kind="other", sql=sql)
            columns.append(replace(column, type=named))
        else:
            columns.append(column)
    return replace(table, columns=tuple(columns))


def _reflect_schema(
    connection: sa.Connection,
    metadata: sa.MetaData,
    schema: str | None,
    hidden: set[str],
    names: list[str] | None,
) -> None:
    wanted = None if names is None else set(names)
    metadata.reflect(
        connection,
        schema=schema,
        views=True,
        resolve_fks=False,
        only=lambda name, _: (
            (f"{schema}.{name}" if schema else name) not in hidden
            and (wanted is None or name in wanted)
        ),
    )


def _reflect_one_by_one(
    connection: sa.Connection,
    metadata: sa.MetaData,
    schema: str | None,
    hidden: set[str],
    names: list[str] | None,
) -> list[Skipped]:
    """
    Reflect what can be reflected where reading all at once failed.
    """
    skipped = []
    if names is None:
        try:
            names = _names_in(connection, schema)
        except Exception as error:  # noqa: BLE001 - drivers raise what they like
            return [Skipped(schema or "the default schema", one_line(error))]
    for name in names:
        key = f"{schema}.{name}" if schema else name
        if key in hidden or key in metadata.tables:
            continue
        try:
            with _savepoint(connection):
                sa.Table(
                    name,
                    metadata,
                    schema=schema,
                    autoload_with=connection,
                    resolve_fks=False,
                )
        except Exception as error:  # noqa: BLE001 - drivers raise what they like
            if key in metadata.tables:
                metadata.remove(metadata.tables[key])
            skipped.append(Skipped(key, one_line(error)))
    return skipped


@contextmanager
def _savepoint(connection: sa.Connection) -> Iterator[None]:
    """
    Keep a failed statement from spoiling the transaction, where that can happen.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    with connection.begin_nested():
        yield


def _views(connection: sa.Connection, schemas: list[str | None]) -> set[str]:
    inspector = sa.inspect(connection)
    found: set[str] = set()
    for schema in schemas:
        names = list(inspector.get_view_names(schema))
        with suppress(NotImplementedError):
            names += inspector.get_materialized_view_names(schema)
        found |= {f"{schema}.{name}" if schema else name for name in names}
    return found


def _dialect(name: str) -> sa.Dialect:
    if not name:
        from sqlalchemy.engine.default import DefaultDialect

        return DefaultDialect()
    found: sa.Dialect = sa.URL.create(name).get_dialect()()
    return found
