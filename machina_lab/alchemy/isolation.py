"""
A repo whose rows are gone when its block ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from machina_lab.alchemy.counters import begin
from machina_lab.alchemy.opening import open_repo
from machina_lab.alchemy.repos import Repo


@contextmanager
def rolled_back(repo: Repo) -> Iterator[Repo]:
    """
    Yield a repo on the same database whose transaction is rolled back at the end.

    `commit()` and `rollback()` inside end a savepoint of it, so code that commits is
    tested as it is.
    """
    with repo.engine.connect() as connection, connection.begin() as transaction:
        if connection.dialect.name == "sqlite":
            begin(connection)
        session = Session(
            connection,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )
        borrowed = open_repo(session)
        borrowed.label = repo.label
        borrowed.owned, borrowed.autocommit = True, repo.autocommit
        try:
            yield borrowed
        finally:
            session.close()
            transaction.rollback()
