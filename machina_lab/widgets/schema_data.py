"""
What the schema explorer shows, as plain data.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from machina_lab.core.tables import Table
from machina_lab.widgets.markup import line
from machina_lab.widgets.tables import masked_value


#: How many rows of a table are shown.
ROWS = 5


def schema_data(schema: Any) -> dict[str, Any]:
    """
    Return the tables of a schema as plain data.
    """
    return {
        "dialect": schema.dialect,
        "tables": [
            {"key": each.key, "rows": each.rows, "view": each.view} for each in schema
        ],
        "relations": len(schema.relations),
        "skipped": [str(each) for each in schema.skipped],
    }


def table_data(lab: Any, schema: Any, key: str) -> dict[str, Any]:
    """
    Return one table as plain data: columns, keys, relations, factories, insert order.

    Raises:
        UnknownTableError: There is no such table.
    """
    table: Table = schema.table(key)
    relations = schema.relations
    order = list(schema.insert_order())
    return {
        "key": table.key,
        "view": table.view,
        "rows": table.rows,
        "comment": table.comment,
        "columns": schema.column_rows(table.key),
        "parents": [(r.parent, str(r)) for r in relations if r.table == table.key],
        "children": [(r.table, str(r)) for r in relations if r.parent == table.key],
        "uniques": [", ".join(each.columns) for each in table.uniques],
        "checks": [each.sql for each in table.checks],
        "indexes": [f"{i.name}: {', '.join(i.columns)}" for i in table.indexes],
        "factories": factories_of(lab, table),
        "place": order.index(table.key) + 1 if table.key in order else 0,
        "tables": len(order),
        "cycles": [
            str(each) for each in schema.insert_order().cycles if key in each.tables
        ],
    }


def factories_of(lab: Any, table: Table) -> list[str]:
    """
    Return the factories that make rows of a table, the table's own last.
    """
    from machina_lab.schema.words import singular, snake

    own = lab.names(automatic=False)
    place = (table.schema, table.name)
    found = [name for name in own if _table_of(lab.find(name).model) == place]
    automatic = singular(snake(table.name))
    if automatic not in own and lab.has(automatic):
        found.append(automatic)
    return found


def _table_of(model: Any) -> tuple[str | None, str] | None:
    # A model's table tells its name to those who know nothing of its library.
    table = getattr(model, "__table__", None)
    return None if table is None else (table.schema, table.name)


def read_schema(session: Any) -> Any:
    """
    Return the schema of a session's database, read at once.
    """
    from machina_lab.schema import Schema

    return Schema.reflect(session.connection())


def names_data(session: Any) -> list[str]:
    """
    Return the names of a database's tables, for while the rest is being read.
    """
    from machina_lab.schema.reflection import table_names

    return table_names(session.connection())


def sample_data(session: Any, table: Table) -> list[list[str]]:
    """
    Return the first rows of a table, each value as a short text.

    Raises:
        Exception: Whatever the database raises.
    """
    from machina_lab.schema.samples import sample

    names = [column.name for column in table.columns]
    return [
        [
            "" if value is None else line(masked_value(name, value), 40)
            for name, value in zip(names, row, strict=True)
        ]
        for row in sample(session.connection(), table, ROWS)
    ]


def counted(session: Any, tables: Iterable[Table]) -> dict[str, int]:
    """
    Return how many rows tables have now, pending ones included, by table.
    """
    from machina_lab.schema.samples import count

    return {each.key: count(session.connection(), each) for each in tables}
