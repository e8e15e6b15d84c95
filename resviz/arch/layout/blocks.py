"""A block as a cell: its layers on a card, and its shortcut beside that, from where it truly starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resviz.arch.graph import Kind, Layer, Network
from resviz.arch.layout.captions import THIN, shortcut_lines, side_text
from resviz.arch.layout.cells import (
    CARD_WIDTH,
    FORK,
    FORK_GAP,
    GROUP_GAP,
    IDENTITY_TEXT,
    LABEL_GAP,
    LANE,
    LINE,
    PAD,
    ROW_GAP,
    SIDE_GAP,
    SIDE_HEIGHT,
    SIDE_TEXT,
    SIDE_THIN,
    SIDE_WIDTH,
    Body,
    Box,
    Label,
    LabelRole,
    Lead,
    Rect,
    Route,
    lead_parts,
    row_boxes,
    rows_of,
)
from resviz.arch.ops import Shape


class Way(NamedTuple):
    """A block's shortcut: its kind, and the layer of the block whose output it takes; empty for the block's input."""

    kind: Kind
    source: str = ""


def ways(net: Network) -> dict[str, Way]:
    """Block -> its shortcut, and where inside the block that starts; the first edge on its path tells."""
    sources: dict[str, str] = {}
    for edge in net.edges:
        if edge.kind != "trunk":
            stage, index, _ = edge.target.split(".", 2)
            sources.setdefault(f"{stage}.{index}", edge.source)
    return {block: Way(kind, _inside(block, sources[block])) for block, kind in net.shortcuts}


def _inside(block: str, source: str) -> str:
    """The name of a layer in its own block; empty for one that is elsewhere."""
    return source[len(block) + 1 :] if source.startswith(block + ".") else ""


def block_body(key: str, layers: Sequence[Layer], lead: Lead, way: Way | None) -> Body:
    """A block on its card, with its shortcut beside it; `way` is None in a plain network."""
    trunk = _trunk([layer for layer in layers if layer.on == "trunk"], way.source if way else "")
    routes, labels = lead_parts(lead, -lead.length, PAD)
    routes += trunk.routes
    boxes = trunk.boxes
    height = boxes[-1].rect.bottom + PAD
    routes.append(Route("trunk", ((0.0, height - PAD), (0.0, height)), arrow=False))
    card = Rect(-CARD_WIDTH / 2, 0, CARD_WIDTH, height)
    right = card.right
    if way is not None:
        plus = next(box.rect for box in boxes if box.op == "add")
        side = _side(way.kind, layers, card.right, trunk.fork, plus)
        routes += side.routes
        labels += side.labels
        boxes += side.boxes
        right = side.right
    return Body(key, -lead.length, height, card, tuple(boxes), tuple(routes), tuple(labels), (), card.x, right)


class _Trunk(NamedTuple):
    """What stands on a card, and the height at which the shortcut leaves it."""

    boxes: list[Box]
    routes: list[Route]
    fork: float


def _trunk(layers: Sequence[Layer], source: str) -> _Trunk:
    boxes: list[Box] = []
    routes: list[Route] = []
    fork, y = -FORK, PAD
    norm_first = layers[0].op != "conv"
    for row in rows_of(layers):
        if boxes:
            forks = boxes[-1].name == source
            gap = FORK_GAP if forks else GROUP_GAP if _apart(boxes[-1].op, row[0].op, norm_first) else ROW_GAP
            if gap > ROW_GAP:
                routes.append(Route("trunk", ((0.0, y), (0.0, y + gap)), arrow=False))
            fork = y + gap / 2 if forks else fork
            y += gap
        boxes += row_boxes(row, y)
        y = boxes[-1].rect.bottom
    return _Trunk(boxes, routes, fork)


def _apart(before: str, after: str, norm_first: bool) -> bool:
    """Whether a new group starts: a convolution with its norm and activation, above it where they come first.

    Whatever else there is, such as a pool or the plus, stands alone.
    """
    if after in THIN:
        return norm_first or before == "add"
    return not (norm_first and before in THIN and after == "conv")


class _Side(NamedTuple):
    """What stands beside a card."""

    boxes: list[Box]
    routes: list[Route]
    labels: list[Label]
    right: float


def _side(kind: Kind, layers: Sequence[Layer], edge: float, fork: float, plus: Rect) -> _Side:
    """The shortcut from the trunk at height `fork` past a card whose right edge is at `edge`, to the plus."""
    shape = layers[0].in_shape, layers[-1].out_shape
    start, end = (0.0, fork), (plus.right, plus.cy)
    middle = (start[1] + end[1]) / 2
    if kind == "identity":
        lane = edge + LANE
        routes = [Route(kind, (start, (lane, start[1]), (lane, end[1]), end))]
        labels = shortcut_labels(kind, lane + LABEL_GAP, middle, *shape)
        return _Side([], routes, labels, lane + LABEL_GAP + IDENTITY_TEXT)
    boxes = _side_boxes([layer for layer in layers if layer.on == "shortcut"], edge + SIDE_GAP, middle)
    lane, top, bottom = boxes[0].rect.cx, boxes[0].rect.y, boxes[-1].rect.bottom
    routes = [
        Route(kind, (start, (lane, start[1]), (lane, top)), arrow=False),
        Route(kind, ((lane, bottom), (lane, end[1]), end)),
    ]
    x = boxes[0].rect.right + LABEL_GAP
    return _Side(boxes, routes, shortcut_labels(kind, x, middle, *shape), x + SIDE_TEXT)


def _side_boxes(layers: Sequence[Layer], x: float, middle: float) -> list[Box]:
    """The layers on a shortcut: a projection's pool, convolution and bn, or a zero-pad's `pad`."""
    heights = [SIDE_THIN if layer.op in THIN else SIDE_HEIGHT for layer in layers]
    y = middle - (sum(heights) + ROW_GAP * (len(layers) - 1)) / 2
    boxes = []
    for layer, height in zip(layers, heights, strict=True):
        width = SIDE_WIDTH / 2 if layer.op == "pad" else SIDE_WIDTH
        boxes.append(Box(layer.name, layer.op, Rect(x, y, width, height), side_text(layer)))
        y += height + ROW_GAP
    return boxes


def shortcut_labels(kind: Kind, x: float, y: float, before: Shape, after: Shape) -> list[Label]:
    """The lines of text beside a shortcut, their middle at height `y`."""
    lines = shortcut_lines(kind, before, after)
    first = y - LINE * (len(lines) - 1) / 2
    roles: tuple[LabelRole, ...] = (_label_role(kind), "note", "note")
    return [Label(roles[i], x, first + LINE * i, text, "start", SIDE_TEXT) for i, text in enumerate(lines)]


def _label_role(kind: Kind) -> LabelRole:
    return "note" if kind == "trunk" else kind
