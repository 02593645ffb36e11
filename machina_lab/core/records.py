"""
The port through which every room reads and makes records.

A *record* is what a build returns. Its *kind* knows how records of that sort are read,
made and changed: mappings, dataclasses, attrs and pydantic classes, named tuples and
plain classes live in `kinds.py`; a room that knows another sort (mapped classes, in
`alchemy`) is loaded only when such a record turns up; see `rooms`.
"""

from __future__ import annotations

import importlib

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

from machina_lab.core import rooms
from machina_lab.core.datatypes import ANY, DataType


#: `type` by another name: a field has an attribute called so.
Class = type

Role = Literal["value", "key", "foreign_key", "to_one", "to_many", "property"]


class Missing:
    """
    The absence of a value where None is a value. Falsy; there is one, `MISSING`.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        """
        Be falsy.
        """
        return False

    def __repr__(self) -> str:
        """
        Say so.
        """
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Field:
    """
    One attribute of a record's class.

    Attributes:
        name: The attribute's name.
        type: What it holds.
        role: A plain value, a primary key, a foreign key, an association to one or to
            many records, or a computed or settable property (hybrid, synonym, proxy).
        nullable: Whether None may be stored.
        required: Whether making a record without it fails.
        default: Its default, or `MISSING`.
        generated: Whether something else makes its value (the database, a clock).
        unique: Whether the database refuses the same value twice.
        column: The column's name where it has one; it may differ from `name`.
        references: `table.column` that a foreign key points to, or "".
        target: The class at the other end of an association.
        through: For an association to one record: the attributes that hold its key.
    """

    name: str
    type: DataType = ANY
    role: Role = "value"
    nullable: bool = True
    required: bool = False
    default: Any = MISSING
    generated: bool = False
    unique: bool = False
    column: str | None = None
    references: str = ""
    target: Class | None = None
    through: tuple[str, ...] = ()


class RecordKind(ABC):
    """
    How records of one sort are read, made and changed.

    `given` always means the attributes that the caller of a verb named, as opposed to
    the factory's own defaults.
    """

    name: str = "record"
    #: Whether the lab can insert such records.
    insertable: bool = False

    @abstractmethod
    def fields(self, model: type) -> Mapping[str, Field]:
        """
        Return the fields of *model* in its own order.
        """

    def outline(self, model: type) -> Mapping[str, Field]:
        """
        Return what is known of *model*'s fields without work that can wait or fail.

        For completion, which must not disturb typing; by default all of them.
        """
        return self.fields(model)

    @abstractmethod
    def construct(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Make a record of *model* from resolved attributes, all of them known.
        """

    def is_called(self, model: type, names: frozenset[str]) -> bool:
        """
        Return whether `construct` of exactly these attributes is a call of *model*.
        """
        del model, names
        return False

    def maker(
        self, model: type, names: frozenset[str]
    ) -> Callable[[dict[str, Any]], Any] | None:
        """
        Return a quicker `construct` for records given exactly these attributes.

        Only where the caller of a build gave none; None where there is no quicker way.
        """
        del model, names
        return None

    def adopter(self, model: type) -> Callable[[Any], Any] | None:
        """
        Return what is done to a record that a body made and nobody changes.

        None where nothing is.
        """
        del model
        return None

    def named_adopter(
        self, model: type, names: frozenset[str]
    ) -> Callable[[Any], Any] | None:
        """
        Return a quicker `adopter` for records made by calling *model* with *names*.

        Only where such a call puts nothing else on the record that could need working
        out; None where that cannot be told.
        """
        del model, names
        return None

    def refusing(self, model: type) -> frozenset[str]:
        """
        Return the attributes of which the class itself refuses all but records.

        None of them can hold a value that needs working out.
        """
        del model
        return frozenset()

    @abstractmethod
    def change(
        self, record: Any, changes: dict[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """
        Return *record* with *changes*; the record was just made by a factory's body.
        """

    @abstractmethod
    def read(self, record: Any) -> dict[str, Any]:
        """
        Return the loaded attributes of *record* in field order, without side effects.
        """

    def columns(self, model: type, records: Sequence[Any]) -> dict[str, list[Any]]:
        """
        Return the loaded attributes of *records*, all of *model*, a list for each.

        In field order; None where one record has not loaded what another has, and
        nothing at all for what none has loaded. A kind that can read by column faster
        than record by record overrides this.
        """
        reads = [self.read(record) for record in records]
        # Records of one model mostly have the same names: look at each set once.
        found: dict[str, None] = {}
        for names in dict.fromkeys(map(tuple, reads)):
            found |= dict.fromkeys(names)
        fields = self.fields(model)
        ordered = [name for name in fields if name in found]
        ordered += [name for name in found if name not in fields]
        return {name: [read.get(name) for read in reads] for name in ordered}

    def settable(self, model: type) -> Mapping[str, Any] | None:
        """
        Return the names that may be set on *model*, or None if any may.
        """
        return self.fields(model)

    def settable_on(self, record: Any) -> Mapping[str, Any] | None:
        """
        Return the names that may be set on this very record, or None if any may.
        """
        return self.settable(type(record))

    def settle(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """
        Return *attributes* without the defaults that *given* makes moot.

        Called after merging and before associations are built, so that a foreign key
        that the caller gave keeps the factory's default parent from being built.
        """
        return attributes

    def strip(self, record: Any, *, keep_none: bool) -> Any:
        """
        Return the params of *record* (EM `params_for`): what one would type in a form.
        """
        read = self.read(record)
        return {k: v for k, v in read.items() if keep_none or v is not None}

    def identify(self, record: Any) -> str:
        """
        Return *record* as a short label for tables: `User 3`.
        """
        return type(record).__name__


def unchanged(record: Any) -> Any:
    """
    Return *record*: there is nothing to do to it.
    """
    return record


#: Kind of each class met so far. Weak: a notebook cell run twice drops its old class.
_known: WeakKeyDictionary[type, RecordKind] = WeakKeyDictionary()


def add_general_kind(
    matches: Callable[[type], bool], load: Callable[[], RecordKind]
) -> None:
    """
    Teach the lab a sort of record that is asked after all that are known so far.
    """
    rooms.kinds.append((matches, load))


def kind_of(model: type) -> RecordKind:
    """
    Return the kind that reads and makes records of *model*.
    """
    try:
        return _known[model]
    except KeyError:
        # The sorts that the standard library brings; they register themselves, last.
        importlib.import_module("machina_lab.core.kinds")
        matching = (load for matches, load in rooms.kinds if matches(model))
        return _known.setdefault(model, next(matching)())


def default_of(model: type, name: str) -> Any:
    """
    Return what an attribute of *model* holds that nobody gave.

    Raises:
        AttributeError: The class has no such attribute.
    """
    field: Field | None = kind_of(model).fields(model).get(name)
    if field is None:
        raise AttributeError(f"{model.__name__} has no attribute {name!r}.", name=name)
    return None if field.default is MISSING else field.default


def value_of(record: Any, name: str) -> Any:
    """
    Return an attribute that *record* has not loaded: its default, or what it computes.
    """
    model = type(record)
    field: Field | None = kind_of(model).fields(model).get(name)
    if field is not None and field.default is not MISSING:
        return field.default
    return getattr(record, name)
