"""
What may be typed for one field: its choices, a sample of its form, records at hand.
"""

from __future__ import annotations

import datetime as dt
import enum

from collections.abc import Iterator, Mapping
from typing import Any, Final

from machina_lab.core.datatypes import DataType
from machina_lab.core.records import Field
from machina_lab.notebook.words import quote


_SAMPLES: Final[dict[str, str]] = {
    "text": "''",
    "integer": "0",
    "decimal": "0.00",
    "float": "0.0",
    "time": "12:00",
    "json": "{}",
    "array": "[]",
}


def type_label(found: Field) -> str:
    """
    Return the type of a field in a word.
    """
    if found.target is not None:
        name = found.target.__name__
        return f"list[{name}]" if found.role == "to_many" else name
    return found.type.label


def records_for(names: Mapping[str, Any], found: Field) -> Iterator[tuple[str, Any]]:
    """
    Yield the variables that hold a record which an association takes.
    """
    target = found.target
    if found.role in ("to_one", "to_many") and target is not None:
        for name, value in names.items():
            if isinstance(value, target) and not name.startswith("_"):
                yield name, value


def texts_for(found: Field) -> Iterator[str]:
    """
    Yield the texts that may be typed for a field.
    """
    kind = found.type.kind
    if kind == "enum":
        yield from _choices(found.type)
    elif kind == "boolean":
        yield from ("true", "false")
    if found.nullable and found.role != "to_many":
        yield "None"


def samples_for(found: Field) -> Iterator[str]:
    """
    Yield a sample of how a value of the field is written, where any of a form fits.
    """
    now = dt.datetime.now(dt.UTC)
    if found.role in ("to_one", "to_many"):
        yield "$"
        return
    kind = found.type.kind
    if kind == "datetime":
        zoned = now if found.type.timezone else now.replace(tzinfo=None)
        yield zoned.isoformat(timespec="minutes")
    elif kind == "date":
        yield now.date().isoformat()
    elif kind in _SAMPLES:
        yield _SAMPLES[kind]


def _choices(type_: DataType) -> Iterator[str]:
    for choice in type_.choices:
        yield choice.name if isinstance(choice, enum.Enum) else str(choice)


def values_for(found: Field) -> Iterator[str]:
    """
    Yield the values of an enum's members, which may be typed in place of their names.
    """
    for choice in found.type.choices:
        if isinstance(choice, enum.Enum) and isinstance(choice.value, str):
            yield choice.value


def as_value(text: str, mark: str = "") -> str:
    """
    Return *text* as the line takes it, in quotes of the kind *mark* if one was opened.
    """
    if mark:
        return f"{mark}{text.replace(mark, mark * 2)}{mark}"
    return (
        quote(text) if any(char.isspace() or char in "'\"" for char in text) else text
    )
