"""
The fields of a mapped class, read from its mapper.
"""

from __future__ import annotations

import inspect

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from sqlalchemy.ext.associationproxy import AssociationProxyExtensionType
from sqlalchemy.ext.hybrid import HybridExtensionType
from sqlalchemy.orm import (
    ColumnProperty,
    Mapper,
    MapperProperty,
    RelationshipDirection,
    RelationshipProperty,
)
from sqlalchemy.orm.exc import UnmappedColumnError

from machina_lab.alchemy.columns import data_type
from machina_lab.core.datatypes import ANY, DataType
from machina_lab.core.records import MISSING, Field, Role


#: What declarative keeps on a class for itself.
_RESERVED = frozenset(
    {"metadata", "registry", "type_annotation_map", "query", "model_config"}
)


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


def is_computed(prop: MapperProperty[Any]) -> bool:
    """
    Return whether the database alone makes the value of *prop*.
    """
    if not isinstance(prop, ColumnProperty):
        return False
    first = prop.columns[0]
    return not isinstance(first, sa.Column) or first.computed is not None


def parameters(mapper: Mapper[Any]) -> list[str]:
    """
    Return the names that the constructor written for *mapper*'s class takes.
    """
    stars = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    taken = constructor(mapper).values()
    return [each.name for each in taken if each.kind not in stars]


def attribute_of(mapper: Mapper[Any], column: Any) -> str | None:
    """
    Return the attribute that holds *column*, or None if none does.
    """
    try:
        return mapper.get_property_by_column(column).key
    except UnmappedColumnError:
        return None


def constructor(mapper: Mapper[Any]) -> dict[str, inspect.Parameter]:
    """
    Return the parameters of the constructor of *mapper*'s class, `self` aside.
    """
    init = mapper.class_manager.original_init
    if init is None or init is object.__init__:
        return {}
    try:
        found = dict(inspect.signature(init).parameters)
    except (TypeError, ValueError):
        return {}
    found.pop(next(iter(found), ""), None)
    return found


# -- columns -------------------------------------------------------------------------


def columns(mapper: Mapper[Any]) -> list[ColumnProperty[Any]]:
    """
    Return column attributes in the order of the table's columns, expressions last.
    """
    order = {column: at for at, column in enumerate(mapper.persist_selectable.c)}

    def position(prop: ColumnProperty[Any]) -> int:
        return min(order.get(column, len(order)) for column in prop.columns)

    # Concrete tables are told apart by a column that the class never gets.
    found = [each for each in mapper.column_attrs if each.key in mapper.class_manager]
    return sorted(found, key=position)


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


def scalar_default(prop: ColumnProperty[Any]) -> Any:
    """
    Return the plain default of *prop*'s columns, or `MISSING`.
    """
    for column in prop.columns:
        default = getattr(column, "default", None)
        if default is not None and default.is_scalar:
            return default.arg
    return MISSING


def is_generated(mapper: Mapper[Any], prop: ColumnProperty[Any]) -> bool:
    """
    Return whether something else makes the value of *prop* if nobody gives one.
    """
    if any(is_autoincrement(column) for column in prop.columns):
        return True
    if is_counted(mapper, prop):
        return True
    for column in prop.columns:
        default = getattr(column, "default", None)
        if default is not None and not default.is_scalar:
            return True
        if getattr(column, "server_default", None) is not None:
            return True
    return False


def is_autoincrement(column: Any) -> bool:
    """
    Return whether *column* is the one that its table counts up.
    """
    return getattr(column.table, "autoincrement_column", None) is column


def is_discriminator(mapper: Mapper[Any], prop: MapperProperty[Any]) -> bool:
    """
    Return whether *prop* tells the classes of one hierarchy apart.
    """
    return _holds(prop, mapper.polymorphic_on)


def is_counted(mapper: Mapper[Any], prop: MapperProperty[Any]) -> bool:
    """
    Return whether SQLAlchemy itself writes *prop*: a discriminator or a version.
    """
    return is_discriminator(mapper, prop) or _holds(prop, mapper.version_id_col)


def _holds(prop: MapperProperty[Any], column: Any) -> bool:
    # Not `in`: comparing columns makes SQL.
    return any(each is column for each in getattr(prop, "columns", ()))


def _role(mapper: Mapper[Any], prop: ColumnProperty[Any]) -> Role:
    if any(_holds(prop, key) for key in mapper.primary_key):
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
                if _holds(prop, local) and isinstance(remote, sa.Column):
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


def settable_properties(mapper: Mapper[Any]) -> list[str]:
    """
    Return what may be set on a record besides the mapper's own attributes.

    Synonyms, hybrids and Python properties with a setter, association proxies, and
    plain attributes of the class that are no columns (Ecto: virtual fields).
    """
    found = list(mapper.synonyms.keys())
    for name, each in mapper.all_orm_descriptors.items():
        kind = each.extension_type
        proxy = kind is AssociationProxyExtensionType.ASSOCIATION_PROXY
        hybrid = kind is HybridExtensionType.HYBRID_PROPERTY
        open_hybrid = hybrid and getattr(each, "fset", None) is not None
        # `@x.inplace.setter` leaves a second hybrid behind, under a private name.
        if (proxy or open_hybrid) and not str(name).startswith("_"):
            found.append(str(name))
    found += [name for name in plain_attributes(mapper) if name not in found]
    return found


def plain_attributes(mapper: Mapper[Any]) -> Iterator[str]:
    """
    Yield the attributes that the class declares beside its mapped ones.
    """
    known = set(mapper.attrs.keys()) | set(mapper.all_orm_descriptors.keys())
    for cls in mapper.class_.__mro__[:-1]:
        if cls.__module__.partition(".")[0] in ("sqlalchemy", "sqlmodel", "pydantic"):
            continue
        annotations = inspect.get_annotations(cls)
        for name in {**vars(cls), **annotations}:
            if name.startswith("_") or name in known | _RESERVED:
                continue
            known.add(name)
            constant = "ClassVar" in str(annotations.get(name, ""))
            if not constant and _is_open(vars(cls).get(name)):
                yield name


def _is_open(value: Any) -> bool:
    """
    Return whether a class attribute of this value is one to set on its instances.
    """
    if isinstance(value, property):
        return value.fset is not None
    described = hasattr(value, "__get__") or isinstance(value, sa.MetaData)
    return not (described or callable(value) or isinstance(value, sa.Table))


def _property_field(
    mapper: Mapper[Any], name: str, fields: Mapping[str, Field]
) -> Field:
    synonym = mapper.synonyms.get(name)
    meant = fields.get(synonym.name) if synonym is not None else None
    return Field(name, type=meant.type if meant else ANY, role="property")
