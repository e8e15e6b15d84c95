"""What every drawing is made of: areas, lines, shapes and text, coloured by role. Backends give them ink.

Coordinates are px, y downwards. `detail` is the least scale at which a primitive is worth drawing; text says
it by its size instead.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from resviz.arch.layout.cells import Point, Rect

Style = Literal["solid", "dash", "dashdot"]
Anchor = Literal["start", "middle", "end"]

#: Lengths of dashes and gaps in px; the scale of the drawing scales them too.
DASHES: dict[Style, tuple[float, ...]] = {"solid": (), "dash": (6, 4), "dashdot": (8, 4, 1.5, 4)}
#: Text lower than this on the output is not drawn.
READABLE_PX = 7.0


class Area(NamedTuple):
    """A rectangle with round corners; a circle where `radius` is half its side."""

    rect: Rect
    fill: str | None
    stroke: str | None = None
    radius: float = 0.0
    width: float = 1.0
    detail: float = 0.0


class Curve(NamedTuple):
    """A line: starts at `points[0]`; each further item is a point or, for a Bézier curve, three."""

    start: Point
    steps: tuple[tuple[Point, ...], ...]
    role: str
    width: float = 1.6
    style: Style = "solid"
    detail: float = 0.0


class Shape(NamedTuple):
    """A filled polygon."""

    points: tuple[Point, ...]
    fill: str
    detail: float = 0.0


class Text(NamedTuple):
    """One line of text on the baseline `y`, cut with an ellipsis where it is wider than `room`."""

    x: float
    y: float
    text: str
    role: str
    px: float
    bold: bool
    anchor: Anchor
    room: float

    @property
    def detail(self) -> float:
        return READABLE_PX / self.px


Primitive = Area | Curve | Shape | Text


class Group(NamedTuple):
    """Primitives at a place. Groups with the same key hold the same primitives."""

    id: str
    key: str
    x: float
    y: float
    parts: tuple[Primitive, ...]


class Picture(NamedTuple):
    """A whole drawing, painted in the order of its groups."""

    title: str
    bounds: Rect
    groups: tuple[Group, ...]


def middle(y: float, px: float) -> float:
    """The baseline that centres capitals and figures of size `px` on `y`."""
    return y + 0.36 * px
