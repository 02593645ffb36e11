"""
Pausing the garbage collector while many objects are made that all stay.
"""

from __future__ import annotations

import gc

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final


_MANY: Final = 1000


@contextmanager
def collected_later(count: int) -> Iterator[None]:
    """
    Let the collector rest inside the block if *count* objects are many.

    It would look through all of them again and again: half of the time.
    """
    if count < _MANY or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
