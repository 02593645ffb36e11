"""
Keys taken before their rows are written, so that children can refer to them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Table, func, select, text


def reserve(connection: Connection, table: Table, count: int) -> Sequence[int] | None:
    """
    Return *count* new keys for *table*, or None where they cannot be reserved.

    On PostgreSQL they come from the column's own sequence, so nobody else gets them. On
    SQLite the table is locked for writing first.
    """
    column = table.autoincrement_column
    translated = connection.get_execution_options().get("schema_translate_map")
    if column is None or translated:
        return None
    if connection.dialect.name == "postgresql":
        return _from_sequence(connection, table, column, count)
    if connection.dialect.name == "sqlite":
        return _after_the_last(connection, table, column, count)
    return None


def _from_sequence(
    connection: Connection, table: Table, column: Column[int], count: int
) -> Sequence[int] | None:
    quoted = connection.dialect.identifier_preparer.format_table(table)
    owner = text("SELECT pg_get_serial_sequence(:owner, :column)")
    given = {"owner": quoted, "column": column.name}
    # Asked for by itself: inside the next statement it would be worked out per row.
    sequence = connection.scalar(owner, given)
    if not sequence:
        return None
    numbers = text(
        "SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :n)"
    )
    return list(connection.scalars(numbers, {"name": sequence, "n": count}))


def _after_the_last(
    connection: Connection, table: Table, column: Column[int], count: int
) -> Sequence[int]:
    quoted = connection.dialect.identifier_preparer.format_table(table)
    # Deletes nothing, but takes the lock: from here on nobody else adds rows.
    connection.exec_driver_sql(f"DELETE FROM {quoted} WHERE 0")  # noqa: S608 - quoted
    last = connection.scalar(select(func.max(column))) or 0
    if table.dialect_options["sqlite"]["autoincrement"]:
        asked = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        last = max(last, connection.scalar(asked, {"name": table.name}) or 0)
    start = max(last, 0) + 1
    return range(start, start + count)
