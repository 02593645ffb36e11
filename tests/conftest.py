"""
Fixtures that every test may use.
"""

import sys

from tests.support.databases import (  # noqa: F401 - fixtures are found by name
    database,
    memory,
    mysql,
    mysql_url,
    postgres,
    postgres_url,
    sqlite,
)


def pytest_sessionfinish(session):
    """
    Keep what a worker of pytest-xdist covered: one that is slow to end is killed.
    """
    coverage = sys.modules.get("coverage")
    if coverage is None or not hasattr(session.config, "workerinput"):
        return
    running = coverage.Coverage.current()
    if running is not None:
        running.save()
