import pytest

from tests.support.schemas import run_script
from tests.support.traps import POSTGRES, SQLITE


@pytest.fixture
def trap(request):
    """
    A function that fills a database with one of the trap schemas.
    """

    def fill(dialect, name):
        fixture = "postgres" if dialect == "postgresql" else "sqlite"
        database = request.getfixturevalue(fixture)
        run_script(database, (POSTGRES if fixture == "postgres" else SQLITE)[name])
        return database

    return fill
