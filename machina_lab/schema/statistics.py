"""
What a database knows about its tables beside their columns.

Rows are estimated from the database's own statistics; only small tables are counted.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from sqlalchemy.exc import SQLAlchemyError


#: Tables up to this size are counted when there are no statistics.
_COUNTED_BYTES: Final = 16 * 2**20

_POSTGRES_ROWS: Final = """
SELECT n.nspname, c.relname, c.relkind, c.reltuples, pg_relation_size(c.oid),
       has_table_privilege(c.oid, 'SELECT'), n.nspname = current_schema()
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
_POSTGRES_PARTITIONS: Final = """
SELECT n.nspname, c.relname, n.nspname = current_schema()
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relispartition AND c.relkind IN ('r', 'p')
"""
_POSTGRES_RULES: Final = """
SELECT DISTINCT n.nspname, c.relname, n.nspname = current_schema()
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.ev_type = '3' AND c.relkind IN ('r', 'p')
"""
_POSTGRES_TYPES: Final = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       n.nspname = current_schema()
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


def partitions(connection: sa.Connection) -> set[str]:
    """
    Return the keys of tables that are parts of another one.
    """
    if connection.dialect.name != "postgresql":
        return set()
    rows = connection.execute(sa.text(_POSTGRES_PARTITIONS))
    return {name if current else f"{schema}.{name}" for schema, name, current in rows}


def rewritten(connection: sa.Connection) -> set[str]:
    """
    Return the keys of tables whose INSERTs a rule turns into others.

    Such an INSERT cannot return what it made.
    """
    if connection.dialect.name != "postgresql":
        return set()
    rows = connection.execute(sa.text(_POSTGRES_RULES))
    return {name if current else f"{schema}.{name}" for schema, name, current in rows}


def named_types(connection: sa.Connection) -> dict[tuple[str, str], str]:
    """
    Return how the database writes the type of each column, by table key and column.

    For types that SQLAlchemy has no class for; empty where the database has none.
    """
    if connection.dialect.name != "postgresql":
        return {}
    rows = connection.execute(sa.text(_POSTGRES_TYPES))
    return {
        (name if current else f"{schema}.{name}", column): written
        for schema, name, column, written, current in rows
    }


def estimated_rows(connection: sa.Connection, metadata: sa.MetaData) -> dict[str, int]:
    """
    Return about how many rows each table has; tables nobody knows are left out.
    """
    readers = {"postgresql": _postgres_rows, "sqlite": _sqlite_rows}
    reader = readers.get(connection.dialect.name)
    return reader(connection, metadata) if reader else {}


def _postgres_rows(connection: sa.Connection, metadata: sa.MetaData) -> dict[str, int]:
    found: dict[str, int] = {}
    counted: list[str] = []
    for schema, name, kind, estimate, size, allowed, current in connection.execute(
        sa.text(_POSTGRES_ROWS)
    ):
        key = name if current else f"{schema}.{name}"
        if key not in metadata.tables:
            continue
        if allowed and kind == "r" and size <= _COUNTED_BYTES:
            counted.append(key)
        elif estimate >= 0:
            found[key] = int(estimate)
    return found | _count(connection, metadata, counted)


def _sqlite_rows(connection: sa.Connection, metadata: sa.MetaData) -> dict[str, int]:
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
    size = connection.exec_driver_sql("PRAGMA page_size").scalar() or 0
    tables = [key for key, table in metadata.tables.items() if table.schema is None]
    if pages * size <= _COUNTED_BYTES:
        names = sa.inspect(connection).get_table_names()
        return _count(connection, metadata, [key for key in tables if key in names])
    return _sqlite_statistics(connection, tables)


def _sqlite_statistics(connection: sa.Connection, tables: list[str]) -> dict[str, int]:
    """
    Read what ANALYZE left behind, else the highest rowid: both without a scan.
    """
    found: dict[str, int] = {}
    try:
        rows = connection.exec_driver_sql("SELECT tbl, stat FROM sqlite_stat1").all()
    except SQLAlchemyError:
        rows = []
    for name, stat in rows:
        if stat:
            found[name] = max(found.get(name, 0), int(str(stat).split()[0]))
    quote = connection.dialect.identifier_preparer.quote
    for name in tables:
        if name in found:
            continue
        try:
            statement = f"SELECT max(rowid) FROM {quote(name)}"  # noqa: S608 - quoted
            found[name] = int(connection.exec_driver_sql(statement).scalar() or 0)
        except SQLAlchemyError:
            continue  # a view, or a table WITHOUT ROWID
    return found


def _count(
    connection: sa.Connection, metadata: sa.MetaData, keys: list[str]
) -> dict[str, int]:
    """
    Count small tables, many in one statement.
    """
    found: dict[str, int] = {}
    for start in range(0, len(keys), 50):
        batch = keys[start : start + 50]
        counts = [
            sa.select(sa.func.count())
            .select_from(metadata.tables[key])
            .scalar_subquery()
            for key in batch
        ]
        row = connection.execute(sa.select(*counts)).one()
        found |= dict(zip(batch, row, strict=True))
    return found
