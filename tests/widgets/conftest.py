"""
The shop's lab on a database in memory, and sequences that start anew.
"""

import pytest

from sqlalchemy import create_engine

from machina_lab.core.sequences import sequences
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Base


@pytest.fixture(autouse=True)
def fresh_sequences():
    """
    Let every test find sequences that nobody used.
    """
    with sequences.isolated():
        yield


@pytest.fixture
def engine():
    """
    A database with the shop's tables.
    """
    made = create_engine("sqlite://")
    Base.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def lab(engine):
    """
    The shop's lab, connected.
    """
    made = shop_lab(engine)
    yield made
    made.repo.close()
