"""
Running coroutines from a cell that waits for them.

A notebook's own event loop is busy running the cell, so a magic that has to await
something does it in a thread with a loop of its own. There is one such thread, made on
first use, because connections stay with the loop that opened them.
"""

from __future__ import annotations

import threading

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar


if TYPE_CHECKING:
    import asyncio


T = TypeVar("T")


class Loop:
    """
    An event loop in a thread of its own.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """
        Return what *coroutine* returns; what it raises is raised here.

        Interrupting the cell cancels it.
        """
        import asyncio

        future = asyncio.run_coroutine_threadsafe(coroutine, self._started())
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def _started(self) -> asyncio.AbstractEventLoop:
        import asyncio

        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="machina_lab", daemon=True
                )
                self._thread.start()
            return self._loop

    def stop(self) -> None:
        """
        Stop the thread; the next `run` starts another.
        """
        with self._lock:
            if self._loop is None or self._thread is None:
                return
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = self._thread = None


loop: Final = Loop()
