"""
Column types as data types.
"""

import datetime as dt

from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlmodel.sql.sqltypes import AutoString

from machina_lab.alchemy.columns import data_type
from machina_lab.core.datatypes import of_type
from tests.support.types_models import Cents, Color, Short, Upper


class Pointed(sa.types.UserDefinedType):
    def get_col_spec(self):
        return "POINT"


class UpperEnum(sa.types.TypeDecorator):
    impl = sa.Enum(Color)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value


class ColorType(sa.types.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    @property
    def python_type(self):
        return Color


@pytest.mark.parametrize(
    ("sa_type", "kind", "python"),
    [
        (sa.Integer(), "integer", int),
        (sa.BigInteger(), "integer", int),
        (sa.Float(), "float", float),
        (sa.Double(), "float", float),
        (sa.Float(asdecimal=True), "decimal", Decimal),
        (sa.Numeric(), "decimal", Decimal),
        (sa.Numeric(asdecimal=False), "float", float),
        (sa.Boolean(), "boolean", bool),
        (sa.String(), "text", str),
        (sa.UnicodeText(), "text", str),
        (sa.Date(), "date", dt.date),
        (sa.Time(), "time", dt.time),
        (sa.DateTime(), "datetime", dt.datetime),
        (sa.Interval(), "duration", dt.timedelta),
        (sa.LargeBinary(), "binary", bytes),
        (sa.Uuid(), "uuid", UUID),
        (sa.Uuid(as_uuid=False), "uuid", str),
        (sa.JSON(), "json", None),
        (sa.PickleType(), "any", None),
        (sa.types.NullType(), "any", None),
        (postgresql.JSONB(), "json", None),
        (postgresql.HSTORE(), "json", None),
        (postgresql.UUID(), "uuid", UUID),
        (postgresql.INTERVAL(), "duration", dt.timedelta),
        (postgresql.BYTEA(), "binary", bytes),
        (postgresql.CITEXT(), "text", str),
        (postgresql.DOMAIN("d", sa.Integer()), "integer", int),
        (postgresql.INT4RANGE(), "other", None),
        (postgresql.TSTZMULTIRANGE(), "other", None),
        (postgresql.INET(), "other", None),
        (postgresql.TSVECTOR(), "other", None),
        (postgresql.BIT(3), "other", None),
        (mysql.TINYINT(1), "integer", int),
        (mysql.YEAR(), "integer", int),
        (mysql.LONGTEXT(), "text", str),
        (mysql.MEDIUMBLOB(), "binary", bytes),
        (mssql.UNIQUEIDENTIFIER(), "uuid", UUID),
        (mssql.DATETIMEOFFSET(), "datetime", dt.datetime),
        (oracle.NUMBER(10, 2), "decimal", Decimal),
        (sqlite.DATETIME(), "datetime", dt.datetime),
        (Pointed(), "other", None),
        (AutoString(), "text", str),
        (sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), "json", None),
    ],
    ids=repr,
)
def test_kind_and_class(sa_type, kind, python):
    """Every type has a kind and, where Python has one, a class."""
    found = data_type(sa_type)

    assert (found.kind, found.python) == (kind, python)
    assert found.source is sa_type


@pytest.mark.parametrize(
    ("sa_type", "expected"),
    [
        (sa.String(40), {"length": 40}),
        (sa.LargeBinary(9), {"length": 9}),
        (sa.Numeric(12, 3), {"precision": 12, "scale": 3}),
        (sa.DateTime(timezone=True), {"timezone": True}),
        (sa.Time(timezone=True), {"timezone": True}),
        (postgresql.TIMESTAMP(), {"timezone": False}),
        (sa.Float(precision=5), {"precision": None}),
    ],
    ids=repr,
)
def test_details(sa_type, expected):
    """Lengths, digits and zones are kept."""
    found = data_type(sa_type)

    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("sa_type", "sql"),
    [
        (sa.String(40), "VARCHAR(40)"),
        (sa.Numeric(12, 3), "NUMERIC(12, 3)"),
        (sa.types.NullType(), ""),
        (postgresql.ARRAY(sa.Integer()), "INTEGER[]"),
        (postgresql.ENUM("a", name="mood"), "mood"),
        (mysql.TINYINT(1), "TINYINT(1)"),
        (Pointed(), "POINT"),
    ],
    ids=repr,
)
def test_sql(sa_type, sql):
    """The type as its own database writes it."""
    assert data_type(sa_type).sql == sql


class TestEnums:
    def test_members_and_stored_names(self):
        """An enum's choices are its members, its labels what is stored: names."""
        found = data_type(sa.Enum(Color))

        assert (found.kind, found.python) == ("enum", Color)
        assert found.choices == (Color.red, Color.green)
        assert found.labels == ("red", "green")

    def test_stored_values(self):
        """With `values_callable` the labels are what it returns."""
        kind = sa.Enum(Color, values_callable=lambda cls: [each.value for each in cls])

        assert data_type(kind).labels == ("r", "g")

    def test_plain_words(self):
        """An enum of words has words as choices."""
        found = data_type(postgresql.ENUM("a", "b", name="ab"))

        assert (found.choices, found.labels, found.python) == (
            ("a", "b"),
            ("a", "b"),
            str,
        )

    def test_sets(self):
        """MySQL's SET is an array of an enum."""
        found = data_type(mysql.SET("a", "b"))

        assert (found.kind, found.python) == ("array", set)
        assert found.item.choices == ("a", "b")


class TestArrays:
    def test_items(self):
        """An array knows its items."""
        found = data_type(postgresql.ARRAY(sa.Enum(Color)))

        assert (found.kind, found.python, found.item.kind) == ("array", list, "enum")

    def test_dimensions(self):
        """Several dimensions are arrays of arrays; tuples stay tuples."""
        found = data_type(sa.ARRAY(sa.Integer(), dimensions=2, as_tuple=True))

        assert (found.python, found.item.kind) == (tuple, "array")
        assert found.item.item.kind == "integer"


class TestDecorators:
    def test_without_conversions(self):
        """A decorator that converts nothing is what it decorates."""
        found = data_type(Short())

        assert (found.kind, found.python, found.length) == ("text", str, 8)

    def test_with_conversions(self):
        """Of a decorator that converts, only its author knows the class."""
        found = data_type(Upper())

        assert (found.kind, found.python, found.length) == ("text", None, 20)

    def test_with_a_declared_class(self):
        """A declared class of values counts."""
        assert data_type(Cents()).kind == "decimal"
        assert data_type(Cents()).python is Decimal
        assert (data_type(ColorType()).kind, data_type(ColorType()).python) == (
            "record",
            Color,
        )

    def test_over_an_enum(self):
        """The choices of a converted enum may be others in Python."""
        assert data_type(UpperEnum()).kind == "other"


def test_the_core_finds_it():
    """The core reads column types through this function."""
    assert of_type(sa.String(3)).length == 3
