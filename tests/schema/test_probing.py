"""
Types that convert and refuse are asked what they take.
"""

import datetime as dt
import enum

import pytest
import sqlalchemy as sa

from sqlalchemy.types import TypeDecorator, UserDefinedType

from machina_lab.core.sequences import sequences
from machina_lab.schema import Schema
from machina_lab.schema.naming import name_tables
from machina_lab.schema.scaffolding import Scaffold


class Moment(TypeDecorator):
    """
    Datetimes as numbers.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is not None and not isinstance(value, dt.datetime):
            raise TypeError("not a datetime")
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value, dialect):
        return None if value is None else dt.datetime.fromtimestamp(value, dt.UTC)


class Light(enum.Enum):
    RED = "r"
    GREEN = "g"


class Lit(TypeDecorator):
    """
    An enum as its value.
    """

    impl = sa.String(1)
    cache_ok = True
    members = Light

    def process_bind_param(self, value, dialect):
        return Light(value).value if isinstance(value, Light) else value.value


class Choice(TypeDecorator):
    """
    One of some codes.
    """

    impl = sa.String(9)
    cache_ok = True

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value, dialect):
        if value not in dict(self.choices):
            raise ValueError(value)
        return value


class Never(TypeDecorator):
    """
    Takes nothing that is known here.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        raise RuntimeError("no context")


class Vector(UserDefinedType):
    """
    A type of a database's extension that takes lists.
    """

    cache_ok = True

    def get_col_spec(self, **_kw):
        return "VECTOR"

    def bind_processor(self, dialect):
        return lambda value: ",".join(map(str, [].__add__(value)))


class Strange(TypeDecorator):
    """
    Cannot even say how it converts.
    """

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect):
        raise RuntimeError("not configured")


def planned(kind, **options):
    metadata = sa.MetaData()
    column = sa.Column("thing", kind, nullable=False, **options)
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), column)
    schema = Schema.from_metadata(metadata, dialect="sqlite")
    return Scaffold(schema, name_tables(schema)).plan("t")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Moment(), dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)),
        (Lit(), Light.RED),
        (Choice([("a", "Apple"), ("b", "Bread")]), "a"),
        (Choice({"c": "Cake"}), "c"),
        (Vector(), []),
    ],
    ids=repr,
)
def test_the_first_that_is_taken(kind, value):
    """
    A column gets a value that its type converts, and the source says so.
    """
    plan = planned(kind)

    assert value == plan.values["thing"].make(0)
    assert f"what {type(kind).__name__} takes" == plan.values["thing"].rule


@pytest.mark.parametrize("kind", [Never(), Strange()], ids=repr)
def test_nothing_is_taken(kind):
    """
    A type that refuses everything is named as one to teach.
    """
    plan = planned(kind)

    assert ["thing"] == [column.name for column in plan.unknown]


def test_unique_values_differ():
    """
    A unique column of such a type gets another value in every record.
    """
    with sequences.isolated():
        value = planned(Moment(), unique=True).values["thing"]

        assert value.counted
        assert 5 == len({value.make(n) for n in range(5)})


def test_a_default_that_its_own_type_refuses():
    """
    A default that could never be stored does not stand in for a value.
    """
    assert "thing" in planned(Moment(), default=0).values
    assert "thing" in planned(Moment(), default=dt.datetime.now).left
