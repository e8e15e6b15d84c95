"""Folded cells: a whole stem, block, stage or head on one card, its shortcuts still in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from resviz.arch.cells import (
    CARD_WIDTH,
    FORK,
    IDENTITY_TEXT,
    LABEL_GAP,
    LANE,
    LINE,
    PLUS,
    SIDE_TEXT,
    THIN,
    Body,
    Box,
    Label,
    LabelRole,
    Lead,
    Rect,
    Route,
    lead_parts,
    shortcut_labels,
)
from resviz.arch.graph import Kind, Layer

HEIGHT = 46.0
#: A stage's card, which says more than a block's.
WIDE = 256.0
#: A folded card's text begins here, right of its pictogram.
TEXT_X = 44.0
#: From the card to the plus below it.
PLUS_GAP = 9.0
_KINDS: tuple[Literal["identity", "projection", "zero-pad"], ...] = ("identity", "projection", "zero-pad")


def folded_body(key: str, layers: Sequence[Layer], lead: Lead, form: str, note: str) -> Body:
    """A folded stem, block, stage or head: one card with a pictogram of its layers, a title and a note."""
    top = -lead.length
    routes, labels = lead_parts(lead, top, 0.0)
    wide = CARD_WIDTH if form == "block" else WIDE
    card = Rect(-wide / 2, 0, wide, HEIGHT)
    parts = tuple(layer.op for layer in layers if layer.on == "trunk" and layer.op != "add")
    boxes = [Box("", form, card, "", parts)]
    labels.append(Label("note", card.x + TEXT_X, card.h / 2 + 9, note, "start", card.w - TEXT_X - 10))
    return Body(key, top, card.h, card, tuple(boxes), tuple(routes), tuple(labels), (), card.x, card.right)


def with_plus(body: Body, kind: Kind, layers: Sequence[Layer]) -> Body:
    """A folded block whose shortcut goes around it to a plus on the trunk."""
    card = body.boxes[0].rect
    plus = Rect(-PLUS / 2, card.bottom + PLUS_GAP, PLUS, PLUS)
    add = next(layer for layer in layers if layer.op == "add")
    lane = card.right + LANE
    start, end = (0.0, -FORK), (plus.right, plus.cy)
    route = Route(kind, (start, (lane, start[1]), (lane, end[1]), end))
    trunk = Route("trunk", ((0.0, card.bottom), (0.0, plus.y)), arrow=False)
    middle = (start[1] + end[1]) / 2
    x = lane + LABEL_GAP
    labels = shortcut_labels(kind, x, middle, layers[0].in_shape, layers[-1].out_shape)
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


def note_of(layers: Sequence[Layer], in_stage: bool) -> str:
    """A folded card's second line: `1×1 · 3×3 · 1×1, 256`, or `conv 7×7 · maxpool 3×3`."""
    trunk = [layer for layer in layers if layer.on == "trunk"]
    if in_stage:
        windows = " · ".join(_window(layer) for layer in trunk if layer.op == "conv")
        return f"{windows}, {trunk[-1].out_shape[0]}"
    names = (f"{layer.op} {_window(layer)}".strip() for layer in trunk if layer.op not in THIN)
    return " · ".join(names)


def _window(layer: Layer) -> str:
    return f"{layer.kernel}×{layer.kernel}" if layer.kernel else ""
