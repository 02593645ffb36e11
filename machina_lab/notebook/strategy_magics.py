"""
A magic for each strategy that the current lab uses: `%json_encode user`.

Which strategies there are can change in any cell, so the magics are brought up to date
before and after each cell, and whenever another lab is used.
"""

from __future__ import annotations

import sys

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from machina_lab.notebook.desk import Desk


if TYPE_CHECKING:
    from machina_lab.notebook.calls import Call
    from machina_lab.notebook.grammars import Grammar


class StrategyMagics:
    """
    The magics of the strategies in use.

    Attributes:
        lines: The grammar of each of them, by name; the completer reads it.
    """

    def __init__(self, shell: Any, desk: Desk) -> None:
        self.lines: dict[str, Grammar] = {}
        self._shell = shell
        self._desk = desk
        self._hidden: dict[str, Any] = {}
        self._seen: list[str] = []

    def refresh(self, *_: Any) -> None:
        """
        Add magics for new strategies, and drop those of strategies no longer in use.
        """
        if "machina_lab.labs" not in sys.modules:
            # Nobody has a lab yet; loading one is not for us to decide.
            return
        wanted = list(self._desk.lab.strategy_verbs())
        if wanted == list(self._seen):
            return
        self.clear()
        self._seen = wanted
        for name in wanted:
            self._add(name)

    def _add(self, name: str) -> None:
        from machina_lab.notebook.grammars import LINES, strategy_line

        if name in LINES:
            return
        grammar = strategy_line(name)
        table = self._shell.magics_manager.magics["line"]
        self._hidden[name] = table.get(name)
        table[name] = self._magic(name, grammar)
        self.lines[name] = grammar

    def clear(self) -> None:
        """
        Drop all of them, and put back what they hid.
        """
        table = self._shell.magics_manager.magics["line"]
        for name, hidden in self._hidden.items():
            if hidden is None:
                table.pop(name, None)
            else:
                table[name] = hidden
        self._hidden.clear()
        self._seen.clear()
        self.lines.clear()

    def _magic(self, name: str, grammar: Grammar) -> Callable[..., Any]:
        def magic(line: str, local_ns: Mapping[str, Any] | None = None) -> Any:
            from machina_lab.notebook.answers import answer_with

            return answer_with(self._desk, grammar, _apply, line, local_ns)

        magic.__name__ = name
        magic.__doc__ = _help(name, grammar)
        magic.needs_local_scope = True  # type: ignore[attr-defined]  # as IPython marks them
        magic._ipython_magic_no_var_expand = True  # type: ignore[attr-defined]  # noqa: SLF001 - as IPython marks them
        return magic


def _apply(call: Call) -> Any:
    """
    Call the strategy's verb with what is on the line.
    """
    from machina_lab.notebook.building import seeded

    target = call.value("FACTORY")
    overrides = call.overrides(target)
    verb = getattr(call.desk.lab, call.magic)
    counted = [call.number("COUNT")] if "COUNT" in call.line.grammar.names else []
    with seeded(call.flags().get("seed")):
        return verb(*counted, target, *([overrides] if overrides else []))


def _help(name: str, grammar: Grammar) -> str:
    from machina_lab.notebook.grammars import listed

    count = "5 " if "COUNT" in grammar.names else ""
    return (
        f"Build and hand over to the strategy {name.removesuffix('_list')!r}.\n\n"
        f"{grammar.usage}\n\nExamples::\n\n    %{name} {count}user\n"
        f"    %{name} {count}user role=admin\n\n{listed(grammar.flags)}\n\n"
        f"The same in Python: lab.{name}({count.replace(' ', ', ')}'user')\n"
    )
