"""
The counters by which databases number their keys: read, taken from, moved on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from machina_lab.alchemy.forms import target
from machina_lab.core.tables import Table


def begin(connection: sa.Connection) -> None:
    """
    Begin SQLite's transaction if its driver has not: a savepoint would commit.
    """
    driver = connection.connection.dbapi_connection
    if not getattr(driver, "in_transaction", True):
        connection.exec_driver_sql("BEGIN")


def read(connection: sa.Connection, table: Table) -> dict[str, int]:
    """
    Return the next number of each of the table's own counters.
    """
    name = connection.dialect.name
    if name == "postgresql":
        return _behind(connection, table, _sequences_next(connection, table))
    if name == "sqlite":
        return _row_numbers(connection, table)
    return {}


def reserve(
    connection: sa.Connection, table: Table, column: str, count: int
) -> Sequence[int]:
    """
    Take *count* new numbers; on PostgreSQL nobody else can get them.
    """
    if connection.dialect.name == "postgresql":
        sequence = _sequences(connection, table).get(column)
        if sequence:
            # Rows with keys of their own may have overtaken it.
            _advance_sequences(connection, table, {})
            numbers = sa.text(
                "SELECT nextval(CAST(:name AS regclass))"
                " FROM generate_series(1, :count)"
            )
            found = connection.execute(numbers, {"name": sequence, "count": count})
            return [int(row[0]) for row in found]
    start = max(_highest(connection, table, column) + 1, 1)
    start = max(start, read(connection, table).get(column, start))
    return range(start, start + count)


def advance(
    connection: sa.Connection, table: Table, at_least: Mapping[str, int]
) -> None:
    """
    Move the table's counters behind its rows, and at least to *at_least*; never back.
    """
    name = connection.dialect.name
    if name == "postgresql":
        _advance_sequences(connection, table, at_least)
    elif name == "sqlite" and _counts_forever(connection, table):
        for column, number in at_least.items():
            _set_row_number(connection, table, column, number - 1)


# -- PostgreSQL ---------------------------------------------------------------------


def _sequences(connection: sa.Connection, table: Table) -> dict[str, str]:
    """
    Return column -> sequence, of serial and identity columns.
    """
    names = [c.name for c in table.columns if c.generated not in ("", "computed")]
    if not names:
        return {}
    preparer = connection.dialect.identifier_preparer
    quoted = preparer.format_table(target(table))
    owner = sa.text("SELECT pg_get_serial_sequence(:owner, :column)")
    found = {
        name: connection.scalar(owner, {"owner": quoted, "column": name})
        for name in names
    }
    return {name: str(sequence) for name, sequence in found.items() if sequence}


def _sequences_next(connection: sa.Connection, table: Table) -> dict[str, int]:
    found = {}
    for column, sequence in _sequences(connection, table).items():
        state = sa.text(
            f"SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {sequence}"  # noqa: S608 - the server quoted it
        )
        found[column] = int(connection.scalar(state) or 1)
    return found


def _behind(
    connection: sa.Connection, table: Table, numbers: Mapping[str, int]
) -> dict[str, int]:
    """
    Return *numbers*, or those behind the rows where a counter was overtaken by them.
    """
    return {
        column: max(number, _highest(connection, table, column) + 1)
        for column, number in numbers.items()
    }


def _advance_sequences(
    connection: sa.Connection, table: Table, at_least: Mapping[str, int]
) -> None:
    current = _sequences_next(connection, table)
    for column, sequence in _sequences(connection, table).items():
        behind = _highest(connection, table, column) + 1
        wanted = max(behind, at_least.get(column, 1))
        if wanted > max(current[column], 1):
            move = sa.text("SELECT setval(CAST(:name AS regclass), :number, false)")
            connection.execute(move, {"name": sequence, "number": wanted})


def _highest(connection: sa.Connection, table: Table, column: str) -> int:
    number: sa.ColumnClause[int] = sa.column(column)
    highest = sa.select(sa.func.max(number)).select_from(target(table))
    return int(connection.scalar(highest) or 0)


# -- SQLite -------------------------------------------------------------------------


def _counts_forever(connection: sa.Connection, table: Table) -> bool:
    """
    Return whether the table is AUTOINCREMENT: it never gives a number twice.
    """
    schema = f'"{table.schema}".' if table.schema else ""
    master = f"{schema}sqlite_master"
    asked = sa.text(
        f"SELECT sql FROM {master} WHERE type = 'table' AND lower(name) = lower(:name)"  # noqa: S608 - quoted
    )
    sql = connection.scalar(asked, {"name": table.name})
    return "AUTOINCREMENT" in str(sql or "").upper()


def _row_numbers(connection: sa.Connection, table: Table) -> dict[str, int]:
    names = [c.name for c in table.columns if c.generated not in ("", "computed")]
    if not names or not _counts_forever(connection, table):
        return {}
    asked = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    last = connection.scalar(asked, {"name": table.name})
    return {names[0]: int(last) + 1} if last is not None else {}


def _set_row_number(
    connection: sa.Connection, table: Table, column: str, number: int
) -> None:
    current = _row_numbers(connection, table).get(column)
    if current is None:
        insert = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)")
        connection.execute(insert, {"name": table.name, "seq": number})
    elif current - 1 < number:
        update = sa.text("UPDATE sqlite_sequence SET seq = :seq WHERE name = :name")
        connection.execute(update, {"name": table.name, "seq": number})
