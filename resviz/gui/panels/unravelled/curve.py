"""A figure by length of path: bars or a curve, linear or in powers of ten. One length is in question in all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.panels.unravelled.fan import heat
from resviz.gui.theme import CAPTION, font

_LEFT, _TITLE, _PLOT, _FOOT = 44, 20, 84, 18
_DOT = 2.2
#: Bars narrower than this are one silhouette.
_LEAST_BAR = 2.0


class LengthCurve(QWidget):
    """Left and Right go from length to length."""

    pointed = Signal(int)

    def __init__(self, title: str, curve: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self._curve = title, curve
        #: 0 to 1 by length; None where there is nothing to show (a gradient of 0 on a scale of powers of ten).
        self.heights: list[float | None] = []
        self.ends = ("", "")
        self.current = -1
        self._range: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleName(title)

    def show_heights(
        self, heights: Sequence[float | None], ends: tuple[str, str], marked: tuple[int, int] | None = None
    ) -> None:
        """`ends` are the words at 0 and 1; the lengths of `marked` have most of it."""
        self.heights, self.ends, self._range = list(heights), ends, marked
        self.update()

    def set_current(self, length: int) -> None:
        if length != self.current:
            self.current = length
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, _TITLE + _PLOT + _FOOT)

    # --- places ------------------------------------------------------------------------------------------------------

    def _pitch(self) -> float:
        return (self.width() - _LEFT - 4) / max(1, len(self.heights))

    def bar(self, length: int, height: float = 1.0) -> QRectF:
        """Where a length's bar is."""
        pitch = self._pitch()
        return QRectF(_LEFT + length * pitch, _TITLE + _PLOT * (1 - height), pitch, _PLOT * height)

    def at(self, point: QPointF) -> int:
        length = int((point.x() - _LEFT) // self._pitch())
        return length if 0 <= length < len(self.heights) else -1

    # --- painting ----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._curve or self._pitch() < _LEAST_BAR)
        if self._range is not None:
            low, high = self.bar(self._range[0]), self.bar(self._range[1])
            painter.fillRect(low.united(high), QColor(colours().tint))
        if self.current >= 0:
            painter.fillRect(self.bar(self.current), QColor(colours().line))
        self._paint_words(painter)
        if self._curve:
            self._paint_curve(painter)
        elif self._pitch() < _LEAST_BAR:
            self._paint_silhouette(painter)
        else:
            self._paint_bars(painter)

    def _paint_words(self, painter: QPainter) -> None:
        painter.fillRect(QRectF(_LEFT, _TITLE + _PLOT, self.width() - _LEFT - 4, 1), QColor(colours().line))
        painter.setFont(font(CAPTION + 1, QFont.Weight.DemiBold))
        painter.setPen(QColor(colours().accent if self.hasFocus() else colours().text))
        painter.drawText(QRectF(0, 0, self.width(), _TITLE - 4), Qt.AlignmentFlag.AlignVCenter, self.title)
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(colours().muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, _TITLE, _LEFT - 6, 14), right, self.ends[1])
        painter.drawText(QRectF(0, _TITLE + _PLOT - 14, _LEFT - 6, 14), right, self.ends[0])
        for length in self._ticks():
            place = self.bar(length)
            middle = QRectF(place.center().x() - 24, _TITLE + _PLOT + 3, 48, 14)
            middle.moveRight(min(middle.right(), self.width()))
            painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, f"{length:,}")

    def _ticks(self) -> list[int]:
        """Lengths that are named: round ones, with room between them."""
        last = len(self.heights) - 1
        if last < 1:
            return [0] if last == 0 else []
        least = 40 / self._pitch()
        power = 10 ** math.floor(math.log10(max(least, 1)))
        step = next(int(times * power) for times in (1, 2, 5, 10, 20) if times * power >= least)
        return list(range(0, last + 1, step))

    def _paint_bars(self, painter: QPainter) -> None:
        gap = min(2.0, self._pitch() / 5)
        for length, height in enumerate(self.heights):
            if height:
                place = self.bar(length, max(height, 1 / _PLOT)).adjusted(gap, 0, -gap, 0)
                painter.fillRect(place, heat(length / max(1, len(self.heights) - 1)))

    def _paint_silhouette(self, painter: QPainter) -> None:
        line = QPainterPath(QPointF(_LEFT, _TITLE + _PLOT))
        for length, height in enumerate(self.heights):
            line.lineTo(self.bar(length).center().x(), _TITLE + _PLOT * (1 - (height or 0)))
        line.lineTo(self.width() - 4, _TITLE + _PLOT)
        painter.fillPath(line, heat(0.5))

    def _paint_curve(self, painter: QPainter) -> None:
        dots = [
            QPointF(self.bar(length).center().x(), _TITLE + 3 + (_PLOT - 6) * (1 - height))
            for length, height in enumerate(self.heights)
            if height is not None
        ]
        painter.setPen(QPen(QColor(colours().accent), 1.6))
        painter.drawPolyline(dots)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours().accent))
        if self._pitch() > 3 * _DOT:
            for dot in dots:
                painter.drawEllipse(dot, _DOT, _DOT)

    # --- pointer and keys --------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self.at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        last = len(self.heights) - 1
        if step is not None and last >= 0:
            self.pointed.emit(min(max(self.current + step, 0), last))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit(-1)
        self.update()


def in_powers(logs: Sequence[float]) -> tuple[list[float | None], float, float]:
    """Heights on a scale of powers of ten, and the logarithms at its ends; None for what has none."""
    finite = [log for log in logs if log > -math.inf]
    if not finite:
        return [None] * len(logs), 0.0, 0.0
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    return [(log - low) / span if log > -math.inf else None for log in logs], low, high
