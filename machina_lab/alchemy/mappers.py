"""
Mapped classes as a kind of record.

`MAPPED` is how every room reads, makes and changes records of classes that SQLAlchemy
maps: declarative, imperative, dataclasses, SQLModel, automapped and reflected ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.attributes import instance_state

from machina_lab.alchemy import construction, params
from machina_lab.alchemy.outlines import is_configured, read_outline
from machina_lab.alchemy.parents import settle_keys
from machina_lab.alchemy.plans import is_made_plainly, plan_of
from machina_lab.alchemy.provenance import Provenance, explicit_nones, provenance
from machina_lab.core.records import Field, RecordKind


__all__ = ["MAPPED", "MappedKind", "Provenance", "explicit_nones", "provenance"]


class MappedKind(RecordKind):
    """
    Classes mapped by SQLAlchemy.
    """

    name = "mapped"
    insertable = True

    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return columns in the table's order, then associations, then properties.
        """
        return plan_of(model).fields

    def outline(self, model: type) -> Mapping[str, Field]:
        """
        Return its fields, or what is known of them before mappers are configured.
        """
        mapper = model._sa_class_manager.mapper  # type: ignore[attr-defined]  # noqa: SLF001 - its mark
        return self.fields(model) if is_configured(mapper) else read_outline(mapper)

    def settable(self, model: type) -> Mapping[str, Any]:
        """
        Return what may be set: the mapper decides, not the constructor.

        Columns, associations, synonyms, hybrids and properties with a setter,
        association proxies, plain attributes of the class, and what the class's own
        constructor takes; but nothing that is computed or view-only.
        """
        return plan_of(model).settable

    def settle(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """
        Return *attributes* without parents that a given foreign key makes moot.
        """
        plan = plan_of(model)
        if not given or plan.contested.isdisjoint(given):
            return attributes
        return settle_keys(plan, attributes, given)

    def construct(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Make a record; see `construction.construct`.
        """
        return construction.construct(model, attributes, given)

    def maker(
        self, model: type, names: frozenset[str]
    ) -> Callable[[dict[str, Any]], Any] | None:
        """
        Return a function that makes records of these attributes, all of them known.
        """
        if not names <= plan_of(model).settable.keys():
            return None
        return construction.quick_maker(model, names)

    def adopter(self, model: type) -> Callable[[Any], Any]:
        """
        Note where its attributes came from; see `construction.adopt`.
        """
        del model
        return construction.adopt

    def named_adopter(
        self, model: type, names: frozenset[str]
    ) -> Callable[[Any], Any] | None:
        """
        Note the same where the constructor is declarative's: it sets *names* alone.
        """
        if not is_made_plainly(model):
            return None
        return construction.quick_adopter(model, names)

    def refusing(self, model: type) -> frozenset[str]:
        """
        Return its associations: what they are given must be mapped.
        """
        try:
            return frozenset(plan_of(model).relations)
        except SQLAlchemyError:
            # A mapping that does not configure fails where a record is made.
            return frozenset()

    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Set *changes* on *record* itself and return it; see `construction.change`.
        """
        return construction.change(record, changes, given)

    def read(self, record: Any) -> dict[str, Any]:
        """
        Return what is loaded: no query is sent and nothing is flushed.

        Works for detached and expired records; plain attributes that are no columns are
        read as well.
        """
        loaded = record.__dict__
        return {
            name: loaded[name] for name in plan_of(type(record)).loads if name in loaded
        }

    def columns(self, model: type, records: Sequence[Any]) -> dict[str, list[Any]]:
        """
        Return the loaded attributes of many records, a list for each.
        """
        dicts = [record.__dict__ for record in records]
        found: dict[str, list[Any]] = {}
        for name in plan_of(model).loads:
            if any(name in loaded for loaded in dicts):
                found[name] = [loaded.get(name) for loaded in dicts]
        return found

    def strip(self, record: Any, *, keep_none: bool) -> dict[str, Any]:
        """
        Return the params of *record*; see `params.strip`.
        """
        return params.strip(record, keep_none=keep_none)

    def identify(self, record: Any) -> str:
        """
        Return `User 3`, or `User (new)` for one that has no key.
        """
        plan = plan_of(type(record))
        state: Any = instance_state(record)
        if state.key is not None:
            key = state.key[1]
        else:
            names = [each.key for each in plan.key_properties]
            key = [
                state.dict[name] for name in names if state.dict.get(name) is not None
            ]
        shown = ", ".join(map(str, key)) or "(new)"
        return f"{type(record).__name__} {shown}"


MAPPED: Final = MappedKind()
