"""
Fixtures that every test may use.
"""

from tests.support.databases import (  # noqa: F401 - fixtures are found by name
    database,
    memory,
    mysql,
    mysql_url,
    postgres,
    postgres_url,
    sqlite,
)
