import pytest

from machina_lab.core.datatypes import DataType
from machina_lab.core.tables import Column, ForeignKey, Table
from machina_lab.errors import UnknownTableError
from machina_lab.schema import Schema


INTEGER = DataType("integer")


def table(name, *parents, schema=None, extra=()):
    columns = [Column("id", INTEGER, nullable=False, primary_key=True)]
    columns += [Column(f"{p}_id", INTEGER) for p in (*parents, *extra)]
    keys = tuple(ForeignKey((f"{p}_id",), p, ("id",)) for p in parents)
    return Table(name, tuple(columns), schema, ("id",), keys)


@pytest.fixture(name="shop")
def _shop():
    return Schema(
        (
            table("user"),
            table("article", "user"),
            table("comment", "article"),
            table("tag"),
            table("Order Details", extra=["article", "nothing"]),
            table("user", schema="audit"),
        )
    )


class TestLookup:
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("user", "user"),
            ("audit.user", "audit.user"),
            ("ARTICLE", "article"),
            ("Order Details", "Order Details"),
            ("order_detail", "Order Details"),
            ("comments", "comment"),
        ],
    )
    def test_key_name_case_and_factory_name(self, shop, name, key):
        """
        A table is found by its key, in any case, and by its factory's name.
        """
        assert key == shop[name].key

    def test_unknown_names_suggest_the_nearest(self, shop):
        """
        The error is a LookupError that names what looks alike.
        """
        with pytest.raises(UnknownTableError, match="Did you mean 'comment'"):
            shop["coment"]


class TestPath:
    def test_follows_foreign_keys_both_ways(self, shop):
        """
        A path passes every table between, and prints as arrows.
        """
        path = shop.path("comment", "user")

        assert ["comment", "article", "user"] == list(path)
        assert "comment -> article -> user" == str(path)
        assert "user <- article <- comment" == str(shop.path("user", "comment"))
        assert "comment.article_id = article.id" == str(path.relations[0])

    def test_no_way_is_an_empty_path(self, shop):
        """
        Tables that are not tied together have an empty path, not an error.
        """
        assert [] == list(shop.path("tag", "user"))

    def test_a_table_reaches_itself(self, shop):
        """
        The way to oneself is oneself.
        """
        assert ["tag"] == list(shop.path("tag", "tag"))


class TestNeighbourhood:
    def test_depth_counts_foreign_keys(self, shop):
        """
        Depth 1 is parents and children, depth 2 theirs.
        """
        assert ["user", "article"] == [t.key for t in shop.neighbourhood("user")]
        assert 3 == len(shop.neighbourhood("user", depth=2))


class TestImplied:
    def test_columns_named_like_keys_are_offered(self, shop):
        """
        article_id without a foreign key implies article; nothing_id implies nothing.
        """
        found = [str(relation) for relation in shop.implied()]

        assert ["Order Details.article_id = article.id"] == found


class TestRows:
    def test_one_mapping_a_table(self, shop):
        """
        The table of tables names parents and children.
        """
        row = shop.rows()[1]

        assert ("article", "user", "comment") == (
            row["table"],
            row["parents"],
            row["children"],
        )

    def test_one_mapping_a_column(self, shop):
        """
        The table of columns says where foreign keys point.
        """
        row = shop.column_rows("article")[1]

        assert ("user_id", "foreign", "user.id") == (
            row["column"],
            row["key"],
            row["references"],
        )
