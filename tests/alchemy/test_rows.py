import datetime as dt

from decimal import Decimal

import pytest
import sqlalchemy as sa

from sqlalchemy.orm import Session

from machina_lab import load_fixtures
from machina_lab.alchemy import writing
from machina_lab.alchemy.rows import Rows
from machina_lab.errors import FixtureError, OptionError
from machina_lab.fixtures.formats import as_list
from machina_lab.labs.exports import export_rows
from machina_lab.schema import Schema
from tests.support import sets
from tests.support.databases import MYSQL, Database
from tests.support.statements import statements


@pytest.fixture
def other(database, request):
    """
    An empty database of the other kind.
    """
    kind = "postgres" if database.dialect == "sqlite" else "sqlite"
    return request.getfixturevalue(kind)


@pytest.fixture
def full(database):
    """
    A database with rows of `Everything`.
    """
    database.create(sets.Base)
    zone = None if database.dialect == "sqlite" else dt.UTC
    with Session(database.engine) as session:
        parents = {}
        for row in sets.rows(zone):
            parents[row["id"]] = row.pop("parent_id", None)
            session.add(sets.Everything(**row))
        session.flush()
        for key, parent in parents.items():
            session.get(sets.Everything, key).parent_id = parent
        session.commit()
    return database


def export(database, folder, **options):
    """
    Write all tables of a database.
    """
    with database.engine.connect() as connection:
        return export_rows(connection, folder, None, **options)


def values(database):
    """
    Return all rows of `Everything` as Python sees them.
    """
    statement = sa.select(*sets.Everything.__table__.columns).order_by("id")
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def stored(database, table="everything"):
    """
    Return all rows as the database itself stores them.
    """
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1")
        return [tuple((type(v).__name__, v) for v in row) for row in found]


def emptied(database, metadata=sets.Base.metadata):
    """
    Delete all rows.
    """
    with database.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


MODELS = pytest.mark.parametrize(
    "metadatas", [[], [sets.Base.metadata]], ids=["reflected", "with models"]
)


class TestRoundTrip:
    @MODELS
    def test_what_is_stored_comes_back(self, full, tmp_path, metadatas):
        """
        Every type, every trap: the same database stores the same values again.
        """
        before = stored(full)
        export(full, tmp_path / "set", metadatas=metadatas)
        emptied(full)

        load_fixtures(tmp_path / "set", full.engine, metadatas=metadatas)

        assert before == stored(full)
        sets.assert_valid(tmp_path / "set")

    @MODELS
    def test_a_second_export_is_the_same_to_the_byte(self, full, tmp_path, metadatas):
        """
        Export, load, export: nothing changed on the way.
        """
        export(full, tmp_path / "one", metadatas=metadatas)
        emptied(full)
        load_fixtures(tmp_path / "one", full.engine, metadatas=metadatas)
        export(full, tmp_path / "two", metadatas=metadatas)

        assert sets.files(tmp_path / "one") == sets.files(tmp_path / "two")

    def test_another_database_holds_the_same_values(self, full, other, tmp_path):
        """
        From SQLite to PostgreSQL and back, values are equal in Python.
        """
        metadatas = [sets.Base.metadata]
        other.create(sets.Base)
        export(full, tmp_path / "set", metadatas=metadatas)

        load_fixtures(tmp_path / "set", other.engine, metadatas=metadatas)

        def naive(rows):
            # SQLite has no zones: it holds the same moment in UTC.
            return [
                tuple(
                    v.replace(tzinfo=None) if isinstance(v, dt.datetime) else v
                    for v in row
                )
                for row in rows
            ]

        assert naive(values(full)) == naive(values(other))

    @pytest.mark.parametrize("kind", ["parquet", "jsonl"])
    def test_other_formats_hold_the_same(self, full, tmp_path, kind):
        """
        Parquet and JSON lines are as exact as CSV.
        """
        before = stored(full)
        export(full, tmp_path / "set", format=kind)
        emptied(full)

        load_fixtures(tmp_path / "set", full.engine)

        assert before == stored(full)

    def test_sql_runs_in_the_databases_own_client(self, full, tmp_path):
        """
        The SQL format is for the database it came from: it runs as it stands.
        """
        if full.dialect in MYSQL:
            with pytest.raises(OptionError, match=r"not for (mysql|mariadb)\. .*csv"):
                export(full, tmp_path / "set", format="sql")
            assert not (tmp_path / "set").exists()
            return
        before = stored(full)
        export(full, tmp_path / "set", format="sql")
        emptied(full)

        script = (tmp_path / "set/data/everything.sql").read_bytes().decode()
        with full.engine.begin() as connection:
            if full.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql(script)

        assert before == stored(full)


class TestSQLite:
    def test_values_of_other_types_than_declared_are_kept(self, sqlite, tmp_path):
        """
        SQLite keeps anything anywhere; so does the fixture set.
        """
        create = "CREATE TABLE odd (id INTEGER PRIMARY KEY, n INTEGER, t TEXT, x)"
        rows = "(1, 'many', x'00ff', 1), (2, 1.5, 'it''s', 'a'), (3, NULL, NULL, x'')"
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql(create)
            connection.exec_driver_sql(f"INSERT INTO odd VALUES {rows}")
        before = stored(sqlite, "odd")
        export(sqlite, tmp_path / "set")
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM odd")

        load_fixtures(tmp_path / "set", sqlite.engine)

        assert before == stored(sqlite, "odd")
        sets.assert_valid(tmp_path / "set")

    def test_dates_as_other_programs_write_them_are_kept(self, sqlite, tmp_path):
        """
        Text of a date comes back digit for digit.
        """
        dates = ["2009-01-01 00:00:00", "2009-01-02", "2009-01-03T01:02:03.5Z"]
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE odd (id INTEGER PRIMARY KEY, d DATETIME)"
            )
            for date in dates:
                connection.exec_driver_sql("INSERT INTO odd (d) VALUES (?)", (date,))
        export(sqlite, tmp_path / "set")
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM odd")

        load_fixtures(tmp_path / "set", sqlite.engine)

        assert dates == [row[0] for row in sqlite.rows("SELECT d FROM odd ORDER BY id")]
        sets.assert_valid(tmp_path / "set")

    def test_last_and_first_moments_are_dates_like_others(self, sqlite, tmp_path):
        """
        A date far away, as many tables have one, makes no column unreadable.
        """
        moments = [dt.datetime.max, dt.datetime.min, dt.datetime(2026, 1, 1)]
        metadata = sa.MetaData()
        table = sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("at", sa.DateTime),
        )
        with sqlite.create(metadata).connect() as connection:
            connection.execute(table.insert(), [{"at": each} for each in moments])
            written = export_rows(connection, tmp_path / "set", None)

        assert {} == written.resources[0].stored
        lines = (tmp_path / "set/data/t.csv").read_text().splitlines()
        assert [f"{n + 1},{m.isoformat()}" for n, m in enumerate(moments)] == lines[1:]

    @pytest.mark.parametrize(
        ("kind", "value", "told"),
        [
            (sa.DateTime(), "infinity", "SQLite has no such datetime: infinity"),
            (sa.Date(), "0044-03-15 BC", "SQLite has no such date: 0044-03-15 BC"),
            (
                sa.Numeric(30, 10),
                Decimal("12345678901234567890.1234567891"),
                "16 digits",
            ),
            (sa.Double(), float("nan"), "SQLite stores NaN as NULL"),
        ],
    )
    def test_refuses_what_it_cannot_hold(
        self, sqlite, postgres, tmp_path, kind, value, told
    ):
        """
        A digit that SQLite would lose is told before the first row.
        """
        metadata = sa.MetaData()
        table = sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("v", kind),
        )
        for each in (sqlite, postgres):
            each.create(metadata)
        given = value if not isinstance(value, str) else sa.text(f"'{value}'")
        with postgres.engine.begin() as connection:
            connection.execute(table.insert().values(id=1, v=given))
        export(postgres, tmp_path / "set")

        with pytest.raises(FixtureError, match=rf"t\.csv:2: v: .*{told}"):
            load_fixtures(tmp_path / "set", sqlite.engine)


TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE odd (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    r int4range, rr nummultirange, ip inet, net cidr, mac macaddr, bits bit(3),
    vb varbit, m money, ts tsvector, xml_ xml, pt point, b box, lsn pg_lsn,
    jb jsonb, j json, feeling mood, pct percent, ch char(5), f4 real,
    ints integer[], prices numeric[], texts text[][], moods mood[], jbs jsonb[],
    stamps timestamptz[],
    blob bytea, spent interval, clock timetz, at timestamp, seen timestamptz, d date,
    digits numeric, doubled integer GENERATED ALWAYS AS (id * 2) STORED
);
INSERT INTO odd (r, rr, ip, net, mac, bits, vb, m, ts, pt, b, lsn, jb, j, feeling, pct,
    ch, f4, ints, prices, texts, moods, jbs, stamps, blob, spent, clock, at, seen, d,
    digits)
VALUES
    ('[1,5)', '{[1.5,2.5]}', '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', '101',
     '1', '12.34', 'a:1 cat:2', '(1.5,2)', '(1,1),(0,0)', '0/16B3748', '{"a": null}',
     '{"b" : 1,  "b": 2}', 'ok', 7, 'ab', 0.1, '{1,NULL,3}',
     '{1.10,12345678901234567890.123456789,NaN}', '{{a,"b,c"},{"",NULL}}',
     '{sad}', ARRAY['{"x": 1}'::jsonb, 'null'], '{2026-01-01 00:00:00+02}', '\\x00ff',
     '1 year -2 days 03:00:00.000001', '12:30:00+02', 'infinity', '-infinity',
     '0044-03-15 BC', 'NaN'),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'null',
     NULL, NULL, NULL, NULL, 'NaN', '{}', NULL, NULL, NULL, NULL, NULL, '', '-1 day',
     NULL,
     '2026-01-01 00:00:00.5', '2026-06-01 12:00:00.25+02', '2026-01-01',
     '12345678901234567890123456789.0000000001');
"""


class TestPostgreSQL:
    @pytest.fixture
    def odd(self, postgres: Database):
        with postgres.engine.begin() as connection:
            for statement in TYPES.split(";\n"):
                if statement.strip():
                    connection.exec_driver_sql(statement)
        yield postgres
        with postgres.engine.begin() as connection:
            connection.exec_driver_sql(
                "DROP TABLE odd; DROP TYPE mood; DROP DOMAIN percent"
            )

    @staticmethod
    def texts(database):
        """
        Return every value as PostgreSQL's own text.
        """
        return database.rows("SELECT CAST(odd AS text) FROM odd ORDER BY id")

    def test_every_type_of_the_database_comes_back(self, odd, tmp_path):
        """
        Ranges, networks, arrays, money, text search, infinities: to the last digit.
        """
        before = self.texts(odd)
        export(odd, tmp_path / "set")
        with odd.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM odd")

        load_fixtures(tmp_path / "set", odd.engine)

        assert before == self.texts(odd)
        sets.assert_valid(tmp_path / "set")

    def test_session_settings_change_nothing(self, odd, tmp_path):
        """
        DateStyle, IntervalStyle and the time zone of a session leave no mark.
        """
        export(odd, tmp_path / "plain")
        with odd.engine.connect() as connection:
            connection.exec_driver_sql(
                "SET datestyle = 'German'; SET intervalstyle = 'sql_standard';"
                " SET timezone = 'Asia/Tokyo'"
            )
            export_rows(
                connection,
                tmp_path / "styled",
                None,
                exclude=["odd.d", "odd.at", "odd.seen", "odd.stamps", "odd.clock"],
            )
        export(
            odd,
            tmp_path / "plain",
            exclude=["odd.d", "odd.at", "odd.seen", "odd.stamps", "odd.clock"],
        )

        assert sets.files(tmp_path / "plain") == sets.files(tmp_path / "styled")

    def test_key_counters_continue_behind_the_rows(self, odd, tmp_path):
        """
        Sequences of identity columns are moved, GENERATED ALWAYS included.
        """
        export(odd, tmp_path / "set")
        with odd.engine.begin() as connection:
            connection.exec_driver_sql("TRUNCATE odd RESTART IDENTITY")
        load_fixtures(tmp_path / "set", odd.engine)
        with odd.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO odd (pct) VALUES (1)")

        assert [(3,)] == odd.rows("SELECT max(id) FROM odd")


class TestAnyDriver:
    """
    What other databases and drivers need, tried on those that are here.
    """

    @pytest.fixture(autouse=True)
    def _no_copy(self, monkeypatch):
        monkeypatch.setattr(writing, "copies", lambda _: False)

    def test_rows_go_in_without_copy(self, full, tmp_path):
        """
        SQLAlchemy's own INSERT stores what COPY stores.
        """
        before = stored(full)
        export(full, tmp_path / "set")
        emptied(full)

        load_fixtures(tmp_path / "set", full.engine)

        assert before == stored(full)

    def test_keys_are_filled_in_late(self, full, tmp_path, monkeypatch):
        """
        Where keys are checked at once, those that point ahead are set in a second pass.
        """
        monkeypatch.setattr(Rows, "cycles", "late")
        before = stored(full)
        export(full, tmp_path / "set")
        emptied(full)

        with statements(full.engine) as sent:
            load_fixtures(tmp_path / "set", full.engine)

        assert sent.starting("update")
        assert before == stored(full)

    def test_rings_go_in_together(self, postgres, tmp_path):
        """
        Rows of tables that need each other are staged without COPY, too.
        """
        with postgres.engine.begin() as connection:
            run = connection.exec_driver_sql
            run("CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INTEGER NOT NULL)")
            run("CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INTEGER NOT NULL)")
            run("INSERT INTO egg VALUES (1, 2), (2, 1)")
            run("INSERT INTO hen VALUES (1, 1), (2, 2)")
            run("ALTER TABLE egg ADD FOREIGN KEY (hen) REFERENCES hen (id)")
            run("ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg (id)")
        before = stored(postgres, "egg"), stored(postgres, "hen")
        export(postgres, tmp_path / "set")
        with postgres.engine.begin() as connection:
            connection.exec_driver_sql("TRUNCATE egg, hen")

        load_fixtures(tmp_path / "set", postgres.engine)

        assert before == (stored(postgres, "egg"), stored(postgres, "hen"))


class TestSource:
    def test_rows_come_in_key_order_in_batches(self, database):
        """
        Memory holds one batch, whatever the size of the table.
        """
        metadata = sa.MetaData()
        table = sa.Table("t", metadata, sa.Column("k", sa.String(5), primary_key=True))
        database.create(metadata)
        keys = ["b", "A", "a", "É", "_", "B", "z", "10", "9"]
        with database.engine.begin() as connection:
            connection.execute(table.insert(), [{"k": key} for key in keys])
            source = Rows(connection)
            described = source.describe(Schema.reflect(connection).table("t"))

            batches = list(source.batches(described, ["k"], size=4))
            some = list(source.batches(described, ["k"], keys=[("z",), ("A",), ("q",)]))

        assert [4, 4, 1] == [len(batch[0]) for batch in batches]
        assert sorted(keys) == [k for batch in batches for k in as_list(batch[0])]
        assert [[["A", "z"]]] == some
