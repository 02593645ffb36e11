"""
Completion of a cell: finds the magic under the cursor and asks `candidates`.
"""

from __future__ import annotations

import csv
import re

from collections.abc import Mapping
from typing import Any, Final

from machina_lab.notebook.candidates import complete, complete_cell
from machina_lab.notebook.desk import Desk
from machina_lab.notebook.grammars import CELLS, LINES, Grammar
from machina_lab.notebook.sources import Completions, Sources


_MAGIC: Final = re.compile(r"(?:[^%'\"#]*=)?\s*(?P<mark>%%?)(?P<name>\w+)[ \t]+")
_BARE_MAGIC: Final = re.compile(r"\s*(?P<name>\w+)[ \t]+(?![=,.+*/<>|&:-])")


class Completer:
    """
    Completes the lines of our magics in one shell.

    Attributes:
        desk: Where the current lab is.
        lines: The grammars of the magics, by name; strategies add theirs.
    """

    def __init__(self, desk: Desk, lines: Mapping[str, Grammar] = LINES) -> None:
        self.desk = desk
        self.lines = lines

    def completions(self, text: str, row: int, column: int) -> Completions | None:
        """
        Return what may stand at the cursor, or None if that is no line of ours.

        Args:
            text: The whole cell.
            row: The cursor's line in it, from 0.
            column: The cursor's place in that line.
        """
        rows = text.split("\n")
        line = rows[row][:column]
        first = next((at for at, each in enumerate(rows) if each.strip()), row)
        if row > first and rows[first].lstrip().startswith("%%"):
            return self._in_body(rows[first], rows[first + 1 : row], line)
        found = self._magic(line)
        if found is None:
            return None
        return complete(line[found[1] :], found[0], self._sources())

    def _magic(self, line: str) -> tuple[Grammar, int] | None:
        """
        Return the grammar of the magic on *line*, and where its arguments begin.
        """
        match = _MAGIC.match(line)
        if match:
            known = CELLS if match["mark"] == "%%" else self.lines
        else:
            match, known = _BARE_MAGIC.match(line), self.lines
            if match is None or not self._is_automatic(match["name"]):
                return None
        grammar = known.get(match["name"])
        return (grammar, match.end()) if grammar else None

    def _is_automatic(self, name: str) -> bool:
        shell = self.desk.shell
        automatic = getattr(shell, "automagic", False)
        return automatic and name not in getattr(shell, "user_ns", {})

    def _in_body(self, head: str, above: list[str], line: str) -> Completions | None:
        found = self._magic(head)
        if found is None:
            return None
        headers = next((each for each in above if each.strip()), None)
        columns = None if headers is None else next(csv.reader([headers]))
        return complete_cell(line, columns, head[found[1] :], found[0], self._sources())

    def _sources(self) -> Sources:
        shell, lab = self.desk.shell, self.desk.lab
        hidden = getattr(shell, "user_ns_hidden", {})
        names = getattr(shell, "user_ns", {})
        visible = {k: v for k, v in names.items() if k not in hidden}
        return Sources(
            lab=lab,
            names=visible,
            sequences=_sequence_names,
            tables=lambda: table_names(lab),
        )


def _sequence_names() -> list[Any]:
    from machina_lab.core.sequences import sequences

    return sequences.names()


def table_names(lab: Any) -> list[str]:
    """
    Return the tables that are known without asking a database.
    """
    tables = lab.tables_read()
    found = dict.fromkeys(table.key for table in tables.schema) if tables else {}
    for name in lab.names(automatic=False):
        table = getattr(lab.find(name).model, "__table__", None)
        if table is not None:
            found[str(table)] = None
    return list(found)
