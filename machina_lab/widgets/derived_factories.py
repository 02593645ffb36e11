"""
The derived factories explorer: what stands on what, and who won each field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.errors import UndefinedFactoryError
from machina_lab.widgets import theme
from machina_lab.widgets.codelines import build_lines
from machina_lab.widgets.handlers import details, guarded, on_change, summary
from machina_lab.widgets.markup import (
    code_line,
    escaped,
    grid,
    heading,
    line,
    note,
    scrolled,
    source,
    text_table,
)
from machina_lab.widgets.sources import uses_of
from machina_lab.widgets.tables import masked_value
from machina_lab.widgets.views import View, keep_live
from machina_lab.widgets.winners import trace


_HEIGHT: Final = 18


def tree_data(lab: Any) -> list[dict[str, Any]]:
    """
    Return the tree of a lab's factories, a line each, as plain data.

    A derived factory stands below the one whose body it calls, variants below their
    base, hooks below what they run for.
    """
    names = lab.names(automatic=False)
    bases = {name: _base_of(lab, name, names) for name in names}
    below: dict[str, list[str]] = {}
    for name, base in bases.items():
        if base:
            below.setdefault(base, []).append(name)
    variants: dict[str, list[Any]] = {}
    for variant in lab.variants().values():
        variants.setdefault(variant.base, []).append(variant)
    made: list[dict[str, Any]] = []
    for name in names:
        if not bases[name]:
            made += _branch(lab, name, 0, below, variants)
    return made


def _base_of(lab: Any, name: str, names: list[str]) -> str:
    """
    Return the factory that *name* is derived from, or "".
    """
    known = set(names)
    seen = {name}
    function = lab.definition(name).function
    for base in uses_of(function).bases:
        root = base.partition("+")[0]
        if root in known and root not in seen and not _stands_on(lab, root, name):
            return root
    return ""


def _stands_on(lab: Any, name: str, other: str) -> bool:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each == other:
            return True
        if each not in seen and lab.has(each):
            seen.add(each)
            bases = uses_of(lab.definition(each).function).bases
            waiting += [base.partition("+")[0] for base in bases]
    return False


def _branch(
    lab: Any,
    name: str,
    depth: int,
    below: dict[str, list[str]],
    variants: dict[str, list[Any]],
) -> Iterator[dict[str, Any]]:
    definition = lab.definition(name)
    yield _entry("factory", name, name, depth)
    for hook in definition.hooks:
        yield _entry("hook", hook, name, depth + 1)
    yield from _variants_below(name, name, depth, variants)
    for each in below.get(name, ()):
        yield from _branch(lab, each, depth + 1, below, variants)


def _variants_below(
    base: str, path: str, depth: int, variants: dict[str, list[Any]]
) -> Iterator[dict[str, Any]]:
    for each in variants.get(base, ()):
        yield _entry("variant", each.name, each.full_name, depth + 1)
        yield from _variants_below(each.full_name, path, depth + 1, variants)


def _entry(kind: str, label: str, path: str, depth: int) -> dict[str, Any]:
    return {"kind": kind, "label": label, "path": path, "depth": depth}


def entry_label(entry: dict[str, Any]) -> str:
    """
    Return a line of the tree as text.
    """
    marks = {"factory": "", "variant": "+ ", "hook": "hook "}
    indent = "   " * entry["depth"]
    return line(f"{marks[entry['kind']]}{entry['label']}", 60).join((indent, ""))


def factory_data(lab: Any, path: str) -> dict[str, Any]:
    """
    Return one factory as plain data: options with their level, variants, hooks, source.

    Raises:
        UndefinedFactoryError: There is no such factory.
    """
    factory = lab.find(path)
    uses = uses_of(factory.definition.function)
    steps = [
        {"name": each.name, "base": each.base, "source": each.source}
        for each in factory.steps
    ]
    return {
        "path": factory.path,
        "model": factory.model.__name__ if factory.model else "",
        "place": factory.definition.place,
        "inputs": list(factory.inputs),
        "bases": list(uses.bases),
        "associations": list(uses.associations),
        "sequences": [str(use.name) for use in uses.sequences],
        "variants": list(factory.variants),
        "steps": steps,
        "options": [
            (name, _option(name, option.value), option.level)
            for name, option in factory.options.items()
            if name != "hooks"
        ],
        "hooks": [
            (name, ", ".join(getattr(each, "__name__", "a function") for each in hooks))
            for name, hooks in factory.hooks.items()
        ],
        "source": factory.source,
    }


def _option(name: str, value: Any) -> str:
    if name == "repo" and value is not None:
        return str(getattr(value, "label", type(value).__name__))
    return value.__name__ if isinstance(value, type) else line(repr(value))


def compare_data(lab: Any, first: str, second: str) -> list[dict[str, Any]]:
    """
    Return the fields of two factories' records side by side, as plain data.

    Raises:
        Exception: Whatever the factories raise.
    """
    one, other = trace(lab, first), trace(lab, second)
    left, right = one.values, other.values
    return [
        {
            "field": str(name),
            "first": _cell(name, left),
            "first_by": one.winners.get(name, ""),
            "second": _cell(name, right),
            "second_by": other.winners.get(name, ""),
            "differs": name not in left
            or name not in right
            or line(left[name]) != line(right[name]),
        }
        for name in dict.fromkeys((*left, *right))
    ]


def _cell(name: str, values: Mapping[str, Any]) -> str:
    return line(masked_value(name, values[name])) if name in values else ""


class DerivedFactories(View):
    """
    A tree of factories, one of them in detail, and two of them compared.

    Attributes:
        selected: The factory in detail.
        compared: The two that are compared.
        differences: The fields in which those differ.
    """

    def __init__(self, lab: Any) -> None:
        super().__init__(lab)
        self._tree: list[dict[str, Any]] = []
        self._shown: Any = None
        self._rows: list[dict[str, Any]] = []
        self.filter = widgets.Text(
            description="Filter", placeholder="part of a name", continuous_update=True
        )
        self.tree = widgets.Select(description="Factories", rows=_HEIGHT)
        self.first = widgets.Dropdown(description="Compare")
        self.second = widgets.Dropdown(description="with")
        self.detail, self.comparison = theme.html(), theme.html()
        self._quiet = False
        on_change(self.filter, self._show_tree)
        on_change(self.tree, self._choose)
        on_change(self.first, self._compare)
        on_change(self.second, self._compare)
        left = theme.rows(self.filter, self.tree, name="machina-list machina-side")
        page = theme.rows(self.detail, name="machina-main")
        self.lay_out(
            theme.html(theme.title("Factories")),
            theme.row(left, page, name="machina-columns"),
            self.status,
            theme.row(self.first, self.second, name="machina-bar"),
            self.comparison,
        )
        self.refresh()
        keep_live(self)

    @property
    def differences(self) -> list[str]:
        """
        The fields in which the two compared records differ.
        """
        return [each["field"] for each in self._rows if each["differs"]]

    @property
    def selected(self) -> str:
        """
        The path of the chosen factory or variant, or "".
        """
        return self._entry["path"] if self._entry else ""

    @property
    def _entry(self) -> dict[str, Any]:
        at = self.tree.value
        return self._tree[at] if at is not None and at < len(self._tree) else {}

    @property
    def compared(self) -> tuple[str, str]:
        """
        The two factories side by side.
        """
        return (self.first.value or "", self.second.value or "")

    @property
    def code(self) -> str:
        """
        The Python call that builds the chosen factory.
        """
        return build_lines("build", self.selected, 1, {}).python

    def refresh(self) -> None:
        """
        Read the lab's factories again.
        """
        tree = tree_data(self.lab)
        seen = (tree, [id(self.lab.definition(each["path"])) for each in tree])
        if seen == self._shown:
            return
        self._tree, self._shown = tree, seen
        paths = [each["path"] for each in tree if each["kind"] != "hook"]
        self._quietly(lambda: self._offer(paths))
        self._show_tree()
        self._compare()

    def _offer(self, paths: list[str]) -> None:
        first, second = self.compared
        self.first.options = self.second.options = paths
        if paths:
            self.first.value = first if first in paths else paths[0]
            self.second.value = (
                second if second in paths else paths[min(1, len(paths) - 1)]
            )

    def _quietly(self, act: Any) -> None:
        self._quiet = True
        try:
            act()
        finally:
            self._quiet = False

    @guarded
    def _show_tree(self) -> None:
        wanted = self.filter.value.strip().casefold()
        before = self.selected
        options = [
            (entry_label(each), at)
            for at, each in enumerate(self._tree)
            if wanted in each["label"].casefold() or wanted in each["path"].casefold()
        ]
        self._quietly(lambda: self._put_options(options, before))
        self._choose()

    def _put_options(self, options: list[tuple[str, int]], before: str) -> None:
        self.tree.options = options
        places = [at for _, at in options]
        same = [at for at in places if self._tree[at]["path"] == before]
        self.tree.value = next(iter(same or places), None)

    @guarded
    def _choose(self) -> None:
        if self._quiet:
            return
        self.status.say("")
        if not self.selected:
            text = "No factory has this in its name." if self._tree else _NONE_YET
            self.detail.value = f"<p>{note(text)}</p>"
            return
        self.detail.value = detail_html(factory_data(self.lab, self.selected))

    @guarded
    def _compare(self) -> None:
        if self._quiet or not all(self.compared):
            return
        try:
            self._rows = compare_data(self.lab, *self.compared)
        except UndefinedFactoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a factory may raise anything; it is shown
            self._rows = []
            text = f'<p class="machina-bad">{escaped(summary(error))}</p>'
            self.comparison.value = text + details(error)
            return
        self.comparison.value = comparison_html(self._rows, self.compared)

    def as_text(self) -> str:
        """
        Return the tree as text.
        """
        lines = [entry_label(each) for each in self._tree]
        if not lines:
            return _NONE_YET
        table = comparison_text(self._rows, self.compared) if self._rows else ""
        return "\n".join(["Factories", "", *lines, "", table]).rstrip()


_NONE_YET: Final = "No factories are defined yet."


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


def derived(lab: Any) -> DerivedFactories:
    """
    Return the explorer of a lab's factories, variants and hooks.
    """
    return DerivedFactories(lab)
