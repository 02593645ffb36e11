"""
The pages of the explorer of factories: one in detail, two side by side.
"""

from __future__ import annotations

from typing import Any, Final

from machina_lab.widgets.codelines import build_lines
from machina_lab.widgets.markup import (
    code_line,
    escaped,
    grid,
    heading,
    note,
    scrolled,
    source,
    text_table,
)


def detail_html(data: dict[str, Any]) -> str:
    """
    Return one factory as HTML.
    """
    facts = {
        "makes": data["model"] or "what its body returns",
        "defined": data["place"],
        "derived from": ", ".join(data["bases"]),
        "associations": ", ".join(data["associations"]),
        "inputs": ", ".join(data["inputs"]),
        "sequences": ", ".join(data["sequences"]),
        "variants": ", ".join(data["variants"]),
    }
    told = "".join(
        f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>"
        for name, value in facts.items()
        if value
    )
    lines = build_lines("build", data["path"], 1, {})
    hooks = grid(("hook", "runs"), data["hooks"]) if data["hooks"] else ""
    parts = [
        heading(data["path"]),
        f"<dl>{told}</dl>",
        code_line(lines.magic, "Magic"),
        code_line(lines.python, "Python"),
        *[source(each["source"], f"Variant {each['name']}") for each in data["steps"]],
        source(data["source"], "Body") if data["source"] else "",
        heading("Hooks") + hooks if hooks else "",
        _options_html(data["options"]),
    ]
    return scrolled("".join(parts), "Factory", name="machina-scroll machina-detail")


def _options_html(options: list[tuple[str, str, str]]) -> str:
    """
    Return the options that somebody said, those that nobody did folded below.
    """
    heads = ("option", "value", "said on")
    said = [each for each in options if each[2] != "default"]
    rest = [each for each in options if each[2] == "default"]
    shown = grid(heads, said) if said else f"<p>{note('Nobody said any.')}</p>"
    folded = grid(heads, rest)
    count = f"{len(rest)} more with their defaults"
    below = f"<details><summary>{count}</summary>{folded}</details>" if rest else ""
    return heading("Options") + shown + below


_SIDES: Final = ("first", "first_by", "second", "second_by")


def _heads(names: tuple[str, str]) -> tuple[str, ...]:
    return ("field", names[0], "said by", names[1], "said by")


def comparison_html(rows: list[dict[str, Any]], names: tuple[str, str]) -> str:
    """
    Return two records side by side, the differing fields marked.
    """
    marked = {at: "machina-differs" for at, row in enumerate(rows) if row["differs"]}
    cells = _cells(rows)
    return scrolled(grid(_heads(names), cells, marked=marked), "Comparison")


def comparison_text(rows: list[dict[str, Any]], names: tuple[str, str]) -> str:
    """
    Return two records side by side as text.
    """
    return text_table(_heads(names), _cells(rows))


def _cells(rows: list[dict[str, Any]]) -> list[list[str]]:
    # The mark is a sign too: colour alone would not reach everybody.
    return [
        [f"{row['field']} {'≠' if row['differs'] else ''}".rstrip()]
        + [row[side] for side in _SIDES]
        for row in rows
    ]
