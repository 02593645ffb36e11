"""
Where the boxes of a diagram go: layers from left to right, parents on the left.

Layers and the order within them come from igraph (Sugiyama's method); boxes are then
moved so that none overlap. Parts that are not tied together stand one below the other.
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


@dataclass(slots=True)
class Box:
    """
    A table's place in the picture.
    """

    key: str
    width: float
    height: float
    x: float = 0
    y: float = 0


def place(
    boxes: Mapping[str, Box], edges: Sequence[tuple[str, str]]
) -> tuple[float, float]:
    """
    Set the places of *boxes*; *edges* lead from child to parent.

    Returns:
        Width and height of the whole.
    """
    parts = _parts(list(boxes), edges)
    large = [part for part in parts if len(part) > 1]
    alone = [part[0] for part in parts if len(part) == 1]
    top = width = 0.0
    for part in sorted(large, key=len, reverse=True):
        inside = [edge for edge in edges if edge[0] in part and edge[0] != edge[1]]
        right, bottom = _place_part([boxes[key] for key in part], inside, top)
        width, top = max(width, right), bottom + GAP
    right, bottom = _place_rows([boxes[key] for key in alone], top, max(width, _WIDTH))
    return max(width, right), max(bottom, top - GAP)


def _parts(keys: list[str], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    links: dict[str, list[str]] = {key: [] for key in keys}
    for child, parent in edges:
        links[child].append(parent)
        links[parent].append(child)
    return list(components(keys, lambda key: links[key]))


def _place_part(
    boxes: list[Box], edges: Sequence[tuple[str, str]], top: float
) -> tuple[float, float]:
    """
    Lay out tables that are tied together, below *top*.
    """
    layers = _layers(boxes, edges)
    x = 0.0
    bottom = top
    for layer in layers:
        for box, _ in layer:
            box.x = x
        x += max(box.width for box, _ in layer) + LAYER_GAP
        _spread(layer)
    highest = min(box.y for box in boxes)
    for box in boxes:
        box.y += top - highest
        bottom = max(bottom, box.y + box.height)
    return x - LAYER_GAP, bottom


def _layers(
    boxes: list[Box], edges: Sequence[tuple[str, str]]
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
    for box, (across, layer) in zip(boxes, placed.coords, strict=False):
        layers.setdefault(round(layer), []).append((box, across))
    ordered = [sorted(layers[at], key=lambda each: each[1]) for at in sorted(layers)]
    columns = [column for layer in ordered for column in _columns(layer)]
    unit = _unit(columns)
    return [[(box, across * unit) for box, across in column] for column in columns]


def _columns(layer: list[tuple[Box, float]]) -> list[list[tuple[Box, float]]]:
    """
    Deal a layer that is too tall out to several columns, each from top to bottom.
    """
    count = math.ceil(_height(layer) / _TALLEST)
    return [layer[start::count] for start in range(count)]


def _unit(columns: list[list[tuple[Box, float]]]) -> float:
    """
    Return how far apart neighbours are: as igraph says, but no wider than they need.
    """
    boxes = [box for column in columns for box, _ in column]
    wishes = [across for column in columns for _, across in column]
    usual = sum(box.height for box in boxes) / len(boxes) + GAP
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
        while blocks and blocks[-1][1] + _height(blocks[-1][0]) + GAP > _start(members):
            members = blocks.pop()[0] + members
        blocks.append((members, _start(members)))
    for members, start in blocks:
        y = start
        for box, _ in members:
            box.y = y
            y += box.height + GAP


def _height(members: list[tuple[Box, float]]) -> float:
    return sum(box.height + GAP for box, _ in members) - GAP


def _start(members: list[tuple[Box, float]]) -> float:
    """
    Return where a block begins so that its boxes are near their wishes on average.
    """
    total = offset = 0.0
    for box, wish in members:
        total += wish - box.height / 2 - offset
        offset += box.height + GAP
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
