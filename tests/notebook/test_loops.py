"""
Waiting for coroutines from synchronous code.
"""

import asyncio
import concurrent.futures
import threading

import pytest

from machina_lab.notebook.loops import Loop


@pytest.fixture
def loop():
    """
    Return a loop that is stopped after the test.
    """
    loop = Loop()
    yield loop
    loop.stop()


async def twice(value):
    """
    Return *value* doubled, a little later.
    """
    await asyncio.sleep(0)
    return value * 2


async def failing():
    """
    Fail.
    """
    raise ZeroDivisionError("in the loop")


class TestRun:
    def test_returns_what_the_coroutine_does(self, loop):
        """
        The result comes back, also while another loop is running in this thread.
        """

        async def cell():
            return loop.run(twice(21))

        assert 42 == asyncio.run(cell())

    def test_raises_what_the_coroutine_raises(self, loop):
        """
        An error comes back with its type.
        """
        with pytest.raises(ZeroDivisionError, match="in the loop"):
            loop.run(failing())

    def test_one_loop_for_all(self, loop):
        """
        Connections stay usable: every run is in the same loop, until it is stopped.
        """

        async def which():
            return asyncio.get_running_loop()

        first = loop.run(which())

        assert first is loop.run(which())
        loop.stop()
        assert first is not loop.run(which())

    def test_an_interrupt_cancels_it(self, loop, monkeypatch):
        """
        Interrupting the cell stops what it waits for, and the loop goes on.
        """
        started, ended = threading.Event(), threading.Event()

        async def forever():
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        def interrupted(future, timeout=None):
            assert started.wait(timeout=30)
            raise KeyboardInterrupt("by hand")

        with monkeypatch.context() as patched:
            patched.setattr(concurrent.futures.Future, "result", interrupted)
            with pytest.raises(KeyboardInterrupt, match="by hand"):
                loop.run(forever())

        assert 4 == loop.run(twice(2))
        assert ended.wait(timeout=30)
