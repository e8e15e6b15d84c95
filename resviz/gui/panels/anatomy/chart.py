"""All blocks at once: how long F(x) is beside x, and which way it points. A bar a block; a click selects it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from resviz.engine import messages as m
from resviz.gui.panels.anatomy.words import strength_figures
from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import STALE
from resviz.gui.theme import CAPTION, font

_LEFT, _RATIO, _COSINE, _BETWEEN, _FOOT = 36, 74, 40, 14, 18
_WIDEST = 40.0


class StrengthChart(QWidget):
    """Left and Right go from block to block, Return selects it."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strengths: tuple[m.Strength, ...] = ()
        self.block: str | None = None
        #: The bar that the keys or the pointer are on.
        self.current = -1
        self._stale = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleName(self.tr("How much every block changes x"))

    def show_strengths(self, strengths: tuple[m.Strength, ...], block: str | None) -> None:
        self.strengths, self.block = strengths, block
        self.current = min(self.current, len(strengths) - 1)
        self._describe()
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def _describe(self) -> None:
        """For screen readers: the block in question, in figures."""
        at = self.current if self.current >= 0 else self._of_block()
        self.setAccessibleDescription(self.hint(at) if at >= 0 else "")

    def _of_block(self) -> int:
        return next((at for at, each in enumerate(self.strengths) if each.block == self.block), -1)

    def sizeHint(self) -> QSize:
        return QSize(360, _RATIO + _BETWEEN + _COSINE + _FOOT)

    # --- places ------------------------------------------------------------------------------------------------------

    @property
    def most(self) -> float:
        """The ratio at the top of the chart: at least 1, where F(x) is as long as x."""
        return max([1.0, *(each.ratio for each in self.strengths)])

    def _pitch(self) -> float:
        return min(_WIDEST, (self.width() - _LEFT) / max(1, len(self.strengths)))

    def bar(self, at: int) -> QRectF:
        """The column of a block, over both charts."""
        pitch = self._pitch()
        return QRectF(_LEFT + at * pitch, 0, pitch, self.height() - _FOOT)

    def at(self, point: QPointF) -> int:
        """The block at a point, -1 for none."""
        at = int((point.x() - _LEFT) // self._pitch())
        return at if 0 <= at < len(self.strengths) and point.y() < self.height() - _FOOT else -1

    # --- painting ----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._pitch() >= 4)
        painter.setOpacity(STALE if self._stale else 1.0)
        for at in {self._of_block(), self.current} - {-1}:
            chosen = self.strengths[at].block == self.block
            painter.fillRect(self.bar(at), QColor(colours().tint if chosen else colours().control))
        self._paint_axes(painter)
        for at, strength in enumerate(self.strengths):
            self._paint_bar(painter, self.bar(at), strength)
        self._paint_foot(painter)
        if self.hasFocus() and self.current >= 0:
            painter.setPen(QColor(colours().accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.bar(self.current).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_axes(self, painter: QPainter) -> None:
        line, zero = QColor(colours().line), _RATIO + _BETWEEN + _COSINE / 2
        right = _LEFT + self._pitch() * len(self.strengths)
        one = self._top(1.0)
        for y in (_RATIO, one, zero):
            painter.fillRect(QRectF(_LEFT, y, right - _LEFT, 1), line)
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(colours().muted))
        labels = [(one, "1"), (_RATIO, "0"), (zero - _COSINE / 2, "cos 1"), (zero + _COSINE / 2, "−1")]
        if one > 16:
            labels.append((5.0, f"{self.most:.3g}"))
        for y, text in labels:
            place = QRectF(0, y - 8, _LEFT - 5, 16)
            if place.top() < 0:
                place.moveTop(0)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _top(self, ratio: float) -> float:
        return 2 + (_RATIO - 2) * (1 - ratio / self.most)

    def _paint_bar(self, painter: QPainter, place: QRectF, strength: m.Strength) -> None:
        gap = min(2.0, place.width() / 5)
        colour = QColor(colours().projection if strength.projected else colours().accent)
        top, zero = self._top(strength.ratio), _RATIO + _BETWEEN + _COSINE / 2
        painter.fillRect(QRectF(place.x() + gap, top, place.width() - 2 * gap, _RATIO - top), colour)
        high = strength.cosine * _COSINE / 2
        painter.fillRect(QRectF(place.x() + gap, zero - max(high, 0), place.width() - 2 * gap, abs(high)), colour)

    def _paint_foot(self, painter: QPainter) -> None:
        """The stages, under their first blocks."""
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(colours().muted))
        free, former = 0.0, ""
        for at, strength in enumerate(self.strengths):
            stage = strength.block.partition(".")[0]
            left = self.bar(at).x()
            if stage != former and left >= free:
                painter.drawText(QPointF(left, self.height() - 5), stage)
                free = left + painter.fontMetrics().horizontalAdvance(stage) + 6
            former = stage

    # --- pointer and keys --------------------------------------------------------------------------------------------

    def hint(self, at: int) -> str:
        strength = self.strengths[at]
        return f"{strength.block}: {strength_figures(strength)}"

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self.at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.hint(at) if at >= 0 else "", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(self.at(event.position()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.current >= 0 else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._go(-1)

    def _go(self, at: int) -> None:
        if at != self.current:
            self.current = at
            self._describe()
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and at >= 0:
            self.chosen.emit(self.strengths[at].block)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        last = len(self.strengths) - 1
        if step is not None and last >= 0:
            start = self.current if self.current >= 0 else self._of_block() if self._of_block() >= 0 else 0 - step
            self._go(min(max(start + step, 0), last))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.current >= 0:
            self.chosen.emit(self.strengths[self.current].block)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
