"""What the view paints: the layout of the document's spec, with one stencil for all cells that look alike."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Band, Cell, Layout
from resviz.drawing.figure import BOX_DETAIL, band_parts, body_parts, label_part
from resviz.drawing.palette import Palette
from resviz.gui.graph.painter import Stencil

#: Below this scale a block is one bar, its layers being no more than a pixel high.
FAR = BOX_DETAIL
#: The prepared names of cells and bands; far more than a screen shows.
_MAX_NAMES = 512


class Scene:
    """A mirror of a layout: only pictures not seen before cost anything."""

    def __init__(self, plan: Layout, palette: Palette) -> None:
        self.palette = palette
        self.plan = plan
        self._bodies: dict[str, Stencil] = {}
        self._names: dict[object, Stencil] = {}
        self._bars: list[QRectF] = []
        self._stage_bars: list[QRectF] = []

    def show(self, plan: Layout) -> None:
        """Mirror another layout; stencils of cells that stay are kept."""
        self.plan = plan
        self._bars = []
        used = {cell.body.key for cell in self.plan.cells}
        self._bodies = {key: made for key, made in self._bodies.items() if key in used}

    def recolour(self, palette: Palette) -> None:
        """Another theme."""
        self.palette = palette
        self._bodies.clear()
        self._names.clear()

    def paint(self, painter: QPainter, window: Rect, scale: float) -> None:
        """Paint the part in `window`; the painter is in the drawing's coordinates."""
        for band in self.plan.bands:
            if band.rect.meets(window):
                self._paint_band(painter, band, scale)
        if scale < FAR:
            self._paint_bars(painter, scale)
            return
        for cell in self.plan.visible(window.y, window.bottom):
            painter.translate(0, cell.y)
            self._body(cell).paint(painter, scale)
            if cell.label:
                self._name(cell).paint(painter, scale)
            painter.translate(0, -cell.y)

    def _paint_band(self, painter: QPainter, band: Band, scale: float) -> None:
        stencil = self._names.get(band)
        if stencil is None:
            stencil = self._remember(band, Stencil(band_parts(band), self.palette))
        stencil.paint(painter, scale)

    def _body(self, cell: Cell) -> Stencil:
        stencil = self._bodies.get(cell.body.key)
        if stencil is None:
            stencil = self._bodies[cell.body.key] = Stencil(body_parts(cell.body), self.palette)
        return stencil

    def _name(self, cell: Cell) -> Stencil:
        assert cell.label is not None
        return self._names.get(cell.label) or self._remember(
            cell.label, Stencil([label_part(cell.label)], self.palette)
        )

    def _remember(self, key: object, stencil: Stencil) -> Stencil:
        if len(self._names) >= _MAX_NAMES:
            self._names.clear()
        self._names[key] = stencil
        return stencil

    def _paint_bars(self, painter: QPainter, scale: float) -> None:
        """Every block as one bar; every stage as one where blocks would be finer than the screen."""
        if not self._bars:
            wide = self.plan.cells[0].body.left
            self._bars = [QRectF(wide, cell.y, -2 * wide, max(cell.body.height, 1)) for cell in self.plan.cells]
            self._stage_bars = [QRectF(wide, band.rect.y, -2 * wide, band.rect.h) for band in self.plan.bands]
        fine = self.plan.bounds.h * scale < len(self._bars)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.palette.conv))
        painter.drawRects(self._stage_bars if fine else self._bars)
