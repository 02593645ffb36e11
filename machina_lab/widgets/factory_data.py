"""
What the explorer of factories shows, as plain data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from machina_lab.widgets.markup import line
from machina_lab.widgets.sources import uses_of
from machina_lab.widgets.tables import masked_value
from machina_lab.widgets.winners import trace


def tree_data(lab: Any) -> list[dict[str, Any]]:
    """
    Return the tree of a lab's factories, a line each, as plain data.

    A derived factory stands below the one whose body it calls, variants below their
    base, hooks below what they run for.
    """
    names = lab.names(automatic=False)
    known = set(names)
    bases = {name: _base_of(lab, name, known) for name in names}
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


def _base_of(lab: Any, name: str, names: Collection[str]) -> str:
    """
    Return the factory that *name* is derived from, or "".
    """
    for base in uses_of(lab.definition(name).function).bases:
        root = base.partition("+")[0]
        # Factories that call each other are derived from nothing: all are shown.
        if root in names and not _stands_on(lab, root, name):
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
    depth: int = entry["depth"]
    return "   " * depth + line(f"{marks[entry['kind']]}{entry['label']}")


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
