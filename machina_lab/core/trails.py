"""
Where a build was when it failed.

A failure inside a factory's body or a lazy keeps its type and its traceback; as it
passes outwards each level adds itself to the *trail*, told in one note on the
exception.
"""

from __future__ import annotations

from typing import Final

from machina_lab.errors import AssociationCycleError, MachinaError


_TRAIL: Final = "_machina_trail"
_INDEX: Final = "_machina_index"
#: What a mapped class looks for in a value that is put into a relationship.
_MAPPED: Final = "_sa_instance_state"
_DICT_HINT: Final = (
    "A mapped class cannot hold a lazy, an association or a mapping in a relationship:"
    " let the factory return a dict and say model=..., and the lab makes the record."
)
_LEAD: Final = "while building factory "


def leave_trail(error: BaseException, factory: str, key: str | None = None) -> None:
    """
    Add a level to the trail of *error* and tell the whole of it in one note.

    Args:
        error: What is on its way out.
        factory: The factory that was being built.
        key: The attribute that was being worked out; None for the body.
    """
    if isinstance(error, AssociationCycleError):
        return
    if getattr(error, "name", None) == _MAPPED and not hasattr(error, "__notes__"):
        error.add_note(_DICT_HINT)
    trail: list[tuple[str, str | None]] = error.__dict__.setdefault(_TRAIL, [])
    if key is not None and _INDEX in error.__dict__:
        key = f"{key}[{error.__dict__.pop(_INDEX)}]"
    if trail and trail[0][0] == factory and key is None and trail[0][1] is not None:
        # The attribute of this very build has been told already.
        trail[0] = (factory, trail[0][1])
    else:
        trail.insert(0, (factory, key))
    if isinstance(error, RecursionError) and not isinstance(error, MachinaError):
        _refuse_cycle(trail, error)
    _tell(error, trail)


def mark_index(error: BaseException, index: int) -> None:
    """
    Say which item of a list association failed; the next level tells it.
    """
    error.__dict__[_INDEX] = index


def _refuse_cycle(trail: list[tuple[str, str | None]], error: RecursionError) -> None:
    names = [factory for factory, _ in trail]
    first = names[0]
    if first in names[1:]:
        ring = names[: names.index(first, 1)]
        # Where in the ring the stack ended is chance; begin with the first by name.
        start = ring.index(min(ring))
        ring = [*ring[start:], *ring[:start]]
        raise AssociationCycleError([*ring, ring[0]]) from error.__cause__


def _tell(error: BaseException, trail: list[tuple[str, str | None]]) -> None:
    factory, key = trail[-1]
    if len(trail) == 1 and isinstance(error, MachinaError):
        # Its own text says so already.
        return
    told = f"{_LEAD}{factory!r}"
    if key is not None:
        told += f", attribute {key!r}"
    if len(trail) > 1:
        steps = [trail[0][0], *(step for _, step in trail if step is not None)]
        told += f" (path: {'.'.join(steps)})"
    notes = [
        note for note in getattr(error, "__notes__", []) if not note.startswith(_LEAD)
    ]
    error.__notes__ = [*notes, told]
