"""
What all classes of magics share.

They hold no more than names and help: what a line does is in `answers`, which is loaded
when the first magic is used, so that `%load_ext` costs next to nothing. A magic is
written as a method without a body, whose docstring is what `%name?` shows; the options
that it lists are those of its grammar.
"""

from __future__ import annotations

import functools
import inspect

from collections.abc import Callable, Mapping
from typing import Any

from IPython.core.magic import (
    Magics,
    line_cell_magic,
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)

from machina_lab.notebook.desk import Desk
from machina_lab.notebook.grammars import options_help


@magics_class
class LineMagics(Magics):
    """
    Magics that work on the notebook's desk.
    """

    def __init__(self, shell: Any, desk: Desk) -> None:
        super().__init__(shell=shell)
        self.desk = desk

    def answer(
        self,
        magic: str,
        source: str,
        local_ns: Mapping[str, Any] | None,
        cell: str | None = None,
    ) -> Any:
        """
        Return what *magic* makes of a line, and of a cell below it.
        """
        from machina_lab.notebook.answers import answer

        return answer(self.desk, magic, source, local_ns, cell)


def one_line(described: Callable[[Any], None]) -> Any:
    """
    Make a magic for lines of a name and its help.
    """
    name = described.__name__

    def magic(self: LineMagics, line: str, local_ns: Any = None) -> Any:
        return self.answer(name, line, local_ns)

    return line_magic(_finished(magic, described))


def cell_or_line(described: Callable[[Any], None]) -> Any:
    """
    Make a magic for lines and for cells of a name and its help.
    """
    name = described.__name__

    def magic(
        self: LineMagics, line: str, cell: str | None = None, local_ns: Any = None
    ) -> Any:
        return self.answer(name, line, local_ns, cell)

    return line_cell_magic(_finished(magic, described))


def _finished(magic: Callable[..., Any], described: Callable[[Any], None]) -> Any:
    # IPython 7 calls a magic by its signature: it must not be that of *described*.
    signature = inspect.signature(magic)
    functools.update_wrapper(magic, described)
    magic.__signature__ = signature  # type: ignore[attr-defined]  # as inspect reads it
    before, mark, after = inspect.cleandoc(magic.__doc__ or "").partition("{options}")
    listed = options_help(magic.__name__) if mark else ""
    magic.__doc__ = before + listed + after
    return no_var_expand(needs_local_scope(magic))
