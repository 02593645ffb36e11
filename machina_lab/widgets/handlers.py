"""
What happens when a handler of a widget fails: it is said inside the widget.

The page shows nothing of an exception in a handler, so each handler is `guarded`: one
line in the widget's status area, the traceback folded below it. Tests can have the
exception itself with `raising`.
"""

from __future__ import annotations

import asyncio
import functools
import threading
import traceback

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar, cast

import ipywidgets as widgets

from machina_lab.errors import MachinaError
from machina_lab.widgets.markup import escaped, line


F = TypeVar("F", bound=Callable[..., None])

_raise: Final = ContextVar("machina_widgets_raise", default=False)
_LONGEST: Final = 400


class Status(widgets.HTML):  # type: ignore[misc]  # ipywidgets has no types
    """
    The line of a widget that says what happened.

    Screen readers read it out when it changes.

    Attributes:
        error: The exception it shows, or None.
        text: What it says, as plain text.
    """

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self.text = ""
        self.add_class("machina-status")
        self.say("")

    def say(self, text: str, kind: str = "quiet") -> None:
        """
        Show *text*; *kind* is `quiet`, `good`, `warn` or `bad`.
        """
        self.error = None
        self._put(text, f'<span class="machina-{kind}">{escaped(text)}</span>')

    def fail(self, error: BaseException) -> None:
        """
        Show *error* as one line, with its traceback folded where it is not ours.
        """
        self.error = error
        text = summary(error)
        self._put(
            text, f'<span class="machina-bad">{escaped(text)}</span>{details(error)}'
        )

    def _put(self, text: str, html: str) -> None:
        self.text = text
        self.value = f'<div role="status" aria-live="polite">{html}</div>'


def summary(error: BaseException) -> str:
    """
    Return *error* in one line.
    """
    first = next(iter(str(error).splitlines()), "")
    return line(
        f"{type(error).__name__}: {first}" if first else type(error).__name__, _LONGEST
    )


def details(error: BaseException) -> str:
    """
    Return the traceback of *error* as folded HTML; nothing for errors of ours.
    """
    if isinstance(error, MachinaError):
        return ""
    frames = "\n".join(map(_frames, _chain(error)))
    return (
        "<details><summary>Traceback</summary>"
        '<div class="machina-source"><pre tabindex="0">'
        f"<code>{escaped(frames)}</code></pre></div></details>"
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """
    Yield what led to *error*, then the error.
    """
    before = error.__cause__
    if before is None and not error.__suppress_context__:
        before = error.__context__
    if before is not None:
        yield from _chain(before)
    yield error


def _frames(error: BaseException) -> str:
    # Only the first line of a text: a database's error goes on with the values.
    lines = traceback.format_tb(error.__traceback__)
    notes = getattr(error, "__notes__", ())
    return "".join([*lines, "\n".join([summary(error), *map(str, notes)]), "\n"])


def guarded(method: F) -> F:
    """
    Return *method* so that what it raises is shown in its widget's status.
    """

    @functools.wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            self.status.fail(error)
            if _raise.get():
                raise

    return cast("F", call)


@contextmanager
def raising() -> Iterator[None]:
    """
    Let guarded handlers raise as well, inside the block.
    """
    token = _raise.set(True)
    try:
        yield
    finally:
        _raise.reset(token)


def on_click(button: widgets.Button, act: Callable[[], Any]) -> None:
    """
    Call *act* when *button* is pressed.
    """
    at_home = bound_home(act)
    button.on_click(lambda _: at_home())


def on_change(
    control: widgets.Widget, act: Callable[[], Any], trait: str = "value"
) -> None:
    """
    Call *act* when the page or somebody else changes *control*.
    """
    at_home = bound_home(act)
    control.observe(lambda _: at_home(), trait)


def bound_home(act: Callable[[], Any]) -> Callable[[], None]:
    """
    Return *act* so that it always runs in the thread that cells run in, which is this.

    Front ends may have a thread of their own for what a page sends (a subshell). A
    session, a database connection and a lab belong to the thread of the cells, and to
    one user at a time: so a handler waits there until a running cell is done.
    """
    home = threading.get_ident()
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = None

    def call() -> None:
        if loop is None or loop.is_closed() or threading.get_ident() == home:
            act()
        else:
            loop.call_soon_threadsafe(act)

    return call
