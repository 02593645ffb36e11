"""
What may be typed for a field, by its type.
"""

import datetime as dt
import enum

from decimal import Decimal

import pytest

from machina_lab.core.datatypes import DataType, of_annotation
from machina_lab.core.records import Field
from machina_lab.notebook.suggestions import (
    as_value,
    samples_for,
    texts_for,
    type_label,
    values_for,
)


class Color(enum.Enum):
    red = "r"
    blue = 2


def field(annotation, **more):
    type_, nullable = of_annotation(annotation)
    return Field("x", type_, nullable=nullable, **more)


class TestSamples:
    @pytest.mark.parametrize(
        ("annotation", "expected"),
        [
            (str, ["''"]),
            (int, ["0"]),
            (Decimal, ["0.00"]),
            (float, ["0.0"]),
            (dt.time, ["12:00"]),
            (list[int], ["[]"]),
            (bytes, []),
            (Color, []),
        ],
    )
    def test_show_the_form_of_a_value(self, annotation, expected):
        """
        Where any value of a form fits, one is offered to be changed.
        """
        assert expected == list(samples_for(field(annotation)))

    def test_times_are_of_today(self):
        """
        Dates and times begin with now, with a zone where the field has one.
        """
        now = dt.datetime.now(dt.UTC)
        (date,) = samples_for(field(dt.date))
        (naive,) = samples_for(Field("x", DataType("datetime")))
        (aware,) = samples_for(Field("x", DataType("datetime", timezone=True)))

        assert abs(dt.date.fromisoformat(date) - now.date()) <= dt.timedelta(days=1)
        assert dt.datetime.fromisoformat(naive).tzinfo is None
        assert dt.datetime.fromisoformat(aware).utcoffset() == dt.timedelta(0)

    def test_an_association_takes_a_record(self):
        """
        For an association a variable is offered, and its class is its type.
        """
        one = Field("x", role="to_one", target=Color)
        many = Field("x", role="to_many", target=Color)

        assert [["$"], ["$"]] == [list(samples_for(each)) for each in (one, many)]
        assert ["Color", "list[Color]"] == [type_label(one), type_label(many)]


class TestChoices:
    def test_members_by_name_and_by_value(self):
        """
        An enum offers its names; values that are text may be typed, too.
        """
        assert ["red", "blue", "None"] == list(texts_for(field(Color | None)))
        assert ["r"] == list(values_for(field(Color)))

    @pytest.mark.parametrize(
        ("text", "mark", "expected"),
        [
            ("admin", "", "admin"),
            ("two words", "", "'two words'"),
            ("it's", "'", "'it''s'"),
            ("a", '"', '"a"'),
        ],
    )
    def test_are_quoted_where_they_must_be(self, text, mark, expected):
        """
        Quotes that were opened are kept, and set where a value needs them.
        """
        assert expected == as_value(text, mark)
