"""
What a lab does with its factories: build, params, strategies.
"""

from __future__ import annotations

import gc

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from random import Random
from typing import Any, Final

from machina_lab.core.associations import checked_count
from machina_lab.core.factories import Factory
from machina_lab.core.functions import Generated, made, names_for
from machina_lab.core.merging import is_record
from machina_lab.core.pipeline import Plan
from machina_lab.core.randomness import StreamRandom, Streams
from machina_lab.core.records import MISSING, kind_of
from machina_lab.core.registry import Registry
from machina_lab.core.strategies import InUse
from machina_lab.core.wire import wire, with_string_keys
from machina_lab.errors import (
    ArgumentTypeError,
    InsertError,
    OptionError,
    nearest,
)


#: From this many records on, collecting garbage in between costs more than it gives.
_MANY: Final = 1000


@contextmanager
def collected_later(n: int) -> Iterator[None]:
    """
    Pause garbage collection while *n* records are made, if they are many.
    """
    if n < _MANY or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True, slots=True)
class StrategyVerb:
    """
    One verb of a strategy, bound to a lab.

    Attributes:
        lab: The lab.
        used: The strategy in use.
        suffix: "", "_pair" or "_list".
    """

    lab: Verbs
    used: InUse
    suffix: str

    def of(self, path: str) -> Callable[..., Any]:
        """
        Return the verb for one factory.
        """
        if self.suffix == "_list":
            return lambda n, attrs=None, opts=None, /, **overrides: self(
                n, path, attrs, opts, **overrides
            )
        return lambda attrs=None, opts=None, /, **overrides: self(
            path, attrs, opts, **overrides
        )

    def __call__(self, *args: Any, **overrides: Any) -> Any:
        """
        Build and handle, or handle the record that was given.
        """
        n = 2 if self.suffix == "_pair" else 1
        if self.suffix == "_list":
            n, args = checked_count(args[0] if args else None), args[1:]
        target, attrs, opts = (*args, None, None)[:3] if args else (None, None, None)
        if not args or len(args) > 3:  # noqa: PLR2004 - target, attrs, opts
            raise ArgumentTypeError(
                f"{self.used.strategy.function_name}{self.suffix} takes a factory or a"
                " record, attributes and options."
            )
        if not isinstance(target, str | Factory):
            if self.suffix:
                raise ArgumentTypeError(
                    f"{self.used.strategy.function_name}{self.suffix} takes a factory,"
                    f" not {target!r}."
                )
            if overrides:
                raise OptionError("attributes beside a record: change it first.")
            return self.used.handled([target], self.lab, None, attrs or opts)[0]
        factory = self.lab.find(target)
        records = self.lab.build_list(n, factory.path, attrs, **overrides)
        handled = self.used.handled(records, self.lab, factory, opts)
        return handled if self.suffix else handled[0]


class Verbs(Registry):
    """
    A registry that builds.

    Attributes:
        random: A `random.Random` whose values repeat, record by record, after `seed`.
    """

    def __init__(self, *, extends: Registry | None = None, **options: Any) -> None:
        super().__init__(extends=extends, **options)
        inherited = isinstance(extends, Verbs)
        self._streams: Streams = extends._streams if inherited else Streams()  # type: ignore[union-attr]  # checked
        self.random: Random = (
            extends.random if inherited else StreamRandom(self._streams)  # type: ignore[union-attr]  # checked
        )
        self._plans: dict[str, Plan] = {}
        self._runs: dict[str, Callable[[Any], Any]] = {}
        self._generated: dict[str, Generated] | None = None

    def _changed(self) -> None:
        self._plans.clear()
        self._runs.clear()
        self._generated = None
        super()._changed()

    # -- building ------------------------------------------------------------------

    def build(self, name: Any, attrs: Any = None, /, **overrides: Any) -> Any:
        """
        Build one record (EM `build/2`).

        Args:
            name: Factory, variant, or a composed name such as `user+admin`; or a handle.
            attrs: Overrides as a mapping; any value for a factory that takes one.
            overrides: Overrides as keywords; they win.

        Returns:
            What the factory makes.

        Raises:
            UndefinedFactoryError: There is no such factory.
            UnknownAttributeError: The record's class has no such attribute.
        """
        run = self._runs.get(name) if name.__class__ is str else None
        if run is None:
            run = self._run_of(name)
        if attrs is None:
            return run(overrides or None)
        return run(self._given(name, attrs, overrides))

    def build_pair(
        self, name: Any, attrs: Any = None, /, **overrides: Any
    ) -> list[Any]:
        """
        Build two records (EM `build_pair/2`).
        """
        return self.build_list(2, name, attrs, **overrides)

    def build_list(
        self, n: int, name: Any, attrs: Any = None, /, **overrides: Any
    ) -> list[Any]:
        """
        Build *n* records, each by itself (EM `build_list/3`).

        Raises:
            ArgumentTypeError: *n* is no whole number.
            ArgumentValueError: *n* is negative.
            UndefinedFactoryError: There is no such factory, even if *n* is 0.
        """
        n = checked_count(n)
        run = self._run_of(name)
        given = self._given(name, attrs, overrides)
        with collected_later(n):
            if given is None and self._streams.value is None:
                return self._plan_of(name).many(n)
            return [run(given) for _ in repeat(None, n)]

    def raw_params(self, name: Any, attrs: Any = None, /, **overrides: Any) -> Any:
        """
        Return the raw params: what the body made, merged and worked out (FM).

        Keys that the class does not have are kept.
        """
        self._allowed(name, "build_params")
        return self._plan_of(name).params(self._given(name, attrs, overrides))

    def raw_params_list(
        self, n: int, name: Any, attrs: Any = None, /, **overrides: Any
    ) -> list[Any]:
        """
        Return the raw params of *n* records.
        """
        return [
            self.raw_params(name, attrs, **overrides) for _ in range(checked_count(n))
        ]

    def drafts(self, n: int, name: Any, given: Any) -> list[Any]:
        """
        Return *n* records worked out but not made, where the factory allows it.
        """
        with collected_later(n):
            return [self._draft(name, given) for _ in repeat(None, n)]

    def _draft(self, reference: Any, given: Any) -> Any:
        factory = self.find(reference)
        lab = factory.lab
        plan = lab._plan_of(factory.path)  # noqa: SLF001 - of its own class
        return plan.draft(given, lab._draft)  # noqa: SLF001 - of its own class

    def _built(self, reference: Any, given: dict[str, Any]) -> Any:
        """
        Build what an association refers to.
        """
        return self._run_of(reference)(given or None)

    def _given(self, name: Any, attrs: Any, overrides: dict[str, Any]) -> Any:
        if attrs is None:
            return overrides or None
        if isinstance(attrs, Mapping):
            given = {**attrs, **overrides} if overrides else dict(attrs)
        elif hasattr(attrs, "keys") and hasattr(attrs, "__getitem__"):
            given = {**dict(attrs), **overrides}
        else:
            return self._only_value(name, attrs, overrides)
        wrong = [key for key in given if not isinstance(key, str)]
        if wrong:
            raise ArgumentTypeError(
                f"attributes of factory {self._path(name)!r} have text as keys, got"
                f" {wrong[0]!r}."
            )
        return given

    def _only_value(self, name: Any, value: Any, overrides: dict[str, Any]) -> Any:
        plan = self._plan_of(name)
        if overrides or not plan.takes_values:
            raise ArgumentTypeError(
                f"expected a params map for factory {plan.name!r}, got {value!r}."
                " Give attributes as keywords or as a dict; options go in the argument"
                " after it."
            )
        return value

    # -- plans ---------------------------------------------------------------------

    def _path(self, reference: Any) -> str:
        return reference if isinstance(reference, str) else self.find(reference).path

    def _run_of(self, reference: Any) -> Callable[[Any], Any]:
        if isinstance(reference, str) and reference in self._runs:
            return self._runs[reference]
        factory = self.find(reference)
        if factory.lab is not self:
            return factory.lab._run_of(factory.path)  # noqa: SLF001 - of its own class
        self._allowed(factory, "build_struct")
        plan = self._plan_of(factory.path)
        run = plan.run
        if self._streams.value is not None:
            run = self._streams.streamed(run, factory.definition.name)
        self._runs[factory.path] = run
        return run

    def _plan_of(self, reference: Any) -> Plan:
        path = self._path(reference)
        plan = self._plans.get(path)
        if plan is None:
            factory = self.find(reference)
            if factory.lab is not self:
                return factory.lab._plan_of(path)  # noqa: SLF001 - of its own class
            plan = self._plans[path] = Plan(
                factory.definition,
                name=path,
                model=factory.declared_model,
                options={k: o.value for k, o in factory.options.items()},
                hooks=factory.hooks,
                build=self._built,
                steps=factory.steps,
            )
        return plan

    def _allowed(self, reference: Any, option: str) -> None:
        """
        Raise if an option has switched a verb off.
        """
        factory = self.find(reference)
        if factory.options[option].value is False and factory.declared_model:
            raise OptionError(
                f"factory {factory.path!r} has {option}=False"
                f" (said on the {factory.options[option].level})."
            )

    # -- params --------------------------------------------------------------------

    def params_for(
        self,
        name: Any,
        attrs: Any = None,
        /,
        *,
        keep_none: Any = MISSING,
        **overrides: Any,
    ) -> Any:
        """
        Return params as one would type them in a form (EM `params_for/2`).

        No generated keys, no parents; children as params of their own. Values stay
        Python values. Nothing is inserted.

        Args:
            name: Factory, variant or composed name, or a handle.
            attrs: Overrides as a mapping.
            keep_none: Whether None is kept; else the option of that name decides.
            overrides: Overrides as keywords; they win.
        """
        return self._params("params_for", name, attrs, overrides, keep_none)

    def string_params_for(
        self,
        name: Any,
        attrs: Any = None,
        /,
        *,
        keep_none: Any = MISSING,
        values: str = "wire",
        **overrides: Any,
    ) -> Any:
        """
        Return params with string keys and wire values (EM `string_params_for/2`).

        Args:
            name: Factory, variant or composed name, or a handle.
            attrs: Overrides as a mapping.
            keep_none: Whether None is kept; else the option of that name decides.
            values: `"wire"` for values that `json.dumps` takes, `"keep"` to leave them.
            overrides: Overrides as keywords; they win.
        """
        as_text = _wired(values)
        return as_text(self._params("params_for", name, attrs, overrides, keep_none))

    def params_with_assocs(
        self,
        name: Any,
        attrs: Any = None,
        /,
        *,
        keep_none: Any = MISSING,
        **overrides: Any,
    ) -> Any:
        """
        Return params with the keys of inserted parents (EM `params_with_assocs/2`).

        The record itself is not inserted.
        """
        return self._params("params_with_assocs", name, attrs, overrides, keep_none)

    def string_params_with_assocs(
        self,
        name: Any,
        attrs: Any = None,
        /,
        *,
        keep_none: Any = MISSING,
        values: str = "wire",
        **overrides: Any,
    ) -> Any:
        """
        Return `params_with_assocs` with string keys and wire values.
        """
        as_text = _wired(values)
        return as_text(
            self._params("params_with_assocs", name, attrs, overrides, keep_none)
        )

    def params_with_options(
        self,
        verb: str,
        name: Any,
        attrs: Any,
        opts: Mapping[str, Any],
        overrides: dict[str, Any],
    ) -> Any:
        """
        Call a params verb with its options apart, so that they take no attribute's name.
        """
        given = self._given(name, attrs, overrides)
        call: Callable[..., Any] = getattr(self, verb)
        return call(name, given, **opts)

    def _params(
        self,
        verb: str,
        name: Any,
        attrs: Any,
        overrides: dict[str, Any],
        keep_none: Any,
    ) -> Any:
        factory = self.find(name)
        if keep_none is MISSING:
            keep_none = factory.options["keep_none"].value
        given = self._given(name, attrs, overrides)
        record = self._run_of(name)(given)
        if not is_record(record):
            return record
        if verb == "params_with_assocs":
            return self._stripped_with_assocs(
                factory, record, given or {}, keep_none=keep_none
            )
        return kind_of(type(record)).strip(record, keep_none=keep_none)

    def _stripped_with_assocs(
        self,
        factory: Factory[Any],
        record: Any,
        given: Mapping[str, Any],
        *,
        keep_none: bool,
    ) -> Any:
        """
        Return the params of *record*; a lab with a database inserts its parents first.
        """
        del factory, given
        return kind_of(type(record)).strip(record, keep_none=keep_none)

    # -- inserting: the door to a database is the lab's ----------------------------

    def insert(
        self,
        name_or_record: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> Any:
        """
        Insert a record; only a lab with a database can.
        """
        raise InsertError(f"{self!r} has no database to insert {name_or_record!r} into.")

    def insert_list(
        self,
        n: int,
        name: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[Any]:
        """
        Insert *n* records; only a lab with a database can.
        """
        raise InsertError(f"{self!r} has no database to insert {name!r} into.")

    def insert_pair(
        self,
        name: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[Any]:
        """
        Insert two records (EM `insert_pair`).
        """
        return self.insert_list(2, name, attrs, opts, **overrides)

    @property
    def connected(self) -> bool:
        """
        Whether there is a database to insert into.
        """
        return False

    # -- repeating -----------------------------------------------------------------

    def seed(self, value: Any) -> None:
        """
        Let `random` and `fake` repeat from now on; None lets them vary again.

        The values of record n of factory f depend on (*value*, f, n) only; n counts the
        builds of f from here. Sequences are not reset.
        """
        self._streams.seed(value)
        for each in self.lineage():
            each._changed()  # noqa: SLF001 - of its own class

    # -- names that come and go ----------------------------------------------------

    def strategy_verbs(self) -> dict[str, StrategyVerb]:
        """
        Return the verbs of all strategies in use, by name.
        """
        used: dict[str, InUse] = {}
        for each in self.lineage():
            used |= each._strategies  # noqa: SLF001 - of its own class
        return {
            f"{name}{suffix}": StrategyVerb(self, in_use, suffix)
            for name, in_use in used.items()
            for suffix in ("", "_pair", "_list")
        }

    def strategy_verb(self, name: str) -> StrategyVerb | None:
        """
        Return one verb of a strategy in use, or None.
        """
        return self.strategy_verbs().get(name)

    def generated(self) -> dict[str, Generated]:
        """
        Return the generated functions of all factories and variants, by name.
        """
        if self._generated is None:
            found = {}
            for name in [*self.names(automatic=False), *self.variants()]:
                factory = self.find(name)
                family = names_for(
                    name,
                    model=factory.model,
                    options={k: o.value for k, o in factory.options.items()},
                    connected=self.connected or factory.options["repo"].value is not None,
                )
                found.update({each.name: each for each in family})
            self._generated = found
        return self._generated

    def __getattr__(self, name: str) -> Any:
        """
        Return a generated function, a strategy's verb or a helper.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        generated = self.generated().get(name)
        if generated is not None:
            return made(generated, self.find)
        verb = self.strategy_verb(name)
        if verb is not None:
            return verb
        for each in reversed(list(self.lineage())):
            helper = each._helpers.get(name)  # noqa: SLF001 - of its own class
            if helper is not None:
                return helper
        close = nearest(name, [*self.generated(), *self.strategy_verbs()])
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise AttributeError(f"the lab has no attribute {name!r}.{hint}", name=name)

    def __dir__(self) -> list[str]:
        """
        List generated functions, strategies' verbs and helpers too.
        """
        helpers = [name for each in self.lineage() for name in each._helpers]  # noqa: SLF001 - of its own class
        return [
            *super().__dir__(),
            *self.generated(),
            *self.strategy_verbs(),
            *helpers,
        ]


def _wired(values: str) -> Callable[[Any], Any]:
    if values not in ("wire", "keep"):
        raise OptionError(f"values cannot be {values!r}. Choose 'wire' or 'keep'.")
    return wire if values == "wire" else with_string_keys
