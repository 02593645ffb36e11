"""
Where a record's attributes came from.

SQLAlchemy cannot tell an attribute that somebody set from one that a back-reference or
a constructor filled in, and both matter: only what was asked for is inserted, and only
a None that was meant becomes NULL. So every record that the lab makes remembers.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import inspect


_KEY: Final = "machina_lab"


class Provenance(NamedTuple):
    """
    What is known about one record.

    Attributes:
        named: Attributes that the factory or the caller set.
        given: Those of them that the caller of the verb set.
        made: Whether the lab made or changed the record; if not, the rest is empty.
    """

    named: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    made: bool = False


UNKNOWN: Final = Provenance()


def remember(state: Any, named: frozenset[str], given: frozenset[str]) -> None:
    """
    Note for the record with this instance state what was *named* and what *given*.
    """
    state.info[_KEY] = Provenance(named, given, True)


def remember_more(state: Any, named: frozenset[str], given: frozenset[str]) -> None:
    """
    Add to what the record with this instance state remembers.
    """
    known = state.info.get(_KEY, UNKNOWN)
    state.info[_KEY] = Provenance(known.named | named, known.given | given, True)


def provenance(record: Any) -> Provenance:
    """
    Return what is known about *record*; `UNKNOWN` if the lab never touched it.
    """
    found: Provenance = inspect(record).info.get(_KEY, UNKNOWN)
    return found


def explicit_nones(record: Any) -> frozenset[str]:
    """
    Return the attributes that somebody set to None on purpose and that still are.

    A None that the constructor of a mapped dataclass filled in does not count. For a
    record made by hand every None in a loaded attribute does, dataclasses aside.
    """
    state = inspect(record)
    known = state.info.get(_KEY, UNKNOWN)
    nones = {key for key, value in state.dict.items() if value is None}
    if known.made:
        return frozenset(nones & known.named)
    if hasattr(type(record), "__dataclass_fields__"):
        return frozenset()
    return frozenset(nones & set(state.mapper.column_attrs.keys()))
