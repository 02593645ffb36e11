"""
The record kinds of attrs and pydantic, recognised by their marks and never imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from machina_lab.core.class_kinds import ClassKind, field_of, forced
from machina_lab.core.records import MISSING, Field


class AttrsKind(ClassKind):
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
            found[each.name] = field_of(
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
        init = {marks[k].alias: v for k, v in attributes.items() if marks[k].init}
        late = {k: v for k, v in attributes.items() if not marks[k].init}
        return forced(model(**init), late)

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return a new record with *changes*.
        """
        return self.construct(type(record), {**self.read(record), **changes}, given)


class PydanticKind(ClassKind):
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
            found[name] = field_of(
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
        by_name = {
            alias: attributes[n] for alias, n in aliased.items() if n in attributes
        }
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
        made = self.construct(type(record), kept, given)
        for name, value in (record.__pydantic_private__ or {}).items():
            setattr(made, name, value)
        return made

    def read(self, record: Any) -> dict[str, Any]:
        """
        Return the fields, then what else the model took.
        """
        return {**super().read(record), **(record.__pydantic_extra__ or {})}

    def columns(self, model: type, records: Sequence[Any]) -> dict[str, list[Any]]:
        """
        Return the fields by column, then what else the models took.
        """
        extra = [record.__pydantic_extra__ or {} for record in records]
        names = dict.fromkeys(name for each in extra for name in each)
        more = {name: [each.get(name) for each in extra] for name in names}
        return {**super().columns(model, records), **more}
