"""The input with the theoretical receptive field of a place on it, and the effective one."""

from __future__ import annotations

from functools import cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from resviz.engine import messages as m
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.controls import colours
from resviz.gui.panels.explain.laid_view import LaidView
from resviz.gui.panels.explain.reach import Span
from resviz.heatmap import Floats, coloured, enlarged

#: Small gradients are seen as well: opacity goes with this power of them.
_BEND = 0.5
#: How much padding is shown at each side, as a share of the input's.
_MARGIN = 0.25


class FieldPicture(LaidView):
    """The input with both fields on it: a square, and a heat."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._square: tuple[Span, Span] | None = None
        self._size = 1

    def show_square(self, rows: Span, columns: Span, size: int, overhang: int) -> None:
        """The theoretical field in pixels of an input of `size`; in this layer one reaches so far beyond the edge."""
        self._square, self._size = (rows, columns), size
        self.margin = min(max(overhang / size, 0.0), _MARGIN)
        self.update()

    def square_rect(self) -> QRectF:
        """Where the square is painted; it may be larger than the picture."""
        rect = self.picture_rect()
        return self._on(rect)

    def _on(self, rect: QRectF) -> QRectF:
        if self._square is None:
            return QRectF()
        rows, columns = self._square
        down, across = rect.height() / self._size, rect.width() / self._size
        left, top = rect.left() + columns.start * across, rect.top() + rows.start * down
        return QRectF(left, top, columns.length * across, rows.length * down)

    def paint_marks(self, painter: QPainter, rect: QRectF) -> None:
        square = self._on(rect)
        if square.isEmpty():
            return
        painter.save()
        painter.setClipRect(self.around(rect))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor("white"), 3.5), (QColor(colours().accent), 1.75)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(square)
        middle = square.center()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("white"), 1.5))
        painter.setBrush(QColor(colours().accent))
        painter.drawEllipse(middle, 3.5, 3.5)
        painter.restore()


def heat(values: Floats, side: int) -> QImage:
    """A gradient from 0 to 1 as a sheet of reds."""
    height, width = values.shape
    scale = max(side / max(height, width), 1.0)
    smooth = enlarged(values, round(height * scale), round(width * scale))
    return to_qimage(_reds()[(np.clip(smooth, 0, 1) * 255 + 0.5).astype(np.intp)])


@cache
def _reds() -> m.Pixels:
    """`(256, 4)`: small gradients are seen as well."""
    bent = np.linspace(0, 1, 256, dtype=np.float32) ** np.float32(_BEND)
    table = np.concatenate([coloured(0.25 + 0.75 * bent), 255 * np.minimum(bent * 1.1, 0.92)[:, None]], -1)
    found: m.Pixels = table.round().astype(np.uint8)
    return found


def grey(seen: m.Pixels) -> QImage:
    """A picture without its colours, and paler, so that heat is seen on it."""
    red, green, blue = (seen[..., channel].astype(np.uint16) for channel in range(3))
    return to_qimage((70 + (red * 46 + green * 90 + blue * 18) // 256).astype(np.uint8))


def blank(size: int) -> QImage:
    """The input while there is no picture."""
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor(colours().control))
    return image
