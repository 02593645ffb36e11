"""
Flushing: what was asked for, and before it what is not ours.
"""

from __future__ import annotations

import warnings

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.base import PassiveFlag

from machina_lab.alchemy.graphs import Graph
from machina_lab.alchemy.shapes import shape_of, state_of
from machina_lab.core.jobs import InsertJob


#: What is in memory, additions to collections that were not loaded among it; no SQL.
_AS_FAR_AS_KNOWN: Final = (
    PassiveFlag.PASSIVE_NO_INITIALIZE | PassiveFlag.INCLUDE_PENDING_MUTATIONS
)


def flush(session: Session, graph: Graph) -> None:
    """
    Add the records of *graph* and flush them, in a savepoint.
    """
    taken = _holds_taken_key(session, graph)
    with savepoint(session), _unwarned() if taken else nullcontext():
        session.add_all([node.record for node in graph.nodes.values()])
        session.flush()


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """
    Let a flush that fails in the block cost nothing that was done before the block.

    `begin_nested()` by itself flushes what is pending before it sets its savepoint, and
    a failure there takes the whole transaction along.
    """
    session._flushing = True  # noqa: SLF001 - no other way to begin without a flush
    try:
        nested = session.begin_nested()
    finally:
        session._flushing = False  # noqa: SLF001
    with nested:
        yield


@contextmanager
def _unwarned() -> Iterator[None]:
    """
    Let SQLAlchemy not warn of a key that is taken: the database says it, by an error.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "New instance .* conflicts with")
        yield


def _holds_taken_key(session: Session, graph: Graph) -> bool:
    """
    Return whether a record to insert has the key of one that the session holds.
    """
    attributes: dict[Mapper[Any], list[str]] = {}
    for node in graph.nodes.values():
        mapper = node.state.mapper
        if mapper not in attributes:
            columns = mapper.primary_key
            attributes[mapper] = [mapper.get_property_by_column(c).key for c in columns]
        key = tuple(node.state.dict.get(name) for name in attributes[mapper])
        if None not in key:
            token = node.state.identity_token
            identity = mapper.identity_key_from_primary_key(key, identity_token=token)
            if identity in session.identity_map:
                return True
    return False


def set_apart(session: Session, job: InsertJob) -> InsertJob:
    """
    Flush what the caller has pending, unless that is what *job* inserts.
    """
    if job.verb != "insert" or job.drafts is not None:
        flush_others(session)
        return job
    records = job.build()
    if not any(record in session.new for record in records):
        flush_others(session)
    return replace(job, build=lambda: records)


def flush_others(session: Session) -> None:
    """
    Flush what the caller has pending, so that no step of ours takes it back.

    It has a savepoint of its own: if it fails, nothing that was done before is lost.
    """
    if not (session.new or session.dirty or session.deleted):
        return
    for record in session.dirty:
        forget_echoes(session, record)
    if session.new or session.dirty or session.deleted:
        with savepoint(session):
            session.flush()


def forget_echoes(session: Session, record: Any) -> None:
    """
    Let collections of a row be read anew that hold records nobody has inserted.

    They are echoes of `Book(author=row)`. At a flush SQLAlchemy warns of them, and
    overwrites the keys that they were given.
    """
    state = state_of(record)
    for link in shape_of(state.mapper).links:
        if link.upward:
            continue
        history = state.get_history(link.key, _AS_FAR_AS_KNOWN)
        moved = [*(history.added or ()), *(history.deleted or ())]
        if any(each is not None and state_of(each).transient for each in moved):
            session.expire(record, [link.key])
