"""
Records that other records belong to: keys, conflicts, and assignments without echo.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm.attributes import instance_state, set_attribute

from machina_lab.alchemy.plans import Plan
from machina_lab.alchemy.relations import Relation
from machina_lab.core.records import MISSING
from machina_lab.errors import ForeignKeyConflictError


def is_attached(state: Any) -> bool:
    """
    Return whether a record is in a session or in the database.
    """
    return state.key is not None or state.session_id is not None


def key_values(relation: Relation, state: Any) -> dict[str, Any]:
    """
    Return the foreign key that points to the parent with this instance state.

    Reads what is loaded, and the identity of a parent that is expired; asks no
    database. Columns whose value is not known yet are left out.
    """
    found = {}
    for pair in relation.keys:
        value = state.dict.get(pair.remote)
        if value is None and state.key is not None and pair.position is not None:
            value = state.key[1][pair.position]
        if value is not None:
            found[pair.local] = value
    return found


def refuse_conflict(
    plan: Plan, relation: Relation, parent: Any, given: Mapping[str, Any]
) -> None:
    """
    Raise if the caller gave both *parent* and a foreign key that is not the parent's.
    """
    if relation.locals.isdisjoint(given):
        return
    known = key_values(relation, instance_state(parent))
    for pair in relation.keys:
        key = given.get(pair.local)
        if key is not None and not _same(key, known.get(pair.local, MISSING)):
            theirs = known.get(pair.local, "no key yet")
            raise ForeignKeyConflictError(
                f"{plan.model.__name__} was given {relation.name}={_brief(parent)}"
                f" and {pair.local}={key!r}, but the {pair.remote} of that"
                f" {relation.name} is {theirs}. Give one of them."
            )


def _same(key: Any, value: Any) -> bool:
    # Keys come as typed: "5" from a form is the 5 that it will be cast to.
    return bool(key == value) or (value is not MISSING and str(key) == str(value))


def _brief(parent: Any) -> str:
    return f"<{type(parent).__name__}>"


def link(record: Any, relation: Relation, parent: Any) -> None:
    """
    Set the parent of *record* without telling the parent's collection.

    The collection would otherwise hold a record that is in no session, and SQLAlchemy
    warns of that at every flush.
    """
    quiet = relation.quiet(parent)
    if quiet is None:
        set_attribute(record, relation.name, parent)
    else:
        set_attribute(record, relation.name, parent, initiator=quiet)


def unset(record: Any, name: str) -> None:
    """
    Make the association *name* of an unsaved *record* as if nobody had set it.

    A None would not do: SQLAlchemy clears the foreign key for it.
    """
    state = instance_state(record)
    if state.dict.get(name) is not None:
        setattr(record, name, None)
    state.dict.pop(name, None)
    state.committed_state.pop(name, None)


def settle_keys(
    plan: Plan, attributes: dict[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """
    Return *attributes* without the parents and keys that what was *given* makes moot.

    An explicit foreign key beats a parent that the factory would have built, and an
    explicit None for the parent too: the association is then left unset. An explicit
    parent beats a foreign key that the factory set.
    """
    dropped: set[str] = set()
    for relation in plan.parents:
        if relation.name in given:
            if given[relation.name] is None and _gives_key(relation, given):
                dropped.add(relation.name)
            else:
                dropped |= relation.locals - given.keys() - plan.primary
        elif not relation.locals.isdisjoint(given) and all(
            key in given or attributes.get(key) is not None for key in relation.locals
        ):
            dropped.add(relation.name)
    if dropped.isdisjoint(attributes):
        return attributes
    return {k: v for k, v in attributes.items() if k not in dropped}


def _gives_key(relation: Relation, given: Mapping[str, Any]) -> bool:
    return any(given.get(key) is not None for key in relation.locals)
