"""
Flushing what is not ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session
from sqlalchemy.orm.base import PassiveFlag

from machina_lab.alchemy.shapes import shape_of, state_of
from machina_lab.core.jobs import InsertJob


#: What is in memory, additions to collections that were not loaded among it; no SQL.
_AS_FAR_AS_KNOWN: Final = (
    PassiveFlag.PASSIVE_NO_INITIALIZE | PassiveFlag.INCLUDE_PENDING_MUTATIONS
)


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
        with session.begin_nested():
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
