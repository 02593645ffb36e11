"""
Flushing what is not ours.
"""

from __future__ import annotations

import warnings

from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session


def flush_others(session: Session) -> None:
    """
    Flush what the caller has pending, so that no step of ours takes it back.

    It has a savepoint of its own: if it fails, nothing that was done before is lost.
    """
    if not (session.new or session.dirty or session.deleted):
        return
    with warnings.catch_warnings():
        # Records built by hand beside a row, which nobody has inserted yet.
        warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)
        with session.begin_nested():
            session.flush()
