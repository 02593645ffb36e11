"""
Working records out without making them: who works out what they refer to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from machina_lab.core.lazies import sees_siblings
from machina_lab.core.shortcuts import Associate


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
