"""
Reading the tables of a large database without stopping the page.

A few dozen are read at once. Those of larger databases follow a few at a time, and
between two turns the kernel answers what else is pressed or run.
"""

from __future__ import annotations

import asyncio

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final
from weakref import WeakKeyDictionary


#: How many tables are read in one step.
_AT_A_TIME: Final = 20
#: So many are read at once in any case: a widget of them is whole when it is shown.
_AT_ONCE: Final = 40
#: How long one turn of steps may take.
_TURN: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Reader:
    then: Callable[[], None]
    fail: Callable[[Exception], None]
    tell: Callable[[str], None]


class _Reading:
    """
    One lab's database being read, for all widgets that wait for it.
    """

    def __init__(self, lab: Any, *, again: bool) -> None:
        self._lab = lab
        self._steps = lab.read_tables(_AT_A_TIME, again=again)
        self.readers: list[_Reader] = []
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def go_on(self) -> None:
        """
        Read for one turn.
        """
        end = perf_counter() + _TURN
        try:
            for read in self._steps:
                late = read >= _AT_ONCE and perf_counter() > end
                if late and self._loop is not None:
                    for each in self.readers:
                        each.tell(f"Reading the tables: {read:,} so far.")
                    self._loop.call_soon(self.go_on)
                    return
        except Exception as error:  # noqa: BLE001 - a database fails in ways of its own
            _readings.pop(self._lab, None)
            for each in self.readers:
                each.fail(error)
        else:
            _readings.pop(self._lab, None)
            for each in self.readers:
                each.then()


_readings: Final[WeakKeyDictionary[Any, _Reading]] = WeakKeyDictionary()


def read_tables(
    lab: Any,
    then: Callable[[], None],
    fail: Callable[[Exception], None],
    tell: Callable[[str], None],
    *,
    again: bool = False,
) -> None:
    """
    Have a lab read the tables of its database, unless it did so already.

    Args:
        lab: The lab.
        then: Called when the tables are there.
        fail: Called with what went wrong.
        tell: Called with what to say meanwhile.
        again: Read them anew.
    """
    if lab.tables_read() is not None and not again:
        then()
        return
    reading = _readings.get(lab)
    if reading is not None:
        reading.readers.append(_Reader(then, fail, tell))
        return
    reading = _readings[lab] = _Reading(lab, again=again)
    reading.readers.append(_Reader(then, fail, tell))
    reading.go_on()
