"""
Pictures of a schema: SVG to look at, Mermaid and Graphviz text to take along.

Nothing is asked from a server, nothing is loaded, and every name is escaped: a picture
is safe in a notebook that nobody trusts yet.
"""

from __future__ import annotations

import base64

from collections import Counter
from pathlib import Path
from typing import Any, Final, Literal

from machina_lab.core.tables import Column, Table
from machina_lab.errors import OptionError
from machina_lab.schema.diagram_texts import as_dot, as_mermaid
from machina_lab.schema.drawing import draw
from machina_lab.schema.model import Schema


Detail = Literal["all", "keys", "none"]

#: How many tables are drawn with all columns, with their keys, at all.
_ALL: Final = 20
_KEYS: Final = 60
_TABLES: Final = 400


class Diagram(str):
    """
    A picture as SVG text; a notebook shows it, `save` writes it to a file.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        # An image: notebooks strip SVG that they do not trust, images they show.
        code = base64.b64encode(self.encode()).decode()
        return (
            '<img alt="diagram of the schema" style="max-width: 100%"'
            f' src="data:image/svg+xml;base64,{code}">'
        )

    def __repr__(self) -> str:
        """
        Keep the text itself out of the cell.
        """
        return f"<Diagram: {len(self):,} characters of SVG>"

    def save(self, path: str | Path) -> Path:
        """
        Write the picture to *path* and return it.
        """
        path = Path(path)
        path.write_text(self, encoding="utf-8")
        return path


def diagram(  # noqa: PLR0913 - keywords, all of them optional
    schema: Schema,
    kind: str = "svg",
    *,
    around: str | None = None,
    depth: int = 1,
    columns: Detail | None = None,
    limit: int = 40,
) -> Any:
    """
    Draw *schema*.

    Args:
        schema: The tables.
        kind: `svg`, `mermaid` or `dot`.
        around: Draw the neighbourhood of this table only.
        depth: How many foreign keys away a neighbour may be.
        columns: `all`, `keys` or `none`; by default as many as are readable.
        limit: How many tables a neighbourhood has at most; hubs say how many are left.

    Raises:
        OptionError: There is no such kind or detail.
        UnknownTableError: There is no table called *around*.
    """
    if kind not in ("svg", "mermaid", "dot"):
        raise OptionError.unknown([kind], ["svg", "mermaid", "dot"], where="diagram")
    if columns not in ("all", "keys", "none", None):
        raise OptionError.unknown(
            [str(columns)], ["all", "keys", "none"], where="diagram(columns=...)"
        )
    drawn = schema.only(_near(schema, around, depth, limit)) if around else schema
    if not around and len(drawn) > _TABLES:
        drawn = schema.only(_busiest(schema, _TABLES))
    detail = columns or _detail(len(drawn))
    rows = {table.key: shown_columns(table, detail) for table in drawn}
    if around and columns is None:
        # What one asked for is shown whole; its neighbours by what ties them to it.
        rows = {table.key: shown_columns(table, "keys") for table in drawn}
        rows[schema.table(around).key] = list(schema.table(around).columns)
    hidden = _hidden(schema, drawn)
    if kind == "mermaid":
        return as_mermaid(drawn, rows)
    if kind == "dot":
        return as_dot(drawn, rows)
    focus = schema.table(around).key if around else ""
    return Diagram(draw(drawn, rows, hidden, focus=focus))


def shown_columns(table: Table, detail: Detail) -> list[Column]:
    """
    Return the columns to draw: all, those of keys, or none; in declared order.
    """
    if detail == "none":
        return []
    if detail == "all":
        return list(table.columns)
    keys = {*table.primary_key, *(n for fk in table.foreign_keys for n in fk.columns)}
    return [column for column in table.columns if column.name in keys]


def _detail(count: int) -> Detail:
    if count <= _ALL:
        return "all"
    return "keys" if count <= _KEYS else "none"


def _near(schema: Schema, around: str, depth: int, limit: int) -> list[str]:
    """
    Return the tables near one, parents before children where there are too many.
    """
    start = schema.table(around).key
    found = {start: None}
    edge = [start]
    for _ in range(depth):
        parents = [r.parent for key in edge for r in schema.relations if r.table == key]
        children = [
            r.table for key in edge for r in schema.relations if r.parent == key
        ]
        edge = [key for key in dict.fromkeys(parents + children) if key not in found]
        found |= dict.fromkeys(edge)
    return list(found)[: max(limit, 1)]


def _busiest(schema: Schema, limit: int) -> list[str]:
    counts = Counter(
        key
        for relation in schema.relations
        for key in (relation.table, relation.parent)
    )
    keys = [table.key for table in schema]
    return sorted(keys, key=lambda key: -counts[key])[:limit]


def _hidden(schema: Schema, drawn: Schema) -> dict[str, int]:
    """
    Count the relations of each drawn table that lead out of the picture.
    """
    shown = {table.key for table in drawn}
    counts: Counter[str] = Counter()
    for relation in schema.relations:
        inside = (relation.table in shown, relation.parent in shown)
        if inside == (True, False):
            counts[relation.table] += 1
        elif inside == (False, True):
            counts[relation.parent] += 1
    return dict(counts)
