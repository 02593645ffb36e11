"""
Finding what a lab knows: its own definitions, inherited ones, those made on demand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol
from weakref import WeakSet

from machina_lab.core.associations import ASSOCIATIONS
from machina_lab.core.bodies import has_fields, model_of
from machina_lab.core.claims import Claims
from machina_lab.core.definitions import Definition, shape_of
from machina_lab.core.factories import Factory
from machina_lab.core.hooks import Hook, Hooks, checked_hooks, resolve_hooks
from machina_lab.core.options import (
    DEFAULTS,
    FACTORY_ONLY,
    LAB_ONLY,
    Level,
    Option,
    checked_options,
    resolve,
)
from machina_lab.core.strategies import InUse
from machina_lab.core.variants import Variant, declared_variant
from machina_lab.errors import (
    ArgumentTypeError,
    OptionError,
    UndefinedFactoryError,
    VariantError,
)


_LAB_OPTIONS: Final = [
    *(name for name in DEFAULTS if name not in FACTORY_ONLY),
    "hooks",
    "extends",
]


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


class Lookups:
    """
    The definitions of one lab and the way to them.

    Attributes:
        extends: The lab whose definitions it inherits, or None.
    """

    def __init__(
        self,
        *,
        extends: Lookups | None = None,
        hooks: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        if extends is not None and not isinstance(extends, Lookups):
            raise OptionError(f"extends must be a lab, not {extends!r}.")
        self.extends = extends
        self._options = checked_options(options, known=_LAB_OPTIONS, where="the lab")
        self._hooks: Hooks = checked_hooks(hooks, where="the lab")
        self._hook_places: dict[str, tuple[str, Hook]] = {}
        self._definitions: dict[str, Definition] = {}
        self._resolved_options: dict[Definition | None, dict[str, Option]] = {}
        self._learned: dict[Callable[..., Any], type | None] = {}
        self._declared: dict[Definition, type | None] = {}
        self._variants: dict[str, Variant] = {}
        self._helpers: dict[str, Callable[..., Any]] = {}
        self._strategies: dict[str, InUse] = {}
        self._sources: list[FactorySource] = []
        self._automatic: dict[str, Definition] = {}
        self._automatic_variants: dict[str, Variant] = {}
        self._handles: dict[str, Factory[Any]] = {}
        self._claims = Claims(frozenset(dir(type(self))))
        self._children: WeakSet[Lookups] = WeakSet()
        if extends is not None:
            extends._children.add(self)  # noqa: SLF001 - of its own class

    def _changed(self) -> None:
        """
        Drop what was compiled, here and in the labs that extend this one.
        """
        self._resolved_options.clear()
        for child in self._children:
            child._changed()  # noqa: SLF001 - of its own class

    def lineage(self) -> Iterator[Lookups]:
        """
        Return the registries that this one stands on, outermost first, itself last.
        """
        if self.extends is not None:
            yield from self.extends.lineage()
        yield self

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
            found |= each._automatic_variants  # noqa: SLF001 - of its own class
        for each in self.lineage():
            found |= each._variants  # noqa: SLF001 - of its own class
        return found

    def _handle(self, name: str) -> Factory[Any]:
        if name not in self._handles:
            self._handles[name] = Factory(self, name)  # type: ignore[arg-type]  # every lab has the verbs
        return self._handles[name]

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
        defined = name in self.names(automatic=False) or name in self.variants()
        return defined or name in self.names()

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
        automatic = self.automatic_definition(name)
        if automatic is not None:
            return automatic
        raise UndefinedFactoryError(name, known=[*self.names(), *self.variants()])

    def automatic_definition(self, name: str) -> Definition | None:
        """
        Return what a source of factories defines by that name, hidden or not.
        """
        for each in reversed(list(self.lineage())):
            found = each._defined_by_source(name)  # noqa: SLF001 - of its own class
            if found is not None:
                return found
        return None

    def _is_automatic(self, definition: Definition) -> bool:
        known = (each._automatic.get(definition.name) for each in self.lineage())  # noqa: SLF001 - of its own class
        return any(each is definition for each in known)

    def _defined_by_source(self, name: str) -> Definition | None:
        if name in self._automatic:
            return self._automatic[name]
        for source in self._sources:
            if name in source.names():
                made = source.define(name)
                variants = getattr(made, "variants", {})
                self._automatic[name] = Definition(
                    name=name,
                    function=made.function,
                    shape=shape_of(made.function, name=name),
                    options={} if made.model is None else {"model": made.model},
                    hooks={},
                    place=f"table {name}",
                    text=made.text,
                    optional={
                        key: value
                        for defaults in variants.values()
                        for key, value in defaults.items()
                        if type(value) in ASSOCIATIONS
                    },
                )
                for own, defaults in variants.items():
                    full = f"{own}_{name}"
                    self._automatic_variants[full] = declared_variant(
                        name=own,
                        base=name,
                        full_name=full,
                        place=f"table {name}",
                        defaults=defaults,
                        force=None,
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
        self.definition(name)
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
        definition = None if name is None else self.find(name).definition
        found = self._resolved_options.get(definition)
        if found is None:
            found = self._resolved_options[definition] = self._all_options(definition)
        return dict(found)

    def _all_options(self, definition: Definition | None) -> dict[str, Option]:
        if definition is None:
            resolved, others = resolve(self._levels()), FACTORY_ONLY
        else:
            resolved, others = self._resolved(definition), LAB_ONLY
        kept = {name: each for name, each in resolved.items() if name not in others}
        return {**kept, "hooks": self._hooks_option(definition)}

    def _hooks_option(self, definition: Definition | None = None) -> Option:
        """
        Return the hooks as an option: what runs, and the nearest level that says any.
        """
        *parents, own = self.lineage()
        said: list[tuple[Level, Hooks]] = [
            *(("parent", each._hooks) for each in parents),  # noqa: SLF001 - of its own class
            ("lab", own._hooks),  # noqa: SLF001 - of its own class
        ]
        if definition is None:
            mode = resolve(self._levels())["hook_mode"].value
        else:
            said.append(("factory", definition.hooks))
            mode = self._resolved(definition)["hook_mode"].value
        level: Level = next(
            (name for name, hooks in reversed(said) if hooks), "default"
        )
        return Option(resolve_hooks([hooks for _, hooks in said], mode=mode), level)

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
        hooks: dict[str, tuple[Hook, ...]] = self.options(name)["hooks"].value
        return hooks

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
            annotated = getattr(definition.function, "__annotations__", {}).get(
                "return"
            )
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
