"""Folded cells: a whole stem, block, stage or head on one card, its shortcuts still in sight."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Literal

from resviz.arch.graph import Kind, Layer
from resviz.arch.layout.blocks import Way, lane_route, shortcut_labels
from resviz.arch.layout.cells import FORK, LANE, PLUS, Body, Box, Label, LabelRole, Route
from resviz.arch.layout.frame import Frame, Lead, union

WIDTH, HEIGHT = 256.0, 46.0
#: A folded card's text begins here, right of its pictogram.
TEXT_X = 44.0
#: From the card to the plus after it.
PLUS_GAP = 9.0
#: Room for a bundle's words.
_BUNDLE_TEXT = 96.0
_KINDS: tuple[Literal["identity", "projection", "zero-pad"], ...] = ("identity", "projection", "zero-pad")


def folded_body(
    frame: Frame, key: str, layers: Sequence[Layer], lead: Lead, form: str, note: str, count: int = 1
) -> Body:
    """A folded stem, block, stage or head: one card with a pictogram of its layers, a title and a note."""
    routes, labels = frame.lead_parts(lead, 0.0)
    card = frame.rect(0, 0, WIDTH, HEIGHT)
    boxes = [Box("", form, card, "", parts_of(layers))]
    room = card.w - TEXT_X - 8
    if count > 1:
        labels.append(Label("title", card.right - 12, card.cy, f"× {count}", "end", 60))
        room -= 56
    labels.append(Label("note", card.x + TEXT_X, card.cy + 9, note, "start", room))
    extent = union([card, frame.span(-lead.length, 0, 0, 0)])
    return Body(key, extent, card, tuple(boxes), tuple(routes), tuple(labels), (), count)


def parts_of(layers: Sequence[Layer]) -> tuple[str, ...]:
    """The operators of a card's pictogram. A stage has too many; its first block's will do."""
    first = layers[0].block
    members = (layer for layer in layers if layer.on == "trunk" and layer.op != "add")
    return tuple(layer.op for layer in takewhile(lambda layer: layer.block == first, members))


def with_plus(frame: Frame, body: Body, way: Way, layers: Sequence[Layer]) -> Body:
    """A folded block whose shortcut goes around it to a plus on the trunk, or out of it where it starts inside."""
    card, kind = body.boxes[0].rect, way.kind
    end = frame.end(card)
    plus = frame.rect(end + PLUS_GAP, 0, PLUS, PLUS)
    add = next(layer for layer in layers if layer.op == "add")
    lane = frame.high(card) + LANE
    fork = frame.middle(card) if way.source else -FORK
    route = lane_route(frame, kind, fork, lane, plus)
    if way.source:
        route = route._replace(points=(frame.at(fork, frame.high(card)), *route.points[1:]))
    trunk = frame.trunk(end, end + PLUS_GAP, arrow=False)
    middle = (fork + frame.middle(plus)) / 2
    shapes = layers[0].in_shape, layers[-1].out_shape
    labels, reach = shortcut_labels(frame, kind, lane, middle, *shapes, body.times)
    return body._replace(
        extent=union([body.extent, plus, frame.span(0, end, 0, reach)]),
        boxes=(*body.boxes, Box(add.name, "add", plus, "+")),
        routes=(*body.routes, trunk, route),
        labels=(*body.labels, *labels),
    )


def with_bundle(frame: Frame, body: Body, kinds: Sequence[Kind]) -> Body:
    """A folded stage with its shortcuts as one bundle on the side: its rarest kind outside, identities inside."""
    card = body.boxes[0].rect
    kind: Kind = "projection" if "projection" in kinds else "zero-pad" if "zero-pad" in kinds else "identity"
    edge, length = frame.high(card), frame.end(card)
    lane = edge + LANE
    inset = (10.0, 17.0) if frame.down else (24.0, 34.0)
    inner: Kind = "identity" if "identity" in kinds else kind
    routes = [
        Route(way, (frame.at(a, edge), frame.at(a, far), frame.at(length - a, far), frame.at(length - a, edge)), True)
        for way, far, a in ((kind, lane, inset[0]), (inner, lane - 8, inset[1]))
    ]
    held: list[LabelRole] = [one for one in _KINDS if one in kinds]
    lines: list[tuple[LabelRole, str]] = [
        (role, f"{kinds.count(role)} {role}" + "," * (i + 1 < len(held))) for i, role in enumerate(held)
    ]
    labels, reach = frame.beside(lines, frame.middle(card), lane, _BUNDLE_TEXT)
    return body._replace(
        extent=union([body.extent, frame.span(0, length, 0, reach)]),
        routes=(*body.routes, *routes),
        labels=(*body.labels, *labels),
    )
