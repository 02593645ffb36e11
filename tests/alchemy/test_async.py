"""
Asynchronous repos: the same promises, awaited.
"""

import asyncio

import pytest

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from machina_lab.alchemy import open_repo
from machina_lab.errors import InsertError, NothingToUndo
from tests.support.jobs import built, job
from tests.support.library_models import Author, Base, Book


KINDS = {
    "url": lambda engine: engine.url,
    "engine": lambda engine: engine,
    "sessionmaker": async_sessionmaker,
}


@pytest.fixture
def with_repo(database):
    """
    Run an asynchronous test with a repo on an asynchronous engine.
    """
    database.create(Base)

    def run(test, kind=KINDS["engine"]):
        async def body():
            engine = create_async_engine(database.async_url)
            repo = open_repo(kind(engine))
            try:
                await test(repo)
            finally:
                await repo.aclose()
                await engine.dispose()

        asyncio.run(body())

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_insert_commit_undo(with_repo, database, kind):
    """
    Every kind inserts, takes back and commits.
    """

    async def test(repo):
        assert (repo.is_async, repo.owned) == (True, True)
        await repo.ainsert(job([built(Book, author=built(Author))]))
        assert repo.pending == {"authors": 1, "books": 1}
        await repo.aundo()
        assert repo.pending == {}
        await repo.ainsert(job([built(Author, name="kept")]))
        await repo.acommit()
        await repo.ainsert(job([built(Author)]))
        await repo.arollback()
        assert await repo.acolumn_values(Author.name) == ["kept"]
        with pytest.raises(NothingToUndo, match="committed"):
            await repo.aundo()

    with_repo(test, KINDS[kind])
    assert database.count("authors") == 1


def test_records_show_without_waiting(with_repo):
    """
    Whatever a record shows is loaded: reading it needs no greenlet, after a commit too.
    """

    async def test(repo):
        (book,) = await repo.ainsert(job([built(Book, author=built(Author))]))
        await repo.acommit()
        names = [each.key for each in inspect(Book).column_attrs]
        shown = {name: getattr(book, name) for name in names}
        assert shown["author_id"] == book.author.id
        assert book.author.origin == "earth"

    with_repo(test)


def test_callers_session(database):
    """
    An AsyncSession stays the caller's.
    """
    database.create(Base)

    async def body():
        engine = create_async_engine(database.async_url)
        async with AsyncSession(engine) as session:
            repo = open_repo(session)
            await repo.ainsert(job([built(Author)]))
            with pytest.raises(InsertError, match="the transaction is yours"):
                await repo.acommit()
            await repo.aclose()
            await session.commit()
        await engine.dispose()

    asyncio.run(body())
    assert database.count("authors") == 1


def test_failure(with_repo):
    """
    A failed call is taken back by itself.
    """

    async def test(repo):
        await repo.ainsert(job([built(Author, email="taken")]))
        with pytest.raises(Exception, match=r"(?i)unique"):
            await repo.ainsert(job([built(Author), built(Author, email="taken")]))
        assert await repo.acolumn_values(Author.email) == ["taken"]

    with_repo(test)


def test_autocommit(database):
    """
    With autocommit every call is committed.
    """
    database.create(Base)

    async def body():
        repo = open_repo(database.async_url, autocommit=True)
        await repo.ainsert(job([built(Author)]))
        assert repo.pending == {}
        await repo.aclose()

    asyncio.run(body())
    assert database.count("authors") == 1


def test_sync_verbs_say_what_to_do(with_repo):
    """
    Verbs that cannot wait name the one that can.
    """

    async def test(repo):
        with pytest.raises(InsertError, match=r"await lab\.ainsert"):
            repo.insert(job([built(Author)]))
        with pytest.raises(InsertError, match=r"await lab\.aundo"):
            repo.undo()

    with_repo(test)


def test_sync_repo_may_be_awaited(library):
    """
    The asynchronous verb works on a repo that is not.
    """

    async def body():
        return await library.ainsert(job([built(Author)]))

    (author,) = asyncio.run(body())
    assert inspect(author).persistent
