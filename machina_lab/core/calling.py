"""
Calling a factory's body with what the caller gave.
"""

from __future__ import annotations

import copy

from collections.abc import Callable, Mapping
from typing import Any

from machina_lab.core.definitions import Shape
from machina_lab.core.lazies import LAZIES, Resolution
from machina_lab.core.records import MISSING
from machina_lab.errors import ArgumentTypeError


def called(
    function: Callable[..., Any], shape: Shape, given: Any, *, where: str
) -> Any:
    """
    Call a body with what the caller gave.

    Args:
        function: The body.
        shape: How it is called.
        given: A mapping of attributes, any value for a body of one positional, or None
            for nothing.
        where: The factory's name, for messages.
    """
    if not shape.positional:
        if not shape.inputs and not shape.rest:
            return function()
        rest = {k: v for k, v in (given or {}).items() if k not in shape.inputs}
        inputs = read_inputs(shape, given or {}, where=where)
        return function(**inputs, **(rest if shape.rest else {}))
    if given is None:
        argument = {} if shape.default is MISSING else copied(shape.default)
    else:
        argument = dict(given) if isinstance(given, Mapping) else given
    if not shape.inputs:
        return function(argument)
    if not isinstance(argument, Mapping):
        raise ArgumentTypeError(
            f"factory {where!r} has inputs, so it expects a mapping, got {argument!r}."
        )
    return function(argument, **read_inputs(shape, argument, where=where))


def copied(default: Any) -> Any:
    """
    Return a positional default for one call, so that calls do not share it.
    """
    return copy.copy(default) if isinstance(default, dict | list | set) else default


def read_inputs(
    shape: Shape, given: Mapping[str, Any], *, where: str
) -> dict[str, Any]:
    """
    Return the value of each input.

    Raises:
        ArgumentTypeError: An input without a default was not given.
    """
    missing = [
        name
        for name, default in shape.inputs.items()
        if default is MISSING and name not in given
    ]
    if missing:
        raise ArgumentTypeError(
            f"factory {where!r} needs the input {' and '.join(map(repr, missing))}:"
            f" build({where!r}, {', '.join(f'{name}=...' for name in missing)})."
        )
    return {
        name: given[name] if name in given else copied(default)
        for name, default in shape.inputs.items()
    }


def with_inputs_worked_out(shape: Shape, given: Any, *, where: str) -> Any:
    """
    Return *given* with the lazies among its inputs worked out: a body reads values.
    """
    if not shape.inputs or not isinstance(given, Mapping):
        return given
    pending = [name for name in shape.inputs if type(given.get(name)) in LAZIES]
    if not pending:
        return given
    resolution = Resolution(dict(given), where=where)
    for name in pending:
        resolution.value(name)
    return resolution.attributes


def left_over(shape: Shape, given: Any, own: Any) -> dict[str, Any]:
    """
    Return what is still to be merged after a body ran.

    Args:
        shape: How the body was called.
        given: What it was called with.
        own: The attributes of its record: an input that is one of them is merged too.
    """
    if not shape.merges or not given:
        return {}
    if shape.rest:
        return {k: v for k, v in given.items() if k in shape.inputs and k in own}
    if not shape.inputs:
        return dict(given)
    return {k: v for k, v in given.items() if k not in shape.inputs or k in own}


def check_mapping(given: Any, *, where: str) -> None:
    """
    Raise if *given* is neither a mapping nor None.
    """
    if given is not None and not isinstance(given, Mapping):
        raise ArgumentTypeError(
            f"expected a params map for factory {where!r}, got {given!r}."
            " Give attributes as keywords or as a mapping; options go in the argument"
            " after it."
        )
