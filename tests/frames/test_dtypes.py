"""
Columns have the dtype of their field, and never change a value.
"""

import datetime as dt
import enum

from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.core.datatypes import DataType, of_annotation
from machina_lab.frames.cells import cell_values
from machina_lab.frames.dtypes import column, objects
from tests.frames.people import Level, Role


BERLIN = ZoneInfo("Europe/Berlin")
EAST = dt.timezone(dt.timedelta(hours=5))
NOON = dt.datetime(2024, 3, 31, 12, 0, 0, 123456)
ENDS = [dt.datetime.min, dt.datetime.max]

TABLE = [
    (int, [1, None, 2**53 + 1, -(2**63)], "Int64"),
    (int, [], "Int64"),
    (int, [None], "Int64"),
    (int, [2**63], "object"),
    (int, [True, 1], "object"),
    (int, ["1"], "object"),
    (float, [0.1, None, 3], "Float64"),
    (float, [2**53 + 1], "object"),
    (bool, [True, None, False], "boolean"),
    (bool, ["yes"], "object"),
    (str, ["a", None, "", "ü\0\n"], "string"),
    (str, ["\ud800"], "object"),
    (str, [1, "a"], "object"),
    (Decimal, [Decimal("9.90"), None, Decimal("NaN")], "object"),
    (dt.datetime, [NOON, None, *ENDS], "datetime64[us]"),
    (dt.datetime, [None], "datetime64[us]"),
    (dt.datetime, [NOON.replace(tzinfo=dt.UTC), None], "datetime64[us, UTC]"),
    (dt.datetime, [NOON.replace(tzinfo=BERLIN)], "datetime64[us, Europe/Berlin]"),
    (dt.datetime, [NOON.replace(tzinfo=EAST)], "datetime64[us, UTC+05:00]"),
    (dt.datetime, [NOON, NOON.replace(tzinfo=dt.UTC)], "object"),
    (dt.datetime, [NOON.replace(tzinfo=z) for z in (EAST, dt.UTC)], "object"),
    (dt.datetime, [dt.date(2024, 1, 1)], "object"),
    (dt.datetime, [pd.Timestamp("2024-01-01 00:00:00.123456789")], "object"),
    (dt.date, [dt.date.min, None, dt.date.max], "date32[day][pyarrow]"),
    (dt.date, [NOON], "object"),
    (dt.time, [dt.time(1, 2, 3, 4), None], "time64[us][pyarrow]"),
    (dt.time, [dt.time(1, tzinfo=dt.UTC)], "object"),
    (dt.timedelta, [dt.timedelta(days=-1, microseconds=1), None], "timedelta64[us]"),
    (Role, [Role.admin, None], "category"),
    (Role, ["administrator"], "object"),
    (Level, [Level.high, None], "category"),
    (Level, [1], "object"),
    (bytes, [b"\x00", None], "object"),
    (dict, [{"a": [1]}, None, {}], "object"),
    (list[int], [[1], [2], []], "object"),
    (object, [uuid4()], "object"),
    (object, [1, None], "Int64"),
    (object, ["a"], "string"),
    (object, [1, "a"], "object"),
    (object, [Role.admin, Role.admin], "category"),
    (object, [None], "object"),
]


@pytest.mark.parametrize(("annotation", "values", "dtype"), TABLE)
def test_dtype_follows_the_field(annotation, values, dtype):
    """
    Each type has its nullable dtype; what does not fit it makes the column object.
    """
    made = pd.Series(column(values, of_annotation(annotation)[0]))

    assert str(made.dtype) == dtype


@pytest.mark.parametrize(("annotation", "values", "dtype"), TABLE)
def test_values_come_back(annotation, values, dtype):
    """
    Every value is in its column as it was given, and None is a missing value.
    """
    made = column(values, of_annotation(annotation)[0])

    back = cell_values(pd.Series(made))
    assert back == [float(v) if dtype == "Float64" and v else v for v in values] or (
        repr(back) == repr(values)  # a NaN is not equal to itself
    )


def test_nan_is_not_null():
    """
    A NaN is a number that was stored; only NULL is missing.
    """
    made = pd.Series(column([float("nan"), None], DataType("float", float)))

    assert made.isna().tolist() == [False, True]


def test_categories_are_all_choices():
    """
    An enum column knows the choices that no record uses.
    """
    made = pd.Series(column([Role.guest], of_annotation(Role)[0]))

    assert list(made.cat.categories) == [Role.admin, Role.guest]


def test_text_choices_are_text_categories():
    """
    An enum of texts has categories that compare with texts.
    """
    kind = DataType("enum", str, choices=("S", "M"), labels=("S", "M"))

    made = pd.Series(column(["M", None], kind))

    assert (made == "M").tolist() == [True, False]


def test_int_enum_stays_enum():
    """
    Members of an IntEnum are not turned into plain numbers.
    """
    made = column([Level.low, Level.high], of_annotation(Level)[0])

    assert [type(value) for value in made] == [Level, Level]


def test_text_subclass_is_kept():
    """
    A text with a class of its own stays that object.
    """

    class Markup(str):
        __slots__ = ()

    made = column([Markup("a")], DataType("text", str))

    assert type(made[0]) is Markup


def test_columns_can_be_written():
    """
    A column is the user's own: cells can be set.
    """
    made = pd.Series(column([1, None], DataType("integer", int)))

    made[0] = 5

    assert made[0] == 5


def test_objects_keep_lists_whole():
    """
    Lists of one length stay cells; they do not become a matrix.
    """
    made = objects([[1, 2], [3, 4]])

    assert made.tolist() == [[1, 2], [3, 4]]


class Shade(enum.Enum):
    light = 1
    dark = 2


ANY_VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(max_size=5),
    st.decimals(allow_nan=False),
    st.dates(),
    st.times(timezones=st.none() | st.just(dt.UTC)),
    st.timedeltas(),
    st.datetimes(timezones=st.none() | st.sampled_from([dt.UTC, BERLIN, EAST])),
    st.uuids(),
    st.sampled_from(Shade),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
)
ANNOTATIONS = [
    int,
    float,
    bool,
    str,
    bytes,
    Decimal,
    dt.date,
    dt.time,
    dt.timedelta,
    dt.datetime,
    Shade,
    dict,
    list,
    object,
]


@given(st.lists(ANY_VALUE, max_size=6), st.sampled_from(ANNOTATIONS))
def test_nothing_is_lost_whatever_is_stored(values, annotation):
    """
    For any values in a field of any type, the column holds exactly these values.
    """
    made = column(values, of_annotation(annotation)[0])

    back = cell_values(pd.Series(made))
    assert back == values


@given(st.data(), st.sampled_from([int, float, bool, str, dt.date, dt.datetime, Shade]))
def test_fitting_values_never_fall_back(data, annotation):
    """
    Values of the field's own type, NULL among them, always get the typed column.
    """
    own = {
        int: st.integers(-(2**63), 2**63 - 1),
        float: st.floats(),
        bool: st.booleans(),
        str: st.text(st.characters(codec="utf-8")),
        dt.date: st.dates(),
        dt.datetime: st.datetimes(),
        Shade: st.sampled_from(Shade),
    }[annotation]
    values = data.draw(st.lists(st.none() | own, max_size=6))

    made = pd.Series(column(values, of_annotation(annotation)[0]))

    assert made.dtype != object
