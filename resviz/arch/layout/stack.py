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
from resviz.arch.layout.fold import HEAD, STEM, Fold, Level
from resviz.arch.spec import ResNetSpec

#: Where the trunk goes.
Direction = Literal["down", "right"]

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
    fold: Fold
    direction: Direction
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


def layout(spec: ResNetSpec, fold: Fold | Level = "layer", direction: Direction = "down") -> Layout:
    """Lay a network out, folded in part or at one level, its trunk going down or to the right. O(layers)."""
    return _layout(spec, Fold(fold) if isinstance(fold, str) else fold, direction)


@lru_cache(maxsize=8)
def _layout(spec: ResNetSpec, fold: Fold, direction: Direction) -> Layout:
    return _Stack(network(spec), fold, direction).build()


class _Group(NamedTuple):
    """Consecutive layers that become one cell, drawn at a level."""

    id: str
    stage: str | None
    level: Level
    layers: tuple[Layer, ...]

    @property
    def is_stage(self) -> bool:
        return self.level == "stage" and self.stage is not None


def _groups(net: Network, fold: Fold) -> list[_Group]:
    found: list[_Group] = []
    for stage, run in groupby(net.layers, lambda layer: layer[2]):
        layers = tuple(run)
        name = stage or (HEAD if found else STEM)
        level = fold.of(name)
        if not stage or level == "stage":
            found.append(_Group(name, stage, level, layers))
            continue
        by_hand: dict[str, Level] = dict(fold.parts)
        for block, members in groupby(layers, lambda layer: layer[3]):
            assert block is not None
            found.append(_Group(block, stage, by_hand.get(block, level), tuple(members)))
    return found


class _Stack:
    """Puts cells under each other and bands behind them."""

    def __init__(self, net: Network, fold: Fold, direction: Direction) -> None:
        self.net = net
        self.fold = fold
        self.direction = direction
        self.ways = blocks.ways(net)
        #: All that a picture is made of -> the picture.
        self.bodies: dict[tuple[object, ...], Body] = {}
        self.cells: list[Cell] = []
        self.bands: list[tuple[_Group, float]] = []
        self.y = MARGIN

    def build(self) -> Layout:
        groups = _groups(self.net, self.fold)
        before: _Group | None = None
        for group in groups:
            self._put(group, before)
            before = group
        bodies = self.bodies.values()
        left = min(body.left for body in bodies)
        right = max(body.right for body in bodies)
        if any(group.stage and not group.is_stage for group in groups):
            left -= BAND_LEFT
        right = max(right + BAND_RIGHT, cells.CARD_WIDTH / 2 + PLAIN_RIGHT)
        bands = tuple(self._bands(groups, left, right))
        bounds = Rect(left - MARGIN, 0, right - left + 2 * MARGIN, self.y + MARGIN)
        return Layout(self.net.spec, self.fold, self.direction, bounds, bands, tuple(self.cells))

    def _put(self, group: _Group, before: _Group | None) -> None:
        lead = self._lead(group, before)
        form = "layer" if group.level == "layer" or (group.level == "block" and not group.stage) else "folded"
        alike = form, lead, *self._alike(group)
        body = self.bodies.get(alike)
        if body is None:
            body = self.bodies[alike] = self._body(group, str(alike), lead, form)
        self.y -= body.top
        ids = tuple([layer.id for layer in group.layers])
        self.cells.append(Cell(group.id, self.y, body, self._label(group, body, form), ids, _face(group)))
        self.y += body.height

    def _alike(self, group: _Group) -> tuple[object, ...]:
        """What tells a cell's picture from others of its form."""
        if group.is_stage:
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
        above = BAND_BOTTOM if before.stage and not before.is_stage else 0.0
        below = BAND_TOP if group.stage and not group.is_stage else 0.0
        if not above and not below and (before.is_stage or group.is_stage):
            return Lead(cells.SHAPE_LEAD, shape_text(shape))
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
        form = group.level if group.stage else group.id
        body = folded.folded_body(key, group.layers, lead, form, self._note(group))
        if not group.stage:
            return self._with_pills(group, body)
        if not self.ways:
            return body
        if group.level == "block":
            return folded.with_plus(body, self.ways[group.id], group.layers)
        return folded.with_bundle(body, self._bundle(group.id))

    def _note(self, group: _Group) -> str:
        """The second line of a folded card."""
        if group.is_stage:
            most = _dilation(group.layers)
            dilated = f" · d={most}" if most > 1 else ""
            return f"{_resolution(group)}{dilated} · {_cost(group.layers)} parameters"
        return card_note(group.layers, group.stage is not None)

    def _label(self, group: _Group, body: Body, form: str) -> Label | None:
        """The name of a block beside its card, or of anything folded on it."""
        if form == "folded":
            card = body.boxes[0].rect
            text = f"{group.id} · {_blocks(self.net.spec, group.id)}" if group.is_stage else group.id
            return Label("title", card.x + folded.TEXT_X, card.h / 2 - 9, text, "start", card.w - folded.TEXT_X - 8)
        if group.stage and body.card:
            return Label("block", body.card.x - 12, body.card.cy, group.id, "end", 90)
        return None

    def _bands(self, groups: Sequence[_Group], left: float, right: float) -> Iterator[Band]:
        pairs = zip(groups, self.cells, strict=True)
        for stage, run in groupby(pairs, lambda pair: pair[0].stage):
            members = list(run)
            if stage is None or members[0][0].is_stage:
                continue
            top = members[0][1].y - BAND_TOP
            rect = Rect(left, top, right - left, members[-1][1].bottom + BAND_BOTTOM - top)
            layers = [layer for group, _ in members for layer in group.layers]
            size, most = _resolution(members[-1][0]), _dilation(layers)
            size += f" · dilation {most}" if most > 1 else ""
            yield Band(stage, rect, (stage, size, _blocks(self.net.spec, stage), f"{_cost(layers)} parameters"))


def _face(group: _Group) -> str:
    """The layer that a folded cell's box stands for."""
    layers = group.layers
    last = layers[-1]
    if group.level == "block" and last.op == "add":  # a pre-activation block: its plus has a box of its own
        last = next(layer for layer in reversed(layers[:-1]) if layer.on == "trunk")
    return last.id


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
