"""
Making many records of one mapped class that set the same attributes.

Telling SQLAlchemy of each attribute costs more than making the record, and mostly there
is nobody to hear it (see `silence`). Where a factory's text tells the attributes, all
that can be known is learned once, and then their values are laid on each record in one
go. Whatever is not so simple goes the way of every other record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm.base import NO_VALUE

from machina_lab.alchemy.constructors import set_all
from machina_lab.alchemy.plans import Generation, Plan, plan_of
from machina_lab.alchemy.provenance import ENTRY, entry_of, parent_key
from machina_lab.alchemy.silence import NEVER, Silence


def maker_of(
    model: type, names: frozenset[str], otherwise: Callable[[dict[str, Any]], Any]
) -> Callable[[dict[str, Any]], Any]:
    """
    Return what makes records of exactly the attributes *names*, a factory's own.

    Args:
        model: The class.
        names: The attributes, all of them known to the class.
        otherwise: Makes a record that is not so simple: the class has a constructor of
            its own or shares its table, an attribute is no plain column or parent that
            was just built, somebody listens.
    """
    generation = -1
    plan: Any
    new: Any
    init: Silence
    watched: list[Silence]
    parents: list[tuple[str, Any, str]]
    filled: dict[str, Any]
    unset: dict[str, Any]
    copied: bool
    entry = entry_of(tuple(names), ())

    def learn() -> None:
        nonlocal generation, plan, new, init, watched, parents, filled, unset, copied
        plan = plan_of(model)
        generation, new, filled = plan.generation, plan.new, dict(plan.defaults)
        told = filled.keys() | names
        silent = plan.silent_init is not None and plan.quiet.keys() >= told
        init = plan.silent_init if silent else NEVER
        watched = [plan.quiet[name] for name in told] if silent else []
        parents = [
            (name, plan.relations[name].target, parent_key(name))
            for name in names & plan.relations.keys()
        ]
        copied = not names.issuperset(plan.copied)
        unset = dict.fromkeys(told, NO_VALUE)

    def make(attributes: dict[str, Any]) -> Any:
        if generation != Generation.number:
            learn()
        dispatch, held, own, number, inherited = init
        if dispatch.init is not held or inherited or len(own) != number:
            return otherwise(attributes)
        for dispatch, held, own, number, inherited in watched:
            if dispatch.set is not held or inherited or len(own) != number:
                return otherwise(attributes)
        info: dict[str, Any] = {ENTRY: entry}
        for name, target, key in parents:
            parent = attributes[name]
            if type(parent) is not target:
                return otherwise(attributes)
            state = parent._sa_instance_state  # noqa: SLF001 - its mark
            if state.key is not None or state.session_id is not None:
                return otherwise(attributes)
            info[key] = state
        record = new()
        state = record._sa_instance_state  # noqa: SLF001 - its mark
        loaded = record.__dict__
        loaded.update(plan.defaults_but(attributes) if copied else filled)
        loaded.update(attributes)
        state.committed_state.update(unset)
        state.modified = True
        state.info = info
        return record

    return make


def adopter_of(
    model: type, names: frozenset[str], otherwise: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """
    Return what fills the gaps of records that a body made by naming these attributes.

    Args:
        model: The class that the body calls.
        names: The attributes that it names.
        otherwise: Does the same for a record of which more may be known by then: its
            class has a constructor of its own, somebody got hold of it.
    """
    generation = -1
    plan: Plan
    init: Silence
    parents: list[tuple[str, str]]
    lacking: bool
    entry = entry_of(tuple(names), ())

    def learn() -> None:
        nonlocal generation, plan, init, parents, lacking
        plan = plan_of(model)
        generation = plan.generation
        named = names <= plan.scalars.keys() | plan.relations.keys()
        init = (plan.silent_init if named and plan.is_bare else None) or NEVER
        parents = [(name, parent_key(name)) for name in names & plan.singles]
        lacking = not plan.defaults.keys() <= names

    def adopt(record: Any) -> Any:
        if generation != Generation.number:
            learn()
        state = record._sa_instance_state  # noqa: SLF001 - its mark
        dispatch, held, own, number, inherited = init
        if (
            dispatch.init is not held
            or inherited
            or len(own) != number
            or state.session_id is not None
        ):
            return otherwise(record)
        info: dict[str, Any] = {ENTRY: entry}
        for name, key in parents:
            parent = record.__dict__.get(name)
            if parent is not None:
                info[key] = parent._sa_instance_state  # noqa: SLF001 - its mark
        if lacking:
            set_all(plan, record, plan.defaults_but(record.__dict__))
        state.info = info
        return record

    return adopt
