"""
Repos: the door to a database, with a journal of what was done through it.

Every insert call is one step in one savepoint: all of its rows or none, and rows of
earlier calls survive its failure. Nothing is committed unless told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary, WeakSet, finalize

from sqlalchemy import Connection, event, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.attributes import instance_state

from machina_lab.alchemy import insertion
from machina_lab.alchemy.attempts import Attempt, L, connection_for
from machina_lab.alchemy.concealing import concealing
from machina_lab.alchemy.doors import Door
from machina_lab.alchemy.faults import explain
from machina_lab.alchemy.flushing import flush_others, set_apart
from machina_lab.alchemy.journal import (
    Entry,
    Journal,
    Made,
    Step,
    rows_by_table,
    step_of,
    step_of_load,
)
from machina_lab.alchemy.listening import let_go, weakly
from machina_lab.alchemy.made import Row
from machina_lab.alchemy.revival import revive
from machina_lab.alchemy.savepoints import Watch
from machina_lab.alchemy.settings import InsertOptions
from machina_lab.alchemy.undoing import check_undo, last_entries
from machina_lab.core.jobs import InsertJob
from machina_lab.core.sequences import sequences
from machina_lab.errors import (
    InsertError,
    RepoError,
)


T = TypeVar("T")

_NOT_COMMITTED: Final = (
    "while committing; nothing since the last commit was kept, the records are as if"
    " just built."
)


class Repo:
    """
    The door to one database.

    Attributes:
        label: Where it leads, for people; never a secret.
        owned: Whether the transaction is the repo's, or the caller's.
        autocommit: Whether every call is committed.
    """

    is_async = False

    def __init__(self, door: Door, *, autocommit: bool = False) -> None:
        if autocommit and not door.owned:
            raise not_ours("autocommit")
        self.label = door.label
        self.owned = door.owned
        self.autocommit = autocommit
        self._door = door
        self._journal = Journal()
        self._opened: list[Session] = []
        self._watches: WeakKeyDictionary[Connection, Watch] = WeakKeyDictionary()
        self._listened: WeakSet[Session] = WeakSet()
        #: What the steps that run now changed, the innermost last.
        self._running: list[Made] = []
        # Also for a repo that is dropped without a word: no connection stays open.
        self._let_go = finalize(self, let_go, self._opened, door.dispose)

    def __repr__(self) -> str:
        """
        Show where it leads and what waits for a commit.
        """
        waiting = sum(self.pending.values())
        return f"<repo {self.label}{f', {waiting} rows pending' if waiting else ''}>"

    # --- insert ---------------------------------------------------------------

    def insert(self, job: InsertJob) -> list[Any]:
        """
        Do *job* as one step and return its records.

        Raises:
            InsertError: A record cannot be inserted.
            ForeignKeyConflictError: A key and its association disagree.
            OptionError: Unknown options.
            SQLAlchemyError: The database refused; a note says what was inserted.
        """
        session = self.session
        try:
            with concealing(job.model):
                records = self._insert(session, job)
        except DBAPIError as error:
            if error.connection_invalidated:
                self._lose(session)
            raise
        if self.autocommit and not self._running:
            Repo.commit(self)
        return records

    async def ainsert(self, job: InsertJob) -> list[Any]:
        """
        Do *job* as `insert` does; a repo that is not asynchronous does it at once.
        """
        return self.insert(job)

    def _insert(self, session: Session, job: InsertJob) -> list[Any]:
        options = InsertOptions.of(job.options)
        self._listen(session)
        watch = self._watch(connection_for(session, job.model))
        attempt = Attempt(session, watch)
        if not watch.busy:
            job = set_apart(session, job)
        made = attempt.made
        try:
            with attempt.run(self._running):
                records = insertion.insert(
                    session, watch.connection, job, options, made
                )
        except BaseException as error:
            explain(error, job)
            raise
        self._note(
            attempt, lambda: step_of(job, rows_by_table(made, watch, options.prefix))
        )
        return records

    def load(self, given: Mapping[str, Any], work: Callable[[Session], L]) -> L:
        """
        Do *work*, which loads a fixture set, as one step.

        Args:
            given: What the caller gave, for the journal.
            work: Loads the set with a session.

        Raises:
            FixtureError: Something is wrong with the set; nothing was loaded.
        """
        session = self.session
        attempt = Attempt(session, self._watch(session.connection()))
        with attempt.run(self._running):
            loaded = work(session)
        attempt.made.counts.update(loaded.rows)
        self._note(attempt, lambda: step_of_load(given, loaded.rows))
        if self.autocommit and not self._running:
            Repo.commit(self)
        return loaded

    async def aload(self, given: Mapping[str, Any], work: Callable[[Session], L]) -> L:
        """
        Do *work* as `load` does; a repo that is not asynchronous does it at once.
        """
        return self.load(given, work)

    def _note(self, attempt: Attempt, step: Callable[[], Step]) -> None:
        """
        Add a step that was done to the journal, or to the step that it is part of.
        """
        if self._running:
            # A factory that inserts: its rows are part of the step around it.
            self._running[-1].take_in(attempt.made)
            return
        entry = attempt.entry(step())
        self._journal.add(entry)
        if attempt.savepoint not in attempt.watch.savepoints:  # a hook committed
            self._journal.settle([entry])

    def _lose(self, session: Session) -> None:
        """
        Give up a transaction that went down with its connection.
        """
        lost = [each for each in self._journal.entries if each.session is session]
        if self.owned:
            session.rollback()
        self._take_back(lost)

    def _take_back(self, entries: list[Entry]) -> None:
        """
        Strike out *entries*, whose rows are gone; their records come back.
        """
        for entry in reversed(entries):
            revive(entry.session, entry.made)
        self._journal.forget(entries)

    # --- the transaction ------------------------------------------------------

    def commit(self) -> None:
        """
        Commit; what was inserted can no longer be taken back.

        If the database refuses, as it may where it checks keys only now, everything
        since the last commit is taken back.

        Raises:
            InsertError: The transaction is the caller's.
            SQLAlchemyError: The database refused.
        """
        if not self.owned:
            raise not_ours("commit()")
        session, entries = self.session, list(self._journal.entries)
        with concealing():
            flush_others(session)
            try:
                session.commit()
            except SQLAlchemyError as error:
                session.rollback()
                self._take_back(entries)
                error.add_note(_NOT_COMMITTED)
                raise

    def rollback(self) -> None:
        """
        Take back everything since the last commit.

        Raises:
            InsertError: The transaction is the caller's.
        """
        if not self.owned:
            raise not_ours("rollback()")
        entries = list(self._journal.entries)
        self.session.rollback()
        self._take_back(entries)

    def undo(self, steps: int = 1, *, force: bool = False) -> list[Step]:
        """
        Take the last steps back, newest first, and return them.

        Args:
            steps: How many.
            force: Do it even if others wrote there since; their rows go too.

        Raises:
            NothingToUndo: There are not so many steps since the last commit.
            UndoError: Others wrote on the connection since, or a savepoint of the
                caller's is open.
        """
        entries = last_entries(self._journal, steps)
        first = entries[-1]
        check_undo(entries, force=force)
        with first.watch.own():
            first.watch.rollback_to(first.savepoint)
        for entry in entries:
            revive(entry.session, entry.made)
            sequences.give_back(entry.before, entry.after)
            if entry.foreign or not entry.step.inserts:
                entry.session.expire_all()
        del first.watch.foreign[first.mark :]
        self._journal.forget(entries)
        return [entry.step for entry in entries]

    @property
    def pending(self) -> dict[str, int]:
        """
        Table -> how many inserted rows wait for a commit; empty when clean.
        """
        return self._journal.pending

    @property
    def journal(self) -> list[Step]:
        """
        The steps that were done and not undone, oldest first.
        """
        return list(self._journal.steps)

    @property
    def made(self) -> list[Row]:
        """
        The rows that the steps of the journal made, oldest first.
        """
        blocks = self._journal.rows.values()
        return [row for each in blocks for block in each for row in block]

    def close(self) -> None:
        """
        Let go of the database; what was not committed is gone.
        """
        self._stop()
        self._let_go()

    def _stop(self) -> None:
        for watch in list(self._watches.values()):
            watch.stop()
        self._watches.clear()
        entries = list(self._journal.entries)
        if self.owned:
            self._journal.forget(entries)
        else:
            self._journal.settle(entries)

    # --- looking in -----------------------------------------------------------

    @property
    def engine(self) -> Any:
        """
        The engine behind the repo.
        """
        if self._door.engine is None:
            bind = self.session.get_bind()
            return getattr(bind, "engine", bind)
        return self._door.engine

    @property
    def session(self) -> Session:
        """
        The session that records are inserted with.
        """
        if not self._let_go.alive:
            raise RepoError(f"the repo {self.label} is closed: open another.")
        if not self.owned:
            return self._door.open()
        if not self._opened:
            self._opened.append(self._door.open())
        return self._opened[0]

    def connection(self) -> Connection:
        """
        Return the connection inside the repo's transaction: it sees pending rows.
        """
        return self.session.connection()

    @property
    def ready(self) -> bool:
        """
        Whether the database can be asked here and now.
        """
        return True

    def run(self, work: Callable[[Session], T]) -> T:
        """
        Return what *work* makes of the session.
        """
        return work(self.session)

    def column_values(self, attribute: Any) -> list[Any]:
        """
        Return all values of a mapped attribute or column, pending rows included.
        """
        with self.session.no_autoflush:
            return list(self.session.scalars(select(attribute)))

    # --- listening ------------------------------------------------------------

    def _watch(self, connection: Connection) -> Watch:
        watch = self._watches.get(connection)
        if watch is None:
            watch = self._watches[connection] = Watch(
                connection, weakly(self._ended), weakly(self._rolled_back)
            )
        elif not watch.in_transaction and not watch.busy:
            # Somebody else ended the transaction on the driver's own connection.
            self._ended(watch, True)
        return watch

    def _ended(self, watch: Watch, committed: bool) -> None:  # noqa: FBT001
        entries = self._journal.of(watch)
        if committed:
            self._journal.settle(entries)
        else:
            self._journal.forget(entries)

    def _rolled_back(self, watch: Watch, savepoints: list[str]) -> None:
        entries = self._journal.of(watch)
        self._journal.forget([e for e in entries if e.savepoint in savepoints])

    def _listen(self, session: Session) -> None:
        if session not in self._listened:
            self._listened.add(session)
            listener = weakly(self._persisted)
            event.listen(session, "pending_to_persistent", listener)

    def _persisted(self, _session: Session, record: Any) -> None:
        if self._running:
            state: InstanceState[Any] = instance_state(record)
            self._running[-1].states.append(state)


def not_ours(what: str) -> InsertError:
    """
    Return the error for acting on a transaction that is the caller's.
    """
    return InsertError(
        f"{what}: the transaction is yours, not the lab's. Commit or roll back your own"
        " session or connection."
    )
