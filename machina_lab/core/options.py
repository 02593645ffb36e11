"""
The options of labs and factories, and where each value comes from.

Options cascade: built-in default, parent lab, lab, factory; the nearest wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from machina_lab.core.records import MISSING
from machina_lab.core.secrets import Address
from machina_lab.errors import OptionError


Level = Literal["default", "parent", "lab", "factory"]

#: Every option with its default. `repo`, `hooks` and `model` live beside them.
DEFAULTS: Final[dict[str, Any]] = {
    "repo": None,
    "model": None,
    "insert": True,
    "build_struct": True,
    "build_params": True,
    "evaluate_lazies": None,
    "keep_none": False,
    "cast": True,
    "strict": True,
    "hook_mode": "override",
    "autocommit": False,
}
#: Options that only a lab has.
LAB_ONLY: Final = frozenset({"autocommit"})
#: Options that only a factory has.
FACTORY_ONLY: Final = frozenset({"model"})

_FLAGS: Final = ("insert", "build_struct", "build_params", "keep_none", "cast")
_CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    **dict.fromkeys(_FLAGS, (True, False)),
    "autocommit": (True, False),
    "evaluate_lazies": (True, False, None),
    "strict": (True, False, "all"),
    "hook_mode": ("override", "chain"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """
    One resolved option.

    Attributes:
        value: What it is.
        level: Where that was said: default, parent, lab or factory.
    """

    value: Any
    level: Level


def checked_options(
    given: Mapping[str, Any], *, known: Iterable[str], where: str
) -> dict[str, Any]:
    """
    Return the options that were really given.

    Raises:
        OptionError: An option is unknown, or its value is none it may have.
    """
    known = list(known)
    unknown = [name for name in given if name not in known]
    if unknown:
        raise OptionError.unknown(unknown, known, where=where)
    own = {name: value for name, value in given.items() if value is not MISSING}
    for name, value in own.items():
        allowed = _CHOICES.get(name)
        if allowed and not any(value is each or value == each for each in allowed):
            raise OptionError(
                f"option {name!r} of {where} cannot be {value!r}."
                f" Choose {' or '.join(map(repr, allowed))}."
            )
    if isinstance(own.get("repo"), str):
        own["repo"] = Address(own["repo"])
    return own


def resolve(levels: Iterable[tuple[Level, Mapping[str, Any]]]) -> dict[str, Option]:
    """
    Return each option with the level that it comes from; later levels win.
    """
    resolved = {name: Option(value, "default") for name, value in DEFAULTS.items()}
    for level, given in levels:
        resolved.update({name: Option(value, level) for name, value in given.items()})
    return resolved
