"""
Params as a browser or an API client would send them.

*Wire values* have string keys all the way down and hold only what `json.dumps` takes.
"""

from __future__ import annotations

import base64
import datetime as dt
import enum

from collections.abc import Mapping
from typing import Any, Final

from machina_lab.core.merging import is_record
from machina_lab.core.records import kind_of


_AS_THEY_ARE: Final = (str, int, float, bool, type(None))


def wire(value: Any) -> Any:
    """
    Return *value* as a wire value.

    Dates and times are ISO 8601, decimals and UUIDs strings, enums their values, bytes
    base64, records mappings without their None.

    Examples:
        >>> import datetime, decimal
        >>> wire({1: datetime.date(2024, 1, 31), "n": decimal.Decimal("1.10")})
        {'1': '2024-01-31', 'n': '1.10'}
    """
    if isinstance(value, enum.Enum):
        return wire(value.value)
    if isinstance(value, _AS_THEY_ARE):
        return value
    if isinstance(value, Mapping):
        return {_key(key): wire(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and not hasattr(
        value, "_fields"
    ):
        return [wire(item) for item in value]
    return _of_object(value)


def _of_object(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _duration(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if is_record(value):
        read = kind_of(type(value)).read(value)
        return {_key(k): wire(item) for k, item in read.items() if item is not None}
    return str(value)


def _key(key: Any) -> str:
    return str(key.value if isinstance(key, enum.Enum) else key)


def _duration(value: dt.timedelta) -> str:
    sign = "-" if value < dt.timedelta(0) else ""
    value = abs(value)
    seconds = f"{value.seconds}.{value.microseconds:06}".rstrip("0").rstrip(".")
    return f"{sign}P{value.days}DT{seconds}S"


def with_string_keys(value: Any) -> Any:
    """
    Return *value* with string keys all the way down and every other value kept (FM).
    """
    if isinstance(value, Mapping):
        return {_key(key): with_string_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_string_keys(item) for item in value]
    return value
