"""
Repos: every kind of door, who owns the transaction, and what is never shown.
"""

import gc
import warnings

import pytest

from sqlalchemy import URL, create_engine, text
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from machina_lab.alchemy import open_repo
from machina_lab.alchemy.doors import safe_url, secrets_of
from machina_lab.errors import InsertError, MissingDependencyError, RepoError
from tests.support.jobs import built, insert, job
from tests.support.library_models import Author, Base, Tag


OWNED = {
    "text": lambda database: database.address,
    "url": lambda database: database.url,
    "engine": lambda database: database.engine,
    "sessionmaker": lambda database: sessionmaker(database.engine),
    "function": lambda database: lambda: Session(database.engine),
}
CALLERS = {
    "connection": lambda database: database.engine.connect(),
    "session": lambda database: Session(database.engine),
    "scoped_session": lambda database: scoped_session(sessionmaker(database.engine)),
}


class TestOwned:
    @pytest.fixture(params=OWNED)
    def repo(self, request, database):
        database.create(Base)
        repo = open_repo(OWNED[request.param](database))
        yield repo
        repo.close()

    def test_nothing_is_committed_unless_told(self, repo, database):
        """
        An insert is not seen from outside until `commit`.
        """
        insert(repo, built(Author))

        assert repo.owned
        assert repo.pending == {"authors": 1}
        repo.connection()
        repo.commit()
        assert repo.pending == {}
        assert database.count("authors") == 1

    def test_closing_takes_back(self, repo, database):
        """
        What was not committed is gone after `close`.
        """
        insert(repo, built(Author))

        repo.close()

        assert database.count("authors") == 0

    def test_looks_into_its_own_transaction(self, repo):
        """
        `connection()` and `column_values` see rows that wait for a commit.
        """
        insert(repo, built(Author, name="Jane"))

        assert repo.connection().scalar(text("select name from authors")) == "Jane"
        assert repo.column_values(Author.name) == ["Jane"]
        assert repo.engine.dialect.name == repo.connection().dialect.name


class TestAutocommit:
    def test_every_call(self, database):
        """
        With autocommit every call is committed, and a failed one leaves nothing.
        """
        database.create(Base)
        repo = open_repo(database.address, autocommit=True)

        insert(repo, built(Author, email="a"))
        with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
            insert(repo, built(Author, email="b"), built(Author, email="a"))

        assert database.count("authors") == 1
        assert repo.pending == {}
        repo.close()


class TestCallers:
    @pytest.fixture(params=CALLERS)
    def door(self, request, database):
        database.create(Base)
        door = CALLERS[request.param](database)
        yield door
        door.close()

    def test_is_flushed_only(self, door, database):
        """
        Rows are in the caller's transaction, which the repo leaves alone.
        """
        repo = open_repo(door)

        insert(repo, built(Author))

        assert not repo.owned
        assert door.execute(text("select count(*) from authors")).scalar() == 1
        repo.close()
        assert door.execute(text("select count(*) from authors")).scalar() == 1
        door.rollback()
        assert door.execute(text("select count(*) from authors")).scalar() == 0

    def test_is_not_committed_by_the_repo(self, door):
        """
        Commit and rollback say whose the transaction is.
        """
        repo = open_repo(door)

        with pytest.raises(InsertError, match="the transaction is yours"):
            repo.commit()
        with pytest.raises(InsertError, match="the transaction is yours"):
            repo.rollback()
        with pytest.raises(InsertError, match="autocommit"):
            open_repo(door, autocommit=True)
        repo.close()

    def test_failure_leaves_it_usable(self, door):
        """
        A failed insert takes back only itself.
        """
        repo = open_repo(door)
        insert(repo, built(Author, email="a"))

        with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
            insert(repo, built(Tag), built(Author, email="a"))

        assert door.execute(text("select count(*) from authors")).scalar() == 1
        assert door.execute(text("select count(*) from tags")).scalar() == 0
        repo.close()


class TestMemory:
    def test_other_connections_do_not_disturb(self):
        """
        Looking into a memory database through its engine takes nothing back.
        """
        repo = open_repo("sqlite://")
        Base.metadata.create_all(repo.engine)
        insert(repo, built(Author))

        with repo.engine.connect() as connection:
            assert connection.scalar(text("select count(*) from authors")) == 1

        assert repo.column_values(Author.id) == [1]
        repo.undo()
        assert repo.column_values(Author.id) == []
        repo.close()

    def test_every_repo_has_its_own(self):
        """
        Two repos in memory share nothing.
        """
        first, second = open_repo("sqlite://"), open_repo("sqlite:///:memory:")
        Base.metadata.create_all(first.engine)
        Base.metadata.create_all(second.engine)

        insert(first, built(Author))
        first.commit()

        assert second.column_values(Author.id) == []
        first.close()
        second.close()


class TestWrongDoors:
    @pytest.mark.parametrize(
        ("target", "message"),
        [
            ("not a url", "is not the URL of a database"),
            ("postgresql://jane:s3cr3t@host:port/db", "is not the URL"),
            ("nosuch://jane:s3cr3t@host/db", "no database called 'nosuch'"),
            ("sqlite:////no/such/folder/x.db", "no connection to sqlite"),
            (
                "postgresql+psycopg://jane:s3cr3t@localhost:1/db?connect_timeout=2",
                "no connection to postgresql",
            ),
            (5, "no way to a database leads through a int"),
        ],
    )
    def test_says_what_is_wrong(self, target, message):
        """
        A wrong door raises at once, and never repeats a secret.
        """
        with pytest.raises(RepoError, match=message) as caught:
            open_repo(target)

        assert "s3cr3t" not in _all_texts(caught.value)

    def test_function_that_returns_no_session(self):
        """
        A function has to return a session, and the error names the function.
        """

        def get_db():
            return 5

        with pytest.raises(RepoError, match="get_db returned a int, not a Session"):
            insert(open_repo(get_db), built(Author))

    def test_missing_driver(self):
        """
        A driver that is not installed is named.
        """
        with pytest.raises(MissingDependencyError, match="needs oracledb"):
            open_repo("oracle+oracledb://jane:s3cr3t@host/db")

    def test_password_refused_by_the_server(self, postgres):
        """
        What the server says is kept, without the password.
        """
        url = postgres.url.set(username="nobody-here", password="s3cr3t")

        with pytest.raises(RepoError, match="nobody-here") as caught:
            open_repo(url)

        assert "s3cr3t" not in _all_texts(caught.value)


class TestSecrets:
    @pytest.mark.parametrize(
        "url",
        [
            "postgresql+psycopg://jane:s3cr3t@host/db",
            "postgresql+psycopg://jane@host/db?password=s3cr3t",
            "postgresql+psycopg://jane@host/db?sslpassword=s3cr3t&sslmode=require",
            "postgresql+psycopg://jane@host/db?options=-c%20api_token%3Ds3cr3t",
            "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BUID%3Djane%3BPWD%3Ds3cr3t",
            "snowflake://jane@host/db?token=s3cr3t",
        ],
    )
    def test_no_part_of_a_url_shows_them(self, url):
        """
        Passwords, secret query parameters and whole connection strings are masked.
        """
        from sqlalchemy import make_url

        parsed = make_url(url)

        assert "s3cr3t" not in safe_url(parsed)
        assert "***" in safe_url(parsed)
        assert "s3cr3t" in secrets_of(parsed)

    def test_what_is_no_secret_is_shown(self):
        """
        Host, database and harmless parameters stay readable.
        """
        url = URL.create("postgresql", "jane", "x", "host", 5, "db", {"sslmode": "off"})

        assert safe_url(url) == "postgresql://jane:***@host:5/db?sslmode=off"

    def test_repr_of_a_repo(self, database):
        """
        A repo shows where it leads without a password.
        """
        engine = create_engine(database.url.set(query=dict(database.url.query)))
        repo = open_repo(engine)

        assert repo.label in repr(repo)
        repo.close()
        engine.dispose()

    def test_journal(self, library):
        """
        Values whose names say that they are secret are masked in the journal.
        """
        given = {"password": "s3cr3t", "name": "Jane"}
        insert(library, built(Author, given), overrides=given)

        step = library.journal[0]
        assert dict(step.overrides) == {"password": "***", "name": "Jane"}


def test_dropped_repo_closes_its_connections(postgres):
    """
    A repo that nobody holds any more leaves no connection open behind.
    """
    postgres.create(Base)
    repo = open_repo(postgres.address)
    insert(repo, built(Author))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del repo
        gc.collect()

    others = "select count(*) from pg_stat_activity where datname = current_database()"
    assert postgres.rows(others) == [(1,)]
    assert postgres.count("authors") == 0


def _all_texts(error):
    texts = []
    while error is not None:
        texts += [str(error), repr(error.args), *getattr(error, "__notes__", ())]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


def test_hook_that_commits(library, database):
    """
    A step whose hook commits is done for good: nothing pending, nothing to undo.
    """

    def after(record):
        library.session.commit()
        return record

    library.insert(job([built(Author)], after=after))

    assert library.pending == {}
    assert database.count("authors") == 1
    insert(library, built(Author))
    assert library.pending == {"authors": 1}


def test_autocommit_of_the_driver(postgres):
    """
    A connection that commits every statement is refused: nothing could be taken back.
    """
    engine = postgres.create(Base).execution_options(isolation_level="AUTOCOMMIT")
    repo = open_repo(engine)

    with pytest.raises(InsertError, match="AUTOCOMMIT mode"):
        insert(repo, built(Author))

    repo.close()
    assert postgres.count("authors") == 0
