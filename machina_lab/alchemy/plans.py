"""
What building records of one mapped class needs to know, worked out once.
"""

from __future__ import annotations

import copy
import inspect

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.orm import Mapper, registry

from machina_lab.alchemy import attributes as reading
from machina_lab.alchemy.fields import read_fields, read_settable
from machina_lab.alchemy.relations import Relation
from machina_lab.alchemy.silence import Silence, silence_of
from machina_lab.core.records import MISSING, Field


_KEY: Final = "machina_lab"
#: The constructor that declarative gives to classes which have none.
_DEFAULT_INIT: Final = registry().constructor
_NEW: Final[Any] = object.__new__
#: Where SQLAlchemy's listener to every association is, which acts within sessions.
_CASCADES: Final = "sqlalchemy.orm.unitofwork"
#: Where its listener to the making of every record is: for classes sharing a table.
_MAKING: Final = "sqlalchemy.orm.mapper"


class Generation:
    """
    Counts mapped classes and attributes: with each one more, plans may be stale.
    """

    number = 0


@event.listens_for(Mapper, "after_mapper_constructed")
@event.listens_for(object, "attribute_instrument", propagate=True)
def _count(*_: Any) -> None:
    Generation.number += 1


class Plan:
    """
    One mapped class.

    Attributes:
        columns: Its attributes that hold columns, in table order.
        fields: Its fields.
        settable: What may be set on its records.
        relations: Its associations that can be set, by name.
        singles: The names of those that are to one record.
        parents: Those of them that are a belongs_to.
        local_keys: All attributes that hold a part of a foreign key.
        contested: These, and the parents they stand for.
        defaults: Plain column defaults, by attribute.
        copied: Those of them that must be copied for each record.
        late: Attributes set after the constructor has run: setters may read others.
        loads: Attributes that `read` looks for, in order.
        polymorphic: Whether its table holds several classes.
        is_bare: Whether a call of it makes a record that nobody knows yet.
        quiet: Attributes that nobody but SQLAlchemy listened to, with what tells
            whether that lasts: plain columns, and parents without a back-reference.
        silent_init: The same of the making of its records; None where more than
            SQLAlchemy has something to do then.
    """

    def __init__(self, mapper: Mapper[Any]) -> None:
        self.generation = Generation.number
        self.mapper = mapper
        self.model: type = mapper.class_
        self.columns = {prop.key: prop for prop in reading.columns(mapper)}
        self.fields: Mapping[str, Field] = read_fields(mapper)
        self.settable = read_settable(mapper, self.fields)
        self.relations = {
            each.key: Relation(mapper, each)
            for each in mapper.relationships
            if not each.viewonly
        }
        self.parents = [each for each in self.relations.values() if each.keys]
        self.singles = {e.name for e in self.relations.values() if not e.many}
        self.local_keys = frozenset().union(*(each.locals for each in self.parents))
        self.contested = self.local_keys | {each.name for each in self.parents}
        self._read_defaults()
        self._read_names()
        self._read_constructor()
        self._read_listeners()
        self._read_params()

    def _read_defaults(self) -> None:
        found = {
            prop.key: reading.scalar_default(prop)
            for prop in self.columns.values()
            if not reading.is_counted(self.mapper, prop)
        }
        self.defaults = {k: v for k, v in found.items() if v is not MISSING}
        self.copied = [
            key
            for key, value in self.defaults.items()
            if isinstance(value, list | dict | set | bytearray)
        ]

    def _read_names(self) -> None:
        self.composites = {each.key for each in self.mapper.composites}
        self.late = frozenset(
            name
            for name, field in self.fields.items()
            if field.role == "property"
            and name in self.settable
            and name not in self.composites
        )
        self.plain_names = frozenset(
            name
            for name in reading.plain_attributes(self.mapper)
            if not isinstance(getattr(self.model, name, None), property)
        )
        unread = {name for name, each in self.relations.items() if each.virtual}
        self.loads = [name for name in self.fields if name not in unread]
        self.stored = self.columns.keys() | self.relations.keys()
        self.primary = frozenset(
            name for name, field in self.fields.items() if field.role == "key"
        )

    def _read_constructor(self) -> None:
        self.init = self.mapper.class_manager.original_init
        self.quick = is_made_plainly(self.model)
        self.new = self.mapper.class_manager.new_instance
        self.events = self.mapper.class_manager.dispatch
        self.scalars = dict(_plain_scalars(self.model, self.columns))
        parameters = reading.constructor(self.mapper).values()
        kinds = inspect.Parameter
        named = [each for each in parameters if each.kind is not kinds.VAR_KEYWORD]
        self.takes = frozenset(
            each.name
            for each in named
            if each.kind in (kinds.KEYWORD_ONLY, kinds.POSITIONAL_OR_KEYWORD)
        )
        self.needs = [
            each.name
            for each in named
            if each.default is kinds.empty and each.kind is not kinds.VAR_POSITIONAL
        ]
        self.takes_any = len(named) < len(parameters)
        self.dataclass = "__dataclass_fields__" in vars(self.model)
        self.polymorphic = self.mapper.polymorphic_on is not None
        self.is_bare = self.quick and self.model.__new__ is _NEW
        alone = self.quick and not self.polymorphic
        self.silent_init = silence_of(self.events, "init", _MAKING) if alone else None

    def _read_listeners(self) -> None:
        self.quiet: dict[str, Silence] = {}
        for name, dispatch in self.scalars.items():
            self._note_silence(name, silence_of(dispatch, "set"))
        for relation in self.parents:
            implementation = getattr(self.model, relation.name).impl
            if not implementation.trackparent and not relation.many:
                found = silence_of(implementation.dispatch, "set", _CASCADES)
                self._note_silence(relation.name, found)

    def _note_silence(self, name: str, found: Silence | None) -> None:
        if found is not None:
            self.quiet[name] = found

    def _read_params(self) -> None:
        """
        Work out which attributes belong into a record's params.
        """
        keys = self.mapper.primary_key
        self.key_properties = [self.mapper.get_property_by_column(key) for key in keys]
        surrogate = {
            each.key
            for each in self.key_properties
            if len(keys) == 1 and self.fields[each.key].generated
        }
        self.on_request = (
            self.late
            | self.composites
            | {
                name
                for name, prop in self.columns.items()
                if reading.is_discriminator(self.mapper, prop) and name not in surrogate
            }
        )
        # Plain attributes that are no columns sit in the record's own dict.
        self.on_request -= self.plain_names
        left_out = self.on_request | surrogate | self.relations.keys()
        self.params = [
            name
            for name in self.loads
            if name in self.settable and name not in left_out
        ]
        self.proxied = {
            str(name): each.target_collection
            for name, each in self.mapper.all_orm_descriptors.items()
            if hasattr(each, "target_collection")
        }

    def defaults_but(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """
        Return the plain defaults that *attributes* leave room for.
        """
        found = {k: v for k, v in self.defaults.items() if k not in attributes}
        for key in self.copied:
            if key in found:
                found[key] = copy.deepcopy(found[key])
        return found


def is_made_plainly(model: Any) -> bool:
    """
    Return whether a mapped class has declarative's constructor, and only that.
    """
    manager = model._sa_class_manager  # noqa: SLF001 - its mark
    return (
        manager.original_init is _DEFAULT_INIT
        and type(model).__call__ is type.__call__
        and model.__setattr__ is object.__setattr__
    )


def _plain_scalars(model: type, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """
    Yield the columns that hold a plain value, with the events they send.
    """
    for name in names:
        implementation = getattr(model, name).impl
        # Its class is called with an underscore since SQLAlchemy 2.1.
        if type(implementation).__name__.lstrip("_") == "ScalarAttributeImpl":
            yield name, implementation.dispatch


def plan_of(model: type) -> Plan:
    """
    Return the plan of a mapped class.

    It is kept with the class itself, and made anew when there are new classes or
    attributes: a class defined since then may have added a back-reference.
    """
    manager = model._sa_class_manager  # type: ignore[attr-defined]  # noqa: SLF001 - its mark
    plan: Plan | None = manager.info.get(_KEY)
    if plan is None or plan.generation != Generation.number:
        mapper: Mapper[Any] = manager.mapper
        mapper.registry.configure(cascade=True)
        plan = manager.info[_KEY] = Plan(mapper)
    return plan
