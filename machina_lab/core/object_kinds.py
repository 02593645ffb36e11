"""
The record kind of plain classes.
"""

from __future__ import annotations

import copy
import inspect

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from machina_lab.core.class_kinds import field_of, hints_of
from machina_lab.core.records import MISSING, Field, RecordKind
from machina_lab.errors import ArgumentTypeError


class ObjectKind(RecordKind):
    """
    Plain classes: fields are the constructor's parameters and the annotated names.
    """

    name = "object"

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the constructor's parameters, then other annotated names.
        """
        hints = hints_of(model)
        found: dict[str, Field] = {}
        for each in _parameters(model):
            hint = each.annotation if each.annotation is not each.empty else None
            required = each.default is each.empty
            default = MISSING if required else each.default
            found[each.name] = field_of(
                each.name, hints.get(each.name, hint), default, required=required
            )
        for name, hint in hints.items():
            default = getattr(model, name, MISSING)
            found.setdefault(name, field_of(name, hint, default, required=False))
        return found

    def settable(self, model: type) -> Mapping[str, Any] | None:
        """
        Return the fields and settable properties; None where the class tells nothing.
        """
        if _takes_any(model):
            return None
        properties = {
            name: value
            for cls in model.__mro__
            for name, value in vars(cls).items()
            if isinstance(value, property) and value.fset is not None
        }
        slots = {name: None for cls in model.__mro__ for name in _slots(cls)}
        return {**self.fields(model), **slots, **properties} or None

    def settable_on(self, record: Any) -> Mapping[str, Any] | None:
        """
        Return what may be set: a record may have more attributes than its class tells.
        """
        if _takes_any(type(record)):
            return None
        return {**(self.settable(type(record)) or {}), **self.read(record)}

    def construct(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Call the class with what it takes and set the rest.
        """
        del given
        if _takes_any(model):
            return model(**attributes)
        taken = {each.name for each in _parameters(model)}
        record = model(**{k: v for k, v in attributes.items() if k in taken})
        for name, value in attributes.items():
            if name not in taken:
                setattr(record, name, value)
        return record

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a changed copy: the body may have returned an object it keeps.
        """
        del given
        made = copy.copy(record)
        for name, value in changes.items():
            try:
                setattr(made, name, value)
            except AttributeError as error:
                raise ArgumentTypeError(
                    f"{type(record).__name__}.{name} cannot be set: {error}"
                ) from error
        return made

    def read(self, record: Any) -> dict[str, Any]:
        """
        Return the fields that are set, then the other public attributes.
        """
        own = getattr(record, "__dict__", {})
        model: Any = type(record)
        found = {
            name: own.get(name, MISSING)
            if name in own
            else getattr(record, name, MISSING)
            for name in self.fields(model)
        }
        for cls in type(record).__mro__:
            for name in _slots(cls):
                found.setdefault(name, getattr(record, name, MISSING))
        found.update({k: v for k, v in own.items() if not k.startswith("_")})
        return {k: v for k, v in found.items() if v is not MISSING}

    def columns(self, model: type, records: Sequence[Any]) -> dict[str, list[Any]]:
        """
        Return the fields by column, then the other public attributes.
        """
        own = [getattr(record, "__dict__", {}) for record in records]
        names = dict.fromkeys(self.fields(model))
        names |= dict.fromkeys(name for cls in model.__mro__ for name in _slots(cls))
        for keys in dict.fromkeys(map(tuple, own)):
            names |= dict.fromkeys(key for key in keys if not key.startswith("_"))
        return {
            name: [
                held[name] if name in held else getattr(record, name, None)
                for record, held in zip(records, own, strict=True)
            ]
            for name in names
            if any(hasattr(record, name) for record in records)
        }


def _slots(cls: type) -> tuple[str, ...]:
    slots = vars(cls).get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if not name.startswith("_"))


@lru_cache(maxsize=512)
def _signature(model: type) -> tuple[inspect.Parameter, ...]:
    try:
        return tuple(inspect.signature(model).parameters.values())
    except (TypeError, ValueError):
        return ()


def _parameters(model: type) -> list[inspect.Parameter]:
    return [
        each
        for each in _signature(model)
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    ]


def _takes_any(model: type) -> bool:
    return any(each.kind is each.VAR_KEYWORD for each in _signature(model))
