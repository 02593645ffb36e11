"""
The handle of one factory: what a decorator returns and every verb starts from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from machina_lab.core.definitions import Definition
from machina_lab.core.hooks import Hook, composed
from machina_lab.core.options import Option
from machina_lab.core.records import Field, kind_of
from machina_lab.core.variants import Variant
from machina_lab.errors import OptionError


if TYPE_CHECKING:
    from machina_lab.core.verbs import Verbs


T = TypeVar("T")


class Factory(Generic[T]):
    """
    One factory of a lab, or a selection of its variants.

    It names its factory rather than holding it, so a handle made before a cell was run
    again builds with the new definition. Calling it calls the plain function.

    Attributes:
        lab: The lab it builds in.
        name: Its name: `user`, or a variant's full name such as `admin_user`.
        selected: The variants chosen by `variant`, left to right.
    """

    def __init__(
        self, lab: Verbs, name: str, *, selected: tuple[str, ...] = ()
    ) -> None:
        self.lab = lab
        self.name = name
        self.selected = selected

    # -- what it is ----------------------------------------------------------------

    @property
    def path(self) -> str:
        """
        The name to build it by: `user+admin`.
        """
        return "+".join((self.name, *self.selected))

    @property
    def definition(self) -> Definition:
        """
        The definition it stands on.
        """
        return self.lab.definition(self.name)

    @property
    def steps(self) -> tuple[Variant, ...]:
        """
        The variants that run before the body, the first one last.
        """
        return self.lab.steps(self.name, self.selected)

    @property
    def declared_model(self) -> type | None:
        """
        The class named by `model=` or by the return annotation; else None.
        """
        return self.lab.declared_model(self.name)

    @property
    def model(self) -> type | None:
        """
        The class of its records as far as it can be told without building one.
        """
        return self.declared_model or self.lab.learned_model(self.name)

    def fields(self) -> Mapping[str, Field]:
        """
        Return the fields of its records; empty where the class is not known.
        """
        model = self.model
        return {} if model is None else kind_of(model).fields(model)

    @property
    def inputs(self) -> Mapping[str, Any]:
        """
        Its named inputs -> default, or `MISSING`.
        """
        return self.definition.shape.inputs

    @property
    def options(self) -> Mapping[str, Option]:
        """
        Each resolved option with the level it comes from.
        """
        return self.lab.options(self.name)

    @property
    def variants(self) -> Mapping[str, Variant]:
        """
        The variants it can be built with, by their own names.
        """
        return self.lab.variants_of(self.name)

    @property
    def hooks(self) -> Mapping[str, tuple[Hook, ...]]:
        """
        The hooks that run, in run order.
        """
        return self.lab.hooks_of(self.name)

    @property
    def source(self) -> str:
        """
        The text of its body, or "" where it is not to be had.
        """
        return self.definition.source

    def hook(self, name: str) -> Hook | None:
        """
        Return the hooks of one name as one function, or None if there are none.
        """
        return composed(self.hooks.get(name, ()), name, self.path)

    def variant(self, *names: str) -> Factory[T]:
        """
        Return the same factory with more variants, applied left to right.

        Raises:
            VariantError: It has no such variant.
        """
        chosen: Factory[T] = Factory(
            self.lab, self.name, selected=(*self.selected, *names)
        )
        _ = chosen.steps
        return chosen

    # -- what it does --------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """
        Call the plain function, so that derived factories are ordinary Python.
        """
        variant = self.lab.variants().get(self.name)
        if (
            variant is not None
            and variant.function is None
            and any(map(callable, args))
        ):
            raise OptionError(
                f"variant {variant.name!r} is complete as declared; a function as"
                " well is one too many. Use one form."
            )
        return self.definition.function(*args, **kwargs)

    def build(self, attrs: Any = None, /, **overrides: Any) -> T:
        """
        Build one record; see `Lab.build`.
        """
        built: T = self.lab.build(self.path, attrs, **overrides)
        return built

    def build_pair(self, attrs: Any = None, /, **overrides: Any) -> list[T]:
        """
        Build two records.
        """
        return self.lab.build_list(2, self.path, attrs, **overrides)

    def build_list(self, n: int, attrs: Any = None, /, **overrides: Any) -> list[T]:
        """
        Build *n* records, each by itself.
        """
        return self.lab.build_list(n, self.path, attrs, **overrides)

    def insert(
        self,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> T:
        """
        Build and insert one record; see `Lab.insert`.
        """
        inserted: T = self.lab.insert(self.path, attrs, opts, **overrides)
        return inserted

    def insert_pair(
        self,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[T]:
        """
        Build and insert two records.
        """
        return self.lab.insert_pair(self.path, attrs, opts, **overrides)

    def insert_list(
        self,
        n: int,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[T]:
        """
        Build and insert *n* records in one step.
        """
        return self.lab.insert_list(n, self.path, attrs, opts, **overrides)

    def params(self, attrs: Any = None, /, **overrides: Any) -> Any:
        """
        Return the raw params: the body's mapping, merged and worked out (FM).
        """
        return self.lab.raw_params(self.path, attrs, **overrides)

    def params_for(self, attrs: Any = None, /, **overrides: Any) -> Any:
        """
        Return params as one would type them in a form; see `Lab.params_for`.
        """
        return self.lab.params_for(self.path, attrs, **overrides)

    def string_params_for(self, attrs: Any = None, /, **overrides: Any) -> Any:
        """
        Return params as wire values; see `Lab.string_params_for`.
        """
        return self.lab.string_params_for(self.path, attrs, **overrides)

    def params_with_assocs(self, attrs: Any = None, /, **overrides: Any) -> Any:
        """
        Return params, parents inserted; see `Lab.params_with_assocs`.
        """
        return self.lab.params_with_assocs(self.path, attrs, **overrides)

    def string_params_with_assocs(self, attrs: Any = None, /, **overrides: Any) -> Any:
        """
        Return wire values, parents inserted.
        """
        return self.lab.string_params_with_assocs(self.path, attrs, **overrides)

    def __getattr__(self, name: str) -> Any:
        """
        Return the verb of a strategy in use, for this factory.
        """
        if not name.startswith("_"):
            verb = self.lab.strategy_verb(name)
            if verb is not None:
                return verb.of(self.path)
        raise AttributeError(f"factory {self.path!r} has no attribute {name!r}.")

    def __dir__(self) -> list[str]:
        """
        List the verbs of strategies too.
        """
        return [*super().__dir__(), *self.lab.strategy_verbs()]

    def __repr__(self) -> str:
        """
        Show the name and the class.
        """
        model = self.model
        return f"<factory {self.path}{f' -> {model.__name__}' if model else ''}>"
