"""
Python values as portable values, and back; see `machina_lab.core.batches`.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
import re

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from math import isfinite
from types import NoneType
from typing import Any, Final
from uuid import UUID

from machina_lab.core.datatypes import DataType, Kind, of_annotation
from machina_lab.errors import CastError


_MICROSECOND: Final = dt.timedelta(microseconds=1)

_DURATION: Final = re.compile(
    r"(?P<sign>[+-])?P(?=.)"
    r"(?:(?P<years>-?\d+)Y)?(?:(?P<months>-?\d+)M)?"
    r"(?:(?P<weeks>-?\d+)W)?(?:(?P<days>-?\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>-?\d+)H)?(?:(?P<minutes>-?\d+)M)?"
    r"(?:(?P<seconds>-?\d+(?:\.\d{1,6})?)S)?)?"
)


def portable(value: Any, type_: DataType) -> Any:
    """
    Return the portable value for a Python value of a record.

    Raises:
        CastError: The value does not fit the type.
    """
    if value is None:
        return None
    if isinstance(value, enum.Enum) and type_.kind != "array":
        return _label(value, type_)
    make = _MAKERS.get(type_.kind)
    try:
        return make(value, type_) if make else str(value)
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise CastError(value, type_.label) from error


def portable_all(values: Collection[Any], type_: DataType) -> list[Any]:
    """
    Return the portable values for many values of one type.

    Raises:
        CastError: One does not fit the type.
    """
    found = set(map(type, values))
    if type_.kind == "decimal" and found <= {Decimal, NoneType}:
        if NoneType not in found:
            return list(map(str, values))
        return [None if value is None else str(value) for value in values]
    if found <= _THEMSELVES.get(type_.kind, frozenset()):
        return list(values)
    return [portable(value, type_) for value in values]


def from_portable(value: Any, type_: DataType) -> Any:
    """
    Return the Python value for a portable value: what a record would hold.
    """
    if value is None or not isinstance(value, str):
        return value
    read = _READERS.get(type_.kind)
    if read is not None:
        return read(value)
    if type_.kind == "enum" and value in type_.labels:
        return type_.choices[type_.labels.index(value)]
    if type_.kind == "array":
        return _listed(value, type_.item or DataType())
    return value


def _listed(text: str, item: DataType) -> list[Any]:
    innermost = item
    while innermost.kind == "array":
        innermost = innermost.item or DataType()
    exact = Decimal if innermost.kind == "decimal" else None
    found = json.loads(text, parse_float=exact, parse_int=exact)
    return [_of_item(each, item) for each in found]


def _of_item(value: Any, item: DataType) -> Any:
    if isinstance(value, list) and item.kind == "array":
        return [_of_item(each, item.item or DataType()) for each in value]
    if item.kind == "binary" and isinstance(value, str):
        return bytes.fromhex(value.removeprefix(r"\x"))
    if item.kind == "float" and value is not None:
        return float(value)
    return from_portable(value, item)


def infer(values: Collection[Any]) -> DataType:
    """
    Return the type that all of *values* have; JSON where they have several.
    """
    types = set(map(type, values)) - {NoneType}
    if not types:
        return DataType("text", str)
    found = [of_annotation(each)[0] for each in types]
    kinds = {each.kind for each in found}
    if kinds == {"datetime"}:
        zoned = {v.tzinfo is not None for v in values if v is not None}
        return DataType("datetime", dt.datetime, timezone=True in zoned)
    if len(kinds) == 1:
        return found[0]
    return DataType("float") if kinds == {"integer", "float"} else DataType("json")


def iso_duration(delta: dt.timedelta) -> str:
    """
    Return *delta* in ISO 8601, sign in front.

    Examples:
        >>> iso_duration(dt.timedelta(hours=-23)), iso_duration(dt.timedelta(days=1))
        ('-PT23H', 'P1D')
    """
    sign = "-" if delta < dt.timedelta() else ""
    micros = abs(delta // _MICROSECOND)
    seconds, micros = divmod(micros, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    fraction = f".{micros:06d}".rstrip("0") if micros else ""
    clock = f"{hour}H" * bool(hour) + f"{minute}M" * bool(minute)
    clock += f"{second}{fraction}S" if second or micros else ""
    day = f"{days}D" * bool(days)
    return f"{sign}P{day}{'T' if clock else ''}{clock}" if day or clock else "PT0S"


def parts_of_duration(text: str) -> tuple[int, int, int]:
    """
    Return months, days and microseconds of an ISO 8601 duration.

    Raises:
        ValueError: It is none.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration (P1DT2H30M)")
    part = {
        name: Decimal(value or 0)
        for name, value in match.groupdict("0").items()
        if name != "sign"
    }
    sign = -1 if match["sign"] == "-" else 1
    clock = part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]
    months = part["years"] * 12 + part["months"]
    days = part["weeks"] * 7 + part["days"]
    return sign * int(months), sign * int(days), sign * int(clock * 1_000_000)


def duration(text: str) -> dt.timedelta:
    """
    Return an ISO 8601 duration as a timedelta.

    Raises:
        ValueError: It is none, or has months, whose length nobody knows.
    """
    months, days, micros = parts_of_duration(text)
    if months:
        raise ValueError(f"{text!r} has months or years, which have no fixed length")
    return dt.timedelta(days=days, microseconds=micros)


def iso_datetime(value: dt.datetime) -> str:
    """
    Return *value* in ISO 8601; in UTC with a `Z` if it knows its zone.
    """
    value = dt.datetime(
        *value.timetuple()[:6], value.microsecond, tzinfo=value.tzinfo, fold=value.fold
    )
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"


def json_text(value: Any) -> str:
    """
    Return *value* as JSON text, characters as they are.
    """
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if isinstance(value, dt.datetime):
        return iso_datetime(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _label(value: enum.Enum, type_: DataType) -> Any:
    for choice, label in zip(type_.choices, type_.labels, strict=False):
        if choice is value:
            return label
    return value.name if type_.kind == "enum" else portable(value.value, type_)


def _integer(value: Any, _: DataType) -> int:
    number = int(value)
    if number != value:
        raise ValueError
    return number


def _boolean(value: Any, _: DataType) -> bool:
    if value not in (True, False):
        raise ValueError
    return bool(value)


def _decimal(value: Any, _: DataType) -> str:
    return str(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))


def _temporal(value: Any, type_: DataType) -> str:
    if isinstance(value, dt.datetime):
        if type_.kind == "date":
            return value.date().isoformat()
        return iso_datetime(value)
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _duration(value: Any, _: DataType) -> str:
    return iso_duration(value) if isinstance(value, dt.timedelta) else str(value)


def _uuid(value: Any, _: DataType) -> str:
    return str(value if isinstance(value, UUID) else UUID(str(value)))


def _binary(value: Any, _: DataType) -> bytes:
    if isinstance(value, str | int):
        raise TypeError
    return bytes(value)


def _array(value: Sequence[Any], type_: DataType) -> str:
    item = type_.item or DataType()
    return json_text([_item(each, item) for each in value])


def _item(value: Any, item: DataType) -> Any:
    if value is None or item.kind in ("json", "any", "record"):
        return value
    if item.kind == "array":
        return [_item(each, item.item or DataType()) for each in value]
    made = portable(value, item)
    if isinstance(made, bytes):
        return rf"\x{made.hex()}"
    odd = isinstance(made, float) and not isfinite(made)
    return str(Decimal(made)) if odd else made


_MAKERS: Final[dict[Kind, Callable[[Any, DataType], Any]]] = {
    "integer": _integer,
    "float": lambda value, _: float(value),
    "boolean": _boolean,
    "decimal": _decimal,
    "date": _temporal,
    "time": _temporal,
    "datetime": _temporal,
    "duration": _duration,
    "uuid": _uuid,
    "binary": _binary,
    "json": lambda value, _: json_text(value),
    "record": lambda value, _: json_text(value),
    "array": _array,
}


#: Classes whose values are portable as they are, where the kind is theirs.
_THEMSELVES: Final[dict[Kind, frozenset[type]]] = {
    "integer": frozenset((int, NoneType)),
    "float": frozenset((float, NoneType)),
    "boolean": frozenset((bool, NoneType)),
    "text": frozenset((str, NoneType)),
    "binary": frozenset((bytes, NoneType)),
}

_READERS: Final[dict[Kind, Callable[[str], Any]]] = {
    "integer": int,
    "decimal": Decimal,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "duration": duration,
    "uuid": UUID,
    "json": json.loads,
}
