"""
Python source laid out as `ruff format` lays it out.

Source is made of *pieces*: words that are never broken, and brackets that are when a
line gets too long. Only what scaffolds need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final


WIDTH: Final = 88
_STEP: Final = "    "


@dataclass(frozen=True, slots=True)
class Call:
    """
    `head(items)`: broken by putting the items on a line of their own, then one a line.
    """

    head: str
    items: tuple[Piece, ...]

    def __str__(self) -> str:
        """
        Write it on one line.
        """
        return f"{self.head}({', '.join(map(str, self.items))})"


@dataclass(frozen=True, slots=True)
class Items:
    """
    A list or a mapping: broken by putting one item on a line.
    """

    items: tuple[Piece, ...]
    brackets: str = "[]"

    def __str__(self) -> str:
        """
        Write it on one line.
        """
        return f"{self.brackets[0]}{', '.join(map(str, self.items))}{self.brackets[1]}"


@dataclass(frozen=True, slots=True)
class Named:
    """
    `name=value` or `"key": value`: broken inside the value.
    """

    name: str
    value: Piece

    def __str__(self) -> str:
        """
        Write it on one line.
        """
        return f"{self.name}{self.value}"


Piece = str | Call | Items | Named


def lay_out(piece: Piece, *, indent: int = 0, before: str = "", after: str = "") -> str:
    """
    Return *piece* with what stands before and after it on its lines.

    Args:
        piece: What to write.
        indent: How many steps the line is indented.
        before: What is on the line already: `name = `.
        after: What must follow at once: `,`.
    """
    while isinstance(piece, Named):
        before, piece = before + piece.name, piece.value
    margin = _STEP * indent
    flat = f"{margin}{before}{piece}{after}"
    if len(flat) <= WIDTH or isinstance(piece, str) or not piece.items:
        return flat
    if isinstance(piece, Call):
        opening, closing = f"{piece.head}(", ")"
        inner = ", ".join(map(str, piece.items))
        line = f"{margin}{_STEP}{inner}"
        if len(line) <= WIDTH:
            return f"{margin}{before}{opening}\n{line}\n{margin}{closing}{after}"
    else:
        opening, closing = piece.brackets[0], piece.brackets[1]
    lines = [lay_out(item, indent=indent + 1, after=",") for item in piece.items]
    return "\n".join(
        [f"{margin}{before}{opening}", *lines, f"{margin}{closing}{after}"]
    )


def literal(value: Any) -> str:
    """
    Return *value* as source, texts in double quotes where that needs no escape more.
    """
    if isinstance(value, str):
        shown = repr(value)
        if shown.startswith("'") and '"' not in value:
            inner = shown[1:-1].replace("\\'", "'")
            return f'"{inner}"'
        return shown
    if isinstance(value, bytes):
        shown = repr(value)
        return (
            f'b"{shown[2:-1]}"'
            if '"' not in shown and "'" not in shown[2:-1]
            else shown
        )
    if isinstance(value, dict):
        pairs = [f"{literal(key)}: {literal(item)}" for key, item in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def comment(text: str, *, indent: int) -> list[str]:
    """
    Return *text* as comment lines of at most the usual width.
    """
    room = WIDTH - len(_STEP) * indent - 2
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [f"{_STEP * indent}# {each}" for each in [*lines, line] if each]


def with_reason(code: str, reason: str, *, indent: int) -> str:
    """
    Put a *reason* behind *code* where it fits on the line, else above it.
    """
    if not reason:
        return code
    reason = " ".join(reason.split())
    if "\n" not in code and len(code) + len(reason) + 4 <= WIDTH:
        return f"{code}  # {reason}"
    return "\n".join([*comment(reason, indent=indent), code])


def strings(values: Sequence[Any]) -> Items:
    """
    Return a list of literals.
    """
    return Items(tuple(literal(value) for value in values))
