"""
Defining what a lab knows: factories, variants, hooks, helpers and strategies.

A lab may extend another: it sees whatever that one has, now and later, and its own
definitions win.
"""

from __future__ import annotations

import inspect

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar, overload

from machina_lab.core.definitions import (
    SUFFIX,
    Definition,
    factory_name,
    place_of,
    shape_of,
)
from machina_lab.core.factories import Factory
from machina_lab.core.functions import names_for
from machina_lab.core.hooks import (
    Hook,
    check_takes_one,
    checked_hooks,
    checked_name,
)
from machina_lab.core.lookups import FactorySource, Lookups
from machina_lab.core.options import DEFAULTS, LAB_ONLY, checked_options
from machina_lab.core.records import MISSING
from machina_lab.core.strategies import InUse, Strategy
from machina_lab.core.variants import Variant, declared_variant, written_variant
from machina_lab.errors import ArgumentTypeError, HookError, OptionError


T = TypeVar("T")
M = TypeVar("M")
F = TypeVar("F", bound=Callable[..., Any])

_FACTORY_OPTIONS: Final = [name for name in DEFAULTS if name not in LAB_ONLY]


class Registry(Lookups):
    """
    A lab's definitions, and the verbs that add to them.
    """

    # -- defining ------------------------------------------------------------------

    @overload
    def factory(self, function: Callable[..., T], /) -> Factory[T]: ...
    @overload
    def factory(
        self, name: str | None = None, /, *, model: type[M], **options: Any
    ) -> Callable[[Callable[..., Any]], Factory[M]]: ...
    @overload
    def factory(
        self, name: str | None = None, /, *, model: None = None, **options: Any
    ) -> Callable[[Callable[..., T]], Factory[T]]: ...
    def factory(self, function: Any = None, /, **options: Any) -> Any:
        """
        Define a factory from the decorated function (EM, FM `deffactory`).

        The function's parameters decide who merges: none, and overrides are merged and
        lazies worked out; keyword-only ones are named inputs; one positional takes the
        attributes and merges them itself.

        Args:
            function: The function, or the factory's name (also as `name=`); without a
                name it has the function's, less a trailing `_factory`.
            options: `model` (the class that a returned mapping is made into), `insert`,
                `build_struct`, `build_params`, `hooks`, `evaluate_lazies`, `keep_none`,
                `cast`, `repo`, `strict`, `hook_mode`. Those not given come from the
                lab.

        Returns:
            The handle; calling it calls the plain function.

        Raises:
            OptionError: An option, the name or the function's parameters are wrong.
            DuplicateFactoryError: Another place has defined the name.
        """
        if callable(function) and not isinstance(function, str):
            return self.define(function, **options)
        name = options.pop("name", None) if function is None else function
        known = [*_FACTORY_OPTIONS, "hooks"]
        checked_options(options, known=known, where=f"factory {name or ''}".rstrip())
        return lambda decorated: self.define(decorated, name=name, **options)

    def define(
        self,
        function: Callable[..., Any],
        *,
        name: str | None = None,
        hooks: Mapping[str, Any] | None = None,
        place: str | None = None,
        **options: Any,
    ) -> Factory[Any]:
        """
        Define a factory; the plain form of `Lab.factory`.

        Raises:
            OptionError: An option, the name or the function's parameters are wrong.
            DuplicateFactoryError: Another place has defined the name.
        """
        if not callable(function):
            raise OptionError(f"a factory is a function, not {function!r}.")
        name = factory_name(function, name)
        where = f"factory {name!r}"
        model = options.get("model")
        if model is not None and model is not MISSING and not isinstance(model, type):
            raise OptionError(f"model of {where} must be a class, not {model!r}.")
        definition = Definition(
            name=name,
            function=function,
            shape=shape_of(function, name=name),
            options=checked_options(options, known=_FACTORY_OPTIONS, where=where),
            hooks=checked_hooks(hooks, where=where),
            place=place or place_of(function),
        )
        self._add(definition)
        return self._handle(name)

    def _add(self, definition: Definition) -> None:
        name = definition.name
        names = [(name, f"factory {name!r}", False)]
        names += self._generated_names(name, definition)
        self._claims.take(f"factory {name}", definition.place, names)
        self._definitions[name] = definition
        self._changed()

    def _generated_names(
        self, name: str, definition: Definition
    ) -> list[tuple[str, str, bool]]:
        options = {k: o.value for k, o in self._resolved(definition).items()}
        model = self._model(definition) or self._text_model(definition)
        family = names_for(name, model=model, options=options, connected=True)
        return [(each.name, f"function of factory {name!r}", True) for each in family]

    @overload
    def variant(
        self, factory: Any, name: str | None = None, *, as_: str | None = None
    ) -> Callable[[F], F]: ...
    @overload
    def variant(
        self,
        factory: Factory[T],
        name: str,
        *,
        as_: str | None = None,
        defaults: Mapping[str, Any] | None = None,
        force: Mapping[str, Any] | None = None,
    ) -> Factory[T]: ...
    @overload
    def variant(
        self,
        factory: Any,
        name: str,
        *,
        as_: str | None = None,
        defaults: Mapping[str, Any] | None = None,
        force: Mapping[str, Any] | None = None,
    ) -> Factory[Any]: ...
    def variant(
        self,
        factory: Any,
        name: str | None = None,
        *,
        as_: str | None = None,
        defaults: Mapping[str, Any] | None = None,
        force: Mapping[str, Any] | None = None,
        **unknown: Any,
    ) -> Any:
        """
        Define a variant of *factory* (FM `defvariant`).

        With a name and `defaults` or `force` it is complete; else it decorates a
        function of one positional, the params, which returns what the base gets.

        Args:
            factory: Name or handle of the base; a variant's full name works too.
            name: The variant's own name, where it has no function.
            as_: Its name as a factory; else `{name}_{factory}`.
            defaults: What it gives where the caller gives nothing.
            force: What it gives whatever the caller gives.
            unknown: Refused, with the nearest right name.

        Raises:
            UndefinedFactoryError: There is no such base.
            OptionError: The declaration makes no sense.
        """
        base = factory.name if isinstance(factory, Factory) else factory
        self.find(base)
        if unknown:
            known = ("as_", "defaults", "force")
            raise OptionError.unknown(unknown, known, where=f"a variant of {base!r}")
        if defaults is not None or force is not None:
            if not isinstance(name, str):
                raise OptionError("a variant without a body needs a name.")
            own = factory_name(_nameless, name)
            full = as_ or f"{own}_{base}"
            self._add_variant(
                declared_variant(
                    name=own,
                    base=base,
                    full_name=full,
                    place=f"variant {own!r} of {base!r}",
                    defaults=defaults,
                    force=force,
                )
            )
            return self._handle(full)

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            self._add_variant(
                written_variant(function, name=name, base=base, full_name=as_)
            )
            return function

        return decorate

    def _add_variant(self, variant: Variant) -> None:
        full = variant.full_name
        factory_name(_nameless, full)
        definition = self.definition(variant.base)
        names = [
            (full, f"variant {full!r}", False),
            (f"{variant.base}+{variant.name}", f"variant {variant.name!r}", False),
            *self._generated_names(full, definition),
        ]
        self._claims.take(f"variant {full}", variant.place, names)
        self._variants[full] = variant
        self._changed()

    def hook(self, name: str) -> Callable[[Hook], Hook]:
        """
        Register the decorated function as a hook of this lab.

        The same function defined again replaces itself; two different ones both run.
        """
        checked_name(name)

        def decorate(function: Hook) -> Hook:
            if not callable(function):
                raise HookError(f"hook {name!r} must be a function, not {function!r}.")
            check_takes_one(function, name)
            place = f"{name} {place_of(function)}"
            held = self._hooks.get(name) or ()
            old = self._hook_places.get(place)
            if old is not None and old[1] in held:
                new = tuple(function if each is old[1] else each for each in held)
            else:
                new = (*held, function)
            self._hooks[name] = new
            self._hook_places[place] = (name, function)
            self._changed()
            return function

        return decorate

    def helper(self, function: F) -> F:
        """
        Make the decorated function callable on this lab and the labs that extend it.
        """
        name = factory_name(function, None)
        what = f"helper {name!r}"
        self._claims.take(what, place_of(function), [(name, what, True)])
        self._helpers[name] = function
        return function

    def use(self, strategy: type[Strategy] | Strategy, **options: Any) -> None:
        """
        Give this lab the verbs of a strategy (EM `use Strategy, opts`).

        Args:
            strategy: The strategy's class, or an instance.
            options: What its `details.options` holds.
        """
        made = strategy() if isinstance(strategy, type) else strategy
        if not isinstance(made, Strategy):
            raise OptionError(
                f"a strategy is a subclass of Strategy, not {strategy!r}."
            )
        verb = made.function_name
        place = f"{type(made).__module__}.{type(made).__qualname__}"
        names = [
            (name, f"verb of strategy {type(made).__name__}", True)
            for name in (verb, f"{verb}_pair", f"{verb}_list")
        ]
        self._claims.take(f"strategy {verb}", place, names)
        self._strategies[verb] = InUse(made, options, place)
        self._changed()

    def include(self, source: Any) -> list[Factory[Any]]:
        """
        Register every `*_factory` function of *source*, or every factory of a lab.

        Args:
            source: A module, an instance or class, a mapping, or another lab, whose
                factories keep their own options.

        Returns:
            The handles, in the order they were found.
        """
        if isinstance(source, Registry):
            with self._all_or_nothing():
                return [self._included(source, name) for name in source.names()]
        items = source.items() if isinstance(source, Mapping) else _members(source)
        found = [
            (name, value)
            for name, value in items
            if isinstance(name, str) and name.endswith(SUFFIX) and name[:1] != "_"
        ]
        with self._all_or_nothing():
            handles = [
                self._included(value.lab, value.name)
                if isinstance(value, Factory)
                else self.define(value, name=name.removesuffix(SUFFIX))
                for name, value in found
                if callable(value) and not isinstance(value, type)
            ]
        if not handles:
            raise ArgumentTypeError(
                f"{source!r} has no factories: functions named '*{SUFFIX}'."
            )
        return handles

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """
        Take back what was defined inside the block if it fails.
        """
        before = dict(self._definitions), dict(self._variants), self._claims.copy()
        try:
            yield
        except BaseException:
            self._definitions, self._variants, self._claims = before
            self._changed()
            raise

    def _included(self, source: Registry, name: str) -> Factory[Any]:
        theirs = source.definition(name)
        options = {
            key: option.value
            for key, option in source.options(name).items()
            if option.level != "default"
        }
        self._add(
            Definition(
                name=name,
                function=theirs.function,
                shape=theirs.shape,
                options={k: v for k, v in options.items() if k in _FACTORY_OPTIONS},
                hooks=dict(source.hooks_of(name)),
                place=theirs.place,
                text=theirs.text,
            )
        )
        for variant in source.variants_of(name).values():
            self._add_variant(variant)
        return self._handle(name)

    def add_source(self, source: FactorySource) -> None:
        """
        Let factories come from *source* too; whatever the user defines wins.
        """
        self._sources.append(source)
        self._changed()

    def remove_source(self, source: FactorySource) -> None:
        """
        Forget the factories that came from *source*.
        """
        self._sources = [each for each in self._sources if each is not source]
        self._automatic.clear()
        self._automatic_variants.clear()
        self._changed()


def _nameless() -> None:
    """
    Stand in for the function of a variant that has none.
    """


def _members(source: Any) -> list[tuple[str, Any]]:
    if inspect.ismodule(source):
        return list(vars(source).items())
    return [
        (name, getattr(source, name))
        for name in dir(source)
        if name.endswith(SUFFIX) and not name.startswith("__")
    ]
