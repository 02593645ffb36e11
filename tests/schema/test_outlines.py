"""
What is known of the records of tables before any class is made for them.
"""

import pytest
import sqlalchemy as sa

from machina_lab.core.records import kind_of
from machina_lab.schema import TableFactories


@pytest.fixture
def factories():
    """
    Return the factories of two tables, one under the other.
    """
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE artists (id INTEGER PRIMARY KEY, name)"
        )
        connection.exec_driver_sql(
            "CREATE TABLE albums (id INTEGER PRIMARY KEY, title TEXT NOT NULL,"
            " artist_id INTEGER REFERENCES artists (id))"
        )
    yield TableFactories.of_database(engine)
    engine.dispose()


def test_has_the_names_that_the_classes_will_have(factories):
    """
    The outline of a table has the fields of its class, and makes none.
    """
    found = factories.outline("album")
    assert factories._models is None

    model = factories.models.Album
    fields = kind_of(model).fields(model)
    assert list(found) == list(fields)
    assert [found[name].role for name in found] == [fields[n].role for n in fields]
    assert [found[name].type.label for name in ("id", "title")] == ["INTEGER", "TEXT"]


def test_follows_associations(factories):
    """
    A path leads to the parent's fields and to the children's.
    """
    assert "name" in factories.outline("album", "artist")
    assert "title" in factories.outline("artist", "albums")
    assert factories.outline("album", "title") == {}
    assert factories.outline("nothing") == {}


def test_knows_the_classes_once_they_are_made(factories):
    """
    Afterwards an association's class is known.
    """
    album = factories.models.Album

    assert factories.outline("artist")["albums"].target is album
