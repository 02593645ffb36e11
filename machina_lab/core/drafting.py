"""
Working records out without making them: who works out what they refer to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from machina_lab.core.associations import ASSOCIATIONS, built_default
from machina_lab.core.drafts import Draft
from machina_lab.core.lazies import DEFERRED, LAZIES, sees_siblings
from machina_lab.core.shortcuts import Associate, is_plain
from machina_lab.core.trails import leave_trail


if TYPE_CHECKING:
    from machina_lab.core.builds import Builds
    from machina_lab.core.pipeline import Plan


class Drafter:
    """
    Works out records of a lab's factories, each looked up once.

    Args:
        lab: The lab.
        careful: Whether people's own functions get records instead of drafts: a lazy
            or a hook may do with a parent whatever can be done with a record.
    """

    __slots__ = ("_known", "_lab", "careful")

    def __init__(self, lab: Builds, *, careful: bool) -> None:
        self._lab = lab
        self._known: dict[Any, Callable[[Any], Any]] = {}
        self.careful = careful

    def __call__(self, reference: Any, given: Any) -> Any:
        """
        Return the draft of what *reference* makes, or a record where it has to be one.
        """
        run = self._known.get(reference)
        if run is None:
            run = self._known[reference] = self._run_of(reference)
        return run(given)

    def _run_of(self, reference: Any) -> Callable[[Any], Any]:
        factory = self._lab.find(reference)
        lab: Builds = factory.lab
        lab._allowed(factory, "build_struct")  # noqa: SLF001 - of one room
        plan = lab._plan_of(factory.path)  # noqa: SLF001 - of one room
        build: Associate = self
        if lab is not self._lab:
            build = Drafter(lab, careful=self.careful)
        elif lab._is_automatic(plan.definition):  # noqa: SLF001 - of one room
            build = _Beside(self)
        return lab._repeating(lambda given: plan.draft(given, build), factory)  # noqa: SLF001 - of one room

    def beside(self, reference: Any, given: Any, build: Associate) -> Any:
        """
        Draft what an automatic factory refers to: a record that fits its own.
        """
        plan = self._lab._hidden_plan(reference)  # noqa: SLF001 - of one room
        return self(reference, given) if plan is None else plan.draft(given, build)


class _Beside:
    """
    The same for what automatic factories refer to.
    """

    __slots__ = ("_drafter", "careful")

    def __init__(self, drafter: Drafter) -> None:
        self._drafter = drafter
        self.careful = drafter.careful

    def __call__(self, reference: Any, given: Any) -> Any:
        return self._drafter.beside(reference, given, self)


def builder_for(plan: Plan, values: Iterable[Any], build: Associate) -> Associate:
    """
    Return what builds the associations among *values* when *plan* is drafted.

    It makes records where somebody would see the drafts: a class that is called, a
    hook, and, if *build* is careful, lazies that look at other attributes.
    """
    if plan.model is None or plan.after_struct is not None:
        return plan.build_other
    # What builds records is not careful.
    if not getattr(build, "careful", False):
        return build
    hooked = plan.after_params is not None or plan.before_struct is not None
    return plan.build_other if hooked or any(map(sees_siblings, values)) else build


def quick_draft(plan: Plan) -> Callable[[Associate], Any] | None:
    """
    Return a quicker `Plan.draft` without overrides for the plainest factories, or None.
    """
    if plan.model is None or not is_plain(plan):
        return None
    body, name, drafted = plan.definition.function, plan.name, plan.drafted
    finished = _finisher(plan, plan.model)
    nothing_pending, nothing_lazy = DEFERRED.isdisjoint, LAZIES.isdisjoint

    def run(build: Associate) -> Any:
        at = None
        try:
            made = body()
            if type(made) is not dict:
                return drafted(made, None, build)
            attributes = made.copy()
            if nothing_pending(map(type, made.values())):
                return finished(attributes)
            if not nothing_lazy(map(type, made.values())):
                return drafted(attributes, None, build)
            for key, value in made.items():
                if type(value) in ASSOCIATIONS:
                    at = key
                    attributes[key] = built_default(name, key, value, build)
            at = None
            return finished(attributes)
        except Exception as error:
            leave_trail(error, name, at)
            raise

    return run


def _finisher(plan: Plan, model: type) -> Callable[[dict[str, Any]], Any]:
    """
    Return what makes a draft of attributes that are worked out.
    """
    drafted = plan.drafted
    #: Names of attributes that the class was found to know, all of them.
    known: set[tuple[str, ...]] = set()

    def finished(attributes: dict[str, Any]) -> Any:
        names = tuple(attributes)
        if names in known:
            return Draft(model, attributes, {})
        draft = drafted(attributes, None, None)
        if draft.attributes is attributes:
            known.add(names)
        return draft

    return finished
