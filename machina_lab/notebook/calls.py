"""
One line of a magic, ready to be answered: its words as Python values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from machina_lab.errors import ArgumentTypeError
from machina_lab.notebook import values
from machina_lab.notebook.desk import Desk
from machina_lab.notebook.lines import Line
from machina_lab.notebook.scopes import Scope
from machina_lab.notebook.waiting import find
from machina_lab.notebook.words import Word


@dataclass(frozen=True)
class Call:
    """
    One line of a magic.

    Attributes:
        line: The line.
        scope: The names its variables and expressions see.
        desk: Where the current lab is.
        cell: The body of a cell magic; "" for a line.
    """

    line: Line
    scope: Scope
    desk: Desk
    cell: str = ""

    @property
    def magic(self) -> str:
        """
        The magic's name.
        """
        return self.line.grammar.magic

    def word(self, name: str) -> Word | None:
        """
        Return the word in the place of *name*, or None if it was left out.
        """
        names = [each.strip("[]") for each in self.line.grammar.names]
        at = names.index(name)
        return self.line.names[at] if at < len(self.line.names) else None

    def needed(self, name: str) -> Word:
        """
        Return the word in the place of *name*, which the grammar asks for.
        """
        word = self.word(name)
        assert word is not None
        return word

    def text(self, name: str) -> str:
        """
        Return the word in the place of *name* as text; "" if it was left out.
        """
        word = self.word(name)
        return "" if word is None else values.plain_text(self.line, word, self.scope)

    def texts(self) -> list[str]:
        """
        Return all words as text.
        """
        words = self.line.names
        return [values.plain_text(self.line, word, self.scope) for word in words]

    def number(self, name: str) -> int:
        """
        Return the word in the place of *name* as a number.
        """
        return values.count(self.line, self.needed(name), self.scope)

    def value(self, name: str) -> Any:
        """
        Return the word in the place of *name*: its text, or a `$variable`'s object.
        """
        word = self.needed(name)
        if word.form in ("variable", "expression"):
            return values.value(self.line, word, self.scope)
        return word.text

    def factory(self) -> str:
        """
        Return the path of the factory on the line; a handle in a variable will do.
        """
        target = self.value("FACTORY")
        path = target if isinstance(target, str) else getattr(target, "path", None)
        if isinstance(path, str):
            return path
        raise ArgumentTypeError(
            f"%{self.magic} takes the name of a factory, not {type(target).__name__}."
        )

    def overrides(self, target: Any) -> dict[str, Any]:
        """
        Return the attributes on the line for a factory, cast to its fields' types.

        Raises:
            UndefinedFactoryError: There is no such factory.
        """
        if not isinstance(target, str) and not hasattr(target, "fields"):
            return values.overrides(self.line, {}, self.scope)
        factory = find(target)
        fields = factory.fields() if self.line.attributes else {}
        return values.overrides(self.line, fields, self.scope)

    def flags(self) -> dict[str, Any]:
        """
        Return the options as a plain function takes them: `{"dry_run": True}`.
        """
        given: dict[str, Any] = {}
        for name, word in self.line.flags.items():
            key = name.replace("-", "_")
            given[key] = True if word is None else self._flag_value(name, word)
        return given

    def _flag_value(self, name: str, word: Word) -> Any:
        flag = self.line.grammar.flag(name)
        if flag is not None and flag.takes == "N":
            return values.count(self.line, word, self.scope)
        return values.plain_text(self.line, word, self.scope)


def one_call(function: Callable[..., Any]) -> Callable[[Call], Any]:
    """
    Return how a line calls a function that takes name, attributes and options.
    """

    def answer(call: Call) -> Any:
        target = call.factory()
        return function(target, call.overrides(target), call.flags())

    return answer


def many_records(function: Callable[..., Any]) -> Callable[[Call], Any]:
    """
    Return how a line calls a function that takes a count before all that.
    """

    def answer(call: Call) -> Any:
        target = call.factory()
        n = call.number("COUNT")
        return function(n, target, call.overrides(target), call.flags())

    return answer
