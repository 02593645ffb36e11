"""
What one factory is: a name, a function, and the options said with it.

The function's parameters decide who merges what:

* none: overrides are merged and lazies worked out for it
* keyword-only ones are *inputs*: they get theirs, the rest is merged
* one positional takes the attributes (`attrs`, `params`): merging is its own business
"""

from __future__ import annotations

import inspect

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from machina_lab.core.associations import Assoc
from machina_lab.core.bodies import source_of
from machina_lab.core.hooks import Hooks
from machina_lab.core.records import MISSING
from machina_lab.errors import OptionError


SUFFIX: Final = "_factory"


@dataclass(frozen=True, slots=True)
class Shape:
    """
    How a factory's function is called.

    Attributes:
        positional: Name of the parameter that takes the attributes, or "".
        default: Its default, or `MISSING`.
        inputs: Keyword-only parameters -> default, or `MISSING` where required.
        rest: Whether it has `**rest`, which receives what no input took.
    """

    positional: str = ""
    default: Any = MISSING
    inputs: Mapping[str, Any] = field(default_factory=dict)
    rest: bool = False

    @property
    def merges(self) -> bool:
        """
        Whether the lab merges for it.
        """
        return not self.positional


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """
    One factory as it was written; shared by the labs that inherit it.

    Attributes:
        name: The factory's name.
        function: Its body.
        shape: How the body is called.
        options: The options said with it.
        hooks: The hooks said with it.
        place: Where it was written, for messages: `module.qualname`.
        text: Its source where that is not to be had from the function, or "".
        optional: Associations that it makes only of what the caller says of them.
    """

    name: str
    function: Callable[..., Any]
    shape: Shape
    options: Mapping[str, Any]
    hooks: Hooks
    place: str
    text: str = ""
    optional: Mapping[str, Assoc] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """
        The text of the body, or "" where it is not to be had.
        """
        return self.text or source_of(self.function)


def factory_name(function: Callable[..., Any], name: str | None) -> str:
    """
    Return *name*, or the function's own less a trailing `_factory`.

    Raises:
        OptionError: The name cannot be used.
    """
    if name is None:
        own = getattr(function, "__name__", "")
        name = own.removesuffix(SUFFIX) or own
    if not isinstance(name, str) or not name or name == "<lambda>":
        raise OptionError(f"{name!r} is no name for a factory; give name='...'.")
    if "+" in name or name != name.strip() or " " in name:
        raise OptionError(
            f"{name!r} cannot be a name: '+' joins variants, and spaces end it."
        )
    return name


def place_of(function: Callable[..., Any]) -> str:
    """
    Return where *function* was written: its module and qualified name.
    """
    target = inspect.unwrap(getattr(function, "__func__", function))
    module = getattr(target, "__module__", None) or "?"
    return f"{module}.{getattr(target, '__qualname__', repr(target))}"


def shape_of(function: Callable[..., Any], *, name: str) -> Shape:
    """
    Read how *function* is called.

    Raises:
        OptionError: It takes two or more positional parameters, or `*args`.
    """
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise OptionError(
            f"factory {name!r} is async: a body returns its record at once. Await"
            " outside of it; `ainsert` inserts asynchronously."
        )
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as error:
        raise OptionError(f"factory {name!r}: {error}") from error
    positional = [
        each
        for each in parameters
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    stars = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    if len(positional) > 1 or stars:
        raise OptionError(
            f"Invalid factory definition {name!r}: expected exactly one argument or"
            f" none, got {'*args' if stars else f'{len(positional)} positional ones'}."
            " Make the others keyword-only (put them after '*')."
        )
    inputs = {
        each.name: MISSING if each.default is each.empty else each.default
        for each in parameters
        if each.kind is each.KEYWORD_ONLY
    }
    rest = any(each.kind is each.VAR_KEYWORD for each in parameters)
    if not positional:
        return Shape(inputs=inputs, rest=rest)
    only = positional[0]
    default = MISSING if only.default is only.empty else only.default
    return Shape(only.name, default, inputs, rest)
