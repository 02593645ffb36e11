"""
One build, from the caller's overrides to the record.

overrides -> variants -> `before_build_params` -> body -> merge -> associations and lazies
-> `after_build_params` -> `before_build_struct` -> record -> `after_build_struct`.

A *plan* is a factory compiled for one lab: everything that can be decided before a build
is decided when the plan is made.
"""

from __future__ import annotations

import copy

from collections.abc import Callable, Mapping
from itertools import repeat
from typing import Any, Final, Protocol

from machina_lab.core.associations import ASSOCIATIONS, default_of
from machina_lab.core.bodies import Outline, outline_of
from machina_lab.core.definitions import Definition, Shape
from machina_lab.core.drafts import Draft
from machina_lab.core.hooks import Hook, composed
from machina_lab.core.lazies import DEFERRED, LAZIES, Resolution
from machina_lab.core.merging import is_record, refuse_unknown
from machina_lab.core.records import MISSING, Field, RecordKind, kind_of
from machina_lab.core.trails import leave_trail
from machina_lab.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    UnknownAttributeError,
)


Associate = Callable[[Any, dict[str, Any]], Any]


class Preparation(Protocol):
    """
    A variant's step: turns what the caller gave into what the base gets.
    """

    def __call__(self, given: Any) -> Any:
        """
        Return what comes next.
        """


def called(
    function: Callable[..., Any], shape: Shape, given: Any, *, where: str
) -> Any:
    """
    Call a body with what the caller gave.

    Args:
        function: The body.
        shape: How it is called.
        given: A mapping of attributes, any value for a body of one positional, or None
            for nothing.
        where: The factory's name, for messages.
    """
    if not shape.positional:
        if not shape.inputs and not shape.rest:
            return function()
        rest = {k: v for k, v in (given or {}).items() if k not in shape.inputs}
        inputs = read_inputs(shape, given or {}, where=where)
        return function(**inputs, **(rest if shape.rest else {}))
    if given is None:
        argument = {} if shape.default is MISSING else copied(shape.default)
    else:
        argument = dict(given) if isinstance(given, Mapping) else given
    if not shape.inputs:
        return function(argument)
    if not isinstance(argument, Mapping):
        raise ArgumentTypeError(
            f"factory {where!r} has inputs, so it expects a mapping, got {argument!r}."
        )
    return function(argument, **read_inputs(shape, argument, where=where))


def copied(default: Any) -> Any:
    """
    Return a positional default for one call, so that calls do not share it.
    """
    return copy.copy(default) if isinstance(default, dict | list | set) else default


def read_inputs(
    shape: Shape, given: Mapping[str, Any], *, where: str
) -> dict[str, Any]:
    """
    Return the value of each input.

    Raises:
        ArgumentTypeError: An input without a default was not given.
    """
    missing = [
        name
        for name, default in shape.inputs.items()
        if default is MISSING and name not in given
    ]
    if missing:
        raise ArgumentTypeError(
            f"factory {where!r} needs the input {' and '.join(map(repr, missing))}:"
            f" build({where!r}, {', '.join(f'{name}=...' for name in missing)})."
        )
    return {
        name: given[name] if name in given else copied(default)
        for name, default in shape.inputs.items()
    }


class Plan:
    """
    A factory compiled for one lab.

    Attributes:
        name: The factory's name.
        model: The class it was told to make, or None.
    """

    __slots__ = (
        "_after_params",
        "_after_struct",
        "_before_params",
        "_before_struct",
        "_build",
        "_definition",
        "_kind",
        "_lazies",
        "_merges",
        "_shape",
        "_steps",
        "_strict",
        "_touches",
        "model",
        "name",
        "quick",
        "run",
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
        steps: tuple[Preparation, ...] = (),
    ) -> None:
        self.name = name
        self.model = model
        self._definition = definition
        self._shape = definition.shape
        self._steps = steps
        self._build = build
        self._merges = definition.shape.merges
        self._strict = options["strict"]
        evaluate = options["evaluate_lazies"]
        default = self._merges or model is not None
        self._lazies = default if evaluate is None else evaluate
        #: Whether the lab does anything with what the body returns.
        self._touches = self._merges or model is not None or bool(evaluate)
        self._kind = kind_of(model) if model is not None else None
        staged = {} if not options["build_params"] and model is not None else hooks
        self._before_params = self._hook(staged, "before_build_params")
        self._after_params = self._hook(staged, "after_build_params")
        self._before_struct = self._hook(staged, "before_build_struct")
        self._after_struct = self._hook(hooks, "after_build_struct")
        #: The body itself, where nothing is left to do after it.
        self.quick: Callable[[], Any] | None = None
        #: Builds one record; the short way where the factory allows it.
        self.run: Callable[[Any], Any] = self._shortcut() or self.build

    @property
    def takes_values(self) -> bool:
        """
        Whether the body takes any value, not only a mapping of attributes.
        """
        return not self._merges and self.model is None

    def _hook(
        self, hooks: Mapping[str, tuple[Hook, ...]], name: str
    ) -> Hook | None:
        return composed(hooks.get(name, ()), name, self.name)

    # -- building ------------------------------------------------------------------

    def build(self, given: Any) -> Any:
        """
        Return one record.

        Args:
            given: The caller's overrides: a mapping, None for nothing, or any value for
                a body that takes one.
        """
        try:
            given = self._prepared(given)
            return self._struct(self._params(given, self._build), given)
        except Exception as error:
            leave_trail(error, self.name)
            raise

    def params(self, given: Any) -> Any:
        """
        Return the raw params: what the body made, merged and resolved (FM).

        Of a body that returns a record, the attributes that it set.
        """
        try:
            made = self._params(self._prepared(given), self._build)
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
        try:
            given = self._prepared(given)
            made = self._params(given, build)
            if self.model is None or not isinstance(made, dict) or self._after_struct:
                return self._struct(made, given)
            attributes = self._known(self._restructured(made))
            return Draft(self.model, attributes, given or {})
        except Exception as error:
            leave_trail(error, self.name)
            raise

    def _prepared(self, given: Any) -> Any:
        for step in reversed(self._steps):
            given = step(given)
        if self._before_params is not None:
            shape = self._shape
            if given is None and shape.default is not MISSING:
                given = copied(shape.default)
            # A hook may change what it gets; the caller's mapping serves other items too.
            given = dict(given or {}) if isinstance(given or {}, Mapping) else given
            given = self._before_params(given)
        if self._merges or self.model is not None:
            _check_mapping(given, self.name)
        return given

    def _params(self, given: Any, build: Associate) -> Any:
        """
        Return what the body made, merged and resolved, hooks of that stage included.
        """
        given = self._with_inputs_resolved(given)
        made = called(self._definition.function, self._shape, given, where=self.name)
        if self._touches:
            if isinstance(made, Mapping):
                made = self._resolved(self._merged(dict(made), given), given, build)
            elif is_record(made):
                made = self._changed(made, given, build)
            elif self._merges and self._left(given, ()):
                raise ArgumentTypeError(
                    f"factory {self.name!r} returned {made!r}, which has no attributes"
                    f" to override: {', '.join(given)}."
                )
        if self._strict == "all" and not self._merges:
            self._check_kept(made, given)
        return self._after_params_of(made)

    def _after_params_of(self, made: Any) -> Any:
        if self._after_params is None:
            return made
        if isinstance(made, Mapping) or not is_record(made):
            return self._after_params(made)
        return _reworked(made, self._after_params)

    def _struct(self, made: Any, given: Any) -> Any:
        if isinstance(made, Mapping) and self.model is not None:
            assert self._kind is not None
            attributes = self._known(self._restructured(dict(made)))
            made = self._kind.construct(self.model, attributes, given or {})
        elif isinstance(made, Mapping) or not is_record(made):
            if self.model is None:
                return made
            raise ArgumentTypeError(
                f"factory {self.name!r} has model {self.model.__name__}, so its body"
                f" returns a mapping or a {self.model.__name__}, not {made!r}."
            )
        elif self._before_struct is not None:
            made = _reworked(made, self._before_struct)
        return made if self._after_struct is None else self._after_struct(made)

    def _restructured(self, attributes: dict[str, Any]) -> dict[str, Any]:
        if self._before_struct is None:
            return attributes
        return dict(self._before_struct(attributes))

    def _known(self, attributes: dict[str, Any]) -> dict[str, Any]:
        assert self._kind is not None
        assert self.model is not None
        known = self._kind.settable(self.model)
        if known is None or attributes.keys() <= known.keys():
            return attributes
        if self._strict is False:
            return {key: value for key, value in attributes.items() if key in known}
        self._drop_inputs(attributes, known)
        refuse_unknown(attributes, known, model=self.model, factory=self.name)
        return attributes

    def _drop_inputs(self, attributes: dict[str, Any], known: Mapping[str, Any]) -> None:
        for name in self._shape.inputs:
            if name not in known:
                attributes.pop(name, None)

    # -- merging -------------------------------------------------------------------

    def _with_inputs_resolved(self, given: Any) -> Any:
        inputs = self._shape.inputs
        if not inputs or not isinstance(given, Mapping) or not self._lazies:
            return given
        pending = [name for name in inputs if type(given.get(name)) in LAZIES]
        if not pending:
            return given
        resolution = Resolution(dict(given), where=self.name)
        for name in pending:
            resolution.value(name)
        return resolution.attributes

    def _left(self, given: Any, own: Any) -> dict[str, Any]:
        """
        Return what is still to be merged after the body ran.
        """
        if not self._merges or not given:
            return {}
        shape = self._shape
        if shape.rest:
            return {k: v for k, v in given.items() if k in shape.inputs and k in own}
        if not shape.inputs:
            return dict(given)
        return {k: v for k, v in given.items() if k not in shape.inputs or k in own}

    def _merged(self, attributes: dict[str, Any], given: Any) -> dict[str, Any]:
        own: Any = attributes
        if self._shape.inputs and self._kind is not None and self.model is not None:
            own = {**attributes, **(self._kind.settable(self.model) or {})}
        _lay_over(attributes, self._left(given, own))
        if self._kind is not None and self.model is not None and given:
            return self._kind.settle(self.model, attributes, given)
        return attributes

    def _changed(self, record: Any, given: Any, build: Associate) -> Any:
        """
        Return the body's record with the overrides on it and its lazies worked out.
        """
        own = getattr(record, "__dict__", None)
        kind = kind_of(type(record))
        if not given and own is not None and DEFERRED.isdisjoint(map(type, own.values())):
            return record
        known = kind.settable_on(record)
        overrides = self._left(given, known if known is not None else kind.read(record))
        if self._strict is False and known is not None:
            overrides = {k: v for k, v in overrides.items() if k in known}
        refuse_unknown(overrides, known, model=type(record), factory=self.name)
        attributes = kind.read(record)
        pending = [k for k, v in attributes.items() if type(v) in DEFERRED]
        if not pending and not overrides:
            return record
        _lay_over(attributes, overrides)
        if given:
            attributes = kind.settle(type(record), attributes, given)
        attributes = self._resolved(attributes, given, build, record=record)
        changes = {
            key: attributes[key]
            for key in dict.fromkeys((*pending, *overrides))
            if key in attributes
        }
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

        def associate(key: str, reference: Any) -> Any:
            if key in caller:
                return reference.built(build)
            with default_of(name, key, reference.name):
                return reference.built(build)

        resolves = self._merges or self.model is not None
        return Resolution(
            attributes,
            associate=associate if resolves else None,
            lazies=self._lazies,
            unset=self._unset_of(record),
            where=name,
        ).run()

    def _unset_of(self, record: Any) -> Callable[[str], Any] | None:
        if record is not None:
            return lambda name: getattr(record, name)
        if self._kind is None or self.model is None:
            return None
        kind, model = self._kind, self.model
        return lambda name: _default(kind, model, name)

    # -- checks --------------------------------------------------------------------

    def _check_kept(self, made: Any, given: Any) -> None:
        """
        Raise if a body of one positional ignored or changed what it was given.
        """
        if not isinstance(given, Mapping) or not (
            isinstance(made, Mapping) or is_record(made)
        ):
            return
        got = made if isinstance(made, Mapping) else kind_of(type(made)).read(made)
        lost = [
            f"{key} - given {value!r}, "
            + (f"built {got[key]!r}" if key in got else "missing from the result")
            for key, value in given.items()
            if key not in self._shape.inputs
            and type(value) not in DEFERRED
            and not _kept(value, got.get(key, MISSING))
        ]
        if lost:
            keys = [line.split(" - ", 1)[0] for line in lost]
            raise UnknownAttributeError(
                keys,
                model=f"the body of factory {self.name!r}",
                factory=self.name,
                known=got,
                hint="It ignored or changed what it was given: " + "; ".join(lost),
            )

    # -- the short way -------------------------------------------------------------

    def _shortcut(self) -> Callable[[Any], Any] | None:
        """
        Return a function for the plainest factory: no parameters, no hooks, no variant.

        Without overrides it costs next to nothing beside the body; where the body's text
        tells which attributes are plain, those are not even looked at.
        """
        hooks = (
            self._before_params,
            self._after_params,
            self._before_struct,
            self._after_struct,
        )
        shape = self._shape
        plain = self._merges and not shape.inputs and not shape.rest
        if not plain or self._steps or any(hooks):
            return None
        outline = outline_of(self._definition.function)
        if outline is None or outline.pending:
            return self._scanning(outline)
        if self.model is None or outline.cls is self.model:
            return self._guarded(self._definition.function)
        if outline.cls is dict and self._kind is not None:
            make = self._kind.maker(self.model, outline.keys) or self._finish
            body = self._definition.function
            return self._guarded(lambda: make(body()))
        return self._scanning(outline)

    def _guarded(self, make: Callable[[], Any]) -> Callable[[Any], Any]:
        build, name = self.build, self.name
        self.quick = make

        def run(given: Any) -> Any:
            if given:
                return build(given)
            try:
                return make()
            except Exception as error:
                leave_trail(error, name)
                raise

        return run

    def _scanning(self, outline: Outline | None) -> Callable[[Any], Any]:
        """
        Return a function that looks at what the body made.
        """
        body, build, model = self._definition.function, self.build, self.model
        name, finish, nothing_pending = self.name, self._finish, DEFERRED.isdisjoint
        pending = outline.pending if outline is not None else None

        def run(given: Any) -> Any:
            if given:
                return build(given)
            try:
                made = body()
                if made.__class__ is dict:
                    if pending is None:
                        plain = nothing_pending(map(type, made.values()))
                    else:
                        plain = nothing_pending([type(made[key]) for key in pending])
                    if plain:
                        return made if model is None else finish(made)
                return self._struct(self._touched(made), None)
            except Exception as error:
                leave_trail(error, name)
                raise

        return run

    def many(self, n: int) -> list[Any]:
        """
        Return *n* records without overrides.
        """
        quick = self.quick
        if quick is None:
            run = self.run
            return [run(None) for _ in repeat(None, n)]
        try:
            return [quick() for _ in repeat(None, n)]
        except Exception as error:
            leave_trail(error, self.name)
            raise

    def _finish(self, attributes: dict[str, Any]) -> Any:
        assert self._kind is not None
        assert self.model is not None
        return self._kind.construct(self.model, self._known(attributes), _NOTHING)

    def _touched(self, made: Any) -> Any:
        if isinstance(made, Mapping):
            return self._resolved(dict(made), None, self._build)
        return self._changed(made, None, self._build) if is_record(made) else made


_NOTHING: Final[dict[str, Any]] = {}


def _check_mapping(given: Any, name: str) -> None:
    if given is not None and not isinstance(given, Mapping):
        raise ArgumentTypeError(
            f"expected a params map for factory {name!r}, got {given!r}."
            " Give attributes as keywords or as a dict; options go in the argument"
            " after it."
        )


def _lay_over(attributes: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    for key, value in overrides.items():
        default = attributes.get(key)
        if type(default) in ASSOCIATIONS:
            attributes[key] = default.replaced_by(key, value)  # type: ignore[union-attr]  # an association
        else:
            attributes[key] = value


def _default(kind: RecordKind, model: type, name: str) -> Any:
    field: Field | None = kind.fields(model).get(name)
    if field is None:
        raise AttributeError(f"{model.__name__} has no attribute {name!r}.", name=name)
    return None if field.default is MISSING else field.default


def _reworked(record: Any, hook: Hook) -> Any:
    """
    Give a hook of mappings the attributes of a record, and put on it what it changed.
    """
    kind = kind_of(type(record))
    before = kind.read(record)
    after = hook(dict(before))
    if not isinstance(after, Mapping):
        raise ArgumentValueError(f"a hook of params returned {after!r}, no mapping.")
    changes = {
        key: value
        for key, value in after.items()
        if key not in before or before[key] is not value
    }
    refuse_unknown(changes, kind.settable_on(record), model=type(record))
    return kind.change(record, changes, changes) if changes else record


def _kept(given: Any, built: Any) -> bool:
    if given is built:
        return True
    if isinstance(given, Mapping):
        if not isinstance(built, Mapping):
            # Params that the body made a record of.
            return built is not MISSING and is_record(built)
        return all(_kept(value, built.get(key, MISSING)) for key, value in given.items())
    try:
        return bool(given == built)
    except (TypeError, ValueError):
        # Arrays and frames do not compare to one truth; they were replaced.
        return False
