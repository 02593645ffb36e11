"""
The short ways through a build.

Most factories have no parameters, hooks or variants, and most builds no overrides: then
little is left to do beside calling the body. Where the body's text tells which
attributes are plain values, those are not even looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from machina_lab.core.bodies import Outline, outline_of
from machina_lab.core.lazies import DEFERRED
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
    if outline is None or outline.pending:
        return _scanning(plan, outline)
    body, model = plan.definition.function, plan.model
    if model is None or outline.cls is model:
        return _unseen(plan, body)
    if outline.cls is dict and plan.kind is not None:
        make = plan.kind.maker(model, outline.keys) or plan.finish
        return _unseen(plan, lambda: make(body()))
    return _scanning(plan, outline)


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


def _scanning(plan: Plan, outline: Outline | None) -> Callable[[Any], Any]:
    """
    Return a function that looks at what the body made.
    """
    body, build, model = plan.definition.function, plan.build, plan.model
    name, finish, nothing_pending = plan.name, plan.finish, DEFERRED.isdisjoint
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
            return plan.struct(plan.touched(made), None)
        except Exception as error:
            leave_trail(error, name)
            raise

    return run
