"""How the values of a layer or a channel are spread, as small bars."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.theme import CAPTION, font
from resviz.maps.statistics import Histogram

_HEIGHT, _WIDTH = 46, 104


class HistogramView(QWidget):
    """The height of a bar is the square root of its count: beside the zeros after a ReLU the rest would vanish."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.histogram: Histogram | None = None
        self.setFont(font(CAPTION - 1))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr("How the values are spread. A bar's height is the square root of how many; the line marks zero.")
        )

    def show_histogram(self, found: Histogram | None) -> None:
        self.histogram = found
        if found is not None:
            said = self.tr("Values from {low} to {high}")
            self.setAccessibleName(said.format(low=f"{found.low:.3g}", high=f"{found.high:.3g}"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = self.histogram
        if found is None:
            return
        painter = QPainter(self)
        words = painter.fontMetrics().height()
        floor, width = self.height() - words, self.width()
        bars = np.sqrt(found.counts / max(1, int(found.counts.max()))) * (floor - 2)
        step = width / len(bars)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours().accent))
        painter.setOpacity(0.75)
        for at, bar in enumerate(bars.tolist()):
            painter.drawRect(QRectF(at * step, floor - bar, max(1.0, step - 0.5), bar))
        painter.setOpacity(1)
        painter.setPen(QColor(colours().line))
        painter.drawLine(0, floor, width, floor)
        if found.low < 0 < found.high:
            zero = round(width * -found.low / (found.high - found.low))
            painter.setPen(QColor(colours().muted))
            painter.drawLine(zero, 0, zero, floor)
        painter.setPen(QColor(colours().muted))
        place = QRectF(0, floor, width, words)
        for side, value in ((Qt.AlignmentFlag.AlignLeft, found.low), (Qt.AlignmentFlag.AlignRight, found.high)):
            painter.drawText(place, side, f"{value:.3g}".replace("-", "−"))
