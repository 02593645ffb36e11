"""
What a cell shows beside DataFrames: short pages of facts, tables and code.

A page is data; its text (for terminals) and its HTML (for front ends) are made from the
same data, and the HTML is escaped in one place. It needs no script and no style sheet,
so it reads well in a notebook that is not trusted, in the dark, and exported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final, Self


_LONGEST: Final = 300
_LONGEST_CODE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """
    Lines of a label and what there is to say.
    """

    items: Mapping[str, object]

    def text(self) -> str:
        """
        Return the lines for a terminal.
        """
        width = max(map(len, self.items), default=0)
        return "\n".join(f"{k:<{width}}  {cut(v)}" for k, v in self.items.items())

    def html(self) -> str:
        """
        Return the lines as a table without borders.
        """
        rows = "".join(
            f'<tr><th scope="row" style="text-align: left">{escape(label)}</th>'
            f'<td style="text-align: left">{escape(cut(value))}</td></tr>'
            for label, value in self.items.items()
        )
        return f"<table>{rows}</table>"


@dataclass(frozen=True, slots=True)
class Grid:
    """
    A table under a heading.
    """

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]

    def text(self) -> str:
        """
        Return the table for a terminal.
        """
        cells = [[cut(cell) for cell in row] for row in self.rows]
        widths = [
            max(map(len, column)) for column in zip(self.columns, *cells, strict=True)
        ]
        lines = [
            "  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip()
            for row in [self.columns, *cells]
        ]
        head = [self.heading] if self.heading else []
        return "\n".join([*head, *(f"  {line}" for line in lines)])

    def html(self) -> str:
        """
        Return the table with its heading as caption.
        """
        heads = "".join(
            f'<th scope="col" style="text-align: left">{escape(c)}</th>'
            for c in self.columns
        )
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align: left">{escape(cut(cell))}</td>' for cell in row
            )
            + "</tr>"
            for row in self.rows
        )
        head = f"<p><b>{escape(self.heading)}</b></p>" if self.heading else ""
        return (
            f"{head}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


@dataclass(frozen=True, slots=True)
class Code:
    """
    Source code under a heading.
    """

    heading: str
    source: str

    def text(self) -> str:
        """
        Return the code, indented.
        """
        lines = _whole(self.source).splitlines()
        return "\n".join([self.heading, *(f"    {line}" for line in lines)])

    def html(self) -> str:
        """
        Return the code as preformatted text.
        """
        source = escape(_whole(self.source))
        return (
            f"<p><b>{escape(self.heading)}</b></p>"
            f'<pre style="margin-bottom: 1em"><code>{source}</code></pre>'
        )


@dataclass(frozen=True)
class Page:
    """
    Something to look at in a cell.

    Attributes:
        title: Its first line.
        parts: Facts, tables and code, in order.
        data: The same as plain Python, for programs.
    """

    title: str
    parts: tuple[Facts | Grid | Code, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        """
        Return the text that a terminal shows.
        """
        texts = [part.text() for part in self.parts]
        return "\n\n".join([self.title, *filter(None, texts)])

    def _repr_html_(self) -> str:
        parts = "".join(part.html() for part in self.parts)
        return f"<div><p><b>{escape(self.title)}</b></p>{parts}</div>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


class Picture(str):
    """
    A diagram as SVG text: a front end shows the picture, a terminal what it tells.

    Attributes:
        diagram: The picture, which shows itself as HTML.
        told: What it tells, as text.
        theme: `light` or `dark` whatever the front end's is, or `auto`.
    """

    __slots__ = ("diagram", "theme", "told")

    diagram: Any
    told: str
    theme: str

    def __new__(cls, diagram: Any, told: str, theme: str = "auto") -> Self:
        """
        Keep the diagram's text as one's own.
        """
        made = super().__new__(cls, diagram)
        made.diagram, made.told, made.theme = diagram, told, theme
        return made

    def __repr__(self) -> str:
        """
        Return what a terminal shows.
        """
        return self.told

    def _repr_html_(self) -> str:
        inner: str = self.diagram._repr_html_()
        if self.theme == "auto":
            return inner
        # As wide as the picture: the page around it has the other colours.
        style = f"color-scheme: {self.theme}; background: Canvas; display: inline-block"
        return f'<div style="{style}">{inner}</div>'

    def save(self, path: str | Path) -> Path:
        """
        Write the picture to *path* and return it.
        """
        saved: Path = self.diagram.save(path)
        return saved


def cut(value: object, limit: int = _LONGEST) -> str:
    """
    Return *value* as one line that is not too long.
    """
    text = value if isinstance(value, str) else _safe_repr(value)
    text = " ".join(text[: 4 * limit].split()) if len(text) < 4 * limit else text
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _safe_repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - a user's class may fail in any way
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _whole(source: str) -> str:
    if len(source) <= _LONGEST_CODE:
        return source
    return (
        f"{source[:_LONGEST_CODE]}\n… {len(source) - _LONGEST_CODE:,} more characters"
    )


def rows_by_table(rows: Mapping[str, int]) -> str:
    """
    Return how many rows of which table, in words.

    Examples:
        >>> rows_by_table({"users": 1, "comments": 2500})
        'comments 2,500, users 1'
    """
    return ", ".join(f"{table} {count:,}" for table, count in sorted(rows.items()))
