"""
Repos whose database is reached asynchronously.

The same path as ever, through `run_sync`: what a record needs is loaded before it is
returned, so that showing it never has to wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util.concurrency import in_greenlet

from machina_lab.alchemy.attempts import L
from machina_lab.alchemy.journal import Step
from machina_lab.alchemy.repos import Repo
from machina_lab.core.jobs import InsertJob
from machina_lab.errors import InsertError


T = TypeVar("T")


class AsyncRepo(Repo):
    """
    A repo behind an AsyncEngine or an AsyncSession: its verbs are awaited.
    """

    is_async = True
    _async_session: AsyncSession | None = None

    @property
    def async_session(self) -> AsyncSession:
        """
        The session that records are inserted with.
        """
        assert self._door.open_async is not None
        if not self.owned:
            return self._door.open_async()
        if self._async_session is None:
            self._async_session = self._door.open_async()
        return self._async_session

    @property
    def session(self) -> Session:
        """
        The synchronous session inside; use it in `arun` only.
        """
        return self.async_session.sync_session

    async def ainsert(self, job: InsertJob) -> list[Any]:
        """
        Do *job* as one step; see `Repo.insert`.
        """
        return await self.arun(lambda _session: Repo.insert(self, job))

    async def aload(self, given: Mapping[str, Any], work: Callable[[Session], L]) -> L:
        """
        Do *work* as one step; see `Repo.load`.
        """
        return await self.arun(lambda _session: Repo.load(self, given, work))

    async def acommit(self) -> None:
        """
        Commit; see `Repo.commit`.
        """
        await self.arun(lambda _session: Repo.commit(self))

    async def arollback(self) -> None:
        """
        Take back everything since the last commit; see `Repo.rollback`.
        """
        await self.arun(lambda _session: Repo.rollback(self))

    async def aundo(self, steps: int = 1, *, force: bool = False) -> list[Step]:
        """
        Take the last steps back; see `Repo.undo`.
        """
        return await self.arun(lambda _session: Repo.undo(self, steps, force=force))

    async def acolumn_values(self, attribute: Any) -> list[Any]:
        """
        Return all values of a mapped attribute; see `Repo.column_values`.
        """
        return await self.arun(lambda _session: Repo.column_values(self, attribute))

    async def arun(self, work: Callable[[Session], T]) -> T:
        """
        Return what *work* makes of the synchronous session inside.
        """
        return await self.async_session.run_sync(work)

    async def aclose(self) -> None:
        """
        Let go of the database; what was not committed is gone.
        """
        await self.arun(lambda _session: self._stop())
        if self.owned and self._async_session is not None:
            await self._async_session.close()
        self._async_session = None
        for dispose in self._door.dispose_async:
            await dispose()

    # --- what cannot wait -----------------------------------------------------

    @property
    def ready(self) -> bool:
        """
        Whether this runs inside `arun`.
        """
        return in_greenlet()

    def insert(self, job: InsertJob) -> list[Any]:
        """
        Do *job* inside `arun`; refuse elsewhere: this database has to be awaited.
        """
        if not self.ready:
            self._refuse("insert")
        return Repo.insert(self, job)

    def load(self, given: Mapping[str, Any], work: Callable[[Session], L]) -> L:
        """
        Refuse: this database has to be awaited.
        """
        del given, work
        self._refuse("load_fixtures")

    def commit(self) -> None:
        """
        Refuse: this database has to be awaited.
        """
        self._refuse("commit")

    def rollback(self) -> None:
        """
        Refuse: this database has to be awaited.
        """
        self._refuse("rollback")

    def undo(self, steps: int = 1, *, force: bool = False) -> list[Step]:
        """
        Refuse: this database has to be awaited.
        """
        del steps, force
        self._refuse("undo")

    def connection(self) -> Connection:
        """
        Refuse: this database has to be awaited.
        """
        self._refuse("connection")

    def column_values(self, attribute: Any) -> list[Any]:
        """
        Refuse: this database has to be awaited.
        """
        del attribute
        self._refuse("column_values")

    def run(self, work: Callable[[Session], T]) -> T:
        """
        Do *work* inside `arun`; refuse elsewhere: this database has to be awaited.
        """
        if not self.ready:
            self._refuse("run")
        return Repo.run(self, work)

    def _refuse(self, verb: str) -> NoReturn:
        raise InsertError(
            f"{verb}: {self.label} is asynchronous. Use `await lab.a{verb}(...)`."
        )
