"""
Values worth trying for a column that a condition is about.
"""

import datetime as dt

from decimal import Decimal

import pytest

from machina_lab.core.datatypes import DataType
from machina_lab.core.tables import Column
from machina_lab.schema.candidates import (
    beside,
    fit,
    is_column,
    literals,
    shaped,
    sized,
    variations,
)
from machina_lab.schema.conditions import read_condition
from machina_lab.schema.values import constant


def column(kind, name="a", **about):
    return Column(name, DataType(kind, **about))


def made(values):
    return [value.make(0) for value in values]


def test_a_column_in_disguise():
    """
    A column under lower() and the like is that column; a value is none.
    """
    node = read_condition("lower(a) = 'x'")

    assert is_column(node.args[0], "a")
    assert not is_column(node.args[1], "a")
    assert not is_column("a", "a")


def test_negative_literals():
    """
    The minus in front of a number belongs to it.
    """
    assert -5 in literals(read_condition("a > -5"))


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("a LIKE 'x%'", "xaaa"),
        ("a ILIKE '_-_'", "a-a"),
        ("a GLOB '[A-F]?'", "Aa"),
        ("a ~ '^[^@]+@x$'", "user0@example.com"),
    ],
)
def test_texts_of_a_shape(sql, text):
    """
    What a pattern asks for is among the texts.
    """
    found = made(shaped("t.a", read_condition(sql), column("text", length=40)))

    assert text in found


@pytest.mark.parametrize(
    ("kind", "sql", "size"),
    [
        ("text", "length(a) = 4", 4),
        ("text", "2 = char_length(a)", 2),
        ("array", "cardinality(a) = 3", 3),
        ("binary", "octet_length(a) = 8", 8),
    ],
)
def test_as_long_as_asked(kind, sql, size):
    """
    Texts, arrays and bytes of a length that a condition asks for.
    """
    item = DataType("integer") if kind == "array" else None
    found = made(sized("t.a", read_condition(sql), "a", column(kind, item=item)))

    assert size == len(found[0])


def test_no_size_is_asked():
    """
    A comparison with no number asks for no size.
    """
    assert [] == list(sized("t.a", read_condition("a = b"), "a", column("text")))


DAY = dt.date(2024, 5, 1)
NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "value", "close"),
    [
        ("integer", 10, [10, 11, 9, 20, 5]),
        ("decimal", Decimal(2), [Decimal(3), Decimal(1), Decimal("2.1")]),
        ("float", 2, [3.0, 1.0, 2.1]),
        ("boolean", True, [True, False]),
        ("date", "2024-05-01", [DAY, DAY + dt.timedelta(days=1)]),
        ("date", NOON, [DAY]),
        ("date", 7, []),
        ("datetime", DAY, [dt.datetime(2024, 5, 1, 12)]),
        ("datetime", "2024-05-01T10:00", [dt.datetime(2024, 5, 1, 10)]),
        ("datetime", 7, []),
        ("integer", "many", []),
        ("text", 7, []),
        ("text", "abc", ["abc"]),
    ],
)
def test_a_value_and_what_is_beside_it(kind, value, close):
    """
    A literal comes in the column's type, and so do its neighbours.
    """
    assert {*close} <= {*beside(value, column(kind))}
    assert bool(close) is bool(list(beside(value, column(kind))))


def test_what_does_not_fit():
    """
    A text that is too long for its column is no candidate.
    """
    assert fit("abcd", column("text", length=3)) is None
    assert "a@example.com" not in made(variations(None, column("text", length=4)))


@pytest.mark.parametrize("kind", ["text", "array", "json", "boolean"])
def test_variations(kind):
    """
    The plainest values of a type are tried last.
    """
    item = DataType("text") if kind == "array" else None

    assert made(variations(constant("Ab"), column(kind, item=item)))
