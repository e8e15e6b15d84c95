"""One channel large: each cell in its colour and, where there is room, with its value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from resviz.engine.messages import Floats
from resviz.gui.panels.seen.pixels import PixelView
from resviz.gui.theme import font

#: Values are written in this size, px, and only in cells this much larger than they are.
_FIGURES, _AIR = 10, 4.0
#: Above this luminance (0 to 1) text is black.
_LIGHT = 0.5


def value_text(value: float) -> str:
    """At most five signs: `0.31`, `−1.2`, `14`, `3e5`, `0`."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else str(value)
    size = abs(value)
    if size < 0.005 or size >= 10000:
        text = f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    else:
        text = f"{value:.{2 if size < 10 else 1 if size < 100 else 0}f}"
    return text.replace("-", "−")


def filling(view: QWidget, image: QImage) -> QSize:
    """As large as a picture fits, in dots: two of one shape beside each other must be of one size."""
    return image.size().scaled(view.size() * view.devicePixelRatioF(), Qt.AspectRatioMode.KeepAspectRatio)


class CellsView(PixelView):
    """Fills its place; the values of the cells in view are written into them once they can be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Cells of the channel"))
        self.setToolTip(
            self.tr("Point at a cell for what it sees; a click keeps it. A double click or Ctrl+wheel magnifies.")
        )
        self.values: Floats = np.zeros((0, 0), np.float32)
        self.region_wanted.connect(self.set_region)

    def show_cells(self, image: QImage, values: Floats) -> None:
        """`values` is `(H, W)`; `image` has a pixel for each."""
        self.values = values
        self.show_pixels(image)

    def _dots(self) -> QSize:
        return filling(self, self._image)

    def cell_size(self) -> float:
        """Of one cell on screen, px."""
        return self.picture_rect().width() / self.region.width() if self.region.width() else 0.0

    def written(self) -> list[tuple[int, int, str]]:
        """Row, column and text of the values that can be read."""
        side = self.cell_size()
        if not self.values.size or side < 16:
            return []
        region = self.region
        texts = [
            (row, column, value_text(float(self.values[row, column])))
            for row in range(region.top(), region.bottom() + 1)
            for column in range(region.left(), region.right() + 1)
        ]
        metrics = QFontMetricsF(font(_FIGURES))
        widest = max(metrics.horizontalAdvance(text) for text in {text for _, _, text in texts})
        return texts if widest + _AIR <= side else []

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        texts = self.written()
        if not texts:
            return
        painter = QPainter(self)
        painter.setFont(font(_FIGURES))
        rect, side = self.picture_rect(), self.cell_size()
        for row, column, text in texts:
            ground = self._whole.pixelColor(column, row)
            painter.setPen(QColor("black" if _luminance(ground) > _LIGHT else "white"))
            left, top = (column - self.region.left()) * side, (row - self.region.top()) * side
            place = QRectF(rect.left() + left, rect.top() + top, side, side)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _luminance(colour: QColor) -> float:
    return 0.299 * colour.redF() + 0.587 * colour.greenF() + 0.114 * colour.blueF()
