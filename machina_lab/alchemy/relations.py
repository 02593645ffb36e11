"""
Associations of a mapped class, as building needs to know them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Mapper, RelationshipDirection, RelationshipProperty
from sqlalchemy.orm.collections import collection_adapter
from sqlalchemy.util import duck_type_collection

from machina_lab.alchemy.attributes import attribute_of


@dataclass(frozen=True, slots=True)
class KeyPair:
    """
    One column of a foreign key.

    Attributes:
        local: The attribute that holds it.
        remote: The attribute of the parent that it points to.
        position: Place of `remote` in the parent's primary key, or None.
    """

    local: str
    remote: str
    position: int | None


class Relation:
    """
    One association of a class.

    Attributes:
        name: Its attribute.
        target: The class at the other end.
        many: Whether it holds a collection.
        keys: For a belongs_to the foreign key's columns, else ().
        locals: Names of the attributes in `keys`.
    """

    def __init__(
        self, mapper: Mapper[Any], relation: RelationshipProperty[Any]
    ) -> None:
        self.property = relation
        self.name = relation.key
        self.target: type = relation.mapper.class_
        self.many = bool(relation.uselist)
        self.virtual = relation.lazy in ("write_only", "dynamic")
        self.keys = tuple(_key_pairs(mapper, relation))
        self.locals = frozenset(pair.local for pair in self.keys)

    @cached_property
    def reverses(self) -> frozenset[str]:
        """
        The attributes of the target that are the other side of this association.
        """
        here = self.property.parent
        found = {
            each.key
            for each in self.property.mapper.relationships
            if each.back_populates == self.name
            and (here.isa(each.mapper) or each.mapper.isa(here))
        }
        own = self.property.back_populates
        return frozenset(found | {own} if own else found)

    @cached_property
    def collection(self) -> type | None:
        """
        `list`, `set` or `dict`, whichever the collection behaves like.
        """
        made = (self.property.collection_class or list)()
        kind: type | None = duck_type_collection(made)
        return kind

    def quiet(self, parent: Any) -> Any:
        """
        Return the initiator with which setting *parent* tells no back-reference.

        It is the token that the other side's own events carry, so SQLAlchemy takes the
        event for the echo of one that already happened there. None where there is no
        other side that would hear it.
        """
        side = self.property.back_populates
        if not side:
            return None
        # Every subclass of the parent's class has a token of its own.
        implementation = getattr(type(parent), side).impl
        return getattr(implementation, "_append_token", None)


def _key_pairs(
    mapper: Mapper[Any], relation: RelationshipProperty[Any]
) -> list[KeyPair]:
    if relation.direction is not RelationshipDirection.MANYTOONE:
        return []
    target = relation.mapper
    keys = list(target.primary_key)
    found = []
    for local, remote in relation.local_remote_pairs or ():
        here = attribute_of(mapper, local)
        there = attribute_of(target, remote)
        if here and there:
            at = [n for n, key in enumerate(keys) if key is remote]
            found.append(KeyPair(here, there, at[0] if at else None))
    return found


def collect(record: Any, relation: Relation, items: Any) -> None:
    """
    Put *items* into a collection that only its own adapter knows how to fill.
    """
    adapter = collection_adapter(getattr(record, relation.name))
    for item in items:
        adapter.append_with_event(item)
