"""
What every acceptance test starts from: fresh sequences and an empty lab.
"""

import pytest

from machina_lab import Lab, sequences


@pytest.fixture(autouse=True)
def _own_sequences():
    """
    Give each test a sequence table of its own that starts at zero.
    """
    with sequences.isolated():
        yield


@pytest.fixture
def lab():
    """
    Return an empty lab without a database.
    """
    return Lab()
