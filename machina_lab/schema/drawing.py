"""
A schema as SVG: boxes with columns, foreign keys as curves to the parent.

Colours follow the reader's light or dark setting; the picture brings its own
background, so it can be read on any page.
"""

from __future__ import annotations

import html
import unicodedata

from collections.abc import Mapping, Sequence
from typing import Final

from machina_lab.core.tables import Column, Table
from machina_lab.schema.layouts import Box, place
from machina_lab.schema.model import Relation, Schema
from machina_lab.schema.ordering import is_optional


_ROW: Final = 20
_HEAD: Final = 28
_PAD: Final = 10
_MARGIN: Final = 24
#: Width of a letter of the fixed-width font at 12 px.
_LETTER: Final = 7.25
_LONGEST: Final = 34

_STYLE: Final = """
.d{--paper:#ffffff;--box:#f6f8fa;--head:#dbe7f5;--focus:#ffe3b3;--line:#57606a;\
--text:#1f2328;--soft:#57606a}
@media (prefers-color-scheme: dark){.d{--paper:#0d1117;--box:#161b22;--head:#1f3350;\
--focus:#5a3e00;--line:#8b949e;--text:#e6edf3;--soft:#9ea7b3}}
.d text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--text)}
.d .name{font-weight:bold}
.d .soft{fill:var(--soft)}
.d .key{font-weight:bold}
.d .paper{fill:var(--paper)}
.d .box{fill:var(--box);stroke:var(--line)}
.d .head{fill:var(--head);stroke:var(--line)}
.d .focus{fill:var(--focus)}
.d path.fk{fill:none;stroke:var(--line);stroke-width:1.4}
.d path.open{stroke-dasharray:5 4}
.d marker path{fill:var(--line)}
"""


_ARROW: Final = """\
<defs><marker id="to" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" \
markerHeight="8" orient="auto-start-reverse"><path d="M0 1 L10 5 L0 9 Z"/></marker>\
</defs>"""


def draw(
    schema: Schema,
    rows: Mapping[str, list[Column]],
    hidden: Mapping[str, int],
    *,
    focus: str = "",
) -> str:
    """
    Return *schema* as an SVG document.

    Args:
        schema: The tables to draw.
        rows: The columns to show of each.
        hidden: Table key -> how many of its relations lead out of the picture.
        focus: The table to set off.
    """
    boxes = {
        table.key: Box(
            table.key,
            _width(table, rows[table.key], hidden.get(table.key, 0)),
            _HEAD + _ROW * (len(rows[table.key]) + bool(hidden.get(table.key))),
        )
        for table in schema
    }
    edges = [(relation.table, relation.parent) for relation in schema.relations]
    places = place(boxes, edges)
    width, height = places.width, places.height
    curves = [
        _curve(
            relation,
            schema.table(relation.table),
            boxes,
            rows,
            places.lanes.get((relation.table, relation.parent), ()),
        )
        for relation in schema.relations
    ]
    drawn = [
        _box(table, boxes[table.key], rows[table.key], hidden.get(table.key, 0), focus)
        for table in schema
    ]
    frame = f'width="{width + 2 * _MARGIN:.0f}" height="{height + 2 * _MARGIN:.0f}"'
    box = f"{-_MARGIN} {-_MARGIN} {width + 2 * _MARGIN:.0f} {height + 2 * _MARGIN:.0f}"
    root = 'xmlns="http://www.w3.org/2000/svg" class="d" role="img"'
    paper = f'<rect class="paper" x="{-_MARGIN}" y="{-_MARGIN}" {frame}/>'
    head = [
        f'<svg {root} {frame} viewBox="{box}">',
        f"<title>{_text(_title(schema))}</title>",
        f"<style>{_STYLE}</style>",
        _ARROW,
        paper,
    ]
    return "\n".join([*head, *curves, *drawn, "</svg>"])


def _title(schema: Schema) -> str:
    names = ", ".join(table.key for table in list(schema)[:12])
    return f"{len(schema)} tables: {names}{', …' if len(schema) > 12 else ''}"  # noqa: PLR2004 - enough for a title


def _width(table: Table, columns: Sequence[Column], hidden: int) -> float:
    lines = [_letters(table.key) + 2]
    lines += [_letters(c.name) + _letters(_kind(c)) + 6 for c in columns]
    lines += [len(_more(hidden))] if hidden else []
    return max(lines) * _LETTER + 2 * _PAD


def _letters(text: str) -> int:
    """
    Return how many letters wide *text* is drawn; some scripts take two each.
    """
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in _short(text))
    return len(_short(text)) + wide


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _kind(column: Column) -> str:
    label = column.type.label.lower()
    return label if len(label) <= 18 else f"{label[:17]}…"  # noqa: PLR2004 - as wide as names


def _more(hidden: int) -> str:
    return f"+ {hidden} more relation{'s' if hidden > 1 else ''}"


def _box(
    table: Table, box: Box, columns: Sequence[Column], hidden: int, focus: str
) -> str:
    classes = "head focus" if table.key == focus else "head"
    x, y = box.x, box.y
    place = f'x="{x:.1f}" y="{y:.1f}" width="{box.width:.1f}" rx="4"'
    name = f'<text class="name" x="{x + _PAD:.1f}" y="{y + 18:.1f}">'
    parts = [
        f"<g><title>{_text(_facts(table))}</title>",
        f'<rect class="box" {place} height="{box.height:.1f}"/>',
        f'<rect class="{classes}" {place} height="{_HEAD}"/>',
        f"{name}{_text(_short(table.key))}</text>",
    ]
    for index, column in enumerate(columns):
        parts.append(_line(table, column, box, y + _HEAD + _ROW * index + 14))
    if hidden:
        bottom = y + box.height - 6
        parts.append(
            f'<text class="soft" x="{x + _PAD:.1f}" y="{bottom:.1f}">'
            f"{_text(_more(hidden))}</text>"
        )
    return "".join([*parts, "</g>"])


def _facts(table: Table) -> str:
    rows = "" if table.rows is None else f", about {table.rows} rows"
    kind = "view" if table.view else "table"
    return f"{kind} {table.key}: {len(table.columns)} columns{rows}. {table.comment}"


def _line(table: Table, column: Column, box: Box, y: float) -> str:
    primary = column.name in table.primary_key
    mark = "" if column.nullable and not primary else "*"
    classes = ' class="key"' if primary else ""
    return (
        f'<text{classes} x="{box.x + _PAD:.1f}" y="{y:.1f}">'
        f"{_text(_short(column.name))}{mark}</text>"
        f'<text class="soft" text-anchor="end" x="{box.x + box.width - _PAD:.1f}"'
        f' y="{y:.1f}">{_text(_kind(column))}</text>'
    )


def _curve(
    relation: Relation,
    child: Table,
    boxes: Mapping[str, Box],
    rows: Mapping[str, list[Column]],
    lanes: Sequence[Box],
) -> str:
    start, end = boxes[relation.table], boxes[relation.parent]
    fk = relation.foreign_key
    y1 = _anchor(start, rows[relation.table], fk.columns[0])
    y2 = _anchor(end, rows[relation.parent], fk.references[0] if fk.references else "")
    if start is end:
        right = start.x + start.width
        path = f"M{right:.1f} {y1:.1f} C{right + 46:.1f} {y1:.1f} {right + 46:.1f}"
        path += f" {start.y + 10:.1f} {right:.1f} {start.y + 10:.1f}"
    elif lanes:
        path = _through(lanes, start, end, y1, y2)
    else:
        x1, x2, bend1, bend2 = _sides(start, end)
        path = f"M{x1:.1f} {y1:.1f} C{bend1:.1f} {y1:.1f} {bend2:.1f} {y2:.1f}"
        path += f" {x2:.1f} {y2:.1f}"
    classes = "fk open" if is_optional(child, fk) else "fk"
    return (
        f'<path class="{classes}" marker-end="url(#to)" d="{path}">'
        f"<title>{_text(str(relation))}</title></path>"
    )


def _through(lanes: Sequence[Box], start: Box, end: Box, y1: float, y2: float) -> str:
    """
    Return the path of an edge that passes other columns of boxes, each by its lane.
    """
    # A parent is on the right only where a cycle had to be turned round.
    leftwards = end.x < start.x
    x, goal = start.x, end.x + end.width
    if not leftwards:
        x, goal = start.x + start.width, end.x
    stops = [(lane.x + lane.width, lane.x, lane.y) for lane in lanes]
    if not leftwards:
        stops = [(left, right, y) for right, left, y in stops]
    y = y1
    path = f"M{x:.1f} {y:.1f}"
    for near, far, height in [*stops, (goal, goal, y2)]:
        middle = (x + near) / 2
        path += f" C{middle:.1f} {y:.1f} {middle:.1f} {height:.1f}"
        path += f" {near:.1f} {height:.1f}"
        path += f" H{far:.1f}" if far != near else ""
        x, y = far, height
    return path


def _sides(start: Box, end: Box) -> tuple[float, float, float, float]:
    """
    Return where a curve leaves and arrives, and how far it bends: by the near sides.
    """
    if start.x >= end.x + end.width:
        x1, x2 = start.x, end.x + end.width
        bend = max((x1 - x2) / 2, 30)
        return x1, x2, x1 - bend, x2 + bend
    if end.x >= start.x + start.width:
        x1, x2 = start.x + start.width, end.x
        bend = max((x2 - x1) / 2, 30)
        return x1, x2, x1 + bend, x2 - bend
    x1, x2 = start.x + start.width, end.x + end.width
    bend = max(x1, x2) + 50
    return x1, x2, bend, bend


def _anchor(box: Box, columns: Sequence[Column], name: str) -> float:
    """
    Return the height of a column's line, or of the head where it is not shown.
    """
    for index, column in enumerate(columns):
        if column.name == name:
            return box.y + _HEAD + _ROW * index + _ROW / 2
    return box.y + _HEAD / 2


def _text(text: str) -> str:
    clean = "".join(c for c in text if c in "\t\n" or (c >= " " and c != "\x7f"))
    return html.escape(clean.encode("utf-8", "replace").decode(), quote=True)
