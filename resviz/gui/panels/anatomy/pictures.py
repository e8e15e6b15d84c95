"""x, F(x), P(x), their sum and what leaves the block, side by side on one scale; the pointer marks a pixel in all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.engine.messages import Floats
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.anatomy.parts import PARTS, Anatomy, Box
from resviz.gui.panels.anatomy.words import names
from resviz.gui.panels.controls import colours
from resviz.gui.panels.figures import shape
from resviz.gui.panels.picture import STALE
from resviz.gui.theme import CAPTION, TITLE, font
from resviz.maps import mosaic

#: From this width on all five stand in a row; below it three, and two under them.
WIDE = 600
_GAP, _HEAD, _BETWEEN, _SCALE = 10, 34, 10, 26
#: Around it all, for the ring that shows where the keys go, px.
PAD = 4
#: In two rows a picture is no lower than this, however low the panel is; there the scale has its words beside it.
_LARGEST, _LOWEST, _LOW = 224, 64, 100
_SIGNS = {"x": "", "branch": "", "shortcut": "+ ", "total": "= ", "after": "→ "}
#: A mark is at least this wide, px.
_LEAST_MARK = 5.0
_STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class Pictures(QWidget):
    """Left and Right ask for another channel; with Shift the arrows move the pinned pixel; Escape lets it go."""

    #: The pixel in question, (row, column) of the sum as it is shown; None where there is none.
    pixel_changed = Signal(object)
    channel_stepped = Signal(int)
    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.anatomy: Anatomy | None = None
        self.pinned: tuple[int, int] | None = None
        self._under: tuple[int, int] | None = None
        self._images: dict[str, QImage] = {}
        self._names: dict[str, str] = {}
        self._limit, self._stale = 1.0, False
        self._room = 1 << 16
        #: The colours, from low to high and from top to bottom.
        self._ramp, self._upright = QImage(), QImage()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The block's parts for one channel"))

    # --- what is shown -------------------------------------------------------------------------------------------

    @property
    def pixel(self) -> tuple[int, int] | None:
        """The pixel under the pointer, else the pinned one."""
        return self._under or self.pinned

    def show_channel(self, anatomy: Anatomy, channel: int, limit: float, table: NDArray[np.uint8]) -> None:
        """A channel's five pictures, colours from `-limit` to `limit`."""
        if self.anatomy is None or anatomy.size != self.anatomy.size:
            self.pinned = self._under = None
        self.anatomy, self._names, self._limit = anatomy, names(anatomy), limit or 1.0
        self._images = {
            name: _coloured(plane, self._limit, table)
            for name in PARTS
            if (plane := anatomy.plane(name, channel)) is not None
        }
        ramp = table[mosaic.FIRST :]
        self._ramp, self._upright = to_qimage(ramp[None]), to_qimage(ramp[::-1, None])
        self._fit()
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    @property
    def ends(self) -> tuple[str, str]:
        """The values at the ends of the scale."""
        return f"−{self._limit:.3g}", f"{self._limit:.3g}"

    # --- places ----------------------------------------------------------------------------------------------------

    @property
    def is_wide(self) -> bool:
        return self.width() >= WIDE

    def _columns(self) -> int:
        return 5 if self.is_wide else 3

    def set_room(self, height: int) -> None:
        """How high they may be for all five to be in sight."""
        if height != self._room:
            self._room = height
            self._fit()
            self.update()

    def _side(self) -> float:
        """How wide a picture's place is."""
        columns = self._columns()
        return min(float(_LARGEST), (self.width() - 2 * PAD - (columns - 1) * _GAP) // columns)

    def _tall(self) -> float:
        """How high it is: a square, unless that puts the second row out of sight."""
        if self.is_wide:
            return self._side()
        fitting = (self._room - 2 * (PAD + _HEAD) - _BETWEEN) // 2
        return min(self._side(), float(max(fitting, _LOWEST)))

    def cell(self, number: int) -> QRectF:
        """Where part `number` and its name are; the sixth place, in two rows, has the scale."""
        side, columns = self._side(), self._columns()
        down, across = divmod(number, columns)
        tall = _HEAD + self._tall() + _BETWEEN
        return QRectF(PAD + across * (side + _GAP), PAD + down * tall, side, tall - _BETWEEN)

    def is_note(self, name: str) -> bool:
        """Whether words stand in a picture's place: an identity in little room, and zeros that come from nowhere."""
        if self.anatomy is None:
            return False
        return name not in self._images or (name == "shortcut" and self.anatomy.identity and not self.is_wide)

    @property
    def pictured(self) -> int:
        """How many parts are shown as pictures."""
        return sum(not self.is_note(name) for name in PARTS)

    def picture(self, name: str) -> QRectF:
        """Where a part's picture is: all as wide, though x may have more pixels than what becomes of it."""
        place = self.cell(PARTS.index(name)).adjusted(0, _HEAD, 0, 0)
        image = self._images.get(name)
        if image is None:
            return place
        wide = self._extent(place)
        return QRectF(place.topLeft(), QSizeF(wide, wide * image.height() / image.width()))

    def _extent(self, place: QRectF) -> float:
        """How wide they are: as it fits, the one of fewest pixels enlarged in whole multiples."""
        least = min(self._images.values(), key=QImage.width)
        scale, ratio = min(place.width() / least.width(), place.height() / least.height()), self.devicePixelRatioF()
        return least.width() * (int(scale * ratio) / ratio if scale * ratio > 1 else scale)

    def sizeHint(self) -> QSize:
        return QSize(388, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 0)

    def _height(self) -> int:
        bottom = self.cell(4).bottom()
        return int(bottom + (_SCALE if self.is_wide else 0)) + PAD

    def _fit(self) -> None:
        self.setFixedHeight(self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.anatomy is None:
            return
        painter = QPainter(self)
        painter.setOpacity(STALE if self._stale else 1.0)
        for number, name in enumerate(PARTS):
            self._paint_head(painter, self.cell(number), name)
            self._paint_note(painter, name) if self.is_note(name) else self._paint_picture(painter, name)
        self._paint_scale(painter)
        if self.hasFocus():
            painter.setOpacity(1.0)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(colours().accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), PAD, PAD)

    def _paint_head(self, painter: QPainter, cell: QRectF, name: str) -> None:
        assert self.anatomy is not None
        painter.setFont(font(CAPTION + 1, QFont.Weight.DemiBold))
        painter.setPen(QColor(colours().text))
        _line(painter, QRectF(cell.x(), cell.y(), cell.width(), 16), _SIGNS[name] + self._names[name])
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(colours().muted))
        _line(painter, QRectF(cell.x(), cell.y() + 15, cell.width(), 16), self._small_print(name))

    def _small_print(self, name: str) -> str:
        """The part's shape; over x also whether it is a mean of channels."""
        assert self.anatomy is not None
        text = shape(self.anatomy.shape(name))
        if name == "x" and self.anatomy.found.kind == "projection":
            return self.tr("{shape}, mean").format(shape=text)
        return text

    def _paint_picture(self, painter: QPainter, name: str) -> None:
        place, image = self.picture(name), self._images[name]
        smaller = place.width() < image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smaller)
        painter.drawImage(place, image)
        painter.setPen(QColor(colours().line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-0.5, -0.5, 0, 0))
        self._paint_mark(painter, name)

    def _paint_mark(self, painter: QPainter, name: str) -> None:
        mark = self.mark(name)
        if mark is None:
            return
        for grow, colour in ((1.0, "#FFFFFF"), (0.0, "#000000")):
            painter.setPen(QPen(QColor(colour), 1))
            painter.drawRect(mark.adjusted(-grow - 0.5, -grow - 0.5, grow - 0.5, grow - 0.5))

    def mark(self, name: str) -> QRectF | None:
        """Where the pixel in question is in a part's picture."""
        if self.anatomy is None or self.pixel is None or self.is_note(name):
            return None
        box: Box = self.anatomy.box(name, *self.pixel)
        place, image = self.picture(name), self._images[name]
        scale = place.width() / image.width()
        wide, high = max(box.columns * scale, _LEAST_MARK), max(box.rows * scale, _LEAST_MARK)
        middle = place.topLeft() + QPointF((box.column + box.columns / 2) * scale, (box.row + box.rows / 2) * scale)
        return QRectF(middle.x() - wide / 2, middle.y() - high / 2, wide, high)

    def _paint_note(self, painter: QPainter, name: str) -> None:
        place = self.cell(PARTS.index(name)).adjusted(0, _HEAD, 0, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours().control))
        painter.drawRoundedRect(place, 6, 6)
        identity, none = self.tr("identity:\nP(x) = x"), self.tr("no channel of x:\nP(x) is 0 here")
        big, small = ("= x", identity) if name == "shortcut" else ("0", none)
        painter.setPen(QColor(colours().text))
        painter.setFont(font(TITLE + 5))
        painter.drawText(place.adjusted(0, 0, 0, -34), Qt.AlignmentFlag.AlignCenter, big)
        painter.setPen(QColor(colours().muted))
        painter.setFont(font(CAPTION))
        painter.drawText(place.adjusted(4, 34, -4, 0), Qt.AlignmentFlag.AlignCenter, small)

    def _paint_scale(self, painter: QPainter) -> None:
        """The colours with the values they stand for: in the sixth place, or under the row."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(colours().muted))
        low, high = self.ends
        if self.is_wide:
            top = self.cell(4).bottom() + 8
            wide = painter.fontMetrics().horizontalAdvance(low) + 6
            painter.drawText(QPointF(PAD, top + 10), low)
            painter.drawImage(QRectF(PAD + wide, top + 2, 120, 8), self._ramp)
            said = self.tr("{high} · one scale for all {count} pictures").format(high=high, count=self.pictured)
            painter.drawText(QPointF(PAD + wide + 126, top + 10), said)
            return
        place = self.cell(5).adjusted(4, _HEAD, 0, 0)
        painter.drawImage(QRectF(place.x(), place.y(), 10, place.height()), self._upright)
        text = place.adjusted(18, -2, 0, 2)
        painter.drawText(text, Qt.AlignmentFlag.AlignTop, high)
        painter.drawText(text, Qt.AlignmentFlag.AlignBottom, low)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, "0")
        if place.height() < _LOW:
            beside = text.adjusted(max(map(painter.fontMetrics().horizontalAdvance, self.ends)) + 8, 0, 0, 0)
            said = self.tr("one scale\nfor all {count}").format(count=self.pictured)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, said)
            return
        said = self.tr("one scale for\nall {count} pictures").format(count=self.pictured)
        below = text.adjusted(0, text.height() / 2 + 8, 0, -14)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, said)

    # --- pointer and keys ------------------------------------------------------------------------------------------

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """The pixel of the sum that belongs to a point over one of the pictures."""
        if self.anatomy is None:
            return None
        for name in PARTS:
            place, image = self.picture(name), self._images.get(name)
            if image is not None and not self.is_note(name) and place.contains(point):
                scale = place.width() / image.width()
                row, column = int((point.y() - place.y()) / scale), int((point.x() - place.x()) / scale)
                inside = min(row, image.height() - 1), min(column, image.width() - 1)
                return self.anatomy.pixel(name, *inside)
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def _point(self, pixel: tuple[int, int] | None) -> None:
        if pixel != self._under:
            self._under = pixel
            self._say()

    def _say(self) -> None:
        self.update()
        self.pixel_changed.emit(self.pixel)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pin the pixel; on the pinned one, let it go."""
        pixel = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and pixel is not None:
            self.pin(None if pixel == self.pinned else pixel)

    def pin(self, pixel: tuple[int, int] | None) -> None:
        self.pinned = pixel
        self._say()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = event.matches(QKeySequence.StandardKey.Copy) and self.pixel is not None
            if mine or (event.key() == Qt.Key.Key_Escape and self.pinned is not None):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif key == Qt.Key.Key_Escape and self.pinned is not None:
            self.pin(None)
        elif key in _STEPS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move(*_STEPS[key])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.channel_stepped.emit(-1 if key == Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)

    def _move(self, down: int, across: int) -> None:
        """Move the pinned pixel; the first step pins the middle one."""
        if self.anatomy is None:
            return
        rows, columns = self.anatomy.size
        if self.pinned is None:
            self.pin((rows // 2, columns // 2))
            return
        row, column = self.pinned
        self.pin((min(max(row + down, 0), rows - 1), min(max(column + across, 0), columns - 1)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


def _line(painter: QPainter, place: QRectF, text: str) -> None:
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)


def _coloured(plane: Floats, limit: float, table: NDArray[np.uint8]) -> QImage:
    ends = np.array([limit], np.float32)
    return to_qimage(table[mosaic.indices(plane[None], -ends, ends)[0]])
