"""
Values that only the database can judge are found by trial inserts, of which none stays.
"""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from sqlalchemy.orm import DeclarativeBase

from machina_lab import Lab
from machina_lab.core.sequences import sequences
from tests.support.schemas import run_script


@contextmanager
def opened(database, script, models=None):
    run_script(database, script)
    lab = Lab()
    lab.connect(database.open(), models=models)
    with sequences.isolated():
        yield lab
    lab.rollback()
    lab.repo.close()


FUNCTIONS = """
    CREATE FUNCTION adds_up(a int, b int) RETURNS boolean LANGUAGE sql IMMUTABLE
        AS 'SELECT a + b = 12';
    CREATE FUNCTION never(a int) RETURNS boolean LANGUAGE sql IMMUTABLE
        AS 'SELECT false';
    CREATE FUNCTION late(a timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE
        AS 'SELECT a > ''2050-01-01''';
"""


def test_two_columns_at_once(postgres):
    """
    A condition on two columns changes both, if one is not enough.
    """
    table = """
        CREATE TABLE pair (
            id serial PRIMARY KEY, a int NOT NULL, b int NOT NULL,
            at timestamptz NOT NULL,
            CONSTRAINT sum CHECK (adds_up(a, b) AND a > 2),
            CONSTRAINT late CHECK (late(at)));
    """
    with opened(postgres, FUNCTIONS + table) as lab:
        pair = lab.insert("pair")

        assert 12 == pair.a + pair.b
        assert "CHECK sum, found by trial" in lab.scaffold("pair")
        assert 2100 == pair.at.year
        assert {"pair": 1} == lab.pending


def test_what_nothing_meets(postgres):
    """
    A condition that no value met is named in the source, and by the database.
    """
    table = """
        CREATE TABLE hopeless (
            id serial PRIMARY KEY, a int NOT NULL, CONSTRAINT no CHECK (never(a)));
    """
    with opened(postgres, FUNCTIONS + table) as lab:
        assert "# Needs you: CHECK no is not met." in lab.scaffold("hopeless")
        assert ("CHECK no is not met",) == lab.tables().define("hopeless").needs
        with pytest.raises(sa.exc.IntegrityError, match='check constraint "no"'):
            lab.insert("hopeless")


def test_what_could_be_read_and_not_solved(database):
    """
    A condition that is read, but met by no value thought of, is tried as well.
    """
    script = """
        CREATE TABLE squares (
            n INTEGER NOT NULL, CONSTRAINT square CHECK (n * n = 49));
    """
    with opened(database, script) as lab:
        assert 7 == lab.insert("square").n
        assert "Needs you" not in lab.scaffold("square")


def test_a_condition_without_a_name(sqlite):
    """
    SQLite names a condition by its text where it has no other name.
    """
    script = """
        CREATE TABLE letter (
            id INTEGER PRIMARY KEY, l TEXT NOT NULL CHECK (unicode(l) = 65));
    """
    with opened(sqlite, script) as lab:
        assert "A" == lab.insert("letter").l


def test_only_columns_of_the_table_are_tried(sqlite):
    """
    A class of a hierarchy is tried with its own table's columns.
    """

    class Base(DeclarativeBase):
        pass

    class Animal(Base):
        __tablename__ = "animal"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.Text, nullable=False)

    class Dog(Animal):
        __tablename__ = "dog"
        id = sa.Column(sa.ForeignKey("animal.id"), primary_key=True)
        bark = sa.Column(
            sa.Text, sa.CheckConstraint("unicode(bark) = 49"), nullable=False
        )

    sqlite.create(Base)
    with opened(sqlite, "", models=Base) as lab:
        assert "1" == lab.insert("dog").bark
