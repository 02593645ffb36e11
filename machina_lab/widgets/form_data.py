"""
What an override form shows, as plain data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from machina_lab.core.datatypes import ANY, of_annotation
from machina_lab.core.merging import attributes_of
from machina_lab.core.records import MISSING, Field
from machina_lab.widgets.controls import control_data
from machina_lab.widgets.previews import preview


def form_data(lab: Any, path: str) -> dict[str, Any]:
    """
    Return the form of a factory as plain data.

    Raises:
        UndefinedFactoryError: There is no such factory.
    """
    factory = lab.find(path)
    return {
        "factory": factory.path,
        "model": factory.model.__name__ if factory.model else "",
        "place": factory.definition.place,
        "variants": list(factory.variants),
        "chosen": list(factory.selected),
        "connected": lab.repo is not None,
        "fields": [control_data(each) for each in form_fields(lab, path).values()],
    }


def form_fields(lab: Any, path: str) -> dict[str, Field]:
    """
    Return the fields that a factory's records can be given, its named inputs first.

    Where the class of the records is not known, a record built to look tells them.
    """
    factory = lab.find(path)
    inputs = {
        name: _of_value(name, None if default is MISSING else default)
        for name, default in factory.inputs.items()
    }
    fields = {k: v for k, v in factory.fields().items() if v.role != "property"}
    fields = fields or _of_sample(lab, path)
    return {**inputs, **{k: v for k, v in fields.items() if k not in inputs}}


def _of_sample(lab: Any, path: str) -> dict[str, Field]:
    found = preview(lab, path, 1, {})
    attributes = attributes_of(found.records[0]) if found.records else None
    return {
        name: _of_value(name, value)
        for name, value in (attributes or {}).items()
        if isinstance(name, str)
    }


def _of_value(name: str, value: Any) -> Field:
    known = ANY if value is None else of_annotation(type(value))[0]
    # What a sample holds says little about what else may stand there.
    loose = known.kind in {"record", "array", "any"} or isinstance(value, Mapping)
    return Field(name, type=ANY if loose else known)
