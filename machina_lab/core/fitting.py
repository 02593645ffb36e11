"""
One rule a kind: the value that a data type holds, or a refusal.

Standard library only; what belongs to several kinds at once (lists, registered rules,
the error's place) is `casting`'s business.
"""

from __future__ import annotations

import base64
import datetime as dt
import enum
import numbers
import re

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from machina_lab.core.datatypes import DataType


_TRUE: Final = frozenset({"true", "yes", "on", "t", "y", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "f", "n", "0"})
_INTEGER: Final = re.compile(r"[+-]?[0-9]+(\.0*)?")
_ISO_DURATION: Final = re.compile(
    r"(?P<sign>[+-])?P(?:(?P<weeks>[\d.]+)W)?(?:(?P<days>[\d.]+)D)?"
    r"(?:T(?:(?P<hours>[\d.]+)H)?(?:(?P<minutes>[\d.]+)M)?(?:(?P<seconds>[\d.]+)S)?)?"
)
_CLOCK_DURATION: Final = re.compile(
    r"(?:(?P<days>[+-]?\d+) days?,? )?"
    r"(?P<hours>\d+):(?P<minutes>\d\d)(?::(?P<seconds>\d\d(?:\.\d+)?))?"
)


def choice_name(choice: Any) -> str:
    """
    Return the name by which people know one choice of an enum.
    """
    return choice.name if isinstance(choice, enum.Enum) else str(choice)


class MisfitError(ValueError):
    """
    A value of the wrong sort; its text is a hint for the user, or "".
    """


def _plain(value: Any) -> Any:
    """
    Return numpy's scalars as Python's; everything else as it is.
    """
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


def _number(value: Any, _: DataType) -> Any:
    """
    Return *value* if it is a number or a text; a bool is neither.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real | Decimal | str):
        raise MisfitError
    if isinstance(value, str) and "_" in value:
        raise MisfitError
    return value


def _integer(value: Any, datatype: DataType) -> int:
    value = _number(_plain(value), datatype)
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value.strip()):
            raise MisfitError
        return int(value.strip().partition(".")[0])
    whole = int(value)
    if whole != value:
        raise MisfitError("It has digits behind the point.")
    return whole


def _float(value: Any, datatype: DataType) -> float:
    return float(_number(_plain(value), datatype))


def _decimal(value: Any, datatype: DataType) -> Decimal:
    if isinstance(value, Decimal):
        return value
    # Through text, so that 10.3 is 10.3 and not the nearest fraction of two.
    return Decimal(str(_number(value, datatype)).strip())


def _boolean(value: Any, _: DataType) -> bool:
    value = _plain(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    word = value.strip().casefold() if isinstance(value, str) else None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise MisfitError


def _text(value: Any, _: DataType) -> str:
    if isinstance(value, enum.Enum):
        value = value.value
    if not isinstance(value, str):
        raise MisfitError
    return value


def _date(value: Any, _: DataType) -> dt.date:
    if isinstance(value, str):
        text = value.strip()
        value = dt.datetime.fromisoformat(text)
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            raise MisfitError("It has a time of day.")
        return value.date()
    if not isinstance(value, dt.date):
        raise MisfitError
    return value


def _time(value: Any, _: DataType) -> dt.time:
    if isinstance(value, str):
        return dt.time.fromisoformat(value.strip())
    if not isinstance(value, dt.time):
        raise MisfitError
    return value


def _datetime(value: Any, _: DataType) -> dt.datetime:
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value.strip())
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    if not isinstance(value, dt.datetime):
        raise MisfitError
    return value


def _duration(value: Any, _: DataType) -> dt.timedelta:
    if isinstance(value, dt.timedelta):
        return value
    if not isinstance(value, str):
        raise MisfitError("Write it as 1:30:00 or as PT1H30M.")
    text = value.strip()
    match = _ISO_DURATION.fullmatch(text) or _CLOCK_DURATION.fullmatch(text)
    parts = match.groupdict() if match else {}
    sign = -1 if parts.pop("sign", None) == "-" else 1
    amounts = {name: float(number) for name, number in parts.items() if number}
    if not amounts:
        raise MisfitError("Write it as 1:30:00 or as PT1H30M.")
    return sign * dt.timedelta(**amounts)


def _uuid(value: Any, datatype: DataType) -> UUID | str:
    if isinstance(value, bytes):
        value = UUID(bytes=value)
    elif isinstance(value, str):
        value = UUID(value.strip())
    elif not isinstance(value, UUID):
        raise MisfitError
    return str(value) if datatype.python is str else value


def _binary(value: Any, _: DataType) -> bytes:
    if isinstance(value, str):
        try:
            return base64.b64decode(value.strip(), validate=True)
        except ValueError:
            raise MisfitError("Text for binary must be base64.") from None
    if not isinstance(value, bytes | bytearray | memoryview):
        raise MisfitError
    return bytes(value)


def _enum(value: Any, datatype: DataType) -> Any:
    choices = datatype.choices
    for choice in choices:
        if choice is value or (type(choice) is type(value) and choice == value):
            return choice
    for choice in choices:
        inner = choice.value if isinstance(choice, enum.Enum) else choice
        if type(inner) is type(_plain(value)) and inner == value:
            return choice
    names = map(choice_name, choices)
    for choice, *known in zip(choices, names, datatype.labels or names, strict=False):
        if isinstance(value, str) and value in known:
            return choice
    raise MisfitError


def _untouched(value: Any, _: DataType) -> Any:
    return value


RULES: Final[Mapping[str, Callable[[Any, DataType], Any]]] = {
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "boolean": _boolean,
    "text": _text,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "duration": _duration,
    "uuid": _uuid,
    "binary": _binary,
    "enum": _enum,
    "json": _untouched,
    "record": _untouched,
    "any": _untouched,
    "other": _untouched,
}
