"""
What kind of value a field holds, said once for all rooms.

A *data type* is the plain description of a column's or an annotation's type. Casting,
DataFrame dtypes, fixture cells, form controls and completion all start from it, so none
of them has to know the library that the type came from.
"""

from __future__ import annotations

import datetime as dt
import enum
import types
import typing

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from machina_lab.core import rooms


Kind = Literal[
    "integer",  # int of any size
    "decimal",  # Decimal, exact
    "float",
    "boolean",
    "text",
    "date",
    "time",  # `timezone` tells naive from aware
    "datetime",  # `timezone` tells naive from aware
    "duration",  # timedelta
    "uuid",
    "binary",  # bytes
    "json",  # anything that JSON holds
    "array",  # a list of `item`
    "enum",  # one of `choices`
    "record",  # an instance of `python`, or a mapping of its fields
    "any",  # untyped: every value passes
    "other",  # a type of the database that Python has no class for
]


@dataclass(frozen=True, slots=True)
class DataType:
    """
    The type of one field.

    Attributes:
        kind: What it holds; see `Kind`.
        python: The Python class of its values, where there is one.
        length: Longest text or binary, in characters or bytes.
        precision: Digits of a decimal in all.
        scale: Digits of a decimal behind the point.
        timezone: Whether dates with a time carry their zone.
        choices: The values an enum may have, as Python sees them.
        labels: The same values as the database stores them, in the same order.
        item: The type of an array's items.
        sql: The type as the database writes it, for people: `VARCHAR(80)`.
        source: The object this was read from (a column type, an annotation).
    """

    kind: Kind = "any"
    python: type | None = None
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    timezone: bool = False
    choices: tuple[Any, ...] = ()
    labels: tuple[str, ...] = ()
    item: DataType | None = None
    sql: str = ""
    source: Any = None

    @property
    def label(self) -> str:
        """
        The type in one word for people: its SQL, its class, or its kind.
        """
        if self.sql:
            return self.sql
        if self.item is not None:
            return f"list[{self.item.label}]"
        return self.python.__name__ if self.python else self.kind


ANY: Final = DataType()


def of_annotation(annotation: object) -> tuple[DataType, bool]:
    """
    Return the data type of a resolved annotation, and whether None is allowed.

    Examples:
        >>> of_annotation(int | None)[0].kind, of_annotation(int | None)[1]
        ('integer', True)
        >>> of_annotation(list[str])[0].label
        'list[str]'
    """
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return of_annotation(get_args(annotation)[0])
    if origin in (types.UnionType, typing.Union):
        return _of_union(annotation)
    if origin is Literal:
        choices = get_args(annotation)
        kind = DataType(
            kind="enum",
            choices=choices,
            labels=tuple(map(str, choices)),
            source=annotation,
        )
        return kind, None in choices
    if annotation is None or annotation is type(None):
        return ANY, True
    return _of_class(annotation, origin), annotation in (Any, object)


def _of_union(annotation: object) -> tuple[DataType, bool]:
    members = get_args(annotation)
    given = [member for member in members if member is not type(None)]
    nullable = len(given) < len(members)
    if len(given) == 1:
        return of_annotation(given[0])[0], nullable
    return DataType(source=annotation), nullable


def _of_class(annotation: object, origin: object) -> DataType:
    cls = origin or annotation
    if not isinstance(cls, type):
        # NewType and TypeVar carry the class they stand for.
        inner = getattr(annotation, "__supertype__", None)
        return of_annotation(inner)[0] if inner else DataType(source=annotation)
    if issubclass(cls, enum.Enum):
        members = tuple(cls)
        labels = tuple(member.name for member in members)
        return DataType("enum", cls, choices=members, labels=labels, source=annotation)
    kind = _kind_of_class(cls)
    if kind == "array":
        args = get_args(annotation)
        item = of_annotation(args[0])[0] if args else ANY
        return DataType("array", cls, item=item, source=annotation)
    return DataType(kind, None if kind == "any" else cls, source=annotation)


@cache
def _plain_kinds() -> dict[type, Kind]:
    # Imported late: the front door imports this module, and uuid is not cheap.
    from decimal import Decimal
    from uuid import UUID

    return {
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
        bytearray: "binary",
        dict: "json",
    }


def _kind_of_class(cls: type) -> Kind:
    if cls is object:
        return "any"
    for plain, kind in _plain_kinds().items():
        if issubclass(cls, plain):
            return kind
    if issubclass(cls, Mapping):
        return "json"
    listed = issubclass(cls, Sequence | AbstractSet) and not hasattr(cls, "_fields")
    return "array" if listed else "record"


def of_type(source: object) -> DataType:
    """
    Return the data type of a library's type object, such as a column's type.
    """
    for matches, load in rooms.readers:
        if matches(type(source)):
            return load()(source)
    return of_annotation(source)[0]
