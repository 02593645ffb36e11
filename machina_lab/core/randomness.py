"""
Randomness that repeats, record by record.

After `lab.seed(42)` the values drawn while record n of factory f is built depend on
(42, f, n) only, not on what else was built before. Every build has a *stream* of its
own; one made inside another build does not disturb the outer one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count
from random import Random
from threading import local
from typing import Any, Final


class _Open(local):
    """
    The builds going on in this thread, outermost first: stream or how to make it.
    """

    def __init__(self) -> None:
        self.stack: list[Random | str] = []


class Streams:
    """
    The random streams of one lab.

    Attributes:
        value: The seed, or None where nothing repeats.
    """

    def __init__(self) -> None:
        self.value: Hashable = None
        self._counts: dict[str, count[int]] = {}
        self._open: Final = _Open()
        self._outside = Random()  # noqa: S311 - test data, no secrets

    def seed(self, value: Hashable) -> None:
        """
        Let everything drawn from now on repeat; None lets it vary again.
        """
        self.value = value
        self._counts = {}
        text = None if value is None else f"{value!r}"
        self._outside = Random(text)  # noqa: S311 - test data, no secrets

    def snapshot(self) -> tuple[Hashable, dict[str, count[int]], Random]:
        """
        Return where the streams stand, for `restore`.
        """
        return self.value, self._counts, self._outside

    def restore(self, snapshot: tuple[Hashable, dict[str, count[int]], Random]) -> None:
        """
        Go on where *snapshot* was taken.
        """
        self.value, self._counts, self._outside = snapshot

    def current(self) -> Random:
        """
        Return the stream of the record being built, or the one outside all builds.
        """
        stack = self._open.stack
        if not stack:
            return self._outside
        top = stack[-1]
        if isinstance(top, str):
            # Most builds draw nothing: a stream is made when it is first asked for.
            top = stack[-1] = Random(top)  # noqa: S311 - test data, no secrets
        return top

    def streamed(self, run: Callable[[Any], Any], factory: str) -> Callable[[Any], Any]:
        """
        Return *run*, each call of it with the next stream of *factory*.
        """
        numbers = self._counts.setdefault(factory, count())
        seed, stack_of = self.value, self._open

        def build(given: Any) -> Any:
            stack = stack_of.stack
            stack.append(f"{seed!r}:{factory}:{next(numbers)}")
            try:
                return run(given)
            finally:
                stack.pop()

        return build


class StreamRandom(Random):
    """
    `lab.random`: a `random.Random` that draws from the record being built.

    One object for the lab's life, so a factory may keep a reference to it.
    """

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        super().__init__()

    def random(self) -> float:
        """
        Return the next number from 0 up to 1.
        """
        return self._streams.current().random()

    def getrandbits(self, k: int, /) -> int:
        """
        Return a whole number of *k* random bits.
        """
        return self._streams.current().getrandbits(k)

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        """
        Return a value of the normal distribution.

        The stream, not this object, keeps the second value of each pair drawn.
        """
        return self._streams.current().gauss(mu, sigma)

    def seed(self, a: Any = None, version: int = 2) -> None:
        """
        Seed the lab, as `lab.seed(a)` does.
        """
        del version
        if a is not None:
            self._streams.seed(a)

    def getstate(self) -> tuple[Any, ...]:
        """
        Return the state of the current stream.
        """
        return self._streams.current().getstate()

    def setstate(self, state: tuple[Any, ...]) -> None:
        """
        Set the state of the current stream.
        """
        self._streams.current().setstate(state)
