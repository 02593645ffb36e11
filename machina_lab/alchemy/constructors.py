"""
Calling the constructors that mapped classes have of their own.

Some take any keyword, some need arguments, some trip over what others take. What one
does not take is set afterwards; one that cannot be called is passed by, with a warning.
"""

from __future__ import annotations

import re
import warnings

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.orm.attributes import instance_state

from machina_lab.alchemy.parents import unset
from machina_lab.alchemy.plans import Plan


def by_own_constructor(plan: Plan, values: dict[str, Any]) -> Any:
    """
    Return a record made by its class's own constructor, all of *values* set.
    """
    if plan.takes_any:
        first = {k: v for k, v in values.items() if k not in plan.late - plan.takes}
    else:
        first = {k: v for k, v in values.items() if k in plan.takes}
    missing = [name for name in plan.needs if name not in first]
    for name in missing:
        if name in plan.local_keys or name in plan.relations:
            # A parent makes its key needless, and the other way round.
            first[name] = None
    if all(name in first for name in plan.needs):
        record, first = _called(plan, first)
    else:
        what = f"needs {', '.join(missing)}"
        record = _without_constructor(plan, what, first)
    loaded = instance_state(record).dict
    swallowed = {
        k: v for k, v in values.items() if k not in first or _is_lost(plan, k, loaded)
    }
    set_all(plan, record, swallowed)
    _clean(plan, record, values)
    return record


def _called(plan: Plan, first: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """
    Call the constructor; return the record and what it was given.

    Some take any keyword and trip over an association, or over a column that they do
    not know: those are set afterwards. What a constructor says of a value (ValueError)
    is for the caller.
    """
    try:
        return plan.model(**first), first
    except (ValueError, AssertionError):
        raise
    except Exception as error:
        fewer = _but_refused(plan, first, error)
        if len(fewer) < len(first):
            with suppress(Exception):
                return _called(plan, fewer)
        if isinstance(error, TypeError):
            raise
        what = f"raised {type(error).__name__}: {' '.join(str(error).split())[:80]}"
        return _without_constructor(plan, what, first), first


def _but_refused(
    plan: Plan, first: Mapping[str, Any], error: Exception
) -> dict[str, Any]:
    """
    Return *first* without the keyword that *error* names, else without associations.
    """
    named = re.search(r"unexpected keyword argument '(\w+)'", str(error))
    refused = {named[1]} if named and named[1] in first else plan.relations.keys()
    return {name: value for name, value in first.items() if name not in refused}


def _is_lost(plan: Plan, name: str, loaded: Mapping[str, Any]) -> bool:
    """
    Return whether a constructor took a mapped attribute and did not set it.
    """
    return name not in loaded and name in plan.stored


def _without_constructor(plan: Plan, what: str, first: dict[str, Any]) -> Any:
    advice = " Give these attributes in the factory." if "needs" in what else ""
    name = plan.model.__name__
    warnings.warn(
        f"{name} was made without its constructor, which {what}.{advice}",
        stacklevel=2,
    )
    record = plan.mapper.class_manager.new_instance()
    set_all(plan, record, first)
    return record


def _clean(plan: Plan, record: Any, values: Mapping[str, Any]) -> None:
    """
    Forget parents that a constructor filled in as None beside a foreign key.
    """
    loaded = instance_state(record).dict
    for relation in plan.parents:
        filled = loaded.get(relation.name, record) is None
        if filled and relation.name not in values:
            unset(record, relation.name)


def set_all(plan: Plan, record: Any, values: Mapping[str, Any]) -> None:
    """
    Set *values*, those last whose setters may read the others.
    """
    late = []
    for name, value in values.items():
        if name in plan.late:
            late.append(name)
        else:
            setattr(record, name, value)
    for name in late:
        setattr(record, name, values[name])
