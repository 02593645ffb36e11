"""
Opening a repo, whatever it is that leads to the database.
"""

from __future__ import annotations

from typing import Any

from machina_lab.alchemy.doors import door_to
from machina_lab.alchemy.repos import Repo


def open_repo(target: Any, *, autocommit: bool = False) -> Repo:
    """
    Return the repo behind *target*.

    Args:
        target: A URL (text or `URL`), an Engine, Connection, Session, sessionmaker,
            scoped_session, a function that returns a session, an AsyncEngine or an
            AsyncSession. With a Connection, Session or scoped_session the transaction
            stays the caller's; with all others it is the repo's own.
        autocommit: Commit after every call.

    Raises:
        RepoError: *target* leads to no database.
        InsertError: `autocommit` was asked for a transaction that is the caller's.
    """
    door = door_to(target)
    if door.open_async is not None:
        from machina_lab.alchemy.asynchrony import AsyncRepo  # needs greenlet

        return AsyncRepo(door, autocommit=autocommit)
    return Repo(door, autocommit=autocommit)
