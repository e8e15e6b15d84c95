"""Layout to primitives: what a cell, a band, a whole network look like."""

from __future__ import annotations

from collections.abc import Iterator

from resviz.arch.layout.cells import Body, Box, Label, Pill, Point, Route
from resviz.arch.layout.stack import BAND_LEFT, CAPTION_X, Band, Cell, Layout
from resviz.arch.presets import title_of
from resviz.arch.spec import WORDS
from resviz.drawing.primitives import Area, Curve, Group, Picture, Primitive, Shape, Style, Text, middle
from resviz.drawing.text import fitting

#: Operator -> role of its colour where that is not its own name; colour -> role of the text on it.
FILLS = {
    **dict.fromkeys(("maxpool", "avgpool", "blur", "flatten"), "pool"),
    **dict.fromkeys(WORDS["activation"], "relu"),
    **dict.fromkeys(("se", "eca"), "attention"),
    "gn": "bn",
}
INKS = {
    **dict.fromkeys(("conv", "attention", "pad"), "on_conv"),
    **{role: f"on_{role}" for role in ("bn", "relu", "add")},
}
STYLES: dict[str, Style] = {"projection": "dash", "zero-pad": "dashdot"}
ROLES = {"zero-pad": "zero_pad", "trunk": "trunk"}

#: Least scales at which boxes and lines are worth their ink.
BOX_DETAIL = 0.05
LINE_DETAIL = 0.16
CAPTION, BODY, TITLE = 11.0, 12.0, 15.0
#: How far a corner reaches along its horizontal and its vertical part; half of either part at most.
CORNER_X, CORNER_Y = 34.0, 26.0
#: A cubic that follows a quarter of an ellipse.
_KAPPA = 0.5523
_ARROW_LONG, _ARROW_WIDE = 8.0, 4.2


def fill_of(op: str) -> str:
    """Colour role of an operator."""
    return FILLS.get(op, op)


def ink_of(op: str) -> str:
    """Colour role of the text on it."""
    return INKS.get(fill_of(op), "on_vivid")


def body_parts(body: Body) -> tuple[Primitive, ...]:
    """The picture of a cell at its origin."""
    return tuple(_body(body))


def _body(body: Body) -> Iterator[Primitive]:
    if body.card is not None and not body.boxes[0].parts:
        yield Area(body.card, "card", "line", 10)
    for route in body.routes:
        yield from route_parts(route)
    for box in body.boxes:
        yield from box_parts(box)
    for pill in body.pills:
        yield from _pill(pill)
    for label in body.labels:
        yield label_part(label)


def box_parts(box: Box) -> Iterator[Primitive]:
    """A layer's box, the round plus of an add, or a folded card."""
    if box.op == "add":
        yield from _plus(box)
    elif box.parts:
        yield from _pictogram(box)
    else:
        rect = box.rect
        thin = rect.h < 20
        px = fitting(box.text, CAPTION if thin or rect.w < 120 else BODY, False, rect.w - 8)
        yield Area(rect, fill_of(box.op), None, 4 if thin else 6, 1, BOX_DETAIL)
        yield Text(rect.cx, middle(rect.cy, px), box.text, ink_of(box.op), px, False, "middle", rect.w - 8)


def _plus(box: Box) -> Iterator[Primitive]:
    rect, arm = box.rect, 4.5
    yield Area(rect, "add", None, rect.w / 2, 1, BOX_DETAIL)
    for dx, dy in ((arm, 0.0), (0.0, arm)):
        end = ((rect.cx + dx, rect.cy + dy),)
        yield Curve((rect.cx - dx, rect.cy - dy), (end,), "on_add", 2.0, "solid", 5 * BOX_DETAIL)


def _pictogram(box: Box) -> Iterator[Primitive]:
    """A folded card shows its layers as a small stack of their colours."""
    rect = box.rect
    yield Area(rect, "card", "line", 10)
    pitch = min((rect.h - 12) / len(box.parts), 8.5)
    top = rect.cy - pitch * len(box.parts) / 2
    for i, op in enumerate(box.parts):
        bar = rect._replace(x=rect.x + 14, y=top + (i + 0.14) * pitch, w=18, h=pitch * 0.72)
        yield Area(bar, fill_of(op), None, min(1.5, bar.h / 2), 1, 4 * BOX_DETAIL)


def _pill(pill: Pill) -> Iterator[Primitive]:
    rect = pill.rect
    yield Area(rect, "control", "line", rect.h / 2, 1)
    yield Text(rect.cx, middle(rect.cy, BODY), pill.text, "text", BODY, False, "middle", rect.w - 20)


def route_parts(route: Route) -> Iterator[Primitive]:
    """A line with soft corners and its arrow."""
    role = ROLES.get(route.kind, route.kind)
    points, width = route.points, 1.6 if route.kind == "trunk" else 1.8
    tip = points[-1]
    if route.arrow:
        points = (*points[:-1], _before(tip, points[-2], _ARROW_LONG - 1))
    style = STYLES.get(route.kind, "solid")
    detail = 0.02 if route.kind == "trunk" else LINE_DETAIL / 2
    yield Curve(points[0], rounded(points), role, width, style, detail)
    if route.arrow:
        yield _arrow(tip, route.points[-2], role)


def rounded(points: tuple[Point, ...]) -> tuple[tuple[Point, ...], ...]:
    """Steps of a curve along a polyline whose corners are quarter ellipses."""
    steps: list[tuple[Point, ...]] = []
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        a = _toward(corner, before)
        b = _toward(corner, after)
        steps += [(a,), (_mix(a, corner, _KAPPA), _mix(b, corner, _KAPPA), b)]
    return (*steps, (points[-1],))


def _toward(corner: Point, other: Point) -> Point:
    """A point from the corner towards a neighbour, at most half way."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    dx = max(-CORNER_X, min(CORNER_X, dx / 2))
    dy = max(-CORNER_Y, min(CORNER_Y, dy / 2))
    return corner[0] + dx, corner[1] + dy


def _mix(a: Point, b: Point, part: float) -> Point:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def _before(tip: Point, source: Point, distance: float) -> Point:
    """The point of an axis-parallel segment that lies `distance` before its end."""
    dx, dy = source[0] - tip[0], source[1] - tip[1]
    length = abs(dx) + abs(dy) or 1.0
    return tip[0] + dx / length * distance, tip[1] + dy / length * distance


def _arrow(tip: Point, source: Point, role: str) -> Shape:
    base = _before(tip, source, _ARROW_LONG)
    across = (base[1] - tip[1]) / _ARROW_LONG * _ARROW_WIDE, (base[0] - tip[0]) / _ARROW_LONG * _ARROW_WIDE
    left = base[0] + across[0], base[1] + across[1]
    right = base[0] - across[0], base[1] - across[1]
    return Shape((tip, left, right), role, LINE_DETAIL)


def label_part(label: Label) -> Text:
    """A label in the colour and weight of its role."""
    role = {"title": "text", "zero-pad": "zero_pad", "projection": "projection"}.get(label.role, "muted")
    bold = label.role in ("title", "projection", "zero-pad")
    px = fitting(label.text, BODY if label.role in ("title", "block") else CAPTION, bold, label.width)
    return Text(label.x, middle(label.y, px), label.text, role, px, bold, label.anchor, label.width)


def band_parts(band: Band) -> tuple[Primitive, ...]:
    """A stage's band and its lines, at the band's own place."""
    x, y = band.rect.x + CAPTION_X, band.rect.y
    title, *notes = band.lines
    room = BAND_LEFT - CAPTION_X + 6
    return (
        Area(band.rect, "band", None, 12),
        Text(x, y + 28, title, "text", TITLE, True, "start", room),
        *(Text(x, y + 47 + 16 * i, note, "muted", CAPTION, False, "start", room) for i, note in enumerate(notes)),
    )


def cell_parts(cell: Cell) -> tuple[Primitive, ...]:
    """What is a cell's own: its name."""
    return (label_part(cell.label),) if cell.label else ()


def groups_of(plan: Layout) -> Iterator[Group]:
    """Bands, then cells; bodies with equal keys are made once."""
    made: dict[str, tuple[Primitive, ...]] = {}
    for band in plan.bands:
        yield Group(f"band-{band.id}", f"band {band}", 0, 0, band_parts(band))
    for cell in plan.cells:
        parts = made.get(cell.body.key)
        if parts is None:
            parts = made[cell.body.key] = body_parts(cell.body)
        yield Group(cell.id, cell.body.key, 0, cell.y, parts)
        if cell.label:
            yield Group(f"name-{cell.id}", f"name {cell.label}", 0, cell.y, cell_parts(cell))


def picture(plan: Layout) -> Picture:
    """The drawing of a network, and nothing around it."""
    return Picture(title_of(plan.spec), plan.bounds, tuple(groups_of(plan)))
