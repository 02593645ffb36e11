"""
A session's steps as code that does them again.
"""

import enum

from dataclasses import dataclass
from decimal import Decimal

import pytest

from sqlalchemy import func, select

from machina_lab import sequences
from machina_lab.notebook.journals import pytest_source
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Base, Customer, Order


@pytest.fixture
def shops(memory, sqlite):
    """
    Return two labs on databases of their own.
    """
    with sequences.isolated():
        shops = [shop_lab(each.create(Base)) for each in (memory, sqlite)]
        yield shops
        for each in shops:
            each.repo.close()


def written(lab):
    """
    Return the source as plain Python, and the function that it defines.
    """
    source = pytest_source(lab)
    names = {}
    exec(source.replace("@pytest.fixture\n", ""), names)
    return source, names["data"]


def counts(lab):
    count = select(func.count())
    return [
        lab.repo.run(lambda session, cls=cls: session.scalar(count.select_from(cls)))
        for cls in (Customer, Order)
    ]


class TestSteps:
    def test_do_the_same_again(self, shops):
        """
        Run on another database, the fixture makes as many rows of every table.
        """
        first, second = shops
        first.insert("customer+admin", name="Ada", active=False)
        first.insert_pair("order", customer={"name": "Bo"})
        first.insert_list(3, "customer")
        first.insert_rows("order", [{"number": "X1"}, {"number": "X2"}])
        first.params_with_assocs("order", number="X3")
        _, data = written(first)
        data(second)

        assert [9, 4] == counts(first) == counts(second)
        assert second is data(second)

    def test_what_the_journal_does_not_hold_is_said(self, shops):
        """
        Rows, records and secrets are named in a comment: the code runs as it stands.
        """
        first, _ = shops
        jane = first.insert("customer", name="Jane")
        first.insert("order", customer=jane)
        first.insert_rows("customer", [{"name": "Al"}] * 2)
        first.insert(first.build("customer"))
        source, _ = written(first)

        assert "# customer was a Customer; give it by hand\n" in source
        assert "lab.insert_rows('customer', [{}] * 2)" in source
        assert "# insert record: not a factory's insert; add it by hand" in source

    def test_loads_are_repeated(self, shops, tmp_path):
        """
        A set that was loaded is loaded again, with the same options.
        """
        first, second = shops
        first.insert_list(2, "category")
        first.export_fixtures(tmp_path / "set")
        first.rollback()
        first.load_fixtures(tmp_path / "set")
        first.load_fixtures(str(tmp_path / "set"), keys="new", strict=True)
        source, data = written(first)
        data(second)

        assert f"lab.load_fixtures(directory='{tmp_path}/set')\n" in source
        assert "set', strict=True, keys='new')\n" in source
        assert {"categories": 4} == second.pending


@dataclass
class Step:
    """
    A step with any overrides.
    """

    overrides: dict
    verb: str = "insert"
    factory: str = "thing"
    label: str = "insert thing"
    count: int = 1


class Size(enum.Enum):
    big = Decimal("1.5")


def test_values_are_written_with_their_imports():
    """
    Plain values, lists and mappings become code; a secret does not.
    """

    class Lab:
        journal = (
            Step(
                {
                    "price": Decimal("9.90"),
                    "size": Size.big,
                    "tags": ["a", b"b", None],
                    "password": "hunter2",
                    "a": {"b": 1, "token": "t"},
                }
            ),
        )

    source, _ = written(Lab())

    assert "from decimal import Decimal" in source
    assert "'price': Decimal('9.90'), 'size': Decimal('1.5')" in source
    assert "'tags': ['a', b'b', None]" in source
    assert "# password was a secret" in source
    assert "# a was a secret" in source
    assert "hunter2" not in source
