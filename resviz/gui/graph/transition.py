"""From one folding to the next: every cell on its straight way, what is new growing out of what it was folded in.

Only a way of painting: the camera and the plan are those of the end from the first moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Cell, Layout
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.overlays import core_of
from resviz.gui.graph.scene import FAR, Scene

#: With more cells than this in sight, each is too small for its way to tell anything.
_MOST_CELLS = 300
#: Nothing shrinks below this part of its size.
_LEAST_PART = 0.02
_BAND_RADIUS = 12.0


class Spot(NamedTuple):
    """Where the origin of a cell lies in the view, and its scale there."""

    x: float
    y: float
    scale: float

    def toward(self, other: Spot, part: float) -> Spot:
        return Spot(*(a + (b - a) * part for a, b in zip(self, other, strict=True)))


class Piece(NamedTuple):
    """A cell on its way; `fade` is 1 for one that comes, -1 for one that goes, 0 for one that stays."""

    cell: Cell
    start: Spot
    end: Spot
    fade: int


class View(NamedTuple):
    """A plan, and what of it is in sight."""

    plan: Layout
    camera: Camera
    size: QSizeF

    @property
    def window(self) -> Rect:
        return self.camera.window(self.size)

    def cells(self) -> Sequence[Cell]:
        return self.plan.visible(self.window)

    def spot(self, cell: Cell) -> Spot:
        at = self.camera.to_view(cell.x, cell.y)
        return Spot(at.x(), at.y(), self.camera.scale)

    def across(self, layers: Sequence[str]) -> QRectF | None:
        """What the cells with these layers cover, in the view's px."""
        ends = [self.plan.place(layers[0]), self.plan.place(layers[-1])]
        rects = [self.camera.rect_to_view(core_of(place.cell)) for place in ends if place is not None]
        return rects[0].united(rects[-1]) if rects else None


class Transition:
    """Holds the scene as it was until the motion ends."""

    def __init__(self, before: Scene, camera: Camera, after: Scene, now: Camera, size: QSizeF) -> None:
        self._before, self._after = before, after
        views = [(before.plan, camera, after.plan, now)]
        if before.plan.beside is not None and after.plan.beside is not None:
            views.append((before.plan.beside, camera, after.plan.beside, now))
        self._pairs = [(View(old, was, size), View(new, then, size)) for old, was, new, then in views]
        self._pieces = [list(_pieces(old, new)) for old, new in self._pairs]

    @staticmethod
    def worth(before: Layout, camera: Camera, after: Layout, now: Camera, size: QSizeF) -> bool:
        """Whether there is a way to be seen: near enough, and about the same network drawn the same way."""
        if before.direction != after.direction or min(camera.scale, now.scale) < FAR:
            return False
        counts = [len(plan.visible(eye.window(size))) for plan, eye in ((before, camera), (after, now))]
        return max(counts) <= _MOST_CELLS

    def paint(self, painter: QPainter, part: float) -> None:
        """Paint in the view's px."""
        for (old, new), pieces in zip(self._pairs, self._pieces, strict=True):
            self._bands(painter, old, new, part)
            for piece in pieces:
                self._piece(painter, piece, part)
        painter.setOpacity(1.0)

    def _bands(self, painter: QPainter, old: View, new: View, part: float) -> None:
        was = {band.id: old.camera.rect_to_view(band.rect) for band in old.plan.bands}
        will = {band.id: new.camera.rect_to_view(band.rect) for band in new.plan.bands}
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._after.palette.band))
        for name in was.keys() | will.keys():
            start = was.get(name) or _of_stage(old, name) or will[name]
            end = will.get(name) or _of_stage(new, name) or was[name]
            painter.setOpacity(1.0 if name in was and name in will else part if name in will else 1 - part)
            radius = _BAND_RADIUS * new.camera.scale
            painter.drawRoundedRect(_between(start, end, part), radius, radius)

    def _piece(self, painter: QPainter, piece: Piece, part: float) -> None:
        spot = piece.start.toward(piece.end, part)
        painter.save()
        painter.setOpacity(1.0 if piece.fade == 0 else part if piece.fade > 0 else 1 - part)
        painter.translate(QPointF(spot.x, spot.y))
        painter.scale(spot.scale, spot.scale)
        scene = self._before if piece.fade < 0 else self._after
        scene.paint_cell(painter, piece.cell, spot.scale, names=False)
        painter.restore()

    def pieces(self) -> list[Piece]:
        """All cells on their way."""
        return [piece for pieces in self._pieces for piece in pieces]


def _of_stage(view: View, stage: str) -> QRectF | None:
    """The card of a folded stage."""
    cell = next((cell for cell in view.cells() if cell.id == stage), None)
    return view.camera.rect_to_view(core_of(cell)) if cell else None


def _between(start: QRectF, end: QRectF, part: float) -> QRectF:
    first = start.topLeft() + (end.topLeft() - start.topLeft()) * part
    return QRectF(first, start.bottomRight() + (end.bottomRight() - start.bottomRight()) * part)


def _pieces(old: View, new: View) -> Iterator[Piece]:
    stay: dict[str, Piece] = {}
    for cell in old.cells():
        place = new.plan.place(cell.layers[0])
        if place is not None and _same(cell, place.cell):
            stay[cell.id] = Piece(place.cell, old.spot(cell), new.spot(place.cell), 0)
        else:
            yield Piece(cell, old.spot(cell), _spot_in(new, cell, old), -1)
    for cell in new.cells():
        place = old.plan.place(cell.layers[0])
        if place is not None and _same(cell, place.cell):
            stay[cell.id] = Piece(cell, old.spot(place.cell), new.spot(cell), 0)
        else:
            yield Piece(cell, _spot_in(old, cell, new), new.spot(cell), 1)
    yield from stay.values()


def _same(one: Cell, other: Cell) -> bool:
    """Whether two cells hold the same; what leads into them may say something else."""
    return one.id == other.id and (one.body.key == other.body.key or one.body.boxes == other.body.boxes)


def _spot_in(there: View, cell: Cell, here: View) -> Spot:
    """Where a cell of `here` is in the other view: within what there stands for it, made small enough to fit."""
    spot = here.spot(cell)
    place = there.plan.place(cell.layers[0])
    if place is None:
        return spot
    holder = there.across(cell.layers) if len(place.cell.layers) < len(cell.layers) else None
    frame = holder or there.camera.rect_to_view(core_of(place.cell))
    whole = here.across(place.cell.layers if len(place.cell.layers) > len(cell.layers) else cell.layers)
    if whole is None:
        return spot
    down = here.plan.direction == "down"
    length = (frame.height() / whole.height()) if down else (frame.width() / whole.width())
    part = min(max(length, _LEAST_PART), 1.0)
    trunk = there.spot(place.cell)
    if down:
        return Spot(trunk.x, frame.top() + (spot.y - whole.top()) * part, spot.scale * part)
    return Spot(frame.left() + (spot.x - whole.left()) * part, trunk.y, spot.scale * part)
