"""
Reading records back: what triggers and the server made of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from machina_lab.alchemy.shapes import state_of


_PAGE: Final = 200


def read_back(session: Session, records: Iterable[Any]) -> None:
    """
    Load all columns of *records* anew, a page of them with each SELECT.
    """
    by_class = groupby(records, type)
    for cls, group in by_class:
        listed = list(group)
        for start in range(0, len(listed), _PAGE):
            _read_page(session, cls, listed[start : start + _PAGE])


def _read_page(session: Session, cls: type, records: list[Any]) -> None:
    states = [state_of(record) for record in records]
    columns = states[0].mapper.primary_key
    identities = [state.identity for state in states]
    if len(columns) == 1:
        wanted = columns[0].in_([identity[0] for identity in identities if identity])
    else:
        wanted = tuple_(*columns).in_(identities)
    # The token says which schema's records are meant.
    session.scalars(
        select(cls).where(wanted),
        execution_options={
            "populate_existing": True,
            "identity_token": states[0].identity_token,
        },
    ).all()
