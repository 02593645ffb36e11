"""
Counters that hand out unique values.

A *sequence* is a named counter; a *formatter* turns its number into a value. There is
one table of counters per process, `sequences`, shared by all labs, so that two
factories which use one name never hand out the same number.
"""

from __future__ import annotations

import re
import sys

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Lock
from types import FunctionType, MappingProxyType
from typing import Any, Final, TypeVar, overload

from machina_lab.errors import ArgumentTypeError, ArgumentValueError


T = TypeVar("T")

_LAST_NUMBER: Final = re.compile(r"(\d+)(?!.*\d)", re.DOTALL)
#: Stepping `itertools.count` is atomic only where a global lock guards the interpreter.
_GUARDED: Final = getattr(sys, "_is_gil_enabled", lambda: True)()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    Where every sequence stood at one moment.

    Attributes:
        numbers: Name -> the number it hands out next.
        starts: Name -> the number it starts at.
    """

    numbers: Mapping[Hashable, int]
    starts: Mapping[Hashable, int]


class Sequences:
    """
    The counters of this process, by name.

    Names may be any hashable value. Counters only grow; formatters run outside any
    lock, so they may use other sequences, and may fail without harm to a counter.

    Attributes:
        offset: Added to the start of every new counter. A test runner with several
            processes sets it so that their numbers are disjoint.

    Examples:
        >>> table = Sequences()
        >>> table.next("email", "user{}@example.com".format)
        'user0@example.com'
        >>> table.next("role", ["admin", "user"]), table.next("role", ["admin", "user"])
        ('admin', 'user')
        >>> table.peek("email")
        1
    """

    def __init__(self) -> None:
        self.offset = 0
        self._lock = Lock()
        self._counters: dict[Hashable, count[int]] = {}
        self._starts: dict[Hashable, int] = {}
        #: Name -> the call that hands out its next number.
        self._steps: dict[Hashable, Callable[[], int]] = {}

    def next(
        self,
        name: Hashable,
        formatter: Callable[[int], Any] | Sequence[Any] | None = None,
        *,
        start_at: int = 0,
    ) -> Any:
        """
        Advance *name* and return its value (EM `sequence/1,2,3`).

        Args:
            name: The counter; created on first use.
            formatter: Called with the number; or a list or tuple whose items take
            turns.
                Without one the value is the name, which must be text, and the number.
            start_at: The first number. Ignored once the counter exists.

        Raises:
            ArgumentTypeError: Without a formatter the name must be a string.
            ArgumentValueError: A list of values must not be empty.
        """
        if formatter.__class__ is not FunctionType:
            _check_formatter(name, formatter)
        try:
            step = self._steps[name]
        except KeyError:
            step = self._begin(name, start_at)
        number = step()
        if formatter is None:
            return f"{name!s}{number}"
        if isinstance(formatter, list | tuple):
            return formatter[number % len(formatter)]
        return formatter(number)  # type: ignore[operator]  # checked above

    def _begin(self, name: Hashable, start_at: int) -> Callable[[], int]:
        with self._lock:
            # Another thread may have been quicker.
            if name not in self._counters:
                self._starts[name] = start_at + self.offset
                self._put(name, start_at + self.offset)
            return self._steps[name]

    def _put(self, name: Hashable, number: int) -> None:
        counter = self._counters[name] = count(number)
        self._steps[name] = counter.__next__ if _GUARDED else self._locked(counter)

    def _locked(self, counter: count[int]) -> Callable[[], int]:
        def step() -> int:
            with self._lock:
                return next(counter)

        return step

    def peek(self, name: Hashable) -> int:
        """
        Return the number *name* hands out next, without advancing it.

        A name that was never used would start at 0.
        """
        counter = self._counters.get(name)
        # Its text is the only door to a count's number that does not advance it.
        return self.offset if counter is None else int(repr(counter)[6:-1])

    def start(self, name: Hashable) -> int:
        """
        Return the number *name* starts at.
        """
        return self._starts.get(name, self.offset)

    def set(self, name: Hashable, number: int) -> None:
        """
        Let *number* come next for *name*.
        """
        if isinstance(number, bool) or not isinstance(number, int):
            raise ArgumentTypeError(
                f"sequence {name!r} counts in whole numbers, not {number!r}."
            )
        with self._lock:
            self._starts.setdefault(name, self.offset)
            self._put(name, number)

    def reset(self, *names: Any) -> None:
        """
        Go back to the start: of the named sequences, or forget all of them.

        Unlike EM, whose reset by name goes to 0, it honours `start_at`.

        Args:
            names: Names, or one list of them. A tuple is one name.
        """
        if len(names) == 1 and isinstance(names[0], list):
            names = tuple(names[0])
            if not names:
                return
        with self._lock:
            if not names:
                self._forget()
            for name in names:
                self._put(name, self._starts.setdefault(name, self.offset))

    def names(self) -> list[Any]:
        """
        Return the names in the order they were first used.
        """
        return list(self._counters)

    def snapshot(self) -> Snapshot:
        """
        Return where every sequence stands, for `restore`.
        """
        with self._lock:
            return Snapshot(
                MappingProxyType({name: self.peek(name) for name in self._counters}),
                MappingProxyType(dict(self._starts)),
            )

    def restore(self, snapshot: Snapshot) -> None:
        """
        Put every sequence back where it stood; forget those that came later.
        """
        with self._lock:
            self._forget()
            self._starts.update(snapshot.starts)
            for name, number in snapshot.numbers.items():
                self._put(name, number)

    def give_back(self, before: Snapshot, after: Snapshot) -> None:
        """
        Take numbers back that were handed out between two snapshots.

        Only counters that still stand where *after* saw them are moved: a number that
        somebody else got since then stays handed out.
        """
        with self._lock:
            for name, number in after.numbers.items():
                if self._counters.get(name) is None or self.peek(name) != number:
                    continue
                if name in before.numbers:
                    self._put(name, before.numbers[name])
                else:
                    del self._counters[name], self._steps[name], self._starts[name]

    @contextmanager
    def isolated(self) -> Iterator[Sequences]:
        """
        Let all sequences start anew inside the block, and go on as before after it.
        """
        before = self.snapshot()
        self.reset()
        try:
            yield self
        finally:
            self.restore(before)

    def sync_with(self, name: Hashable, values: Iterable[object]) -> int:
        """
        Continue *name* after the largest number in *values*, never going back.

        Args:
            name: The sequence.
            values: Whole numbers, or texts whose last number counts; others are
            skipped.

        Returns:
            The number that comes next.
        """
        numbers = (_number_in(value) for value in values)
        largest = max((number for number in numbers if number is not None), default=-1)
        if largest >= self.peek(name):
            self.set(name, largest + 1)
        return self.peek(name)

    def _forget(self) -> None:
        self._counters.clear()
        self._starts.clear()
        self._steps.clear()

    def __repr__(self) -> str:
        """
        Show each name with the number that comes next.
        """
        shown = ", ".join(f"{name!r}: {self.peek(name)}" for name in self._counters)
        return f"<sequences {{{shown}}}>"


def _check_formatter(name: Hashable, formatter: object) -> None:
    if formatter is None:
        if not isinstance(name, str):
            raise ArgumentTypeError(
                f"Sequence name must be a string, got {name!r} instead."
                " Give a formatter to count under any other name."
            )
    elif isinstance(formatter, list | tuple):
        if not formatter:
            raise ArgumentValueError(
                f"sequence {name!r} got an empty list: it needs a value to cycle."
            )
    elif not callable(formatter):
        raise ArgumentTypeError(
            f"sequence {name!r} needs a function of the number or a list of values,"
            f" got {formatter!r}."
        )


def _number_in(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _LAST_NUMBER.search(value) if isinstance(value, str) else None
    return int(found[1]) if found else None


#: The counters of this process.
sequences: Final = Sequences()

_steps: Final = sequences._steps  # noqa: SLF001 - the one table both ways in share


@overload
def sequence(name: str) -> str: ...
@overload
def sequence(
    name: Hashable, formatter: Callable[[int], T], *, start_at: int = 0
) -> T: ...
@overload
def sequence(name: Hashable, formatter: Sequence[T], *, start_at: int = 0) -> T: ...
def sequence(
    name: Hashable,
    formatter: Callable[[int], Any] | Sequence[Any] | None = None,
    *,
    start_at: int = 0,
) -> Any:
    """
    Return the next value of the sequence *name*; see `Sequences.next`.

    Examples:
        >>> with sequences.isolated():
        ...     sequence("joe"), sequence("joe"), sequence("n", str, start_at=100)
        ('joe0', 'joe1', '100')
    """
    # The most frequent call of all takes the short way.
    try:
        step = _steps[name]
    except (KeyError, TypeError):
        return sequences.next(name, formatter, start_at=start_at)
    if type(formatter) is FunctionType:
        return formatter(step())
    return sequences.next(name, formatter, start_at=start_at)
