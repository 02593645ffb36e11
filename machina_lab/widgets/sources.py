"""
What the text of a factory's body tells: its sequences, and the factories it stands on.

Nothing is run. What a body does in ways its text does not show is not found.
"""

from __future__ import annotations

import ast
import inspect
import textwrap

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from machina_lab.core.factories import Factory
from machina_lab.core.records import MISSING


@dataclass(frozen=True, slots=True)
class SequenceUse:
    """
    One sequence that a body draws from.

    Attributes:
        name: The sequence.
        field: The attribute that its value goes to, or "".
        start_at: Where it starts.
    """

    name: Hashable
    field: str
    start_at: int = 0


@dataclass(frozen=True, slots=True)
class Uses:
    """
    What one body uses.

    Attributes:
        sequences: The sequences it draws from.
        bases: The factories whose bodies it calls or whose records it builds.
        associations: The factories that its associations refer to.
    """

    sequences: tuple[SequenceUse, ...] = ()
    bases: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def uses_of(function: Callable[..., Any]) -> Uses:
    """
    Return what the body of *function* uses, as far as its text tells.
    """
    target = inspect.unwrap(getattr(function, "__func__", function))
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(target)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return Uses()
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    fields = _fields_of_calls(tree)
    return Uses(
        tuple(_sequence_uses(calls, fields, target)),
        tuple(dict.fromkeys(_bases(calls, target))),
        tuple(dict.fromkeys(_associations(calls, target))),
    )


def _fields_of_calls(tree: ast.AST) -> dict[int, str]:
    """
    Return the attribute that each call's value goes to, by the call's identity.
    """
    found: dict[int, str] = {}
    for node in ast.walk(tree):
        for name, value in _assigned(node):
            for inner in ast.walk(value):
                # The innermost attribute is met last, and it is the one that counts.
                if isinstance(inner, ast.Call):
                    found[id(inner)] = name
    return found


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.Call) and _last(node.func) not in {"sequence", "next"}:
        yield from ((each.arg, each.value) for each in node.keywords if each.arg)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value


def _last(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _sequence_uses(
    calls: list[ast.Call], fields: dict[int, str], function: Any
) -> Iterator[SequenceUse]:
    for call in calls:
        last = _last(call.func)
        on = _last(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if not call.args or not (
            last == "sequence" or (last == "next" and on == "sequences")
        ):
            continue
        name = _value(call.args[0], function)
        if isinstance(name, Hashable) and name is not MISSING:
            yield SequenceUse(name, fields.get(id(call), ""), _start(call, function))


def _start(call: ast.Call, function: Any) -> int:
    for each in call.keywords:
        if each.arg == "start_at":
            value = _value(each.value, function)
            return value if isinstance(value, int) else 0
    return 0


def _bases(calls: list[ast.Call], function: Any) -> Iterator[str]:
    for call in calls:
        called = _named(call.func, function)
        if isinstance(called, Factory):
            yield called.path
        elif _last(call.func) == "build" and isinstance(call.func, ast.Attribute):
            on = _named(call.func.value, function)
            if isinstance(on, Factory):
                yield on.path
            elif call.args and isinstance(_value(call.args[0], function), str):
                yield _value(call.args[0], function)


def _associations(calls: list[ast.Call], function: Any) -> Iterator[str]:
    places = {"assoc": 0, "assoc_list": 1}
    for call in calls:
        place = places.get(_last(call.func))
        if place is not None and len(call.args) > place:
            target = _value(call.args[place], function)
            if isinstance(target, Factory):
                yield target.path
            elif isinstance(target, str):
                yield target


def _value(node: ast.AST, function: Any) -> Any:
    """
    Return the value of a literal or of a plain name, or `MISSING`.
    """
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return _named(node, function)


def _named(node: ast.AST, function: Any) -> Any:
    if not isinstance(node, ast.Name):
        return MISSING
    closure = dict(
        zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    )
    if node.id in closure:
        try:
            return closure[node.id].cell_contents
        except ValueError:
            return MISSING
    return function.__globals__.get(node.id, MISSING)
