"""
Casting whole records.
"""

import datetime as dt

from decimal import Decimal
from uuid import UUID

import pytest

from sqlalchemy import func, null
from sqlalchemy.orm import Session

from machina_lab.alchemy.casting import cast_attributes, cast_record, cast_records
from machina_lab.alchemy.construction import construct
from machina_lab.core.casting import casters
from machina_lab.errors import CastError
from tests.support import graph_models, keys_models
from tests.support.embeds import Author, Link, TextContent
from tests.support.models import (
    Article,
    Base,
    Comment,
    Document,
    InvalidCast,
    Label,
    Status,
    User,
)
from tests.support.types_models import Base as TypesBase
from tests.support.types_models import Color, Everything, Filled, Postgres, Size, Upper


def cast(model, /, **attributes):
    record = construct(model, attributes, attributes)
    cast_records([record])
    return record


TYPED = {
    "whole": ("12", 12),
    "exact": (10.3, Decimal("10.3")),
    "rough": ("1.5", 1.5),
    "flag": ("true", True),
    "word": ("x", "x"),
    "day": ("2024-01-31", dt.date(2024, 1, 31)),
    "clock": ("12:30", dt.time(12, 30)),
    "moment": ("2024-01-31", dt.datetime.combine(dt.date(2024, 1, 31), dt.time())),
    "zoned": (
        "2024-01-31T10:00:00+01:00",
        dt.datetime.fromisoformat("2024-01-31T10:00:00+01:00"),
    ),
    "span": ("1:30:00", dt.timedelta(hours=1.5)),
    "token": ("0" * 32, UUID(int=0)),
    "token_text": ("0" * 32, str(UUID(int=0))),
    "blob": ("aGk=", b"hi"),
    "data": ({"a": [1]}, {"a": [1]}),
    "color": ("r", Color.red),
    "size": (2, Size.large),
    "grade": ("a", "a"),
    "upper": (5, 5),
    "cents": ("1.25", Decimal("1.25")),
    "short": ("abc", "abc"),
}


class TestColumns:
    @pytest.mark.parametrize("name", TYPED)
    def test_each_type(self, name):
        """Each column type has its cast; conversions of one's own are left alone."""
        value, expected = TYPED[name]
        record = cast(Everything, **{name: value})

        assert getattr(record, name) == expected
        assert type(getattr(record, name)) is type(expected)

    def test_the_database_takes_them(self, database):
        """What was cast is stored and read back the same."""
        values = {name: value for name, (value, _) in TYPED.items()}
        with Session(database.create(TypesBase)) as session:
            record = cast(Everything, **values)
            session.add(record)
            session.commit()
            found = {name: getattr(record, name) for name in TYPED}

        expected = {name: value for name, (_, value) in TYPED.items()}
        # SQLite keeps no zones; `Upper` makes text of everything.
        utc = expected["zoned"]
        assert found.pop("zoned") in (utc, utc.replace(tzinfo=None))
        assert found | {"upper": 5} == {
            name: value for name, value in expected.items() if name != "zoned"
        }

    def test_postgres_types(self):
        """Arrays are cast item by item; types without a Python class pass."""
        record = cast(
            Postgres, numbers=["1", 2.0], grid=[["1"]], colors=["r"], address="10.0.0.1"
        )

        assert (record.numbers, record.grid) == ([1, 2], [[1]])
        assert (record.colors, record.address) == ([Color.red], "10.0.0.1")

    def test_untouched(self):
        """None, SQL expressions and what fits already stay the same objects."""
        expression = func.now()
        record = cast(
            Everything, moment=expression, word=None, whole=null(), exact=Decimal(1)
        )

        assert record.moment is expression
        assert record.word is None

    def test_defaults_are_cast_too(self):
        """Values filled in from defaults are values like others."""
        assert cast(Filled).role == "member"

    @pytest.mark.parametrize(
        ("attributes", "message"),
        [
            ({"name": 300}, r"User\.name: 300 does not fit VARCHAR\."),
            ({"net_worth": "abc"}, r"User\.net_worth: 'abc' does not fit NUMERIC\."),
            ({"admin": "maybe"}, r"User\.admin: 'maybe' does not fit BOOLEAN\."),
        ],
    )
    def test_what_does_not_fit(self, attributes, message):
        """A value that does not fit names model, attribute, type and value."""
        with pytest.raises(CastError, match=message):
            cast(User, **attributes)


class TestExMachina:
    def test_custom_types_with_casters(self):
        """Registered types cast what is inside them (EM T39, T43-T45)."""
        comment = cast(
            Comment,
            author={"name": "Paul", "salary": 10.3},
            links=[Link(url="wow", rating=4.5), {"url": "x", "rating": 5}],
        )

        assert isinstance(comment.author, Author)
        assert comment.author.salary == Decimal("10.3")
        assert [link.rating for link in comment.links] == [Decimal("4.5"), Decimal(5)]

    def test_a_type_that_always_refuses(self):
        """A rule that refuses is told with its place (EM T52)."""
        message = r"InvalidCast\.invalid: 'invalid' does not fit"
        with pytest.raises(CastError, match=message):
            cast(InvalidCast, invalid="invalid")

    def test_enums(self):
        """Enums by member and text, in lists too (EM T67-T69)."""
        document = cast(Document, status="published", labels=["public", Label.internal])

        assert document.status is Status.published
        assert document.labels == [Label.public, Label.internal]
        with pytest.raises(CastError, match=r"'bogus' does not fit Status"):
            cast(Document, status="bogus")

    def test_polymorphic_embeds(self):
        """A record in a column passes, a bare mapping there is refused (EM T66)."""
        content = TextContent(body="x")

        assert cast(Document, content=content).content is content
        with pytest.raises(CastError, match=r"Document\.content"):
            cast(Document, content={"body": "not a record"})


class TestGraphs:
    def test_parents_children_and_mappings(self):
        """Everything that was asked for is cast, to any depth (EM T37, T38, T46)."""
        article = cast(
            Article,
            visits=10,
            author={"net_worth": 300, "best_article": {"visits": "7"}},
            comments=[{"author": {"salary": 5}}],
        )

        assert type(article.visits) is Decimal
        assert article.author.net_worth == Decimal(300)
        assert article.author.best_article.visits == Decimal(7)
        assert article.comments[0].author.salary == Decimal(5)

    def test_siblings_are_not(self):
        """What only a back-reference leads to is left alone."""
        author = construct(User, {"name": "J"}, {})
        bad = construct(Article, {"author": author, "visits": "no number"}, {})
        good = construct(Article, {"author": author, "visits": "1"}, {})
        cast_records([good])

        assert good.visits == Decimal(1)
        assert bad.visits == "no number"

    def test_children_appended_by_hand_are(self):
        """A child that was appended after the build comes along."""
        author = construct(User, {"name": "J"}, {})
        author.articles.append(Article(visits="2"))
        cast_records([author])

        assert author.articles[0].visits == Decimal(2)

    def test_saved_parents_are_not(self, memory):
        """A record in the database is not changed, nor loaded."""
        with Session(memory.create(Base)) as session:
            author = User(name="J")
            session.add(author)
            session.commit()
            cast_records([construct(Article, {"author": author}, {})])

            assert not session.dirty
            assert "name" not in author.__dict__

    def test_cycles_end(self):
        """Records that reach each other are cast once."""
        one = construct(graph_models.Person, {"name": "a"}, {})
        two = construct(graph_models.Person, {"friends": [one], "name": "b"}, {})
        one.friends.append(two)
        cast_records([one, two])

        assert two.friends == [one]

    def test_all_shapes_of_collections(self):
        """Sets, dicts and write-only collections are walked or left alone."""
        album = construct(
            graph_models.Album,
            {"notes": [{"key": "a"}], "tracks": [{"position": 0}], "plays": [{}]},
            {},
        )
        album.notes["a"].text = "t"
        album.tracks[0].position = "4"
        cast_records([album])

        assert album.tracks[0].position == 4

    def test_foreign_keys_are_cast(self):
        """Keys typed as text fit their columns as well."""
        assert cast(keys_models.Member, tenant_id="1", number="2").number == 2


class TestRegistry:
    def test_a_later_rule_counts(self):
        """A rule registered after the first cast is used from then on."""
        assert cast(Everything, upper=5).upper == 5
        casters.register(Upper, lambda value: str(value))
        try:
            assert cast(Everything, upper=5).upper == "5"
        finally:
            casters.unregister(Upper)
        assert cast(Everything, upper=5).upper == 5


class TestAttributes:
    def test_without_a_record(self):
        """Attributes of a record that was not made are cast into a new dict."""
        given = {"visits": "3", "author": None, "title": "x"}

        assert cast_attributes(Article, given) == given | {"visits": Decimal(3)}
        assert given["visits"] == "3"

    def test_refusals(self):
        """They are refused in the same words."""
        with pytest.raises(CastError, match=r"Article\.visits: 'x' does not fit"):
            cast_attributes(Article, {"visits": "x"})


def test_one_record_alone():
    """One record can be cast without what it brings along."""
    article = construct(Article, {"visits": 1, "author": {"net_worth": 2}}, {})
    cast_record(article)

    assert type(article.visits) is Decimal
    assert type(article.author.net_worth) is int
