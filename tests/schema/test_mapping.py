"""
Classes made for tables.
"""

import pytest
import sqlalchemy as sa

from machina_lab import Lab
from machina_lab.errors import UnknownTableError
from machina_lab.schema import Schema
from machina_lab.schema.mapping import map_others
from machina_lab.schema.naming import name_tables


@pytest.fixture(name="lab")
def _lab(sqlite):
    with sqlite.engine.begin() as connection:
        for statement in (
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE logs (line TEXT)",
            "CREATE TABLE odd (rowid TEXT NOT NULL, oid INT)",
            "CREATE VIEW names AS SELECT name FROM users",
        ):
            connection.exec_driver_sql(statement)
    lab = Lab(sqlite.open())
    yield lab
    lab.rollback()
    lab.repo.close()


@pytest.mark.parametrize("name", ["users", "User", "user", "USERS"])
def test_found_by_any_name(lab, name):
    """
    A class is found by its own name, its table's and its factory's.
    """
    assert "User" == lab.models[name].__name__
    assert lab.models.User is lab.models[name]
    assert {"User", "Log", "Odd"} <= set(dir(lab.models))
    assert 3 == len(lab.models) == len(list(lab.models))


def test_not_found(lab):
    """
    A view has no class, nor has a table that is not there.
    """
    with pytest.raises(UnknownTableError, match="no table named 'names'"):
        lab.models["names"]
    with pytest.raises(AttributeError, match="Did you mean 'User'"):
        _ = lab.models.Uzer


def test_records_show_their_key(lab):
    """
    A record shows its class, and its key once it has one.
    """
    assert ("<User>", "<User id=1>") == (
        repr(lab.build("user")),
        repr(lab.insert("user")),
    )


def test_without_a_key(lab):
    """
    Rows without a key are told apart by the row number, whatever it is called there.
    """
    lab.insert_list(3, "log")
    lab.insert_list(3, "odd")

    assert {"logs": 3, "odd": 3} == lab.pending


def test_a_database_without_row_numbers():
    """
    Where the database has no number for each row, all columns are the key.
    """
    metadata = sa.MetaData()
    table = sa.Table("log", metadata, sa.Column("a", sa.Text), sa.Column("b", sa.Text))
    schema = Schema.from_metadata(metadata, dialect="mysql")

    models = map_others(schema, name_tables(schema), {}, {"log": table})

    key = sa.inspect(models["log"]).primary_key
    assert ["a", "b"] == [column.name for column in key]
    assert ["a", "b"] == [column.name for column in table.columns]
