"""
What a widget asks of its lab: done at once, or awaited where the database has to be.

A handler cannot wait for an asynchronous database without stopping the page. So what is
to follow is handed over as a function, and runs when the answer is there.
"""

from __future__ import annotations

import asyncio

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary


#: Runs a coroutine to its end, in the thread where a database's connections live.
Wait = Callable[[Coroutine[Any, Any, Any]], Any]
Then = Callable[[Any], None]
Fail = Callable[[Exception], None]

#: A database is asked one thing at a time, whichever widget asks.
_turns: Final[WeakKeyDictionary[Any, asyncio.Lock]] = WeakKeyDictionary()


class Deeds:
    """
    The lab's verbs and its database, for one widget.

    Args:
        lab: The lab.
        fail: Called with what an awaited deed raises.
        wait: Waits for coroutines; none: they run in the event loop of the cells.

    Attributes:
        lab: The lab.
        running: What is awaited now.
    """

    def __init__(self, lab: Any, fail: Fail, wait: Wait | None = None) -> None:
        self.lab = lab
        self._fail = fail
        self._wait = wait
        self.running: set[asyncio.Task[None]] = set()

    def do(self, verb: str, *args: Any, then: Then) -> None:
        """
        Call a verb of the lab, and *then* with what it returns.
        """
        if not self._must_wait():
            then(getattr(self.lab, verb)(*args))
            return
        awaited = getattr(self.lab, f"a{verb}")
        if self._wait is not None:
            then(self._wait(awaited(*args)))
        else:
            self._start(lambda: awaited(*args), then, self._fail)

    def ask(self, work: Callable[[Any], Any], then: Then, fail: Fail) -> None:
        """
        Call *work* with the session, and *then* with what it returns.

        Args:
            work: What to ask.
            then: What to do with the answer.
            fail: What to do with the error, if it is one.
        """
        repo, wait = self.lab.repo, self._wait
        if not self._must_wait():
            found = partial(repo.run, work)
        elif wait is not None:
            found = partial(_waited, wait, repo, work)
        else:
            self._start(lambda: repo.arun(work), then, fail)
            return
        try:
            answer = found()
        except Exception as error:  # noqa: BLE001 - a database fails in ways of its own
            fail(error)
        else:
            then(answer)

    def _must_wait(self) -> bool:
        repo = self.lab.repo
        return repo is not None and bool(repo.is_async)

    def _start(
        self, start: Callable[[], Awaitable[Any]], then: Then, fail: Fail
    ) -> None:
        task = asyncio.get_running_loop().create_task(self._done(start, then, fail))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def _done(
        self, start: Callable[[], Awaitable[Any]], then: Then, fail: Fail
    ) -> None:
        turn = _turns.setdefault(self.lab.repo, asyncio.Lock())
        try:
            async with turn:
                found = await start()
            then(found)
        except Exception as error:  # noqa: BLE001 - whatever it is, the widget shows it
            fail(error)


def _waited(wait: Wait, repo: Any, work: Callable[[Any], Any]) -> Any:
    return wait(repo.arun(work))
