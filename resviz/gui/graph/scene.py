"""What the view paints: a layout, with one stencil for all cells that look alike."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.plan import Band, Cell, Layout
from resviz.drawing.figure import BOX_DETAIL, band_parts, body_parts, heat_parts, label_part
from resviz.drawing.heat import Heat, Shades
from resviz.drawing.marks import cell_marks
from resviz.drawing.palette import Palette, hex_of
from resviz.drawing.primitives import Primitive
from resviz.gui.graph.painter import Stencil

#: Below this scale a block is one bar, its layers being no more than a pixel high.
FAR = BOX_DETAIL
#: The prepared parts of single cells and bands; far more than a screen shows.
_MAX_OWN = 2048
#: Half a bar's width across the trunk, in the drawing, and at least so much on the screen.
_BAR, _LEAST_BAR = 112.0, 6.0


class Scene:
    """A mirror of a layout: only pictures not seen before cost anything."""

    def __init__(self, plan: Layout, palette: Palette, heat: Heat | None = None) -> None:
        self.palette = palette
        self.plan = plan
        self.heat = heat
        self.shades = Shades(plan, heat) if heat else None
        self._bodies: dict[str, Stencil] = {}
        self._own: dict[object, Stencil] = {}
        self._bars: list[tuple[QRectF, QColor]] = []
        self._half = _BAR

    def show(self, plan: Layout) -> None:
        """Mirror another layout; stencils of cells that stay are kept."""
        self.plan = plan
        used = {cell.body.key for layout in self._layouts() for cell in layout.cells}
        self._bodies = {key: made for key, made in self._bodies.items() if key in used}
        self.set_heat(self.heat)

    def set_heat(self, heat: Heat | None) -> None:
        """Colour by cost, or by operator."""
        if (heat is None) != (self.shades is None):
            self._bodies.clear()
        self.heat, self.shades = heat, Shades(self.plan, heat) if heat else None
        self._own.clear()
        self._bars = []

    def recolour(self, palette: Palette) -> None:
        """Another theme."""
        self.palette = palette
        self._bodies.clear()
        self._own.clear()
        self._bars = []

    def paint(self, painter: QPainter, window: Rect, scale: float, names: bool = True) -> None:
        """Paint the part in `window`; the painter is in the drawing's coordinates.

        Without `names`, those of bands and of open blocks are left to whoever paints them in a readable size.
        """
        for layout in self._layouts():
            for band in layout.bands:
                if band.rect.meets(window):
                    self.paint_band(painter, band, scale, names)
        if scale < FAR:
            self._paint_bars(painter, scale)
            return
        for layout in self._layouts():
            for cell in layout.visible(window):
                painter.translate(cell.x, cell.y)
                self._paint_cell(painter, layout, cell, scale, names)
                painter.translate(-cell.x, -cell.y)

    def paint_band(self, painter: QPainter, band: Band, scale: float, names: bool = True) -> None:
        """One band at its place."""
        parts = band_parts(band)
        self._kept((band, names), parts if names else parts[:1]).paint(painter, scale)

    def paint_cell(self, painter: QPainter, cell: Cell, scale: float, names: bool = True) -> None:
        """One cell; the painter's origin is the cell's."""
        mine = self.plan.cell_of(cell.layers[0])
        beside = self.plan.beside
        owner = self.plan if beside is None or (mine is not None and (mine.x, mine.y) == (cell.x, cell.y)) else beside
        self._paint_cell(painter, owner, cell, scale, names)

    def _layouts(self) -> list[Layout]:
        return [self.plan] if self.plan.beside is None else [self.plan.beside, self.plan]

    def _paint_cell(self, painter: QPainter, owner: Layout, cell: Cell, scale: float, names: bool) -> None:
        self._body(cell).paint(painter, scale)
        if self.shades is not None:
            self._own_parts("heat", owner, cell).paint(painter, scale)
        elif cell.label and (names or cell.label.role != "block"):
            self._kept(cell.label, [label_part(cell.label)]).paint(painter, scale)
        if self.shades is not None and names and cell.label and cell.label.role == "block":
            self._kept(cell.label, [label_part(cell.label)]).paint(painter, scale)
        if owner.marks.cells:
            self._own_parts("mark", owner, cell).paint(painter, scale)

    def _body(self, cell: Cell) -> Stencil:
        stencil = self._bodies.get(cell.body.key)
        if stencil is None:
            parts = body_parts(cell.body, bare=self.shades is not None)
            stencil = self._bodies[cell.body.key] = Stencil(parts, self.palette)
        return stencil

    def _own_parts(self, what: str, owner: Layout, cell: Cell) -> Stencil:
        """What one cell has for itself: its costs, how it differs."""
        key = what, owner is self.plan, cell.id
        stencil = self._own.get(key)
        if stencil is not None:
            return stencil
        if what == "mark":
            return self._kept(key, list(cell_marks(owner, cell)))
        assert self.shades is not None
        return self._kept(key, list(heat_parts(owner, cell, self.shades)))

    def _kept(self, key: object, parts: list[Primitive] | tuple[Primitive, ...]) -> Stencil:
        stencil = self._own.get(key)
        if stencil is None:
            if len(self._own) >= _MAX_OWN:
                self._own.clear()
            stencil = self._own[key] = Stencil(parts, self.palette)
        return stencil

    def _paint_bars(self, painter: QPainter, scale: float) -> None:
        """Every block as one bar; every stage as one where blocks would be finer than the screen."""
        half = max(_BAR, 2.0 ** math.ceil(math.log2(_LEAST_BAR / scale)))
        if half != self._half:  # else a network of hundreds of blocks, seen whole, would be a hair
            self._half, self._bars = half, []
        frame = self.plan.frame
        painter.setPen(Qt.PenStyle.NoPen)
        if self.shades is None and (frame.end(self.plan.bounds)) * scale < len(self.plan.cells):
            painter.setBrush(QColor(self.palette.conv))
            painter.drawRects([self._stage_bar(layout, band) for layout in self._layouts() for band in layout.bands])
            return
        if not self._bars:
            self._bars = [self._bar(layout, cell) for layout in self._layouts() for cell in layout.cells]
        if self.shades is None:
            painter.setBrush(QColor(self.palette.conv))
            painter.drawRects([rect for rect, _ in self._bars])
            return
        for rect, colour in self._bars:
            painter.fillRect(rect, colour)

    def _bar(self, layout: Layout, cell: Cell) -> tuple[QRectF, QColor]:
        frame = layout.frame
        across = -cell.y if not frame.down else cell.x
        start = frame.start(Rect(cell.x, cell.y, 0, 0))
        rect = frame.span(start, max(frame.end(cell.rect), start + 1), across - self._half, across + self._half)
        role = self.shades.worth(layout, cell) if self.shades else "conv"
        return QRectF(*rect), QColor(hex_of(self.palette, role))

    def _stage_bar(self, layout: Layout, band: Band) -> QRectF:
        frame = layout.frame
        cell = layout.cells[0]
        across = -cell.y if not frame.down else cell.x
        return QRectF(
            *frame.span(frame.start(band.rect), frame.end(band.rect), across - self._half, across + self._half)
        )
