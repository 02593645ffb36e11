"""
Where a record's attributes came from.

SQLAlchemy cannot tell an attribute that somebody set from one that a back-reference or
a constructor filled in, and both matter: only what was asked for is inserted, and only
a None that was meant becomes NULL. So every record that the lab makes remembers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm.attributes import instance_state


#: Under which a record's state holds its entry.
ENTRY: Final = "machina_lab"


class Provenance(NamedTuple):
    """
    What is known about one record.

    Attributes:
        named: Attributes that the factory or the caller set.
        given: Those of them that the caller of the verb set.
        made: Whether the lab made or changed the record; if not, the rest is empty.
        parents: Named association to one record -> that record's instance state, which
            does not keep it alive. The attribute may hold another one since.
    """

    named: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    made: bool = False
    parents: Mapping[str, InstanceState[Any]] = MappingProxyType({})

    def names(self, key: str, record: Any) -> bool:
        """
        Return whether somebody set the association *key*, and it is to *record*.
        """
        parent = self.parents.get(key)
        return key in self.named and (parent is None or parent.obj() is record)


UNKNOWN: Final = Provenance()


@lru_cache(maxsize=1024)
def entry_of(named: tuple[str, ...], given: tuple[str, ...]) -> tuple[Any, ...]:
    """
    Return what a record's state holds under `ENTRY`: names named, names given.

    It is one and the same for all records of which the same is known: many records mean
    many rounds of the garbage collector, so each carries little.
    """
    return named, given


@lru_cache(maxsize=1024)
def parent_key(name: str) -> str:
    """
    Return under which a record's state holds the state of its parent *name*.
    """
    return f"{ENTRY}.{name}"


def remember(
    state: Any, named: Iterable[str], given: Iterable[str], parents: Iterable[str] = ()
) -> None:
    """
    Note for the new record with this instance state what was *named* and what *given*.

    Only the names are kept, and made into sets when somebody asks: most records are
    never asked.

    Args:
        state: The record's instance state.
        named: Attributes that the factory or the caller set.
        given: Those that the caller set.
        parents: Those of `named` that are associations to one record.
    """
    entry = entry_of(tuple(named), tuple(given))
    if "info" in state.__dict__:
        state.info[ENTRY] = entry
    else:
        # Spares SQLAlchemy making an empty dict first.
        state.info = {ENTRY: entry}
    if parents:
        _hold(state, parents)


def is_remembered(state: Any) -> bool:
    """
    Return whether the lab made or changed the record with this instance state.
    """
    return ENTRY in state.__dict__.get("info", ())


def remember_more(
    state: Any, named: Iterable[str], given: Iterable[str], parents: Iterable[str] = ()
) -> None:
    """
    Add to what the record with this instance state remembers; see `remember`.
    """
    before = state.info.get(ENTRY, ((), ()))
    state.info[ENTRY] = (*before[0], *named), (*before[1], *given)
    _hold(state, parents)


def _hold(state: Any, parents: Iterable[str]) -> None:
    loaded = state.dict
    for name in parents:
        parent = loaded.get(name)
        if parent is not None:
            state.info[parent_key(name)] = instance_state(parent)


def provenance(record: Any) -> Provenance:
    """
    Return what is known about *record*; `UNKNOWN` if the lab never touched it.
    """
    info = inspect(record).info
    entry = info.get(ENTRY)
    if entry is None:
        return UNKNOWN
    known = _known(*entry)
    if len(info) == 1:
        return known
    keys = {name: parent_key(name) for name in entry[0]}
    held = {name: info[key] for name, key in keys.items() if key in info}
    return known._replace(parents=held)


@lru_cache(maxsize=1024)
def _known(named: tuple[str, ...], given: tuple[str, ...]) -> Provenance:
    return Provenance(frozenset(named), frozenset(given), made=True)


def explicit_nones(record: Any) -> frozenset[str]:
    """
    Return the attributes that somebody set to None on purpose and that still are.

    A None that the constructor of a mapped dataclass filled in does not count. For a
    record made by hand every None in a loaded attribute does, dataclasses aside.
    """
    state = inspect(record)
    known = provenance(record)
    nones = {key for key, value in state.dict.items() if value is None}
    if known.made:
        return frozenset(nones & known.named)
    if hasattr(type(record), "__dataclass_fields__"):
        return frozenset()
    return frozenset(nones & set(state.mapper.column_attrs.keys()))
