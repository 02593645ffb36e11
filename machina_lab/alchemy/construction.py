"""
Making and changing records of mapped classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.base import NO_VALUE

from machina_lab.alchemy.constructors import by_own_constructor, set_all
from machina_lab.alchemy.molds import adopter_of, maker_of
from machina_lab.alchemy.parents import (
    is_attached,
    key_values,
    link,
    refuse_conflict,
    unset,
)
from machina_lab.alchemy.plans import Plan, plan_of
from machina_lab.alchemy.provenance import is_remembered, remember, remember_more
from machina_lab.alchemy.relations import Relation, collect
from machina_lab.alchemy.silence import lasts
from machina_lab.core.merging import refuse_unknown
from machina_lab.errors import ArgumentTypeError


def construct(model: type, attributes: dict[str, Any], given: Mapping[str, Any]) -> Any:
    """
    Return a new record of *model*.

    Associations may be records, mappings (which become bare records of the class at the
    other end), lists of both, or None. Parents that are in the database already are
    linked without touching them, and their keys are filled in.

    Raises:
        ForeignKeyConflictError: The caller gave a parent and another parent's key.
        ArgumentTypeError: An association was given something else.
        UnknownAttributeError: A mapping has a key that its class does not know.
    """
    plan = plan_of(model)
    if not plan.defaults:
        values = attributes
    elif plan.copied:
        values = {**plan.defaults_but(attributes), **attributes}
    else:
        values = {**plan.defaults, **attributes}
    record = (_quick if plan.quick else _thorough)(plan, values, given)
    singles = plan.singles and plan.singles.intersection(attributes)
    remember(instance_state(record), attributes, given, singles)
    return record


def quick_maker(model: type, names: frozenset[str]) -> Callable[[dict[str, Any]], Any]:
    """
    Return a `construct` for attributes of exactly these *names*, none from a caller.
    """
    given: dict[str, Any] = {}
    return maker_of(model, names, lambda each: construct(model, each, given))


def _is_built_parent(
    relation: Relation | None, value: Any, given: Mapping[str, Any]
) -> bool:
    """
    Return whether *value* is an unsaved parent that no given key can contradict.
    """
    if relation is None or type(value) is not relation.target or not relation.keys:
        return False
    state = instance_state(value)
    attached = state.key is not None or state.session_id is not None
    return not attached and (not given or relation.locals.isdisjoint(given))


def _thorough(plan: Plan, values: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """
    Return a record made by its class's own constructor.
    """
    values = dict(values)
    linked = _resolved(plan, values, given)
    record = by_own_constructor(plan, values)
    for relation, value in linked:
        _attach(record, relation, value)
    return record


def _quick(plan: Plan, values: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """
    Return a record of a class that has declarative's constructor.

    Does what that would do, less the checks that were done already: a column nobody
    listens to gets its value and the note that it had none before.
    """
    record = plan.new()
    state = instance_state(record)
    # Sets discriminators, among other things; listeners may change the values.
    plan.events.init(state, (), values)
    scalars = plan.scalars if state.session_id is None else {}
    loaded, committed = record.__dict__, state.committed_state
    parents: list[tuple[str, Any]] = []
    others: dict[str, Any] = {}
    for name, value in values.items():
        dispatch = scalars.get(name)
        if dispatch is not None and not dispatch.set:
            loaded[name] = value
            committed[name] = NO_VALUE
        elif _is_built_parent(plan.relations.get(name), value, given):
            parents.append((name, value))
        else:
            others[name] = value
    state.modified = True
    for name, value in parents:
        silence = plan.quiet.get(name)
        if silence is not None and lasts(silence, "set"):
            loaded[name] = value
            committed[name] = NO_VALUE
        else:
            setattr(record, name, value)
    if others:
        linked = _resolved(plan, others, given)
        set_all(plan, record, others)
        for relation, value in linked:
            _attach(record, relation, value)
    return record


def change(record: Any, changes: dict[str, Any], given: Mapping[str, Any]) -> Any:
    """
    Set *changes* on a record that a factory's body made, and return it.

    Plain defaults of columns that neither body nor caller set are filled in as well.
    """
    if not changes and not given:
        return adopt(record)
    plan = plan_of(type(record))
    state = instance_state(record)
    loaded = state.dict
    named = set(changes)
    if not is_attached(state):
        if not is_remembered(state):
            named.update(_set_by_body(plan, loaded))
        changes = {**plan.defaults_but({**loaded, **changes}), **changes}
        _free_parents(plan, record, changes, given)
    linked = _resolved(plan, changes, given)
    set_all(plan, record, changes)
    for relation, value in linked:
        _attach(record, relation, value)
    remember_more(state, named, given, named & plan.singles)
    return record


def adopt(record: Any) -> Any:
    """
    Fill the gaps of a record that a body made and that nobody changes.
    """
    state = instance_state(record)
    if state.key is not None or state.session_id is not None or is_remembered(state):
        # In a session, in the database or another build's already.
        return record
    plan, loaded = plan_of(type(record)), record.__dict__
    named = _set_by_body(plan, loaded)
    if plan.defaults and not plan.defaults.keys() <= loaded.keys():
        set_all(plan, record, plan.defaults_but(loaded))
    remember(state, named, (), plan.singles and plan.singles.intersection(named))
    return record


def quick_adopter(model: type, names: frozenset[str]) -> Callable[[Any], Any]:
    """
    Return an `adopt` for records that a body made by calling *model* with *names*.

    The constructor is declarative's.
    """
    return adopter_of(model, names, adopt)


def _set_by_body(plan: Plan, loaded: Mapping[str, Any]) -> Iterable[str]:
    """
    Return what the body set, as far as one can see.

    The constructor of a dataclass fills in None, or an empty list, for what it was
    not given.
    """
    named = tuple(filter(plan.settable.__contains__, loaded))
    if not plan.dataclass:
        return named
    return [
        name
        for name in named
        if loaded[name] is not None and not _is_empty_list(loaded[name])
    ]


def _is_empty_list(value: Any) -> bool:
    return isinstance(value, list) and not value


def _free_parents(
    plan: Plan, record: Any, changes: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    """
    Take off the parents that the body set beside foreign keys that the caller gave.
    """
    known = {**record.__dict__, **changes}
    for relation in plan.parents:
        if (
            relation.name not in changes
            and not relation.locals.isdisjoint(given)
            and all(k in given or known.get(k) is not None for k in relation.locals)
        ):
            unset(record, relation.name)


# -- associations --------------------------------------------------------------------


def _resolved(
    plan: Plan, values: dict[str, Any], given: Mapping[str, Any]
) -> list[tuple[Relation, Any]]:
    """
    Make records of mappings in *values*; take out and return what must be set quietly.
    """
    later: list[tuple[Relation, Any]] = []
    for name in [name for name in values if name in plan.relations]:
        relation, value = plan.relations[name], values[name]
        if relation.many:
            values[name] = _children(plan, relation, value)
            if relation.collection is dict and not isinstance(value, Mapping):
                later.append((relation, values.pop(name)))
        elif value is not None:
            parent = values[name] = _one(plan, relation, value)
            if relation.keys:
                state = instance_state(parent)
                attached = is_attached(state)
                if attached or name in given:
                    refuse_conflict(plan, relation, parent, given)
                if attached:
                    values.update(key_values(relation, state))
                    later.append((relation, values.pop(name)))
    return later


def _one(plan: Plan, relation: Relation, value: Any) -> Any:
    """
    Return *value* as a record of the class at the other end.
    """
    if isinstance(value, relation.target):
        return value
    if isinstance(value, Mapping):
        return _bare(relation.target, value)
    where = f"{plan.model.__name__}.{relation.name}"
    target = relation.target.__name__
    if type(value).__name__ == target:
        raise ArgumentTypeError(
            f"{where} takes a {target}, and got one of another class of that name. If"
            " the class was defined again, build the record anew. If one of the classes"
            " was made for a table, let the tables' factories use yours:"
            " lab.connect(..., models=Base)."
        )
    raise ArgumentTypeError(
        f"{where} takes a {target}, a mapping of its attributes or None, got {value!r}."
    )


def _bare(target: type, attributes: Mapping[str, Any]) -> Any:
    refuse_unknown(attributes, plan_of(target).settable, model=target)
    return construct(target, dict(attributes), attributes)


def _children(plan: Plan, relation: Relation, value: Any) -> Any:
    if value is None:
        value = ()
    if relation.collection is dict and isinstance(value, Mapping):
        return {key: _one(plan, relation, each) for key, each in value.items()}
    if isinstance(value, Mapping | str) or not isinstance(value, Iterable):
        raise ArgumentTypeError(
            f"{plan.model.__name__}.{relation.name} takes a list of"
            f" {relation.target.__name__} records or mappings, got {value!r}."
        )
    made = [_one(plan, relation, each) for each in value]
    return set(made) if relation.collection is set else made


def _attach(record: Any, relation: Relation, value: Any) -> None:
    if relation.many:
        collect(record, relation, value)
    else:
        link(record, relation, value)
