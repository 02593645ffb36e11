"""
ExMachina: string_params_for (T74, T97-T110).
"""

import datetime as dt
import json

from dataclasses import dataclass

from machina_lab import Lab
from tests.support.embeds import Author, ImageContent, Link, TextContent, VideoContent
from tests.support.models import Status, User


WHEN = dt.datetime(2024, 1, 1, 10, 30, tzinfo=dt.UTC)


@dataclass
class NoteContent:
    note: str


@dataclass
class Money:
    amount: int = 0


def test_without_a_repo():
    """
    T74: string params need no database.
    """
    lab = Lab()
    lab.factory(name="user")(lambda: User(name="John Doe", admin=False))

    assert {"name": "John Doe", "admin": False} == lab.string_params_for("user")


class TestKeys:
    def test_like_params_for(self, offline):
        """
        T103: the same as params_for, with texts for keys.
        """
        got = offline.string_params_for("user")

        assert {"name": "John Doe", "admin": False, "articles": []} == got

    def test_objects(self, offline):
        """
        T104: objects become dicts.
        """
        got = offline.string_params_for("user", net_worth=Money(amount=2000))

        assert {"amount": 2000} == got["net_worth"]

    def test_has_one(self, offline):
        """
        T105: a has_one becomes a dict.
        """
        got = offline.string_params_for("user", best_article=offline.build("article"))

        assert {"title": "My Awesome Article"} == got["best_article"]

    def test_has_many(self, offline):
        """
        T106: a has_many becomes a list of dicts.
        """
        articles = [offline.build("article", title="Foo")]

        got = offline.string_params_for("user", articles=articles)

        assert [{"title": "Foo"}] == got["articles"]

    def test_embed(self, offline):
        """
        T107: an embed becomes a dict.
        """
        got = offline.string_params_for(
            "comment_with_embedded_assocs", author=Author(name="Author", salary=1.0)
        )

        assert {"name": "Author", "salary": 1.0} == got["author"]

    def test_embeds(self, offline):
        """
        T108: a list of embeds becomes a list of dicts.
        """
        links = [
            Link(url="https://thoughtbot.com", rating=5),
            Link(url="https://github.com", rating=4),
        ]

        got = offline.string_params_for("comment_with_embedded_assocs", links=links)

        assert [
            {"url": "https://thoughtbot.com", "rating": 5},
            {"url": "https://github.com", "rating": 4},
        ] == got["links"]


class TestDates:
    def test_kept(self, offline):
        """
        T109: a moment with its zone is left as it is on request.
        """
        got = offline.string_params_for("article", published_at=WHEN, values="keep")

        assert WHEN == got["published_at"]

    def test_naive_kept(self, offline):
        """
        T110: so is one without a zone.
        """
        naive = dt.datetime(2000, 1, 1, 23, 0, 7)

        got = offline.string_params_for("article", published_at=naive, values="keep")

        assert naive == got["published_at"]

    def test_kept_in_embeds(self, offline):
        """
        T99: dates inside embeds are kept as well.
        """
        content = VideoContent(published_at=WHEN)

        got = offline.string_params_for("document", content=content, values="keep")

        assert WHEN == got["content"]["published_at"]

    def test_moments(self, offline):
        """
        T100: by default moments become ISO 8601.
        """
        content = VideoContent(published_at=WHEN)

        got = offline.string_params_for("document", content=content)

        assert "2024-01-01T10:30:00+00:00" == got["content"]["published_at"]
        assert json.dumps(got)

    def test_dates_and_times(self, offline):
        """
        T101: so do dates and times.
        """
        content = ImageContent(taken_on=dt.date(2024, 5, 6), taken_at=dt.time(9, 15))

        got = offline.string_params_for("document", content=content)

        assert "2024-05-06" == got["content"]["taken_on"]
        assert "09:15:00" == got["content"]["taken_at"]


class TestJson:
    def test_encodable(self, offline):
        """
        T97: string params can be written as JSON.
        """
        got = offline.string_params_for("document", status=Status.draft)

        assert {
            "title": "Test Document",
            "status": "draft",
            "content": {"body": "Sample text content"},
        } == json.loads(json.dumps(got))

    def test_unknown_types(self, offline):
        """
        T98: a value that the column's type does not know becomes a dict, too.
        """
        got = offline.string_params_for("document", content=NoteContent(note="hi"))

        assert "hi" == got["content"]["note"]

    def test_castable(self, factory):
        """
        T102: string params go back through insert, and come out the same.
        """
        params = factory.string_params_for(
            "comment_with_embedded_assocs",
            author=Author(name="Al", salary=10.3),
            links=[Link(url="u", rating=4.5)],
        )

        comment = factory.insert("comment_with_embedded_assocs", params)

        assert "Al" == comment.author.name
        assert "10.3" == str(comment.author.salary)
        assert "4.5" == str(comment.links[0].rating)

    def test_objects_of_many_types(self, offline):
        """
        T102: a list of several types becomes a list of dicts.
        """
        given = [TextContent(body="a"), ImageContent(url="b")]

        got = offline.string_params_for("document", attachments=given)

        assert [{"body": "a"}, {"url": "b"}] == got["attachments"]
