"""
Scopes: the names that `$name` and `{expression}` on a line see.

The only place where something that a user typed on a line is evaluated, and only what
stands between braces.
"""

from __future__ import annotations

import ast
import warnings

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from machina_lab.errors import MachinaError, nearest
from machina_lab.notebook.lines import Line
from machina_lab.notebook.words import Word


#: What an expression on a line calls its file.
FILE: Final = "<magic line>"


@dataclass(frozen=True, slots=True)
class Scope:
    """
    The names that `$name` and `{expression}` see.
    """

    globals: dict[str, Any] = field(default_factory=dict)
    locals: Mapping[str, Any] = field(default_factory=dict)
    #: Names that the shell put there, which nobody means.
    hidden: Container[str] = ()

    def names(self) -> dict[str, Any]:
        """
        Return all names, the inner ones winning.
        """
        # Expressions share the notebook's own dict, so that functions made in them see
        # what is defined later.
        if not self.locals or self.locals is self.globals:
            return self.globals
        return {**self.globals, **self.locals}


def labs_in(names: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return those of *names* that hold a lab, without the shell's `_` and `__`.
    """
    from machina_lab.labs import Lab

    labs = (name for name, value in names.items() if isinstance(value, Lab))
    return {name: names[name] for name in labs if not name.startswith("_")}


def variable(line: Line, word: Word, scope: Scope) -> Any:
    """
    Return the object that `$name` stands for.
    """
    names = scope.names()
    if word.text in names:
        return names[word.text]
    own = (name for name in names if name[:1] != "_" and name not in scope.hidden)
    close = nearest(word.text, own)
    hint = (
        f" Did you mean ${close[0]}?"
        if close
        else f" Quote it if {word.source!r} is a text."
    )
    raise line.error(f"there is no variable {word.text!r}.{hint}", word)


def expression(line: Line, word: Word, scope: Scope) -> Any:
    """
    Return the object that `{expression}` evaluates to.

    What Python itself reads as a dict, a comprehension or a set of several values is
    that; any other `{...}` is the expression between the braces.

    Raises:
        LineError: It is no expression, or fails by itself. An error from deeper down,
            in a function that it calls, keeps its type and its traceback.
    """
    try:
        code = _compiled(word.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        what = getattr(error, "msg", None) or str(error)
        problem = f"{shortened(word.text)} is no expression: {what}."
        raise line.error(problem, word) from None
    try:
        return eval(code, scope.names())  # noqa: S307 - what braces are for
    except MachinaError:
        raise
    except Exception as error:
        if _is_from_deeper(error):
            raise
        what = f"{type(error).__name__}: {shortened(str(error))}"
        problem = f"{shortened(word.text)} raised {what}"
        raise line.error(problem, word) from error


def _compiled(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            tree = ast.parse(text, mode="eval")
        except SyntaxError:
            tree = ast.parse(f"({text[1:-1]})", mode="eval")
        body = tree.body
        if isinstance(body, ast.Set) and _is_one(body, text):
            tree = ast.Expression(body.elts[0])
        return compile(tree, FILE, "eval")


def _is_one(body: ast.Set, text: str) -> bool:
    """
    Return whether a set display is really one expression between braces.
    """
    one = len(body.elts) == 1 and not isinstance(body.elts[0], ast.Starred)
    return one and not text[:-1].rstrip().endswith(",")


def _is_from_deeper(error: BaseException) -> bool:
    # The first frame is ours, those of the expression carry its file name.
    traceback = error.__traceback__ and error.__traceback__.tb_next
    while traceback and traceback.tb_frame.f_code.co_filename == FILE:
        traceback = traceback.tb_next
    return traceback is not None


def shortened(text: str, limit: int = 80) -> str:
    """
    Return *text* as it fits into a message.
    """
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
