"""The colours from low to high, with the values they stand for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.controls import colours
from resviz.gui.theme import CAPTION, font
from resviz.maps import mosaic

_LENGTH, _HEIGHT = 72, 8


class ColourBar(QWidget):
    """`low [gradient] high`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.low = self.high = ""
        self._table: NDArray[np.uint8] | None = None
        self.setFont(font(CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_scale(self, table: NDArray[np.uint8], low: str, high: str) -> None:
        self._table, self.low, self.high = table, low, high
        self.setAccessibleName(self.tr("Colours from {low} to {high}").format(low=low, high=high))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(self.low) + metrics.horizontalAdvance(self.high)
        return QSize(words + _LENGTH + 12, metrics.height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._table is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours().muted))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.low)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.high)
        left = painter.fontMetrics().horizontalAdvance(self.low) + 6
        place = QRectF(left, (self.height() - _HEIGHT) / 2, _LENGTH, _HEIGHT)
        ramp = to_qimage(self._table[None, mosaic.FIRST :]).scaled(_LENGTH, _HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.translate(place.topLeft())
        painter.setBrush(QBrush(ramp))
        painter.drawRoundedRect(QRectF(0, 0, _LENGTH, _HEIGHT), 3, 3)
