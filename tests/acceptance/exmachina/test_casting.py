"""
ExMachina: insert casts (T36-T39, T42-T46, T52, T67-T69).
"""

from decimal import Decimal

import pytest

from machina_lab import CastError
from tests.support.embeds import Author, Link
from tests.support.models import Label, Status


class TestColumns:
    def test_own(self, factory):
        """
        T36: values are cast to their column's type, in memory.
        """
        got = factory.insert("user", net_worth=300).net_worth

        assert (Decimal, Decimal(300)) == (type(got), got)

    def test_belongs_to(self, factory):
        """
        T37: so are those of the record it belongs to.
        """
        author = factory.build("user", net_worth=300)

        got = factory.insert("article", author=author).author.net_worth

        assert (Decimal, Decimal(300)) == (type(got), got)

    def test_has_many(self, factory):
        """
        T38: and those of the records that belong to it.
        """
        article = factory.build("article", visits=10, author=None)

        got = factory.insert("user", articles=[article]).articles[0].visits

        assert (Decimal, Decimal(10)) == (type(got), got)

    def test_recursively(self, factory):
        """
        T46: casting goes as deep as the associations do.
        """
        editor = factory.build("user", net_worth=300)
        article = factory.build("article", editor=editor, author=None)

        got = factory.insert("user", articles=[article]).articles[0].editor.net_worth

        assert (Decimal, Decimal(300)) == (type(got), got)

    def test_invalid(self, factory):
        """
        T52: a value that does not fit is told with model, attribute, type and value.
        """
        with pytest.raises(
            CastError, match=r"InvalidCast\.invalid.*'invalid'.*Refusing"
        ) as caught:
            factory.insert("invalid_cast", invalid="invalid")

        assert ("InvalidCast", "invalid") == (
            caught.value.model,
            caught.value.attribute,
        )
        assert "invalid" == caught.value.value


class TestBareMappings:
    def test_belongs_to(self, factory):
        """
        T42: a mapping becomes a record of the related class, and is cast.
        """
        article = factory.insert("article", author={"net_worth": 300})

        assert Decimal(300) == article.author.net_worth
        assert article.author.id is not None

    def test_without_a_default(self, factory):
        """
        T42: also where the factory has no association of its own.
        """
        article = factory.insert("article", editor={"name": "Ed", "net_worth": 300})

        assert ("Ed", Decimal(300)) == (article.editor.name, article.editor.net_worth)

    def test_lists(self, factory):
        """
        T43: lists of mappings become lists of records, embeds inside included.
        """
        article = factory.insert(
            "article", comments=[{"author": {"name": "John Doe", "salary": 300}}]
        )

        author = article.comments[0].author
        assert (Author, Decimal(300)) == (type(author), author.salary)


class TestEmbeds:
    def test_objects(self, factory):
        """
        T39: values inside embeds are cast, floats by their shortest text.
        """
        comment = factory.insert(
            "comment_with_embedded_assocs",
            author=Author(name="Paul", salary=10.3),
            links=[Link(url="wow", rating=4.5)],
        )

        assert "Paul" == comment.author.name
        assert Decimal("10.3") == comment.author.salary
        assert "wow" == comment.links[0].url
        assert Decimal("4.5") == comment.links[0].rating

    def test_mapping(self, factory):
        """
        T44: a mapping becomes an embed.
        """
        comment = factory.insert("comment_with_embedded_assocs", author={"salary": 300})

        assert Decimal(300) == comment.author.salary

    def test_list_of_mappings(self, factory):
        """
        T45: a list of mappings becomes a list of embeds.
        """
        comment = factory.insert(
            "comment_with_embedded_assocs",
            links=[{"url": "http://thoughtbot.com", "rating": 5}],
        )

        assert Decimal(5) == comment.links[0].rating


class TestEnums:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (Status.draft, Status.draft),
            ("draft", Status.draft),
            ("published", Status.published),
            (None, None),
        ],
        ids=repr,
    )
    def test_values(self, factory, value, expected):
        """
        T67: members, values and None are fine.
        """
        assert expected is factory.insert("document", status=value).status

    def test_invalid(self, factory):
        """
        T68: what is no member is refused before the database sees it.
        """
        with pytest.raises(CastError, match=r"Document\.status.*'bogus'"):
            factory.insert("document", status="bogus")

    @pytest.mark.parametrize(
        ("value", "expected"),
        [([Label.internal], [Label.internal]), (["public"], [Label.public]), ([], [])],
        ids=repr,
    )
    def test_lists(self, factory, value, expected):
        """
        T69: lists of enums are cast item by item.
        """
        assert expected == factory.insert("document", labels=value).labels
