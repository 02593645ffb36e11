"""
Params of mapped records: what one would type in a form to get such a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm.attributes import instance_state

from machina_lab.alchemy.parents import key_values, link, unset
from machina_lab.alchemy.plans import Plan, plan_of
from machina_lab.alchemy.provenance import Provenance, provenance
from machina_lab.alchemy.relations import Relation
from machina_lab.core.records import kind_of


#: Kinds of records that may sit inside one column: what Ecto calls embeds.
_EMBEDS = frozenset({"dataclass", "attrs", "pydantic", "namedtuple"})


def strip(record: Any, *, keep_none: bool = False) -> dict[str, Any]:
    """
    Return the params of *record* (EM `params_for`, FM `params_for`).

    Left out: the key that something generates, parents, discriminators, computed
    columns, and properties that the caller did not give. A parent that is in the
    database leaves its foreign key. Children become params of their own, without the
    way back. Values are not cast. The record is not changed, no database is asked.

    Args:
        record: A record of a mapped class, in any state.
        keep_none: Keep what is None, columns that nobody set included (FM); without
            it every None is left out (EM).
    """
    return _strip(record, frozenset(), (), keep_none=keep_none)


def _strip(
    record: Any, skipped: frozenset[str], path: tuple[int, ...], *, keep_none: bool
) -> dict[str, Any]:
    plan = plan_of(type(record))
    known = provenance(record)
    found = _values(plan, record, known, keep_none=keep_none)
    found.update(_parent_keys(plan, record))
    path = (*path, id(record))
    loaded = record.__dict__
    for relation in plan.relations.values():
        name = relation.name
        if relation.keys or relation.virtual or name in skipped or name not in loaded:
            continue
        unnamed = known.made and name not in known.named
        if unnamed and not _is_own(relation, loaded[name], plan, known):
            continue
        children = _children(relation, loaded[name], path, keep_none=keep_none)
        found[name] = children
    if keep_none:
        return found
    return {name: value for name, value in found.items() if value is not None}


def _values(
    plan: Plan, record: Any, known: Provenance, *, keep_none: bool
) -> dict[str, Any]:
    loaded = record.__dict__
    found = {}
    for name in plan.params:
        if name in loaded:
            found[name] = _embedded(loaded[name])
        elif keep_none and name in plan.stored:
            found[name] = None
    for name in plan.on_request & known.given:
        value = getattr(record, name)
        many = isinstance(value, Iterable) and not isinstance(value, str | bytes)
        found[name] = list(value) if many else value
    return found


def _embedded(value: Any) -> Any:
    """
    Return records inside a column as dicts without their None.
    """
    if isinstance(value, list):
        return [_embedded(each) for each in value]
    if type(value).__module__ == "builtins" or kind_of(type(value)).name not in _EMBEDS:
        return value
    read = kind_of(type(value)).read(value)
    return {name: _embedded(each) for name, each in read.items() if each is not None}


def _parent_keys(plan: Plan, record: Any) -> dict[str, Any]:
    """
    Return the foreign keys of parents that are in the database.
    """
    found: dict[str, Any] = {}
    for relation in plan.parents:
        parent = record.__dict__.get(relation.name)
        if parent is not None:
            state = instance_state(parent)
            if state.key is not None:
                found.update(key_values(relation, state))
    return found


def _is_own(relation: Relation, value: Any, plan: Plan, known: Provenance) -> bool:
    """
    Return whether children that nobody named were put there by hand.

    Otherwise a back-reference or an association proxy did it.
    """
    if relation.name in {plan.proxied.get(name) for name in known.given}:
        return False
    children = value if relation.many else [value]
    if isinstance(children, Mapping):
        children = children.values()
    return any(
        each is not None and relation.reverses.isdisjoint(provenance(each).named)
        for each in children
    )


def _children(
    relation: Relation, value: Any, path: tuple[int, ...], *, keep_none: bool
) -> Any:
    def one(child: Any) -> Any:
        return _strip(child, relation.reverses, path, keep_none=keep_none)

    if value is None or id(value) in path:
        return None
    if not relation.many:
        return one(value)
    items = value.values() if isinstance(value, Mapping) else value
    return [one(child) for child in items if id(child) not in path]


def built_parents(record: Any) -> dict[str, Any]:
    """
    Take the unsaved parents off *record* and return them by association.

    For `params_with_assocs`: insert what this returns (`repo.insert`), then call
    `fill_keys`. While they are off, inserting a parent cannot drag *record* into the
    session through a back-reference. Parents that are in the database stay; so does
    everything below the top level.
    """
    plan = plan_of(type(record))
    found = {}
    for relation in plan.parents:
        parent = record.__dict__.get(relation.name)
        if parent is not None and instance_state(parent).key is None:
            found[relation.name] = parent
    for name in found:
        unset(record, name)
    return found


def fill_keys(record: Any, parents: Mapping[str, Any]) -> None:
    """
    Give *record* its *parents* back, now inserted, and their foreign keys.

    *record* does not become part of any session, nor of its parents' collections.
    """
    plan = plan_of(type(record))
    for name, parent in parents.items():
        relation = plan.relations[name]
        state = instance_state(parent)
        for key, value in key_values(relation, state).items():
            setattr(record, key, value)
        link(record, relation, parent)
