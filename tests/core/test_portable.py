"""
Portable values: every Python value as text or a number that loses nothing, and back.
"""

import datetime as dt
import enum
import json
import math

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.core.datatypes import DataType, of_annotation
from machina_lab.core.portable import (
    duration,
    from_portable,
    infer,
    iso_datetime,
    iso_duration,
    json_text,
    parts_of_duration,
    portable,
    portable_all,
)
from machina_lab.errors import CastError


class Colour(enum.Enum):
    red = "r"
    green = "g"


@dataclass
class Money:
    amount: int


ZONE = dt.timezone(dt.timedelta(hours=2))
UNIQUE = UUID("12345678123456781234567812345678")


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        (3, int),
        (2**70, int),
        (1.5, float),
        (True, bool),
        ("text", str),
        (Decimal("1.10"), Decimal),
        (dt.date(2024, 2, 29), dt.date),
        (dt.time(9, 30, 0, 5), dt.time),
        (dt.datetime(2024, 2, 29, 9, 30), dt.datetime),
        (dt.timedelta(days=-1, microseconds=7), dt.timedelta),
        (UNIQUE, UUID),
        (b"\x00\xff", bytes),
        (Colour.green, Colour),
        ([1, 2], list[int]),
        (None, int),
    ],
    ids=repr,
)
def test_there_and_back(value, annotation):
    """
    A value comes back from its portable form as it was.
    """
    datatype, _ = of_annotation(annotation)

    assert value == from_portable(portable(value, datatype), datatype)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("x", "integer"),
        (1.5, "integer"),
        (2, "boolean"),
        ("x", "decimal"),
        ("no-uuid", "uuid"),
        ("text", "binary"),
    ],
)
def test_what_does_not_fit(value, kind):
    """
    A value of another sort is refused by name.
    """
    with pytest.raises(CastError, match="does not fit"):
        portable(value, DataType(kind))


def test_many_at_once():
    """
    A column is written as its values one by one are.
    """
    for values, kind in (
        ([Decimal("1.5"), None], "decimal"),
        ([1, None, 2], "integer"),
        (["a", None], "text"),
        ([dt.date(2024, 1, 2), None], "date"),
    ):
        datatype = DataType(kind)
        assert [portable(each, datatype) for each in values] == portable_all(
            values, datatype
        )


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], "text"),
        ([None], "text"),
        ([1, 2], "integer"),
        ([1, 2.5], "float"),
        ([1, "x"], "json"),
        ([dt.datetime(2024, 1, 1, tzinfo=ZONE)], "datetime"),
    ],
)
def test_inferred(values, kind):
    """
    The type of loose values is the one all of them have, else JSON.
    """
    assert kind == infer(values).kind


def test_zones_are_written_in_utc():
    """
    A moment with a zone is written as the same moment in UTC.
    """
    assert "2024-01-01T10:00:00Z" == iso_datetime(
        dt.datetime(2024, 1, 1, 12, tzinfo=ZONE)
    )
    assert infer([dt.datetime(2024, 1, 1, tzinfo=ZONE)]).timezone


def test_json_of_richer_values():
    """
    Dataclasses, enums, sets and dates inside JSON are written as their plain selves.
    """
    value = {
        "money": Money(3),
        "colour": Colour.red,
        "set": {2, 1},
        "at": dt.datetime(2024, 1, 1),
        "day": dt.date(2024, 1, 1),
    }

    assert {
        "money": {"amount": 3},
        "colour": "r",
        "set": [1, 2],
        "at": "2024-01-01T00:00:00",
        "day": "2024-01-01",
    } == json.loads(json_text(value))


@given(st.timedeltas(dt.timedelta(days=-10_000), dt.timedelta(days=10_000)))
def test_durations(value):
    """
    A duration is the same after ISO 8601.
    """
    assert value == duration(iso_duration(value))


def test_durations_that_are_none():
    """
    Months have no fixed length, and other texts are no durations.
    """
    assert (14, 7, 0) == parts_of_duration("P1Y2M1W")
    with pytest.raises(ValueError, match="no fixed length"):
        duration("P1M")
    with pytest.raises(ValueError, match="not a duration"):
        duration("soon")


def test_floats_keep_their_oddities():
    """
    Infinite and undefined numbers are what they were.
    """
    datatype = DataType("float", float)

    assert math.isinf(from_portable(portable(math.inf, datatype), datatype))
    assert math.isnan(from_portable(portable(math.nan, datatype), datatype))


@pytest.mark.parametrize(
    ("item", "values"),
    [
        (DataType("decimal"), [Decimal("1.10"), None, Decimal("1E+5")]),
        (DataType("binary"), [b"\x00\xff", b"", None]),
        (DataType("float"), [math.inf, -math.inf, 1.0, None]),
        (DataType("datetime"), [dt.datetime(9999, 12, 31), None]),
        (
            DataType("array", item=DataType("decimal")),
            [[Decimal("12345678901234567890.10")], []],
        ),
    ],
    ids=lambda each: each.kind if isinstance(each, DataType) else "",
)
def test_arrays_keep_what_their_items_are(item, values):
    """
    No digit, byte or infinity of an item is lost, and the text is strict JSON.
    """
    type_ = DataType("array", item=item)

    text = portable(values, type_)

    json.loads(text, parse_constant=pytest.fail)
    back = from_portable(text, type_)
    assert repr(values) == repr(back)


def test_numbers_of_arrays_as_databases_write_them():
    """
    PostgreSQL writes numbers without quotes: all their digits count.
    """
    type_ = DataType("array", item=DataType("decimal"))

    found = from_portable('[1.10, 7, "NaN", null]', type_)

    assert "[Decimal('1.10'), Decimal('7'), Decimal('NaN'), None]" == repr(found)
