"""
What may be taken back.
"""

from __future__ import annotations

from machina_lab.alchemy.journal import Entry, Journal
from machina_lab.errors import ArgumentValueError, NothingToUndo, UndoError


def last_entries(journal: Journal, steps: int) -> list[Entry]:
    """
    Return the entries of the last *steps*, newest first.

    Raises:
        NothingToUndo: There are not so many.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise ArgumentValueError(f"undo takes back 1 step or more, not {steps!r}.")
    entries = journal.entries
    if len(entries) < steps:
        done = len(journal.steps) - len(entries)
        if entries:
            text = f"only {len(entries)} steps can be taken back, not {steps}."
        elif done:
            text = "nothing to undo: every step is committed."
        else:
            text = "nothing to undo: nothing was inserted yet."
        raise NothingToUndo(text)
    return entries[: -steps - 1 : -1]


def check_undo(entries: list[Entry], *, force: bool) -> None:
    """
    Refuse to take *entries*, newest first, back if that would take more along.

    Raises:
        UndoError: Others wrote on the connection since, or a savepoint is in the way.
    """
    first = entries[-1]
    if any(entry.watch is not first.watch for entry in entries):
        raise UndoError(
            "these steps were done on several connections: undo one by one."
        )
    names = first.watch.savepoints
    if first.savepoint not in names:
        raise UndoError(
            "this step cannot be taken back: the savepoint before it is gone, because a"
            " savepoint around it was released or rolled back."
        )
    later = names[names.index(first.savepoint) + 1 :]
    if not all(name.startswith("machina_") for name in later):
        raise UndoError(
            "a begin_nested() of yours is open since then: end it before the undo."
        )
    if first.foreign and not force:
        raise UndoError(
            f"since then others wrote to {', '.join(first.foreign)} on this connection,"
            " and an undo would take that back too. undo(force=True) does it."
        )
