"""
Names and tables of classes that are mapped already.

Where a person has models, factories make those, and give them what they call things. A
class of a joined hierarchy is one table here: its own columns and its base's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from sqlalchemy.orm import Mapper, RelationshipDirection
from sqlalchemy.orm.exc import UnmappedColumnError

from machina_lab.core.tables import Column, ForeignKey, Table
from machina_lab.errors import ArgumentTypeError
from machina_lab.schema.mapping import Models
from machina_lab.schema.model import Schema
from machina_lab.schema.naming import Names
from machina_lab.schema.reflection import from_metadata
from machina_lab.schema.tables import key_of
from machina_lab.schema.words import snake


def read_models(*bases: Any, dialect: str = "") -> Models:
    """
    Return the classes of declarative *bases*, registries or single classes.

    Raises:
        ArgumentTypeError: One of them is none of these.
    """
    mappers = _by_table(bases)
    metadata = dict.fromkeys(_table(mapper).metadata for mapper in mappers.values())
    schema = from_metadata(list(metadata), dialect=dialect)
    tables = tuple(
        _as_mapped(schema.table(key), mapper, schema) for key, mapper in mappers.items()
    )
    by_key = {table.key: table for table in tables}
    names = {key: _names(by_key[key], mapper) for key, mapper in mappers.items()}
    classes = {key: mapper.class_ for key, mapper in mappers.items()}
    return Models(replace(schema, tables=tables), _distinct(names), classes)


def _by_table(bases: Iterable[Any]) -> dict[str, Mapper[Any]]:
    """
    Return one mapper a table: of classes that share one, the most general.
    """
    found: dict[str, Mapper[Any]] = {}
    for mapper in dict.fromkeys(each for base in bases for each in _mappers(base)):
        if not isinstance(mapper.local_table, sa.Table) or not mapper.primary_key:
            continue
        key = key_of(mapper.local_table)
        known = found.get(key)
        if known is None or issubclass(known.class_, mapper.class_):
            found[key] = mapper
    return found


def _table(mapper: Mapper[Any]) -> sa.Table:
    assert isinstance(mapper.local_table, sa.Table)
    return mapper.local_table


def _mappers(base: Any) -> Iterator[Mapper[Any]]:
    if hasattr(base, "__mapper__"):
        mapper: Mapper[Any] = sa.inspect(base)
        yield mapper
        return
    registry = getattr(base, "registry", base)
    if not hasattr(registry, "mappers"):
        raise ArgumentTypeError(
            "models are given as declarative bases, mapped classes or registries, not"
            f" as {base!r}."
        )
    registry.configure()
    yield from sorted(registry.mappers, key=lambda each: each.class_.__name__)


def _as_mapped(table: Table, mapper: Mapper[Any], schema: Schema) -> Table:
    """
    Return *table* as its class sees it.
    """
    own = _marked(table, mapper)
    parent = mapper.inherits
    if parent is None or parent.local_table is mapper.local_table:
        return own
    if not isinstance(parent.local_table, sa.Table):
        return own
    base = _as_mapped(schema.table(key_of(parent.local_table)), parent, schema)
    inherited = {column.name for column in base.columns}
    link = set(own.primary_key)
    return replace(
        own,
        columns=(
            *base.columns,
            *(c for c in own.columns if c.name not in link and c.name not in inherited),
        ),
        primary_key=base.primary_key,
        foreign_keys=(
            *base.foreign_keys,
            *(fk for fk in own.foreign_keys if not set(fk.columns) <= link),
        ),
        uniques=(*base.uniques, *own.uniques),
        checks=(*base.checks, *own.checks),
    )


def _marked(table: Table, mapper: Mapper[Any]) -> Table:
    """
    Mark the columns that the class writes by itself.
    """
    source = mapper.local_table
    written = [mapper.polymorphic_on, mapper.version_id_col]

    def mark(column: Column) -> Column:
        mine = source.columns.get(column.name)
        if any(each is mine for each in written if each is not None):
            return replace(column, default="its class")
        return column

    return replace(table, columns=tuple(map(mark, table.columns)))


def _names(table: Table, mapper: Mapper[Any]) -> Names:
    cls = mapper.class_
    local = "<locals>" in cls.__qualname__
    return Names(
        factory=snake(cls.__name__),
        model=cls.__name__ if local else cls.__qualname__,
        attributes={c.name: _attribute(mapper, c.name) for c in table.columns},
        parents=dict(_parents(table, mapper)),
        module="" if local else cls.__module__,
    )


def _attribute(mapper: Mapper[Any], name: str) -> str:
    for each in mapper.iterate_to_root():
        column = getattr(each.local_table, "columns", {}).get(name)
        if column is not None:
            try:
                return str(mapper.get_property_by_column(column).key)
            except UnmappedColumnError:
                continue
    return name


def _parents(table: Table, mapper: Mapper[Any]) -> Iterator[tuple[ForeignKey, str]]:
    """
    Yield the foreign keys that an association of the class stands for.
    """
    for fk in table.foreign_keys:
        wanted = dict(zip(fk.columns, fk.references, strict=False))
        for relation in mapper.relationships:
            pairs = relation.local_remote_pairs or []
            found = {str(a.name): str(b.name) for a, b in pairs if hasattr(a, "name")}
            if (
                relation.direction is RelationshipDirection.MANYTOONE
                and not relation.viewonly
                and found == wanted
                and _leads_to(relation.mapper, fk.table)
            ):
                yield fk, relation.key
                break


def _leads_to(mapper: Mapper[Any], table: str) -> bool:
    tables = [each.local_table for each in mapper.iterate_to_root()]
    return any(isinstance(t, sa.Table) and key_of(t) == table for t in tables)


def _distinct(names: dict[str, Names]) -> dict[str, Names]:
    """
    Number the factories whose classes bear the same name.
    """
    taken: set[str] = set()
    found = {}
    for key, each in names.items():
        name, number = each.factory, 2
        while name in taken:
            name, number = f"{each.factory}_{number}", number + 1
        taken.add(name)
        found[key] = replace(each, factory=name)
    return found
