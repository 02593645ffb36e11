"""
The short ways through a build.

Most factories have no parameters, hooks or variants, and most builds no overrides: then
little is left to do beside calling the body. Where the body's text tells which
attributes are plain values, those are not even looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from machina_lab.core.associations import ASSOCIATIONS, built_default
from machina_lab.core.bodies import Outline, makes_plainly, outline_of
from machina_lab.core.lazies import DEFERRED, LAZIES
from machina_lab.core.trails import leave_trail


if TYPE_CHECKING:
    from machina_lab.core.pipeline import Plan


def shortcut(plan: Plan) -> Callable[[Any], Any] | None:
    """
    Return a quicker `Plan.build` for the plainest factories, or None.
    """
    hooks = (
        plan.before_params,
        plan.after_params,
        plan.before_struct,
        plan.after_struct,
    )
    shape = plan.shape
    plain = plan.merges and not shape.inputs and not shape.rest
    if not plain or plan.steps or any(hooks):
        return None
    outline = outline_of(plan.definition.function)
    if outline is None or not _fits(plan, outline):
        return _scanning(plan)
    make = _maker(plan, outline)
    if outline.pending:
        known = outline.cls is dict
        return _associating(plan, outline, make) if known else _scanning(plan)
    body = plan.definition.function
    return _unseen(plan, body if make is None else lambda: make(body()))


def _fits(plan: Plan, outline: Outline) -> bool:
    """
    Return whether the outline tells all that a build has to know.
    """
    if outline.cls is dict:
        return True
    told = plan.model is None or outline.cls is plan.model
    return told and makes_plainly(outline.cls, outline.keys)


def _maker(plan: Plan, outline: Outline) -> Callable[[dict[str, Any]], Any] | None:
    """
    Return what makes the record of what the body returned; None if that is the record.
    """
    if outline.cls is not dict or plan.model is None or plan.kind is None:
        return None
    return plan.kind.maker(plan.model, outline.keys) or plan.finish


def _unseen(plan: Plan, make: Callable[[], Any]) -> Callable[[Any], Any]:
    """
    Return a function that does not look at what the body made.
    """
    build, name = plan.build, plan.name
    plan.quick = make

    def run(given: Any) -> Any:
        if given:
            return build(given)
        try:
            return make()
        except Exception as error:
            leave_trail(error, name)
            raise

    return run


def _associating(
    plan: Plan, outline: Outline, make: Callable[[dict[str, Any]], Any] | None
) -> Callable[[Any], Any]:
    """
    Return a function that builds associations and leaves lazies to the long way.
    """
    body, build, name = plan.definition.function, plan.build, plan.name
    pending, build_other = outline.pending, plan.build_other

    def run(given: Any) -> Any:
        if given:
            return build(given)
        key = None
        try:
            made = body()
            kinds = {key: type(made[key]) for key in pending}
            if not LAZIES.isdisjoint(kinds.values()):
                return plan.struct(plan.touched(made), None)
            for key, kind in kinds.items():
                if kind in ASSOCIATIONS:
                    made[key] = built_default(name, key, made[key], build_other)
            key = None
            return made if make is None else make(made)
        except Exception as error:
            leave_trail(error, name, key)
            raise

    return run


def _scanning(plan: Plan) -> Callable[[Any], Any]:
    """
    Return a function that looks at everything the body made.
    """
    body, build, model = plan.definition.function, plan.build, plan.model
    name, finish, nothing_pending = plan.name, plan.finish, DEFERRED.isdisjoint

    def run(given: Any) -> Any:
        if given:
            return build(given)
        try:
            made = body()
            if made.__class__ is dict and nothing_pending(map(type, made.values())):
                return made if model is None else finish(made)
            return plan.struct(plan.touched(made), None)
        except Exception as error:
            leave_trail(error, name)
            raise

    return run
