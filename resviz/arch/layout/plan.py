"""A drawing laid out: cells in their places, and the questions a view asks about them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from resviz.arch.collector import uncollected
from resviz.arch.graph import INPUT, Edge, Kind, network
from resviz.arch.layout.cells import Body, Box, Label, Point, Rect, Route
from resviz.arch.layout.fold import Fold
from resviz.arch.layout.frame import Direction, Frame
from resviz.arch.spec import ResNetSpec

#: How a part stands to its counterpart in the network beside it; what is the same has none.
Status = Literal["changed", "added", "removed"]
#: How near a line's end counts as at a box, in px.
_TOUCH = 1.5


class Cell(NamedTuple):
    """A body in its place. `id` is `stem`, `head`, a folded stage's or a block's; a run has its first block's.

    `layers` are the ids of all layers it stands for, `times` how many equal blocks. `face` is the layer that a
    folded box stands for: the cell's output, or what enters the plus that is drawn after it.
    """

    id: str
    x: float
    y: float
    body: Body
    label: Label | None
    layers: tuple[str, ...]
    face: str

    @property
    def times(self) -> int:
        return self.body.times

    @property
    def rect(self) -> Rect:
        """All of it in the drawing, the trunk that leads into it included."""
        return self.body.extent.moved(self.x, self.y)

    @property
    def top(self) -> float:
        return self.y + self.body.top

    @property
    def bottom(self) -> float:
        return self.y + self.body.height

    def layer_of(self, box: Box) -> str:
        """Id of the layer a box stands for; in a run, the first block's."""
        if not box.name:
            return self.face
        return f"{self.id}.{box.name}" if "." in self.id else box.name

    def box_of(self, layer_id: str) -> Box:
        """The box that shows one of its layers."""
        name = layer_id.split(".", 2)[2] if "." in self.id else layer_id
        return next((box for box in self.body.boxes if box.name == name), self.body.boxes[0])


class Band(NamedTuple):
    """A stage behind its blocks: its name, resolution and cost."""

    id: str
    rect: Rect
    lines: tuple[str, ...]
    #: px that a line may take
    room: float


class Place(NamedTuple):
    """Where a layer is: its cell, the box that shows it, the box's rectangle in the drawing, and in which network's."""

    cell: Cell
    box: Box
    rect: Rect
    plan: Layout


class Marks(NamedTuple):
    """What differs from the network beside, by the ids of cells and of layers."""

    cells: Mapping[str, Status] = {}
    layers: Mapping[str, Status] = {}


class Links(NamedTuple):
    """What a layer has to do with: the boxes it reads from, those that read it, and the lines between."""

    inputs: tuple[Place, ...]
    outputs: tuple[Place, ...]
    routes: tuple[tuple[Cell, Route], ...]


@dataclass(frozen=True)
class Layout:
    """A whole drawing: `cells` in order, `bands` behind them; `beside` is the network it is compared with, if any."""

    spec: ResNetSpec
    fold: Fold
    direction: Direction
    bounds: Rect
    bands: tuple[Band, ...]
    cells: tuple[Cell, ...]
    beside: Layout | None = None
    marks: Marks = field(default_factory=Marks)

    @cached_property
    def frame(self) -> Frame:
        return Frame(self.direction)

    @cached_property
    def _starts(self) -> tuple[float, ...]:
        return tuple([self.frame.start(cell.rect) for cell in self.cells])

    @cached_property
    def _cell_of(self) -> dict[str, int]:
        return {layer: i for i, cell in enumerate(self.cells) for layer in cell.layers}

    def visible(self, window: Rect) -> Sequence[Cell]:
        """The cells of this network that have a part in a stretch of the trunk's axis; found by bisection."""
        first = max(bisect_right(self._starts, self.frame.start(window)) - 1, 0)
        return self.cells[first : bisect_left(self._starts, self.frame.end(window))]

    def cell_of(self, layer_id: str) -> Cell | None:
        """The cell that holds a layer; None for an unknown id."""
        index = self._cell_of.get(layer_id)
        return None if index is None else self.cells[index]

    def place(self, layer_id: str) -> Place | None:
        """Where a layer is drawn; in a folded cell, the cell's box. None for an unknown id."""
        cell = self.cell_of(layer_id)
        return self._placed(cell, cell.box_of(layer_id)) if cell else None

    def _placed(self, cell: Cell, box: Box) -> Place:
        return Place(cell, box, box.rect.moved(cell.x, cell.y), self)

    def hit(self, x: float, y: float) -> Place | None:
        """The box at a point, in this network or the one beside."""
        for cell in self.visible(Rect(x, y, 0.001, 0.001)):
            for box in reversed(cell.body.boxes):
                if box.rect.holds(x - cell.x, y - cell.y):
                    return self._placed(cell, box)
        return self.beside.hit(x, y) if self.beside else None

    def boxes(self) -> Iterator[Place]:
        """Every box in order; a shortcut's after its block's trunk."""
        for cell in self.cells:
            for box in cell.body.boxes:
                yield self._placed(cell, box)

    def shortcut_at(self, x: float, y: float, near: float) -> tuple[Cell, Kind] | None:
        """The shortcut whose line passes within `near` px of a point: its cell and its kind."""
        for cell in self.visible(Rect(x, y, 0.001, 0.001).grown(near)):
            for route in cell.body.routes:
                if route.kind != "trunk" and _distance(route.points, x - cell.x, y - cell.y) <= near:
                    return cell, route.kind
        return self.beside.shortcut_at(x, y, near) if self.beside else None

    def links(self, layer_id: str) -> Links:
        """What a layer's box reads, what reads it, and the lines that say so. Empty for an unknown id."""
        place = self.place(layer_id)
        if place is None:
            return Links((), (), ())
        inside = self._ids_of(place)
        reads, feeds = _index(self.spec)
        sources = [edge for name in inside for edge in reads.get(name, ())]
        targets = [edge for name in inside for edge in feeds.get(name, ())]
        inputs = self._places((edge.source for edge in sources), place)
        outputs = self._places((edge.target for edge in targets), place)
        held = {edge.target for edge in (*sources, *targets) if edge.kind != "trunk"}
        return Links(inputs, outputs, tuple(self._routes(place, held)))

    def _ids_of(self, place: Place) -> tuple[str, ...]:
        """The layers a box stands for; in a run, only the first block's."""
        return (place.cell.layer_of(place.box),) if place.box.name else place.cell.layers

    def _places(self, ids: Iterator[str], own: Place) -> tuple[Place, ...]:
        """Where other layers are drawn, each box once, the box itself left out."""
        found = (self.place(name) for name in ids if name != INPUT)
        places = {(place.cell.id, place.box.name): place for place in found if place and place.rect != own.rect}
        return tuple(places.values())

    def _routes(self, place: Place, held: set[str]) -> Iterator[tuple[Cell, Route]]:
        """The stretches of trunk at a box, and the shortcut that some of the layers `held` are on."""
        at = self._cell_of[place.cell.layers[0]]
        shortcuts = {id(self.cell_of(name)) for name in held}
        rect = place.rect.grown(_TOUCH)
        for cell in self.cells[at : at + 2]:
            for route in cell.body.routes:
                ends = (route.points[0], route.points[-1])
                touches = any(rect.holds(x + cell.x, y + cell.y) for x, y in ends)
                if touches if route.kind == "trunk" else id(cell) in shortcuts:
                    yield cell, route


@lru_cache(maxsize=2)
@uncollected
def _index(spec: ResNetSpec) -> tuple[dict[str, list[Edge]], dict[str, list[Edge]]]:
    """A network's edges by what they go into and by what they come from."""
    into: dict[str, list[Edge]] = {}
    out_of: dict[str, list[Edge]] = {}
    for edge in network(spec).edges:
        into.setdefault(edge.target, []).append(edge)
        out_of.setdefault(edge.source, []).append(edge)
    return into, out_of


def _distance(points: Sequence[Point], x: float, y: float) -> float:
    """From a point to a line of stretches parallel to the axes."""
    best = float("inf")
    for (x0, y0), (x1, y1) in pairwise(points):
        dx = max(min(x0, x1) - x, 0, x - max(x0, x1))
        dy = max(min(y0, y1) - y, 0, y - max(y0, y1))
        best = min(best, (dx * dx + dy * dy) ** 0.5)
    return best
