"""
The rows that were made, by table and key: what an export of the journal starts from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from sqlalchemy.orm import InstanceState
from sqlalchemy.types import TypeDecorator

from machina_lab.alchemy.columns import data_type
from machina_lab.alchemy.forms import stored_type
from machina_lab.core.batches import Key
from machina_lab.core.portable import portable


#: A row: its table, the schema it lives in if not the table's own, its key.
Row = tuple[sa.Table, str | None, tuple[Any, ...]]


def rows_of(states: Iterable[InstanceState[Any]]) -> list[Row]:
    """
    Return the rows behind records; one record of a joined class is several rows.
    """
    found: list[Row] = []
    for state in states:
        if state.key is None:
            continue
        token = state.key[2]
        prefix = token if isinstance(token, str) else None
        found += [
            (table, prefix, state.key[1])
            for table in state.mapper.tables
            if isinstance(table, sa.Table)
        ]
    return found


def rows_of_records(records: Iterable[Any]) -> list[Row]:
    """
    Return the rows behind mapped records; those that are no rows yet are left out.
    """
    return rows_of(sa.inspect(record) for record in records)


def keys_of(rows: Iterable[Row], dialect: sa.Dialect) -> dict[str, list[Key]]:
    """
    Return table -> portable keys of *rows*, each once.
    """
    found: dict[str, dict[Key, None]] = {}
    for table, prefix, identity in rows:
        schema = prefix or table.schema
        name = f"{schema}.{table.name}" if schema else table.name
        columns = list(table.primary_key.columns)
        found.setdefault(name, {})[_portable(columns, identity, dialect)] = None
    return {name: list(keys) for name, keys in found.items()}


def _portable(
    columns: Sequence[sa.Column[Any]], identity: Sequence[Any], dialect: sa.Dialect
) -> Key:
    return tuple(
        _value(column.type, value, dialect)
        for column, value in zip(columns, identity, strict=False)
    )


def _value(type_: sa.types.TypeEngine[Any], value: Any, dialect: sa.Dialect) -> Any:
    stored = stored_type(data_type(type_), dialect)
    bind = type_.bind_processor(dialect) if isinstance(type_, TypeDecorator) else None
    if bind is not None:
        value = bind(value)
    return portable(value, data_type(stored))
