"""
What is refused before anything is sent to the database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState, Session

from machina_lab.alchemy.graphs import Graph, Node
from machina_lab.core.jobs import InsertJob
from machina_lab.core.secrets import masked
from machina_lab.errors import InsertError


def check_records(session: Session, records: list[Any], job: InsertJob) -> None:
    """
    Refuse what cannot be inserted at all.

    Raises:
        InsertError: Not mapped, inserted already, deleted, or of another session.
    """
    for record in records:
        state = inspect(record, raiseerr=False)
        if not isinstance(state, InstanceState):
            raise InsertError(_unmapped(record, job))
        _check_state(session, state, asked=True)


def check_used(session: Session, state: InstanceState[Any]) -> None:
    """
    Refuse a row that cannot be referred to.

    Raises:
        InsertError: It was deleted, or belongs to another session.
    """
    _check_state(session, state, asked=False)


def check_graph(session: Session, graph: Graph) -> None:
    """
    Refuse what the records bring along and cannot be used.

    Raises:
        InsertError: A parent or child is deleted or of another session, a child is
            given to two parents, or a key is missing that nothing generates.
    """
    for state in graph.used.values():
        check_used(session, state)
    owners: dict[tuple[int, Any], Node] = {}
    for node in graph.nodes.values():
        if node.state.session_id is not None:
            check_used(session, node.state)
        if node.shape.single:
            _check_children(node, owners)
        if node.shape.must_have:
            _check_keys(session, node)


def _check_state(session: Session, state: InstanceState[Any], *, asked: bool) -> None:
    name = state.mapper.class_.__name__
    if state.deleted or state.was_deleted:
        raise InsertError(
            f"this {name} was deleted. Build a new one, or make_transient() it first."
        )
    owner = state.session
    if owner is not None and owner is not session:
        raise InsertError(
            f"this {name} belongs to another session ({owner!r}), and a record belongs"
            f" to one only. Use lab.connect() with that session, load it with"
            f" session.merge(), or take it out there with expunge()."
        )
    if asked and state.key is not None:
        raise InsertError(
            f"this {name} is already inserted: its key is {_key(state)}."
            " Build a new one to insert another."
        )


def _key(state: InstanceState[Any]) -> str:
    columns = state.mapper.primary_key
    names = [column.name for column in columns]
    key = masked(dict(zip(names, state.identity or (), strict=False)))
    return ", ".join(f"{name}={value!r}" for name, value in key.items())


def _unmapped(record: Any, job: InsertJob) -> str:
    kind = type(record).__name__
    what = f"factory {job.factory!r} built" if job.factory else "this is"
    article = "an" if kind[0].lower() in "aeiou" else "a"
    advice = (
        " Give the factory the mapped class to build: @lab.factory(model=...)."
        if isinstance(record, dict)
        else " Only records of classes mapped by SQLAlchemy have a table."
    )
    return f"{what} {article} {kind}, which is not mapped to a table.{advice}"


def _check_children(node: Node, owners: dict[tuple[int, Any], Node]) -> None:
    """
    Refuse a child that two parents have for themselves: one of them would lose it.
    """
    for link in node.shape.single:
        child = node.state.dict.get(link.key)
        if child is None:
            continue
        owner = owners.setdefault((id(child), link.relationship), node)
        if owner is not node:
            raise InsertError(
                f"two records share one {type(child).__name__} as their {link.key}, and"
                f" its foreign key can point to one of them only. Build one for each:"
                f" {link.key}=assoc(...)."
            )


def _check_keys(session: Session, node: Node) -> None:
    if session.dispatch.before_flush:  # a listener may still set the key
        return
    for key, column in node.shape.must_have.items():
        if node.state.dict.get(key) is not None or column in node.fed:
            continue
        if any(
            node.state.dict.get(each.key) is not None for each in node.shape.fed[key]
        ):
            continue
        raise InsertError(
            f"{node.shape.name}.{key} is a primary key that nothing generates: column"
            f" {column.table.name}.{column.name} has no default and does not count up."
            f" Give {key}=..., or set it in the factory."
        )
