"""
A database is read at once, or a few tables at a time.
"""

import sqlalchemy as sa

from machina_lab import Lab
from machina_lab.schema import Schema
from machina_lab.schema.reflection import reflecting, table_names


def _tables(engine):
    """
    Make seven tables in a row of references, and a view.
    """
    metadata = sa.MetaData()
    for n in range(7):
        up = [sa.Column("up", sa.ForeignKey(f"t{n - 1}.id"))] if n else []
        name = sa.Column("name", sa.String(20), unique=True)
        sa.Table(
            f"t{n}", metadata, sa.Column("id", sa.Integer, primary_key=True), name, *up
        )
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW v AS SELECT name FROM t1")
        connection.exec_driver_sql("INSERT INTO t1 (name) VALUES ('x')")


def _all_of(steps):
    """
    Return what steps yield, and what they return.
    """
    read = []
    while True:
        try:
            read.append(next(steps))
        except StopIteration as end:
            return read, end.value


def _told(schema):
    """
    Return all that a schema tells, as plain data.
    """
    tables = {each.key: (each.rows, each.view) for each in schema}
    columns = {key: schema.column_rows(key) for key in tables}
    return tables, columns, list(map(str, schema.relations))


def test_in_steps_as_at_once(database):
    """
    What is read in steps is what is read at once: views, rows and keys included.
    """
    _tables(database.engine)
    with database.engine.connect() as connection:
        read, found = _all_of(reflecting(lambda: connection, 3))

        names = table_names(connection)

    assert read == [3, 6, 8]
    assert names == [each.key for each in found.schema]
    assert _told(found.schema) == _told(Schema.reflect(database.engine))
    assert found.schema.table("t1").rows == 1
    assert found.schema.table("v").view


def test_a_lab_reads_in_steps(database):
    """
    After the last step the lab knows its tables; those read meanwhile stay.
    """
    _tables(database.engine)
    lab = Lab(database.engine)
    steps = lab.read_tables(3)
    assert next(steps) == 3
    assert lab.tables_read() is None

    made = lab.tables()
    assert list(steps) == [6, 8]
    assert lab.tables() is made

    assert list(lab.read_tables(3)) == []
    assert list(lab.read_tables(5, again=True)) == [5, 8]
    assert lab.tables() is not made
    assert _told(lab.schema) == _told(made.schema)
    lab.repo.close()
