"""
The tables of a lab's database, as exports and loads need them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from machina_lab.errors import OptionError, nearest


if TYPE_CHECKING:
    from machina_lab.core.tables import Table


def connection_of(session: Any) -> Any:
    """
    Return the connection of a session, what is pending flushed; or a connection itself.
    """
    if hasattr(session, "flush"):
        session.flush()
        return session.connection()
    return session


def tables_of(
    connection: Any, metadatas: Iterable[Any]
) -> tuple[list[Table], dict[str, tuple[str, ...]]]:
    """
    Return the tables, parents first, and the columns that come in a second pass.

    What the models say of a type wins: a database may know less (SQLite has no UUID).
    """
    from machina_lab.schema import Schema

    schema = Schema.reflect(connection)
    given = list(metadatas)
    models: dict[str, Table] = {}
    if given:
        declared = Schema.from_metadata(given, dialect=connection.dialect.name)
        models = {table.key: table for table in declared}
    order = schema.insert_order()
    late: dict[str, tuple[str, ...]] = {}
    for each in order.late:
        late[each.table] = late.get(each.table, ()) + each.foreign_key.columns
    by_key = {table.key: table for table in schema}
    return [_typed(by_key[key], models.get(key)) for key in order], late


def _typed(table: Table, model: Table | None) -> Table:
    if model is None:
        return table
    types = {column.name: column for column in model.columns}
    return replace(
        table,
        columns=tuple(
            replace(column, type=types[column.name].type)
            if column.name in types
            else column
            for column in table.columns
        ),
    )


def known_name(name: str, known: Sequence[Table]) -> str:
    """
    Return the key of the table called *name*, whether its schema is spelled out or not.
    """
    if any(table.key == name for table in known):
        return name
    alike = [table.key for table in known if table.name == name.rpartition(".")[2]]
    return alike[0] if len(alike) == 1 else name


def chosen(names: Collection[str], known: Sequence[Table]) -> set[str]:
    """
    Return the keys of the tables called *names*.

    Raises:
        OptionError: There is no such table.
    """
    found = {known_name(name, known) for name in names}
    missing = sorted(found - {table.key for table in known})
    if missing:
        close = nearest(missing[0], [table.key for table in known])
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise OptionError(f"there is no table {missing[0]!r}.{hint}")
    return found
