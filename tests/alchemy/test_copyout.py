"""
Whole tables of PostgreSQL through COPY, on the caller's own connection.
"""

import pytest
import sqlalchemy as sa

from sqlalchemy.exc import ProgrammingError

from machina_lab import load_fixtures
from machina_lab.alchemy.rows import Rows
from machina_lab.errors import FixtureError
from machina_lab.fixtures.formats import as_list
from machina_lab.labs.exports import export_rows
from machina_lab.schema import Schema


@pytest.fixture
def numbers(postgres):
    """
    A connection that sees ten rows that nobody committed.
    """
    with postgres.engine.begin() as connection:
        connection.exec_driver_sql(
            'CREATE TABLE numbers ("n%%" integer PRIMARY KEY CHECK ("n%%" < 10))'
        )
    with postgres.engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO numbers SELECT generate_series(0, 9)")
        yield connection


def batches(connection, size):
    """
    Return the rows of the table in batches.
    """
    source = Rows(connection)
    table = source.describe(Schema.reflect(connection).table("numbers"))
    return source.batches(table, ["n%"], size=size)


@pytest.mark.parametrize("size", [1, 3, 5, 10, 50])
def test_every_row_comes_once_in_batches(numbers, size):
    """
    No row is lost where a batch ends with the table, and none is empty.
    """
    found = [as_list(batch[0]) for batch in batches(numbers, size)]

    assert list(range(10)) == [n for batch in found for n in batch]
    assert all(0 < len(batch) <= size for batch in found)


def test_who_stops_early_keeps_the_transaction(numbers):
    """
    An export that fails in the middle takes no row of the session with it.
    """
    some = batches(numbers, 3)
    next(some)
    some.close()

    assert 10 == numbers.scalar(sa.text("SELECT count(*) FROM numbers"))


def test_errors_are_those_of_sqlalchemy(numbers):
    """
    What the server refuses is raised as every other statement's error.
    """
    gone = batches(numbers, 3)
    numbers.exec_driver_sql("ALTER TABLE numbers RENAME TO others")

    with pytest.raises(ProgrammingError, match="does not exist"):
        next(gone)


def test_errors_while_it_runs_are_told(postgres):
    """
    A row that cannot be computed ends the export, not the reading of what came before.
    """
    with postgres.engine.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TEMPORARY TABLE zeros (n integer GENERATED ALWAYS AS IDENTITY);"
            "CREATE TEMPORARY VIEW inverse AS SELECT 10 / (3 - g) AS n"
            " FROM generate_series(1, 5) AS g"
        )
        from machina_lab.alchemy.copyout import copied
        from machina_lab.alchemy.postgres_forms import form
        from machina_lab.core.datatypes import DataType
        from machina_lab.core.tables import Column

        forms = [form(Column("n", DataType("integer")), connection.dialect)]
        select = sa.select(sa.column("n")).select_from(sa.table("inverse"))

        with pytest.raises(sa.exc.DataError, match="division by zero"):
            list(copied(connection, select, forms, 1))


def test_a_row_that_copy_refuses_is_told_as_any_other(numbers, tmp_path):
    """
    Constraints that only the database knows: nothing is loaded, nothing else is lost.
    """
    export_rows(numbers, tmp_path / "set", None)
    path = tmp_path / "set/data/numbers.csv"
    path.write_text(path.read_text().replace("\n3\n", "\n33\n"))
    numbers.exec_driver_sql('DELETE FROM numbers WHERE "n%%" > 0')
    path.write_text(path.read_text().replace("n%\n0\n", "n%\n"))

    with pytest.raises(FixtureError, match=r"refused a row; nothing was loaded.*check"):
        load_fixtures(tmp_path / "set", numbers)

    assert 1 == numbers.scalar(sa.text("SELECT count(*) FROM numbers"))
