"""What stays in place while the drawing is folded about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Band, Cell, Layout
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.overlays import core_of


class Anchor(NamedTuple):
    """Where a thing is in the view's px, the point of it that stays, and the layers that say where it is afterwards."""

    before: Rect
    at: QPointF
    first: str
    last: str
    #: one layer's box rather than all of its cells
    box: bool = False
    beside: bool = False

    def after(self, plan: Layout) -> Rect | None:
        """Where the thing is in another drawing, in its px."""
        there = plan.beside if self.beside else plan
        first = there.place(self.first) if there else None
        last = there.place(self.last) if there else None
        if first is None or last is None:
            return None
        return first.rect if self.box else _united([core_of(first.cell), core_of(last.cell)])


def of_cell(cell: Cell, camera: Camera, at: QPointF, beside: bool) -> Anchor:
    """A cell under the pointer."""
    # A folded block's plus is below its card, which is what opens.
    core, point = core_of(cell), camera.to_scene(at)
    before = core if core.holds(point.x(), point.y()) else _whole(cell)
    return Anchor(_seen(camera, before), at, cell.layers[0], cell.layers[-1], beside=beside)


def of_band(band: Band, plan: Layout, camera: Camera, at: QPointF, beside: bool) -> Anchor:
    """A stage whose band is under the pointer."""
    cells = [cell for cell in plan.cells if cell.id.startswith(band.id + ".")]
    return Anchor(_seen(camera, band.rect), at, cells[0].layers[0], cells[-1].layers[-1], beside=beside)


def usual(plan: Layout, camera: Camera, size: QSizeF, selected: str | None) -> Anchor | None:
    """The selected layer where it is in sight, else what is in the middle of the view."""
    window = camera.window(size)
    place = plan.place(selected) if selected else None
    if selected and place and place.rect.meets(window):
        before = camera.rect_to_view(place.rect)
        return Anchor(_rect(before), before.center(), selected, selected, box=True)
    cells = plan.visible(Rect(window.x, window.cy, window.w, 1) if plan.direction == "down" else _slit(window))
    if not cells:
        return None
    middle = QPointF(size.width() / 2, size.height() / 2)
    return of_cell(cells[0], camera, middle, beside=False)


def _slit(window: Rect) -> Rect:
    return Rect(window.cx, window.y, 1, window.h)


def _seen(camera: Camera, rect: Rect) -> Rect:
    return _rect(camera.rect_to_view(rect))


def _rect(rect: QRectF) -> Rect:
    return Rect(rect.x(), rect.y(), rect.width(), rect.height())


def _whole(cell: Cell) -> Rect:
    """A cell's card with its boxes: a folded block has its plus below."""
    return _united([core_of(cell), *(box.rect.moved(cell.x, cell.y) for box in cell.body.boxes)])


def _united(rects: Sequence[Rect]) -> Rect:
    left, top = min(rect.x for rect in rects), min(rect.y for rect in rects)
    return Rect(left, top, max(rect.right for rect in rects) - left, max(rect.bottom for rect in rects) - top)
