"""
Keys taken before their rows are written, so that children can refer to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Column, Connection, Table, text


#: Up to how many rows PostgreSQL gives their keys back with the INSERT: it takes one
#: statement where reserving them and COPY take three.
FEW: Final = 50

#: Numbers of a sequence; most often they are in one piece, and two say it all. The
#: inner SELECT is worked out once.
_NUMBERS: Final = text("""
    SELECT min(n), max(n),
           CASE WHEN max(n) - min(n) + 1 = count(n) THEN NULL ELSE array_agg(n) END
    FROM (
        SELECT nextval((
            SELECT CAST(pg_get_serial_sequence(:owner, :column) AS regclass)
        )) AS n FROM generate_series(1, :n)
    ) AS taken
""")


def can_number(connection: Connection) -> bool:
    """
    Return whether many rows at a time can have the keys that the database counts.

    It can reserve them, or give them back in the order of the rows. MySQL does neither.
    """
    returns = connection.dialect.insert_executemany_returning_sort_by_parameter_order
    return returns or _reserves(connection)


def _reserves(connection: Connection) -> bool:
    translated = connection.get_execution_options().get("schema_translate_map")
    return connection.dialect.name in ("postgresql", "sqlite") and not translated


def reserve(connection: Connection, table: Table, count: int) -> Sequence[int] | None:
    """
    Return *count* new keys for *table*, or None where they are not reserved.

    On PostgreSQL they come from the column's own sequence, so nobody else gets them. On
    SQLite the table is locked for writing first.
    """
    column = table.autoincrement_column
    if column is None or not _reserves(connection):
        return None
    if connection.dialect.name == "postgresql":
        return _from_sequence(connection, table, column, count)
    return _after_the_last(connection, table, column, count)


def _from_sequence(
    connection: Connection, table: Table, column: Column[int], count: int
) -> Sequence[int] | None:
    if count <= FEW and table.implicit_returning:
        return None
    owner = connection.dialect.identifier_preparer.format_table(table)
    given = {"owner": owner, "column": column.name, "n": count}
    first, last, numbers = connection.execute(_NUMBERS, given).one()
    if first is None:
        return None
    return range(first, last + 1) if numbers is None else list(numbers)


def _after_the_last(
    connection: Connection, table: Table, column: Column[int], count: int
) -> Sequence[int]:
    preparer = connection.dialect.identifier_preparer
    name, key = preparer.format_table(table), preparer.format_column(column)
    run = connection.exec_driver_sql
    # Deletes nothing, but takes the lock: from here on nobody else adds rows.
    run(f"DELETE FROM {name} WHERE 0")  # noqa: S608 - quoted
    last = run(f"SELECT max({key}) FROM {name}").scalar() or 0  # noqa: S608 - quoted
    if table.dialect_options["sqlite"]["autoincrement"]:
        asked = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        last = max(last, run(asked, (table.name,)).scalar() or 0)
    start = max(last, 0) + 1
    return range(start, start + count)
