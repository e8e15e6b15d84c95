"""One cell of the drawing, as boxes, routes and labels: what all have in common, the stem and the head.

Blocks are in `blocks`, folded cells in `folded`.

Fixed geometry in px. The trunk is the line x = 0; y = 0 is the top of the cell's card, and what leads into it
has negative y. Equal cells have equal keys, so whoever draws them draws each picture once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from resviz.arch.graph import Kind, Layer
from resviz.arch.layout.captions import THIN, box_text, shape_text

Point = tuple[float, float]
LabelRole = Literal["title", "block", "shape", "note", "identity", "projection", "zero-pad"]

BOX_WIDTH = 192.0
BOX_HEIGHT = 26.0
THIN_HEIGHT = 18.0
PLUS = 20.0
ROW_GAP = 3.0
GROUP_GAP = 8.0
PAD = 14.0
CARD_WIDTH = BOX_WIDTH + 2 * 16.0
#: Trunk between two cells, and the same with a shape written beside it.
LEAD = 30.0
SHAPE_LEAD = 44.0
#: Trunk between two groups of the stem or the head.
END_LEAD = 34.0
#: How far above the card a shortcut leaves the trunk, and the gap where it does inside the card.
FORK = 11.0
FORK_GAP = 22.0
#: From the card's edge to an identity shortcut, and to the boxes on a shortcut.
LANE = 34.0
SIDE_GAP = 18.0
SIDE_WIDTH = 112.0
SIDE_HEIGHT = 24.0
SIDE_THIN = 16.0
LABEL_GAP = 10.0
PILL_HEIGHT = 28.0
#: Lines of text beside a shortcut, and the room they have.
LINE = 15.0
SIDE_TEXT = 84.0
IDENTITY_TEXT = 56.0


class Rect(NamedTuple):
    """Left, top, width and height in px."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def cx(self) -> float:
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        return self.y + self.h / 2

    def moved(self, dx: float, dy: float) -> Rect:
        """The same rectangle elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.w, self.h)

    def grown(self, by: float) -> Rect:
        """The rectangle with `by` px more on each side."""
        return Rect(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def meets(self, other: Rect) -> bool:
        """Whether the two share more than a border."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


class Box(NamedTuple):
    """One layer, or (`name` empty) all the layers of a folded cell, whose operators are then `parts`."""

    name: str
    op: str
    rect: Rect
    text: str
    parts: tuple[str, ...] = ()


class Route(NamedTuple):
    """A line through `points`, its corners to be rounded; `arrow` says that it ends in one."""

    kind: Kind
    points: tuple[Point, ...]
    arrow: bool = True


class Label(NamedTuple):
    """A line of text; `y` is its middle, `width` the room it has."""

    role: LabelRole
    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"]
    width: float


class Pill(NamedTuple):
    """What goes in and what comes out: no layer."""

    rect: Rect
    text: str


class Body(NamedTuple):
    """The picture of a cell, `top` px above its card to `height` px below the card's top."""

    key: str
    top: float
    height: float
    card: Rect | None
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    labels: tuple[Label, ...]
    pills: tuple[Pill, ...]
    left: float
    right: float


class Lead(NamedTuple):
    """The trunk from the cell above: its length, and the shape written beside it, if any, `drop` px down."""

    length: float
    text: str = ""
    drop: float = 14.0


def facts_of(layers: Sequence[Layer]) -> tuple[object, ...]:
    """Equal for cells that hold the same: their layers' names, operators and figures, whichever block they are in.

    Taken by place, not by field: this runs once a layer, and a network may have a hundred thousand.
    """
    start = len(layers[0].block) + 1 if layers[0].block else 0
    return tuple([(layer[0][start:], layer[1], layer[4:]) for layer in layers])


def rows_of(layers: Sequence[Layer]) -> Iterator[tuple[Layer, ...]]:
    """Layers of the trunk by rows: thin ones two to a row, all others alone."""
    waiting: list[Layer] = []
    for layer in layers:
        if waiting and (layer.op not in THIN or len(waiting) == 2):
            yield tuple(waiting)
            waiting = []
        if layer.op in THIN:
            waiting.append(layer)
        else:
            yield (layer,)
    if waiting:
        yield tuple(waiting)


def row_boxes(row: tuple[Layer, ...], y: float) -> list[Box]:
    """The boxes of one row."""
    if row[0].op == "add":
        return [Box(row[0].name, "add", Rect(-PLUS / 2, y, PLUS, PLUS), "+")]
    height = THIN_HEIGHT if row[0].op in THIN else BOX_HEIGHT
    width = (BOX_WIDTH - ROW_GAP * (len(row) - 1)) / len(row)
    return [
        Box(
            layer.name,
            layer.op,
            Rect(i * (width + ROW_GAP) - BOX_WIDTH / 2, y, width, height),
            box_text(layer),
        )
        for i, layer in enumerate(row)
    ]


def lead_parts(lead: Lead, top: float, tip: float) -> tuple[list[Route], list[Label]]:
    """The trunk from `top` down to `tip`, with the tensor's shape beside it."""
    route = Route("trunk", ((0.0, top), (0.0, tip)))
    label = Label("shape", LABEL_GAP, top + lead.drop, lead.text, "start", 150)
    return [route], [label] if lead.text else []


def ends_body(key: str, layers: Sequence[Layer], lead: Lead) -> Body:
    """Stem or head: no card, and the shape between any two groups."""
    top = -lead.length
    routes, labels = lead_parts(lead, top, 0.0)
    boxes: list[Box] = []
    y = 0.0
    shape = layers[0].in_shape
    for row in rows_of(layers):
        if boxes and row[0].op in THIN and row[0].op != "flatten":
            y += ROW_GAP
        elif boxes:
            more, text = lead_parts(Lead(END_LEAD, shape_text(shape)), y, y + END_LEAD)
            routes += more
            labels += text
            y += END_LEAD
        boxes += row_boxes(row, y)
        y = boxes[-1].rect.bottom
        shape = row[-1].out_shape
    edge = BOX_WIDTH / 2
    return Body(key, top, y, None, tuple(boxes), tuple(routes), tuple(labels), (), -edge, edge)


def with_pills(body: Body, above: str, below: str) -> Body:
    """The body with what goes in written above it, and what comes out below; either may be empty."""
    top, height = body.top, body.height
    pills, routes = list(body.pills), list(body.routes)
    if above:
        top -= PILL_HEIGHT
        pills.append(Pill(Rect(-BOX_WIDTH / 2, top, BOX_WIDTH, PILL_HEIGHT), above))
    if below:
        routes.append(Route("trunk", ((0.0, height), (0.0, height + LEAD))))
        pills.append(Pill(Rect(-BOX_WIDTH / 2, height + LEAD, BOX_WIDTH, PILL_HEIGHT), below))
        height += LEAD + PILL_HEIGHT
    return body._replace(top=top, height=height, routes=tuple(routes), pills=tuple(pills))
