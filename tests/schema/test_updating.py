import pytest
import sqlalchemy as sa

from machina_lab.schema import Schema
from machina_lab.schema.naming import name_tables
from machina_lab.schema.scaffolding import Scaffold
from machina_lab.schema.updating import update


def scaffold(*columns, more=()):
    metadata = sa.MetaData()
    sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    for name in more:
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True))
    schema = Schema.from_metadata(metadata)
    return Scaffold(schema, name_tables(schema))


def name():
    return sa.Column("name", sa.String(40), nullable=False)


def notes(count):
    return [sa.Column(f"note_{n}", sa.Text) for n in range(count)]


def born():
    return sa.Column("born", sa.Date, nullable=False)


EDITED = """
from machina_lab import lab


@lab.factory(model=lab.models.User)
def user():
    return {
        "name": "Ada",  # my own
    }
"""


class TestUpdate:
    def test_nothing_new_changes_nothing(self):
        """
        Fresh source is up to date, byte for byte.
        """
        source = scaffold(name()).source("users")

        found = update(source, scaffold(name()), ["users"])

        assert not found
        assert source == found.text

    def test_new_columns_are_added_and_edits_kept(self):
        """
        A new column comes with its reason and import; what was edited stays.
        """
        found = update(EDITED, scaffold(name(), born()), ["users"])

        assert ("user.born",) == found.added
        assert '"name": "Ada",  # my own\n' in found.text
        assert '"born": date(1990, 1, 1),  # name rule: date of birth\n' in found.text
        assert "from datetime import date" in found.text
        assert not update(found.text, scaffold(name(), born()), ["users"])

    def test_new_columns_that_are_left_out_are_mentioned(self):
        """
        A column that may be NULL is added to the comments, where there are any.
        """
        after = scaffold(name(), *notes(9))
        fresh = after.source("users")
        source = scaffold(
            name(), *[sa.Column(f"note_{n}", sa.Text) for n in range(8)]
        ).source("users")

        found = update(source, after, ["users"])

        assert ("user.note_8",) == found.added
        assert "        # left out: note_8 (may be NULL)\n    }" in found.text
        assert not update(found.text, after, ["users"])
        assert not update(fresh, after, ["users"])
        assert not update(EDITED, after, ["users"])

    def test_a_factory_that_gives_nothing(self):
        """
        Comments stand above a `return {}`; a value for it has to be given by hand.
        """
        source = scaffold().source("users")
        note = sa.Column("note", sa.Text)

        found = update(source, scaffold(note), ["users"])

        assert "    # left out: note (may be NULL)\n    return {}" in found.text
        assert ("user: name",) == update(source, scaffold(name()), ["users"]).left

    def test_new_tables_are_appended(self):
        """
        A table without a factory gets one at the end.
        """
        found = update(EDITED, scaffold(name(), more=["tags"]), ["users", "tags"])

        assert ("tag",) == found.added
        assert found.text.rstrip().endswith("return {}")

    def test_bodies_of_ones_own_are_named(self):
        """
        A factory that returns no plain mapping is left alone and named.
        """
        own = EDITED.replace("return {", "return User(**{").replace(
            "    }\n", "    })\n"
        )

        found = update(own, scaffold(name(), born()), ["users"])

        assert ("user: born",) == found.left
        assert own == found.text

    def test_no_python(self):
        """
        Source that is no Python is refused as Python does.
        """
        with pytest.raises(SyntaxError):
            update("def", scaffold(name()), ["users"])
