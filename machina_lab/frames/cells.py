r"""
One cell as a short piece of text that is safe to look at.

Long values are cut before they are formatted, so that 10 MB cost nothing, and what
could move the cursor or turn the text around is written out (`\x1b`, `\u202e`).
"""

from __future__ import annotations

import enum
import reprlib
import sys

from typing import Any, Final

import pandas as pd

from machina_lab.core.records import kind_of


#: Longest text of a cell, in characters.
WIDTH: Final = 60
_CUT: Final = "…"
_JOINER: Final = "\u200d"  # part of many emoji


class _Brief(reprlib.Repr):
    """
    A repr that stops early and names records by their key.
    """

    def repr_instance(self, x: Any, level: int) -> str:
        return _record_label(x) or super().repr_instance(x, level)


class _Nothing(str):
    """
    The text of a missing value: reads like a text `<NA>`, and can be told from it.
    """

    __slots__ = ()


NOTHING: Final = _Nothing("<NA>")
_brief = _Brief()
_brief.maxlevel = 3
_brief.maxdict = _brief.maxlist = _brief.maxtuple = _brief.maxset = 6
_brief.maxstring = _brief.maxother = WIDTH


def cell_text(value: Any) -> str:
    """
    Return *value* as one short line.
    """
    if is_nothing(value):
        return NOTHING
    if isinstance(value, enum.Enum):
        return _line(value.name)
    if isinstance(value, str):
        return _line(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes_text(bytes(value[:WIDTH]), len(value))
    if isinstance(value, dict | list | tuple | set | frozenset):
        return _line(_brief.repr(value))
    return _line(_record_label(value) or _str(value))


def cell_values(column: pd.Series) -> list[Any]:
    """
    Return the cells of *column* as they are, with None for missing values.

    A NaN is a missing value where pandas has no other sign for one.
    """
    values = list(column.array)
    if column.dtype == object or isinstance(column.dtype, pd.Float64Dtype):
        return [None if is_nothing(value) else value for value in values]
    return [
        None if missing else value
        for value, missing in zip(values, column.isna(), strict=True)
    ]


def is_nothing(value: object) -> bool:
    """
    Tell whether *value* stands for a missing value.
    """
    return value is None or value is pd.NA or value is pd.NaT


def _record_label(value: object) -> str:
    """
    Return a mapped record's short label: its own repr might query the database.
    """
    cls = type(value)
    if cls.__module__ in sys.stdlib_module_names:
        return ""
    kind = kind_of(cls)
    silent = cls.__repr__ is object.__repr__ and cls.__str__ is object.__str__
    return kind.identify(value) if kind.insertable or silent else ""


def _str(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a class of the user's may fail in any way
        return _brief.repr(value)


def _bytes_text(head: bytes, length: int) -> str:
    text = repr(head)
    if len(text) <= WIDTH and length <= len(head):
        return text
    return f"{text[: WIDTH // 2]}{_CUT} ({length:,} bytes)"


def _line(text: str) -> str:
    cut = text if len(text) <= WIDTH else text[: WIDTH - 1] + _CUT
    if cut.isprintable():
        return cut
    shown = "".join(
        each
        if each.isprintable() or each == _JOINER
        else each.encode("unicode_escape").decode()
        for each in cut
    )
    return shown if len(shown) <= WIDTH else shown[: WIDTH - 1] + _CUT
