"""
The functions that a lab has for each factory (FM's generated functions).

For a factory with a class: `build_user_params`, `build_user_struct`, `params_for_user`,
`string_params_for_user`, `insert_user` and lists of the first two and the last; without
one: `build_greeting`, `build_greeting_list`. Options take some of them away.
"""

from __future__ import annotations

import inspect

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from machina_lab.core.records import kind_of
from machina_lab.errors import OptionError


if TYPE_CHECKING:
    from machina_lab.core.factories import Factory


@dataclass(frozen=True, slots=True)
class Generated:
    """
    One generated function before it is made.

    Attributes:
        name: Its name.
        factory: The name of its factory.
        verb: The verb of `Lab` that it calls.
        many: Whether it takes a number of records first.
        what: Its docstring's first line.
    """

    name: str
    factory: str
    verb: str
    many: bool
    what: str


_BUILDERS: Final = ("variants",)
_PARAMS: Final = ("variants", "keep_none")
_STRING_PARAMS: Final = ("variants", "keep_none", "values")


def names_for(
    factory: str,
    *,
    model: type | None,
    options: Mapping[str, Any],
    connected: bool,
) -> list[Generated]:
    """
    Return the functions that a factory or variant called *factory* has.

    Args:
        factory: Its name.
        model: The class of its records, or None.
        options: Its resolved options.
        connected: Whether there is a database to insert into.
    """
    if model is None or issubclass(model, Mapping):
        return _family(f"build_{factory}", factory, "build", "Build")
    found: list[Generated] = []
    if options["build_params"]:
        found += _family(
            f"build_{factory}_params", factory, "raw_params", "Build the raw params of"
        )
    if not options["build_struct"]:
        return found
    found += _family(f"build_{factory}_struct", factory, "build", "Build")
    found += [
        Generated(f"params_for_{factory}", factory, "params_for", False, "Params for"),
        Generated(
            f"string_params_for_{factory}",
            factory,
            "string_params_for",
            False,
            "Wire values for",
        ),
    ]
    if options["insert"] and connected and kind_of(model).insertable:
        found += _family(f"insert_{factory}", factory, "insert", "Build and insert")
    return found


def _family(name: str, factory: str, verb: str, what: str) -> list[Generated]:
    return [
        Generated(name, factory, verb, False, what),
        Generated(f"{name}_list", factory, verb, True, f"{what} n times"),
    ]


def made(generated: Generated, find: Callable[[str], Factory[Any]]) -> Any:
    """
    Return the function, with its own name, docstring and signature.
    """
    verb, factory_name = generated.verb, generated.factory

    def one(
        params: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> Any:
        factory, rest = _chosen(find(factory_name), verb, opts, generated.name)
        return _call(factory, verb, None, params, rest, overrides)

    def many(
        n: int,
        params: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> Any:
        factory, rest = _chosen(find(factory_name), verb, opts, generated.name)
        return _call(factory, verb, n, params, rest, overrides)

    function: Callable[..., Any] = many if generated.many else one
    function.__name__ = function.__qualname__ = generated.name
    function.__doc__ = f"{generated.what} {factory_name!r}; see `Lab.{verb}`."
    function.__signature__ = _SIGNATURES[generated.many]  # type: ignore[attr-defined]  # what help reads
    return function


def _signature(*names: str) -> inspect.Signature:
    def parameter(name: str) -> inspect.Parameter:
        kind = inspect.Parameter.POSITIONAL_ONLY
        default = inspect.Parameter.empty if name == "n" else None
        return inspect.Parameter(name, kind, default=default)

    overrides = inspect.Parameter("overrides", inspect.Parameter.VAR_KEYWORD)
    return inspect.Signature([*map(parameter, names), overrides])


_SIGNATURES: Final = {
    False: _signature("params", "opts"),
    True: _signature("n", "params", "opts"),
}


def _chosen(
    factory: Factory[Any], verb: str, opts: Mapping[str, Any] | None, name: str
) -> tuple[Factory[Any], dict[str, Any]]:
    """
    Return the factory with the variants that the options name, and the other options.
    """
    rest = dict(opts or {})
    variants = rest.pop("variants", ())
    if isinstance(variants, str):
        raise OptionError(
            f"expected variants for {name} to be a list of variant names, got"
            f" {variants!r}."
        )
    known = {"params_for": _PARAMS, "string_params_for": _STRING_PARAMS}
    if verb != "insert":
        allowed = known.get(verb, _BUILDERS)
        unknown = [key for key in rest if key not in allowed]
        if unknown:
            raise OptionError.unknown(unknown, allowed, where=name)
    return factory.variant(*variants) if variants else factory, rest


def _call(  # noqa: PLR0913 - what every family shares
    factory: Factory[Any],
    verb: str,
    n: int | None,
    params: Any,
    opts: dict[str, Any],
    overrides: dict[str, Any],
) -> Any:
    lab, path = factory.lab, factory.path
    if verb == "insert":
        if n is None:
            return lab.insert(path, params, opts, **overrides)
        return lab.insert_list(n, path, params, opts, **overrides)
    if verb in ("params_for", "string_params_for"):
        return lab.params_with_options(verb, path, params, opts, overrides)
    if n is None:
        return getattr(lab, verb)(path, params, **overrides)
    if verb == "build":
        return lab.build_list(n, path, params, **overrides)
    return lab.raw_params_list(n, path, params, **overrides)
