"""Stem and head, open: no card, and the shape between any two groups; and the pills before and after the network."""

from __future__ import annotations

from collections.abc import Sequence

from resviz.arch.graph import Layer
from resviz.arch.layout.captions import THIN, shape_text
from resviz.arch.layout.cells import END_LEAD, LEAD, PILL_HEIGHT, Body, Box, Label, Pill, Rect, rows_of, tile
from resviz.arch.layout.frame import Frame, Lead, union

Row = tuple[Layer, ...]


def ends_body(frame: Frame, key: str, layers: Sequence[Layer], lead: Lead) -> Body:
    """Stem or head as its groups, one after the other."""
    routes, labels = frame.lead_parts(lead, 0.0)
    boxes: list[Box] = []
    along = 0.0
    for rows in _groups(layers):
        if boxes:
            text = shape_text(rows[0][0].in_shape)
            room = END_LEAD if frame.down else frame.shape_room(text) + 8
            more, said = frame.lead_parts(Lead(room, text, 14.0 if frame.down else room / 2), along + room, along)
            routes += more
            labels += said
            along += room
        made = frame.tile(tile(rows, frame.box_width), along)
        along = max(frame.end(box.rect) for box in made)
        boxes += made
    extent = union([frame.span(-lead.length, along, 0, 0), *(box.rect for box in boxes)])
    return Body(key, extent, None, tuple(boxes), tuple(routes), tuple(labels), ())


def _groups(layers: Sequence[Layer]) -> list[list[Row]]:
    """Rows that stand together: norm and activation under what they follow; `flatten` stands alone."""
    groups: list[list[Row]] = []
    for row in rows_of(layers):
        if groups and row[0].op in THIN and row[0].op != "flatten":
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def with_pills(frame: Frame, body: Body, before: str, after: str) -> Body:
    """The body with what goes in written before it, and what comes out after it; either may be empty."""
    pills, routes, extent = list(body.pills), list(body.routes), body.extent
    long = frame.long(frame.box_width, PILL_HEIGHT)
    if before:
        pills.append(Pill(frame.rect(frame.start(extent) - long, 0, frame.box_width, PILL_HEIGHT), before))
    if after:
        end = frame.end(extent)
        routes.append(frame.trunk(end, end + LEAD))
        pills.append(Pill(frame.rect(end + LEAD, 0, frame.box_width, PILL_HEIGHT), after))
    rects: list[Rect] = [pill.rect for pill in pills]
    return body._replace(extent=union([extent, *rects]), routes=tuple(routes), pills=tuple(pills))


def with_heading(frame: Frame, body: Body, text: str) -> Body:
    """The body with the network's name before it."""
    first = body.pills[0].rect
    if not frame.down:
        label = Label("heading", first.x, first.y - 20, text, "start", 320)
        return body._replace(labels=(*body.labels, label))
    label = Label("heading", 0.0, first.y - 20, text, "middle", 320)
    return body._replace(extent=body.extent.united(first.moved(0, -34)), labels=(*body.labels, label))
