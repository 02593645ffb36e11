"""
The labs of the ExMachina suite: one without, one with a database.
"""

import pytest

from machina_lab import Lab
from tests.support.exmachina import add_factories, plain_lab
from tests.support.models import Base


@pytest.fixture
def lab():
    """
    Return the factories of ExMachina's core tests.
    """
    return plain_lab()


@pytest.fixture
def engine(database):
    """
    Return an engine on a database with ExMachina's tables, one of each sort.
    """
    return database.create(Base)


@pytest.fixture
def factory(engine):
    """
    Return ExMachina's TestFactory; nothing of what it inserts is kept.
    """
    lab = add_factories(Lab(engine))
    yield lab
    lab.rollback()


@pytest.fixture
def offline():
    """
    Return ExMachina's TestFactory without a database.
    """
    return add_factories(Lab())
