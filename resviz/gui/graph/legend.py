"""The legend as a panel in a corner of the view, wherever it covers nothing of the drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter, QPen

from resviz.drawing.figure import CAPTION
from resviz.drawing.heat import Shades
from resviz.drawing.legend import (
    ROW,
    SCALE_HEIGHT,
    SCALE_WIDTH,
    SWATCH,
    SWATCH_GAP,
    scale_parts,
)
from resviz.drawing.palette import Palette
from resviz.drawing.primitives import Primitive
from resviz.drawing.text import width
from resviz.gui.graph.notes import Line, line_parts
from resviz.gui.graph.painter import Stencil

MARGIN = 12.0
_PAD = 12.0


class LegendPanel:
    """Painted by the view on top of the drawing, in the view's own px."""

    def __init__(
        self, entries: Sequence[Line], palette: Palette, shades: Shades | None = None, larger: float = 1.0
    ) -> None:
        texts = max((width(entry.text, CAPTION) for entry in entries), default=0.0)
        wide = max(SWATCH + SWATCH_GAP + texts, SCALE_WIDTH if shades else 0.0)
        above = SCALE_HEIGHT + 6 if shades else 0.0
        self.size = QSizeF(2 * _PAD + wide, 2 * _PAD + above + ROW * len(entries) - 4) * larger
        self._larger = larger
        self._palette = palette
        self._entries = Stencil(_parts(entries, shades, above), palette)

    def place(self, view: QSizeF, covered: Callable[[QRectF], bool]) -> QRectF | None:
        """The first corner where it covers nothing, or None."""
        right, bottom = view.width() - MARGIN - self.size.width(), view.height() - MARGIN - self.size.height()
        for x, y in ((MARGIN, MARGIN), (right, MARGIN), (MARGIN, bottom)):
            rect = QRectF(x, y, self.size.width(), self.size.height())
            if x >= MARGIN and y >= MARGIN and not covered(rect):
                return rect
        return None

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        painter.save()
        painter.setPen(QPen(QColor(self._palette.line), 1))
        ground = QColor(self._palette.panel)
        ground.setAlphaF(0.92)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 8, 8)
        painter.translate(rect.topLeft())
        painter.scale(self._larger, self._larger)
        self._entries.paint(painter, self._larger)
        painter.restore()


def _parts(entries: Sequence[Line], shades: Shades | None, above: float) -> Iterator[Primitive]:
    if shades is not None:
        yield from scale_parts(shades, _PAD, _PAD - 2)
    for i, entry in enumerate(entries):
        yield from line_parts(entry, _PAD, _PAD + above + ROW * (i + 0.4))
