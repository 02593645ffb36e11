"""
Who won each field of a record: base, variant, caller, lazy, sequence or hook.

One record is built by the lab's own plan, with onlookers around its variants, its body
and its hooks, so that what is told is what happens. Nothing is left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from machina_lab.core.associations import ASSOCIATIONS
from machina_lab.core.hooks import composed
from machina_lab.core.lazies import DEFERRED
from machina_lab.core.merging import attributes_of
from machina_lab.core.pipeline import Plan
from machina_lab.core.records import MISSING
from machina_lab.widgets.previews import isolated
from machina_lab.widgets.sources import uses_of


@dataclass(slots=True)
class Trace:
    """
    One build, watched.

    Attributes:
        record: What was built.
        winners: Attribute -> who said its value.
    """

    record: Any = None
    winners: dict[str, str] = field(default_factory=dict)
    #: Attribute -> who gave it to the body.
    givers: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """
        The record's attributes; a plain value stands under `value`.
        """
        attributes = attributes_of(self.record)
        return {"value": self.record} if attributes is None else attributes


def trace(lab: Any, path: str, overrides: Mapping[str, Any] | None = None) -> Trace:
    """
    Return one build of a factory with who won each field.

    Raises:
        Exception: Whatever the factory raises.
    """
    factory = lab.find(path)
    found = Trace(givers=dict.fromkeys(overrides or {}, "caller"))
    plan = Plan(
        replace(factory.definition, function=_watched_body(factory, found)),
        name=factory.path,
        model=factory.declared_model,
        options={name: option.value for name, option in factory.options.items()},
        hooks={name: (_watched_hook(factory, name, found),) for name in factory.hooks},
        build=lambda name, given: lab.build(name, given or None),
        steps=tuple(_watched_step(step, found) for step in factory.steps),
    )
    with isolated(lab):
        found.record = plan.build(dict(overrides) if overrides else None)
    for name in found.values:
        found.winners.setdefault(name, found.givers.get(name, "class default"))
    return found


def _watched_step(step: Any, found: Trace) -> Callable[[Any], Any]:
    def watched(given: Any) -> Any:
        before = dict(given) if isinstance(given, Mapping) else {}
        made = step(given)
        _note(found.givers, before, made, f"variant {step.name}")
        return made

    return watched


def _watched_body(factory: Any, found: Trace) -> Callable[..., Any]:
    function = factory.definition.function
    merges = factory.definition.shape.merges
    fed = {use.field: use.name for use in uses_of(function).sequences}

    def watched(*args: Any, **kwargs: Any) -> Any:
        made = function(*args, **kwargs)
        given = args[0] if args and isinstance(args[0], Mapping) else kwargs
        for name, value in (attributes_of(made) or {}).items():
            ours = name in found.givers and (merges or given.get(name) is value)
            found.winners[name] = found.givers[name] if ours else _own(name, value, fed)
        if merges:
            found.winners |= found.givers
        return made

    return watched


def _own(name: str, value: Any, fed: Mapping[str, Any]) -> str:
    if type(value) in ASSOCIATIONS:
        return f"association {value.name}"
    if type(value) in DEFERRED:
        return "lazy"
    return f"sequence {fed[name]}" if name in fed else "base"


def _watched_hook(factory: Any, name: str, found: Trace) -> Callable[[Any], Any]:
    hook = composed(factory.hooks[name], name, factory.path)
    assert hook is not None
    target = found.givers if name == "before_build_params" else found.winners

    def watched(value: Any) -> Any:
        before = dict(attributes_of(value) or {})
        made = hook(value)
        _note(target, before, made, f"hook {name}")
        return made

    return watched


def _note(
    target: dict[str, str], before: Mapping[str, Any], made: Any, who: str
) -> None:
    after = attributes_of(made) or {}
    for name, value in after.items():
        if before.get(name, MISSING) is not value and not _equal(
            before.get(name, MISSING), value
        ):
            target[name] = who
    for name in before:
        if name not in after:
            target.pop(name, None)


def _equal(first: Any, second: Any) -> bool:
    try:
        return bool(first == second)
    except Exception:  # noqa: BLE001 - arrays and the like have no one truth
        return False
