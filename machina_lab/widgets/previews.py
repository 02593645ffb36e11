"""
Building to look, not to keep: nothing is left behind.

A *preview* takes no number of any sequence and no random value for good, and rows that
a factory's body writes by itself are taken back.
"""

from __future__ import annotations

import random

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from machina_lab.core.sequences import sequences


#: Previews show the same values as long as nothing else changes.
_SEED: Final = "preview"
#: How many records a preview shows.
SHOWN: Final = 5


@contextmanager
def isolated(lab: Any) -> Iterator[None]:
    """
    Let what is built inside the block leave nothing behind.

    Unlike a test's isolation, sequences go on where they stand: a preview shows the
    values that a build would get.
    """
    before, state = sequences.snapshot(), random.getstate()
    repo = lab.repo
    newest = _newest(lab)
    committing = repo is not None and repo.autocommit
    if committing:
        repo.autocommit = False
    try:
        with lab.seeded(_SEED):
            yield
    finally:
        _take_back(lab, newest)
        if committing:
            repo.autocommit = True
        random.setstate(state)
        sequences.give_back(before, sequences.snapshot())


def _newest(lab: Any) -> int:
    return max((step.number for step in lab.journal), default=0)


def _take_back(lab: Any, newest: int) -> None:
    written = sum(step.number > newest for step in lab.journal)
    if written:
        lab.undo(written, force=True)


@dataclass(frozen=True, slots=True)
class Preview:
    """
    What a build would give.

    Attributes:
        records: The first records, or [].
        error: What the factory raised, or None.
        seconds: How long it took.
    """

    records: list[Any]
    error: Exception | None
    seconds: float


def preview(lab: Any, path: str, count: int, overrides: Mapping[str, Any]) -> Preview:
    """
    Return what building *count* records would give; at most `SHOWN` are built.
    """
    started = perf_counter()
    try:
        with isolated(lab):
            records = lab.build_list(min(count, SHOWN), path, dict(overrides))
    except Exception as error:  # noqa: BLE001 - a factory may raise anything; it is shown
        return Preview([], error, perf_counter() - started)
    return Preview(records, None, perf_counter() - started)
