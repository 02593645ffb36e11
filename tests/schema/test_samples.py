"""
A few rows of a table, and how many there are.
"""

from sqlalchemy import create_engine, text

from machina_lab.schema import Schema
from machina_lab.schema.samples import count, sample


def test_rows_and_their_number():
    """
    Names that need quotes do no harm; no more rows are read than asked for.
    """
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text('CREATE TABLE "odd; name" ("a b" TEXT, n INTEGER)'))
        connection.execute(
            text("INSERT INTO \"odd; name\" VALUES ('x', 1), (NULL, 2), ('z', 3)")
        )
        table = Schema.reflect(connection).table("odd; name")

        assert sample(connection, table, 2) == [["x", 1], [None, 2]]
        assert count(connection, table) == 3
    engine.dispose()
