"""
Steps: what an undo takes back, in the database and in memory.
"""

import pytest

from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.orm import Session

from machina_lab.alchemy import open_repo
from machina_lab.core.sequences import sequence, sequences
from machina_lab.errors import (
    ArgumentValueError,
    InsertError,
    NothingToUndo,
    UndoError,
)
from tests.support.databases import MYSQL
from tests.support.jobs import built, insert, job
from tests.support.library_models import Author, Base, Book, Member, Tag, Team


def authors(repo):
    return len(repo.session.scalars(select(Author.id)).all())


class TestUndo:
    def test_takes_the_last_step_back(self, library):
        """
        The rows of the last step are gone, those of earlier steps stay.
        """
        insert(library, built(Author, name="first"))
        insert(library, built(Author, name="second"), built(Author))

        undone = library.undo()

        assert [step.label for step in undone] == ["insert_list 2 record"]
        assert library.session.scalars(select(Author.name)).all() == ["first"]
        assert [step.count for step in library.journal] == [1]
        assert library.pending == {"authors": 1}

    def test_several_steps(self, library):
        """
        Several steps go at once, newest first.
        """
        for n in range(5):
            insert(library, built(Author, name=str(n)))

        undone = library.undo(3)

        assert [step.number for step in undone] == sorted(
            [step.number for step in undone], reverse=True
        )
        assert authors(library) == 2

    def test_nothing(self, library):
        """
        Without a step there is nothing to undo, and the error says so.
        """
        with pytest.raises(NothingToUndo, match="nothing was inserted"):
            library.undo()

    def test_more_than_there_is(self, library):
        """
        More steps than there are: none is taken back.
        """
        insert(library, built(Author))

        with pytest.raises(NothingToUndo, match="only 1 step"):
            library.undo(2)

        assert authors(library) == 1

    @pytest.mark.parametrize("steps", [0, -1, True, "1"])
    def test_counts_in_whole_steps(self, library, steps):
        """
        A number that is no number of steps is refused.
        """
        with pytest.raises(ArgumentValueError, match="1 step or more"):
            library.undo(steps)

    def test_after_a_commit(self, library):
        """
        After a commit there is nothing to undo, and the error says why.
        """
        insert(library, built(Author))
        library.commit()

        with pytest.raises(NothingToUndo, match="every step is committed"):
            library.undo()

        assert len(library.journal) == 1
        assert library.pending == {}

    def test_thousands_of_steps(self, sqlite):
        """
        Steps cost the same however many there are, and all of them can be undone.
        """
        sqlite.create(Base)
        repo = open_repo(sqlite.address)
        for _ in range(1500):
            insert(repo, Tag(name="x"))

        assert len(repo.undo(1500)) == 1500
        assert repo.pending == {}
        repo.close()

    def test_then_go_on(self, library):
        """
        After an undo inserts, undos and commits go on as before.
        """
        insert(library, built(Author, name="a"))
        library.undo()
        insert(library, built(Author, name="b"))
        insert(library, built(Author, name="c"))
        library.undo()
        library.commit()

        assert library.session.scalars(select(Author.name)).all() == ["b"]


class TestRecordsThatComeBack:
    def test_are_as_if_just_built(self, library):
        """
        Generated keys, copied keys and defaults are cleared; the rest stays.
        """
        author = built(Author, name="Jane")
        book = built(Book, title="Emma", author=author)
        before = [dict(vars(each)) for each in (author, book)]

        insert(library, book)
        library.undo()

        assert inspect(book).transient
        assert inspect(author).transient
        assert [dict(vars(each)) for each in (author, book)] == before

    def test_can_be_inserted_again(self, library):
        """
        They go in again with fresh keys, their associations with them.
        """
        author = built(Author, name="Jane")
        book = built(Book, author=author, tags=[built(Tag)])
        insert(library, book)
        library.undo()
        insert(library, built(Author, name="takes the old key"))

        insert(library, book)

        library.session.expire_all()
        assert book.author is author
        assert author.name == "Jane"
        assert len(book.tags) == 1

    def test_parent_of_an_earlier_step(self, library):
        """
        A child keeps its parent when only the child is undone, also for the next time.
        """
        author = insert(library, built(Author))
        book = insert(library, built(Book, {"author": author}))

        library.undo()
        insert(library, book)

        library.session.expire_all()
        assert book.author is author

    def test_parent_undone_too(self, library):
        """
        Undone with its parent, a child gets the parent's new key.
        """
        author = insert(library, built(Author))
        book = insert(library, built(Book, {"author": author}))
        library.undo(2)
        insert(library, built(Author), built(Author))

        insert(library, book)

        library.session.expire_all()
        assert book.author is author

    def test_keys_that_were_given_stay(self, library):
        """
        Keys the caller gave are not cleared.
        """
        author = built(Author, {"id": 77})
        insert(library, author)

        library.undo()

        assert author.id == 77

    def test_parents_collection(self, library):
        """
        The parent no longer lists what was undone.
        """
        author = insert(library, built(Author))
        insert(library, built(Book, {"author": author}))
        assert len(author.books) == 1

        library.undo()

        assert author.books == []

    def test_cycle(self, library):
        """
        Records whose cycle was cut come back whole.
        """
        team = built(Team)
        team.captain = built(Member, team=team)
        insert(library, team)

        library.undo()

        assert team.captain.team is team
        assert (team.captain_id, team.captain.team_id) == (None, None)
        insert(library, team)
        library.session.expire_all()
        assert team.captain.team is team

    def test_of_a_failed_insert(self, library):
        """
        What a failed step had begun to insert comes back the same way.
        """
        insert(library, built(Author, email="taken"))
        book = built(Book, author=built(Author, email="free"))
        bad = built(Author, email="taken")

        with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
            insert(library, book, bad)

        assert inspect(book).transient
        assert (book.author_id, book.author.id, book.author.joined) == (None,) * 3
        insert(library, book)
        assert book.author_id == book.author.id is not None

    def test_rollback(self, library):
        """
        A rollback brings everything since the last commit back.
        """
        insert(library, built(Author))
        library.commit()
        book = insert(library, built(Book, author=built(Author)))

        library.rollback()

        assert library.pending == {}
        assert (inspect(book).transient, book.id, book.author_id) == (True, None, None)
        assert len(library.journal) == 1
        insert(library, book)
        assert authors(library) == 2


class TestSequences:
    def test_numbers_are_given_back(self, library):
        """
        The next build gets the numbers of the step that was undone.
        """

        def build():
            return [built(Author, name=sequence("undo-name"))]

        with sequences.isolated():
            library.insert(job(build, factory="author"))
            library.insert(job(build, factory="author"))
            library.undo()

            assert sequence("undo-name") == "undo-name1"

    def test_not_if_somebody_got_one_since(self, library):
        """
        A number that somebody else got since then stays handed out.
        """

        def build():
            return [built(Author, name=sequence("undo-name"))]

        with sequences.isolated():
            library.insert(job(build, factory="author"))
            sequence("undo-name")
            library.undo()

            assert sequence("undo-name") == "undo-name2"


class TestOthersOnTheConnection:
    @pytest.mark.parametrize(
        "sql",
        [
            "insert into tags (name) values ('theirs')",
            "update authors set name = 'theirs'",
            "delete from authors",
        ],
    )
    def test_undo_refuses(self, library, sql):
        """
        Rows written there since the step keep it from being undone; the table is named.
        """
        insert(library, built(Author, name="ours"))
        library.connection().execute(text(sql))
        table = "tags" if "tags" in sql else "authors"

        with pytest.raises(UndoError, match=f"others wrote to {table}"):
            library.undo()

    def test_force(self, library):
        """
        `force=True` takes theirs back too.
        """
        author = insert(library, built(Author, name="first"))
        insert(library, built(Author))
        library.connection().execute(text("update authors set name = 'theirs'"))

        library.undo(force=True)

        assert library.connection().scalar(text("select name from authors")) == "first"
        assert author.name == "first"
        library.undo()
        assert library.pending == {}

    def test_before_the_step_does_not_matter(self, library):
        """
        What others wrote before the step is not touched by its undo.
        """
        library.connection().execute(text("insert into tags (name) values ('theirs')"))
        insert(library, built(Author))

        library.undo()

        assert library.connection().scalar(text("select count(*) from tags")) == 1

    def test_writes_that_wrote_nothing(self, library):
        """
        A statement that met no row does not stand in the way.
        """
        insert(library, built(Author))
        library.connection().execute(text("delete from tags"))

        library.undo()

        assert library.pending == {}

    def test_flush_of_the_session(self, library):
        """
        Records that were added to the session by hand count as others' rows.
        """
        insert(library, built(Author))
        library.session.add(Tag(name="theirs"))
        library.session.flush()

        with pytest.raises(UndoError, match="others wrote to tags"):
            library.undo()

    def test_another_repo_on_the_same_session(self, database):
        """
        Rows of another lab on the connection count as others' rows.
        """
        with Session(database.create(Base)) as session:
            ours, theirs = open_repo(session), open_repo(session)
            insert(ours, built(Author))
            insert(theirs, built(Tag))

            with pytest.raises(UndoError, match="others wrote to tags"):
                ours.undo()
            theirs.undo()

            ours.close()
            theirs.close()

    def test_tables_made_since(self, library, database):
        """
        A table that was created since would go too, so undo refuses; where creating one
        commits, there is nothing left to undo.
        """
        insert(library, built(Author))
        library.connection().execute(text("create table theirs (id int)"))

        if database.dialect in MYSQL:
            assert (library.pending, database.count("authors")) == ({}, 1)
            with pytest.raises(NothingToUndo, match="every step is committed"):
                library.undo()
            return
        with pytest.raises(UndoError, match="others wrote to theirs"):
            library.undo()


class TestCallersTransaction:
    @pytest.fixture
    def session(self, database):
        with Session(database.create(Base)) as session:
            yield session

    def test_undo_works(self, session):
        """
        Steps on a caller's session are taken back within its transaction.
        """
        session.add(Author(name="mine"))
        repo = open_repo(session)
        insert(repo, built(Author))

        repo.undo()

        assert session.scalars(select(Author.name)).all() == ["mine"]
        repo.close()

    def test_commit_by_the_caller(self, session):
        """
        When the caller commits, nothing is pending and nothing can be undone.
        """
        repo = open_repo(session)
        insert(repo, built(Author))

        session.commit()

        assert repo.pending == {}
        with pytest.raises(NothingToUndo, match="committed"):
            repo.undo()
        repo.close()

    def test_rollback_by_the_caller(self, session):
        """
        When the caller rolls back, the steps are struck from the journal.
        """
        repo = open_repo(session)
        insert(repo, built(Author))

        session.rollback()

        assert (repo.pending, repo.journal) == ({}, [])
        repo.close()

    def test_savepoint_of_the_caller_around_it(self, session):
        """
        A step inside a savepoint that the caller rolled back is struck out.
        """
        repo = open_repo(session)
        insert(repo, built(Author))
        with session.begin_nested() as nested:
            insert(repo, built(Author))
            nested.rollback()

        assert repo.pending == {"authors": 1}
        repo.undo()
        assert repo.pending == {}
        repo.close()

    def test_savepoint_of_the_caller_since(self, session):
        """
        An undo does not pull a savepoint away from under the caller.
        """
        repo = open_repo(session)
        insert(repo, built(Author))

        with session.begin_nested():
            session.execute(text("select 1"))
            with pytest.raises(UndoError, match="begin_nested"):
                repo.undo()

        repo.undo()
        repo.close()

    def test_no_commit_through_the_repo(self, session):
        """
        The repo neither commits nor rolls back what is not its own.
        """
        repo = open_repo(session)

        for verb in (repo.commit, repo.rollback):
            with pytest.raises(InsertError, match="the transaction is yours"):
                verb()
        with pytest.raises(InsertError, match="autocommit: the transaction is yours"):
            open_repo(session, autocommit=True)
        repo.close()

    def test_connection(self, database):
        """
        A connection's transaction stays the caller's: their rollback takes all of it.
        """
        engine = database.create(Base)
        with engine.connect() as connection:
            repo = open_repo(connection)
            insert(repo, built(Author))
            assert repo.pending == {"authors": 1}
            repo.close()
            assert connection.scalar(text("select count(*) from authors")) == 1
            connection.rollback()

        assert database.count("authors") == 0

    def test_connection_committed(self, database):
        """
        After the caller's commit the repo goes on in the next transaction.
        """
        with database.create(Base).connect() as connection:
            repo = open_repo(connection)
            insert(repo, built(Author))
            connection.commit()
            assert repo.pending == {}

            insert(repo, built(Author))

            assert repo.pending == {"authors": 1}
            repo.undo()
            repo.close()

        assert database.count("authors") == 1


def test_savepoint_is_not_the_transaction(sqlite):
    """
    On SQLite a savepoint alone would commit when released; a BEGIN keeps it from that.
    """
    engine = create_engine(sqlite.url)
    Base.metadata.create_all(engine)
    repo = open_repo(engine)
    insert(repo, built(Author))

    assert sqlite.count("authors") == 0
    repo.rollback()
    repo.close()
    engine.dispose()
    assert sqlite.count("authors") == 0
