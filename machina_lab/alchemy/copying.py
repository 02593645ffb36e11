"""
Writing many rows into one table: COPY on PostgreSQL, else the driver's executemany.

On the session's own connection, so inside its transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table, insert
from sqlalchemy.exc import DBAPIError

from machina_lab.alchemy.reserving import FEW


def write_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    values: Sequence[Sequence[Any]],
) -> None:
    """
    Insert rows that are given as columns.

    Args:
        connection: Where to.
        table: The table.
        columns: Its columns that are written.
        values: For each column its values.

    Raises:
        DBAPIError: The database refused; of the subclass that SQLAlchemy would raise.
    """
    dialect = connection.dialect
    translated = connection.get_execution_options().get("schema_translate_map")
    if translated or dialect.name not in ("sqlite", "postgresql"):
        _execute(connection, table, columns, values)
    elif dialect.name == "sqlite":
        _execute_many(connection, table, columns, values)
    elif (
        dialect.driver == "psycopg"
        and not dialect.is_async
        and any(len(listed) > FEW for listed in values[:1])
    ):
        _copy(connection, table, columns, values)
    else:
        _execute(connection, table, columns, values)


def _execute(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    values: Sequence[Sequence[Any]],
) -> None:
    keys = [column.key for column in columns]
    rows = [dict(zip(keys, row, strict=True)) for row in zip(*values, strict=True)]
    # Keys are given, so nothing has to come back.
    connection.execute(insert(table).inline(), rows)


def _execute_many(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    values: Sequence[Sequence[Any]],
) -> None:
    names, target = _names(connection.dialect, table, columns)
    marks = ", ".join("?" for _ in columns)
    rows = list(zip(*_bound(connection.dialect, columns, values), strict=True))
    statement = f"INSERT INTO {target} ({names}) VALUES ({marks})"  # noqa: S608 - quoted
    connection.exec_driver_sql(statement, rows)


def _copy(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    values: Sequence[Sequence[Any]],
) -> None:
    dialect = connection.dialect
    names, target = _names(dialect, table, columns)
    statement = f"COPY {target} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            write = copy.write_row
            for row in zip(*_bound(dialect, columns, values), strict=True):
                write(row)
    except dialect.dbapi.Error as error:  # type: ignore[union-attr]  # there is one
        raise DBAPIError.instance(
            statement,
            None,
            error,
            dialect.dbapi.Error,  # type: ignore[union-attr]
            dialect=dialect,
        ) from error


def _names(
    dialect: Dialect, table: Table, columns: Sequence[Column[Any]]
) -> tuple[str, str]:
    preparer = dialect.identifier_preparer
    names = ", ".join(preparer.format_column(column) for column in columns)
    return names, preparer.format_table(table)


def _bound(
    dialect: Dialect, columns: Sequence[Column[Any]], values: Sequence[Sequence[Any]]
) -> list[Sequence[Any]]:
    """
    Return *values* as the driver takes them.
    """
    found: list[Sequence[Any]] = []
    for column, listed in zip(columns, values, strict=True):
        bind = binder(column, dialect)
        found.append(listed if bind is None else [bind(value) for value in listed])
    return found


def binder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """
    Return what makes a value of *column* into the driver's, or None.
    """
    return column.type.dialect_impl(dialect).bind_processor(dialect)
