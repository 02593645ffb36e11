import datetime as dt
import enum
import uuid

from decimal import Decimal

import pytest
import sqlalchemy as sa

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql as pg

from machina_lab import Lab
from machina_lab.core.datatypes import DataType, of_type
from machina_lab.core.tables import Column, Table
from machina_lab.errors import OptionError
from machina_lab.schema import generator_of, guesses, register_type
from machina_lab.schema.guesses import Wish, explain, guess
from machina_lab.schema.rules import OTHER_RULES, TEXT_RULES


class Mood(enum.Enum):
    SAD = 1
    OK = 2


def wish(name, kind, *, unique=False):
    column = Column(name, of_type(kind) if not isinstance(kind, DataType) else kind)
    return Wish(Table("user", (column,)), column, "user", name, f"user.{name}", unique)


def made(name, kind, n=0, *, unique=False):
    return guess(wish(name, kind, unique=unique)).make(n)


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("email", sa.String(60), "user0@example.com"),
        ("contact_email_address", sa.Text(), "user0@example.com"),
        ("name", sa.String(40), "User 0"),
        ("company_name", sa.String(40), "Company 0"),
        ("first_name", sa.String(40), "Jane"),
        ("country", sa.String(2), "US"),
        ("country", sa.String(40), "Canada"),
        ("homepage", sa.Text(), "https://example.com/0"),
        ("description", sa.Text(), "Some description"),
        ("weird_thing", sa.Text(), "Weird thing"),
        ("weird_thing", sa.String(5), "Weird"),
        ("price", sa.Numeric(8, 2), Decimal("9.99")),
        ("price", sa.Numeric(3, 3), Decimal("0.500")),
        ("is_active", sa.Boolean(), True),
        ("is_deleted", sa.Boolean(), False),
        ("birth_date", sa.Date(), dt.date(1990, 1, 1)),
        ("created_at", sa.DateTime(), dt.datetime(2024, 1, 1, 12)),
        (
            "created_at",
            sa.DateTime(timezone=True),
            dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC),
        ),
        ("id", sa.Uuid(), uuid.UUID(int=1)),
        ("mood", sa.Enum(Mood), Mood.SAD),
        ("mood", sa.Enum("sad", "ok"), "sad"),
        ("tags", pg.ARRAY(sa.Text), []),
        ("span", pg.INT4RANGE(), "[1,10)"),
        ("ip", pg.INET(), "192.0.2.1"),
        ("flags", pg.BIT(3), "111"),
        ("payload", sa.JSON(), {}),
        ("wait", sa.Interval(), dt.timedelta(hours=1)),
        ("raw", sa.LargeBinary(), b"data"),
    ],
)
def test_values_by_name_and_type(name, kind, value):
    """
    A column's name and type together tell a short, plausible value.
    """
    assert value == made(name, kind)


KINDS = [
    sa.Integer(),
    sa.String(30),
    sa.Numeric(10, 2),
    sa.Float(),
    sa.Date(),
    sa.DateTime(),
    sa.DateTime(timezone=True),
    sa.Uuid(),
    sa.Interval(),
    sa.LargeBinary(),
]


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_unique_columns_differ(kind):
    """
    A hundred records have a hundred values, whatever the type.
    """
    value = guess(wish("thing", kind, unique=True))

    assert 100 == len({value.make(n) for n in range(100)})


NAMES = st.sampled_from(
    [rule.name.replace(" ", "_") for rule in (*TEXT_RULES, *OTHER_RULES)]
    + ["email", "zip", "x", "isbn", "sha256", "path", "code", "url"]
)


@given(NAMES, st.integers(1, 80), st.booleans())
def test_texts_fit_their_column(name, length, unique):
    """
    No text is longer than its column, the first ones of unique columns all differ.
    """
    value = guess(wish(name, DataType("text", str, length=length), unique=unique))
    texts = [value.make(n) for n in range(min(value.limit or 40, 40))]

    assert all(len(text) <= length for text in texts)
    if unique:
        assert len(texts) == len(set(texts))


@given(st.integers(1, 12), st.integers(0, 12), st.booleans())
def test_decimals_fit_their_column(precision, scale, unique):
    """
    No number has more digits than its column.
    """
    scale = min(scale, precision)
    kind = DataType("decimal", Decimal, precision=precision, scale=scale)
    value = guess(wish("price", kind, unique=unique))
    last = (value.limit or 9) - 1 if unique else 0

    number = value.make(min(last, 9))

    assert abs(number) < Decimal(10) ** (precision - scale)
    assert number == round(number, scale)


@pytest.mark.parametrize(
    "code", sorted({rule.fake for rule in (*TEXT_RULES, *OTHER_RULES) if rule.fake})
)
def test_realistic_values_exist(code):
    """
    Every realistic value that a rule names is one the lab's generator has.
    """
    assert eval(f"fake.{code}", {"fake": Lab().fake}) is not None


class TestRegisterType:
    @pytest.fixture(autouse=True)
    def _forget(self, monkeypatch):
        monkeypatch.setattr(guesses, "_registered", {})

    def test_a_class_of_columns(self):
        """
        A custom type gets what its generator makes, numbered if it takes a number.
        """

        class Money(sa.types.UserDefinedType):
            pass

        register_type(Money, lambda n: f"{n} EUR")

        assert "7 EUR" == made("price", Money(), 7)
        assert "registered for Money" in explain(wish("price", Money()))

    def test_a_name_in_the_database(self):
        """
        Types that have no class are taught by their name.
        """
        register_type("geometry", lambda: "POINT(1 2)")

        assert "POINT(1 2)" == made(
            "spot", DataType("other", sql="geometry(Point,4326)")
        )
        assert "POINT(1 2)" == generator_of("GEOMETRY")(0)

    def test_nonsense(self):
        """
        What is no type and no function is refused.
        """
        with pytest.raises(OptionError, match="register_type takes"):
            register_type(42, lambda: 1)
        with pytest.raises(OptionError, match="no generator for the type 'nope'"):
            generator_of("nope")


class TestExplain:
    def test_names_the_rule(self):
        """
        The explanation has column, value and the rule that won.
        """
        assert 'user.email = sequence("user.email"' in explain(wish("email", sa.Text()))
        assert "name rule: email" in explain(wish("email", sa.Text()))

    def test_says_what_to_teach(self):
        """
        A type without a rule is named, with the call that teaches it.
        """
        text = explain(wish("home", DataType("other", sql="my_type")))

        assert 'register_type("my_type", ...)' in text
