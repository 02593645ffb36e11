"""
Dataclasses stored as JSON inside a row: what Ecto calls embeds.

`Embedded` holds one (or a list) of a class, `Tagged` one (or a list) of several classes
told apart by a `__type__` key. Both have casters, registered as a user would.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import typing

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, types

from machina_lab.core.casting import cast, casters
from machina_lab.core.datatypes import of_annotation
from machina_lab.errors import CastError


@dataclasses.dataclass
class Metadata:
    image_url: str | None = None
    text: str | None = None
    id: UUID | None = None


@dataclasses.dataclass
class Author:
    name: str | None = None
    salary: Decimal | None = None
    id: UUID | None = None


@dataclasses.dataclass
class Link:
    url: str | None = None
    rating: Decimal | None = None
    metadata: Metadata | None = None
    id: UUID | None = None


@dataclasses.dataclass
class TextContent:
    body: str | None = None


@dataclasses.dataclass
class ImageContent:
    url: str | None = None
    alt_text: str | None = None
    taken_on: dt.date | None = None
    taken_at: dt.time | None = None


@dataclasses.dataclass
class VideoContent:
    url: str | None = None
    duration: int | None = None
    published_at: dt.datetime | None = None


CONTENTS = {"text": TextContent, "image": ImageContent, "video": VideoContent}


def to_json(value: Any) -> Any:
    """
    Return *value* as what `json.dumps` takes; embeds become dicts.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        tags = [tag for tag, cls in CONTENTS.items() if isinstance(value, cls)]
        head = {"__type__": tags[0]} if tags else {}
        pairs = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return head | {name: to_json(v) for name, v in pairs if v is not None}
    if isinstance(value, list):
        return [to_json(each) for each in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def from_json(cls: type, value: Any) -> Any:
    """
    Return an instance of *cls* whose fields are cast to their annotations.
    """
    if value is None:
        return None
    given = value if isinstance(value, Mapping) else vars(value)
    made = {}
    for name, annotation in typing.get_type_hints(cls).items():
        inner = given.get(name)
        if inner is not None and annotation == (Metadata | None):
            inner = from_json(Metadata, inner)
        elif inner is not None:
            datatype, _ = of_annotation(annotation)
            inner = cast(inner, datatype, model=cls.__name__, attribute=name)
        made[name] = inner
    return cls(**made)


def _each(value: Any, one: Callable[[Any], Any], *, many: bool) -> Any:
    if value is None or not many:
        return None if value is None else one(value)
    return [one(each) for each in value]


class Embedded(types.TypeDecorator[Any]):
    """
    One dataclass, or a list of them, as JSON.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, cls: type, *, many: bool = False) -> None:
        super().__init__()
        self.cls, self.many = cls, many

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        del dialect
        return to_json(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        del dialect
        return _each(value, lambda each: from_json(self.cls, each), many=self.many)


class Tagged(types.TypeDecorator[Any]):
    """
    One of the `CONTENTS` classes, or a list of them, as JSON with a `__type__`.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, *, many: bool = False) -> None:
        super().__init__()
        self.many = many

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        del dialect
        return to_json(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        del dialect
        return _each(
            value,
            lambda each: from_json(CONTENTS[each["__type__"]], each),
            many=self.many,
        )


class EnumList(types.TypeDecorator[Any]):
    """
    A list of members of one enum, as a JSON list of their values.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, cls: type[enum.Enum]) -> None:
        super().__init__()
        self.cls = cls

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        del dialect
        return to_json(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        del dialect
        return _each(value, self.cls, many=True)


class Refusing(types.TypeDecorator[Any]):
    """
    A type whose cast always fails (ExMachina's InvalidType).
    """

    impl = types.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        del dialect
        return value


def _cast_embed(value: Any, type_: Embedded) -> Any:
    def one(each: Any) -> Any:
        made = from_json(type_.cls, each)
        made.id = made.id or uuid4()
        return made

    return _each(value, one, many=type_.many)


def _cast_tagged(value: Any, type_: Tagged) -> Any:
    def one(each: Any) -> Any:
        if type(each) not in CONTENTS.values():
            raise CastError(each, "one of the content classes")
        return each

    return _each(value, one, many=type_.many)


def _cast_enum_list(value: Iterable[Any], type_: EnumList) -> Any:
    datatype, _ = of_annotation(type_.cls)
    return _each(value, lambda each: cast(each, datatype), many=True)


def _refuse(value: Any, type_: Refusing) -> Any:
    raise CastError(value, "Refusing")


casters.register(Embedded, _cast_embed)
casters.register(Tagged, _cast_tagged)
casters.register(EnumList, _cast_enum_list)
casters.register(Refusing, _refuse)
