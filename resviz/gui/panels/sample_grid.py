"""The sample pictures as thumbnails to click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import RADIUS, thumbnail
from resviz.gui.samples import Sample, read_small, samples
from resviz.gui.theme import CAPTION, font

_GAP = 10
_TITLE = 16


class Tile(NamedTuple):
    """A sample and its picture, read once and small."""

    sample: Sample
    image: QImage


def read_tiles(found: Sequence[Sample] | None, side: int) -> tuple[Tile, ...]:
    """The samples that can be read; None for those that come with the program."""
    found = samples() if found is None else found
    tiles = (Tile(sample, read_small(sample.path, side)) for sample in found)
    return tuple(tile for tile in tiles if not tile.image.isNull())


class Thumb(QAbstractButton):
    """One thumbnail; Space and Enter press it."""

    def __init__(self, tile: Tile, side: int, titled: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = tile.sample.title if titled else ""
        self._side = side
        self._picture: QPixmap = thumbnail(tile.image, side, self.devicePixelRatioF())
        self.setToolTip(tile.sample.title)
        self.setAccessibleName(self.tr("Sample picture: {title}").format(title=tile.sample.title))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._picture)
        if self._title:
            self._paint_title(painter)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(colours().accent), 3))
            painter.drawRoundedRect(QRectF(1, 1, self._side - 2, self._side - 2), RADIUS, RADIUS)

    def _paint_title(self, painter: QPainter) -> None:
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(colours().muted))
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, self.width())
        place = QRectF(0, self._side + 4, self.width(), _TITLE)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, title)


class SampleGrid(QWidget):
    """Thumbnails in as many rows and columns as there is room for; the others are hidden (a menu has all)."""

    chosen = Signal(object)

    def __init__(self, tiles: Sequence[Tile], side: int, titled: bool = False) -> None:
        super().__init__()
        self._across = side
        self._down = side + (4 + _TITLE if titled else 0)
        self.buttons = [Thumb(tile, side, titled, self) for tile in tiles]
        for button, tile in zip(self.buttons, tiles, strict=True):
            button.clicked.connect(partial(self._choose, tile.sample))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _choose(self, sample: Sample) -> None:
        self.chosen.emit(sample)

    def sizeHint(self) -> QSize:
        return QSize(4 * (self._across + _GAP), self._down)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        across, down = self._across + _GAP, self._down + _GAP
        columns = max(0, (self.width() + _GAP) // across)
        rows = max(1, (self.height() + _GAP) // down)
        for index, button in enumerate(self.buttons):
            row, column = divmod(index, columns) if columns else (rows, 0)
            button.setGeometry(column * across, row * down, self._across, self._down)
            button.setVisible(row < rows)
        super().resizeEvent(event)
