"""
Values for types and validators of a person's own.

A column type may convert what it is given (`TypeDecorator`) and refuse what it does not
know, and so may a class that validates its attributes. They are asked: values of every
sort are shown to them, through a type's conversion to the database and back, and the
first that they take is used.
"""

from __future__ import annotations

import datetime as dt
import enum
import re

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import TypeDecorator, UserDefinedType

from machina_lab.core.datatypes import DataType
from machina_lab.schema.values import Value, constant, counted_text, unlike


#: What is tried, plainest first.
_SAMPLES: Final[tuple[Any, ...]] = (
    "text",
    1,
    dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC),
    dt.datetime(2024, 1, 1, 12),  # noqa: DTZ001 - some types take these alone
    dt.date(2024, 1, 1),
    dt.time(12, 0),
    dt.timedelta(hours=1),
    UUID(int=1),
    Decimal("1.00"),
    1.0,
    True,
    b"data",
    {},
    [],
    "00000000-0000-4000-8000-000000000001",
    "0" * 32,
    "{}",
    "[]",
    "user@example.com",
    "http://example.com",
    "192.0.2.1",
    "192.0.2.0/24",
    "08:00:2b:01:02:03",
    "+15550100",
    "1.0.0",
    "2024-01-01",
    "2024-01-01T12:00:00",
    "en",
    "UTC",
    "EUR",
    "US",
    "#336699",
    "/data",
)
#: Kinds that make different values, the likelier first.
_COUNTED: Final = ("integer", "uuid", "datetime", "date", "decimal", "float", "binary")


def converts(kind: DataType) -> bool:
    """
    Tell whether a column's type has a conversion of its own.
    """
    source = kind.source
    if isinstance(source, TypeDecorator):
        cls = type(source)
        names = ("process_bind_param", "bind_processor")
        return any(getattr(cls, n) is not getattr(TypeDecorator, n) for n in names)
    return isinstance(source, UserDefinedType)


def probed(
    kind: DataType,
    sequence: str,
    planned: Value | None,
    takes: Callable[[Any], bool],
    *,
    unique: bool,
) -> Value | None:
    """
    Return the first value that is taken, *planned* before all others; or None.

    Args:
        kind: The column's type.
        sequence: The name of the sequence that counts for the column.
        planned: What the rules chose.
        takes: Tells whether a value is taken.
        unique: Whether every record needs another value.
    """
    if planned is not None and all(map(takes, planned.samples())):
        return planned
    own = f"what {type(kind.source).__name__} takes"
    rule = own if converts(kind) else "what its class takes"
    spelled = _spelled(sequence, planned)
    offers = _counted(sequence, kind) if unique else _constants(kind.source)
    for value in (*spelled, *offers):
        if all(map(takes, value.samples())) and (value.counted or not unique):
            return value.because(rule)
    return None


def _spelled(sequence: str, planned: Value | None) -> list[Value]:
    """
    Return the planned text in letters that fussy readers like.
    """
    text = planned.make(0) if planned is not None else None
    if planned is None or not isinstance(text, str):
        return []
    words = re.findall(r"[a-z]+", text.lower()) or ["text"]
    found: list[Value] = []
    for joined in ("-".join(words), "_".join(words), "".join(words)):
        for spelling in (joined, joined.upper()):
            found += [constant(spelling), counted_text(sequence, f"{spelling}{{}}")]
    return found


def conversion(source: Any, dialect: str) -> Callable[[Any], bool]:
    """
    Return what tells whether a type takes a value and can read it again.

    Args:
        source: SQLAlchemy's type.
        dialect: The database's name.
    """
    spoken = _dialect(dialect)
    try:
        own = source.dialect_impl(spoken)
        bind, read = own.bind_processor(spoken), own.result_processor(spoken, None)
    except Exception:  # noqa: BLE001 - code of the type's author
        return lambda _value: False
    stored = _stored_class(source)

    def takes(value: Any) -> bool:
        try:
            bound = bind(value) if bind is not None else value
            if read is not None:
                read(bound)
        except Exception:  # noqa: BLE001 - code of the type's author
            return False
        return stored is None or isinstance(bound, stored)

    return takes


def _stored_class(source: Any) -> tuple[type, ...] | None:
    """
    Return what the type underneath stores, where that tells a number from a text.
    """
    if not isinstance(source, TypeDecorator):
        return None
    plain = source.impl_instance
    if isinstance(plain, sa.String | sa.LargeBinary):
        return (str, bytes, memoryview)
    if isinstance(plain, sa.Numeric | sa.Integer):
        return (int, float, Decimal)
    return None


@lru_cache(maxsize=16)
def _dialect(name: str) -> sa.Dialect:
    return sa.URL.create(name).get_dialect()() if name else DefaultDialect()


def _constants(source: Any) -> Iterator[Value]:
    for cls in _enums(source):
        yield constant(next(iter(cls)))
    for code in _choices(source):
        yield constant(code)
    for sample in _SAMPLES:
        yield constant(sample)


def _counted(sequence: str, kind: DataType) -> Iterator[Value]:
    width = min(kind.length or 32, 32)
    yield counted_text(sequence, "text-{}")
    yield counted_text(sequence, f"{{:0{width}x}}")
    yield counted_text(sequence, "00000000-0000-4000-8000-{:012d}")
    yield counted_text(sequence, "user{}@example.com")
    yield counted_text(sequence, "http://example.com/{}")
    for each in _COUNTED:
        for zoned in (True, False) if each == "datetime" else (False,):
            value = unlike(sequence, each, zoned=zoned)
            if value is not None:
                yield value


def _enums(source: Any) -> Iterator[type[enum.Enum]]:
    """
    Yield the enums that a type was made with.
    """
    held = [*vars(source).values(), *vars(type(source)).values()]
    for each in held:
        if isinstance(each, type) and issubclass(each, enum.Enum) and len(each):
            yield each


def _choices(source: Any) -> Iterator[Any]:
    """
    Yield the first of the choices that a type was made with, its code and itself.
    """
    given = getattr(source, "choices", None)
    if isinstance(given, dict):
        given = list(given)
    if isinstance(given, list | tuple) and given:
        first = given[0]
        yield first[0] if isinstance(first, tuple) else first
