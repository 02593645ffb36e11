"""
Values that a factory's body gives, as source and as what it makes.

A value is a *constant*, the same in every record, or *counted*, different in each. Both
are short and readable: `"Artist 0"`, `Decimal("9.99")`.
"""

from __future__ import annotations

import datetime as dt
import enum
import sys

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from machina_lab.schema.layout import Call, Items, Named, Piece, literal, strings


#: Records that a value is tried for: the first ones, and some where numbers get longer.
_TRIED: Final = (0, 1, 2, 9, 10, 99, 100)
_DAY: Final = dt.date(2024, 1, 1)
_NOON: Final = dt.datetime(2024, 1, 1, 12)  # noqa: DTZ001 - zones are added where wanted


@dataclass(frozen=True, slots=True)
class Value:
    """
    What one attribute gets.

    Attributes:
        piece: Its source.
        make: What record n gets.
        rule: Which rule chose it, for people.
        imports: What the source needs: `datetime.date`.
        counted: Whether it differs from record to record.
        limit: How many different ones there are; None if enough.
        start: Where its sequence starts.
        telling: Whether a person would want to see it in a row that may do without.
        fake: The source of a realistic one, or "".
    """

    piece: Piece
    make: Callable[[int], Any]
    rule: str = ""
    imports: tuple[str, ...] = ()
    counted: bool = False
    limit: int | None = None
    start: int = 0
    telling: bool = False
    fake: str = ""

    def samples(self) -> list[Any]:
        """
        Return what some records get; one value where all are alike.
        """
        if not self.counted:
            return [self.make(0)]
        tried = [n for n in _TRIED if self.limit is None or n < self.limit]
        return [self.make(n) for n in tried or [0]]

    def because(self, *reasons: str) -> Value:
        """
        Return the same value with reasons added.
        """
        parts = [self.rule, *reasons]
        return replace(self, rule="; ".join(part for part in parts if part))


def constant(value: Any, rule: str = "", **about: Any) -> Value:
    """
    Return *value* for every record.
    """
    piece, imports = written(value)
    return Value(piece, lambda _n: value, rule, imports, **about)


def written(value: Any) -> tuple[Piece, tuple[str, ...]]:
    """
    Return the source of *value* and what it needs imported.
    """
    for cls, writer in _WRITERS.items():
        if isinstance(value, cls):
            return writer(value)
    return literal(value), ()


def _write_datetime(value: dt.datetime) -> tuple[Piece, tuple[str, ...]]:
    parts = [value.year, value.month, value.day, value.hour]
    parts += [value.minute] if value.minute or value.second else []
    parts += [value.second] if value.second else []
    shown = ", ".join(map(str, parts))
    if value.tzinfo is None:
        return f"datetime({shown})", ("datetime.datetime",)
    return f"datetime({shown}, tzinfo=UTC)", ("datetime.UTC", "datetime.datetime")


def _write_time(value: dt.time) -> tuple[Piece, tuple[str, ...]]:
    if value.tzinfo is None:
        return f"time({value.hour}, {value.minute})", ("datetime.time",)
    code = f"time({value.hour}, {value.minute}, tzinfo=UTC)"
    return code, ("datetime.UTC", "datetime.time")


def _write_enum(value: enum.Enum) -> tuple[Piece, tuple[str, ...]]:
    """
    Name the member where its class can be imported; else write what it stands for.
    """
    cls = type(value)
    top = getattr(sys.modules.get(cls.__module__), cls.__name__, None)
    if top is not cls:
        return literal(value.value), ()
    return f"{cls.__name__}.{value.name}", (f"{cls.__module__}.{cls.__name__}",)


#: In this order: a datetime is a date too, a member of an enum may be a text.
_WRITERS: Final[dict[type, Callable[[Any], tuple[Piece, tuple[str, ...]]]]] = {
    enum.Enum: _write_enum,
    Decimal: lambda value: (f'Decimal("{value}")', ("decimal.Decimal",)),
    UUID: lambda value: (f'UUID("{value}")', ("uuid.UUID",)),
    dt.datetime: _write_datetime,
    dt.date: lambda value: (
        f"date({value.year}, {value.month}, {value.day})",
        ("datetime.date",),
    ),
    dt.time: _write_time,
    dt.timedelta: lambda value: (
        f"timedelta(seconds={value.total_seconds():g})",
        ("datetime.timedelta",),
    ),
    list: lambda value: (strings(value), ()),
}


def counted_text(name: str, pattern: str, rule: str = "", **about: Any) -> Value:
    """
    Return *pattern* with the number of the record in place of `{}`.
    """
    piece = Call(
        "sequence",
        (literal(name), f"{literal(pattern)}.format" if pattern != "{}" else "str"),
    )
    return Value(
        piece, pattern.format, rule, ("machina_lab.sequence",), counted=True, **about
    )


def counted_number(name: str, rule: str = "", *, start: int = 1) -> Value:
    """
    Return whole numbers from *start*.
    """
    items: list[Piece] = [literal(name), "int"]
    items += [Named("start_at=", str(start))] if start else []
    piece = Call("sequence", tuple(items))
    return Value(
        piece,
        lambda n: n + start,
        rule,
        ("machina_lab.sequence",),
        counted=True,
        start=start,
    )


def counted_by(
    name: str,
    code: str,
    make: Callable[[int], Any],
    *,
    imports: Iterable[str] = (),
    limit: int | None = None,
) -> Value:
    """
    Return what the expression *code* makes of the record's number `n`.
    """
    piece = Call("sequence", (literal(name), f"lambda n: {code}"))
    needed = ("machina_lab.sequence", *imports)
    return Value(piece, make, "", needed, counted=True, limit=limit)


def cycled(name: str, values: Sequence[Any], rule: str = "") -> Value:
    """
    Return one of *values* after the other, over and over.
    """
    if len(values) == 1:
        return replace(constant(values[0], rule), limit=1)
    pieces, imports = [], {"machina_lab.sequence": None}
    for value in values:
        piece, needed = written(value)
        pieces.append(piece)
        imports |= dict.fromkeys(needed)
    return Value(
        Call("sequence", (literal(name), Items(tuple(pieces)))),
        lambda n: values[n % len(values)],
        rule,
        tuple(imports),
        counted=True,
        limit=len(values),
    )


def counted_code(name: str, length: int, head: str = "C") -> Value:
    """
    Return codes of exactly *length* characters; the shorter, the denser.
    """
    if length <= 3:  # noqa: PLR2004 - decimal would run out of numbers
        code = f'f"{{n:0{length}X}}"'
        return counted_by(name, code, lambda n: f"{n:0{length}X}", limit=16**length)
    head = head[: max(length - 4, 1)].upper()
    digits = length - len(head)
    return counted_text(name, f"{head}{{:0{digits}d}}", limit=10**digits)


def unlike(name: str, kind: str, *, zoned: bool = False) -> Value | None:
    """
    Return different values of a *kind* that is no text, or None if there are too few.
    """
    if kind == "integer":
        return counted_number(name)
    if kind == "boolean":
        return cycled(name, [False, True])
    if kind == "datetime" and zoned:
        start = _NOON.replace(tzinfo=dt.UTC)
        return counted_by(
            name,
            f"{written(start)[0]} + timedelta(minutes=n)",
            lambda n: start + dt.timedelta(minutes=n),
            imports=["datetime.UTC", "datetime.datetime", "datetime.timedelta"],
        )
    if kind not in _UNLIKE:
        return None
    code, make, imports = _UNLIKE[kind]
    return counted_by(name, code, make, imports=imports)


_UNLIKE: Final[dict[str, tuple[str, Callable[[int], Any], tuple[str, ...]]]] = {
    "decimal": ("Decimal(n)", Decimal, ("decimal.Decimal",)),
    "float": ("float(n)", float, ()),
    "uuid": ("UUID(int=n + 1)", lambda n: UUID(int=n + 1), ("uuid.UUID",)),
    "date": (
        "date(2024, 1, 1) + timedelta(days=n)",
        lambda n: _DAY + dt.timedelta(days=n),
        ("datetime.date", "datetime.timedelta"),
    ),
    "datetime": (
        "datetime(2024, 1, 1, 12) + timedelta(minutes=n)",
        lambda n: _NOON + dt.timedelta(minutes=n),
        ("datetime.datetime", "datetime.timedelta"),
    ),
    "duration": (
        "timedelta(minutes=n + 1)",
        lambda n: dt.timedelta(minutes=n + 1),
        ("datetime.timedelta",),
    ),
    "binary": ('n.to_bytes(4, "big")', lambda n: n.to_bytes(4, "big"), ()),
}
