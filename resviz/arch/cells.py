"""One cell of the drawing: a block, the stem or the head, as boxes, routes and labels. Folded ones: `folded`.

Fixed geometry in px. The trunk is the line x = 0; y = 0 is the top of the cell's card, and what leads into it
has negative y. Equal cells have equal keys, so whoever draws them draws each picture once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from resviz.arch.graph import Kind, Layer
from resviz.arch.ops import Shape

Point = tuple[float, float]
LabelRole = Literal["title", "block", "shape", "note", "identity", "projection", "zero-pad"]

#: Operators drawn thin, two to a row, under the convolution they belong to.
THIN = frozenset({"bn", "gn", "relu", "flatten"})

BOX_WIDTH = 184.0
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
#: How far above the card a shortcut leaves the trunk.
FORK = 11.0
#: From the card's edge to an identity shortcut, and to the boxes on a shortcut.
LANE = 34.0
SIDE_GAP = 18.0
SIDE_WIDTH = 104.0
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


def shape_text(shape: Shape) -> str:
    """`16 × 32 × 32`."""
    return " × ".join(map(str, shape))


class Lead(NamedTuple):
    """The trunk from the cell above: its length, and the shape written beside it, if any, `drop` px down."""

    length: float
    text: str = ""
    drop: float = 14.0


def key_of(layers: Sequence[Layer], lead: Lead, form: str) -> str:
    """Equal for cells that look alike: same form, same trunk above, same operators and sizes."""
    facts = ";".join(f"{layer.name} {layer[1]} {layer[5]} {layer[6]} {layer[10]} {layer[11]}" for layer in layers)
    return f"{form}|{lead.length} {lead.text}|{facts}"


def box_text(layer: Layer) -> str:
    """What a layer's box says: `conv1 3×3, 32, s=2`."""
    window = f"{layer.kernel}×{layer.kernel}"
    step = f", s={layer.stride}" if layer.stride > 1 else ""
    if layer.op == "conv":
        return f"{layer.name} {window}, {layer.out_shape[0]}{step}"
    if layer.op == "maxpool":
        return f"{layer.name} {window}{step}"
    if layer.op == "avgpool":
        return f"{layer.name} {window}"
    if layer.op == "fc":
        return f"{layer.name} {layer.in_shape[0]} → {layer.out_shape[0]}"
    return layer.name


def shortcut_labels(kind: Kind, x: float, y: float, before: Shape, after: Shape) -> list[Label]:
    """A shortcut's kind and, unless it is the identity, what it does to the shape: `16→32`, `½ size`."""
    lines: list[tuple[LabelRole, str]] = [(_label_role(kind), kind)]
    if kind != "identity":
        lines.append(("note", f"{before[0]}→{after[0]}"))
    if after[1:] != before[1:]:
        lines.append(("note", "½ size"))
    first = y - LINE * (len(lines) - 1) / 2
    return [Label(role, x, first + LINE * i, text, "start", SIDE_TEXT) for i, (role, text) in enumerate(lines)]


def _label_role(kind: Kind) -> LabelRole:
    return "note" if kind == "trunk" else kind


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


def block_body(key: str, layers: Sequence[Layer], lead: Lead, kind: Kind | None) -> Body:
    """A block on its card, with its shortcut beside it; `kind` is None in a plain network."""
    top = -lead.length
    routes, labels = lead_parts(lead, top, PAD)
    boxes: list[Box] = []
    y = PAD
    for row in rows_of([layer for layer in layers if layer.on == "trunk"]):
        if boxes and _apart(boxes[-1].op, row[0].op):
            routes.append(Route("trunk", ((0.0, y), (0.0, y + GROUP_GAP)), arrow=False))
            y += GROUP_GAP
        elif boxes:
            y += ROW_GAP
        boxes += row_boxes(row, y)
        y = boxes[-1].rect.bottom
    height = y + PAD
    routes.append(Route("trunk", ((0.0, y), (0.0, height)), arrow=False))
    card = Rect(-CARD_WIDTH / 2, 0, CARD_WIDTH, height)
    right = card.right
    if kind is not None:
        plus = next(box.rect for box in boxes if box.op == "add")
        side = shortcut_parts(kind, layers, card.right, plus)
        routes += side.routes
        labels += side.labels
        boxes += side.boxes
        right = side.right
    return Body(key, top, height, card, tuple(boxes), tuple(routes), tuple(labels), (), card.x, right)


def _apart(before: str, after: str) -> bool:
    """A new group starts at each convolution or pool and around the plus."""
    return after not in THIN or before == "add"


class Side(NamedTuple):
    """What stands beside a card."""

    boxes: list[Box]
    routes: list[Route]
    labels: list[Label]
    right: float


def shortcut_parts(kind: Kind, layers: Sequence[Layer], edge: float, plus: Rect) -> Side:
    """The shortcut from the trunk above a card whose right edge is at `edge`, to the plus."""
    shape = layers[0].in_shape, layers[-1].out_shape
    start, end = (0.0, -FORK), (plus.right, plus.cy)
    middle = (start[1] + end[1]) / 2
    if kind == "identity":
        lane = edge + LANE
        routes = [Route(kind, (start, (lane, start[1]), (lane, end[1]), end))]
        labels = shortcut_labels(kind, lane + LABEL_GAP, middle, *shape)
        return Side([], routes, labels, lane + LABEL_GAP + IDENTITY_TEXT)
    boxes = _side_boxes([layer for layer in layers if layer.on == "shortcut"], edge + SIDE_GAP, middle)
    lane = boxes[0].rect.cx if len(boxes) == 1 else edge + SIDE_GAP + SIDE_WIDTH / 2
    top, bottom = boxes[0].rect.y, boxes[-1].rect.bottom
    routes = [
        Route(kind, (start, (lane, start[1]), (lane, top)), arrow=False),
        Route(kind, ((lane, bottom), (lane, end[1]), end)),
    ]
    x = boxes[0].rect.right + LABEL_GAP
    return Side(boxes, routes, shortcut_labels(kind, x, middle, *shape), x + SIDE_TEXT)


def _side_boxes(layers: Sequence[Layer], x: float, middle: float) -> list[Box]:
    """The layers on a shortcut: a projection's convolution and bn, or a zero-pad's `pad`."""
    pad = len(layers) == 1
    width = SIDE_WIDTH / 2 if pad else SIDE_WIDTH
    heights = [SIDE_THIN if layer.op in THIN else SIDE_HEIGHT for layer in layers]
    y = middle - (sum(heights) + ROW_GAP * (len(layers) - 1)) / 2
    boxes = []
    for layer, height in zip(layers, heights, strict=True):
        boxes.append(Box(layer.name, layer.op, Rect(x, y, width, height), _side_text(layer)))
        y += height + ROW_GAP
    return boxes


def _side_text(layer: Layer) -> str:
    if layer.op != "conv":
        return layer.op
    step = f", s={layer.stride}" if layer.stride > 1 else ""
    return f"{layer.kernel}×{layer.kernel}, {layer.out_shape[0]}{step}"


def ends_body(key: str, layers: Sequence[Layer], lead: Lead) -> Body:
    """Stem or head: no card, and the shape between any two groups."""
    top = -lead.length
    routes, labels = lead_parts(lead, top, 0.0)
    boxes: list[Box] = []
    y = 0.0
    shape = layers[0].in_shape
    for row in rows_of(layers):
        if boxes and row[0].op in ("bn", "gn", "relu"):
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
