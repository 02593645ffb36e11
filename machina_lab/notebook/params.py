"""
Params as a cell shows them: a dict in every respect, its long values cut short.
"""

from __future__ import annotations

from typing import Any, Final


#: The longest text of a value that is shown whole, in characters.
_LONGEST: Final = 1_000


class Params(dict[str, Any]):
    """
    Params of a record. Printed or sent anywhere they are whole; a cell cuts them.
    """

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's
        printer.pretty(_brief(dict(self)))


class _Cut:
    """
    The beginning of a long value.
    """

    def __init__(self, value: str | bytes) -> None:
        self.value = value

    def __repr__(self) -> str:
        """
        Return the beginning, and how long it is in all.
        """
        unit = "characters" if isinstance(self.value, str) else "bytes"
        return f"{self.value[:_LONGEST]!r}… ({len(self.value):,} {unit})"


def _brief(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _brief(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_brief(each) for each in value]
    if isinstance(value, str | bytes) and len(value) > _LONGEST:
        return _Cut(value)
    return value
