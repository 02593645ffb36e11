"""
How an error looks in a cell.

* One of ours is one line, and so is what the database says to an insert; a `LineError`
  also shows the line and points at the word.
* One that comes out of the user's own code (a factory's body, a lazy, a hook) shows the
  user's traceback, without the frames of machina_lab and of the magic's machinery.

Python sees the same exceptions as ever: nothing is replaced, `except`, `%tb` and
debuggers work. `%config MachinaLab.short_errors = False` shows everything.
"""

from __future__ import annotations

import re
import sys
import traceback

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Literal

from machina_lab.errors import LineError, MachinaError
from machina_lab.notebook.scopes import FILE, shortened


_OURS: Final = str(Path(__file__).parent.parent)
_RED: Final = "\x1b[31m"
_PLAIN: Final = "\x1b[0m"
#: The longest part of a line that is shown to point at a word.
_WIDTH: Final = 100
_LONGEST: Final = 1000
_UNSEEN: Final = "\N{REPLACEMENT CHARACTER}"
_COMPREHENSIONS: Final = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


def one_line(error: BaseException) -> str:
    """
    Return what *error* says, without the stub to paste that some texts end with.

    Of a database's error that is what the database said, without statement and values.
    """
    text = str(getattr(error, "orig", None) or error)
    head = text.partition("\n\n")[0].removesuffix(" Check for typos or define it:")
    notes = [f"({note})" for note in getattr(error, "__notes__", [])]
    words = " ".join([head, *notes]).split()
    return shortened(_harmless(" ".join(words)), _LONGEST)


def _harmless(text: str) -> str:
    """
    Return *text* with a mark for each character that would move a terminal's cursor.
    """
    return "".join(each if each.isprintable() else _UNSEEN for each in text)


def pointer(error: LineError) -> list[str]:
    """
    Return the line of *error*, and under it a mark below the word that is wrong.

    Examples:
        >>> pointer(LineError("twice.", line="%build user a=1 a=2", at=16, length=3))
        ['  %build user a=1 a=2', '                  ^^^']
    """
    first = max(0, error.at + min(error.length, 20) - _WIDTH)
    shown = _harmless(re.sub(r"\s", " ", error.line[first : first + _WIDTH]))
    head, tail = ("..." if first else ""), error.line[first + _WIDTH :] and "..."
    at = error.at - first + len(head)
    length = min(error.length, max(1, len(head) + len(shown) - at))
    return [f"  {head}{shown}{tail}", "  " + " " * at + "^" * length]


def short(error: BaseException, *, colors: bool) -> list[str]:
    """
    Return the lines that a cell shows for *error*.
    """
    name = type(error).__name__
    head = f"{_RED}{name}{_PLAIN}" if colors else name
    lines = [f"{head}: {one_line(error)}"]
    return [*lines, *pointer(error)] if isinstance(error, LineError) else lines


def came_through_user_code(error: BaseException) -> bool:
    """
    Return whether user code called us from deeper than the cell itself.

    That is so in the body of a factory (a frame below one of ours), and in a function
    of the user that was called by the cell (more than one frame above ours).
    """
    return runs_below_us(error) or _frames_above_us(error) > 1


def runs_below_us(error: BaseException) -> bool:
    """
    Return whether *error* left code of the user that we called.
    """
    ours_seen = False
    for step in _steps(error.__traceback__):
        if _is_ours(step.tb_frame):
            ours_seen = True
        elif ours_seen and _is_written_here(step.tb_frame):
            return True
    return False


def _frames_above_us(error: BaseException) -> int:
    count = 0
    for step in _steps(error.__traceback__):
        if _is_ours(step.tb_frame):
            return count
        if _is_written_here(step.tb_frame):
            count += step.tb_frame.f_code.co_name not in _COMPREHENSIONS
    return count


def _is_written_here(frame: FrameType) -> bool:
    return not _is_machinery(frame) and not _is_library(frame)


def _steps(step: TracebackType | None) -> Iterator[TracebackType]:
    while step is not None:
        yield step
        step = step.tb_next


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_OURS)


def _is_machinery(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return frame.f_code.co_filename == FILE or name.startswith(
        ("IPython.", "ipykernel.")
    )


def _is_library(frame: FrameType) -> bool:
    """
    Return whether code is installed or generated rather than written here.
    """
    filename = frame.f_code.co_filename
    generated = filename.startswith("<") and not filename.startswith("<ipython-input")
    installed = "site-packages" in filename or filename.startswith(sys.base_prefix)
    return generated or installed


def users_part(first: TracebackType | None) -> TracebackType | None:
    """
    Return a traceback without our frames and those of the shell.
    """
    kept = [
        step
        for step in _steps(first)
        if not _is_ours(step.tb_frame) and not _is_machinery(step.tb_frame)
    ]
    result = None
    for step in reversed(kept):
        result = TracebackType(result, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return result


@contextmanager
def _users_part_only(error: BaseException) -> Iterator[None]:
    """
    Show the users' part of *error* and of what caused it, inside the block.
    """
    chain: list[tuple[BaseException, TracebackType | None]] = []
    link: BaseException | None = error
    while link is not None and link not in [each for each, _ in chain]:
        chain.append((link, link.__traceback__))
        link = link.__cause__ or link.__context__
    try:
        for each, whole in chain:
            each.__traceback__ = users_part(whole)
        yield
    finally:
        for each, whole in chain:
            each.__traceback__ = whole


def full(shell: Any, error: BaseException, *, users_only: bool) -> list[str]:
    """
    Return the traceback of *error* as *shell* shows it.
    """
    if not users_only:
        lines = _structured(shell, error, error.__traceback__, offset=1)
    else:
        with _users_part_only(error):
            lines = _structured(shell, error, error.__traceback__, offset=0)
    # IPython before 8.13 leaves notes out: they say what was being built.
    shown = "\n".join(lines)
    return lines + [n for n in getattr(error, "__notes__", []) if n not in shown]


def _structured(
    shell: Any, error: BaseException, first: TracebackType | None, *, offset: int
) -> list[str]:
    lines: list[str] = shell.InteractiveTB.structured_traceback(
        type(error), error, first, tb_offset=offset
    )
    return lines


@dataclass(frozen=True)
class Rendering:
    """
    What `_render_traceback_` of an error does: IPython calls it to show the error.

    Attributes:
        error: The error.
        shell: The shell that shows it.
        settings: The notebook's settings; `short_errors` is the switch.
    """

    error: BaseException
    shell: Any
    settings: Any

    def __call__(self) -> list[str]:
        """
        Return the lines to show.
        """
        if self.shell is None:
            return traceback.format_exception(self.error)
        how = self._how()
        if how == "short":
            return short(self.error, colors=_has_colors(self.shell))
        return full(self.shell, self.error, users_only=how == "users")

    def _how(self) -> Literal["short", "users", "full"]:
        error = self.error
        if not self.settings.short_errors:
            return "full"
        if isinstance(error, MachinaError):
            return "users" if came_through_user_code(error) else "short"
        if runs_below_us(error):
            return "users"
        # What is neither ours, the user's nor the database's is a mistake of ours: then
        # all there is to see.
        return "short" if _is_from_database(error) else "full"

    def __reduce__(self) -> tuple[Any, ...]:
        """
        Leave the shell behind when the error travels to another process.
        """
        return Rendering, (self.error, None, None)


def _is_from_database(error: BaseException) -> bool:
    return any(
        cls.__module__ == "sqlalchemy.exc" and cls.__name__ == "DBAPIError"
        for cls in type(error).__mro__
    )


def _has_colors(shell: Any) -> bool:
    return str(getattr(shell, "colors", "nocolor")).lower() != "nocolor"


@contextmanager
def users_errors(shell: Any, settings: Any) -> Iterator[None]:
    """
    Let errors that leave the block show only the user's part of their traceback.
    """
    try:
        yield
    except MachinaError:
        raise
    except Exception as error:
        if shell is not None and not hasattr(error, "_render_traceback_"):
            rendering = Rendering(error, shell, settings)
            error._render_traceback_ = rendering  # type: ignore[attr-defined]
        raise
