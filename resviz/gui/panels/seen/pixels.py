"""The pixels of a network's input: their numbers in three forms, their colours, and a view that names the one pointed
at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from resviz.engine.messages import Floats, Pixels
from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import PictureView
from resviz.maps import mosaic, plots

Form = Literal["raw", "share", "tensor"]
FORMS: tuple[Form, ...] = ("raw", "share", "tensor")
#: The side of what a double click enlarges, the least there is, pixels; and what a notch of the wheel does.
_MAGNIFIED, _LEAST_REGION, _ZOOM = 24, 6, 1.4
#: Row and column.
Place = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Inputs:
    """`seen` is `(H, W, 3)`, `tensor` `(C, H, W)`: the same before and after normalising."""

    seen: Pixels
    tensor: Floats

    @property
    def channels(self) -> int:
        return len(self.tensor)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.seen.shape[0], self.seen.shape[1]

    def raw(self, channel: int) -> NDArray[np.uint8]:
        """`(H, W)`, 0 to 255; channels beyond RGB repeat those in turn."""
        plane: NDArray[np.uint8] = self.seen[..., channel % 3]
        return plane

    def text(self, form: Form, channel: int, place: Place) -> str:
        """One number."""
        raw = int(self.raw(channel)[place])
        if form == "raw":
            return str(raw)
        return f"{raw / 255:.3f}" if form == "share" else signed(float(self.tensor[channel][place]))

    def copied(self, form: Form, channel: int, rows: slice, columns: slice) -> str:
        """Numbers for a spreadsheet, with all their digits."""
        raw = self.raw(channel)[rows, columns]
        if form == "raw":
            return _table(raw, "%d")
        values = raw / np.float32(255) if form == "share" else self.tensor[channel][rows, columns]
        return _table(values, "%.6g")

    @cached_property
    def limit(self) -> float:
        """The value at the end of the colour scale, the same for all channels, zero in its middle."""
        return float(mosaic.limits(self.tensor, per_channel=False, signed=True)[1][0])

    def coloured(self, channel: int, dark: bool) -> Pixels:
        """The normalised channel as colours, `(H, W, 4)`."""
        ends = np.array([self.limit], np.float32)
        indices = mosaic.indices(self.tensor[channel : channel + 1], -ends, ends)[0]
        table = plots.table(plots.SIGNED, dark)
        picture: Pixels = table[indices]
        return picture


def is_dark() -> bool:
    """Whether the dark theme is in force: on it, zero is dark."""
    return QColor(colours().panel).lightness() < 128


def signed(value: float) -> str:
    """`+1.414`, `−0.3`: three decimals, fewer figures where numbers are large."""
    if not np.isfinite(value):
        return str(value)
    text = f"{value:+.3f}" if abs(value) < 100 else f"{value:+.4g}"
    return text.replace("-", "−")


def names(channels: int) -> tuple[str, ...]:
    """What channels are called: R, G and B, else their numbers; a single one is grey."""
    if channels == 1:
        return (QCoreApplication.translate("StepsView", "grey"),)
    return ("R", "G", "B") if channels == 3 else tuple(str(number) for number in range(channels))


def _table(values: NDArray[np.generic], form: str) -> str:
    return "\n".join("\t".join(form % value for value in line) for line in values.tolist())


class PixelView(PictureView):
    """Shows all pixels, or a `region` of them enlarged. `pointed` carries the place under the mouse, or None; `picked`
    the one that was clicked; `region_wanted` the region to enlarge.
    """

    pointed = Signal(object)
    picked = Signal(object)
    region_wanted = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Click a pixel for its numbers. A double click or Ctrl+wheel magnifies."))
        self.setMouseTracking(True)
        self._whole, self._region = QImage(), QRect()
        self._mark: Place | None = None

    def show_pixels(self, image: QImage) -> None:
        """All of them; a region of a picture of the same size stays enlarged."""
        if image.size() != self._whole.size():
            self._region = image.rect()
        self._whole = image
        self._show_region()

    @property
    def region(self) -> QRect:
        return self._region

    def set_region(self, region: QRect) -> None:
        """Enlarge a part."""
        if region != self._region:
            self._region = region
            self._show_region()

    def _show_region(self) -> None:
        part = self._whole if self._region == self._whole.rect() else self._whole.copy(self._region)
        self.set_image(part)

    @property
    def mark(self) -> Place | None:
        return self._mark

    def set_mark(self, place: Place | None) -> None:
        """Draw a frame around a pixel."""
        if place != self._mark:
            self._mark = place
            self.update()

    def place_at(self, point: QPointF) -> Place | None:
        """The pixel under a point of the widget."""
        rect = self.picture_rect()
        if not rect.contains(point):
            return None
        column = int((point.x() - rect.left()) * self._region.width() / rect.width())
        row = int((point.y() - rect.top()) * self._region.height() / rect.height())
        return (
            self._region.top() + min(row, self._region.height() - 1),
            self._region.left() + min(column, self._region.width() - 1),
        )

    def _around(self, place: Place, side: int) -> QRect:
        """A square of pixels around one, within the picture."""
        whole = self._whole.rect()
        side = min(max(side, _LEAST_REGION), whole.width(), whole.height())
        left = min(max(place[1] - side // 2, 0), whole.width() - side)
        return QRect(left, min(max(place[0] - side // 2, 0), whole.height() - side), side, side)

    # --- mouse ---------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self.place_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None:
            enlarged = self._region != self._whole.rect()
            self.region_wanted.emit(self._whole.rect() if enlarged else self._around(place, _MAGNIFIED))

    def wheelEvent(self, event: QWheelEvent) -> None:
        place = self.place_at(event.position())
        if place is None or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        closer = event.angleDelta().y() > 0
        self.region_wanted.emit(self._around(place, round(self._region.width() * (1 / _ZOOM if closer else _ZOOM))))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._mark is None or not self._region.contains(self._mark[1], self._mark[0]):
            return
        rect = self.picture_rect()
        across, down = rect.width() / self._region.width(), rect.height() / self._region.height()
        left, top = self._mark[1] - self._region.left(), self._mark[0] - self._region.top()
        cell = QRectF(rect.left() + left * across, rect.top() + top * down, across, down)
        spare = max(0.0, (5 - across) / 2)
        painter = QPainter(self)
        for colour, out in ((QColor("white"), 1.5), (QColor(colours().accent), 0.5)):
            painter.setPen(QPen(colour, 1))
            painter.drawRect(cell.adjusted(-out - spare, -out - spare, out + spare, out + spare))
