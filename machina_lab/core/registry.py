"""
What a lab knows: factories, variants, hooks, helpers, strategies and their options.

A registry may extend another: it sees whatever that one has, now and later, and its own
definitions win.
"""

from __future__ import annotations

import inspect

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol, TypeVar, overload
from weakref import WeakSet

from machina_lab.core.bodies import has_fields, model_of
from machina_lab.core.claims import Claims
from machina_lab.core.definitions import (
    SUFFIX,
    Definition,
    factory_name,
    place_of,
    shape_of,
)
from machina_lab.core.factories import Factory
from machina_lab.core.functions import names_for
from machina_lab.core.hooks import Hook, Hooks, checked_hooks, checked_name, resolve_hooks
from machina_lab.core.options import (
    DEFAULTS,
    FACTORY_ONLY,
    LAB_ONLY,
    Level,
    Option,
    checked_options,
    resolve,
)
from machina_lab.core.strategies import InUse, Strategy
from machina_lab.core.variants import Variant, declared_variant, written_variant
from machina_lab.errors import (
    ArgumentTypeError,
    HookError,
    OptionError,
    UndefinedFactoryError,
    VariantError,
)


T = TypeVar("T")
M = TypeVar("M")

_LAB_OPTIONS: Final = [name for name in DEFAULTS if name not in FACTORY_ONLY]
_FACTORY_OPTIONS: Final = [name for name in DEFAULTS if name not in LAB_ONLY]


class FactorySource(Protocol):
    """
    Somewhere factories come from on demand, such as the tables of a database.
    """

    def names(self) -> Iterable[str]:
        """
        Return the names it can define, cheaply.
        """

    def define(self, name: str) -> Any:
        """
        Return an object with `function`, `model` and `text` for one of its names.
        """


class Registry:
    """
    The definitions of one lab.

    Attributes:
        extends: The registry whose definitions it inherits, or None.
    """

    def __init__(
        self,
        *,
        extends: Registry | None = None,
        hooks: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        if extends is not None and not isinstance(extends, Registry):
            raise OptionError(f"extends must be a lab, not {extends!r}.")
        self.extends = extends
        self._options = checked_options(options, known=_LAB_OPTIONS, where="the lab")
        self._hooks: Hooks = checked_hooks(hooks, where="the lab")
        self._hook_places: dict[str, tuple[str, Hook]] = {}
        self._definitions: dict[str, Definition] = {}
        self._learned: dict[Callable[..., Any], type | None] = {}
        self._declared: dict[Definition, type | None] = {}
        self._variants: dict[str, Variant] = {}
        self._helpers: dict[str, Callable[..., Any]] = {}
        self._strategies: dict[str, InUse] = {}
        self._sources: list[FactorySource] = []
        self._automatic: dict[str, Definition] = {}
        self._claims = Claims(frozenset(dir(type(self))))
        self._children: WeakSet[Registry] = WeakSet()
        if extends is not None:
            extends._children.add(self)

    def _changed(self) -> None:
        """
        Drop what was compiled, here and in the labs that extend this one.
        """
        for child in self._children:
            child._changed()  # noqa: SLF001 - of its own class

    def lineage(self) -> Iterator[Registry]:
        """
        Return the registries that this one stands on, outermost first, itself last.
        """
        if self.extends is not None:
            yield from self.extends.lineage()
        yield self

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
                `cast`, `repo`, `strict`, `hook_mode`. Those not given come from the lab.

        Returns:
            The handle; calling it calls the plain function.

        Raises:
            OptionError: An option, the name or the function's parameters are wrong.
            DuplicateFactoryError: Another place has defined the name.
        """
        if callable(function) and not isinstance(function, str):
            return self.define(function, **options)
        name = options.pop("name", None) if function is None else function
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

    def _handle(self, name: str) -> Factory[Any]:
        return Factory(self, name)  # type: ignore[arg-type]  # every registry in use has the verbs

    def variant(
        self,
        factory: Any,
        name: str | None = None,
        *,
        as_: str | None = None,
        defaults: Mapping[str, Any] | None = None,
        force: Mapping[str, Any] | None = None,
    ) -> Any:
        """
        Define a variant of *factory* (FM `defvariant`).

        With a name and `defaults` or `force` it is complete; else it decorates a function
        of one positional, the params, which returns what the base gets.

        Args:
            factory: Name or handle of the base; a variant's full name works too.
            name: The variant's own name, where it has no function.
            as_: Its name as a factory; else `{name}_{factory}`.
            defaults: What it gives where the caller gives nothing.
            force: What it gives whatever the caller gives.

        Raises:
            UndefinedFactoryError: There is no such base.
            OptionError: The declaration makes no sense.
        """
        base = factory.name if isinstance(factory, Factory) else factory
        self.find(base)
        if name is not None or defaults is not None or force is not None:
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
            own = factory_name(function, None)
            self._add_variant(
                written_variant(
                    function,
                    name=own,
                    base=base,
                    full_name=as_ or f"{own}_{base}",
                    place=place_of(function),
                )
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

    def helper(self, function: Callable[..., Any]) -> Callable[..., Any]:
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
            raise OptionError(f"a strategy is a subclass of Strategy, not {strategy!r}.")
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
            return [self._included(source, name) for name in source.names()]
        items = source.items() if isinstance(source, Mapping) else _members(source)
        found = [
            (name, value)
            for name, value in items
            if isinstance(name, str) and name.endswith(SUFFIX) and name != SUFFIX
        ]
        handles = []
        for name, value in found:
            if isinstance(value, Factory):
                handles.append(self._included(value.lab, value.name))
            elif callable(value) and not isinstance(value, type):
                handles.append(self.define(value, name=name.removesuffix(SUFFIX)))
        if not handles:
            raise ArgumentTypeError(
                f"{source!r} has no factories: functions named '*{SUFFIX}'."
            )
        return handles

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
        self._changed()

    # -- looking up ----------------------------------------------------------------

    def names(self, *, automatic: bool = True) -> list[str]:
        """
        Return the names of all factories, in the order they were defined.
        """
        found: dict[str, None] = {}
        for each in self.lineage():
            found |= dict.fromkeys(each._definitions)  # noqa: SLF001 - of its own class
        if automatic:
            for each in self.lineage():
                for source in each._sources:  # noqa: SLF001 - of its own class
                    found |= dict.fromkeys(source.names())
        return list(found)

    def factories(self) -> dict[str, Factory[Any]]:
        """
        Return every factory by name, in the order they were defined.
        """
        return {name: self._handle(name) for name in self.names()}

    def variants(self) -> dict[str, Variant]:
        """
        Return every variant by full name.
        """
        found: dict[str, Variant] = {}
        for each in self.lineage():
            found |= each._variants  # noqa: SLF001 - of its own class
        return found

    def find(self, reference: Any) -> Factory[Any]:
        """
        Return the handle of a factory, of a variant, or of a composed name.

        Args:
            reference: A name such as `user`, `admin_user` or `user+admin`, a handle, or
                a class that exactly one factory makes.

        Raises:
            UndefinedFactoryError: There is none of that name.
            VariantError: It has no such variant.
        """
        if isinstance(reference, Factory):
            if reference.lab is self or reference.lab not in self.lineage():
                return reference
            reference = reference.path
        if isinstance(reference, type):
            return self._by_model(reference)
        if not isinstance(reference, str):
            raise ArgumentTypeError(
                f"a factory is called by its name or handle, not by {reference!r}."
            )
        name, *selected = reference.split("+")
        if not self.has(name):
            raise UndefinedFactoryError(name, known=[*self.names(), *self.variants()])
        handle = self._handle(name)
        return handle.variant(*selected) if selected else handle

    def _by_model(self, model: type) -> Factory[Any]:
        found = [
            handle for handle in self.factories().values() if handle.model is model
        ]
        if len(found) == 1:
            return found[0]
        raise UndefinedFactoryError(
            model.__name__, known=[handle.name for handle in found] or self.names()
        )

    def has(self, name: str) -> bool:
        """
        Return whether there is a factory or variant of that name.
        """
        return name in self.variants() or name in self.names()

    def definition(self, name: str) -> Definition:
        """
        Return the definition that a factory or a variant stands on.
        """
        variant = self.variants().get(name)
        if variant is not None:
            return self.definition(variant.base)
        for each in reversed(list(self.lineage())):
            own = each._definitions.get(name)  # noqa: SLF001 - of its own class
            if own is not None:
                return own
        for each in reversed(list(self.lineage())):
            automatic = each._defined_by_source(name)  # noqa: SLF001 - of its own class
            if automatic is not None:
                return automatic
        raise UndefinedFactoryError(name, known=[*self.names(), *self.variants()])

    def _defined_by_source(self, name: str) -> Definition | None:
        if name in self._automatic:
            return self._automatic[name]
        for source in self._sources:
            if name in source.names():
                made = source.define(name)
                self._automatic[name] = Definition(
                    name=name,
                    function=made.function,
                    shape=shape_of(made.function, name=name),
                    options={} if made.model is None else {"model": made.model},
                    hooks={},
                    place=f"table {name}",
                    text=made.text,
                )
                return self._automatic[name]
        return None

    def steps(self, name: str, selected: Iterable[str] = ()) -> tuple[Variant, ...]:
        """
        Return the variants that a name and a selection stand for, the base's first.

        Raises:
            VariantError: There is no such variant.
        """
        variant = self.variants().get(name)
        own: tuple[Variant, ...] = ()
        if variant is not None:
            own = (*self.steps(variant.base), variant)
        known = self.variants_of(name)
        for each in selected:
            if each not in known:
                raise VariantError(each, factory=name, known=known)
            if known[each] not in own:
                own = (*own, known[each])
        return own

    def variants_of(self, name: str) -> dict[str, Variant]:
        """
        Return the variants that *name* can be built with, by their own names.
        """
        every = self.variants()
        bases = {name}
        while name in every:
            name = every[name].base
            bases.add(name)
        return {each.name: each for each in every.values() if each.base in bases}

    # -- options -------------------------------------------------------------------

    def options(self, name: str | None = None) -> dict[str, Option]:
        """
        Return each resolved option with the level it comes from (FM debug functions).

        Args:
            name: A factory or variant; without one, the lab's own options.
        """
        if name is None:
            return {k: o for k, o in resolve(self._levels()).items() if k != "model"}
        resolved = self._resolved(self.find(name).definition)
        return {k: o for k, o in resolved.items() if k not in LAB_ONLY}

    def _levels(self) -> list[tuple[Level, Mapping[str, Any]]]:
        *parents, own = self.lineage()
        levels: list[tuple[Level, Mapping[str, Any]]] = [
            ("parent", parent._options)  # noqa: SLF001 - of its own class
            for parent in parents
        ]
        return [*levels, ("lab", own._options)]  # noqa: SLF001 - of its own class

    def _resolved(self, definition: Definition) -> dict[str, Option]:
        return resolve([*self._levels(), ("factory", definition.options)])

    def hooks_of(self, name: str) -> dict[str, tuple[Hook, ...]]:
        """
        Return the hooks of a factory or variant, each in run order.
        """
        definition = self.definition(name)
        levels = [each._hooks for each in self.lineage()]  # noqa: SLF001 - of its own class
        mode = self._resolved(definition)["hook_mode"].value
        return resolve_hooks([*levels, definition.hooks], mode=mode)

    def declared_model(self, name: str) -> type | None:
        """
        Return the class that `model=` or the return annotation names, or None.
        """
        return self._model(self.definition(name))

    def learned_model(self, name: str) -> type | None:
        """
        Return the class that the text of the body tells, or None.
        """
        return self._text_model(self.definition(name))

    def _model(self, definition: Definition) -> type | None:
        model = definition.options.get("model")
        if model is not None:
            return None if model is dict else model
        if definition not in self._declared:
            annotated = getattr(definition.function, "__annotations__", {}).get("return")
            found = model_of(definition.function) if annotated is not None else None
            if found is None and isinstance(annotated, str):
                # The name may be defined later: ask again.
                return None
            self._declared[definition] = found if has_fields(found) else None
        return self._declared[definition]

    def _text_model(self, definition: Definition) -> type | None:
        function = definition.function
        if function not in self._learned:
            self._learned[function] = model_of(function)
        return self._learned[function]


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
