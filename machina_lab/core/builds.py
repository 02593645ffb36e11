"""
Building: from a name and overrides to records.
"""

from __future__ import annotations

import gc

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from random import Random
from typing import Any, Final

from machina_lab.core.associations import checked_count
from machina_lab.core.drafting import Drafter
from machina_lab.core.factories import Factory
from machina_lab.core.pipeline import Plan
from machina_lab.core.randomness import StreamRandom, Streams
from machina_lab.core.registry import Registry
from machina_lab.errors import ArgumentTypeError, OptionError


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


class Builds(Registry):
    """
    A registry that builds.

    Attributes:
        random: A `random.Random` whose values repeat, record by record, after `seed`.
    """

    def __init__(self, *, extends: Registry | None = None, **options: Any) -> None:
        super().__init__(extends=extends, **options)
        parent = extends if isinstance(extends, Builds) else None
        self._streams: Streams = parent._streams if parent else Streams()  # noqa: SLF001 - of its own class
        self.random: Random = parent.random if parent else StreamRandom(self._streams)
        self._plans: dict[str, Plan] = {}
        self._runs: dict[str, Callable[[Any], Any]] = {}
        self._hidden: dict[Any, Plan | None] = {}

    def _changed(self) -> None:
        self._plans.clear()
        self._hidden.clear()
        self._runs.clear()
        super()._changed()

    # -- building ------------------------------------------------------------------

    def build(self, name: Any, attrs: Any = None, /, **overrides: Any) -> Any:
        """
        Build one record (EM `build/2`).

        Args:
            name: Factory, variant, composed name such as `user+admin`, or a handle.
            attrs: Overrides as a mapping; any value for a factory that takes one.
            overrides: Overrides as keywords; they win.

        Returns:
            What the factory makes.

        Raises:
            UndefinedFactoryError: There is no such factory.
            UnknownAttributeError: The record's class has no such attribute.
        """
        try:
            run = self._runs[name]
        except (KeyError, TypeError):
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

    def build_rows(self, name: Any, rows: Iterable[Any], /) -> list[Any]:
        """
        Build one record for each row; a row holds the overrides of its record.
        """
        run = self._run_of(name)
        givens = [self._given(name, row, {}) for row in rows]
        with collected_later(len(givens)):
            return [run(given) for given in givens]

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

    def drafts(
        self, n: int, name: Any, given: Any, *, careful: bool = False
    ) -> Iterator[Any]:
        """
        Yield *n* records worked out but not made, where the factory allows it.

        One at a time: a million of them need not be in memory together.

        Args:
            n: How many.
            name: Factory, variant or composed name.
            given: The caller's overrides.
            careful: Whether lazies and hooks get records instead of drafts.
        """
        draft = Drafter(self, careful=careful)
        return (draft(name, given) for _ in repeat(None, n))

    def _built(self, reference: Any, given: dict[str, Any]) -> Any:
        """
        Build what an association refers to.
        """
        try:
            run = self._runs[reference]
        except (KeyError, TypeError):
            run = self._run_of(reference)
        return run(given or None)

    def _built_beside(self, reference: Any, given: dict[str, Any]) -> Any:
        """
        Build what an automatic factory refers to: a record that fits its own.
        """
        plan = self._hidden_plan(reference)
        if plan is None:
            return self._built(reference, given)
        return plan.run(given or None)

    def _hidden_plan(self, reference: Any) -> Plan | None:
        """
        Return the plan of an automatic factory that one of another class hides.

        None where nothing is hidden, or what hides it makes records of its class.
        """
        if reference not in self._hidden:
            self._hidden[reference] = self._hidden_by_another(reference)
        return self._hidden[reference]

    def _hidden_by_another(self, reference: Any) -> Plan | None:
        known = isinstance(reference, str)
        automatic = self.automatic_definition(reference) if known else None
        if automatic is None or self.definition(reference) is automatic:
            return None
        model = automatic.options.get("model")
        if self.find(reference).model is model:
            return None
        return Plan(
            automatic,
            name=reference,
            model=model,
            options={k: o.value for k, o in self.options().items()},
            hooks={},
            build=self._built_beside,
        )

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
                " Give attributes as keywords or as a mapping; options go in the"
                " argument after it."
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
        run = self._runs[factory.path] = self._repeating(plan.run, factory)
        return run

    def _repeating(
        self, run: Callable[[Any], Any], factory: Factory[Any]
    ) -> Callable[[Any], Any]:
        """
        Return *run*; after `seed`, each call of it with values that repeat.
        """
        if self._streams.value is None:
            return run
        return self._streams.streamed(run, factory.definition.name)

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
                build=self._built_beside
                if self._is_automatic(factory.definition)
                else self._built,
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

    # -- repeating -----------------------------------------------------------------

    @contextmanager
    def seeded(self, value: Any) -> Iterator[Random]:
        """
        Let `random` and `fake` repeat inside the block, and go on as before after it.
        """
        before = self._streams.snapshot()
        self.seed(value)
        try:
            yield self.random
        finally:
            self._streams.restore(before)
            self._recompiled()

    def _recompiled(self) -> None:
        for each in self.lineage():
            each._changed()  # noqa: SLF001 - of its own class

    def seed(self, value: Any) -> None:
        """
        Let `random` and `fake` repeat from now on; None lets them vary again.

        The values of record n of factory f depend on (*value*, f, n) only; n counts the
        builds of f from here. Sequences are not reset.
        """
        self._streams.seed(value)
        self._recompiled()
