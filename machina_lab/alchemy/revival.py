"""
Records that come back: rows that were taken back are records as if just built.

Generated keys, keys copied from parents and everything else the insert filled in are
cleared; associations count as newly given, else the next flush would leave them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import InstanceState, Session, make_transient
from sqlalchemy.orm.base import NO_VALUE

from machina_lab.alchemy.journal import Made
from machina_lab.alchemy.provenance import provenance
from machina_lab.alchemy.shapes import Shape, shape_of, state_of


def revive(session: Session, made: Made) -> None:
    """
    Make the records of *made* what they were before their insert.
    """
    alive = []
    for state in made.states:
        record = state.obj()
        if record is not None:
            alive.append((state, record))
        elif state.key is not None:
            _drop_copy(session, state.key)
    for _state, record in alive:
        make_transient(record)
    for state, _record in alive:
        shape = shape_of(state.mapper)
        _clear(state, shape, made.blanks.get(state))
        _give_again(session, state, shape)
    _expire(session, made.changed)


def _clear(
    state: InstanceState[Any], shape: Shape, blanks: frozenset[str] | None
) -> None:
    """
    Empty the columns that had no value before the insert.
    """
    if blanks is None:  # came along unannounced: made by a listener of the session
        blanks = frozenset(
            shape.mapper.get_property_by_column(column).key
            for column in shape.mapper.primary_key
        )
    for key in blanks:
        if state.dict.get(key) is not None:
            _forget(state, key)


def _give_again(session: Session, state: InstanceState[Any], shape: Shape) -> None:
    """
    Let associations count as newly given.
    """
    for link in shape.links:
        value = state.dict.get(link.key)
        if value is None:
            continue
        state.committed_state[link.key] = NO_VALUE
        if not link.upward:
            continue
        parent = state_of(value)
        if parent.key is None:
            given = provenance(state.obj()).given
            for key in {key for key, _other in link.keys} - given:
                _forget(state, key)
        elif parent.session is session:
            loaded = [name for name in link.reverse if name in parent.dict]
            if loaded:
                session.expire(value, loaded)


def _drop_copy(session: Session, key: Any) -> None:
    """
    Let go of a record that was read from a row which is gone.
    """
    copy = session.identity_map.get(key)
    if copy is None:
        return
    make_transient(copy)
    for record in session.identity_map.values():
        state = state_of(record)
        for link in shape_of(state.mapper).links:
            if not link.upward and link.key in state.dict:
                items = shape_of(state.mapper).items(state, link)
                if any(item is copy for item in items):
                    session.expire(record, [link.key])


def _forget(state: InstanceState[Any], key: str) -> None:
    state.dict.pop(key, None)
    state.committed_state.pop(key, None)


def _expire(session: Session, states: Iterable[InstanceState[Any]]) -> None:
    for state in states:
        record = state.obj()
        if record is not None and state.session is session and state.persistent:
            session.expire(record)
