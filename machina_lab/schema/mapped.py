"""
Names and tables of classes that are mapped already.

Where a person has models, factories make those, and give them what they call things. A
class of a joined hierarchy is one table here: its own columns and its base's. Tables of
the same metadata that no class stands for (those between the ends of a many-to-many
relationship) get classes of our own.
"""

from __future__ import annotations

import inspect
import sys

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from sqlalchemy.orm import Mapper, RelationshipDirection
from sqlalchemy.orm.exc import UnmappedColumnError

from machina_lab.core.tables import ForeignKey, Table
from machina_lab.errors import ArgumentTypeError
from machina_lab.schema.mapping import Models, map_others
from machina_lab.schema.model import Schema
from machina_lab.schema.naming import Names, name_tables
from machina_lab.schema.reflection import from_metadata
from machina_lab.schema.tables import key_of
from machina_lab.schema.words import camel, snake


def read_models(*bases: Any, dialect: str = "") -> Models:
    """
    Return the classes of declarative *bases*, registries, single classes or metadata.

    Raises:
        ArgumentTypeError: One of them is none of these.
    """
    mappers = _by_table(bases)
    metadata = dict.fromkeys(_metadata(bases, mappers.values()))
    schema = from_metadata(list(metadata), dialect=dialect)
    # A table that could not be read is named in `skipped`; so is its class, by that.
    mappers = {key: mapper for key, mapper in mappers.items() if key in _keys(schema)}
    whole = any(not hasattr(base, "__mapper__") for base in bases)
    tables = tuple(
        _as_mapped(table, mappers[table.key], schema) if table.key in mappers else table
        for table in schema
        if whole or table.key in mappers
    )
    schema = replace(schema, tables=tables)
    names = _all_names(schema, mappers)
    classes = {key: mapper.class_ for key, mapper in mappers.items()}
    sources = {key_of(t): t for each in metadata for t in each.tables.values()}
    return map_others(schema, names, classes, sources)


def _metadata(
    bases: Iterable[Any], mappers: Iterable[Mapper[Any]]
) -> Iterator[sa.MetaData]:
    for mapper in mappers:
        yield _table(mapper).metadata
    for base in bases:
        found = base if isinstance(base, sa.MetaData) else None
        if found is None and not hasattr(base, "__mapper__"):
            found = getattr(base, "metadata", None)
        if isinstance(found, sa.MetaData):
            yield found


def _keys(schema: Schema) -> set[str]:
    return {table.key for table in schema}


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
    if isinstance(base, sa.MetaData):
        return
    if hasattr(base, "__mapper__"):
        mapper: Mapper[Any] = sa.inspect(base)
        yield mapper
        return
    registry = getattr(base, "registry", base)
    if not hasattr(registry, "mappers"):
        raise ArgumentTypeError(
            "models are given as declarative bases, mapped classes, registries or"
            f" MetaData, not as {base!r}."
        )
    registry.configure()
    yield from sorted(registry.mappers, key=lambda each: each.class_.__name__)


def _as_mapped(table: Table, mapper: Mapper[Any], schema: Schema) -> Table:
    """
    Return *table* as its class sees it.
    """
    parent = _joined_to(mapper)
    if parent is None or key_of(_table(parent)) not in _keys(schema):
        return table
    base = _as_mapped(schema.table(key_of(_table(parent))), parent, schema)
    inherited = {column.name for column in base.columns}
    link = set(table.primary_key)
    return replace(
        table,
        columns=(
            *base.columns,
            *(
                c
                for c in table.columns
                if c.name not in link and c.name not in inherited
            ),
        ),
        primary_key=base.primary_key,
        foreign_keys=(
            *base.foreign_keys,
            *(fk for fk in table.foreign_keys if not set(fk.columns) <= link),
        ),
        uniques=(*base.uniques, *table.uniques),
        checks=(*base.checks, *table.checks),
    )


def _joined_to(mapper: Mapper[Any]) -> Mapper[Any] | None:
    """
    Return the mapper of the table that a class of a joined hierarchy extends.
    """
    parent = mapper.inherits
    while parent is not None and parent.local_table is mapper.local_table:
        parent = parent.inherits
    found = parent is not None and isinstance(parent.local_table, sa.Table)
    return None if mapper.concrete or not found else parent


# -- names ---------------------------------------------------------------------------


def _all_names(schema: Schema, mappers: Mapping[str, Mapper[Any]]) -> dict[str, Names]:
    """
    Name the tables: by their classes, and as reflected tables where there is none.
    """
    others = name_tables(schema)
    names = {
        table.key: _names(table, mappers[table.key])
        if table.key in mappers
        else others[table.key]
        for table in schema
        if table.key in mappers or table.key in others
    }
    names = _distinct(names)
    return {
        key: replace(each, owners=_owners(mappers[key], names))
        if key in mappers
        else each
        for key, each in names.items()
    }


def _names(table: Table, mapper: Mapper[Any]) -> Names:
    cls = mapper.class_
    module = _module(cls)
    columns = [c.name for c in table.columns]
    columns += [c.name for c in mapper.local_table.columns]
    return Names(
        factory=snake(cls.__name__),
        model=cls.__qualname__ if module else cls.__name__,
        attributes={name: _property(mapper, name) or name for name in columns},
        parents=dict(_parents(table, mapper)),
        module=module,
        written=dict(_written(mapper, columns)),
        required=frozenset(_required(mapper)),
    )


def _required(mapper: Mapper[Any]) -> Iterator[str]:
    """
    Yield what the class's constructor cannot do without.

    That is what it has no default for, and keys that it would make up (`user_id=0`).
    """
    keys = {
        _property(mapper, column.name)
        for column in _table(mapper).columns
        if column.foreign_keys
    }
    constructor: Any = mapper.class_manager.original_init
    try:
        signature = inspect.signature(constructor)
    except (TypeError, ValueError):  # written in C
        return
    kinds = inspect.Parameter
    for each in list(signature.parameters.values())[1:]:
        variadic = each.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
        made_up = each.default is not None and each.name in keys
        if not variadic and (each.default is kinds.empty or made_up):
            yield each.name


def _written(mapper: Mapper[Any], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """
    Yield the columns that the class writes by itself, or does not map.
    """
    own = (mapper.polymorphic_on, mapper.version_id_col)
    for name in names:
        column = _column(mapper, name)
        if column is not None and any(each is column for each in own):
            yield name, "its class writes it"
        elif _property(mapper, name) is None:
            yield name, "its class does not map it"


def _column(mapper: Mapper[Any], name: str) -> sa.Column[Any] | None:
    for each in mapper.iterate_to_root():
        column = getattr(each.local_table, "columns", {}).get(name)
        if isinstance(column, sa.Column):
            return column
    return None


def _property(mapper: Mapper[Any], name: str) -> str | None:
    """
    Return the attribute that holds the column called *name*.
    """
    for each in mapper.iterate_to_root():
        column = getattr(each.local_table, "columns", {}).get(name)
        if column is not None:
            with suppress(UnmappedColumnError):
                return str(mapper.get_property_by_column(column).key)
    return None


def _module(cls: type) -> str:
    """
    Return where *cls* can be imported from, or "" if nowhere: some are made on the fly.
    """
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return cls.__module__ if found is cls else ""


def _owners(mapper: Mapper[Any], names: Mapping[str, Names]) -> dict[str, str]:
    """
    Return the factory that counts for each column that *mapper* inherits.
    """
    found: dict[str, str] = {}
    parent = _joined_to(mapper)
    while parent is not None:
        key = key_of(_table(parent))
        if key in names:
            columns = _table(parent).columns
            found |= {column.name: names[key].factory for column in columns}
        parent = _joined_to(parent)
    return found


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

    Such a class is found through the lab: an import would hide the other one.
    """
    taken: set[str] = set()
    found = {}
    for key, each in names.items():
        name, number = each.factory, 2
        while name in taken:
            name, number = f"{each.factory}_{number}", number + 1
        taken.add(name)
        if name != each.factory:
            each = replace(each, factory=name, model=camel(name), module="")  # noqa: PLW2901 - renamed
        found[key] = each
    return found
