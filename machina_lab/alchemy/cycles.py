"""
Records that need each other's keys: one side is inserted first, the other filled in.

SQLAlchemy does it only for relationships with `post_update`; for others it raises.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from machina_lab.alchemy.asides import Asides
from machina_lab.alchemy.graphs import Graph, Node
from machina_lab.alchemy.shapes import Link
from machina_lab.errors import InsertError


@dataclass(slots=True, eq=False)
class Edge:
    """
    One record that needs the key of another.

    Attributes:
        child: The record with the foreign key.
        parent: The record it points to.
        link: The relationship; upward ones are the child's, others the parent's.
        live: Whether it still has to be waited for.
    """

    child: Node
    parent: Node
    link: Link
    live: bool = True

    @property
    def keys(self) -> list[tuple[str, str]]:
        """
        Attributes of the child, with those of the parent that they hold.
        """
        if self.link.upward:
            return list(self.link.keys)
        pairs = self.link.relationship.local_remote_pairs or []
        return [
            (
                self.child.shape.mapper.get_property_by_column(remote).key,
                self.parent.shape.mapper.get_property_by_column(local).key,
            )
            for local, remote in pairs
        ]

    def __str__(self) -> str:
        """
        Name the relationship.
        """
        holder = self.child if self.link.upward else self.parent
        return f"{holder.shape.name}.{self.link.key}"


def cut_cycles(graph: Graph, asides: Asides) -> Callable[[], None] | None:
    """
    Put associations aside until no record waits for itself.

    Returns:
        What sets the keys that were left out, to be called after the first flush; None
        if there is nothing to set.

    Raises:
        InsertError: No foreign key of a cycle may be NULL.
    """
    edges = list(_edges(graph))
    if not _classes_in_cycles(edges):
        return None
    cut = list(_broken(edges))
    for edge in cut:
        _put_aside(edge, asides)

    def fill_in() -> None:
        for edge in cut:
            for key, other in edge.keys:
                setattr(edge.child.record, key, getattr(edge.parent.record, other))

    return fill_in if cut else None


def _edges(graph: Graph) -> Iterator[Edge]:
    for node in graph.nodes.values():
        for link in node.shape.links:
            if link.cut or link.key not in node.state.dict:
                continue
            if link.upward:
                parent = graph.nodes.get(id(node.state.dict[link.key]))
                if parent is not None:
                    yield Edge(node, parent, link)
            elif link.relationship.secondary is None and not link.reverse:
                for item in node.shape.items(node.state, link):
                    child = graph.nodes.get(id(item))
                    if child is not None:
                        yield Edge(child, node, link)


def _classes_in_cycles(edges: list[Edge]) -> bool:
    """
    Return whether the classes need each other; if not, no records do.
    """
    needs: dict[Any, set[Any]] = defaultdict(set)
    for edge in edges:
        needs[edge.child.shape.mapper.base_mapper].add(
            edge.parent.shape.mapper.base_mapper
        )
    while free := [
        child for child, parents in needs.items() if not parents & set(needs)
    ]:
        for child in free:
            del needs[child]
    return bool(needs)


def _broken(edges: list[Edge]) -> Iterator[Edge]:
    """
    Yield the edges to cut, so that every record can be reached.
    """
    needs: dict[int, list[Edge]] = defaultdict(list)
    needed: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        needs[id(edge.child)].append(edge)
        needed[id(edge.parent)].append(edge)
    waiting = {node: len(listed) for node, listed in needs.items()}
    free = [node for node in needed if node not in needs]
    while True:
        while free:
            for edge in needed[free.pop()]:
                if edge.live:
                    _release(edge, waiting, free)
        if not waiting:
            return
        edge = _weakest(_cycle(needs, next(iter(waiting))))
        yield edge
        _release(edge, waiting, free)


def _release(edge: Edge, waiting: dict[int, int], free: list[int]) -> None:
    edge.live = False
    child = id(edge.child)
    waiting[child] -= 1
    if not waiting[child]:
        del waiting[child]
        free.append(child)


def _cycle(needs: dict[int, list[Edge]], start: int) -> list[Edge]:
    """
    Follow what is waited for until a record turns up twice.
    """
    path: list[Edge] = []
    seen: dict[int, int] = {}
    node = start
    while node not in seen:
        seen[node] = len(path)
        edge = next(edge for edge in needs[node] if edge.live)
        path.append(edge)
        node = id(edge.parent)
    return path[seen[node] :]


def _weakest(cycle: list[Edge]) -> Edge:
    for edge in cycle:
        if edge.link.nullable:
            return edge
    shown = " -> ".join(str(edge) for edge in [*cycle, cycle[0]])
    raise InsertError(
        f"these records need each other's keys, and none may be NULL: {shown}."
        " Let one foreign key be nullable, or give one of the keys."
    )


def _put_aside(edge: Edge, asides: Asides) -> None:
    child, parent, link = edge.child, edge.parent, edge.link
    if not link.upward:
        _take(parent, link.key, child.record, asides, many=link.many)
        return
    asides.put(child.state, link.key)
    for back in parent.shape.links:
        if back.key in link.reverse:
            _take(parent, back.key, child.record, asides, many=back.many)


def _take(holder: Node, key: str, record: Any, asides: Asides, *, many: bool) -> None:
    if key not in holder.state.dict:
        return
    if many:
        asides.take_out(holder.state, key, [record])
    elif holder.state.dict[key] is record:
        asides.put(holder.state, key)
