"""
Faults: what goes wrong is said clearly, and costs nothing but the call itself.
"""

import sqlite3

import pytest

from sqlalchemy import ForeignKey, create_engine, event, text
from sqlalchemy.exc import (
    CompileError,
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from machina_lab.alchemy import open_repo
from machina_lab.core.drafts import Draft
from tests.support.databases import MYSQL
from tests.support.jobs import built, insert, job
from tests.support.library_models import Author, Base, Book, Tag


def still_works(repo, authors):
    """
    Assert that the rows of earlier calls are whole and the repo can go on.
    """
    assert len(repo.column_values(Author.id)) == authors
    insert(repo, built(Author, name="afterwards"))
    assert len(repo.column_values(Author.id)) == authors + 1


@pytest.fixture
def started(library):
    """
    A repo with one earlier step.
    """
    insert(library, built(Author, email="taken"))
    return library


class TestViolations:
    """
    Each of them in the middle of a list.
    """

    def fails(self, repo, *bad, error=IntegrityError, match):
        good = [built(Author, email="good"), built(Tag)]
        with pytest.raises(error, match=match) as caught:
            insert(repo, good[0], *bad, good[1], factory="mixed")
        assert repo.pending == {"authors": 1}
        assert repo.column_values(Tag.id) == []
        return caught.value

    def test_unique(self, started):
        """
        A value that is taken: nothing of the list is kept, all of the earlier step is.
        """
        bad = built(Author, email="taken")

        error = self.fails(started, bad, match=r"(?i)unique|duplicate")

        assert "factory 'mixed'" in error.__notes__[0]
        assert "insert_list, 3 records" in error.__notes__[0]
        still_works(started, authors=1)

    def test_foreign_key(self, database):
        """
        A key that points nowhere.
        """
        engine = database.create(Base)
        repo = open_repo(engine)
        insert(repo, built(Author, email="taken"))

        self.fails(repo, built(Book, {"author_id": 999}), match=r"(?i)foreign key")

        still_works(repo, authors=1)
        repo.close()

    def test_check(self, started):
        """
        A value that breaks a CHECK.
        """
        bad = built(Author, born=-5)
        # MariaDB's code for it is none that its drivers know.
        error = (IntegrityError, OperationalError)
        self.fails(started, bad, error=error, match="(?i)check|alive")

        still_works(started, authors=1)

    def test_too_long(self, database, started):
        """
        A value that is too long for its column, where the database minds.
        """
        if database.dialect == "sqlite":
            pytest.skip("SQLite stores it")

        bad = built(Author, email="x" * 100)
        self.fails(started, bad, error=DataError, match="too long")

        still_works(started, authors=1)


class TestNotes:
    def test_secrets_are_masked(self, started):
        """
        Neither note nor message repeats a value whose name says that it is secret.
        """
        given = {"email": "taken", "password": "s3cr3t"}

        with pytest.raises(IntegrityError) as caught:
            insert(started, built(Author, given), factory="author", overrides=given)

        assert "password='***'" in caught.value.__notes__[0]
        assert "email='taken'" in caught.value.__notes__[0]
        assert "s3cr3t" not in str(caught.value)
        assert "s3cr3t" not in "".join(caught.value.__notes__)

    def test_errors_of_a_body_keep_their_type(self, started):
        """
        What a factory or a hook raises comes out as it is, and the step is taken back.
        """

        def after(record):
            raise KeyError("from a hook")

        with pytest.raises(KeyError, match="from a hook"):
            started.insert(job([built(Author)], after=after))

        still_works(started, authors=1)

    def test_interrupt(self, started):
        """
        An interrupted call is taken back like a failed one.
        """

        def after(record):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            started.insert(job([built(Author)], after=after))

        still_works(started, authors=1)


class TestOthers:
    """
    What fails is not ours: a record that the caller or a hook left in the session.
    """

    def test_pending_before_the_call(self, started):
        """
        It fails by itself, before our step; earlier steps stay, the next call works.
        """
        started.session.add(Author(email="taken"))

        with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate"):
            insert(started, built(Author))

        still_works(started, authors=1)

    def test_change_before_the_call(self, started):
        """
        So does a change to a record that is there: it is taken back.
        """
        other = insert(started, built(Author, email="free"))
        other.email = "taken"

        with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate"):
            insert(started, built(Author))

        assert other.email == "free"
        still_works(started, authors=2)

    def test_added_by_a_hook(self, started):
        """
        A hook's record fails with the step that it is part of.
        """

        def before(record):
            started.session.add(Author(email="taken"))
            return record

        with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate"):
            started.insert(job([built(Tag)], before=before))

        assert started.column_values(Tag.id) == []
        still_works(started, authors=1)


class TestConnections:
    @pytest.fixture
    def server(self, database):
        """
        A database whose connections can be ended by others.
        """
        if database.dialect == "sqlite":
            pytest.skip("a file has no connections to end")
        database.create(Base)
        return database

    def end(self, server, repo):
        """
        End the connection of *repo*, from another one.
        """
        asked, kill = {
            "postgresql": (
                "select pg_backend_pid()",
                "select pg_terminate_backend({})",
            ),
        }.get(server.dialect, ("select connection_id()", "kill {}"))
        own = repo.connection().scalar(text(asked))
        with server.engine.connect() as connection:
            connection.exec_driver_sql(kill.format(own))

    @pytest.mark.parametrize("bulk", [False, True], ids=["ordinary", "bulk"])
    def test_dropped_in_the_middle(self, server, bulk):
        """
        When the connection drops, its rows are gone, the error says so, and a new
        connection serves the next call.
        """
        repo = open_repo(server.address)
        insert(repo, built(Author))

        def drafts():
            yield Draft(Author, {"name": "Jane"}, {})
            self.end(server, repo)
            yield Draft(Author, {"name": "Emma"}, {})

        def made():
            return [each.make() for each in drafts()]

        with pytest.raises(OperationalError, match=r"terminat|clos|Lost|gone"):
            repo.insert(
                job(
                    made,
                    model=Author,
                    drafts=drafts,
                    count=2,
                    verb="insert_list",
                    options={"bulk": bulk},
                )
            )

        assert (repo.pending, repo.journal) == ({}, [])
        still_works(repo, authors=0)
        repo.close()

    def test_dropped_between_calls(self, server):
        """
        A connection that died since the last call is noticed and replaced.
        """
        repo = open_repo(server.address)
        insert(repo, built(Author))
        self.end(server, repo)

        with pytest.raises(DBAPIError, match=r"terminat|clos|Lost|gone"):
            insert(repo, built(Author))

        assert repo.pending == {}
        still_works(repo, authors=0)
        repo.close()

    def test_dropped_before_a_commit(self, server):
        """
        A commit that cannot reach the database says so, and nothing passes for stored.
        """
        repo = open_repo(server.address)
        author = insert(repo, built(Author))
        self.end(server, repo)

        with pytest.raises(DBAPIError, match=r"terminat|clos|Lost|gone"):
            repo.commit()

        assert (repo.pending, repo.journal, author.id) == ({}, [], None)
        still_works(repo, authors=0)
        repo.close()

    def test_read_only_transaction(self, server):
        """
        A server that only lets read.
        """
        setting = {
            "postgresql": "set session characteristics as transaction read only",
        }.get(server.dialect, "set session transaction read only")
        engine = server.open()
        event.listen(engine, "connect", lambda driver, _: _run(driver, setting))
        repo = open_repo(engine)

        with pytest.raises(DBAPIError, match=r"(?i)read.only transaction"):
            insert(repo, built(Author))

        assert repo.pending == {}
        assert repo.column_values(Author.id) == []
        repo.close()

    def test_read_only(self, sqlite):
        """
        A database that may only be read.
        """
        sqlite.create(Base)
        path = sqlite.url.database
        repo = open_repo(f"sqlite:///file:{path}?mode=ro&uri=true")

        with pytest.raises(OperationalError, match="readonly"):
            insert(repo, built(Author))

        assert repo.pending == {}
        assert repo.column_values(Author.id) == []
        repo.close()

    def test_locked(self, sqlite):
        """
        A SQLite file that somebody else writes to; once it is free, the call works.
        """
        sqlite.create(Base)
        engine = create_engine(sqlite.url, connect_args={"timeout": 0.05})
        repo = open_repo(engine)
        other = sqlite3.connect(sqlite.url.database, isolation_level=None)
        other.execute("begin immediate")

        with pytest.raises(OperationalError, match="locked"):
            insert(repo, built(Author))

        other.execute("rollback")
        other.close()
        still_works(repo, authors=0)
        repo.close()
        engine.dispose()


class TestSchemas:
    def test_missing_table(self, database):
        """
        A table that is not there.
        """
        database.create(Author.__table__.metadata)
        repo = open_repo(database.address)
        insert(repo, built(Author))
        repo.commit()
        with database.engine.begin() as connection:
            connection.execute(text("drop table book_tags"))
            connection.execute(text("drop table books"))

        with pytest.raises(
            (OperationalError, ProgrammingError),
            match=r"no such table|does not exist|doesn't exist",
        ):
            insert(repo, built(Book))

        still_works(repo, authors=1)
        repo.close()

    def test_mapper_that_does_not_configure(self, library):
        """
        A class whose mapping is wrong fails by itself; others go on.
        """

        class Broken(DeclarativeBase):
            pass

        class Lonely(Broken):
            __tablename__ = "lonely"
            id: Mapped[int] = mapped_column(primary_key=True)
            friends: Mapped[list["Nobody"]] = relationship()  # noqa: F821

        with pytest.raises(InvalidRequestError, match="Nobody"):
            library.insert(job(lambda: [Lonely()], model=Lonely))

        Broken.registry.dispose()
        still_works(library, authors=0)

    def test_value_that_cannot_be_bound(self, started, database):
        """
        A value that the driver cannot take.
        """
        if database.dialect in MYSQL:
            pytest.skip("PyMySQL stores the text of any object")
        with pytest.raises((DBAPIError, CompileError), match=r"(?i)type|adapt|bind"):
            insert(started, built(Author, {"name": object()}), cast=False)

        still_works(started, authors=1)


class TestCommit:
    """
    What a commit may still meet.
    """

    @pytest.fixture
    def late(self, database):
        """
        A repo on tables whose foreign key is checked at the commit.
        """
        if database.dialect in MYSQL:
            pytest.skip("checks keys at once")
        database.create(Late)
        repo = open_repo(database.engine)
        yield repo
        repo.close()

    def test_that_the_database_refuses(self, late, database):
        """
        All since the last commit is taken back and said so; the records are as if just
        built, and the repo can go on.
        """
        insert(late, built(Top, {"id": 1}))
        late.commit()
        first, second = insert(late, built(Leaf, {"top_id": 1}), built(Leaf))
        insert(late, built(Leaf, {"top_id": 99}))

        with pytest.raises(IntegrityError, match=r"(?i)foreign key") as caught:
            late.commit()

        assert "nothing since the last commit was kept" in caught.value.__notes__[0]
        assert (late.pending, len(late.journal)) == ({}, 1)
        assert (first.id, first.top_id, second.id) == (None, 1, None)
        insert(late, first, second)
        late.commit()
        assert (database.count("tops"), database.count("leaves")) == (1, 2)

    def test_with_a_bad_record_of_the_callers(self, library, database):
        """
        What the caller left pending fails by itself: our steps still wait for a commit.
        """
        insert(library, built(Author, email="taken"))
        library.session.add(Author(email="taken"))

        with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate"):
            library.commit()

        assert library.pending == {"authors": 1}
        library.commit()
        assert database.count("authors") == 1


def _run(driver, statement):
    with driver.cursor() as cursor:
        cursor.execute(statement)
    driver.commit()


class Late(DeclarativeBase):
    pass


class Top(Late):
    __tablename__ = "tops"
    id: Mapped[int] = mapped_column(primary_key=True)


class Leaf(Late):
    __tablename__ = "leaves"
    id: Mapped[int] = mapped_column(primary_key=True)
    top_id: Mapped[int | None] = mapped_column(
        ForeignKey("tops.id", deferrable=True, initially="DEFERRED")
    )


def test_listener_that_fails(library):
    """
    A listener that raises in the middle of a flush leaves the session usable.
    """

    def listener(_mapper, _connection, record):
        if record.name == "bad":
            raise RuntimeError("not this one")

    event.listen(Tag, "before_insert", listener)
    try:
        with pytest.raises(RuntimeError, match="not this one"):
            insert(library, built(Tag, name="good"), built(Tag, name="bad"))
    finally:
        event.remove(Tag, "before_insert", listener)

    assert library.column_values(Tag.id) == []
    still_works(library, authors=0)
