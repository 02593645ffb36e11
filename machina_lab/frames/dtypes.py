"""
From a field's type to a column of a DataFrame.

| kind | dtype |
|---|---|
| integer | `Int64` |
| float | `Float64` (a NaN stays a NaN, NULL is NA) |
| boolean | `boolean` |
| text | `string` |
| datetime | `datetime64[us]`, or `datetime64[us, zone]` for one zone |
| date, time | `date32[day]`, `time64[us]` of Arrow: exact, and they know NA |
| duration | `timedelta64[us]` |
| enum | `category` of all choices |
| the rest | `object`: Decimal, UUID, bytes, JSON, arrays, exactly as they are |

A value that does not fit its column's type is never bent or lost: the whole column is
then `object` and holds what the records hold.
"""

from __future__ import annotations

import datetime as dt
import enum

from collections.abc import Callable
from decimal import Decimal
from types import NoneType
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from machina_lab.core.datatypes import DataType, Kind


Column: TypeAlias = Any  # an array of pandas, or a Series of objects

#: The exact classes that a typed column may hold. A subclass (an IntEnum, a Timestamp
#: with nanoseconds) would lose what makes it one.
_CLASSES: Final[dict[Kind, frozenset[type]]] = {
    "integer": frozenset({int}),
    "float": frozenset({float, int}),
    "boolean": frozenset({bool}),
    "text": frozenset({str}),
    "datetime": frozenset({dt.datetime}),
    "date": frozenset({dt.date}),
    "time": frozenset({dt.time}),
    "duration": frozenset({dt.timedelta}),
}
_INFERRED: Final[dict[type, Kind]] = {
    bool: "boolean",
    int: "integer",
    float: "float",
    Decimal: "decimal",
    str: "text",
    dt.datetime: "datetime",
    dt.date: "date",
    dt.time: "time",
    dt.timedelta: "duration",
}


def column(values: list[Any], data_type: DataType) -> Column:
    """
    Return *values* as a column with the dtype that *data_type* asks for.
    """
    classes = set(map(type, values)) - {NoneType}
    if data_type.kind == "any":
        data_type = _inferred(classes)
    make = _MAKERS.get(data_type.kind)
    if make is None or not classes <= _classes(data_type):
        return objects(values)
    try:
        return make(values, data_type)
    except (ValueError, TypeError, OverflowError, KeyError, pa.ArrowException):
        return objects(values)


def objects(values: list[Any]) -> pd.Series:
    """
    Return *values* as they are, in a column of dtype object.
    """
    array = np.fromiter(values, dtype=object, count=len(values))
    return pd.Series(array, dtype=object, copy=False)


def _classes(data_type: DataType) -> frozenset[type]:
    if data_type.kind == "enum":
        return frozenset(map(type, data_type.choices))
    return _CLASSES[data_type.kind]


def _inferred(classes: set[type]) -> DataType:
    if len(classes) != 1:
        return DataType("other")
    (cls,) = classes
    if issubclass(cls, enum.Enum):
        return DataType("enum", cls, choices=tuple(cls))
    return DataType(_INFERRED.get(cls, "other"))


def _masked(values: list[Any], arrow_type: Any) -> tuple[Any, Any, Any]:
    array = pa.array(values, arrow_type)
    return array, array.is_null().to_numpy(zero_copy_only=False), array.null_count


def _integers(values: list[Any], _: DataType) -> Column:
    array, mask, nulls = _masked(values, pa.int64())
    return pd.arrays.IntegerArray(_filled(array, nulls, 0), mask)


def _floats(values: list[Any], _: DataType) -> Column:
    array, mask, nulls = _masked(values, pa.float64())
    return pd.arrays.FloatingArray(_filled(array, nulls, 0.0), mask)


def _booleans(values: list[Any], _: DataType) -> Column:
    array, mask, nulls = _masked(values, pa.bool_())
    return pd.arrays.BooleanArray(_filled(array, nulls, False), mask)


def _filled(array: Any, nulls: int, value: object) -> Any:
    full = array.fill_null(value) if nulls else array
    # A copy of its own: Arrow's memory is read-only and a column is not.
    return np.array(full.to_numpy(zero_copy_only=False))


def _texts(values: list[Any], _: DataType) -> Column:
    return pd.array(pa.array(values, pa.large_string()), dtype="string")


def _datetimes(values: list[Any], data_type: DataType) -> Column:
    zones = {value.tzinfo for value in values if value is not None}
    if not zones:
        zones = {dt.UTC if data_type.timezone else None}
    if zones == {None}:
        return pd.array(values, dtype="datetime64[us]")
    if len(zones) > 1:
        # Several zones, or naive beside aware: one dtype would change the values.
        return objects(values)
    return pd.array(values, dtype=pd.DatetimeTZDtype("us", zones.pop()))


def _dates(values: list[Any], _: DataType) -> Column:
    return pd.arrays.ArrowExtensionArray(pa.array(values, pa.date32()))


def _times(values: list[Any], _: DataType) -> Column:
    if any(value is not None and value.tzinfo is not None for value in values):
        return objects(values)
    return pd.arrays.ArrowExtensionArray(pa.array(values, pa.time64("us")))


def _durations(values: list[Any], _: DataType) -> Column:
    return pd.array(values, dtype="timedelta64[us]")


def _enums(values: list[Any], data_type: DataType) -> Column:
    choices = [choice for choice in data_type.choices if choice is not None]
    plain = all(type(choice) is str for choice in choices)
    categories = pd.Index(choices, dtype=None if plain else object)
    codes: dict[Any, int] = {choice: code for code, choice in enumerate(choices)}
    codes[None] = -1
    # A value that is no choice raises KeyError, and the column stays as it is.
    found = [codes[value] for value in values]
    return pd.Categorical.from_codes(found, dtype=pd.CategoricalDtype(categories))


_MAKERS: Final[dict[Kind, Callable[[list[Any], DataType], Column]]] = {
    "integer": _integers,
    "float": _floats,
    "boolean": _booleans,
    "text": _texts,
    "datetime": _datetimes,
    "date": _dates,
    "time": _times,
    "duration": _durations,
    "enum": _enums,
}
