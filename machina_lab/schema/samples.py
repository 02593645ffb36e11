"""
A few rows of a table, and how many there are.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from machina_lab.core.tables import Table


def sample(connection: sa.Connection, table: Table, limit: int = 5) -> list[list[Any]]:
    """
    Return the first rows of *table*, values by column, as the driver gives them.
    """
    chosen = sa.select(*_clause(table).columns).limit(limit)
    return [list(row) for row in connection.execute(chosen)]


def count(connection: sa.Connection, table: Table) -> int:
    """
    Return how many rows *table* has.
    """
    counted = sa.select(sa.func.count()).select_from(_clause(table))
    return int(connection.execute(counted).scalar_one())


def first_record(session: Any, model: Any) -> Any:
    """
    Return a record of *model* that is a row already, or None; nothing is flushed.
    """
    with session.no_autoflush:
        return session.scalars(sa.select(model).limit(1)).first()


def _clause(table: Table) -> sa.TableClause:
    columns: list[sa.ColumnClause[Any]] = [sa.column(c.name) for c in table.columns]
    return sa.table(table.name, *columns, schema=table.schema)
