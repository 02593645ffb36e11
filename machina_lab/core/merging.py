"""
Putting overrides onto records, shallowly, without touching what the caller holds.
"""

from __future__ import annotations

import enum
import sys

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, TypeVar

from machina_lab.core.associations import ASSOCIATIONS
from machina_lab.core.bodies import has_fields
from machina_lab.core.lazies import LAZIES, Resolution
from machina_lab.core.records import RecordKind, kind_of
from machina_lab.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    UnknownAttributeError,
)


R = TypeVar("R")


@lru_cache(maxsize=512)
def makes_records(cls: type) -> bool:
    """
    Return whether instances of *cls* have attributes that can be merged.
    """
    if issubclass(cls, Mapping | SimpleNamespace) or has_fields(cls):
        return True
    if issubclass(cls, type | enum.Enum):
        return False
    # What the standard library makes are values: texts, numbers, dates, lists.
    return cls.__module__.partition(".")[0] not in sys.stdlib_module_names


def is_record(value: object) -> bool:
    """
    Return whether *value* has attributes that can be merged: no text, number or list.
    """
    cls: Any = type(value)
    return makes_records(cls)


def attributes_of(record: Any) -> dict[str, Any] | None:
    """
    Return the attributes of *record* as a new dict, or None if it is a plain value.
    """
    if not is_record(record):
        return None
    return kind_of(type(record)).read(record)


def checked_overrides(
    attrs: Any, overrides: dict[str, Any], *, where: str
) -> dict[str, Any]:
    """
    Return mapping and keywords as one new dict; keywords win.

    Raises:
        ArgumentTypeError: *attrs* is no mapping, or a key of it is no text.
    """
    if attrs is None:
        return overrides
    if not isinstance(attrs, Mapping) and not hasattr(attrs, "keys"):
        raise ArgumentTypeError(
            f"{where} expects a mapping of attributes, got {attrs!r}."
            " Give attributes as keywords or as a dict."
        )
    merged = {**dict(attrs), **overrides}
    wrong = [key for key in merged if not isinstance(key, str)]
    if wrong:
        raise ArgumentTypeError(
            f"{where} expects attribute names as keys, got {wrong[0]!r}."
        )
    return merged


def refuse_unknown(
    keys: Iterable[str],
    known: Mapping[str, Any] | None,
    *,
    model: type,
    factory: str = "",
) -> None:
    """
    Raise `UnknownAttributeError` if a key is not known; None means any key is.
    """
    if known is None:
        return
    unknown = [key for key in keys if key not in known]
    if unknown:
        columns = {
            each.column: name
            for name, each in kind_of(model).fields(model).items()
            if each.column and each.column != name
        }
        hints = [
            f"The column {key!r} is the attribute {columns[key]!r}."
            for key in unknown
            if key in columns
        ]
        raise UnknownAttributeError(
            unknown,
            model=model.__name__,
            factory=factory,
            known=known,
            hint=" ".join(hints),
        )


def changed(
    record: Any, changes: Mapping[str, Any], given: Mapping[str, Any] | None = None
) -> Any:
    """
    Return *record* with *changes*, all of them attributes that it has.
    """
    kind: RecordKind = kind_of(type(record))
    return kind.change(record, dict(changes), given or changes)


def merge_attributes(
    record: R, attrs: Mapping[str, Any] | None = None, /, **overrides: Any
) -> R:
    """
    Return *record* with the attributes replaced, shallowly (EM `merge_attributes/2`).

    For factories that take their attributes themselves.

    Args:
        record: A mapping, which takes new keys, or a record of any class.
        attrs: Attributes as a mapping.
        overrides: Attributes as keywords; they win.

    Raises:
        UnknownAttributeError: The record's class has no such attribute.
        ArgumentTypeError: *record* is a plain value.
    """
    given = checked_overrides(attrs, overrides, where="merge_attributes")
    if not is_record(record):
        raise ArgumentTypeError(
            f"merge_attributes expects a record or a mapping, got {record!r}."
        )
    kind = kind_of(type(record))
    refuse_unknown(given, kind.settable_on(record), model=type(record))
    merged: R = kind.change(record, given, given) if given else record
    return merged


def evaluate_lazy_attributes(record: R) -> R:
    """
    Return *record* with its top-level lazies worked out (EM, FM).

    For factories that take their attributes themselves. Nested values are left alone.

    Args:
        record: A mapping or a record of any class; a plain value passes through.
    """
    attributes = attributes_of(record)
    if attributes is None:
        return record
    pending = [key for key, value in attributes.items() if type(value) in LAZIES]
    resolved: Any = Resolution(attributes).run() if pending else attributes
    if not isinstance(record, Mapping):
        changes = {key: resolved[key] for key in pending}
        resolved = changed(record, changes) if pending else record
    evaluated: R = resolved
    return evaluated


def lay_over(attributes: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    """
    Put *overrides* onto *attributes* in place; an association decides about its own.
    """
    for key, value in overrides.items():
        default = attributes.get(key)
        if type(default) in ASSOCIATIONS:
            attributes[key] = default.replaced_by(key, value)  # type: ignore[union-attr]  # an association
        else:
            attributes[key] = value


def reworked(record: Any, hook: Callable[[Any], Any]) -> Any:
    """
    Give a hook of mappings the attributes of a record, and put on it what it changed.
    """
    kind = kind_of(type(record))
    before = kind.read(record)
    after = hook(dict(before))
    if not isinstance(after, Mapping):
        raise ArgumentValueError(f"a hook of params returned {after!r}, no mapping.")
    changes = {
        key: value
        for key, value in after.items()
        if key not in before or before[key] is not value
    }
    refuse_unknown(changes, kind.settable_on(record), model=type(record))
    return kind.change(record, changes, changes) if changes else record
