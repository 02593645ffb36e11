import keyword

import pytest

from machina_lab.core.tables import Column, ForeignKey, Table
from machina_lab.schema import Schema
from machina_lab.schema.naming import name_factories, name_tables
from tests.schema.test_model import table


class TestFactories:
    @pytest.mark.parametrize(
        ("tables", "names"),
        [
            (["Order Details"], ["order_detail"]),
            (["users", "user"], ["user", "users"]),
            (["classes"], ["class_"]),
            (["2024 sales"], ["table_2024_sales"]),
            (["people", "person"], ["person", "people"]),
        ],
    )
    def test_singular_snake_case_each_once(self, tables, names):
        """
        A factory is called by the singular; what two tables want, one gets.
        """
        found = name_factories([table(name) for name in tables])

        assert sorted(names) == sorted(found.values())

    def test_other_schemas_give_way(self):
        """
        The default schema's table keeps the plain name, others name their schema.
        """
        found = name_factories([table("user", schema="audit"), table("user")])

        assert {"user": "user", "audit.user": "audit_user"} == found


class TestAttributes:
    def test_reserved_and_clashing_names(self):
        """
        Keywords, declarative's own names and twins get names that work.
        """
        columns = ["class", "metadata", "UserName", "user_name", "2fa", "?"]
        names = name_tables([Table("t", tuple(map(Column, columns)))])["t"]

        found = list(names.attributes.values())
        assert [
            "class_",
            "metadata_",
            "user_name_",
            "user_name",
            "column_2fa",
            "column",
        ] == found
        assert not any(map(keyword.iskeyword, found))

    def test_associations_are_named_by_their_column(self):
        """
        Two foreign keys to one table are told apart by their columns, both ways.
        """
        columns = (Column("id"), Column("author_id"), Column("editor_id"))
        keys = tuple(
            ForeignKey((name,), "user", ("id",)) for name in ("author_id", "editor_id")
        )
        article = Table("article", columns, primary_key=("id",), foreign_keys=keys)
        names = name_tables([table("user"), article])

        assert ["author", "editor"] == list(names["article"].parents.values())
        assert ["articles_by_author", "articles_by_editor"] == list(
            names["user"].children.values()
        )

    def test_nothing_is_named_twice(self):
        """
        A column called like the association gets out of its way.
        """
        columns = (Column("id"), Column("user"), Column("user_id"))
        fk = ForeignKey(("user_id",), "user", ("id",))
        post = Table("post", columns, primary_key=("id",), foreign_keys=(fk,))
        names = name_tables(Schema((table("user"), post)))["post"]

        everything = [*names.attributes.values(), *names.parents.values()]
        assert len(everything) == len(set(everything))
