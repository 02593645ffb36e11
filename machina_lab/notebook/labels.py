"""
Values as people call them: a record by its key, an enum's member by its name.
"""

from __future__ import annotations

import datetime as dt
import enum

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from machina_lab.core.merging import is_record
from machina_lab.core.records import kind_of
from machina_lab.notebook.display import cut
from machina_lab.notebook.lines import flattened


def label(value: Any, limit: int = 80) -> str:
    """
    Return *value* in a few words: `Customer 3`, `admin`, `2024-01-31`, `'Jane'`.
    """
    if isinstance(value, enum.Enum):
        return cut(value.name, limit)
    if isinstance(value, Decimal | dt.date | dt.time):
        return str(value)
    if isinstance(value, list):
        return cut(f"[{', '.join(label(each, limit) for each in value[:5])}]", limit)
    if not isinstance(value, Mapping) and is_record(value):
        return cut(kind_of(type(value)).identify(value), limit)
    return cut(repr(value) if isinstance(value, str) else value, limit)


def attributes_label(overrides: Mapping[str, Any]) -> str:
    """
    Return what a caller gave, with dots for attributes of associations.

    Examples:
        >>> attributes_label({"title": "Tea", "author": {"name": "Ada"}})
        "title='Tea', author.name='Ada'"
    """
    items = flattened(overrides)
    return ", ".join(f"{name}={label(value)}" for name, value in items)
