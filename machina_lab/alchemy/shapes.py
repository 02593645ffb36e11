"""
What inserting needs to know of a mapped class, worked out once per class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Table, event
from sqlalchemy.orm import InstanceState, Mapper, RelationshipProperty
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.collections import collection_adapter
from sqlalchemy.orm.exc import UnmappedColumnError


#: Kinds of relationships whose collection never is in memory as a whole.
_UNSEEN: Final = ("dynamic", "write_only")


@dataclass(frozen=True, slots=True)
class Link:
    """
    One relationship of a mapped class.

    Attributes:
        key: The attribute.
        relationship: What SQLAlchemy knows of it.
        upward: Whether the foreign key is on this side: the other record comes first.
        many: Whether it holds a collection.
        keys: For an upward one: attributes that hold the foreign key, with the
            attributes of the other side they point to.
        reverse: The attributes of the other side that are its back-references.
        cut: Whether SQLAlchemy fills the key in afterwards (`post_update`).
        nullable: Whether the foreign key may be NULL.
    """

    key: str
    relationship: RelationshipProperty[Any]
    upward: bool
    many: bool
    keys: tuple[tuple[str, str], ...]
    reverse: tuple[str, ...]
    cut: bool
    nullable: bool


class Shape:
    """
    The columns and relationships of one mapped class, as inserting sees them.
    """

    def __init__(self, mapper: Mapper[Any]) -> None:
        self.mapper = mapper
        self.name = mapper.class_.__name__
        self.columns = {prop.key: prop.columns[0] for prop in mapper.column_attrs}
        self.links = tuple(
            _link(mapper, relationship)
            for relationship in mapper.relationships
            if not relationship.viewonly
        )

    @cached_property
    def column_keys(self) -> frozenset[str]:
        """
        The attributes that stand for columns.
        """
        tables = set(self.mapper.tables)
        return frozenset(
            key
            for key, column in self.columns.items()
            if isinstance(column, Column) and column.table in tables
        )

    @cached_property
    def defaults(self) -> frozenset[str]:
        """
        The attributes that Python fills in at the flush where they are None.
        """
        return frozenset(
            key for key in self.column_keys if self.columns[key].default is not None
        )

    @cached_property
    def upward(self) -> tuple[Link, ...]:
        """
        The links whose foreign key is on this side.
        """
        return tuple(link for link in self.links if link.upward)

    @cached_property
    def single(self) -> tuple[Link, ...]:
        """
        The links to one child, whose foreign key is on its side.
        """
        return tuple(
            link
            for link in self.links
            if not (link.upward or link.many or link.relationship.secondary is not None)
        )

    @cached_property
    def must_have(self) -> dict[str, Column[Any]]:
        """
        The attributes of primary key columns that nothing generates.
        """
        listening = self.mapper.dispatch.before_insert
        if any(True for _ in listening):
            return {}
        return {
            self.mapper.get_property_by_column(column).key: column
            for column in self.mapper.primary_key
            if isinstance(column, Column)
            and not _generated(column)
            and not self._copied(column)
        }

    def _copied(self, column: Column[Any]) -> bool:
        """
        Return whether inheritance or the discriminator fills *column*.
        """
        discriminator = self.mapper.polymorphic_on
        return column is discriminator

    @cached_property
    def fed(self) -> dict[str, tuple[Link, ...]]:
        """
        Of the attributes nothing generates, those that an upward link may fill.
        """
        return {
            key: tuple(link for link in self.upward if key in dict(link.keys))
            for key in self.must_have
        }

    def items(self, state: InstanceState[Any], link: Link) -> list[Any]:
        """
        Return the records that are in memory at the other end of *link*.
        """
        if link.relationship.lazy in _UNSEEN:
            history = state.attrs[link.key].history
            return list(history.added or ())
        value = state.dict.get(link.key)
        if value is None:
            return []
        return list(collection_adapter(value)) if link.many else [value]


_shapes: WeakKeyDictionary[Mapper[Any], Shape] = WeakKeyDictionary()


@event.listens_for(Mapper, "after_configured")
def _forget_shapes() -> None:
    # A class that came later may have added back-references.
    _shapes.clear()


def shape_of(mapper: Mapper[Any]) -> Shape:
    """
    Return the shape of a mapped class.
    """
    try:
        return _shapes[mapper]
    except KeyError:
        return _shapes.setdefault(mapper, Shape(mapper))


def state_of(record: Any) -> InstanceState[Any]:
    """
    Return SQLAlchemy's state of a mapped record.
    """
    state: InstanceState[Any] = instance_state(record)
    return state


def table_name(table: Any, prefix: str | None = None) -> str:
    """
    Return the name under which a table is journalled: `users`, `sales.orders`.
    """
    if prefix and isinstance(table, Table) and table.schema is None:
        return f"{prefix}.{table.name}"
    return str(getattr(table, "fullname", table))


def _link(mapper: Mapper[Any], relationship: RelationshipProperty[Any]) -> Link:
    upward = relationship.direction.name == "MANYTOONE"
    pairs = relationship.local_remote_pairs or []
    return Link(
        key=relationship.key,
        relationship=relationship,
        upward=upward,
        many=bool(relationship.uselist),
        keys=tuple(_keys(mapper, relationship)) if upward else (),
        reverse=tuple(
            other.key
            for other in relationship._reverse_property  # noqa: SLF001 - no other door
            if not other.viewonly
        ),
        cut=relationship.post_update,
        nullable=all((local if upward else remote).nullable for local, remote in pairs),
    )


def _keys(
    mapper: Mapper[Any], relationship: RelationshipProperty[Any]
) -> Iterator[tuple[str, str]]:
    for local, remote in relationship.local_remote_pairs or []:
        try:
            yield (
                mapper.get_property_by_column(local).key,
                relationship.mapper.get_property_by_column(remote).key,
            )
        except UnmappedColumnError:
            continue


def _generated(column: Column[Any]) -> bool:
    table = column.table
    return (
        column.default is not None
        or column.server_default is not None
        or column.identity is not None
        or column.computed is not None
        or getattr(table, "autoincrement_column", None) is column
    )
