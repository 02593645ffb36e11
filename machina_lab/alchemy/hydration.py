"""
Objects made of rows that were written already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Mapper, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.collections import collection_adapter

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
    cls, _, token = mapper.identity_key_from_primary_key(())
    unread = _unread(sheet, mapper, values)
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
                if type(parent) is Draft and id(parent) not in objects:
                    # An insert within this one has stored it.
                    objects[id(parent)] = held_by(session, parent)
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
        state.key = (cls, key, token)
        state.expired_attributes.update(unread)
        objects[id(draft)] = record
        found.append(record)
    session.add_all(found)
    return found


def _unread(sheet: Sheet, mapper: Mapper[Any], values: Mapping[str, Any]) -> list[str]:
    """
    Return what the database alone knows: it is read when asked for.

    A column that was not sent and has no default there is NULL; nobody has to ask.
    """
    return [
        name
        for name, attribute in mapper.class_manager.items()
        if attribute.impl.accepts_scalar_loader
        and name not in values
        and (name not in sheet.columns or name in sheet.served)
    ]


def join(
    drafts: Iterable[Draft],
    link: Link,
    objects: Mapping[int, Any],
    fresh: Mapping[int, Any],
) -> None:
    """
    Let records and those at the other end of *link* hold each other, as if loaded.

    Args:
        drafts: What the records were worked out as.
        link: Their relationship to others.
        objects: Id of a draft -> its record.
        fresh: Id of a record -> it, of those that are new as well: a parent that was
            there before hears nothing.
    """
    if not link.upward:
        _join_children(drafts, link, objects)
    elif link.reverse:
        _join_parents(drafts, link, objects, fresh)


def _join_parents(
    drafts: Iterable[Draft],
    link: Link,
    objects: Mapping[int, Any],
    fresh: Mapping[int, Any],
) -> None:
    held: dict[int, tuple[Any, list[Any]]] = {}
    for draft in drafts:
        value = draft.attributes[link.key]
        parent = (objects if type(value) is Draft else fresh).get(id(value))
        if parent is not None:
            children = held.setdefault(id(parent), (parent, []))[1]
            children.append(objects[id(draft)])
    for parent, children in held.values():
        for name in link.reverse:
            _hold(parent, name, children)


def _hold(parent: Any, name: str, children: list[Any]) -> None:
    relationship = state_of(parent).mapper.relationships[name]
    if relationship.lazy in ("dynamic", "write_only"):
        return
    loaded = parent.__dict__.get(name)
    if not relationship.uselist:
        set_committed_value(parent, name, children[-1])
    elif loaded is None:
        set_committed_value(parent, name, children)
    else:
        adapter = collection_adapter(loaded)
        known = {id(each) for each in adapter}
        for child in children:
            if id(child) not in known:
                adapter.append_without_event(child)


def _join_children(
    drafts: Iterable[Draft], link: Link, objects: Mapping[int, Any]
) -> None:
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


def held_by(session: Session, draft: Draft) -> Any:
    """
    Return the record of a draft that is a row already.

    The session's own if it has one, else one to refer to by its key.
    """
    record = draft.make()
    make_transient_to_detached(record)
    key = state_of(record).key
    assert key is not None
    return session.identity_map.get(key, record)
