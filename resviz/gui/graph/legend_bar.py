"""The legend as a line under the graph, where the view is too narrow for it to stand beside the drawing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.drawing.figure import CAPTION
from resviz.drawing.heat import Shades
from resviz.drawing.legend import ROW, SCALE_HEIGHT, SCALE_WIDTH, SWATCH, SWATCH_GAP, scale_parts
from resviz.drawing.palette import Palette
from resviz.drawing.text import width
from resviz.gui.graph.notes import Line, line_parts
from resviz.gui.graph.painter import Stencil

_PAD, _GAP = 12.0, 14.0


class LegendBar(QWidget):
    """As many rows as its entries need."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: Sequence[Line] = ()
        self._shades: Shades | None = None
        self._palette = palette
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend"))

    def show_entries(self, entries: Sequence[Line], palette: Palette, shades: Shades | None) -> None:
        self._entries, self._palette, self._shades = entries, palette, shades
        self.setAccessibleDescription(", ".join(entry.text for entry in entries))
        self.updateGeometry()
        self.update()

    def height_at(self, wide: int) -> int:
        """What it takes in a view of this width."""
        rows = self._places(wide)[-1][1] + 1 if self._entries else 0
        return round(max(rows * ROW, SCALE_HEIGHT if self._shades else 0.0) + 8)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height_at(self.width()))

    def _places(self, wide: int) -> list[tuple[float, int]]:
        """Left edge and row of each entry."""
        start = _PAD + (SCALE_WIDTH + 2 * _GAP if self._shades else 0.0)
        x, row, places = start, 0, []
        for entry in self._entries:
            needed = SWATCH + SWATCH_GAP + width(entry.text, CAPTION)
            if x > start and x + needed > wide - _PAD:
                x, row = start, row + 1
            places.append((x, row))
            x += needed + _GAP
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(self._palette.panel))
            painter.setPen(QPen(QColor(self._palette.line), 1))
            painter.drawLine(0, 0, self.width(), 0)
            parts = list(scale_parts(self._shades, _PAD, 2)) if self._shades else []
            for entry, (x, row) in zip(self._entries, self._places(self.width()), strict=True):
                parts += line_parts(entry, x, 4 + ROW * (row + 0.5))
            Stencil(parts, self._palette).paint(painter, 1.0)
