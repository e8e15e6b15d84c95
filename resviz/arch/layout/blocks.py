"""A block as a cell: its layers on a card, and its shortcut beside that, from where it truly starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resviz.arch.graph import Kind, Layer, Network
from resviz.arch.layout.captions import THIN, shortcut_lines, side_text
from resviz.arch.layout.cells import (
    FORK,
    FORK_GAP,
    GROUP_GAP,
    IDENTITY_TEXT,
    LANE,
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
    Rect,
    Route,
    Tile,
    rows_of,
    tile,
)
from resviz.arch.layout.frame import Frame, Lead, union
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


def block_body(frame: Frame, key: str, layers: Sequence[Layer], lead: Lead, way: Way | None, count: int = 1) -> Body:
    """A block on its card, with its shortcut beside it; `way` is None in a plain network."""
    trunk = _trunk(frame, [layer for layer in layers if layer.on == "trunk"], way.source if way else "")
    routes, labels = frame.lead_parts(lead, PAD)
    routes += trunk.routes
    boxes = trunk.boxes
    length = trunk.end + PAD
    routes.append(frame.trunk(trunk.end, length, arrow=False))
    card = frame.card(length, boxes)
    extent = frame.span(-lead.length, length, frame.low(card), frame.high(card))
    if way is not None:
        plus = next(box.rect for box in boxes if box.op == "add")
        side = _side(frame, way.kind, layers, frame.high(card), trunk.fork, plus, count)
        routes += side.routes
        labels += side.labels
        boxes = [*boxes, *side.boxes]
        extent = union([extent, frame.span(0, length, 0, side.reach)])
    return Body(key, extent, card, tuple(boxes), tuple(routes), tuple(labels), (), count)


class _Trunk(NamedTuple):
    """What stands on a card, where it ends, and where the shortcut leaves it."""

    boxes: list[Box]
    routes: list[Route]
    end: float
    fork: float


def _trunk(frame: Frame, layers: Sequence[Layer], source: str) -> _Trunk:
    boxes: list[Box] = []
    routes: list[Route] = []
    fork, along = -FORK, PAD
    for rows in _groups(layers, source):
        if boxes:
            forks = boxes[-1].name == source
            gap = FORK_GAP if forks else GROUP_GAP
            routes.append(frame.trunk(along, along + gap, arrow=False))
            fork = along + gap / 2 if forks else fork
            along += gap
        made = frame.tile(tile(rows, frame.box_width), along)
        along = max(frame.end(box.rect) for box in made)
        boxes += made
    return _Trunk(boxes, routes, along, fork)


def _groups(layers: Sequence[Layer], source: str) -> list[list[tuple[Layer, ...]]]:
    """A convolution with its norm and activation, above it where they come first; all else stands alone.

    A shortcut that starts between two rows of a group parts it.
    """
    norm_first = layers[0].op != "conv"
    groups: list[list[tuple[Layer, ...]]] = []
    for row in rows_of(layers):
        before = groups[-1][-1][-1] if groups else None
        if before and before.name != source and not _apart(before.op, row[0].op, norm_first):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _apart(before: str, after: str, norm_first: bool) -> bool:
    """Whether a new group starts."""
    if after in THIN:
        return norm_first or before == "add"
    return not (norm_first and before in THIN and after == "conv")


class _Side(NamedTuple):
    """What stands beside a card, and how far across it reaches."""

    boxes: list[Box]
    routes: list[Route]
    labels: list[Label]
    reach: float


def _side(frame: Frame, kind: Kind, layers: Sequence[Layer], edge: float, fork: float, plus: Rect, count: int) -> _Side:
    """The shortcut from the trunk at `fork` past a card whose edge is at `edge`, to the plus."""
    shape = layers[0].in_shape, layers[-1].out_shape
    middle = (fork + frame.middle(plus)) / 2
    if kind == "identity":
        lane = edge + LANE
        labels, reach = shortcut_labels(frame, kind, lane, middle, *shape, count)
        return _Side([], [lane_route(frame, kind, fork, lane, plus)], labels, reach)
    stood = _side_tile([layer for layer in layers if layer.on == "shortcut"])
    boxes, lane = _side_boxes(frame, stood, edge + SIDE_GAP, middle)
    around = union([box.rect for box in boxes])
    start, end = frame.start(around), frame.end(around)
    routes = [
        Route(kind, (frame.at(fork), frame.at(fork, lane), frame.at(start, lane)), arrow=False),
        Route(kind, (frame.at(end, lane), frame.at(frame.middle(plus), lane), _into(frame, plus))),
    ]
    labels, reach = shortcut_labels(frame, kind, frame.high(around), middle, *shape, count)
    return _Side(boxes, routes, labels, reach)


def lane_route(frame: Frame, kind: Kind, fork: float, lane: float, plus: Rect) -> Route:
    """Out from the trunk, along a lane, and into a plus."""
    end = frame.middle(plus)
    return Route(kind, (frame.at(fork), frame.at(fork, lane), frame.at(end, lane), _into(frame, plus)))


def _into(frame: Frame, plus: Rect) -> tuple[float, float]:
    """Where a shortcut's arrow ends."""
    return frame.at(frame.middle(plus), frame.high(plus))


def _side_tile(layers: Sequence[Layer]) -> Tile:
    """The layers on a shortcut under each other: a projection's pool, convolution and norm, or a zero-pad's `pad`."""
    boxes: list[Box] = []
    y = 0.0
    for layer in layers:
        height = SIDE_THIN if layer.op in THIN else SIDE_HEIGHT
        width = SIDE_WIDTH / 2 if layer.op == "pad" else SIDE_WIDTH
        boxes.append(Box(layer.name, layer.op, Rect(0, y, width, height), side_text(layer)))
        y += height + ROW_GAP
    return Tile(tuple(boxes), boxes[0].rect.w, y - ROW_GAP, (y - ROW_GAP) / 2)


def _side_boxes(frame: Frame, stood: Tile, edge: float, middle: float) -> tuple[list[Box], float]:
    """A tile beside the card with its middle at `middle`, and the lane that goes through it."""
    if frame.down:
        return stood.at(edge, middle - stood.h / 2), edge + stood.w / 2
    return stood.at(middle - stood.w / 2, -edge - stood.h), edge + stood.h / 2


def shortcut_labels(
    frame: Frame, kind: Kind, edge: float, middle: float, before: Shape, after: Shape, count: int = 1
) -> tuple[list[Label], float]:
    """The lines of text beside a shortcut, and how far across they reach."""
    lines = shortcut_lines(kind, before, after)
    first: LabelRole = "note" if kind == "trunk" else kind
    if count > 1:
        lines[0] = f"{count} {kind}"
    room = IDENTITY_TEXT if kind == "identity" and count == 1 else SIDE_TEXT
    said: list[tuple[LabelRole, str]] = [(first if i == 0 else "note", line) for i, line in enumerate(lines)]
    return frame.beside(said, middle, edge, room)
