"""One cell of the drawing, as boxes, routes and labels: what all have in common.

Stem and head are in `ends`, blocks in `blocks`, folded cells in `folded`; `frame` turns them the way the trunk goes.

Fixed geometry in px. The trunk goes through the origin, which is where the cell's card starts; what leads into it lies
before. Equal cells have equal keys, so whoever draws them draws each picture once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from resviz.arch.graph import Kind, Layer
from resviz.arch.layout.captions import THIN, box_text

Point = tuple[float, float]
LabelRole = Literal["heading", "title", "block", "shape", "note", "identity", "projection", "zero-pad"]

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

    def united(self, other: Rect) -> Rect:
        """The least rectangle that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

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
    """The picture of a cell; `extent` holds all of it, the trunk that leads into it included.

    `times` says that it stands for so many equal blocks in a row.
    """

    key: str
    extent: Rect
    card: Rect | None
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    labels: tuple[Label, ...]
    pills: tuple[Pill, ...]
    times: int = 1

    @property
    def top(self) -> float:
        return self.extent.y

    @property
    def height(self) -> float:
        """From the origin to the lowest point."""
        return self.extent.bottom

    @property
    def left(self) -> float:
        return self.extent.x

    @property
    def right(self) -> float:
        return self.extent.right


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


class Tile(NamedTuple):
    """Rows that stand together, as a convolution over its norm and activation; the trunk goes through `core`.

    Its boxes are placed from its top left corner; `core` is the height of the middle of its tallest row.
    """

    boxes: tuple[Box, ...]
    w: float
    h: float
    core: float

    def at(self, x: float, y: float) -> list[Box]:
        """Its boxes with its top left corner at a point."""
        return [box._replace(rect=box.rect.moved(x, y)) for box in self.boxes]


def tile(rows: Sequence[Sequence[Layer]], width: float) -> Tile:
    """Rows of layers under each other, `width` wide; a plus is round."""
    if rows[0][0].op == "add":
        return Tile((Box(rows[0][0].name, "add", Rect(0, 0, PLUS, PLUS), "+"),), PLUS, PLUS, PLUS / 2)
    boxes: list[Box] = []
    y = core = tallest = 0.0
    for row in rows:
        height = THIN_HEIGHT if row[0].op in THIN else BOX_HEIGHT
        if height > tallest:
            tallest, core = height, y + height / 2
        wide = (width - ROW_GAP * (len(row) - 1)) / len(row)
        boxes += [
            Box(layer.name, layer.op, Rect(i * (wide + ROW_GAP), y, wide, height), box_text(layer))
            for i, layer in enumerate(row)
        ]
        y += height + ROW_GAP
    return Tile(tuple(boxes), width, y - ROW_GAP, core)
