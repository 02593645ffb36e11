"""
The same lines with a database that has to be awaited.
"""

import pytest

from sqlalchemy.ext.asyncio import create_async_engine

from machina_lab.notebook.loops import loop
from tests.support.shells import run
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Base


@pytest.fixture
def cell(ip, sqlite):
    """
    Return a function that runs a cell of a notebook with an asynchronous repo.
    """
    sqlite.create(Base)
    engine = create_async_engine(sqlite.async_url)
    shop = shop_lab(engine)
    ip.user_ns["shop"] = shop
    ran = run(ip, "%lab use $shop")
    assert ran.success, ran.stdout
    yield lambda source: run(ip, source)
    loop.run(shop.repo.aclose())
    loop.run(engine.dispose())


class TestAsync:
    def test_insert_undo_and_commit(self, cell, sqlite):
        """
        Magics wait for the database, so a notebook reads the same with every repo.
        """
        frame = cell("%insert_list 2 order").result
        cell("%insert_pair customer")
        undone = cell("%undo").result
        cell("%%insert_list customer\nemail\nx@x\ny@x\n")
        dry = cell("%insert customer --dry-run").result
        committed = cell("%lab commit").result

        assert "inserted customers 2, orders 2 · pending until %lab commit" == (
            frame.machina.caption
        )
        assert "insert_pair customer" in repr(undone)
        assert "nothing was written" in dry.machina.caption
        assert "Committed customers 4, orders 2" == repr(committed)
        assert 4 == sqlite.count("customers")

    def test_params_with_the_keys_of_parents(self, cell, sqlite):
        """
        The parents of params are awaited, too.
        """
        params = cell("%params_with_assocs order").result
        cell("%lab commit")

        assert 1 == params["customer_id"]
        assert 1 == sqlite.count("customers")

    def test_rollback_and_errors(self, cell, sqlite):
        """
        Rolling back and the database's errors work as with any repo.
        """
        cell("%insert customer email=a@x")
        refused = cell("%insert customer email=a@x")
        cell("%lab rollback")

        assert "UNIQUE constraint failed" in refused.stdout
        assert 1 == len(refused.stdout.strip().splitlines())
        assert 0 == sqlite.count("customers")

    def test_tables_are_factories(self, cell, sqlite):
        """
        What has no factory of its own is made by its table, parents too.
        """
        found = cell("%insert profile").result
        listed = list(cell("%factories").result["factory"])
        source = cell("%scaffold tags")
        cell("%lab commit")

        assert "inserted customers 1, profiles 1 · pending until %lab commit" == (
            found.machina.caption
        )
        assert {"customer", "profile", "tag", "order_line"} <= set(listed)
        assert source.success, source.stdout
        assert 1 == sqlite.count("profiles")

    def test_looking_at_the_schema(self, cell):
        """
        %schema reads an asynchronous database too.
        """
        assert "orders" in list(cell("%schema").result["table"])
