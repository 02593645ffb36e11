"""
The pages of the schema explorer: one table's head, columns and factories.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from machina_lab.core.tables import Table
from machina_lab.widgets.diagram_pages import GAP, link
from machina_lab.widgets.markup import (
    Markup,
    escaped,
    grid,
    heading,
    line,
    note,
    scrolled,
)


#: Keys up to this length stand in a column of their own.
_COLUMN: Final = 26
_PAD: Final = "\u00a0"


def table_labels(tables: Iterable[Table]) -> list[str]:
    """
    Return tables as they stand in a list, their rows below each other.
    """
    told = [
        (line(t.key, 60), "view" if t.rows is None and t.view else _number(t.rows))
        for t in tables
    ]
    widths = [len(key) for key, _ in told if len(key) <= _COLUMN]
    wide, long = max(widths, default=0), max((len(n) for _, n in told), default=0)
    return [
        # What is before the gap is the key, as the diagram looks it up.
        f"{key}{GAP}{_PAD * (wide - len(key) + long - len(number))}{number}"
        if number
        else key
        for key, number in told
    ]


def _number(rows: int | None) -> str:
    return "" if rows is None else f"{rows:,}"


def head_html(data: dict[str, Any]) -> str:
    """
    Return the head of a table's page.
    """
    counts = [] if data["rows"] is None else [f"{data['rows']:,} rows"]
    facts = [*counts, f"{len(data['columns'])} columns"]
    facts += [f"made by {', '.join(data['factories'])}"] if data["factories"] else []
    facts += (
        [f"insert order {data['place']} of {data['tables']}"] if data["place"] else []
    )
    facts += [data["comment"]] if data["comment"] else []
    return heading(data["key"]) + note(" · ".join(facts))


def columns_html(data: dict[str, Any]) -> str:
    """
    Return the columns of a table, and where it leads.
    """
    heads = ("column", "type", "null", "key", "default", "references", "comment")
    rows = [
        (
            each["column"],
            each["type"],
            "null" if each["nullable"] else "",
            each["key"],
            each["default"],
            each["references"],
            each["comment"],
        )
        for each in data["columns"]
    ]
    used = [at for at in range(len(heads)) if at < 4 or any(row[at] for row in rows)]  # noqa: PLR2004 - the first four always
    table = grid([heads[at] for at in used], [[row[at] for at in used] for row in rows])
    more = [
        f"<dt>{label}</dt><dd>{'<br>'.join(map(escaped, data[name]))}</dd>"
        for label, name in (
            ("unique together", "uniques"),
            ("checks", "checks"),
            ("indexes", "indexes"),
        )
        if data[name]
    ]
    facts = f"<dl>{''.join(more)}</dl>" if more else ""
    return scrolled(table + _relations(data) + facts, f"Columns of {data['key']}")


def _relations(data: dict[str, Any]) -> str:
    rows = [
        (way, Markup(link(key)), join)
        for way, name in (("parent", "parents"), ("child", "children"))
        for key, join in data[name]
    ]
    return grid(("relation", "table", "by"), rows) if rows else ""


def factory_html(data: dict[str, Any]) -> str:
    """
    Return which factories make rows of a table, and when they are inserted.
    """
    makers = ", ".join(data["factories"]) or "none yet: Scaffold writes one"
    place = f"{data['place']} of {data['tables']}" if data["place"] else "a view: never"
    after = ", ".join(dict.fromkeys(parent for parent, _ in data["parents"]))
    facts = {
        "factories": makers,
        "insert order": place,
        "after": after,
        "cycles": "; ".join(data["cycles"]),
    }
    told = "".join(
        f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>"
        for name, value in facts.items()
        if value
    )
    return f"<dl>{told}</dl>"
