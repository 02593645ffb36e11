"""
A step while it runs: all of its rows or none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from machina_lab.alchemy.journal import Entry, Made, Step
from machina_lab.alchemy.revival import revive
from machina_lab.alchemy.savepoints import Watch
from machina_lab.core.sequences import Snapshot, sequences


class Loaded(Protocol):
    """
    What a load says of itself.
    """

    @property
    def rows(self) -> Mapping[str, int]:
        """
        Table -> rows loaded.
        """


L = TypeVar("L", bound=Loaded)


def connection_for(session: Session, model: type | None) -> Connection:
    """
    Return the connection on which *session* writes rows of *model*.
    """
    if model is None:
        return session.connection()
    return session.connection(bind_arguments={"mapper": model})


@dataclass(slots=True)
class Attempt:
    """
    What a step began with, and what it changed so far.

    Attributes:
        session: The session it is done with.
        watch: The connection it is done on.
        before: The sequences before it.
        made: What it changed in memory.
        mark: How many foreign writes there were on the connection before it.
        savepoint: The savepoint set before it.
    """

    session: Session
    watch: Watch
    before: Snapshot = field(default_factory=sequences.snapshot)
    made: Made = field(default_factory=Made)
    mark: int = 0
    savepoint: str = ""

    @contextmanager
    def run(self, running: list[Made]) -> Iterator[None]:
        """
        Set a savepoint, and go back to it if the block fails.

        Args:
            running: What the steps that run now changed; takes this one meanwhile.
        """
        self.mark = len(self.watch.foreign)
        with self.watch.own():
            self.savepoint = self.watch.savepoint()
            running.append(self.made)
            try:
                yield
            except BaseException:
                with suppress(SQLAlchemyError):  # the connection may be what failed
                    self.watch.rollback_to(self.savepoint)
                revive(self.session, self.made)
                raise
            finally:
                running.pop()

    def entry(self, step: Step) -> Entry:
        """
        Return the step with all that taking it back needs.
        """
        return Entry(
            step=step,
            savepoint=self.savepoint,
            watch=self.watch,
            session=self.session,
            made=self.made,
            mark=self.mark,
            before=self.before,
            after=sequences.snapshot(),
        )
