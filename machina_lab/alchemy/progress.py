"""
Progress of long work, in a terminal and in a notebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final


#: Fewer rows are done before a bar could be read.
_LONG: Final = 20_000
#: Seconds before the bar shows.
_DELAY: Final = 1.0


@contextmanager
def progress(count: int, label: str) -> Iterator[Callable[[int], Any]]:
    """
    Yield a function to be called with the number of rows that were done.

    A bar shows after a second of work; where nobody looks, nothing does.
    """
    if count < _LONG:
        yield lambda _done: None
        return
    from tqdm.auto import tqdm

    with tqdm(
        total=count, desc=label, unit=" rows", delay=_DELAY, disable=None, leave=False
    ) as bar:
        yield bar.update
