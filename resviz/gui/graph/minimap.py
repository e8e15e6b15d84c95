"""The whole network as a strip, with the part in view framed; drag to go elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Layout
from resviz.drawing.palette import Palette

WIDTH, MAX_HEIGHT = 40, 240
_PAD = 8.0
#: Bars closer than this many px run into one per stage.
_LEAST_PITCH = 2.0


class Minimap(QWidget):
    """Shows heights only: the drawing is a column, and its width says nothing."""

    #: The height in the drawing that shall be in the middle of the view.
    moved = Signal(float)

    def __init__(self, plan: Layout, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._plan, self._palette = plan, palette
        self._window = Rect(0, 0, 0, 0)
        self._mark: float | None = None
        self._bars = self._draw_bars()
        self.setToolTip(self.tr("The whole network; drag to move"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mirror(self, plan: Layout, palette: Palette, window: Rect, mark: float | None) -> None:
        """Show a drawing, the part of it in view, and the height of the selected layer."""
        if (plan, palette, window, mark) != (self._plan, self._palette, self._window, self._mark):
            other = plan != self._plan
            self._plan, self._palette, self._window, self._mark = plan, palette, window, mark
            if other:
                self._bars = self._draw_bars()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_panel(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.muted))
        painter.setOpacity(0.55)
        for bar in self._bars:
            painter.drawRoundedRect(bar, min(2.0, bar.height() / 2), min(2.0, bar.height() / 2))
        painter.setOpacity(1.0)
        self._paint_frame(painter)
        painter.end()

    def _paint_panel(self, painter: QPainter) -> None:
        ground = QColor(self._palette.panel)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(QColor(self._palette.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def _draw_bars(self) -> list[QRectF]:
        """A bar a block, or a bar a stage where blocks would be too fine."""
        middle, half = self.width() / 2, 8.0
        parts = [(cell.y, cell.bottom) for cell in self._plan.cells]
        if self._unit() * self._plan.bounds.h < _LEAST_PITCH * len(parts):
            parts = [(band.rect.y, band.rect.bottom) for band in self._plan.bands]
        return [
            QRectF(QPointF(middle - half, self._at(top)), QPointF(middle + half, self._at(bottom)))
            for top, bottom in parts
        ]

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._bars = self._draw_bars()

    def _paint_frame(self, painter: QPainter) -> None:
        accent = QColor(self._palette.accent)
        if self._mark is not None:
            painter.fillRect(QRectF(self.width() / 2 - 11, self._at(self._mark) - 1, 22, 2), accent)
        top = max(self._at(self._window.y), 3.0)
        bottom = min(self._at(self._window.bottom), self.height() - 3.0)
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(5, top, self.width() - 10, max(bottom - top, 5.0)), 4, 4)

    def _unit(self) -> float:
        """Strip px for one px of the drawing."""
        return (self.height() - 2 * _PAD) / self._plan.bounds.h

    def _at(self, y: float) -> float:
        return _PAD + (y - self._plan.bounds.y) * self._unit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        self.moved.emit(self._plan.bounds.y + (event.position().y() - _PAD) / self._unit())
        event.accept()
