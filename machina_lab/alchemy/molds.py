"""
Making many records of one mapped class that set the same attributes.

Telling SQLAlchemy of each attribute costs more than making the record, and mostly there
is nobody to hear it (see `silence`). A *mold* knows the attributes beforehand and lays
their values on the record in one go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm.base import NO_VALUE

from machina_lab.alchemy.plans import Plan
from machina_lab.alchemy.provenance import ENTRY, entry_of


def mold_of(
    plan: Plan, names: frozenset[str]
) -> Callable[[dict[str, Any]], Any] | None:
    """
    Return what makes records of exactly the attributes *names*, a factory's own.

    None where that is not done: the class has a constructor of its own or shares its
    table, an attribute is no plain column or built parent, somebody listens. What is
    returned gives None, too, where somebody listens by then, or where a parent is
    none that was just built.
    """
    lacking = plan.defaults.keys() - names
    told = (*lacking, *names)
    if plan.silent_init is None or not plan.quiet.keys() >= set(told):
        return None
    watched = [plan.quiet[name] for name in told]
    parents: list[tuple[str, Any]] = [
        (name, plan.relations[name].target) for name in names & plan.relations.keys()
    ]
    entry, new = entry_of(tuple(names), ()), plan.new
    unset = dict.fromkeys(told, NO_VALUE)
    given = dict.fromkeys(names)
    filled = plan.defaults_but(given)
    copied = not lacking.isdisjoint(plan.copied)
    events, held_init, own_init, number_init, inherited_init = plan.silent_init

    def make(attributes: dict[str, Any]) -> Any:
        if (
            events.init is not held_init
            or inherited_init
            or len(own_init) != number_init
        ):
            return None
        for dispatch, held, own, number, inherited in watched:
            if dispatch.set is not held or inherited or len(own) != number:
                return None
        known = entry
        for name, target in parents:
            parent: Any = attributes[name]
            if type(parent) is not target:
                return None
            state = parent._sa_instance_state  # noqa: SLF001 - its mark
            if state.key is not None or state.session_id is not None:
                return None
            known += (name, state)
        record = new()
        state = record._sa_instance_state  # noqa: SLF001 - its mark
        loaded = record.__dict__
        if filled:
            loaded.update(plan.defaults_but(given) if copied else filled)
        loaded.update(attributes)
        state.committed_state.update(unset)
        state.modified = True
        state.info = {ENTRY: known}
        return record

    return make
