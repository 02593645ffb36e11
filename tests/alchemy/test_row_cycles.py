"""
Rows that point at each other, out of a database and into it.
"""

import pytest

from machina_lab import load_fixtures
from machina_lab.errors import FixtureError
from tests.alchemy.test_rows import export, stored
from tests.support import sets


CYCLE = {
    "sqlite": ["", ""],
    "postgresql": [
        "ALTER TABLE store ADD FOREIGN KEY (boss_id) REFERENCES staff (id)",
        "ALTER TABLE staff ADD FOREIGN KEY (store_id) REFERENCES store (id)",
    ],
}


class TestCycles:
    @pytest.fixture
    def ring(self, database):
        if database.dialect not in CYCLE:
            pytest.skip("checks keys row by row: no such ring can be written")
        inline = database.dialect == "sqlite"
        to_staff = "REFERENCES staff (id)" if inline else ""
        to_store = "REFERENCES store (id)" if inline else ""
        with database.engine.begin() as connection:
            run = connection.exec_driver_sql
            run(
                "CREATE TABLE store (id INTEGER PRIMARY KEY,"
                f" boss_id INTEGER NOT NULL {to_staff})"
            )
            run(
                "CREATE TABLE staff (id INTEGER PRIMARY KEY,"
                f" store_id INTEGER NOT NULL {to_store},"
                " mentor_id INTEGER REFERENCES staff (id))"
            )
        self.fill(database)
        with database.engine.begin() as connection:
            for statement in filter(None, CYCLE[database.dialect]):
                connection.exec_driver_sql(statement)
        return database

    @staticmethod
    def fill(database):
        with database.engine.begin() as connection:
            run = connection.exec_driver_sql
            if database.dialect == "sqlite":
                run("PRAGMA defer_foreign_keys = ON")
            run("INSERT INTO store VALUES (1, 10), (2, 20)")
            run("INSERT INTO staff VALUES (10, 1, 20), (20, 2, 10), (30, 1, 30)")

    def test_rings_of_required_keys_are_loaded(self, ring, tmp_path):
        """
        Tables that need each other, no key of which may be NULL, go in together.
        """
        before = stored(ring, "store"), stored(ring, "staff")
        export(ring, tmp_path / "set")
        with ring.engine.begin() as connection:
            if ring.dialect == "postgresql":
                connection.exec_driver_sql("TRUNCATE store, staff")
            else:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                connection.exec_driver_sql("DELETE FROM staff")
                connection.exec_driver_sql("DELETE FROM store")

        load_fixtures(tmp_path / "set", ring.engine)

        assert before == (stored(ring, "store"), stored(ring, "staff"))
        sets.assert_valid(tmp_path / "set")

    def test_a_broken_ring_is_told(self, ring, tmp_path):
        """
        Deferred checks do not hide a key that points nowhere.
        """
        export(ring, tmp_path / "set")
        path = tmp_path / "set/data/store.csv"
        path.write_text(path.read_text().replace("2,20", "2,99"))

        with pytest.raises(
            FixtureError, match=r"store\.csv:3: boss_id = 99 is not in staff"
        ):
            load_fixtures(tmp_path / "set", ring.engine)
