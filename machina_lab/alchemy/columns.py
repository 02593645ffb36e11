"""
Column types as the rest of the lab knows them.

`data_type` reads any SQLAlchemy type object, those of dialects and of users included,
into a `DataType`.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from sqlalchemy import URL, Dialect
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeDecorator, TypeEngine

from machina_lab.core.datatypes import DataType, Kind


#: Kind of the Python class that a type's values have.
_KINDS: Final[dict[type, Kind]] = {
    bool: "boolean",
    int: "integer",
    float: "float",
    Decimal: "decimal",
    str: "text",
    dt.datetime: "datetime",
    dt.date: "date",
    dt.time: "time",
    dt.timedelta: "duration",
    UUID: "uuid",
    bytes: "binary",
}

#: Methods by which a decorator makes Python values that are not its impl's.
_CONVERSIONS: Final = (
    "process_bind_param",
    "process_result_value",
    "bind_processor",
    "result_processor",
)


def data_type(sa_type: TypeEngine[Any]) -> DataType:
    """
    Return what a column of *sa_type* holds.

    Types that Python has no class for (ranges, networks, text search) are `other`. A
    `TypeDecorator` is of its impl's kind; where it converts values only its author
    knows their class, so `python` is None and casting leaves them alone.
    """
    for cls, read in _READERS:
        if isinstance(sa_type, cls):
            return replace(read(sa_type), sql=sql_of(sa_type), source=sa_type)
    return replace(_plain(sa_type), sql=sql_of(sa_type), source=sa_type)


def sql_of(sa_type: TypeEngine[Any]) -> str:
    """
    Return *sa_type* as its database writes it, or "" where it cannot be written.
    """
    if isinstance(sa_type, sa.types.NullType):
        return ""
    dialect = _dialect_of(type(sa_type).__module__)
    try:
        return sa_type.compile(dialect=dialect) if dialect else str(sa_type)
    except (SQLAlchemyError, NotImplementedError, AttributeError):
        # A type of the user's own that only some dialect can write.
        return type(sa_type).__name__.upper()


@lru_cache(maxsize=64)
def _dialect_of(module: str) -> Dialect | None:
    """
    Return the dialect that types of *module* belong to, or None for general ones.
    """
    room, _, rest = module.removeprefix("sqlalchemy.").partition(".")
    if room != "dialects":
        return None
    dialect: Dialect = URL.create(rest.partition(".")[0]).get_dialect()()
    return dialect


def _python_type(sa_type: TypeEngine[Any]) -> type:
    try:
        return sa_type.python_type
    except NotImplementedError:
        # SQLAlchemy 2.0 refuses where 2.1 answers `object`.
        return object


def _plain(sa_type: Any) -> DataType:
    python = _python_type(sa_type)
    kind = _KINDS.get(python)
    if kind is None:
        return DataType("other")
    # Lengths, digits and zones sit under the same names on all types.
    length = getattr(sa_type, "length", None) if kind in ("text", "binary") else None
    digits = kind == "decimal"
    return DataType(
        kind,
        python,
        length=length,
        precision=getattr(sa_type, "precision", None) if digits else None,
        scale=getattr(sa_type, "scale", None) if digits else None,
        timezone=bool(getattr(sa_type, "timezone", False)),
    )


def _enum(sa_type: sa.Enum) -> DataType:
    labels = tuple(sa_type.enums)
    cls = sa_type.enum_class
    if cls is None:
        return DataType("enum", str, choices=labels, labels=labels)
    members = tuple(cls)
    if len(members) != len(labels):
        # With omit_aliases=False every name counts, other names of a member too.
        members = tuple(cls.__members__.values())
    return DataType("enum", cls, choices=members, labels=labels)


def _array(sa_type: Any) -> DataType:
    item = data_type(sa_type.item_type)
    for _ in range((sa_type.dimensions or 1) - 1):
        item = DataType("array", list, item=item)
    return DataType("array", tuple if sa_type.as_tuple else list, item=item)


def _set(sa_type: mysql.SET) -> DataType:
    values = tuple(sa_type.values)
    return DataType(
        "array", set, item=DataType("enum", str, choices=values, labels=values)
    )


def _uuid(sa_type: Any) -> DataType:
    return DataType("uuid", UUID if sa_type.as_uuid else str)


def _decorator(sa_type: TypeDecorator[Any]) -> DataType:
    declared = _declared(sa_type)
    inner = data_type(sa_type.impl_instance)
    if declared is not None:
        kind = _KINDS.get(declared)
        return replace(inner, python=declared) if kind == inner.kind else _of(declared)
    if not any(_overrides(sa_type, name) for name in _CONVERSIONS):
        return inner
    if inner.kind in ("enum", "array"):
        # Its choices and items may be quite different in Python.
        return DataType("other")
    return replace(inner, python=None)


def _of(cls: type) -> DataType:
    return DataType(_KINDS.get(cls, "record"), cls)


def _declared(sa_type: TypeDecorator[Any]) -> type | None:
    """
    Return the class that the decorator's author says its values have.
    """
    if not _overrides(sa_type, "python_type"):
        return None
    declared = _python_type(sa_type)
    return None if declared is object else declared


def _overrides(sa_type: TypeDecorator[Any], name: str) -> bool:
    own = getattr(type(sa_type), name, None)
    return own is not getattr(TypeDecorator, name, None)


#: Types that their Python class does not tell enough about, the special ones first.
_READERS: Final[list[tuple[type | tuple[type, ...], Callable[[Any], DataType]]]] = [
    (sa.Enum, _enum),
    (sa.Interval, _plain),
    (sa.PickleType, lambda _: DataType("any")),
    (TypeDecorator, _decorator),
    (sa.types.NullType, lambda _: DataType("any")),
    (sa.ARRAY, _array),
    ((sa.JSON, postgresql.HSTORE), lambda _: DataType("json")),
    (sa.Uuid, _uuid),
    (postgresql.DOMAIN, lambda domain: data_type(domain.data_type)),
    (mysql.SET, _set),
    (mysql.YEAR, lambda _: DataType("integer", int)),
]
