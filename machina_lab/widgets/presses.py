"""
A press of a button counts what was entered before it.

Front ends send the state of a control one message at a time: while the kernel works on
the first key, later ones wait in the page. A press waits for nobody. So it would come
first, and build with half of a text. Instead the kernel asks the page, whose answer
comes after everything that waited there; only then the press counts.
"""

from __future__ import annotations

import asyncio

from collections.abc import Callable
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.widgets.handlers import on_change, on_click


#: How long a page may take to answer; after that the press counts all the same.
_PATIENCE: Final = 2.0


class Presses(widgets.Play):  # type: ignore[misc]  # ipywidgets has no types
    """
    What asks the page: an unseen player of no steps, which stops as soon as it plays.

    No other plain widget answers the kernel by itself.
    """

    def __init__(self) -> None:
        super().__init__(min=0, max=0, interval=0)
        self.add_class("machina-hidden")
        self._waiting: list[Callable[[], Any]] = []
        self._late: asyncio.TimerHandle | None = None
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        on_change(self, self._answered, "playing")

    def on_press(self, button: widgets.Button, act: Callable[[], Any]) -> None:
        """
        Call *act* when *button* is pressed and what was entered before is here.
        """
        on_click(button, lambda: self._ask(act))

    def _ask(self, act: Callable[[], Any]) -> None:
        if self._loop is None:
            act()  # no event loop, so no page that could answer
            return
        self._waiting.append(act)
        self.playing = True
        self._late = self._late or self._loop.call_later(_PATIENCE, self._release)

    def _answered(self) -> None:
        if not self.playing:
            self._release()

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self.playing = False
        for act in waiting:
            act()
