"""
What the kinds of classes share: reading annotations, calling the class by field names.
"""

from __future__ import annotations

import typing

from collections.abc import Mapping, Sequence
from typing import Any

from machina_lab.core.datatypes import ANY, of_annotation
from machina_lab.core.records import MISSING, Field, RecordKind


def hints_of(model: type) -> dict[str, Any]:
    """
    Return the annotations of *model*, resolved where they can be.
    """
    try:
        return typing.get_type_hints(model, include_extras=True)
    except Exception:  # noqa: BLE001 - a name that does not resolve here is the user's
        return dict(getattr(model, "__annotations__", {}))


def field_of(name: str, annotation: Any, default: Any, *, required: bool) -> Field:
    """
    Return the field that an annotated name makes.
    """
    datatype, nullable = ANY, True
    if annotation is not None and not isinstance(annotation, str):
        datatype, nullable = of_annotation(annotation)
    return Field(
        name, type=datatype, nullable=nullable, required=required, default=default
    )


class ClassKind(RecordKind):
    """
    Classes whose constructor takes the fields by name.
    """

    def construct(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Call the class.
        """
        del given
        return model(**attributes)

    def read(self, record: Any) -> dict[str, Any]:
        """
        Return the fields that are set.
        """
        found = {}
        for name in self.fields(type(record)):
            value = getattr(record, name, MISSING)
            if value is not MISSING:
                found[name] = value
        return found

    def columns(self, model: type, records: Sequence[Any]) -> dict[str, list[Any]]:
        """
        Return the fields by column: much quicker than record by record.
        """
        return {
            name: [getattr(record, name, None) for record in records]
            for name in self.fields(model)
            if any(hasattr(record, name) for record in records)
        }


def forced(record: Any, values: Mapping[str, Any]) -> Any:
    """
    Set attributes on a record that was made a moment ago, even if it is frozen.
    """
    for name, value in values.items():
        object.__setattr__(record, name, value)
    return record
