"""Graph to boxes and routes: closed form, O(layers). A ResNet is series-parallel, so nothing is solved.

The trunk is the straight line x = 0, y grows downwards, the unit is px. Views scale, elide and colour;
nothing here depends on a font or a screen.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from resviz.arch.graph import Kind, Layer, Network, network
from resviz.arch.layout import blocks, cells, folded
from resviz.arch.layout.captions import card_note, shape_text
from resviz.arch.layout.cells import Body, Box, Label, Lead, Rect
from resviz.arch.spec import ResNetSpec

Level = Literal["stage", "block", "layer"]
LEVELS: tuple[Level, ...] = ("stage", "block", "layer")

#: Air around the drawing.
MARGIN = 24.0
#: A band above its first card, below its last, and between two bands.
BAND_TOP = 34.0
BAND_BOTTOM = 16.0
BAND_GAP = 24.0
#: Room for a band's text left of the cards, and after the last text on the right.
BAND_LEFT = 148.0
BAND_RIGHT = 16.0
#: The least room right of a plain network's cards.
PLAIN_RIGHT = 40.0
CAPTION_X = 18.0
#: The usual trunk between two cells.
_LEAD = Lead(cells.LEAD)


class Cell(NamedTuple):
    """A body in its place. `id` is `stem`, `head`, a block's or a folded stage's; `layers` are layer ids.

    `face` is the layer that a folded box stands for: the cell's output, or what enters the plus that is drawn below it.
    """

    id: str
    y: float
    body: Body
    label: Label | None
    layers: tuple[str, ...]
    face: str

    @property
    def top(self) -> float:
        """Where the trunk enters from the cell above."""
        return self.y + self.body.top

    @property
    def bottom(self) -> float:
        return self.y + self.body.height

    def layer_of(self, box: Box) -> str:
        """Id of the layer a box stands for."""
        if not box.name:
            return self.face
        return f"{self.id}.{box.name}" if "." in self.id else box.name


class Band(NamedTuple):
    """A stage behind its blocks: its name, resolution and cost."""

    id: str
    rect: Rect
    lines: tuple[str, ...]


class Place(NamedTuple):
    """Where a layer is: its cell, the box that shows it, and the box's rectangle in the drawing."""

    cell: Cell
    box: Box
    rect: Rect


@dataclass(frozen=True)
class Layout:
    """A whole drawing, top to bottom: `cells` in order, `bands` behind them."""

    spec: ResNetSpec
    level: Level
    bounds: Rect
    bands: tuple[Band, ...]
    cells: tuple[Cell, ...]

    @cached_property
    def _tops(self) -> tuple[float, ...]:
        return tuple(cell.top for cell in self.cells)

    @cached_property
    def _cell_of(self) -> dict[str, int]:
        return {layer: i for i, cell in enumerate(self.cells) for layer in cell.layers}

    def visible(self, top: float, bottom: float) -> Sequence[Cell]:
        """The cells that have a part between two heights; found by bisection."""
        first = max(bisect_right(self._tops, top) - 1, 0)
        return self.cells[first : bisect_left(self._tops, bottom)]

    def place(self, layer_id: str) -> Place | None:
        """Where a layer is drawn; in a folded cell, the cell's box. None for an unknown id."""
        index = self._cell_of.get(layer_id)
        if index is None:
            return None
        cell = self.cells[index]
        name = layer_id.removeprefix(cell.id + ".") if "." in cell.id else layer_id
        box = next((box for box in cell.body.boxes if box.name == name), cell.body.boxes[0])
        return Place(cell, box, box.rect.moved(0, cell.y))

    def hit(self, x: float, y: float) -> Place | None:
        """The box at a point."""
        for cell in self.visible(y, y + 0.001):
            for box in reversed(cell.body.boxes):
                if box.rect.holds(x, y - cell.y):
                    return Place(cell, box, box.rect.moved(0, cell.y))
        return None

    def boxes(self) -> Iterator[Place]:
        """Every box, top to bottom; a shortcut's after its block's trunk."""
        for cell in self.cells:
            for box in cell.body.boxes:
                yield Place(cell, box, box.rect.moved(0, cell.y))


@lru_cache(maxsize=8)
def layout(spec: ResNetSpec, level: Level = "layer") -> Layout:
    """Lay a network out at one fold level. O(layers)."""
    return _Stack(network(spec), level).build()


class _Group(NamedTuple):
    """Consecutive layers that become one cell."""

    id: str
    stage: str | None
    layers: tuple[Layer, ...]


def _groups(net: Network, level: Level) -> list[_Group]:
    field = 2 if level == "stage" else 3
    found: list[_Group] = []
    for name, run in groupby(net.layers, lambda layer: layer[field]):
        layers = tuple(run)
        found.append(_Group(name or ("head" if found else "stem"), layers[0].stage, layers))
    return found


class _Stack:
    """Puts cells under each other and bands behind them."""

    def __init__(self, net: Network, level: Level) -> None:
        self.net = net
        self.level = level
        self.ways = blocks.ways(net)
        #: All that a picture is made of -> the picture.
        self.bodies: dict[tuple[object, ...], Body] = {}
        self.cells: list[Cell] = []
        self.bands: list[tuple[_Group, float]] = []
        self.y = MARGIN

    def build(self) -> Layout:
        groups = _groups(self.net, self.level)
        before: _Group | None = None
        for group in groups:
            self._put(group, before)
            before = group
        bodies = self.bodies.values()
        left = min(body.left for body in bodies)
        right = max(body.right for body in bodies)
        if self.level != "stage":
            left -= BAND_LEFT
        right = max(right + BAND_RIGHT, cells.CARD_WIDTH / 2 + PLAIN_RIGHT)
        bands = tuple(self._bands(groups, left, right))
        bounds = Rect(left - MARGIN, 0, right - left + 2 * MARGIN, self.y + MARGIN)
        return Layout(self.net.spec, self.level, bounds, bands, tuple(self.cells))

    def _put(self, group: _Group, before: _Group | None) -> None:
        lead = self._lead(group, before)
        form = "layer" if self.level == "layer" or (self.level == "block" and not group.stage) else "folded"
        alike = form, lead, *self._alike(group)
        body = self.bodies.get(alike)
        if body is None:
            body = self.bodies[alike] = self._body(group, str(alike), lead, form)
        self.y -= body.top
        ids = tuple([layer.id for layer in group.layers])
        self.cells.append(Cell(group.id, self.y, body, self._label(group, body, form), ids, self._face(group.layers)))
        self.y += body.height

    def _face(self, layers: Sequence[Layer]) -> str:
        last = layers[-1]
        if self.level == "block" and last.op == "add":  # a pre-activation block: its plus has a box of its own
            last = next(layer for layer in reversed(layers[:-1]) if layer.on == "trunk")
        return last.id

    def _alike(self, group: _Group) -> tuple[object, ...]:
        """What tells a cell's picture from others of its form."""
        if self._is_stage(group):
            return self._note(group), folded.parts_of(group.layers), *self._bundle(group.id)
        return cells.facts_of(group.layers), self.ways.get(group.id), "" if group.stage else group.id

    def _bundle(self, stage: str) -> list[Kind]:
        """The kinds of a stage's shortcuts, in order."""
        return [way.kind for block, way in self.ways.items() if block.startswith(stage)]

    def _lead(self, group: _Group, before: _Group | None) -> Lead:
        """The trunk into a cell; it says the shape at a stage's border and below a block that changed it."""
        if before is None:
            return _LEAD
        shape = before.layers[-1].out_shape
        if before.stage == group.stage:
            changed = before.layers[0].in_shape != shape
            return Lead(cells.SHAPE_LEAD, shape_text(shape)) if changed else _LEAD
        if self.level == "stage":
            return Lead(cells.SHAPE_LEAD, shape_text(shape))
        above = BAND_BOTTOM if before.stage else 0.0
        below = BAND_TOP if group.stage else 0.0
        return Lead(above + BAND_GAP + below, shape_text(shape), above + BAND_GAP / 2)

    def _body(self, group: _Group, key: str, lead: Lead, form: str) -> Body:
        layers = group.layers
        if form == "folded":
            return self._folded(group, key, lead)
        if group.stage:
            return blocks.block_body(key, layers, lead, self.ways.get(group.id))
        return self._with_pills(group, cells.ends_body(key, layers, lead))

    def _with_pills(self, group: _Group, body: Body) -> Body:
        above = f"input {shape_text(group.layers[0].in_shape)}" if group.id == "stem" else ""
        below = f"{self.net.spec.classes} classes" if group.id == "head" else ""
        return cells.with_pills(body, above, below)

    def _folded(self, group: _Group, key: str, lead: Lead) -> Body:
        form = self.level if group.stage else group.id
        body = folded.folded_body(key, group.layers, lead, form, self._note(group))
        if not group.stage:
            return self._with_pills(group, body)
        if not self.ways:
            return body
        if self.level == "block":
            return folded.with_plus(body, self.ways[group.id], group.layers)
        return folded.with_bundle(body, self._bundle(group.id))

    def _note(self, group: _Group) -> str:
        """The second line of a folded card."""
        if group.stage and self.level == "stage":
            most = _dilation(group.layers)
            dilated = f" · d={most}" if most > 1 else ""
            return f"{_resolution(group)}{dilated} · {_cost(group.layers)} parameters"
        return card_note(group.layers, group.stage is not None)

    def _label(self, group: _Group, body: Body, form: str) -> Label | None:
        """The name of a block beside its card, or of anything folded on it."""
        if form == "folded":
            card = body.boxes[0].rect
            text = f"{group.id} · {_blocks(self.net.spec, group.id)}" if self._is_stage(group) else group.id
            return Label("title", card.x + folded.TEXT_X, card.h / 2 - 9, text, "start", card.w - folded.TEXT_X - 8)
        if group.stage and body.card:
            return Label("block", body.card.x - 12, body.card.cy, group.id, "end", 90)
        return None

    def _is_stage(self, group: _Group) -> bool:
        return self.level == "stage" and group.stage is not None

    def _bands(self, groups: Sequence[_Group], left: float, right: float) -> Iterator[Band]:
        if self.level == "stage":
            return
        pairs = zip(groups, self.cells, strict=True)
        for stage, run in groupby(pairs, lambda pair: pair[0].stage):
            if stage is None:
                continue
            members = list(run)
            top = members[0][1].y - BAND_TOP
            rect = Rect(left, top, right - left, members[-1][1].bottom + BAND_BOTTOM - top)
            layers = [layer for group, _ in members for layer in group.layers]
            size, most = _resolution(members[-1][0]), _dilation(layers)
            size += f" · dilation {most}" if most > 1 else ""
            yield Band(stage, rect, (stage, size, _blocks(self.net.spec, stage), f"{_cost(layers)} parameters"))


def _resolution(group: _Group) -> str:
    return shape_text(group.layers[-1].out_shape[1:])


def _dilation(layers: Sequence[Layer]) -> int:
    """Why a stage has the resolution of the one before, where this is over 1."""
    return max([layer.dilation for layer in layers])


def _blocks(spec: ResNetSpec, stage: str) -> str:
    """`2 × Basic`."""
    return f"{spec.blocks[int(stage[5:]) - 1]} × {spec.block.capitalize()}"


def _cost(layers: Sequence[Layer]) -> str:
    return short_number(sum([layer.params for layer in layers]))


def short_number(value: float) -> str:
    """`9.3 k`, `11.7 M`: three figures at most."""
    for unit in ("", " k", " M", " G", " T", " P"):
        if value < 999.5 or unit == " P":
            break
        value /= 1000
    places = 0 if not unit or value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{places}f}{unit}"
