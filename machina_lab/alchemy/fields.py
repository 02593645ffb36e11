"""
The fields of a mapped class, read from its mapper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from sqlalchemy.orm import (
    ColumnProperty,
    Mapper,
    RelationshipDirection,
    RelationshipProperty,
)

from machina_lab.alchemy.attributes import (
    attribute_of,
    columns,
    holds,
    is_computed,
    is_generated,
    parameters,
    scalar_default,
    settable_properties,
)
from machina_lab.alchemy.columns import data_type
from machina_lab.core.datatypes import ANY, DataType
from machina_lab.core.records import MISSING, Field, Role


def read_fields(mapper: Mapper[Any]) -> dict[str, Field]:
    """
    Return the fields of *mapper*'s class: columns, associations, then properties.
    """
    found = {prop.key: _column_field(mapper, prop) for prop in columns(mapper)}
    for relation in mapper.relationships:
        found[relation.key] = _association_field(mapper, relation)
    for composite in mapper.composites:
        python = composite.composite_class
        kind = DataType("record", python if isinstance(python, type) else None)
        found[composite.key] = Field(composite.key, type=kind, role="property")
    for name in settable_properties(mapper):
        found.setdefault(name, _property_field(mapper, name, found))
    return found


def read_settable(mapper: Mapper[Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """
    Return the names that may be set on a record of *mapper*'s class.

    What is computed is not among them: view-only associations, SQL expressions,
    computed columns. Names that only the class's own constructor takes are.
    """
    closed = {
        name
        for name, prop in mapper.attrs.items()
        if getattr(prop, "viewonly", False) or is_computed(prop)
    }
    found: dict[str, Any] = {n: f for n, f in fields.items() if n not in closed}
    for name in parameters(mapper):
        found.setdefault(name, None)
    return found


# -- columns -------------------------------------------------------------------------


def _column_field(mapper: Mapper[Any], prop: ColumnProperty[Any]) -> Field:
    column = prop.columns[0]
    kind = data_type(column.type)
    if not isinstance(column, sa.Column):
        return Field(prop.key, type=kind, role="property", generated=True)
    default = scalar_default(prop)
    generated = is_generated(mapper, prop)
    return Field(
        prop.key,
        type=kind,
        role=_role(mapper, prop),
        nullable=bool(column.nullable),
        required=not column.nullable and default is MISSING and not generated,
        default=default,
        generated=generated,
        unique=_is_unique(mapper, column),
        column=column.name,
        references=_references(mapper, prop),
    )


def _role(mapper: Mapper[Any], prop: ColumnProperty[Any]) -> Role:
    if any(holds(prop, key) for key in mapper.primary_key):
        return "key"
    return "foreign_key" if _references(mapper, prop) else "value"


def _references(mapper: Mapper[Any], prop: ColumnProperty[Any]) -> str:
    for column in prop.columns:
        for key in sorted(column.foreign_keys, key=_simple_first):
            return key.target_fullname
    # Associations may join on columns that the database knows no foreign key for.
    for relation in mapper.relationships:
        if relation.direction is RelationshipDirection.MANYTOONE:
            for local, remote in relation.local_remote_pairs or ():
                if holds(prop, local) and isinstance(remote, sa.Column):
                    return f"{remote.table}.{remote.name}"
    return ""


def _simple_first(key: sa.ForeignKey) -> tuple[int, str]:
    # A column may be a foreign key by itself and a part of a longer one.
    constraint = key.constraint
    return len(constraint.columns) if constraint else 1, key.target_fullname


def _is_unique(mapper: Mapper[Any], column: sa.Column[Any]) -> bool:
    table = column.table
    if column.unique or _only(mapper.primary_key, column):
        return True
    if not isinstance(table, sa.Table):
        return False
    uniques = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    return any(_only(unique.columns, column) for unique in uniques) or any(
        index.unique and _only(index.columns, column) for index in table.indexes
    )


def _only(columns: Iterable[Any], column: Any) -> bool:
    found = list(columns)
    return len(found) == 1 and found[0] is column


# -- associations and properties -----------------------------------------------------


def _association_field(
    mapper: Mapper[Any], relation: RelationshipProperty[Any]
) -> Field:
    target = relation.mapper.class_
    kind = DataType("record", target)
    if relation.uselist:
        many = DataType("array", list, item=kind)
        return Field(relation.key, type=many, role="to_many", target=target)
    through: list[str] = []
    nullable = True
    if relation.direction is RelationshipDirection.MANYTOONE:
        locals_ = [local for local, _ in relation.local_remote_pairs or ()]
        names = [attribute_of(mapper, each) for each in locals_]
        through = [name for name in names if name]
        nullable = all(getattr(each, "nullable", True) for each in locals_)
    return Field(
        relation.key,
        type=kind,
        role="to_one",
        nullable=nullable,
        required=not nullable,
        target=target,
        through=tuple(through),
    )


def _property_field(
    mapper: Mapper[Any], name: str, fields: Mapping[str, Field]
) -> Field:
    synonym = mapper.synonyms.get(name)
    meant = fields.get(synonym.name) if synonym is not None else None
    return Field(name, type=meant.type if meant else ANY, role="property")
