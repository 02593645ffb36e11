"""
Objects made of rows that were written already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import set_committed_value

from machina_lab.alchemy.plainness import Sheet
from machina_lab.alchemy.provenance import remember
from machina_lab.alchemy.shapes import Link, state_of
from machina_lab.core.drafts import Draft


def make_persistent(
    session: Session,
    sheet: Sheet,
    drafts: Sequence[Draft],
    values: Mapping[str, Sequence[Any]],
    objects: dict[int, Any],
) -> list[Any]:
    """
    Return the records of rows that were written, as if the session had flushed them.

    Args:
        session: The session they become part of.
        sheet: What is known of their class.
        drafts: What they were worked out as.
        values: Attribute -> their values.
        objects: Id of a draft -> its record; read for parents, filled with these.
    """
    names = list(values)
    upward = [link for link in sheet.links.values() if link.upward]
    mapper: Mapper[Any] = sheet.model.__mapper__  # type: ignore[attr-defined]  # its mark
    new = mapper.class_manager.new_instance
    identity, unread = _identity(mapper), _unread(mapper, values)
    columns = [values[mapper.get_property_by_column(k).key] for k in mapper.primary_key]
    rows = zip(*values.values(), strict=True)
    found = []
    for draft, row, key in zip(drafts, rows, zip(*columns, strict=True), strict=True):
        record = new()
        state = state_of(record)
        loaded = record.__dict__
        loaded.update(zip(names, row, strict=True))
        for link in upward:
            if link.key in draft.attributes:
                parent = draft.attributes[link.key]
                loaded[link.key] = objects.get(id(parent), parent)
        for name in sheet.extra:
            if name in draft.attributes:
                loaded[name] = draft.attributes[name]
        remember(
            state,
            draft.attributes,
            draft.given,
            [link.key for link in upward if link.key in draft.attributes],
        )
        state.key = (*identity[:1], key, *identity[2:])
        state.expired_attributes.update(unread)
        objects[id(draft)] = record
        found.append(record)
    session.add_all(found)
    return found


def _identity(mapper: Mapper[Any]) -> Any:
    """
    Return an identity of the class; the second of its parts is a record's own key.
    """
    return mapper.identity_key_from_primary_key(())


def _unread(mapper: Mapper[Any], values: Mapping[str, Any]) -> list[str]:
    """
    Return the columns of which no value is known: they are read when asked for.
    """
    return [
        name
        for name, attribute in mapper.class_manager.items()
        if name not in values and attribute.impl.accepts_scalar_loader
    ]


def join_children(
    drafts: Iterable[Draft], link: Link, objects: Mapping[int, Any]
) -> None:
    """
    Let records and their children hold each other, as if loaded.

    Args:
        drafts: What the records were worked out as.
        link: The relationship to the children, which are rows too.
        objects: Id of a draft -> its record.
    """
    for draft in drafts:
        record, value = objects[id(draft)], draft.attributes[link.key]
        if isinstance(value, list | tuple):
            children = [objects[id(each)] for each in value if each is not None]
        else:
            children = [] if value is None else [objects[id(value)]]
        held = children if link.many else next(iter(children), None)
        set_committed_value(record, link.key, held)
        for child in children:
            for name in link.reverse:
                set_committed_value(child, name, record)
