"""
Where the boxes of a diagram go: layers from left to right, parents on the left.

Layers and the order within them come from igraph (Sugiyama's method); boxes are then
moved so that none overlap. An edge that passes other layers gets a *lane* through each,
shared by all edges to the same parent, so that it does not run behind boxes. Parts that
are not tied together stand one below the other.
"""

from __future__ import annotations

import math

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from machina_lab.schema.ordering import components


#: Space between boxes, and between layers.
GAP: Final = 28
LAYER_GAP: Final = 90
_WIDTH: Final = 1500
#: The tallest column of boxes.
_TALLEST: Final = 1600


#: Space that a lane takes.
_LANE: Final = 12


@dataclass(slots=True)
class Box:
    """
    A table's place in the picture, or a lane's.
    """

    key: str
    width: float
    height: float
    x: float = 0
    y: float = 0
    gap: float = GAP


@dataclass(frozen=True, slots=True)
class Places:
    """
    What came of placing boxes.

    Attributes:
        width: Width of the whole.
        height: Height of the whole.
        lanes: Child and parent -> the lanes between them, from the child on.
    """

    width: float
    height: float
    lanes: Mapping[tuple[str, str], Sequence[Box]]


def place(boxes: Mapping[str, Box], edges: Sequence[tuple[str, str]]) -> Places:
    """
    Set the places of *boxes*; *edges* lead from child to parent.
    """
    lanes: dict[tuple[str, str], list[Box]] = {}
    parts = _parts(list(boxes), edges)
    large = [part for part in parts if len(part) > 1]
    alone = [part[0] for part in parts if len(part) == 1]
    top = width = 0.0
    for part in sorted(large, key=len, reverse=True):
        inside = [edge for edge in edges if edge[0] in part and edge[0] != edge[1]]
        part_boxes = [boxes[key] for key in part]
        right, bottom = _place_part(part_boxes, inside, top, lanes)
        width, top = max(width, right), bottom + GAP
    right, bottom = _place_rows([boxes[key] for key in alone], top, max(width, _WIDTH))
    return Places(max(width, right), max(bottom, top - GAP), lanes)


def _parts(keys: list[str], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    links: dict[str, list[str]] = {key: [] for key in keys}
    for child, parent in edges:
        links[child].append(parent)
        links[parent].append(child)
    return list(components(keys, lambda key: links[key]))


def _place_part(
    boxes: list[Box],
    edges: Sequence[tuple[str, str]],
    top: float,
    lanes: dict[tuple[str, str], list[Box]],
) -> tuple[float, float]:
    """
    Lay out tables that are tied together, below *top*; add the *lanes* between them.
    """
    columns = _layers(boxes, edges, lanes)
    x = 0.0
    for column in columns:
        width = max(box.width for box, _ in column)
        for box, _ in column:
            box.x = x
            box.width = box.width or width
        x += width + LAYER_GAP
        _spread(column)
    placed = [box for column in columns for box, _ in column]
    highest = min(box.y for box in placed)
    for box in placed:
        box.y += top - highest
    return x - LAYER_GAP, max(box.y + box.height for box in placed)


def _layers(
    boxes: list[Box],
    edges: Sequence[tuple[str, str]],
    lanes: dict[tuple[str, str], list[Box]],
) -> list[list[tuple[Box, float]]]:
    """
    Return the layers, roots first: each box with the height it would like to be at.
    """
    import igraph

    index = {box.key: at for at, box in enumerate(boxes)}
    pairs = sorted({(index[parent], index[child]) for child, parent in edges})
    graph: Any = igraph.Graph(len(boxes), pairs, directed=True)
    placed = graph.layout_sugiyama(hgap=1, vgap=1, maxiter=200)
    layers: dict[int, list[tuple[Box, float]]] = {}
    for box, (across, layer) in zip(boxes, placed.coords, strict=True):
        layers.setdefault(round(layer), []).append((box, across))
    dealt = [(at, column) for at in sorted(layers) for column in _columns(layers[at])]
    _add_lanes(boxes, pairs, placed.edge_routing, dealt, lanes)
    columns = [sorted(column, key=lambda each: each[1]) for _, column in dealt]
    unit = _unit(columns)
    return [[(box, across * unit) for box, across in column] for column in columns]


def _add_lanes(
    boxes: list[Box],
    pairs: Sequence[tuple[int, int]],
    routing: Sequence[Sequence[Sequence[float]]],
    columns: Sequence[tuple[int, list[tuple[Box, float]]]],
    lanes: dict[tuple[str, str], list[Box]],
) -> None:
    """
    Put a lane into each column that edges to one parent pass, where most of them do.

    Args:
        boxes: The boxes.
        pairs: Parent and child of each edge, by place in *boxes*.
        routing: Where igraph leads each edge: across and layer.
        columns: The layer of each column, and its boxes with their places across.
        lanes: Filled.
    """
    place = {box.key: at for at, (_, boxed) in enumerate(columns) for box, _ in boxed}
    across = {box.key: at for _, boxed in columns for box, at in boxed}
    passed: dict[tuple[int, int], list[int]] = {}
    wishes: dict[tuple[int, int], list[float]] = {}
    for (parent, child), points in zip(pairs, routing, strict=True):
        first, last = place[boxes[parent].key], place[boxes[child].key]
        between = list(range(min(first, last) + 1, max(first, last)))
        passed[parent, child] = between[:: 1 if first < last else -1]
        led = {round(layer): at for at, layer in points}
        for column in between:
            wish = led.get(columns[column][0], across[boxes[child].key])
            wishes.setdefault((parent, column), []).append(wish)
    made: dict[tuple[int, int], Box] = {}
    for (parent, column), given in wishes.items():
        lane = made[parent, column] = Box("", 0, 0, gap=_LANE)
        columns[column][1].append((lane, sum(given) / len(given)))
    for (parent, child), between in passed.items():
        if between:
            through = [made[parent, column] for column in reversed(between)]
            lanes[boxes[child].key, boxes[parent].key] = through


def _columns(layer: list[tuple[Box, float]]) -> list[list[tuple[Box, float]]]:
    """
    Deal a layer that is too tall out to several columns, each from top to bottom.
    """
    layer = sorted(layer, key=lambda each: each[1])
    count = math.ceil(_height(layer) / _TALLEST)
    return [layer[start::count] for start in range(count)]


def _unit(columns: list[list[tuple[Box, float]]]) -> float:
    """
    Return how far apart neighbours are: as igraph says, but no wider than they need.
    """
    boxes = [box for column in columns for box, _ in column]
    wishes = [across for column in columns for _, across in column]
    usual = sum(box.height + box.gap for box in boxes) / len(boxes)
    reach = max(wishes) - min(wishes)
    needed = max(_height(column) for column in columns)
    return min(usual, needed / reach) if reach else usual


def _spread(layer: list[tuple[Box, float]]) -> None:
    """
    Give each box the height it likes, or as near as the others let it.
    """
    # Boxes that push each other move as one block around the middle of their wishes.
    blocks: list[tuple[list[tuple[Box, float]], float]] = []
    for each in layer:
        members = [each]
        while blocks and _end(*blocks[-1]) > _start(members):
            members = blocks.pop()[0] + members
        blocks.append((members, _start(members)))
    for members, start in blocks:
        y = start
        for box, _ in members:
            box.y = y
            y += box.height + box.gap


def _end(members: list[tuple[Box, float]], start: float) -> float:
    """
    Return where the next block may begin.
    """
    return start + sum(box.height + box.gap for box, _ in members)


def _height(members: list[tuple[Box, float]]) -> float:
    return sum(box.height + box.gap for box, _ in members) - members[-1][0].gap


def _start(members: list[tuple[Box, float]]) -> float:
    """
    Return where a block begins so that its boxes are near their wishes on average.
    """
    total = offset = 0.0
    for box, wish in members:
        total += wish - box.height / 2 - offset
        offset += box.height + box.gap
    return total / len(members)


def _place_rows(boxes: list[Box], top: float, width: float) -> tuple[float, float]:
    """
    Put boxes without relations in rows.
    """
    x, y, row, right = 0.0, top, 0.0, 0.0
    for box in sorted(boxes, key=lambda box: box.height):
        if x and x + box.width > width:
            x, y, row = 0.0, y + row + GAP, 0.0
        box.x, box.y = x, y
        x += box.width + GAP
        row = max(row, box.height)
        right = max(right, box.x + box.width)
    return right, y + row
