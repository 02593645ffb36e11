"""
The tests' own databases keep their promises.
"""

import pytest

from sqlalchemy import Column, Integer, MetaData, Table, text


TABLES = MetaData()
Table("things", TABLES, Column("id", Integer, primary_key=True))


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_starts_empty(database, turn):
    """
    What one test commits the next one does not see.
    """
    engine = database.create(TABLES)
    with engine.begin() as connection:
        connection.execute(text("insert into things (id) values (1)"))

    assert database.count("things") == 1


def test_postgres_is_real(postgres):
    """
    PostgreSQL itself answers, not something that looks like it.
    """
    assert postgres.rows("show server_version")[0][0] >= "15"
