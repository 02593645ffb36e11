"""
A notebook on the shop: a real shell with the extension, its lab and a database.
"""

import pytest

from machina_lab import sequences
from tests.support import shop_models
from tests.support.shells import run, shell
from tests.support.shop_lab import shop_lab


@pytest.fixture
def ip():
    """
    Return a shell with the extension loaded; sequences start anew.
    """
    with sequences.isolated(), shell(extension="machina_lab") as ip:
        yield ip


@pytest.fixture
def shop(memory):
    """
    Return the shop's lab on a database in memory.
    """
    lab = shop_lab(memory.create(shop_models.Base))
    yield lab
    lab.repo.close()


@pytest.fixture
def cell(ip, shop):
    """
    Return a function that runs a cell of a notebook that works on the shop.
    """
    ip.user_ns["shop"] = shop
    ip.user_ns.update(vars(shop_models))
    ran = run(ip, "%lab use $shop")
    assert ran.success, ran.stdout
    return lambda source: run(ip, source)
