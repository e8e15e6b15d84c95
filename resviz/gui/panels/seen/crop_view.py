"""The original with the square that is looked at, which mouse and keys move and resize."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import RADIUS, PictureView
from resviz.gui.panels.seen import boxes
from resviz.gui.panels.seen.boxes import Size, Square
from resviz.ways import Box

#: Half a handle, and how near to a corner the pointer takes it, px.
_HANDLE, _REACH = 4.0, 10.0
_CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))
#: What a key moves the square by, as a share of its side; with Ctrl it is one pixel of the picture.
_STEP = 0.05
_VEIL = QColor(0, 0, 0, 120)
_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
#: The square as a whole, beside the corners.
_WHOLE = (-1, -1)


class CropView(PictureView):
    """`chosen` carries the box in shares while it changes, `settled` says that the hand has rested; `reset_wanted`
    asks for the box there was at first."""

    chosen = Signal(object)
    settled = Signal()
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setToolTip(
            self.tr("Drag the square or its corners. Arrows move it, Shift+arrows resize it, a double click resets it.")
        )
        self.setAccessibleName(self.tr("Original picture with the square that is looked at"))
        self._size = Size(1, 1)
        self._square: Square | None = None
        self._grip: tuple[int, int] | None = None
        self._from, self._at = Square(0, 0, 1), QPointF()

    @property
    def square(self) -> Square | None:
        """In pixels of the original."""
        return self._square

    @property
    def is_held(self) -> bool:
        """Whether the mouse has it."""
        return self._grip is not None

    def show_picture(self, image: QImage, size: tuple[int, int]) -> None:
        """`size` is that of the original, of which `image` may be a smaller copy."""
        self._size = Size(*size)
        self.set_image(image)

    def show_square(self, square: Square | None) -> None:
        """What is looked at; a square in the hand stays there."""
        if not self.is_held:
            self._square = square
            self.update()

    @property
    def size_of_original(self) -> Size:
        return self._size

    # --- mouse and keys ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        grip = self._grip_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or grip is None or self._square is None:
            super().mousePressEvent(event)
            return
        self._grip, self._from, self._at = grip, self._square, event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            self._show_grip(self._grip_at(event.position()))
            return
        scale, where = self._scale(), event.position() - self.picture_rect().topLeft()
        if self._grip == _WHOLE:
            by = (event.position() - self._at) / scale
            self._choose(boxes.moved(self._from, by.x(), by.y(), self._size))
        else:
            point = where / scale
            self._choose(boxes.pulled(self._from, self._grip, point.x(), point.y(), self._size))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._let_go()
            self._show_grip(self._grip_at(event.position()))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._grip = None
        self.reset_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _KEYS.get(Qt.Key(event.key()))
        if self._square is None or way is None:
            super().keyPressEvent(event)
            return
        modifiers = event.modifiers()
        fine = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        step = 1.0 if fine else max(1.0, round(self._square.side * _STEP))
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            larger = way in ((1, 0), (0, -1))
            self._choose(boxes.grown(self._square, 2 * step if larger else -2 * step, self._size))
        else:
            self._choose(boxes.moved(self._square, way[0] * step, way[1] * step, self._size))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.is_held:
            self._let_go()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _let_go(self) -> None:
        self._grip = None
        self.settled.emit()

    def _choose(self, square: Square) -> None:
        if square != self._square:
            self._square = square
            self.update()
            self.chosen.emit(boxes.shares(square, self._size))

    # --- geometry ------------------------------------------------------------------------------------------

    def _scale(self) -> float:
        """Screen px a pixel of the original."""
        rect = self.picture_rect()
        return max(rect.width() / self._size.width, rect.height() / self._size.height)

    def square_rect(self) -> QRectF:
        """Where the square is painted."""
        if self._square is None or self.image.isNull():
            return QRectF()
        rect, scale = self.picture_rect(), self._scale()
        left, top, side = (value * scale for value in self._square)
        return QRectF(rect.left() + left, rect.top() + top, side, side)

    def _grip_at(self, point: QPointF) -> tuple[int, int] | None:
        rect = self.square_rect()
        if rect.isEmpty():
            return None
        for corner in _CORNERS:
            if (_corner(rect, corner) - point).manhattanLength() <= _REACH:
                return corner
        return _WHOLE if rect.contains(point) else None

    def _show_grip(self, grip: tuple[int, int] | None) -> None:
        if grip is None:
            self.unsetCursor()
        elif grip == _WHOLE:
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        else:
            same = grip[0] == grip[1]
            self.setCursor(Qt.CursorShape.SizeFDiagCursor if same else Qt.CursorShape.SizeBDiagCursor)

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        square = self.square_rect()
        if square.isEmpty():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_veil(painter, square)
        accent = QColor(colours().accent)
        for colour, width in ((QColor("white"), 3.0), (accent, 1.5)):
            painter.setPen(QPen(colour, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(square.adjusted(0.75, 0.75, -0.75, -0.75))
        painter.setPen(QPen(QColor("white"), 1.5))
        painter.setBrush(accent)
        reach = _HANDLE if self.hasFocus() else _HANDLE - 1
        for corner in _CORNERS:
            painter.drawEllipse(self._kept(_corner(square, corner), reach), reach, reach)

    def _paint_veil(self, painter: QPainter, square: QRectF) -> None:
        """What is not looked at is dimmed."""
        veil = QPainterPath()
        veil.addRoundedRect(self.picture_rect(), RADIUS, RADIUS)
        hole = QPainterPath()
        hole.addRect(square)
        painter.fillPath(veil.subtracted(hole), _VEIL)

    def _kept(self, point: QPointF, reach: float) -> QPointF:
        """A handle at the edge is painted whole."""
        least = reach + 1
        return QPointF(
            min(max(point.x(), least), max(least, self.width() - least)),
            min(max(point.y(), least), max(least, self.height() - least)),
        )


def _corner(rect: QRectF, corner: tuple[int, int]) -> QPointF:
    return QPointF(rect.right() if corner[0] else rect.left(), rect.bottom() if corner[1] else rect.top())


class FramedView(PictureView):
    """A picture with a thin frame around the part that goes on."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._frame: Box | None = None

    def show_framed(self, image: QImage, frame: Box) -> None:
        """`frame` in shares of the picture."""
        self._frame = frame
        self.set_image(image)

    def frame_rect(self) -> QRectF:
        """Where the frame is painted."""
        if self._frame is None or self.image.isNull():
            return QRectF()
        rect, (left, top, right, bottom) = self.picture_rect(), self._frame
        across, down = rect.width(), rect.height()
        return QRectF(left * across, top * down, (right - left) * across, (bottom - top) * down) & rect

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        frame = self.frame_rect()
        if frame.isEmpty():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((QColor("white"), 2.5), (QColor(colours().accent), 1.0)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(frame.adjusted(0.75, 0.75, -0.75, -0.75))
