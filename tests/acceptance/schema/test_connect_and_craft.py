"""
The first minute with a database: connect, look, build, insert, and keep the source.
"""

import pytest

import machina_lab

from machina_lab import Lab, register_type, sequences
from machina_lab.errors import RepoError
from tests.support.schemas import load_dump, run_script


@pytest.fixture(name="connected")
def _connected(database):
    labs = []

    def connect():
        labs.append(Lab(database.open()))
        return labs[-1]

    yield connect
    for lab in labs:
        lab.rollback()
        lab.repo.close()


def _values(lab, name):
    """
    Return what a new record of a factory holds, column by column.
    """
    record = lab.build(name)
    return {key: value for key, value in vars(record).items() if key[0] != "_"}


@pytest.mark.parametrize("name", ["chinook", "northwind"])
def test_every_table_is_a_factory_at_once(database, connected, name):
    """
    After connecting, any table is built and inserted by its name, parents included.
    """
    load_dump(database, name)
    lab = connected()

    for factory in lab.names():
        lab.insert_list(5, factory)

    assert sum(lab.pending.values()) >= 5 * len(lab.names())
    lab.rollback()
    assert {} == lab.pending


@pytest.mark.parametrize("name", ["chinook", "northwind"])
def test_the_scaffold_runs_as_it_stands(database, connected, monkeypatch, name):
    """
    The source of all tables, run unchanged, makes the records that were made before.
    """
    load_dump(database, name)
    lab = connected()
    source = lab.scaffold()
    with sequences.isolated():
        plain = {each: _values(lab, each) for each in lab.names()}
    monkeypatch.setattr(machina_lab, "lab", lab)

    exec(compile(source, "factories.py", "exec"), {})

    assert set(lab.names(automatic=False)) == plain.keys()
    for each, expected in plain.items():
        with sequences.isolated():
            mine = _values(lab, each)
        assert expected.keys() == mine.keys()
        lab.insert_list(3, each)


def test_what_somebody_defines_wins(database, connected):
    """
    A factory of a table's name takes the place of the automatic one.
    """
    run_script(
        database, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    )
    lab = connected()

    @lab.factory(model=lab.models.User)
    def user():
        return {"id": 7, "name": "Ada"}

    assert "Ada" == lab.insert("user").name


def test_a_type_that_nobody_knows_is_taught(sqlite, connected):
    """
    A registered generator makes the values of its type, and says so when asked.
    """
    run_script(sqlite, "CREATE TABLE spots (id INTEGER PRIMARY KEY, at JSON NOT NULL);")
    lab = Lab(sqlite.open())
    before = lab.tables().explain("spots", "at")

    register_type("JSON", lambda n: {"x": n})
    try:
        lab.refresh_schema()
        assert [{"x": 0}, {"x": 1}] == [each.at for each in lab.build_list(2, "spot")]
        assert "registered for JSON" in lab.tables().explain("spots", "at")
        assert "registered" not in before
    finally:
        machina_lab.schema.guesses._registered.pop("json")
        lab.repo.close()


def test_keys_that_nobody_declared_are_offered(sqlite):
    """
    A column named like a key of another table is offered as a relation.
    """
    run_script(
        sqlite,
        "CREATE TABLE users (id INTEGER PRIMARY KEY);"
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER);",
    )
    lab = Lab(sqlite.open())

    assert ["posts.user_id = users.id"] == [str(each) for each in lab.schema.implied()]
    lab.repo.close()


def test_a_database_that_is_not_there():
    """
    What cannot be reached is said in one line, without the password.
    """
    url = "postgresql+psycopg://me:geheim@127.0.0.1:1/shop"

    with pytest.raises(RepoError, match="no connection to") as caught:
        _ = Lab(url).schema

    assert "geheim" not in str(caught.value)
