"""
Counting the SQL that is sent: numbers that do not depend on how fast a machine is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Statements(list[str]):
    """
    The statements sent so far, in order, savepoints left out.
    """

    def starting(self, word: str) -> list[str]:
        """
        Return those that start with *word*, whatever the case.
        """
        return [each for each in self if each.upper().startswith(word.upper())]


@contextmanager
def statements(engine: Engine) -> Iterator[Statements]:
    """
    Collect what *engine* sends inside the block; an executemany counts once.
    """
    seen = Statements()

    def note(
        _connection: Any, _cursor: Any, sql: str, _values: Any, _context: Any, many: Any
    ) -> None:
        if not sql.upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            seen.append(sql)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
