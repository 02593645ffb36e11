"""
Facts about the attributes of a mapped class.
"""

from __future__ import annotations

import inspect

from collections.abc import Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from sqlalchemy.ext.associationproxy import AssociationProxyExtensionType
from sqlalchemy.ext.hybrid import HybridExtensionType
from sqlalchemy.orm import ColumnProperty, Mapper, MapperProperty
from sqlalchemy.orm.exc import UnmappedColumnError

from machina_lab.core.records import MISSING


#: What libraries keep on a class for themselves.
_RESERVED: Final = frozenset(
    {"metadata", "registry", "type_annotation_map", "query", "model_config"}
)
#: Libraries whose base classes declare nothing that users set.
_LIBRARIES: Final = ("sqlalchemy", "sqlmodel", "pydantic")


def columns(mapper: Mapper[Any]) -> list[ColumnProperty[Any]]:
    """
    Return column attributes in the order of the table's columns, expressions last.
    """
    # Concrete tables are told apart by a column that the class never gets.
    found = [each for each in mapper.column_attrs if each.key in mapper.class_manager]
    return in_table_order(mapper, found)


def in_table_order(
    mapper: Mapper[Any], props: Iterable[ColumnProperty[Any]]
) -> list[ColumnProperty[Any]]:
    """
    Return *props* in the order of the table's columns, expressions last.
    """
    order = {column: at for at, column in enumerate(mapper.persist_selectable.c)}

    def position(prop: ColumnProperty[Any]) -> int:
        return min(order.get(column, len(order)) for column in prop.columns)

    return sorted(props, key=position)


def attribute_of(mapper: Mapper[Any], column: Any) -> str | None:
    """
    Return the attribute that holds *column*, or None if none does.
    """
    try:
        return mapper.get_property_by_column(column).key
    except UnmappedColumnError:
        return None


def is_computed(prop: MapperProperty[Any]) -> bool:
    """
    Return whether the database alone makes the value of *prop*.
    """
    if not isinstance(prop, ColumnProperty):
        return False
    first = prop.columns[0]
    return not isinstance(first, sa.Column) or first.computed is not None


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
    return holds(prop, mapper.polymorphic_on)


def is_counted(mapper: Mapper[Any], prop: MapperProperty[Any]) -> bool:
    """
    Return whether SQLAlchemy itself writes *prop*: a discriminator or a version.
    """
    return is_discriminator(mapper, prop) or holds(prop, mapper.version_id_col)


def holds(prop: MapperProperty[Any], column: Any) -> bool:
    """
    Return whether *column* is one of those that *prop* stands for.
    """
    # Not `in`: comparing columns makes SQL.
    return any(each is column for each in getattr(prop, "columns", ()))


# -- beside the columns ---------------------------------------------------------------


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
        if cls.__module__.partition(".")[0] in _LIBRARIES:
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


def parameters(mapper: Mapper[Any]) -> list[str]:
    """
    Return the names that the constructor written for *mapper*'s class takes.
    """
    stars = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    taken = constructor(mapper).values()
    return [each.name for each in taken if each.kind not in stars]


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
