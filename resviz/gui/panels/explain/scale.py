"""The colours against and for a class, with the numbers at their ends."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.controls import colours
from resviz.gui.panels.explain.words import signed
from resviz.gui.theme import CAPTION, font
from resviz.heatmap import overlay

_HIGH, _LENGTH = 8, 64
#: Under the ramp, as a picture would be.
NEITHER = "#E6E6E6"


def ramp(low: float, high: float, width: int) -> QImage:
    """The colours of shares from `low` to `high`."""
    part = np.linspace(low, high, width, dtype=np.float32)
    return to_qimage(overlay(part[None], 1, width))


class ColourScale(QWidget):
    """`−0.12 [blue, white, red] +0.12`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ends = ("", "")
        self._low = -1.0
        self.setFont(font(CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_scale(self, end: float, only_for: bool) -> None:
        self._low = 0.0 if only_for else -1.0
        self.ends = ("0" if only_for else signed(-end), signed(end))
        said = self.tr("Colours from {low} (against) to {high} (for)")
        self.setAccessibleName(said.format(low=self.ends[0], high=self.ends[1]))
        self.setToolTip(self.tr("Red speaks for the class, blue against it; what is not covered does neither"))
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        self.ends = ("", "")
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(sum(map(metrics.horizontalAdvance, self.ends)) + _LENGTH + 12, metrics.height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.ends[1]:
            painter = QPainter(self)
            paint_scale(painter, QRectF(self.rect()), self.ends, self._low, colours().muted)
            painter.end()


def paint_scale(painter: QPainter, rect: QRectF, ends: tuple[str, str], low: float, ink: str) -> None:
    """Numbers at the ends, the ramp between them."""
    painter.setPen(QColor(ink))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(rect, middle, ends[0])
    painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, ends[1])
    left, right = (painter.fontMetrics().horizontalAdvance(end) + 6 for end in ends)
    place = QRectF(rect.left() + left, rect.center().y() - _HIGH / 2, rect.width() - left - right, _HIGH)
    painter.fillRect(place, QColor(NEITHER))
    painter.drawImage(place, ramp(low, 1.0, max(2, round(place.width()))))
