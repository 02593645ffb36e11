"""
What happens on a connection while a repo works with it.

A *watch* listens to one connection. It knows which savepoints stand, which tables were
written by anybody but the repo's own steps, and when the transaction ends. Savepoints
are plain SQL kept open: a `begin_nested()` per step, kept open, would nest without end.
"""

from __future__ import annotations

import re

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, event

from machina_lab.errors import InsertError


_SAVEPOINT: Final = re.compile(
    r"(SAVEPOINT|RELEASE(?: SAVEPOINT)?|ROLLBACK TO(?: SAVEPOINT)?) +(\S+)",
    re.IGNORECASE,
)
_NAME: Final = r"""((?:["`\[]?[\w$]+["`\]]?\.)?["`\[]?[\w$ ]+?["`\]]?)(?=[\s(;]|$)"""
_WRITE: Final = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|MERGE\s+INTO|DELETE\s+FROM"
    r"|UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?|COPY|TRUNCATE(?:\s+TABLE)?"
    r"|(?:CREATE|ALTER|DROP)\s+(?:\w+\s+)*?(?:TABLE|VIEW|INDEX|SCHEMA|TYPE)"
    r"(?:\s+IF\s+(?:NOT\s+)?EXISTS)?)\s+" + _NAME,
    re.IGNORECASE,
)
#: Statements by which MySQL and MariaDB commit; temporary tables are exempt.
_COMMITS: Final = re.compile(
    r"(?!\w+\s+TEMPORARY\b)(?:ALTER|CREATE|DROP|RENAME|TRUNCATE|GRANT|REVOKE|ANALYZE"
    r"|LOCK\s+TABLES?|OPTIMIZE|BEGIN|START\s+TRANSACTION)\b",
    re.IGNORECASE,
)
_MYSQL: Final = ("mysql", "mariadb")
_READS: Final = ("SELECT", "PRAGMA", "SHOW", "SET ", "BEGIN", "VALUES")
_numbers = count(1)


class Watch:
    """
    One connection, listened to until `stop`.

    Args:
        connection: The connection.
        ended: Called when the transaction ended, with whether it was committed.
        rolled_back: Called with the savepoints that a ROLLBACK TO took along.

    Attributes:
        connection: The connection.
        savepoints: Names of the savepoints that stand, oldest first.
        foreign: Tables written outside of the repo's steps, in order.
        rows: Rows that the running step wrote past the session's unit of work.
    """

    def __init__(
        self,
        connection: Connection,
        ended: Callable[[Watch, bool], None],
        rolled_back: Callable[[Watch, list[str]], None],
    ) -> None:
        self.connection = connection
        self.savepoints: list[str] = []
        self.foreign: list[str] = []
        self.rows: Counter[str] = Counter()
        self._ended = ended
        self._rolled_back = rolled_back
        self._own = 0
        #: The last compiled INSERT, and its table.
        self._last: Any = None
        self._table = ""
        self._listeners: dict[str, Callable[..., None]] = {
            "after_cursor_execute": self._executed,
            "commit": lambda _connection: self._end(committed=True),
            "rollback": lambda _connection: self._end(committed=False),
            "commit_twophase": lambda *_: self._end(committed=True),
            "rollback_twophase": lambda *_: self._end(committed=False),
        }
        for name, listener in self._listeners.items():
            event.listen(connection, name, listener)

    def stop(self) -> None:
        """
        Listen no more.
        """
        for name, listener in self._listeners.items():
            event.remove(self.connection, name, listener)
        self._listeners = {}

    @property
    def busy(self) -> bool:
        """
        Whether a step of the repo is running.
        """
        return self._own > 0

    @contextmanager
    def own(self) -> Iterator[None]:
        """
        Count what is written inside the block as the repo's.
        """
        if not self._own:
            self.rows = Counter()
        self._own += 1
        try:
            yield
        finally:
            self._own -= 1

    def savepoint(self) -> str:
        """
        Set a savepoint and return its name.
        """
        self._begin()
        name = f"machina_{next(_numbers)}"
        self.connection.exec_driver_sql(f"SAVEPOINT {name}")
        return name

    def rollback_to(self, name: str) -> None:
        """
        Take back everything since the savepoint called *name*, and the savepoint.

        If it is gone, because a hook committed, there is nothing left to take back.
        """
        if name not in self.savepoints:
            return
        self.connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}")
        self.connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")

    def _begin(self) -> None:
        """
        Begin where the driver has not: SQLite would commit the outermost savepoint.
        """
        if self.connection.dialect.name == "sqlite":
            if not self.in_transaction:
                self.connection.exec_driver_sql("BEGIN")
        elif self._autocommits:
            raise InsertError(
                "the connection is in AUTOCOMMIT mode: no step could be taken back. Use"
                " an engine without it; Lab(..., autocommit=True) commits every call."
            )

    @property
    def _autocommits(self) -> bool:
        """
        Whether the database commits every statement by itself.
        """
        driver: Any = self.connection.connection.dbapi_connection
        try:
            return self.connection.dialect.detect_autocommit_setting(driver)
        except NotImplementedError:  # a dialect that cannot tell
            return False

    @property
    def in_transaction(self) -> bool:
        """
        Whether the database itself is in a transaction, as far as the driver tells.
        """
        driver = self.connection.connection.driver_connection
        return bool(getattr(driver, "in_transaction", True))

    def _executed(
        self,
        _connection: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,  # noqa: FBT001
    ) -> None:
        if self._own and context is not None and context.isinsert:
            # One call a row on some databases: the short way.
            if context.compiled is not self._last:
                self._last, self._table = context.compiled, _written(statement, context)
            many = executemany and isinstance(parameters, list | tuple)
            self.rows[self._table] += len(parameters) if many else 1
            return
        statement = statement.lstrip()
        if self.connection.dialect.name in _MYSQL and _COMMITS.match(statement):
            self._end(committed=True)
            return
        if statement[:6].upper().startswith(_READS):
            return
        if found := _SAVEPOINT.match(statement):
            self._moved(found[1].upper(), found[2])
        elif not self._own and cursor.rowcount != 0:
            table = _written(statement, context)
            self.foreign += [table] if table else []

    def _moved(self, what: str, name: str) -> None:
        if what == "SAVEPOINT":
            self.savepoints.append(name)
        elif name in self.savepoints:
            last = len(self.savepoints) - self.savepoints[::-1].index(name)
            back = what.startswith("ROLLBACK")
            gone = self.savepoints[last:]
            # SQLAlchemy never comes back to a savepoint that it rolled back to.
            stays = back and not name.startswith("sa_savepoint")
            del self.savepoints[last if stays else last - 1 :]
            if back:
                self._rolled_back(self, gone)

    def _end(self, *, committed: bool) -> None:
        self.savepoints.clear()
        self.foreign.clear()
        self._ended(self, committed)


def _written(statement: str, context: Any) -> str:
    """
    Return the name of the table that *statement* writes, or "".
    """
    compiled = getattr(context, "compiled", None)
    table = getattr(getattr(compiled, "statement", None), "table", None)
    if table is not None and hasattr(table, "fullname"):
        return str(table.fullname)
    found = _WRITE.search(statement)
    return re.sub(r'["`\[\]]', "", found[1]) if found else ""
