r"""
The body of a cell magic: CSV with a header row, one record for each row.

Cells are text, cast like bare words by the type of their column's field; an empty cell
leaves the attribute to the factory, and `\N` is None. The only other thing a cell may
be is `$name` for a record, in a column of an association: pasted data runs no code.
"""

from __future__ import annotations

import csv

from collections.abc import Callable, Mapping
from typing import Any, Final

from machina_lab.core.records import Field
from machina_lab.errors import ArgumentValueError, CastError, LineError
from machina_lab.notebook.calls import Call
from machina_lab.notebook.lines import Line, nested
from machina_lab.notebook.scopes import Scope
from machina_lab.notebook.values import attribute_value, find_field
from machina_lab.notebook.waiting import find
from machina_lab.notebook.words import Form, Word


_NULL: Final = r"\N"
#: Wrong cells that are listed one by one.
_LISTED: Final = 10


def rows_of(call: Call, function: Callable[..., Any]) -> Any:
    """
    Answer a cell magic: read its rows, hand them to *function*, keep what it returns.
    """
    target = call.factory()
    given = call.overrides(target)
    flags = call.flags()
    into = flags.pop("into", None)
    if into is not None and not into.isidentifier():
        message = f"--into takes the name of a variable, not {into!r}."
        raise call.line.error(message, call.line.flags["into"])
    fields = find(target).fields()
    rows = read_rows(call.cell, fields, call.scope, call.line)
    result = function(target, [{**given, **row} for row in rows], flags)
    if into is None:
        return result
    call.scope.globals[into] = result
    return None


def read_rows(
    cell: str, fields: Mapping[str, Field], scope: Scope, line: Line
) -> list[dict[str, Any]]:
    """
    Return the attributes of each row.

    Raises:
        ArgumentValueError: The CSV is broken, or cells do not fit; all are named.
    """
    table = _table(cell)
    header = [name.strip() for name in table[0]]
    _check_header(header, line)
    rows, problems = [], []
    for number, cells in enumerate(table[1:], start=1):
        if len(cells) > len(header):
            problems.append(f"row {number} has more cells than the header")
            continue
        items = []
        for key, text in zip(header, cells, strict=False):
            if text == "":
                continue
            try:
                items.append((key, _cell(key, text, fields, scope, line)))
            except (CastError, LineError) as error:
                problems.append(f"row {number}, {error}")
        rows.append(nested(items))
    if problems:
        raise ArgumentValueError(_listed(problems))
    return rows


def _table(cell: str) -> list[list[str]]:
    lines = cell.splitlines(keepends=True)
    try:
        table = [row for row in csv.reader(lines, strict=True) if row]
    except csv.Error as error:
        raise ArgumentValueError(f"the cell's CSV cannot be read: {error}.") from None
    if not table:
        raise ArgumentValueError(
            "the cell has no header row. Write the attributes, with commas between."
        )
    return table


def _check_header(header: list[str], line: Line) -> None:
    twice = [name for name in header if header.count(name) > 1]
    if not all(header) or twice:
        wrong = f"{twice[0]!r} is there twice" if twice else "a name is missing"
        raise ArgumentValueError(f"the cell's header row is wrong: {wrong}.")
    tops = {name.partition(".")[0] for name in header}
    for word in line.attributes:
        if word.key.partition(".")[0] in tops:
            message = f"{word.key} is a column of the cell too. Keep one of them."
            raise line.error(message, word)
    for name in header:
        if any(other.startswith(f"{name}.") for other in header):
            raise ArgumentValueError(
                f"the cell's header row is wrong: {name!r} and attributes of it."
            )


def _cell(
    key: str, text: str, fields: Mapping[str, Field], scope: Scope, line: Line
) -> Any:
    if text == _NULL:
        return None
    found = find_field(fields, key)
    association = found is not None and found.role in ("to_one", "to_many")
    form: Form = "variable" if association and text.startswith("$") else "bare"
    name = text.removeprefix("$") if form == "variable" else text
    word = Word(form, text, name, 0, 0, key)
    # Of an error only the message is used: the word is not on the line.
    return attribute_value(line, word, fields, scope)


def _listed(problems: list[str]) -> str:
    shown = " ".join(map(_sentence, problems[:_LISTED]))
    rest = len(problems) - _LISTED
    return shown + (f" And {rest} more." if rest > 0 else "")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
