"""Graph to boxes and routes: closed form, O(layers). A ResNet is series-parallel, so nothing is solved.

The trunk is the straight line through the origin; the unit is px. Views scale, elide and colour; nothing here depends
on a font or a screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from resviz.arch.graph import Kind, Layer, Network, network
from resviz.arch.layout import blocks, cells, ends, folded
from resviz.arch.layout.captions import card_note, shape_text
from resviz.arch.layout.cells import Body, Label, Rect
from resviz.arch.layout.fold import Fold, Level
from resviz.arch.layout.frame import Direction, Frame, Lead
from resviz.arch.layout.groups import Group, groups_of
from resviz.arch.layout.plan import Band, Cell, Layout, Place
from resviz.arch.spec import ResNetSpec

__all__ = ["BAND_LEFT", "CAPTION_X", "Band", "Cell", "Direction", "Layout", "Place", "Stack", "layout", "short_number"]

#: Air around the drawing.
MARGIN = 24.0
#: A band before its first card and after its last, and between two bands; the trunk going down, and to the right.
BAND_BEFORE, BAND_AFTER = {"down": 34.0, "right": 22.0}, {"down": 16.0, "right": 18.0}
BAND_GAP = 24.0
#: Room for a band's text left of the cards, or above them, and after the last text on the other side.
BAND_LEFT = 148.0
BAND_ABOVE = 66.0
BAND_RIGHT = 16.0
#: Room for the names of blocks under their cards.
NAMES_BELOW = 34.0
#: The least room right of a plain network's cards.
PLAIN_RIGHT = 40.0
CAPTION_X = 18.0


def layout(spec: ResNetSpec, fold: Fold | Level = "layer", direction: Direction = "down") -> Layout:
    """Lay a network out, folded in part or at one level, its trunk going down or to the right. O(layers)."""
    return _layout(spec, Fold(fold) if isinstance(fold, str) else fold, direction)


@lru_cache(maxsize=8)
def _layout(spec: ResNetSpec, fold: Fold, direction: Direction) -> Layout:
    stack = Stack(network(spec), fold, direction)
    for group in stack.groups:
        stack.put(group, stack.lead(group))
    return stack.result()


class Stack:
    """Puts cells one after the other along the trunk, and bands behind them."""

    def __init__(self, net: Network, fold: Fold, direction: Direction, heading: str = "") -> None:
        self.net, self.fold, self.heading = net, fold, heading
        self.frame = Frame(direction)
        self.ways = blocks.ways(net)
        self.groups = groups_of(net, fold, self.ways)
        #: All that a picture is made of -> the picture.
        self.bodies: dict[tuple[object, ...], Body] = {}
        self.cells: list[Cell] = []
        self.along = MARGIN
        self._before: Group | None = None

    def lead(self, group: Group) -> Lead:
        """The trunk into a cell; it says the shape at a stage's border and after a block that changed it."""
        before = self._before
        if before is None:
            return self.frame.lead()
        shape = before.layers[-1].out_shape
        if before.stage == group.stage:
            changed = before.layers[0].in_shape != shape
            return self.frame.lead(shape_text(shape) if changed else "")
        after = BAND_AFTER[self.frame.direction] if before.stage and not before.is_stage else 0.0
        ahead = BAND_BEFORE[self.frame.direction] if group.stage and not group.is_stage else 0.0
        if not after and not ahead and (before.is_stage or group.is_stage):
            return self.frame.lead(shape_text(shape))
        return self.frame.border(after, BAND_GAP, ahead, shape_text(shape))

    def origin(self, group: Group, lead: Lead) -> float:
        """Where a cell's card would start."""
        return self.along - self.frame.start(self._made(group, lead).extent)

    def put(self, group: Group, lead: Lead) -> None:
        """Append a cell behind its lead."""
        body = self._made(group, lead)
        x, y = self.frame.at(self.along - self.frame.start(body.extent))
        cell = Cell(group.id, x, y, body, self._label(group, body), group.ids, group.face)
        self.cells.append(cell)
        self.along = self.frame.end(cell.rect)
        self._before = group

    def result(self) -> Layout:
        """The whole drawing of what was put."""
        frame, bodies = self.frame, self.bodies.values()
        low = min(frame.low(body.extent) for body in bodies)
        high = max(frame.high(body.extent) for body in bodies)
        banded = any(group.stage and not group.is_stage for group in self.groups)
        if frame.down:
            low -= BAND_LEFT * banded
            high = max(high + BAND_RIGHT, cells.CARD_WIDTH / 2 + PLAIN_RIGHT)
        else:
            named = any(group.stage and not group.folded for group in self.groups)
            low -= NAMES_BELOW if named else BAND_RIGHT * banded
            high += BAND_ABOVE * banded
        bands = tuple(self._bands(low, high))
        bounds = frame.span(0, self.along + MARGIN, low - MARGIN, high + MARGIN)
        return Layout(self.net.spec, self.fold, frame.direction, bounds, bands, tuple(self.cells))

    # --- bodies ---------------------------------------------------------------------------------------------------

    def _made(self, group: Group, lead: Lead) -> Body:
        alike = lead, group.level, group.times, *self._alike(group)
        body = self.bodies.get(alike)
        if body is None:
            body = self.bodies[alike] = self._body(group, f"{self.frame.direction} {alike}", lead)
        return body

    def _alike(self, group: Group) -> tuple[object, ...]:
        """What tells a cell's picture from others."""
        if group.is_stage:
            return self._note(group), folded.parts_of(group.layers), *self._bundle(group.id)
        return (*(group.alike or (cells.facts_of(group.layers), group.id)), self.heading if not group.stage else "")

    def _bundle(self, stage: str) -> list[Kind]:
        """The kinds of a stage's shortcuts, in order."""
        return [way.kind for block, way in self.ways.items() if block.startswith(stage + ".")]

    def _body(self, group: Group, key: str, lead: Lead) -> Body:
        if group.folded:
            return self._folded(group, key, lead)
        if group.stage:
            body = blocks.block_body(self.frame, key, group.layers, lead, self.ways.get(group.id), group.times)
            return self._counted(body) if group.times > 1 and self.frame.down else body
        return self._with_pills(group, ends.ends_body(self.frame, key, group.layers, lead))

    def _counted(self, body: Body) -> Body:
        """A run says how many blocks it stands for, under its name."""
        card = body.card
        assert card is not None
        said = Label("title", card.x - 16, _name_at(card) + 20, f"× {body.times}", "end", 60)
        return body._replace(labels=(*body.labels, said))

    def _with_pills(self, group: Group, body: Body) -> Body:
        stem = group.id == "stem"
        before = f"input {shape_text(group.layers[0].in_shape)}" if stem else ""
        after = f"{self.net.spec.classes} classes" if group.id == "head" else ""
        body = ends.with_pills(self.frame, body, before, after)
        return ends.with_heading(self.frame, body, self.heading) if stem and self.heading else body

    def _folded(self, group: Group, key: str, lead: Lead) -> Body:
        form = group.level if group.stage else group.id
        body = folded.folded_body(self.frame, key, group.layers, lead, form, self._note(group), group.times)
        if not group.stage:
            return self._with_pills(group, body)
        if group.is_stage:
            kinds = self._bundle(group.id)
            return folded.with_bundle(self.frame, body, kinds) if kinds else body
        way = self.ways.get(group.id)
        return folded.with_plus(self.frame, body, way, group.layers) if way else body

    def _note(self, group: Group) -> str:
        """The second line of a folded card."""
        if group.is_stage:
            most = _dilation(group.layers)
            dilated = f" · d={most}" if most > 1 else ""
            return f"{_resolution(group)}{dilated} · {_cost(group.layers)} parameters"
        return card_note(group.layers, group.stage is not None)

    def _label(self, group: Group, body: Body) -> Label | None:
        """The name of a block beside its card, or of anything folded on it."""
        card = body.card
        if card is None:
            return None
        if group.folded:
            text = f"{group.id} · {_blocks(self.net.spec, group.id)}" if group.is_stage else group.name
            room = card.w - folded.TEXT_X - (64 if group.times > 1 else 8)
            return Label("title", card.x + folded.TEXT_X, card.cy - 9, text, "start", room)
        if self.frame.down:
            y = _name_at(card) if group.times > 1 else card.cy
            return Label("block", card.x - 16, y, group.name, "end", 104)
        text = f"{group.name} (× {group.times})" if group.times > 1 else group.name
        return Label("block", card.cx, card.bottom + 18, text, "middle", card.w)

    # --- bands ----------------------------------------------------------------------------------------------------

    def _bands(self, low: float, high: float) -> Iterator[Band]:
        pairs = zip(self.groups, self.cells, strict=True)
        way = self.frame.direction
        for stage, run in groupby(pairs, lambda pair: pair[0].stage):
            members = list(run)
            if stage is None or members[0][0].is_stage:
                continue
            start = self.frame.start(Rect(members[0][1].x, members[0][1].y, 0, 0)) - BAND_BEFORE[way]
            end = self.frame.end(members[-1][1].rect) + BAND_AFTER[way]
            rect = self.frame.span(start, end, low, high)
            room = BAND_LEFT - CAPTION_X + 6 if self.frame.down else rect.w - 2 * CAPTION_X
            yield Band(stage, rect, self._caption(stage, members), room)

    def _caption(self, stage: str, members: Sequence[tuple[Group, Cell]]) -> tuple[str, ...]:
        layers = [layer for group, _ in members for layer in group.layers]
        size, most = _resolution(members[-1][0]), _dilation(layers)
        size += f" · dilation {most}" if most > 1 else ""
        cost = sum([layer.params * group.times for group, _ in members for layer in group.layers])
        notes = size, _blocks(self.net.spec, stage), f"{short_number(cost)} parameters"
        return (stage, *notes) if self.frame.down else (stage, " · ".join(notes))


def _name_at(card: Rect) -> float:
    """Where the name of a run stands, over how many it is of: below the band's caption."""
    return max(card.cy - 10, 72.0)


def _resolution(group: Group) -> str:
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
