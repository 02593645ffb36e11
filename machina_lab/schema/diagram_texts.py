"""
A schema as text for other tools: Mermaid and Graphviz.
"""

from __future__ import annotations

import html
import re

from collections.abc import Mapping

from machina_lab.core.tables import Column, Table
from machina_lab.schema.model import Schema
from machina_lab.schema.ordering import is_optional


def as_mermaid(schema: Schema, rows: Mapping[str, list[Column]]) -> str:
    """
    Return an `erDiagram`: tables are called t0, t1, … and labelled, any name is safe.
    """
    names = {table.key: f"t{index}" for index, table in enumerate(schema)}
    lines = ["erDiagram"]
    for table in schema:
        label = _quoted(table.key)
        if not rows[table.key]:
            lines.append(f'    {names[table.key]}["{label}"]')
            continue
        lines.append(f'    {names[table.key]}["{label}"] {{')
        lines += [f"        {_mermaid_column(table, c)}" for c in rows[table.key]]
        lines.append("    }")
    for relation in schema.relations:
        child = schema.table(relation.table)
        end = "|o" if is_optional(child, relation.foreign_key) else "||"
        label = _quoted(", ".join(relation.foreign_key.columns))
        lines.append(
            f"    {names[relation.parent]} {end}--o{{ {names[relation.table]}"
            f' : "{label}"'
        )
    return "\n".join(lines) + "\n"


def _mermaid_column(table: Table, column: Column) -> str:
    kind = _word(column.type.label, "type")
    name = _word(column.name, "column")
    keys = ["PK"] if column.name in table.primary_key else []
    if any(column.name in fk.columns for fk in table.foreign_keys):
        keys.append("FK")
    if any((column.name,) == unique.columns for unique in table.uniques):
        keys.append("UK")
    parts = [kind, name, ", ".join(keys)]
    parts += [f'"{_quoted(column.name)}"'] if name != column.name else []
    return " ".join(part for part in parts if part)


def _word(text: str, fallback: str) -> str:
    """
    Return *text* as Mermaid reads a word: letters, digits and underscores.
    """
    word = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
    return word if word and not word[0].isdigit() else f"{fallback}_{word}".rstrip("_")


def _quoted(text: str) -> str:
    return re.sub(r"[\x00-\x1f]", " ", text).replace('"', "#quot;")


def as_dot(schema: Schema, rows: Mapping[str, list[Column]]) -> str:
    """
    Return a `digraph` with a table of columns for each table.
    """
    names = {table.key: f"t{index}" for index, table in enumerate(schema)}
    lines = [
        "digraph schema {",
        "  rankdir=RL;",
        '  node [shape=plain, fontname="Helvetica"];',
    ]
    for table in schema:
        cells = [
            f'<TR><TD BGCOLOR="lightgrey"><B>{html.escape(table.key)}</B></TD></TR>'
        ]
        cells += [
            f'<TR><TD ALIGN="LEFT" PORT="{_port(table, column)}">'
            f"{html.escape(column.name)}</TD></TR>"
            for column in rows[table.key]
        ]
        head = '<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0">'
        label = f"<{head}{''.join(cells)}</TABLE>>"
        lines.append(f"  {names[table.key]} [label={label}];")
    for relation in schema.relations:
        child = schema.table(relation.table)
        column = child.column(relation.foreign_key.columns[0])
        port = f":{_port(child, column)}" if column in rows[child.key] else ""
        dashed = is_optional(child, relation.foreign_key)
        style = " [style=dashed]" if dashed else ""
        lines.append(f"  {names[child.key]}{port} -> {names[relation.parent]}{style};")
    return "\n".join([*lines, "}"]) + "\n"


def _port(table: Table, column: Column) -> str:
    return f"c{table.columns.index(column)}"
