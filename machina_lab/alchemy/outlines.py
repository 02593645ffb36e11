"""
What is known of a mapped class before its mappers are configured.

Configuring takes seconds where there are hundreds of classes, and it fails for good
where an association names a class that is yet to be defined. Whoever only wants to know
what may be typed next must not set that off.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from sqlalchemy.orm import ColumnProperty, Mapper, RelationshipProperty

from machina_lab.alchemy.attributes import in_table_order
from machina_lab.alchemy.columns import data_type
from machina_lab.core.datatypes import DataType
from machina_lab.core.records import Field, Role


def is_configured(mapper: Mapper[Any]) -> bool:
    """
    Return whether *mapper* and all that it is registered with are configured.
    """
    return all(each.configured for each in mapper.registry.mappers)


def read_outline(mapper: Mapper[Any]) -> dict[str, Field]:
    """
    Return columns and the associations that the class itself declares.

    Nothing is configured: back-references and properties are not known yet, and an
    association has a target only if its class is there.
    """
    names = [name for name in mapper.class_manager if mapper.has_property(name)]
    props = [mapper.get_property(name) for name in names]
    columns = [each for each in props if isinstance(each, ColumnProperty)]
    found = {
        each.key: _column(mapper, each) for each in in_table_order(mapper, columns)
    }
    for prop in props:
        if isinstance(prop, RelationshipProperty):
            found[prop.key] = _association(mapper, prop)
    return found


def _column(mapper: Mapper[Any], prop: ColumnProperty[Any]) -> Field:
    column = prop.columns[0]
    kind = data_type(column.type)
    if not isinstance(column, sa.Column):
        return Field(prop.key, type=kind, role="property", generated=True)
    role: Role = "foreign_key" if column.foreign_keys else "value"
    if any(column is key for key in mapper.primary_key):
        role = "key"
    nullable = bool(column.nullable)
    return Field(prop.key, kind, role, nullable=nullable, column=column.name)


def _association(mapper: Mapper[Any], prop: RelationshipProperty[Any]) -> Field:
    target = _target(mapper, prop.argument)
    kind = DataType("record", target)
    # Only configuring works out whether one without annotation is to many.
    if prop.uselist or (prop.uselist is None and prop.collection_class):
        many = DataType("array", list, item=kind)
        return Field(prop.key, type=many, role="to_many", target=target)
    return Field(prop.key, type=kind, role="to_one", target=target)


def _target(mapper: Mapper[Any], argument: Any) -> type | None:
    """
    Return the class that an association was declared with, if it is there.
    """
    if isinstance(argument, type):
        return argument
    if isinstance(argument, Mapper):
        return argument.class_
    if not isinstance(argument, str):
        # A function of the user's, to be called when all classes are there.
        return None
    name = argument.rpartition(".")[2]
    classes = [each.class_ for each in mapper.registry.mappers]
    named = [each for each in classes if each.__name__ == name]
    return named[0] if len(named) == 1 else None
