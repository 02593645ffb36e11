"""
Which records one insert takes along: what was asked for, and nothing else.

A record brings what its own attributes hold: parents, children, partners. What only
points back at it (SQLAlchemy's back-references collect such siblings in a parent's
collection) stays where it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import InstanceState

from machina_lab.alchemy.provenance import provenance
from machina_lab.alchemy.shapes import Link, Shape, shape_of, state_of


@dataclass(slots=True)
class Node:
    """
    One record to insert.

    Attributes:
        record: The record.
        state: SQLAlchemy's state of it.
        shape: What is known of its class.
        fed: Columns of its table that a record above it in the graph will fill.
    """

    record: Any
    state: InstanceState[Any]
    shape: Shape
    fed: set[Any] = field(default_factory=set)


@dataclass(slots=True)
class Graph:
    """
    The records of one insert.

    Attributes:
        nodes: Id of a record -> the record to insert; asked-for ones first.
        used: Records with a key that the others refer to.
        left: Back-references to leave out: holder, link, the records left out.
    """

    nodes: dict[int, Node] = field(default_factory=dict)
    used: dict[int, InstanceState[Any]] = field(default_factory=dict)
    left: list[tuple[InstanceState[Any], Link, list[Any]]] = field(default_factory=list)


def graph_of(records: Iterable[Any]) -> Graph:
    """
    Return what inserting *records* inserts.
    """
    graph = Graph()
    queue: deque[tuple[Node, frozenset[str]]] = deque()
    for record in records:
        _enter(graph, queue, record, frozenset())
    while queue:
        node, climbed = queue.popleft()
        for link in node.shape.links:
            if link.key in node.state.dict or link.relationship.lazy == "write_only":
                _follow(graph, queue, node, link, climbed)
    return graph


def _enter(
    graph: Graph,
    queue: deque[tuple[Node, frozenset[str]]],
    record: Any,
    climbed: frozenset[str],
) -> Node | None:
    """
    Add *record* unless it is a row already; return its node.

    Args:
        graph: What was found so far.
        queue: Records whose links are still to follow.
        record: The record.
        climbed: Links of *record* that lead back to the child it was reached from.
    """
    known = graph.nodes.get(id(record))
    if known is not None:
        return known
    state = state_of(record)
    if state.key is not None:
        graph.used[id(record)] = state
        return None
    node = Node(record, state, shape_of(state.mapper))
    graph.nodes[id(record)] = node
    queue.append((node, climbed))
    return node


def _follow(
    graph: Graph,
    queue: deque[tuple[Node, frozenset[str]]],
    node: Node,
    link: Link,
    climbed: frozenset[str],
) -> None:
    items = node.shape.items(node.state, link)
    if link.upward:
        for item in items:
            _enter(graph, queue, item, frozenset(link.reverse))
        return
    own = provenance(node.record).named
    left = []
    for item in items:
        if _points_back(item, node, link, own, back=link.key in climbed):
            if id(item) not in graph.nodes:
                left.append(item)
            continue
        found = _enter(graph, queue, item, frozenset(link.reverse))
        if found is not None:
            found.fed.update(
                remote for _, remote in link.relationship.local_remote_pairs or ()
            )
    if left:
        graph.left.append((node.state, link, left))


def _points_back(
    item: Any, node: Node, link: Link, own: frozenset[str], *, back: bool
) -> bool:
    """
    Return whether *item* is here only because it points at the node itself.
    """
    if state_of(item).key is not None or link.key in own:
        return False
    origin = provenance(item)
    if not origin.made:
        return back
    return any(origin.names(name, node.record) for name in link.reverse)
