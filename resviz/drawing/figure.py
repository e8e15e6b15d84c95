"""Layout to primitives: what a cell, a band, a whole network look like."""

from __future__ import annotations

from collections.abc import Iterator

from resviz.arch.costs import Metric
from resviz.arch.layout.cells import Body, Box, Label, Pill, Point, Route
from resviz.arch.layout.stack import CAPTION_X, Band, Cell, Layout
from resviz.arch.presets import title_of
from resviz.arch.spec import WORDS
from resviz.drawing.heat import NOTHING, Shades, Tint
from resviz.drawing.marks import cell_marks
from resviz.drawing.primitives import Area, Curve, Group, Picture, Primitive, Shape, Style, Text, middle
from resviz.drawing.text import LEAST_PX, fitting, width

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


def body_parts(body: Body, bare: bool = False) -> tuple[Primitive, ...]:
    """The picture of a cell at its origin; `bare` is without what its cost colours."""
    return tuple(_body(body, bare))


def _body(body: Body, bare: bool) -> Iterator[Primitive]:
    if body.card is not None:
        for by in (8.0, 4.0) if body.times > 1 else ():  # more of the same behind it
            yield Area(body.card.moved(by, by), "card", "line", 10)
        if not body.boxes[0].parts:
            yield Area(body.card, "card", "line", 10)
    for route in body.routes:
        yield from route_parts(route)
    for box in body.boxes if not bare else ():
        yield from box_parts(box)
    for pill in body.pills:
        yield from _pill(pill)
    for label in body.labels:
        if not (bare and _on_card(body, label)):
            yield label_part(label)


def _on_card(body: Body, label: Label) -> bool:
    """Whether a label stands on a folded card."""
    box = body.boxes[0]
    return bool(box.parts) and box.rect.holds(label.x, label.y)


def heat_parts(plan: Layout, cell: Cell, shades: Shades) -> Iterator[Primitive]:
    """What cost colours of a cell: its boxes, each with its value."""
    for box in cell.body.boxes:
        tint = shades.tint(plan, cell, box)
        if box.parts:
            yield from _hot_card(cell, box, tint, shades.metric)
        elif box.op == "add":
            yield from _plus(box, tint.fill, tint.ink)
        else:
            yield from _layer_box(box, _named_value(box, tint), tint.fill, tint.ink)


def _named_value(box: Box, tint: Tint) -> str:
    """What a layer's box says: its name and what it costs."""
    room = box.rect.w - 8
    name = box.name if width(f"{box.name} · {tint.text}", CAPTION) <= room else box.op
    return f"{name} · {tint.text}" if width(f"{name} · {tint.text}", LEAST_PX) <= room else tint.text


def _hot_card(cell: Cell, box: Box, tint: Tint, metric: Metric) -> Iterator[Primitive]:
    """A folded card in the colour of all it holds."""
    rect = box.rect
    yield Area(rect, tint.fill, "line", 10)
    said = f"{tint.text} {metric.noun}" if not metric.unit else tint.text
    lines = [cell.label] if cell.label else []
    lines += [label for label in cell.body.labels if _on_card(cell.body, label)]
    for label in lines:
        part = label_part(label._replace(text=said) if label.role == "note" else label)
        shift = 0.0 if label.anchor == "end" else 24.0  # there is no pictogram
        yield part._replace(x=part.x - shift, role=tint.ink)


def box_parts(box: Box) -> Iterator[Primitive]:
    """A layer's box, the round plus of an add, or a folded card."""
    if box.op == "add":
        yield from _plus(box, "add", "on_add")
    elif box.parts:
        yield from _pictogram(box)
    else:
        yield from _layer_box(box, box.text, fill_of(box.op), ink_of(box.op))


def _layer_box(box: Box, text: str, fill: str, ink: str) -> Iterator[Primitive]:
    rect = box.rect
    thin = rect.h < 20
    px = fitting(text, CAPTION if thin or rect.w < 120 else BODY, False, rect.w - 8)
    yield Area(rect, fill, "line" if fill == NOTHING else None, 4 if thin else 6, 1, BOX_DETAIL)
    yield Text(rect.cx, middle(rect.cy, px), text, ink, px, False, "middle", rect.w - 8)


def _plus(box: Box, fill: str, ink: str) -> Iterator[Primitive]:
    rect, arm = box.rect, 4.5
    yield Area(rect, fill, "line" if fill == NOTHING else None, rect.w / 2, 1, BOX_DETAIL)
    for dx, dy in ((arm, 0.0), (0.0, arm)):
        end = ((rect.cx + dx, rect.cy + dy),)
        yield Curve((rect.cx - dx, rect.cy - dy), (end,), ink, 2.0, "solid", 5 * BOX_DETAIL)


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


_INK_OF = {"heading": "text", "title": "text", "zero-pad": "zero_pad", "projection": "projection"}


def label_part(label: Label) -> Text:
    """A label in the colour and weight of its role."""
    role = {"heading": "text", "title": "text", "zero-pad": "zero_pad", "projection": "projection"}.get(
        label.role, "muted"
    )
    bold = label.role in ("heading", "title", "projection", "zero-pad")
    size = TITLE if label.role == "heading" else BODY if label.role in ("title", "block") else CAPTION
    px = fitting(label.text, size, bold, label.width)
    return Text(label.x, middle(label.y, px), label.text, role, px, bold, label.anchor, label.width)


def band_parts(band: Band) -> tuple[Primitive, ...]:
    """A stage's band and its lines, at the band's own place."""
    x, y = band.rect.x + CAPTION_X, band.rect.y
    title, *notes = band.lines
    return (
        Area(band.rect, "band", None, 12),
        Text(x, y + 28, title, "text", TITLE, True, "start", band.room),
        *(Text(x, y + 47 + 16 * i, note, "muted", CAPTION, False, "start", band.room) for i, note in enumerate(notes)),
    )


def _own(plan: Layout, cell: Cell, shades: Shades | None) -> Iterator[Primitive]:
    """What is a cell's own and not its body's: its name, its cost, how it differs."""
    if shades is not None:
        yield from heat_parts(plan, cell, shades)
    if cell.label and not (shades is not None and _on_card(cell.body, cell.label)):
        yield label_part(cell.label)
    yield from cell_marks(plan, cell)


def groups_of(plan: Layout, shades: Shades | None = None) -> Iterator[Group]:
    """Bands, then cells; bodies with equal keys are made once. The network beside comes first."""
    if plan.beside is not None:
        yield from (group._replace(id=f"beside-{group.id}") for group in groups_of(plan.beside, shades))
    made: dict[str, tuple[Primitive, ...]] = {}
    for band in plan.bands:
        yield Group(f"band-{band.id}", f"band {band}", 0, 0, band_parts(band))
    for cell in plan.cells:
        parts = made.get(cell.body.key)
        if parts is None:
            parts = made[cell.body.key] = body_parts(cell.body, bare=shades is not None)
        yield Group(cell.id, cell.body.key, cell.x, cell.y, parts)
        own = tuple(_own(plan, cell, shades))
        if own:
            yield Group(f"name-{cell.id}", f"name {own}", cell.x, cell.y, own)


def picture(plan: Layout) -> Picture:
    """The drawing of a network, and nothing around it."""
    return Picture(title_of(plan.spec), plan.bounds, tuple(groups_of(plan)))
