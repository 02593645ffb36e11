"""
Foreign keys and the associations beside them: who wins, and what conflicts.

* A key that was given beats an association that nobody gave, and an explicit None.
* Both given and different: an error, because SQLAlchemy would silently take one.
* A parent that is detached is used by its key, not attached again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import InstanceState

from machina_lab.alchemy.asides import Asides
from machina_lab.alchemy.graphs import Graph, Node
from machina_lab.alchemy.provenance import provenance
from machina_lab.alchemy.shapes import Link, state_of
from machina_lab.errors import ForeignKeyConflictError, InsertError


def settle(graph: Graph, asides: Asides) -> None:
    """
    Let key and association of every record in *graph* agree before the flush.

    Raises:
        ForeignKeyConflictError: Both were given, and they differ.
    """
    for node in graph.nodes.values():
        for link in node.shape.upward:
            if link.key in node.state.dict:
                _settle(node, link, asides)


def _settle(node: Node, link: Link, asides: Asides) -> None:
    values = node.state.dict
    parent = values[link.key]
    held = {key: values.get(key) for key, _ in link.keys}
    has_key = bool(held) and all(value is not None for value in held.values())
    if parent is None:
        if has_key:
            _unset(node.state, link.key)
        return
    state = state_of(parent)
    if has_key and not _agree(node, link, state):
        return
    if state.key is not None and state.session_id is None:
        _use_by_key(node, link, state, asides)


def _agree(node: Node, link: Link, parent: InstanceState[Any]) -> bool:
    """
    Return whether the association stays; a key that was given may push it out.
    """
    values = node.state.dict
    differing = [
        (key, values[key], value_of(parent, other))
        for key, other in link.keys
        if values[key] != value_of(parent, other)
    ]
    origin = provenance(node.record)
    if not differing:
        return True
    if origin.made:
        if not any(key in origin.given for key, _, _ in differing):
            return True  # filled in from an earlier parent
        if link.key not in origin.given:
            _unset(node.state, link.key)
            return False
    raise _conflict(node, link, differing)


def _conflict(
    node: Node, link: Link, differing: list[tuple[str, Any, Any]]
) -> ForeignKeyConflictError:
    key, given, theirs = differing[0]
    known = "not inserted yet" if theirs is None else f"{theirs!r}"
    return ForeignKeyConflictError(
        f"{node.shape.name}: {key}={given!r} and {link.key} disagree (its key is"
        f" {known}). Give one of them."
    )


def _use_by_key(
    node: Node, link: Link, parent: InstanceState[Any], asides: Asides
) -> None:
    for key, other in link.keys:
        value = value_of(parent, other)
        if value is None:
            raise InsertError(
                f"{node.shape.name}.{link.key} is detached and its {other!r} is not"
                " loaded. Attach it to the session first: session.add(...)."
            )
        setattr(node.record, key, value)
    asides.put(node.state, link.key)


def value_of(state: InstanceState[Any], key: str) -> Any:
    """
    Return a key's value without a query.
    """
    if key in state.dict:
        return state.dict[key]
    if state.identity is not None:
        mapper = state.mapper
        names = [mapper.get_property_by_column(c).key for c in mapper.primary_key]
        return dict(zip(names, state.identity, strict=True)).get(key)
    return None


def refuse_conflict(
    model: str, association: str, key: str, given: Any, theirs: Any
) -> Any:
    """
    Return the key of an association, unless another one was given beside it.

    Raises:
        ForeignKeyConflictError: They differ.
    """
    if given is None or theirs is None or given == theirs:
        return given if theirs is None else theirs
    raise ForeignKeyConflictError(
        f"{model}: {key}={given!r} and {association} disagree (its key is {theirs!r})."
        " Give one of them."
    )


def _unset(state: InstanceState[Any], key: str) -> None:
    state.dict.pop(key, None)
    state.committed_state.pop(key, None)
