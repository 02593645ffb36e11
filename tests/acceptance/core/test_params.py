"""
Params of records without a database: plain dicts, wire values, options.
"""

import datetime as dt
import enum
import json

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest

from pydantic import BaseModel

from machina_lab import Lab, OptionError, UnknownAttributeError, assoc
from tests.support.bodies import empty
from tests.support.kinds import NamedUser


class Color(enum.Enum):
    RED = "r"


@dataclass
class Money:
    amount: int = 0


@dataclass
class Order:
    number: int = 1
    price: Any = None
    lines: list = field(default_factory=list)
    buyer: Any = None


@attrs.define
class Point:
    x: int
    y: int


class Address(BaseModel):
    street: str = "Main"
    since: dt.date = dt.date(2024, 5, 6)


WIRE = [
    (dt.date(2024, 5, 6), "2024-05-06"),
    (dt.time(9, 15), "09:15:00"),
    (dt.datetime(2000, 1, 1, 23, 0, 7), "2000-01-01T23:00:07"),
    (dt.datetime(2024, 1, 1, 10, 30, tzinfo=dt.UTC), "2024-01-01T10:30:00+00:00"),
    (Decimal("10.30"), "10.30"),
    (
        UUID("12345678-1234-5678-1234-567812345678"),
        "12345678-1234-5678-1234-567812345678",
    ),
    (Color.RED, "r"),
    (b"hi", "aGk="),
    (Money(2000), {"amount": 2000}),
    (Point(1, 2), {"x": 1, "y": 2}),
    (Address(), {"street": "Main", "since": "2024-05-06"}),
    ({1: {2: Decimal(3)}}, {"1": {"2": "3"}}),
    ([dt.date(2024, 5, 6), [Color.RED]], ["2024-05-06", ["r"]]),
    ((1, 2), [1, 2]),
    ("text", "text"),
    (3, 3),
    (1.5, 1.5),
    (True, True),
]


class TestParamsFor:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        lab.factory(name="order", model=Order)(lambda: {"price": Decimal("1.50")})

    def test_values_stay_python(self, lab):
        """
        `params_for` keeps values as they are.
        """
        given = {"price": Decimal(2), "lines": [Money(1)]}

        assert {"number": 1, **given} == lab.params_for("order", given)

    def test_none_is_dropped(self, lab):
        """
        None is dropped by default; zero, False, "" and [] are not.
        """
        assert {"number": 0, "lines": []} == lab.params_for(
            "order", number=0, price=None
        )

    @pytest.mark.parametrize("level", ["lab", "factory", "call"])
    def test_none_is_kept(self, level):
        """
        `keep_none=True` keeps it: per lab, per factory, per call.
        """
        lab = Lab(keep_none=level == "lab")
        options = {"keep_none": True} if level == "factory" else {}
        lab.factory(name="order", model=Order, **options)(empty)
        call = {"keep_none": True} if level == "call" else {}

        got = lab.params_for("order", **call)

        assert {"number": 1, "price": None, "lines": [], "buyer": None} == got

    def test_attribute_called_keep_none(self, lab):
        """
        An attribute called keep_none goes through the mapping.
        """
        lab.factory(name="conf")(lambda: {"keep_none": None})

        assert {"keep_none": 3} == lab.params_for("conf", {"keep_none": 3})

    def test_dict_factory_is_returned_unchanged(self, lab):
        """
        Params of a dict are the dict, None and id included (EM 3.2).
        """
        lab.factory(name="raw")(lambda: {"id": 3, "name": None})

        assert {"id": 3, "name": None} == lab.params_for("raw")

    def test_unknown_attributes(self, lab):
        """
        Params are of a built record, so names are checked.
        """
        with pytest.raises(UnknownAttributeError, match=r"'nmber'.*'number'"):
            lab.params_for("order", nmber=1)

    def test_named_tuples(self, lab):
        """
        A named tuple's params are its fields by name.
        """
        lab.factory(name="user")(lambda: NamedUser("Jane"))

        assert {"name": "Jane", "role": "member"} == lab.params_for("user")

    def test_record_inside_is_kept(self, lab):
        """
        In Python params a nested plain record is a value like any other.
        """
        lab.factory(name="buyer", model=Money)(empty)
        got = lab.params_for("order", buyer=assoc("buyer"))

        assert "buyer" in got


class TestStringParamsFor:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        lab.factory(name="order", model=Order)(empty)

    @pytest.mark.parametrize(("value", "expected"), WIRE, ids=repr)
    def test_wire_values(self, lab, value, expected):
        """
        Values become what `json.dumps` takes.
        """
        got = lab.string_params_for("order", price=value)

        assert expected == got["price"]
        assert got == json.loads(json.dumps(got))

    def test_keys_are_text_all_the_way_down(self, lab):
        """
        Keys of nested dicts are text, inside lists too.
        """
        got = lab.string_params_for("order", lines=[{1: {Color.RED: None}}])

        assert [{"1": {"r": None}}] == got["lines"]

    def test_keep(self, lab):
        """
        `values="keep"` leaves values untouched (FM).
        """
        when = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)

        got = lab.string_params_for("order", price=when, values="keep")

        assert when is got["price"]

    def test_unknown_mode(self, lab):
        """
        There are two modes, and the error names them.
        """
        with pytest.raises((OptionError, ValueError), match=r"wrie.*wire|wire.*wrie"):
            lab.string_params_for("order", values="wrie")

    def test_none(self, lab):
        """
        None is dropped or kept like in `params_for`.
        """
        assert "price" not in lab.string_params_for("order")
        assert None is lab.string_params_for("order", keep_none=True)["price"]

    def test_bytes_that_are_no_text(self, lab):
        """
        Any bytes can be sent.
        """
        assert "/wA=" == lab.string_params_for("order", price=b"\xff\x00")["price"]

    def test_flags(self, lab):
        """
        Sets become lists, enums of text and ints their values.
        """

        class Level(enum.IntEnum):
            LOW = 1

        assert [1] == lab.string_params_for("order", price={1})["price"]
        assert 1 == lab.string_params_for("order", price=Level.LOW)["price"]
