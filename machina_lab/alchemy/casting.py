"""
Casting whole records before they are inserted.

Every mapped column's value is fitted to its column, in the record and in everything it
was asked to bring along: parents, children, mappings. What no rule covers stays as it
is, SQL expressions among it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.sql.expression import ClauseElement

from machina_lab.alchemy.attributes import is_computed
from machina_lab.alchemy.plans import Plan, plan_of
from machina_lab.alchemy.provenance import provenance
from machina_lab.core.casting import cast, casters, is_custom
from machina_lab.core.datatypes import DataType


#: Kinds whose values pass whatever they are.
_UNTYPED: Final = ("any", "other", "record", "json")

#: For one class: attribute, the exact class that needs no cast (or None), the type.
_Columns = list[tuple[str, type | None, DataType]]


#: The columns that casting looks at, with the state of the registry they were found in.
_known: Final[WeakKeyDictionary[Plan, tuple[int, _Columns]]] = WeakKeyDictionary()


def cast_records(records: Iterable[Any]) -> None:
    """
    Cast the values of *records* and of all unsaved records they bring along, in place.

    Followed are the associations that somebody named; what only a back-reference leads
    to, and records that are in the database, stay as they are.

    Raises:
        CastError: A value does not fit; it names model, attribute, type and value.
            Records before it may have been cast already, which does them no harm.
    """
    seen: set[int] = set()
    waiting = list(records)
    for record in waiting:
        # Grows while it is walked; a record may be reached by several ways.
        if id(record) not in seen:
            seen.add(id(record))
            cast_record(record)
            waiting.extend(_brought(record))


def cast_record(record: Any) -> None:
    """
    Cast the column values of one record, in place.

    Raises:
        CastError: A value does not fit.
    """
    plan = plan_of(type(record))
    loaded = record.__dict__
    for name, exact, datatype in _columns(plan):
        value = loaded.get(name)
        if value is None or type(value) is exact or isinstance(value, ClauseElement):
            continue
        fitted = cast(value, datatype, model=plan.model.__name__, attribute=name)
        if fitted is not value:
            setattr(record, name, fitted)


def cast_attributes(model: type, attributes: dict[str, Any]) -> dict[str, Any]:
    """
    Return *attributes* of a record that was not made, column values cast.

    Raises:
        CastError: A value does not fit.
    """
    plan = plan_of(model)
    found = dict(attributes)
    for name, exact, datatype in _columns(plan):
        value = found.get(name)
        if value is None or type(value) is exact or isinstance(value, ClauseElement):
            continue
        found[name] = cast(value, datatype, model=model.__name__, attribute=name)
    return found


def cast_columns(model: type, values: dict[str, Sequence[Any]]) -> None:
    """
    Cast the values of many records, given by attribute, in place.

    Raises:
        CastError: A value does not fit.
    """
    for name, exact, datatype in _columns(plan_of(model)):
        listed = values.get(name)
        if listed is None or (
            exact is not None and set(map(type, listed)) <= {exact, NoneType}
        ):
            continue
        values[name] = [
            value
            if value is None or type(value) is exact
            else cast(value, datatype, model=model.__name__, attribute=name)
            for value in listed
        ]


def _columns(plan: Plan) -> _Columns:
    version, found = _known.get(plan, (-1, []))
    if version != casters.version:
        found = list(_castable(plan))
        _known[plan] = casters.version, found
    return found


def _castable(plan: Plan) -> Iterator[tuple[str, type | None, DataType]]:
    for name, prop in plan.columns.items():
        datatype = plan.fields[name].type
        if is_computed(prop):
            continue
        if casters.find(datatype) is not None:
            yield name, None, datatype
        elif datatype.kind not in _UNTYPED and not is_custom(datatype):
            # Lists are looked into; a text may be no choice, or no UUID.
            worded = datatype.python is str and datatype.kind != "text"
            deep = worded or datatype.kind == "array"
            yield name, None if deep else datatype.python, datatype


def _brought(record: Any) -> Iterator[Any]:
    """
    Yield the unsaved records that *record* brings along.
    """
    plan = plan_of(type(record))
    known = provenance(record)
    loaded = record.__dict__
    for name, relation in plan.relations.items():
        value = loaded.get(name)
        if value is None or relation.virtual:
            continue
        for other in _members(value, many=relation.many):
            state = instance_state(other)
            echo = name not in known.named and not relation.reverses.isdisjoint(
                provenance(other).named
            )
            if state.key is None and not echo:
                yield other


def _members(value: Any, *, many: bool) -> Iterable[Any]:
    if not many:
        return (value,)
    members: Iterable[Any] = value.values() if isinstance(value, Mapping) else value
    return members
