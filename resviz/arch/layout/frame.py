"""Which way the trunk goes: one geometry, written along the trunk and across it, turned into x and y.

Along grows with the data; across grows towards the side of the shortcuts: right of a trunk that goes down, above one
that goes right. Boxes and text are never turned, so a box is long one way and wide the other.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from resviz.arch.layout.cells import (
    BOX_WIDTH,
    CARD_WIDTH,
    FORK,
    LABEL_GAP,
    LEAD,
    LINE,
    PAD,
    SHAPE_LEAD,
    Box,
    Label,
    LabelRole,
    Point,
    Rect,
    Route,
    Tile,
)

#: Where the trunk goes.
Direction = Literal["down", "right"]

#: A shape's caption per letter and around it, where it stands on the trunk, and its middle above it.
_LETTER, _AROUND, _ABOVE = 6.6, 22.0, 10.0
#: Boxes are narrower where the drawing is long that way.
_NARROW = 172.0


class Lead(NamedTuple):
    """The trunk from the cell before: its length, and the shape written at it, if any, `drop` px on."""

    length: float
    text: str = ""
    drop: float = 14.0


class Frame(NamedTuple):
    """Maps (along, across) to the drawing's x and y."""

    direction: Direction

    @property
    def down(self) -> bool:
        return self.direction == "down"

    @property
    def box_width(self) -> float:
        """Of a layer on the trunk."""
        return BOX_WIDTH if self.down else _NARROW

    def at(self, along: float, across: float = 0.0) -> Point:
        return (across, along) if self.down else (along, -across)

    def rect(self, along: float, across: float, w: float, h: float) -> Rect:
        """A rectangle that starts at `along` and has its middle at `across`."""
        return Rect(across - w / 2, along, w, h) if self.down else Rect(along, -across - h / 2, w, h)

    def span(self, start: float, end: float, low: float, high: float) -> Rect:
        """From `start` to `end` along, from `low` to `high` across."""
        return Rect(low, start, high - low, end - start) if self.down else Rect(start, -high, end - start, high - low)

    def start(self, rect: Rect) -> float:
        """Where a rectangle starts along."""
        return rect.y if self.down else rect.x

    def end(self, rect: Rect) -> float:
        return rect.bottom if self.down else rect.right

    def middle(self, rect: Rect) -> float:
        """A rectangle's middle along."""
        return rect.cy if self.down else rect.cx

    def low(self, rect: Rect) -> float:
        """Where a rectangle starts across."""
        return rect.x if self.down else -rect.bottom

    def high(self, rect: Rect) -> float:
        """Where a rectangle ends on the side of the shortcuts."""
        return rect.right if self.down else -rect.y

    def long(self, w: float, h: float) -> float:
        """How far something reaches along."""
        return h if self.down else w

    def tile(self, tile: Tile, along: float) -> list[Box]:
        """A tile on the trunk."""
        x, y = (-tile.w / 2, along) if self.down else (along, -tile.core)
        return tile.at(x, y)

    def card(self, length: float, boxes: list[Box]) -> Rect:
        """A block's card, so long, behind its boxes."""
        if self.down:
            return Rect(-CARD_WIDTH / 2, 0, CARD_WIDTH, length)
        top, bottom = min(box.rect.y for box in boxes) - PAD, max(box.rect.bottom for box in boxes) + PAD
        return Rect(0, top, length, bottom - top)

    def trunk(self, start: float, end: float, arrow: bool = True) -> Route:
        """A stretch of the trunk."""
        return Route("trunk", (self.at(start), self.at(end)), arrow)

    def shape_room(self, text: str) -> float:
        """How much trunk a shape written at it takes."""
        return SHAPE_LEAD if self.down else _AROUND + _LETTER * len(text)

    def lead(self, text: str = "") -> Lead:
        """The usual trunk between two cells, with a shape at it or without."""
        if not text:
            return Lead(LEAD)
        if self.down:
            return Lead(SHAPE_LEAD, text)
        room = self.shape_room(text)
        return Lead(room + FORK, text, room / 2)

    def border(self, before: float, gap: float, after: float, text: str) -> Lead:
        """The trunk across a stage's border, the shape in the gap between two bands."""
        if not self.down:
            gap = max(gap, self.shape_room(text))
        return Lead(before + gap + after, text, before + gap / 2)

    def lead_parts(self, lead: Lead, tip: float, start: float | None = None) -> tuple[list[Route], list[Label]]:
        """The trunk up to `tip`, with the tensor's shape at it; it starts before the origin unless said."""
        begin = -lead.length if start is None else start
        return [self.trunk(begin, tip)], [self._shape(begin + lead.drop, lead.text)] if lead.text else []

    def _shape(self, along: float, text: str) -> Label:
        if self.down:
            return Label("shape", LABEL_GAP, along, text, "start", 150)
        return Label("shape", along, -_ABOVE, text, "middle", 150)

    def beside(
        self, lines: list[tuple[LabelRole, str]], along: float, across: float, room: float
    ) -> tuple[list[Label], float]:
        """Lines of text outside a lane whose middle is at `along`, and how far across they reach."""
        count = len(lines)
        if self.down:
            first, x = along - LINE * (count - 1) / 2, across + LABEL_GAP
            labels = [Label(role, x, first + LINE * i, text, "start", room) for i, (role, text) in enumerate(lines)]
            return labels, x + room
        last = -(across + LABEL_GAP)
        labels = [
            Label(role, along, last - LINE * (count - 1 - i), text, "middle", 2 * room)
            for i, (role, text) in enumerate(lines)
        ]
        return labels, across + LABEL_GAP + LINE * (count - 0.4)


def union(rects: list[Rect]) -> Rect:
    """The least rectangle that holds all."""
    result = rects[0]
    for rect in rects[1:]:
        result = result.united(rect)
    return result
