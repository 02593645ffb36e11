"""
HTML for widgets: every text escaped in one place.

What a live widget shows is not sanitised by the front end, so nothing that came from
data, names or errors gets into a page but through `escaped`.
"""

from __future__ import annotations

import enum
import unicodedata

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final


#: Longest text of a cell.
WIDTH: Final = 60
_MORE: Final = "…"

#: Copies the code beside the button. Where the page may not use the clipboard it marks
#: the code instead, so that the usual keys copy it.
_COPY: Final = (
    "const b=this,c=b.parentElement.querySelector('code'),"
    "d=t=>{b.textContent=t;setTimeout(()=>{b.textContent='Copy'},1500)},"
    "m=()=>{getSelection().selectAllChildren(c);"
    "d(document.execCommand('copy')?'Copied':'Marked')};"
    "navigator.clipboard"
    "?navigator.clipboard.writeText(c.textContent).then(()=>d('Copied'),m):m()"
)


def escaped(value: object) -> str:
    """
    Return *value* as HTML that shows it and does nothing else.
    """
    return escape(printable(str(value)), quote=True)


def printable(text: str) -> str:
    r"""
    Return *text* with what could turn it around or hide in it written out (`\u202e`).
    """
    if text.isprintable():
        return text
    return "".join(
        each.encode("unicode_escape").decode() if _is_hidden(each) else each
        for each in text
    )


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in "\n\t\u200d"


def line(value: object, limit: int = WIDTH) -> str:
    """
    Return *value* as one short line of text.
    """
    text = value if isinstance(value, str) else _shown(value)
    text = printable(" ".join(text[: 4 * limit].split()))
    return text if len(text) <= limit else f"{text[: limit - 1]}{_MORE}"


def _shown(value: object) -> str:
    from machina_lab.core.records import kind_of

    if value is None:
        return "None"
    if isinstance(value, enum.Enum):
        return value.name
    if hasattr(type(value), "__mapper__"):
        # Its own repr might ask the database.
        return kind_of(type(value)).identify(value)
    try:
        return repr(value) if isinstance(value, list | tuple | dict) else str(value)
    except Exception as error:  # noqa: BLE001 - a class of the user's may fail in any way
        return f"<{type(value).__name__} whose text raises {type(error).__name__}>"


def note(text: object, kind: str = "quiet") -> str:
    """
    Return a short remark; *kind* is `quiet`, `good`, `warn` or `bad`.
    """
    return f'<span class="machina-{kind}">{escaped(text)}</span>' if text else ""


def heading(text: object) -> str:
    """
    Return the heading of a part.
    """
    role = 'role="heading" aria-level="3"'
    return f'<div class="machina-heading" {role}>{escaped(text)}</div>'


def grid(
    columns: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    caption: str = "",
    marked: Mapping[int, str] | None = None,
) -> str:
    """
    Return a table; cells that are `Markup` stay as they are.

    Args:
        columns: The heads.
        rows: The rows, cells by column.
        caption: What the table shows, for everybody.
        marked: Position of a row -> the class that sets it apart.
    """
    marked = marked or {}
    heads = "".join(f'<th scope="col">{escaped(each)}</th>' for each in columns)
    lines = "".join(
        f"<tr{_class(marked.get(at))}>{''.join(map(_cell, row))}</tr>"
        for at, row in enumerate(rows)
    )
    above = f"<caption>{escaped(caption)}</caption>" if caption else ""
    return (
        f'<table class="machina-table">{above}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table>"
    )


def _class(name: str | None) -> str:
    return f' class="{name}"' if name else ""


def _cell(value: object) -> str:
    if isinstance(value, Markup):
        return f"<td>{value}</td>"
    if value is None:
        return '<td><em class="machina-quiet">None</em></td>'
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (
        f"<td{_class('machina-number' if number else None)}>{escaped(line(value))}</td>"
    )


class Markup(str):
    """
    A text that is HTML already.
    """

    __slots__ = ()


def code_line(code: str, label: str) -> str:
    """
    Return one line of code with a button that copies it.
    """
    name = escaped(label)
    return (
        f'<div class="machina-code"><span class="machina-label">{name}</span>'
        f'<code tabindex="0" aria-label="{name} code">{escape(code)}</code>'
        f"{_copy_button(f'{label} code')}</div>"
    )


def _copy_button(what: str) -> str:
    return (
        f'<button type="button" class="machina-copy" aria-label="Copy {escaped(what)}"'
        f' title="Copy to the clipboard" onclick="{escape(_COPY, quote=True)}">'
        "Copy</button>"
    )


def source(code: str, label: str = "Source") -> str:
    """
    Return lines of code with a button that copies them.
    """
    name = escaped(label)
    return (
        f'<div class="machina-source">{_copy_button(label)}'
        f'<pre tabindex="0" aria-label="{name}"><code>{escape(code)}</code></pre></div>'
    )


def scrolled(html: str, label: str, *, name: str = "machina-scroll") -> str:
    """
    Return *html* in a box that scrolls, by keys too.
    """
    return (
        f'<div class="{name}" tabindex="0" role="group"'
        f' aria-label="{escaped(label)}">{html}</div>'
    )


def text_table(columns: Sequence[object], rows: Iterable[Sequence[Any]]) -> str:
    """
    Return a table for a terminal.
    """
    cells = [[line(each) for each in row] for row in [columns, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
