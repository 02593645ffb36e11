"""
`df.machina` leads from rows back to records, overrides, params and inserts.
"""

import datetime as dt

from decimal import Decimal

import pandas as pd
import pytest

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from machina_lab.errors import OptionError
from machina_lab.frames import frame
from machina_lab.labs import Lab
from tests.frames.people import Person, Role
from tests.support.models import Article, Base, User


@pytest.fixture
def shop():
    """
    A lab with two factories on an empty database.
    """
    made = Lab("sqlite://")
    connection = made.repo.connection()
    Base.metadata.create_all(connection)
    connection.execute(text("CREATE UNIQUE INDEX one_name ON users (name)"))

    @made.factory
    def user():
        return User(name="Jane", admin=False)

    @made.factory
    def article():
        return Article(title="Title")

    yield made
    made.repo.close()


class TestOverrides:
    def test_are_python_values(self):
        """
        Cells come back as the Python values that the records held.
        """
        person = Person(id=1, role=Role.admin, worth=Decimal("1.10"))

        (row,) = frame(person).machina.overrides()

        assert row == {k: v for k, v in vars(person).items() if v is not None}
        assert type(row["seen"]) is dt.datetime
        assert type(row["nap"]) is dt.timedelta
        assert type(row["id"]) is int

    def test_missing_cells_are_left_to_the_factory(self):
        """
        A cell without a value overrides nothing, unless None is asked for.
        """
        df = frame([{"a": 1, "b": None}])

        assert df.machina.overrides() == [{"a": 1}]
        assert df.machina.overrides(keep_none=True) == [{"a": 1, "b": None}]

    def test_of_a_plain_dataframe(self):
        """
        Any DataFrame will do, such as one read from a file.
        """
        df = pd.DataFrame(
            {"n": [1.5, None], "when": pd.to_datetime(["2024-01-01", None])}
        )

        rows = df.machina.overrides()

        assert rows == [{"n": 1.5, "when": dt.datetime(2024, 1, 1)}, {}]
        assert type(rows[0]["n"]) is float

    def test_dotted_columns_are_nested(self):
        """
        `author.name` overrides inside the association.
        """
        df = pd.DataFrame({"title": ["T"], "author.name": ["Jane"]})

        assert df.machina.overrides() == [{"title": "T", "author": {"name": "Jane"}}]


class TestInsert:
    def test_a_record_for_each_row(self, shop):
        """
        Each row is inserted through the factory, its cells as overrides.
        """
        df = pd.DataFrame({"name": ["Ada", "Bob"]})

        made = df.machina.insert("user", lab=shop)

        assert made["name"].tolist() == ["Ada", "Bob"]
        assert made["admin"].tolist() == [False, False]
        assert made["id"].tolist() == [1, 2]
        assert shop.pending == {"users": 2}
        assert made.machina.lab is shop

    def test_all_or_none(self, shop):
        """
        All rows are one step; a row that fails takes the others with it.
        """
        df = pd.DataFrame({"name": ["Ada", "Ada"]})

        with pytest.raises(IntegrityError, match="UNIQUE"):
            df.machina.insert("user", lab=shop)

        assert shop.pending == {}
        pd.DataFrame({"name": ["Ada", "Bob"]}).machina.insert("user", lab=shop)
        assert len(shop.journal) == 1

    def test_built_rows_go_in(self, shop):
        """
        What was built and looked at can be inserted as it is shown.
        """
        df = frame([shop.build("user", name=name) for name in "AB"], lab=shop)

        assert df.machina.insert("user")["name"].tolist() == ["A", "B"]

    def test_of_no_rows(self, shop):
        """
        No rows insert nothing, and the columns are there.
        """
        made = frame([], model=User, lab=shop).machina.insert("user")

        assert made.empty
        assert "name" in made


def test_to_fixtures(shop, tmp_path):
    """
    The records of the rows are written as a fixture set, and only these.
    """
    df = frame(shop.insert_list(3, "article"), lab=shop)

    df[1:].machina.to_fixtures(tmp_path / "set")

    lines = (tmp_path / "set" / "data" / "articles.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["id", "2", "3"]


def test_params(shop):
    """
    Each row gives the params of the factory with the row as overrides.
    """
    df = frame([{"name": "Ada"}, {"name": "Bob"}], lab=shop)

    assert df.machina.params("user") == [
        {"name": "Ada", "admin": False},
        {"name": "Bob", "admin": False},
    ]


def test_without_a_lab():
    """
    A DataFrame that knows no lab says how to give it one.
    """
    with pytest.raises(OptionError, match=r"df\.machina\.insert\('user', lab=lab\)"):
        pd.DataFrame({"a": [1]}).machina.insert("user")
