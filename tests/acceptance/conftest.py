"""
What every acceptance test starts from: fresh sequences and an empty lab.
"""

import pytest

from hypothesis import settings

from machina_lab import Lab, sequences


# Slow machines are no broken promise; pytest's timeout is the limit.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


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
