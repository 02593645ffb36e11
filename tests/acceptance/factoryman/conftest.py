"""
The labs of the FactoryMan suite.
"""

import pytest

from tests.support.factoryman import Base, demo_lab


@pytest.fixture
def engine(memory):
    """
    Return an engine on a database with FactoryMan's tables.
    """
    return memory.create(Base)


@pytest.fixture
def demo(engine):
    """
    Return FactoryMan's demo module; nothing of what it inserts is kept.
    """
    lab = demo_lab(engine)
    yield lab
    lab.rollback()
