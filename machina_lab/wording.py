"""
How messages name names: the nearest right one, several of them, a list cut short.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final


#: How many near names an error tells; texts shorter than this are not searched for.
_SUGGESTED: Final = 3


def nearest(name: object, known: Iterable[object]) -> list[str]:
    """
    Return the known names that look like *name*, best first.

    Case is ignored, and a known name that starts with or contains *name* counts too.
    """
    wanted = str(name).casefold()
    by_folded = {str(each).casefold(): str(each) for each in known}
    close = get_close_matches(wanted, by_folded, n=_SUGGESTED, cutoff=0.6)
    close += [
        folded
        for folded in by_folded
        if len(wanted) >= _SUGGESTED and wanted in folded and folded not in close
    ]
    return [by_folded[folded] for folded in close[:_SUGGESTED]]


def either(names: Iterable[str]) -> str:
    """
    Return the names as `'a' or 'b'`.
    """
    return " or ".join(repr(name) for name in names)


def listed(names: Iterable[object], limit: int = 12) -> str:
    """
    Return the names as a list of at most *limit*, and how many more there are.
    """
    texts = [str(name) for name in names]
    rest = len(texts) - limit
    return ", ".join(texts[:limit]) + (f" and {rest} more" if rest > 0 else "")
