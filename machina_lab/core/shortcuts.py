"""
The short ways through a build.

Most factories have no parameters, hooks or variants, and most values are plain: then
little is left to do beside calling the body and laying the overrides over what it made.
Where the body's text tells which attributes are plain values, those are not even looked
at. Whatever is not so simple goes on the long way, from where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from machina_lab.core.associations import ASSOCIATIONS, built_default
from machina_lab.core.lazies import DEFERRED, LAZIES
from machina_lab.core.merging import makes_records
from machina_lab.core.outlines import Outline, outline_of
from machina_lab.core.records import kind_of, unchanged
from machina_lab.core.trails import leave_trail


if TYPE_CHECKING:
    from machina_lab.core.pipeline import Plan

Run = Callable[[Any], Any]
Associate = Callable[[Any, dict[str, Any]], Any]
#: Makes the record of attributes that are worked out.
Make = Callable[[Any], Any]
#: Lays overrides, or nothing, over a record that a body made.
Finish = Callable[[Any, Any], Any]

_nothing_pending = DEFERRED.isdisjoint


def shortcut(plan: Plan) -> Run | None:
    """
    Return a quicker `Plan.build` for the plainest factories, or None.
    """
    if not is_plain(plan):
        return None
    scanning = _scanning(plan)
    outline = outline_of(plan.definition.function)
    if outline is None:
        return scanning
    if outline.cls is not dict:
        return _of_class(plan, outline, scanning)
    if outline.pending:
        return _associating(plan, outline, scanning)
    return _unseen(plan, outline, scanning)


def is_plain(plan: Plan) -> bool:
    """
    Return whether a build calls the body and merges, and does nothing beside.
    """
    hooks = (
        plan.before_params,
        plan.after_params,
        plan.before_struct,
        plan.after_struct,
    )
    shape = plan.shape
    merges = plan.merges and not shape.inputs and not shape.rest
    return merges and not plan.steps and not any(hooks)


def _of_class(plan: Plan, outline: Outline, scanning: Run) -> Run:
    """
    Return the shortcut for a body that calls a class.
    """
    cls = outline.cls
    finish = kind_of(cls).named_adopter(cls, outline.keys)
    told = plan.model is None or cls is plan.model
    if finish is None or not told:
        return scanning
    make = None if finish is unchanged else finish
    refusing = kind_of(cls).refusing(cls)
    pending = tuple(key for key in outline.pending if key not in refusing)
    if not pending:
        return _trusting(plan, outline, make, scanning)
    if not _shows_its_values(cls):
        return scanning
    return _glancing(plan, replace(outline, pending=pending), make, scanning)


def _maker(plan: Plan, outline: Outline) -> Make | None:
    """
    Return what makes the record of what the body returned; None if that is the record.
    """
    if plan.model is None or plan.kind is None:
        return None
    return plan.kind.maker(plan.model, outline.keys) or plan.finish


def _unseen(plan: Plan, outline: Outline, scanning: Run) -> Run:
    """
    Return a function that does not look at what a dict of plain values holds.
    """
    body, model, make = plan.definition.function, plan.model, _maker(plan, outline)
    if model and plan.kind and plan.kind.is_called(model, outline.keys):
        return _calling(plan, outline, model, scanning)
    quick: Any = body if make is None else lambda: make(body())
    return _guarded(plan, outline, quick, scanning)


def _calling(plan: Plan, outline: Outline, model: type, scanning: Run) -> Run:
    """
    Return a function that calls a class with all that the body returned.

    Spelled out as `_trusting` is.
    """
    body, name, code = plan.definition.function, plan.name, outline.code
    (look, key, value), names = _first_name(outline)
    plan.quick, plan.is_quick = lambda: model(**body()), outline.holds

    def run(given: Any) -> Any:
        if given or body.__code__ is not code or look(key) is not value:
            return scanning(given)
        if names:
            for scope, other, meant in names:
                if scope.get(other) is not meant:
                    return scanning(given)
        try:
            return model(**body())
        except Exception as error:
            leave_trail(error, name)
            raise

    return run


def _glancing(plan: Plan, outline: Outline, make: Make | None, scanning: Run) -> Run:
    """
    Return a function that looks only at those values that may need working out.
    """
    body, cls, pending = plan.definition.function, outline.cls, outline.pending
    complete, finish = plan.complete, make or unchanged

    def quick() -> Any:
        made: Any = body()
        if type(made) is not cls:
            # The class's own name stands for another one since.
            return complete(made, None)
        for at in pending:
            if type(made.__dict__.get(at)) in DEFERRED:
                return complete(made, None)
        return finish(made)

    return _guarded(plan, outline, quick, scanning)


def _guarded(
    plan: Plan, outline: Outline, quick: Callable[[], Any], scanning: Run
) -> Run:
    """
    Return a function that calls *quick* while what the text told holds.
    """
    plan.quick, plan.is_quick = quick, outline.holds
    body, name, code = plan.definition.function, plan.name, outline.code
    (look, key, value), names = _first_name(outline)

    def run(given: Any) -> Any:
        if given or body.__code__ is not code or look(key) is not value:
            return scanning(given)
        for scope, other, meant in names:
            if scope.get(other) is not meant:
                return scanning(given)
        try:
            return quick()
        except Exception as error:
            leave_trail(error, name)
            raise

    return run


def _trusting(plan: Plan, outline: Outline, make: Make | None, scanning: Run) -> Run:
    """
    Return a function that looks at nothing but the class of what the body made.

    Spelled out beside `_guarded`: one call more would be a tenth of the plainest build.
    """
    body, name, cls = plan.definition.function, plan.name, outline.cls
    code, complete = outline.code, plan.complete
    (look, key, value), names = _first_name(outline)
    quick: Any = body if make is None else lambda: make(body())
    plan.quick, plan.is_quick = quick, outline.holds

    def run(given: Any) -> Any:
        if given or body.__code__ is not code or look(key) is not value:
            return scanning(given)
        for scope, other, meant in names:
            if scope.get(other) is not meant:
                return scanning(given)
        try:
            made: Any = body()
            if type(made) is not cls:
                return complete(made, None)
            return made if make is None else make(made)
        except Exception as error:
            leave_trail(error, name)
            raise

    return run


def _associating(plan: Plan, outline: Outline, scanning: Run) -> Run:
    """
    Return a function that builds associations and leaves lazies to the long way.
    """
    body, name, complete = plan.definition.function, plan.name, plan.complete
    code = outline.code
    (look, key, value), names = _first_name(outline)
    associated, make = _associated(plan, outline), _maker(plan, outline) or unchanged
    over = _laying_over(plan, outline, associated)

    def quick() -> Any:
        made = body()
        return make(made) if associated(made) else complete(made, None)

    plan.quick, plan.is_quick = quick, outline.holds

    def run(given: Any) -> Any:
        if body.__code__ is not code or look(key) is not value:
            return scanning(given)
        for scope, other, meant in names:
            if scope.get(other) is not meant:
                return scanning(given)
        try:
            return over(body(), given) if given else quick()
        except Exception as error:
            leave_trail(error, name)
            raise

    return run


def _associated(plan: Plan, outline: Outline) -> Callable[[dict[str, Any]], bool]:
    """
    Return a function that builds what a dict refers to, until it meets a lazy.

    It returns whether nothing is left to work out.
    """
    name, pending, build_other = plan.name, outline.pending, plan.build_other

    def associated(made: dict[str, Any]) -> bool:
        at = None
        try:
            for at in pending:
                kind = type(made.get(at))
                if kind in ASSOCIATIONS:
                    made[at] = built_default(name, at, made[at], build_other)
                elif kind in LAZIES:
                    return False
        except Exception as error:
            leave_trail(error, name, at)
            raise
        return True

    return associated


def _laying_over(
    plan: Plan, outline: Outline, associated: Callable[[dict[str, Any]], bool]
) -> Finish:
    """
    Return what lays overrides over a dict that may hold associations.
    """
    complete, lay_over, finish = plan.complete, plan.lay_over, plan.finish
    overrides_none = frozenset(outline.pending).isdisjoint
    nothing_pending = _nothing_pending

    def over(made: Any, given: Any) -> Any:
        if not overrides_none(given) or not nothing_pending(map(type, given.values())):
            return complete(made, given)
        merged = lay_over(made, given)
        return (finish if associated(merged) else complete)(merged, given)

    return over


def _first_name(outline: Outline) -> tuple[tuple[Callable[..., Any], str, Any], Any]:
    """
    Return the first name that the outline relies on, ready to be looked up, and others.

    Mostly it is the only one, `sequence`, and a loop would cost more than the look.
    """
    if not outline.names:
        return ({}.get, "", None), ()
    (scope, key, value), *others = outline.names
    return (scope.get, key, value), tuple(others)


def _scanning(plan: Plan) -> Run:
    """
    Return a function that looks at everything the body made.
    """
    body, name = plan.definition.function, plan.name
    complete, finish, lay_over = plan.complete, plan.finish, plan.lay_over
    nothing_pending = _nothing_pending
    finishers: dict[type, Finish] = {}

    def run(given: Any) -> Any:
        try:
            made = body()
            cls = type(made)
            if cls is dict:
                if not nothing_pending(map(type, made.values())):
                    return complete(made, given)
                if not given:
                    return finish(made, given)
                if not nothing_pending(map(type, given.values())):
                    return complete(made, given)
                return finish(lay_over(made, given), given)
            try:
                finished = finishers[cls]
            except KeyError:
                finished = finishers[cls] = _finisher(plan, cls)
            return finished(made, given)
        except Exception as error:
            leave_trail(error, name)
            raise

    return run


def _finisher(plan: Plan, cls: type) -> Finish:
    """
    Return what lays overrides over a record of *cls* that the body made.
    """
    complete = plan.complete
    if not makes_records(cls) or not _shows_its_values(cls):
        return complete
    kind, nothing_pending = kind_of(cls), _nothing_pending
    change, settle, known_on = kind.change, kind.settle, kind.settable_on
    adopt = kind.adopter(cls)

    def finished(made: Any, given: Any) -> Any:
        if not nothing_pending(map(type, made.__dict__.values())):
            return complete(made, given)
        if not given:
            return made if adopt is None else adopt(made)
        known = known_on(made)
        if known is not None and not given.keys() <= known.keys():
            return complete(made, given)
        if not nothing_pending(map(type, given.values())):
            return complete(made, given)
        return change(made, dict(settle(cls, given, given)), given)

    return finished


def _shows_its_values(cls: type) -> bool:
    """
    Return whether all that a record of *cls* holds is in its own dict.
    """
    slots = [
        name
        for each in cls.__mro__
        for name in vars(each).get("__slots__", ())
        if not name.startswith("_")
    ]
    own = cls.__dictoffset__ != 0 and not slots
    return own and not issubclass(cls, Mapping | tuple)
