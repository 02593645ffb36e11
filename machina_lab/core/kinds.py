"""
The record kinds of the standard library and its close relatives.

Mappings, dataclasses, attrs and pydantic classes, named tuples, plain classes. Each is
recognised by its marks, so no optional library is imported here.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import typing

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from machina_lab.core.datatypes import ANY, of_annotation
from machina_lab.core.records import MISSING, Field, RecordKind, add_kind
from machina_lab.errors import ArgumentTypeError


def _hints(model: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(model, include_extras=True)
    except Exception:  # noqa: BLE001 - a name that does not resolve here is the user's
        return dict(getattr(model, "__annotations__", {}))


def _field(name: str, annotation: Any, default: Any, *, required: bool) -> Field:
    datatype, nullable = ANY, True
    if annotation is not None and not isinstance(annotation, str):
        datatype, nullable = of_annotation(annotation)
    return Field(
        name, type=datatype, nullable=nullable, required=required, default=default
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
            name: _field(name, hint, MISSING, required=False)
            for name, hint in _hints(model).items()
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


class _ClassKind(RecordKind):
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


class DataclassKind(_ClassKind):
    """
    Dataclasses, frozen and slotted ones too.
    """

    name = "dataclass"

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the dataclass's fields.
        """
        hints = _hints(model)
        return {
            each.name: _field(
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
        return _forced(
            model(**first), {k: attributes[k] for k in late if k in attributes}
        )

    def maker(
        self, model: type, names: frozenset[str]
    ) -> Callable[[dict[str, Any]], Any] | None:
        """
        Call the class straight away.
        """
        quick = names <= self.fields(model).keys() - _not_in_init(model)
        return (lambda attributes: model(**attributes)) if quick else None

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a new record made by the constructor, so that its checks run.
        """
        del given
        late = _not_in_init(type(record))
        kept = {name: getattr(record, name) for name in late if hasattr(record, name)}
        init = {k: v for k, v in changes.items() if k not in late}
        made = dataclasses.replace(record, **init) if init else copy.copy(record)
        return _forced(
            made, {**(kept if not init else {}), **_only(changes, late)}
        )


@lru_cache(maxsize=512)
def _not_in_init(model: type) -> frozenset[str]:
    return frozenset(
        each.name for each in dataclasses.fields(model) if not each.init
    )


def _only(values: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


def _forced(record: Any, values: Mapping[str, Any]) -> Any:
    for name, value in values.items():
        # Frozen records refuse plain assignment; this one was made a moment ago.
        object.__setattr__(record, name, value)
    return record


class AttrsKind(_ClassKind):
    """
    Classes of attrs; private attributes go by the name the constructor takes.
    """

    name = "attrs"

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the attrs attributes.
        """
        found = {}
        for each in model.__attrs_attrs__:  # type: ignore[attr-defined]  # attrs' mark
            # attrs' NOTHING is an enum member or, in older releases, a class.
            nothing = "NOTHING" in repr(each.default)
            plain = not nothing and not hasattr(each.default, "takes_self")
            default = each.default if plain else MISSING
            found[each.name] = _field(
                each.name, each.type, default, required=each.init and nothing
            )
        return found

    def construct(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Call the class by the names its constructor takes.
        """
        del given
        marks = {each.name: each for each in model.__attrs_attrs__}  # type: ignore[attr-defined]  # attrs' mark
        init = {
            marks[k].alias: v for k, v in attributes.items() if marks[k].init
        }
        late = {k: v for k, v in attributes.items() if not marks[k].init}
        return _forced(model(**init), late)

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a new record with *changes*.
        """
        return self.construct(type(record), {**self.read(record), **changes}, given)


class PydanticKind(_ClassKind):
    """
    Pydantic models; also SQLModel classes without a table.
    """

    name = "pydantic"

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the model's fields.
        """
        found = {}
        for name, info in model.model_fields.items():  # type: ignore[attr-defined]  # pydantic's mark
            default = info.get_default()
            plain = not info.is_required() and info.default_factory is None
            found[name] = _field(
                name,
                info.annotation,
                default if plain else MISSING,
                required=info.is_required(),
            )
        return found

    def settable(self, model: type) -> Mapping[str, Any] | None:
        """
        Allow any name where the model allows extra ones.
        """
        config = getattr(model, "model_config", {})
        return None if config.get("extra") == "allow" else self.fields(model)

    def construct(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Validate the attributes, by field names even where there are aliases.
        """
        del given
        aliased = {
            info.alias: name
            for name, info in model.model_fields.items()  # type: ignore[attr-defined]  # pydantic's mark
            if info.alias
        }
        by_name = {alias: attributes[n] for alias, n in aliased.items() if n in attributes}
        rest = {k: v for k, v in attributes.items() if k not in aliased.values()}
        return model.model_validate({**rest, **by_name})  # type: ignore[attr-defined]  # pydantic's mark

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a new, validated record.
        """
        named = set(record.model_fields_set) | set(changes)
        values = {**self.read(record), **changes}
        kept = {k: v for k, v in values.items() if k in named}
        return self.construct(type(record), kept, given)

    def read(self, record: Any) -> dict[str, Any]:
        """
        Return the fields, then what else the model took.
        """
        return {**super().read(record), **(record.__pydantic_extra__ or {})}


class NamedTupleKind(_ClassKind):
    """
    Named tuples.
    """

    name = "namedtuple"

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the tuple's fields.
        """
        hints = _hints(model)
        defaults = model._field_defaults  # type: ignore[attr-defined]  # noqa: SLF001 - public in spite of its name
        return {
            name: _field(
                name,
                hints.get(name),
                defaults.get(name, MISSING),
                required=name not in defaults,
            )
            for name in model._fields  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        }

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a new tuple.
        """
        del given
        return record._replace(**changes)


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
        hints = _hints(model)
        found: dict[str, Field] = {}
        for each in _parameters(model):
            hint = each.annotation if each.annotation is not each.empty else None
            required = each.default is each.empty
            default = MISSING if required else each.default
            found[each.name] = _field(
                each.name, hints.get(each.name, hint), default, required=required
            )
        for name, hint in hints.items():
            default = getattr(model, name, MISSING)
            found.setdefault(name, _field(name, hint, default, required=False))
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
        slots = {
            name: None
            for cls in model.__mro__
            for name in _slots(cls)
        }
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
        found = {
            name: own.get(name, MISSING)
            if name in own
            else getattr(record, name, MISSING)
            for name in self.fields(type(record))
        }
        for cls in type(record).__mro__:
            for name in _slots(cls):
                found.setdefault(name, getattr(record, name, MISSING))
        found.update({k: v for k, v in own.items() if not k.startswith("_")})
        return {k: v for k, v in found.items() if v is not MISSING}


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


def _register(matches: Callable[[type], bool], kind: RecordKind) -> None:
    add_kind(matches, lambda: kind)


# Asked last to first: the most general is registered first.
_register(lambda _: True, ObjectKind())
_register(lambda cls: issubclass(cls, Mapping), MappingKind())
_register(lambda cls: issubclass(cls, tuple) and hasattr(cls, "_fields"), NamedTupleKind())
_register(dataclasses.is_dataclass, DataclassKind())
_register(lambda cls: hasattr(cls, "__attrs_attrs__"), AttrsKind())
_register(
    lambda cls: hasattr(cls, "__pydantic_core_schema__") or hasattr(cls, "model_fields"),
    PydanticKind(),
)
