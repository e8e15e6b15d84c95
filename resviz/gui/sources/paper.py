"""The sheet that the hand draws on: mouse, pen, and the keys that go with them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.sources.strokes import SIDE, Drawing
from resviz.gui.theme import BODY, font

_LEAST, _USUAL = 120, 280
#: Room around the sheet, for the ring that shows the focus.
_RING = 3


class Paper(QWidget):
    """`drawn` tells that the sheet looks different; `thickness` and `erases` are the pen's."""

    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing = Drawing()
        self.thickness, self.erases = 44.0, False
        self.setAccessibleName(self.tr("Sketch pad"))
        self.setAccessibleDescription(self.tr("Draw with the mouse or a pen. Del clears, Ctrl+Z undoes."))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(_USUAL, _USUAL)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, _LEAST)

    def sheet(self) -> QRectF:
        """Where the paper lies: a square in the middle."""
        side = min(self.width(), self.height()) - 2 * _RING
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def on_paper(self, at: QPointF) -> QPointF:
        """A place on the widget, in the paper's dots."""
        sheet = self.sheet()
        return (at - sheet.topLeft()) * (SIDE / max(sheet.width(), 1.0))

    # --- the hand ----------------------------------------------------------------------------------------------------

    def _begin(self, at: QPointF, erases: bool, pressure: float = 1.0) -> None:
        self.drawing.begin(self.on_paper(at), self.thickness, erases, pressure)
        self._changed()

    def _move(self, at: QPointF, pressure: float = 1.0) -> None:
        if self.drawing.is_drawing:
            self.drawing.move(self.on_paper(at), pressure)
            self._changed()

    def _end(self) -> None:
        if self.drawing.is_drawing:
            self.drawing.end()
            self._changed()

    def _changed(self) -> None:
        self.update()
        self.drawn.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        right = event.button() == Qt.MouseButton.RightButton
        if event.button() == Qt.MouseButton.LeftButton or right:
            self._begin(event.position(), self.erases or right)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._move(event.position())
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen draws as thick as it is pressed; its other end erases."""
        kinds, erases = QEvent.Type, event.pointerType() == QPointingDevice.PointerType.Eraser
        pressure = event.pressure() or 1.0  # not every pen tells it
        if event.type() == kinds.TabletPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._begin(event.position(), self.erases or erases, pressure)
        elif event.type() == kinds.TabletMove:
            self._move(event.position(), pressure)
        elif event.type() == kinds.TabletRelease:
            self._end()
        event.accept()  # else it would come again as the mouse's

    # --- the keys ----------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        self.drawing.clear()
        self._changed()

    def undo(self) -> None:
        self.drawing.undo()
        self._changed()

    def redo(self) -> None:
        self.drawing.redo()
        self._changed()

    def event(self, event: QEvent) -> bool:
        # While the pad has the focus, its keys come before the window's, which undo edits of the network.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._does(event):
            event.accept()
            return True
        return super().event(event)

    def _does(self, event: QKeyEvent) -> bool:
        keys = QKeySequence.StandardKey
        return event.matches(keys.Undo) or event.matches(keys.Redo) or event.key() in _CLEARING

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo()
        elif event.key() in _CLEARING:
            self.clear()
        else:
            super().keyPressEvent(event)

    # --- painting ----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        sheet = self.sheet()
        painter.drawImage(sheet, self.drawing.image)
        if self.drawing.is_blank and not self.drawing.is_drawing:
            painter.setPen(QColor("#6A7280"))  # the paper is white in both themes
            painter.setFont(font(BODY))
            painter.drawText(sheet, Qt.AlignmentFlag.AlignCenter, self.tr("Draw a digit"))
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(colours().accent if focused else colours().line), 2 if focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(sheet.adjusted(-1, -1, 1, 1), 3, 3)


_CLEARING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
