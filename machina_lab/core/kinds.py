"""
The record kinds of the standard library, and the order in which kinds are asked.

Mappings, dataclasses and named tuples are here; plain classes in `object_kinds`, attrs
and pydantic in `library_kinds`.
"""

from __future__ import annotations

import copy
import dataclasses

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from machina_lab.core.class_kinds import ClassKind, field_of, forced, hints_of
from machina_lab.core.lazies import DEFERRED
from machina_lab.core.library_kinds import AttrsKind, PydanticKind
from machina_lab.core.object_kinds import ObjectKind
from machina_lab.core.records import (
    MISSING,
    Field,
    RecordKind,
    add_general_kind,
    unchanged,
)


class MappingKind(RecordKind):
    """
    Dicts: any key may be set, new ones too.
    """

    name = "dict"

    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the annotated keys of a TypedDict; a dict itself has none.
        """
        return {
            name: field_of(name, hint, MISSING, required=False)
            for name, hint in hints_of(model).items()
        }

    def settable(self, model: type) -> None:
        """
        Allow every key.
        """
        del model

    def construct(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return the attributes themselves.
        """
        del model, given
        return attributes

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a new dict.
        """
        del given
        return {**record, **changes}

    def read(self, record: Any) -> dict[str, Any]:
        """
        Return a copy.
        """
        return dict(record)

    def strip(self, record: Any, *, keep_none: bool) -> Any:
        """
        Return a copy, unchanged: a dict is its own params (EM).
        """
        del keep_none
        return dict(record)


#: What makes defaults that need no working out.
_PLAIN_FACTORIES: Final = (dataclasses.MISSING, list, dict, set, tuple)


class DataclassKind(ClassKind):
    """
    Dataclasses, frozen and slotted ones too.
    """

    name = "dataclass"

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the dataclass's fields.
        """
        hints = hints_of(model)
        return {
            each.name: field_of(
                each.name,
                hints.get(each.name),
                MISSING if each.default is dataclasses.MISSING else each.default,
                required=each.init
                and each.default is dataclasses.MISSING
                and each.default_factory is dataclasses.MISSING,
            )
            for each in dataclasses.fields(model)
        }

    def construct(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Call the class, then set what its constructor does not take.
        """
        del given
        late = _not_in_init(model)
        if late.isdisjoint(attributes):
            return model(**attributes)
        first = {k: v for k, v in attributes.items() if k not in late}
        return forced(
            model(**first), {k: attributes[k] for k in late if k in attributes}
        )

    def is_called(self, model: type, names: frozenset[str]) -> bool:
        """
        Return whether the constructor takes all of them.
        """
        return names <= self.fields(model).keys() - _not_in_init(model)

    def named_adopter(
        self, model: type, names: frozenset[str]
    ) -> Callable[[Any], Any] | None:
        """
        Do nothing, where the constructor is generated and other defaults are plain.
        """
        fields: dict[str, Any] = model.__dataclass_fields__  # type: ignore[attr-defined]  # dataclasses' mark
        made_by = getattr(model.__init__, "__code__", None)  # type: ignore[misc]  # of a class
        generated = made_by is not None and made_by.co_filename == "<string>"
        if not generated or hasattr(model, "__post_init__"):
            return None
        plain = all(
            type(each.default) not in DEFERRED
            and each.default_factory in _PLAIN_FACTORIES
            for name, each in fields.items()
            if name not in names
        )
        return unchanged if plain else None

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a new record made by the constructor, so that its checks run.
        """
        del given
        model: Any = type(record)
        names = _all_of_init(model)
        if names is not None:
            return model(**{name: getattr(record, name) for name in names} | changes)
        late = _not_in_init(model)
        kept = {name: getattr(record, name) for name in late if hasattr(record, name)}
        if _takes_more(model):
            # Its constructor used up what the record no longer has.
            return forced(copy.copy(record), changes)
        init = {k: v for k, v in changes.items() if k not in late}
        made = dataclasses.replace(record, **init) if init else copy.copy(record)
        return forced(made, {**(kept if not init else {}), **_only(changes, late)})


@lru_cache(maxsize=512)
def _all_of_init(model: type) -> tuple[str, ...] | None:
    """
    Return the names of the fields if the constructor takes exactly these.
    """
    whole = not _not_in_init(model) and not _takes_more(model)
    return tuple(each.name for each in dataclasses.fields(model)) if whole else None


@lru_cache(maxsize=512)
def _not_in_init(model: type) -> frozenset[str]:
    return frozenset(each.name for each in dataclasses.fields(model) if not each.init)


@lru_cache(maxsize=512)
def _takes_more(model: type) -> bool:
    """
    Return whether the constructor takes values that are not kept (`InitVar`).
    """
    marked: Mapping[str, Any] = model.__dataclass_fields__  # type: ignore[attr-defined]  # dataclasses' mark
    return len(marked) > len(dataclasses.fields(model)) and any(
        isinstance(each.type, dataclasses.InitVar) or "InitVar" in str(each.type)
        for each in marked.values()
    )


def _only(values: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


class NamedTupleKind(ClassKind):
    """
    Named tuples.
    """

    name = "namedtuple"

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the tuple's fields.
        """
        hints = hints_of(model)
        defaults = model._field_defaults  # type: ignore[attr-defined]
        return {
            name: field_of(
                name,
                hints.get(name),
                defaults.get(name, MISSING),
                required=name not in defaults,
            )
            for name in model._fields  # type: ignore[attr-defined]
        }

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a new tuple.
        """
        del given
        return record._replace(**changes)


def _register(matches: Callable[[type], bool], kind: RecordKind) -> None:
    add_general_kind(matches, lambda: kind)


# Asked in this order: the most general comes last.
_register(
    lambda cls: (
        hasattr(cls, "__pydantic_core_schema__") or hasattr(cls, "model_fields")
    ),
    PydanticKind(),
)
_register(lambda cls: hasattr(cls, "__attrs_attrs__"), AttrsKind())
_register(dataclasses.is_dataclass, DataclassKind())
_register(
    lambda cls: issubclass(cls, tuple) and hasattr(cls, "_fields"), NamedTupleKind()
)
_register(lambda cls: issubclass(cls, Mapping), MappingKind())
_register(lambda _: True, ObjectKind())
