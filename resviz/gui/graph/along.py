"""What is known of every block, and where it is shown: in columns along the graph's outer side, in the view's px.

A trunk that goes down has its columns right of the drawing, one that goes right has them as rows below it. Lengths
along the trunk are the blocks' own; a folded card's blocks share its length.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSizeF

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Cell, Layout
from resviz.engine.messages import LesionRow, Pixels, Strength
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.overlays import core_of
from resviz.gui.graph.switching import blocks_of

#: A column's breadth in the drawing, and the least and the most it has in the view.
BREADTH = {"film": (60.0, 30.0, 84.0), "ribbon": (84.0, 44.0, 120.0), "sweep": (92.0, 48.0, 132.0)}
#: Between the columns and before the first, in the drawing.
GAP = 14.0
#: Air around a drawing: columns begin within it.
_MARGIN = 24.0
#: A column's heading takes this of its start in the view; a row's is beside it.
HEAD, HEAD_BESIDE = 20.0, 72.0
#: Thumbnails are not shown smaller, nor bars thinner, nor thicker.
LEAST_FRAME, LEAST_BAR, MOST_BAR = 14.0, 1.0, 16.0
#: Blocks nearer to each other than this in the view are not all shown, px.
_LEAST_PITCH = 3.0


@dataclass
class Along:
    """What is known: thumbnails, strengths, lesions, each by block; empty where it is not wanted or not known.

    `wanted` names the columns, in their order; one without figures keeps its place.
    """

    film: Mapping[str, Pixels] = field(default_factory=dict)
    strengths: Mapping[str, Strength] = field(default_factory=dict)
    sweep: Mapping[str, LesionRow] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    #: It is not, or not yet, about what the window shows.
    stale: bool = False
    sweep_stale: bool = False


class Slot(NamedTuple):
    """A block's place in a column."""

    block: str
    rect: QRectF


class Column(NamedTuple):
    """A column in the view: its name, its whole rectangle, and its slots in sight."""

    name: str
    rect: QRectF
    slots: tuple[Slot, ...]


def room(wanted: Sequence[str]) -> float:
    """What columns take across the trunk, in the drawing."""
    return sum(BREADTH[name][0] + GAP for name in wanted)


def widened(bounds: Rect, down: bool, wanted: Sequence[str]) -> Rect:
    """The bounds of a drawing with its columns."""
    more = room(wanted)
    return bounds._replace(w=bounds.w + more) if down else bounds._replace(h=bounds.h + more)


class Columns:
    """Where the columns of a drawing are, seen by a camera."""

    def __init__(self, plan: Layout, edge: float, wanted: Sequence[str], camera: Camera, size: QSizeF) -> None:
        self.plan, self._camera, self._size = plan, camera, size
        self.down = plan.direction == "down"
        self._spans = list(self._across(edge, wanted))

    def _across(self, edge: float, wanted: Sequence[str]) -> Iterator[tuple[str, float, float]]:
        """Each column's name, start and breadth, from the drawing's outer `edge` on."""
        corner = self._camera.to_view(edge - _MARGIN, edge - _MARGIN)
        at = corner.x() if self.down else corner.y()
        for name in wanted:
            own, least, most = BREADTH[name]
            gap = min(max(GAP * self._camera.scale, 8.0), 20.0)
            breadth = min(max(own * self._camera.scale, least), most)
            yield name, at + gap, breadth
            at += gap + breadth

    def rects(self) -> list[tuple[str, QRectF]]:
        """The columns in sight, by name."""
        limit = self._size.width() if self.down else self._size.height()
        return [
            (name, self._rect(0, self._length, start, breadth))
            for name, start, breadth in self._spans
            if start < limit and start + breadth > 0
        ]

    def shown(self) -> list[Column]:
        """The columns in sight, with what is in them."""
        return [Column(name, rect, tuple(self._slots(name, rect))) for name, rect in self.rects()]

    @property
    def _length(self) -> float:
        return self._size.height() if self.down else self._size.width()

    def _rect(self, start: float, length: float, across: float, breadth: float) -> QRectF:
        return QRectF(across, start, breadth, length) if self.down else QRectF(start, across, length, breadth)

    def _slots(self, name: str, rect: QRectF) -> Iterator[Slot]:
        start, breadth = (rect.left(), rect.width()) if self.down else (rect.top(), rect.height())
        yield from (self._frames if name == "film" else self._bars)(start, breadth)

    @cached_property
    def _cells(self) -> Sequence[Cell]:
        """The cells in sight; of very many, every so many: two in a pixel are one."""
        cells = self.plan.visible(self._camera.window(self._size))
        pitch = self._length / max(len(cells), 1)
        return cells[:: max(1, round(_LEAST_PITCH / pitch))] if pitch < _LEAST_PITCH else cells

    def _span(self, cell: Cell) -> tuple[float, float]:
        """Where a card begins along the trunk in the view, and how long it is."""
        core, camera = core_of(cell), self._camera
        start, length = (core.y - camera.y, core.h) if self.down else (core.x - camera.x, core.w)
        return start * camera.scale, length * camera.scale

    def _frames(self, across: float, breadth: float) -> Iterator[Slot]:
        """A thumbnail a card, of the last of its blocks; every so many where they would be too small to see."""
        last = -1e9
        for cell in self._cells:
            blocks = blocks_of(cell)
            if not blocks:
                continue
            begin, length = self._span(cell)
            pitch = (cell.rect.h if self.down else cell.rect.w) * self._camera.scale
            side = max(min(breadth, pitch - 2), LEAST_FRAME)
            at = _in_sight(begin, length, side, self._length)
            if at >= last + 1:
                last = at + side
                yield Slot(blocks[-1], self._rect(at, side, across + (breadth - side) / 2, side))

    def _bars(self, across: float, breadth: float) -> Iterator[Slot]:
        """A bar a block."""
        for block, at, thick in self._stretches:
            yield Slot(block, self._rect(at, thick, across, breadth))

    @cached_property
    def _stretches(self) -> list[tuple[str, float, float]]:
        """Where the blocks' bars begin along the trunk, and how thick they are: the same in every column."""
        found: list[tuple[str, float, float]] = []
        last, room, most = -1e9, self._length, MOST_BAR * max(1.0, min(self._camera.scale, 1.5))
        for cell in self._cells:
            blocks = blocks_of(cell)
            begin, length = self._span(cell)
            each = length / max(len(blocks), 1)
            thick = min(max(each * 0.7, LEAST_BAR), most)
            for number, block in enumerate(blocks):
                at = _in_sight(begin + number * each, each, thick, room)
                if at >= last and at + thick > 0 and at < room:
                    last = at + thick * 0.5
                    found.append((block, at, thick))
        return found


def _in_sight(start: float, length: float, own: float, room: float) -> float:
    """Where something `own` long stands: in the middle of its stretch; of the part in sight where that is long."""
    if length <= own:
        return start + (length - own) / 2
    low, high = max(start, HEAD), min(start + length, room)
    if high - low < own:
        return low if start < HEAD else max(high - own, start) if start + length > room else low
    return min(max(start + (length - own) / 2, low), high - own)
