"""
One build, from the caller's overrides to the record.

overrides -> variants -> `before_build_params` -> body -> merge -> associations and
lazies -> `after_build_params` -> `before_build_struct` -> record ->
`after_build_struct`.

A *plan* is a factory compiled for one lab: everything that can be decided before a
build is decided when the plan is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import repeat
from typing import Any

from machina_lab.core.associations import asked_for, asking, built_default
from machina_lab.core.calling import (
    called,
    check_mapping,
    copied,
    left_over,
    with_inputs_worked_out,
)
from machina_lab.core.definitions import Definition
from machina_lab.core.drafting import builder_for, quick_draft
from machina_lab.core.drafts import Draft
from machina_lab.core.hooks import Hook, composed
from machina_lab.core.lazies import DEFERRED, Resolution
from machina_lab.core.merging import is_record, lay_over, refuse_unknown, reworked
from machina_lab.core.records import MISSING, default_of, kind_of, value_of
from machina_lab.core.shortcuts import Associate, shortcut
from machina_lab.core.strictness import check_kept
from machina_lab.core.trails import leave_trail
from machina_lab.errors import ArgumentTypeError


class Plan:
    """
    A factory compiled for one lab.

    Attributes:
        name: The factory's name.
        model: The class it was told to make, or None.
        definition: The definition it was compiled from.
        build_other: Builds what associations refer to.
        steps: The variants that run before the body, the first one last.
        run: Builds one record from the caller's overrides; the short way where the
            factory allows it.
        quick: Builds one record without overrides and without telling failures; None
            where that needs the long way.
        is_quick: Whether `quick` may still be used.
    """

    __slots__ = (
        "_lazies",
        "_strict",
        "_touches",
        "after_params",
        "after_struct",
        "before_params",
        "before_struct",
        "build_other",
        "definition",
        "is_quick",
        "kind",
        "merges",
        "model",
        "name",
        "quick",
        "quick_draft",
        "run",
        "shape",
        "steps",
    )

    def __init__(  # noqa: PLR0913 - one value of each kind that a plan is made of
        self,
        definition: Definition,
        *,
        name: str,
        model: type | None,
        options: Mapping[str, Any],
        hooks: Mapping[str, tuple[Hook, ...]],
        build: Associate,
        steps: tuple[Callable[[Any], Any], ...] = (),
    ) -> None:
        self.name = name
        self.model = model
        self.definition = definition
        self.shape = definition.shape
        self.steps = steps
        self.build_other = build
        self.merges = definition.shape.merges
        self._strict = options["strict"]
        evaluate = options["evaluate_lazies"]
        default = self.merges or model is not None
        self._lazies = default if evaluate is None else evaluate
        #: Whether the lab does anything with what the body returns.
        self._touches = self.merges or model is not None or bool(evaluate)
        self.kind = kind_of(model) if model is not None else None
        staged = {} if not options["build_params"] and model is not None else hooks

        def hook(said: Mapping[str, tuple[Hook, ...]], stage: str) -> Hook | None:
            return composed(said.get(stage, ()), stage, name)

        self.before_params = hook(staged, "before_build_params")
        self.after_params = hook(staged, "after_build_params")
        self.before_struct = hook(staged, "before_build_struct")
        self.after_struct = hook(hooks, "after_build_struct")
        self.quick: Callable[[], Any] | None = None
        self.is_quick: Callable[[], bool] = bool
        self.quick_draft = quick_draft(self)
        self.run = asking(definition.optional, shortcut(self) or self.build)

    @property
    def takes_values(self) -> bool:
        """
        Whether the body takes any value, not only a mapping of attributes.
        """
        return not self.merges and self.model is None

    # -- building ------------------------------------------------------------------

    def build(self, given: Any) -> Any:
        """
        Return one record.

        Args:
            given: The caller's overrides: a mapping, None for nothing, or any value for
                a body that takes one.
        """
        try:
            asked, given = given, self._prepared(given)
            return self.struct(self._params(given, self.build_other, asked), given)
        except Exception as error:
            leave_trail(error, self.name)
            raise

    def params(self, given: Any) -> Any:
        """
        Return the raw params: what the body made, merged and resolved (FM).

        Of a body that returns a record, the attributes that it set.
        """
        try:
            made = self._params(self._prepared(given), self.build_other)
        except Exception as error:
            leave_trail(error, self.name)
            raise
        if isinstance(made, Mapping) or not is_record(made):
            return made
        return kind_of(type(made)).read(made)

    def draft(self, given: Any, build: Associate) -> Any:
        """
        Return one record without making it where that can be avoided.

        Args:
            given: The caller's overrides.
            build: Makes the drafts that associations refer to.
        """
        if not given and self.quick_draft is not None:
            return self.quick_draft(build)
        try:
            asked, given = given, self._prepared(given)
            return self.drafted(self._params(given, build, asked), given, None)
        except Exception as error:
            leave_trail(error, self.name)
            raise

    def drafted(self, made: Any, given: Any, build: Associate | None) -> Any:
        """
        Return what a body made as a draft, or as the record where it has to be.

        Args:
            made: What the body made.
            given: The caller's overrides.
            build: Works out what is left to work out; None: nothing is.
        """
        if build is not None:
            made = self._worked_out(made, given, build)
        if self.model is None or not isinstance(made, dict) or self.after_struct:
            return self.struct(made, given)
        attributes = self._known(self._restructured(made))
        return Draft(self.model, attributes, given or {})

    def _prepared(self, given: Any) -> Any:
        for step in reversed(self.steps):
            given = step(given)
        given = asked_for(self.definition.optional, given)
        if self.before_params is not None:
            shape = self.shape
            if given is None and shape.default is not MISSING:
                given = copied(shape.default)
            # A hook may change what it gets; the caller's mapping serves other items
            # too.
            given = dict(given or {}) if isinstance(given or {}, Mapping) else given
            given = self.before_params(given)
        if self.merges or self.model is not None:
            check_mapping(given, where=self.name)
        return given

    def _params(self, given: Any, build: Associate, asked: Any = None) -> Any:
        """
        Return what the body made, merged and resolved, hooks of that stage included.

        Args:
            given: What the body gets.
            build: Builds what associations refer to.
            asked: What the caller gave, before variants and hooks.
        """
        if self._lazies:
            given = with_inputs_worked_out(self.shape, given, where=self.name)
        made = called(self.definition.function, self.shape, given, where=self.name)
        if self._touches:
            made = self._worked_out(made, given, build)
        if self._strict == "all" and not self.merges:
            check_kept(made, asked, inputs=self.shape.inputs, factory=self.name)
        return self._after_params_of(made)

    def _worked_out(self, made: Any, given: Any, build: Associate) -> Any:
        """
        Return what the body made with the overrides on it and its lazies worked out.
        """
        if isinstance(made, Mapping):
            return self._resolved(self._merged(dict(made), given), given, build)
        if is_record(made):
            return self._changed(made, given)
        if self.merges and left_over(self.shape, given, ()):
            raise ArgumentTypeError(
                f"factory {self.name!r} returned {made!r}, which has no attributes"
                f" to override: {', '.join(given)}."
            )
        return made

    def _after_params_of(self, made: Any) -> Any:
        if self.after_params is None:
            return made
        if isinstance(made, Mapping) or not is_record(made):
            return self.after_params(made)
        return reworked(made, self.after_params)

    def struct(self, made: Any, given: Any) -> Any:
        """
        Return the record of what the body made, hooks of that stage included.
        """
        if isinstance(made, Mapping) and self.model is not None:
            assert self.kind is not None
            attributes = self._known(self._restructured(dict(made)))
            made = self.kind.construct(self.model, attributes, given or {})
        elif isinstance(made, Mapping) or not is_record(made):
            if self.model is None:
                return made
            raise ArgumentTypeError(
                f"factory {self.name!r} has model {self.model.__name__}, so its body"
                f" returns a mapping or a {self.model.__name__}, not {made!r}."
            )
        elif self.before_struct is not None:
            made = reworked(made, self.before_struct)
        return made if self.after_struct is None else self.after_struct(made)

    def _restructured(self, attributes: dict[str, Any]) -> dict[str, Any]:
        change = self.before_struct
        return attributes if change is None else dict(change(attributes))

    def _known(self, attributes: dict[str, Any]) -> dict[str, Any]:
        assert self.kind
        assert self.model
        known = self.kind.settable(self.model)
        if known is None or attributes.keys() <= known.keys():
            return attributes
        if self._strict is False:
            return {key: value for key, value in attributes.items() if key in known}
        extra = self.shape.inputs.keys() - known.keys()
        kept = {key: value for key, value in attributes.items() if key not in extra}
        refuse_unknown(kept, known, model=self.model, factory=self.name)
        return kept

    # -- merging -------------------------------------------------------------------

    def _merged(self, attributes: dict[str, Any], given: Any) -> dict[str, Any]:
        own: Any = attributes
        if self.shape.inputs and self.kind is not None and self.model is not None:
            own = {**attributes, **(self.kind.settable(self.model) or {})}
        lay_over(attributes, left_over(self.shape, given, own))
        if self.kind is not None and self.model is not None and given:
            return self.kind.settle(self.model, attributes, given)
        return attributes

    def _changed(self, record: Any, given: Any) -> Any:
        """
        Return the body's record with the overrides on it and its lazies worked out.
        """
        own = getattr(record, "__dict__", None)
        kind = kind_of(type(record))
        adopt = kind.adopter(type(record))
        if (
            not given
            and own is not None
            and DEFERRED.isdisjoint(map(type, own.values()))
        ):
            return record if adopt is None else adopt(record)
        known = kind.settable_on(record)
        overrides = left_over(
            self.shape, given, known if known is not None else kind.read(record)
        )
        if self._strict is False and known is not None:
            overrides = {k: v for k, v in overrides.items() if k in known}
        refuse_unknown(overrides, known, model=type(record), factory=self.name)
        attributes = kind.read(record)
        pending = [k for k, v in attributes.items() if type(v) in DEFERRED]
        if not pending and not overrides and adopt is None:
            return record
        lay_over(attributes, overrides)
        if given:
            attributes = kind.settle(type(record), attributes, given)
        # A record holds no drafts.
        attributes = self._resolved(attributes, given, self.build_other, record=record)
        names = dict.fromkeys((*pending, *overrides))
        changes = {key: attributes[key] for key in names if key in attributes}
        return kind.change(record, changes, given or {})

    # -- working out ---------------------------------------------------------------

    def _resolved(
        self,
        attributes: dict[str, Any],
        given: Any,
        build: Associate,
        *,
        record: Any = None,
    ) -> dict[str, Any]:
        if DEFERRED.isdisjoint(map(type, attributes.values())):
            return attributes
        caller: Any = given if isinstance(given, Mapping) else ()
        name = self.name
        build = builder_for(self, attributes.values(), build)

        def associate(key: str, reference: Any) -> Any:
            if key in caller:
                return reference.built(build)
            return built_default(name, key, reference, build)

        resolves = self.merges or self.model is not None
        return Resolution(
            attributes,
            associate=associate if resolves else None,
            lazies=self._lazies,
            unset=self._unset_of(record),
            where=name,
        ).run()

    def _unset_of(self, record: Any) -> Callable[[str], Any] | None:
        if record is not None:
            return partial(value_of, record)
        if self.kind is None or self.model is None:
            return None
        return partial(default_of, self.model)

    def many(self, n: int) -> list[Any]:
        """
        Return *n* records without overrides.
        """
        quick = self.quick
        if quick is None or not self.is_quick():
            run = self.run
            return [run(None) for _ in repeat(None, n)]
        try:
            return [quick() for _ in repeat(None, n)]
        except Exception as error:
            leave_trail(error, self.name)
            raise

    def lay_over(self, attributes: dict[str, Any], given: dict[str, Any]) -> Any:
        """
        Return plain attributes with plain overrides on them.
        """
        merged = {**attributes, **given}
        if self.kind is None or self.model is None:
            return merged
        return self.kind.settle(self.model, merged, given)

    def finish(self, attributes: dict[str, Any], given: Any = None) -> Any:
        """
        Return the record of worked-out attributes.
        """
        if self.kind is None or self.model is None:
            return attributes
        known = self._known(attributes)
        return self.kind.construct(self.model, known, given or {})

    def complete(self, made: Any, given: Any) -> Any:
        """
        Return the record of what a body without parameters made: the long way.
        """
        return self.struct(self._worked_out(made, given, self.build_other), given)
