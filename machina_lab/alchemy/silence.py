"""
Whether anybody but SQLAlchemy itself listens to an attribute or a class.

SQLAlchemy's own listeners have nothing to do for a record that was just made and is in
no session. Where they are alone, values can be laid on the record without telling them.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final, NamedTuple


class Silence(NamedTuple):
    """
    The listeners of one event, as they are while nobody else listens.

    Attributes:
        dispatch: Where the event is sent from.
        held: What holds its listeners.
        own: The listeners.
        number: How many they were: one that is added makes them more.
        inherited: Listeners to all classes; there were none.
    """

    dispatch: Any
    held: Any
    own: Any
    number: int
    inherited: Any


#: What never lasted, whatever the event.
NEVER: Final = Silence(SimpleNamespace(init=None, set=None), object(), (), 0, ())


def silence_of(dispatch: Any, event: str, own: str = "") -> Silence | None:
    """
    Return the silence of an event, or None if somebody listens.

    Args:
        dispatch: Where the event is sent from.
        event: Its name.
        own: The module of SQLAlchemy's own listener; "" where there is none.
    """
    held = getattr(dispatch, event)
    listeners = getattr(held, "listeners", None)
    inherited = getattr(held, "parent_listeners", None)
    if listeners is None or inherited is None or inherited:
        return None
    if [each.__module__ for each in listeners] != ([own] if own else []):
        return None
    return Silence(dispatch, held, listeners, len(listeners), inherited)


def lasts(silence: Silence, event: str) -> bool:
    """
    Return whether nobody listens to the event of *silence* since.
    """
    dispatch, held, own, number, inherited = silence
    return getattr(dispatch, event) is held and not inherited and len(own) == number
