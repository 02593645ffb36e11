"""
Functions that a build calls on its way.

Six hooks, each given what the stage before made and returning what the next one gets:

1. `before_build_params`  the caller's overrides
2. `after_build_params`   the merged and resolved mapping
3. `before_build_struct`  the same mapping, about to become a record
4. `after_build_struct`   the record
5. `before_insert`        the record
6. `after_insert`         the inserted record

They are set on a parent lab, a lab or a factory. With `hook_mode="override"` the
nearest one replaces the others of its name; with `"chain"` all of them run, the
outermost first before a stage and last after it.
"""

from __future__ import annotations

import inspect

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from machina_lab.errors import HookError, nearest


Hook = Callable[[Any], Any]
#: What one level says of its hooks: name -> functions to run, or None to switch it off.
Hooks = dict[str, tuple[Hook, ...] | None]

HOOKS: Final = (
    "before_build_params",
    "after_build_params",
    "before_build_struct",
    "after_build_struct",
    "before_insert",
    "after_insert",
)


def checked_name(name: object) -> str:
    """
    Return *name* if it is a hook.

    Raises:
        HookError: It is none; the text tells the nearest one.
    """
    if isinstance(name, str) and name in HOOKS:
        return name
    close = nearest(name, HOOKS)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise HookError(f"there is no hook {name!r}.{hint} Hooks: {', '.join(HOOKS)}.")


def checked_hooks(hooks: Mapping[str, Any] | None, *, where: str) -> Hooks:
    """
    Return one level's hooks, each as a tuple of functions.

    Raises:
        HookError: A name is unknown, or a hook is neither a function, a list of
            functions, nor None.
    """
    if hooks is None:
        return {}
    if not isinstance(hooks, Mapping):
        raise HookError(f"hooks of {where} must be a mapping, not {hooks!r}.")
    checked: Hooks = {}
    for name, value in hooks.items():
        checked_name(name)
        if value is None:
            checked[name] = None
            continue
        functions = tuple(value) if isinstance(value, list | tuple) else (value,)
        for function in functions:
            if not callable(function):
                raise HookError(
                    f"hook {name!r} of {where} must be a function of one argument,"
                    f" a list of them, or None; got {function!r}."
                )
            check_takes_one(function, name)
        checked[name] = functions
    return checked


def check_takes_one(function: Hook, name: str) -> None:
    """
    Raise `HookError` if *function* cannot be called with one argument.
    """
    try:
        inspect.signature(function).bind(None)
    except TypeError as error:
        called = getattr(function, "__qualname__", repr(function))
        raise HookError(
            f"hook {name!r} is called with one argument, but {called} takes others:"
            f" {error}."
        ) from error
    except ValueError:
        # Builtins do not tell what they take.
        return


def resolve_hooks(
    levels: Iterable[Mapping[str, tuple[Hook, ...] | None]], *, mode: str
) -> dict[str, tuple[Hook, ...]]:
    """
    Return the functions to run for each hook, in run order.

    Args:
        levels: Outermost first: parent labs, lab, factory.
        mode: `"override"` or `"chain"`.
    """
    resolved: dict[str, tuple[Hook, ...]] = {}
    for level in levels:
        for name, functions in level.items():
            inherited = resolved.get(name, ())
            if functions is None:
                resolved[name] = ()
            elif mode == "override":
                resolved[name] = functions
            elif name.startswith("before"):
                resolved[name] = (*inherited, *functions)
            else:
                resolved[name] = (*functions, *inherited)
    return {name: resolved[name] for name in HOOKS if resolved.get(name)}


def composed(functions: tuple[Hook, ...], name: str, factory: str) -> Hook | None:
    """
    Return one function that runs *functions* in order, or None if there are none.

    It raises `HookError` when one of them returns None for something.
    """
    if not functions:
        return None

    def run(value: Any) -> Any:
        for function in functions:
            result = function(value)
            if result is None and value is not None:
                called = getattr(function, "__qualname__", repr(function))
                raise HookError(
                    f"hook {name} of factory {factory!r} ({called}) returned None."
                    f" Return the {_carried(name)}."
                )
            value = result
        return value

    return run


def _carried(name: str) -> str:
    if name.endswith("insert") or name == "after_build_struct":
        return "record"
    return "params"
