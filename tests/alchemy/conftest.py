"""
Fixtures of the persistence tests.
"""

import pytest

from machina_lab.alchemy import open_repo
from tests.support.library_models import Base


@pytest.fixture
def library(database):
    """
    A repo of its own on an empty library, on every database.
    """
    database.create(Base)
    repo = open_repo(database.address)
    yield repo
    repo.close()
