"""
Tables as factories in a lab that has factories of its own.
"""

import asyncio

import pytest

from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from machina_lab import InsertError, UndefinedFactoryError
from machina_lab.errors import ArgumentTypeError
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Base, Customer


@pytest.fixture(name="shop")
def _shop(database):
    database.create(Base)
    shop = shop_lab(database.open())
    yield shop
    shop.rollback()
    shop.repo.close()


class TestParents:
    @pytest.mark.parametrize("options", [None, {"bulk": True, "records": True}])
    def test_fit_the_table(self, shop, options):
        """
        A factory of another class is no parent: the table's own makes it, by any way.
        """
        profiles = shop.insert_list(2, "profile", None, options)

        assert {"customers": 2, "profiles": 2} == shop.pending
        assert isinstance(shop.build("customer"), Customer)
        found = {type(shop.build("profile").customer), shop.models.Customer}
        assert {shop.models.Customer} == found
        assert len({each.customer_id for each in profiles}) == 2

    def test_are_the_persons_where_classes_are_given(self, shop, database):
        """
        With `models=`, tables make these classes, and parents by the own factory.
        """
        shop.connect(database.engine, models=Base)

        profile = shop.insert("profile")

        assert "Jane" == profile.customer.name
        assert isinstance(profile.customer, Customer)

    def test_of_another_class_are_refused_with_the_way_out(self, shop):
        """
        A record of one's own class beside a table's says how both go together.
        """
        with pytest.raises(ArgumentTypeError, match="models=Base"):
            shop.build("profile", customer=shop.build("customer"))


def test_tables_that_have_to_be_awaited(sqlite):
    """
    Read once, tables of an asynchronous database are factories, source and schema.
    """
    sqlite.create(Base)

    async def body():
        engine = create_async_engine(sqlite.async_url)
        shop = shop_lab(engine)
        with pytest.raises(InsertError, match=r"await lab\.atables"):
            _ = shop.schema
        with pytest.raises(UndefinedFactoryError, match="profile"):
            shop.build("profile")

        tables = await shop.atables()
        profile = await shop.ainsert("profile")
        rows = await shop.ainsert_list(3, "tag", None, {"bulk": True})
        again = await shop.atables()
        pending = dict(shop.pending)
        await shop.repo.aclose()
        await engine.dispose()
        return tables is again, profile, rows, pending, shop.scaffold("tags")

    same, profile, rows, pending, source = asyncio.run(body())

    assert same
    assert 1 == profile.customer_id
    assert 3 == len(rows)
    assert {"customers": 1, "profiles": 1, "tags": 3} == pending
    assert "def tag():" in source


def test_tables_of_any_database_can_be_awaited(shop):
    """
    The same call serves where nothing has to be awaited.
    """
    tables = asyncio.run(shop.atables())

    assert tables is shop.tables()
    assert 0 == len(list(shop.repo.session.scalars(select(shop.models.Tag))))
