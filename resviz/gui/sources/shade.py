"""One screen, photographed and dimmed, on which a region is marked."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.theme import BODY, font

_DIM = QColor(0, 0, 0, 120)
_PLATE = QColor(20, 23, 28, 220)
_WHITE = QColor("white")
#: A click is no region, px.
_LEAST = 3
_ARROWS = {
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Down: QPoint(0, 1),
}


class Shade(QWidget):
    """`taken` carries the region, in the widget's pixels; `began` tells that marking began here."""

    taken = Signal(QRect)
    cancelled = Signal()
    began = Signal()

    def __init__(self, screen: QScreen, photo: QPixmap) -> None:
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, flags)
        self._photo = photo
        self._start: QPoint | None = None
        self._region = QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Mark a region of the screen"))

    @property
    def region(self) -> QRect:
        """What is marked; empty if nothing is."""
        return self._region

    def set_region(self, region: QRect) -> None:
        self._region = region.intersected(self.rect())
        self.update()

    def dots(self, region: QRect) -> QRect:
        """A region in the photograph's own dots: more of them where the screen is dense."""
        across, down = self._photo.width() / max(self.width(), 1), self._photo.height() / max(self.height(), 1)
        left, top = round(region.left() * across), round(region.top() * down)
        right, bottom = round((region.right() + 1) * across), round((region.bottom() + 1) * down)
        return QRect(left, top, max(1, right - left), max(1, bottom - top))

    def cut(self, region: QRect) -> QImage:
        """The region of the photograph; all of it for an empty one."""
        part = self._photo if region.isEmpty() else self._photo.copy(self.dots(region))
        image = part.toImage()
        image.setDevicePixelRatio(1.0)
        return image

    # --- the hand ----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.cancelled.emit()
            return
        self._start = event.position().toPoint()
        self.activateWindow()
        if not self._region.contains(self._start):  # in it, this may become a double click
            self.set_region(QRect())
        self.began.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._start is not None and (at - self._start).manhattanLength() >= _LEAST:
            self.set_region(QRect(self._start, at).normalized())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._start = None
        if min(self._region.width(), self._region.height()) < _LEAST:
            self.set_region(QRect())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._region.contains(event.position().toPoint()):
            self.taken.emit(self._region)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit(self._region)
        elif (step := _ARROWS.get(Qt.Key(key))) and not self._region.isEmpty():
            self._nudge(step, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def _nudge(self, step: QPoint, resizes: bool) -> None:
        """Move the region by a pixel, or its lower right corner."""
        region = QRect(self._region)
        if resizes:
            region.setBottomRight(region.bottomRight() + step)
        else:
            region.translate(step)
        if self.rect().contains(region):
            self.set_region(region)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.cancelled.emit()  # closed by the system's own means

    # --- painting ----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._photo)
        painter.fillRect(self.rect(), _DIM)
        painter.setFont(font(BODY))
        if self._region.isEmpty():
            self._say(painter, QPointF(self.rect().center()), self._hint())
            return
        painter.drawPixmap(QRectF(self._region), self._photo, QRectF(self.dots(self._region)))
        painter.setPen(QPen(QColor(colours().accent), 2))
        painter.drawRect(self._region)
        size = self.dots(self._region).size()
        below = self._region.bottom() + 24
        at = below if below + 16 < self.height() else self._region.bottom() - 20
        self._say(painter, QPointF(self._region.center().x(), at), self._size(size))

    def _hint(self) -> str:
        return self.tr("Drag over a region · Enter takes it, or the whole screen · Esc leaves")

    def _size(self, size: QSize) -> str:
        return self.tr("{width} × {height} · Enter takes it").format(width=size.width(), height=size.height())

    def _say(self, painter: QPainter, centre: QPointF, text: str) -> None:
        metrics = QFontMetrics(painter.font())
        wide, high = metrics.horizontalAdvance(text) + 24, metrics.height() + 12
        plate = QRectF(centre.x() - wide / 2, centre.y() - high / 2, wide, high)
        plate.moveLeft(min(max(plate.left(), 4.0), self.width() - wide - 4.0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(plate, 8, 8)
        painter.setPen(_WHITE)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
