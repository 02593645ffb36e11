"""
Keys taken before their rows are written, so that children can refer to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Column, Connection, Table, text


#: Up to how many rows give their keys back with the INSERT, where reserving them takes
#: more than a look at the table: it is one statement instead of three.
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
    column, dialect = table.autoincrement_column, connection.dialect
    if column is None or not _reserves(connection):
        return None
    looks = dialect.name == "sqlite" and not _is_counted(table)
    returns = dialect.insert_executemany_returning_sort_by_parameter_order
    if count <= FEW and not looks and returns and table.implicit_returning:
        return None
    if dialect.name == "postgresql":
        return _from_sequence(connection, table, column, count)
    return _after_the_last(connection, table, column, count)


def _is_counted(table: Table) -> bool:
    """
    Return whether SQLite keeps the last key of *table*, also of a row that is gone.
    """
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _from_sequence(
    connection: Connection, table: Table, column: Column[int], count: int
) -> Sequence[int] | None:
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
    if _is_counted(table):
        owner = f"{preparer.quote_identifier(table.schema)}." if table.schema else ""
        asked = f"SELECT seq FROM {owner}sqlite_sequence WHERE name = ?"  # noqa: S608 - quoted
        last = max(last, run(asked, (table.name,)).scalar() or 0)
    start = max(last, 0) + 1
    return range(start, start + count)
