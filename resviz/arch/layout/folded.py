"""Folded cells: a whole stem, block, stage or head on one card, its shortcuts still in sight."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Literal

from resviz.arch.graph import Kind, Layer
from resviz.arch.layout.blocks import Way, shortcut_labels
from resviz.arch.layout.cells import (
    FORK,
    IDENTITY_TEXT,
    LABEL_GAP,
    LANE,
    LINE,
    PLUS,
    SIDE_TEXT,
    Body,
    Box,
    Label,
    LabelRole,
    Lead,
    Rect,
    Route,
    lead_parts,
)

WIDTH, HEIGHT = 256.0, 46.0
#: A folded card's text begins here, right of its pictogram.
TEXT_X = 44.0
#: From the card to the plus below it.
PLUS_GAP = 9.0
_KINDS: tuple[Literal["identity", "projection", "zero-pad"], ...] = ("identity", "projection", "zero-pad")


def folded_body(key: str, layers: Sequence[Layer], lead: Lead, form: str, note: str) -> Body:
    """A folded stem, block, stage or head: one card with a pictogram of its layers, a title and a note."""
    top = -lead.length
    routes, labels = lead_parts(lead, top, 0.0)
    card = Rect(-WIDTH / 2, 0, WIDTH, HEIGHT)
    boxes = [Box("", form, card, "", parts_of(layers))]
    labels.append(Label("note", card.x + TEXT_X, card.h / 2 + 9, note, "start", card.w - TEXT_X - 8))
    return Body(key, top, card.h, card, tuple(boxes), tuple(routes), tuple(labels), (), card.x, card.right)


def parts_of(layers: Sequence[Layer]) -> tuple[str, ...]:
    """The operators of a card's pictogram. A stage has too many; its first block's will do."""
    first = layers[0].block
    members = (layer for layer in layers if layer.on == "trunk" and layer.op != "add")
    return tuple(layer.op for layer in takewhile(lambda layer: layer.block == first, members))


def with_plus(body: Body, way: Way, layers: Sequence[Layer]) -> Body:
    """A folded block whose shortcut goes around it to a plus on the trunk, or out of it where it starts inside."""
    card, kind = body.boxes[0].rect, way.kind
    plus = Rect(-PLUS / 2, card.bottom + PLUS_GAP, PLUS, PLUS)
    add = next(layer for layer in layers if layer.op == "add")
    lane = card.right + LANE
    start, end = (card.right, card.cy) if way.source else (0.0, -FORK), (plus.right, plus.cy)
    route = Route(kind, (start, (lane, start[1]), (lane, end[1]), end))
    trunk = Route("trunk", ((0.0, card.bottom), (0.0, plus.y)), arrow=False)
    x = lane + LABEL_GAP
    labels = shortcut_labels(kind, x, (start[1] + end[1]) / 2, layers[0].in_shape, layers[-1].out_shape)
    return body._replace(
        height=plus.bottom,
        boxes=(*body.boxes, Box(add.name, "add", plus, "+")),
        routes=(*body.routes, trunk, route),
        labels=(*body.labels, *labels),
        right=x + (IDENTITY_TEXT if kind == "identity" else SIDE_TEXT),
    )


def with_bundle(body: Body, kinds: Sequence[Kind]) -> Body:
    """A folded stage with its shortcuts as one bundle on the side; dashed if that holds a projection."""
    card = body.boxes[0].rect
    kind: Kind = "projection" if "projection" in kinds else "zero-pad" if "zero-pad" in kinds else "identity"
    lane = card.right + LANE
    routes = [
        Route(kind, ((card.right, high), (x, high), (x, card.h - high), (card.right, card.h - high)), True)
        for x, high in ((lane, 10.0), (lane - 8, 17.0))
    ]
    x = lane + LABEL_GAP
    held: list[LabelRole] = [one for one in _KINDS if one in kinds]
    first = card.cy - LINE * (len(held) - 1) / 2
    labels = [
        Label(role, x, first + LINE * i, f"{kinds.count(role)} {role}" + "," * (i + 1 < len(held)), "start", 110)
        for i, role in enumerate(held)
    ]
    return body._replace(routes=(*body.routes, *routes), labels=(*body.labels, *labels), right=x + 96)
