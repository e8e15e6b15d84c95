"""What the network saw under a sheet of colours; a place of the sheet can be pointed at and picked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import STALE

#: Row and column.
Place = tuple[int, int]
#: Pixels are enlarged to sharp squares from this factor on, and smoothly below it.
_SHARP = 3
_LEAST = 200
_KEYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class LaidView(QWidget):
    """`pointed` carries the place under the pointer, or that of the arrow keys, or None; `picked` a clicked one."""

    pointed = Signal(object)
    picked = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(_LEAST, _LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.picture, self.sheet = QImage(), QImage()
        self._fitted = QImage()
        self.strength = 1.0
        #: What is shown around the picture, as a share of its sides.
        self.margin = 0.0
        #: Rows and columns of places, and which is at a point given in shares of the picture's width and height.
        self.places = (1, 1)
        self.place_of: Callable[[float, float], Place] = self._even
        self.mark: Place | None = None
        self._stale = False

    def show_picture(self, picture: QImage) -> None:
        self.picture, self._fitted = picture, QImage()
        self.update()

    def show_sheet(self, sheet: QImage, places: tuple[int, int]) -> None:
        """None of the colours while it is a null image."""
        self.sheet, self.places = sheet, places
        if self.mark is not None and not (self.mark[0] < places[0] and self.mark[1] < places[1]):
            self.set_mark(None)
        self.update()

    def set_strength(self, strength: float) -> None:
        """How much of the sheet is seen, 0 to 1."""
        self.strength = strength
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    @property
    def is_stale(self) -> bool:
        return self._stale

    def set_mark(self, place: Place | None) -> None:
        """The place that the keys have come to."""
        self.mark = place
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    # --- geometry ------------------------------------------------------------------------------------------

    def picture_rect(self) -> QRectF:
        """Where the picture is painted: in the middle, at the top."""
        if self.picture.isNull():
            return QRectF()
        ratio = self.devicePixelRatioF()
        wide, high = (value / ratio for value in self._dots())
        return QRectF(round((self.width() - wide) / 2), round(self.margin * high), wide, high)

    def around(self, rect: QRectF) -> QRectF:
        """A picture's place with what is shown around it."""
        across, down = self.margin * rect.width(), self.margin * rect.height()
        return rect.adjusted(-across, -down, across, down)

    def _dots(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF() / (1 + 2 * self.margin)
        width, height = self.picture.width(), self.picture.height()
        scale = min(self.width() * ratio / width, self.height() * ratio / height)
        scale = int(scale) if scale >= _SHARP else scale
        return max(1, round(width * scale)), max(1, round(height * scale))

    def place_at(self, point: QPointF) -> Place | None:
        """The place under a point of the widget."""
        rect = self.picture_rect()
        if rect.isEmpty() or not rect.contains(point):
            return None
        return self.place_of((point.x() - rect.left()) / rect.width(), (point.y() - rect.top()) / rect.height())

    def _even(self, across: float, down: float) -> Place:
        rows, columns = self.places
        return min(int(down * rows), rows - 1), min(int(across * columns), columns - 1)

    # --- pointer and keys ----------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self.place_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(self.mark)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(place)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _KEYS and not self.picture.isNull():
            self._step(*_KEYS[key])
        else:
            super().keyPressEvent(event)

    def _step(self, down: int, across: int) -> None:
        rows, columns = self.places
        row, column = self.mark if self.mark is not None else (rows // 2 - down, columns // 2 - across)
        place = (min(max(row + down, 0), rows - 1), min(max(column + across, 0), columns - 1))
        self.set_mark(place)
        self.pointed.emit(place)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.set_mark(None)
        self.pointed.emit(None)

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        rect = self.picture_rect()
        if rect.isEmpty():
            return
        painter = QPainter(self)
        self.paint_ground(painter, rect)
        painter.setOpacity(STALE if self._stale else 1.0)
        painter.drawImage(rect, self._fit())
        self.paint_sheet(painter, rect, (STALE if self._stale else 1.0) * self.strength)
        painter.setOpacity(1.0)
        self.paint_marks(painter, rect)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours().accent), 1))
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """What is shown around the picture."""
        if self.margin:
            painter.fillRect(self.around(rect), QColor(colours().control))

    def paint_sheet(self, painter: QPainter, rect: QRectF, opacity: float) -> None:
        if self.sheet.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(opacity)
        painter.drawImage(rect, self.sheet)

    def paint_marks(self, painter: QPainter, rect: QRectF) -> None:
        """What is drawn above it all: here, a frame around the place of the keys."""
        if self.mark is None:
            return
        rows, columns = self.places
        wide, high = rect.width() / columns, rect.height() / rows
        cell = QRectF(rect.left() + self.mark[1] * wide, rect.top() + self.mark[0] * high, wide, high)
        for colour, width in ((QColor("white"), 3.0), (QColor(colours().accent), 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(cell)

    def _fit(self) -> QImage:
        """The picture at the size it is painted in."""
        dots = QSize(*self._dots())
        if self._fitted.size() != dots:
            way = Qt.TransformationMode
            sharp = dots.width() >= _SHARP * self.picture.width()
            how = way.FastTransformation if sharp else way.SmoothTransformation
            self._fitted = self.picture.scaled(dots, Qt.AspectRatioMode.IgnoreAspectRatio, how)
        return self._fitted
