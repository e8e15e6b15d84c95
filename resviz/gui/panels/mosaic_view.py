"""The grid of feature maps on screen: wheel scrolls, Ctrl+wheel zooms, drag pans, a double click shows all again."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from resviz.engine.messages import Pixels
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import STALE
from resviz.gui.theme import font
from resviz.maps import mosaic

#: As a rule a tile narrower than this on screen carries no number.
NUMBERED = 34
#: No tile is smaller than this on screen, px, unless one zooms out; there are more than fit then, and one scrolls.
READABLE = 34
_NUMBER = 9
_NOTCH, _CLOSEST = 1.25, 64.0
#: A copied picture is enlarged to about this, so that small maps can be used on a slide.
_COPY = 1024
_FREE = Qt.ScrollBarPolicy.ScrollBarAsNeeded
_NONE = Qt.ScrollBarPolicy.ScrollBarAlwaysOff


class MosaicView(QAbstractScrollArea):
    """Shows colour indices through a table; `pointed` carries (channel, y, x) under the mouse, or None; `picked` the
    channel that was clicked, `opened` the one that was double-clicked.
    """

    pointed = Signal(object)
    picked = Signal(int)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.grid: mosaic.Grid | None = None
        self.picture: Pixels = np.zeros((1, 1), np.uint8)
        self.table: NDArray[np.uint8] | None = None
        #: Dots of the screen for one value of a map.
        self.scale = 1.0
        self.zoomed = self.stale = False
        #: A tile narrower than this on screen carries no number.
        self.numbered_from = NUMBERED
        self._tiles: Pixels = np.zeros((0, 1, 1), np.uint8)
        self._order: NDArray[np.intp] = np.arange(0)
        self._places: dict[int, int] = {}
        self._chosen: int | None = None
        self._marked: frozenset[int] = frozenset()
        self._drawn = QImage()
        self._pressed: QPointF | None = None
        self._panned = False

    # --- what is shown -------------------------------------------------------------------------------------

    def show_tiles(self, tiles: Pixels, table: NDArray[np.uint8] | None, order: NDArray[np.intp] | None = None) -> None:
        """`(C, H, W)` colour indices, or `(C, H, W, 3)` colours that need no table, in an order of their numbers. Maps
        of the same shape as before keep place and zoom, to compare pictures.
        """
        if tiles.shape[:3] != self._tiles.shape[:3]:
            self.zoomed = False
            self.verticalScrollBar().setValue(0)
        self._order = order if order is not None else np.arange(len(tiles))
        self._places = {int(channel): place for place, channel in enumerate(self._order)}
        self._tiles, self.table = tiles, table
        self._lay_out(force=True)

    def set_stale(self, stale: bool) -> None:
        if stale != self.stale:
            self.stale = stale
            self.viewport().update()

    def set_chosen(self, channel: int | None) -> None:
        """Frame a tile, and have it in view."""
        if channel != self._chosen:
            self._chosen = channel
            self._reveal()
            self.viewport().update()

    def set_marked(self, channels: frozenset[int]) -> None:
        """Frame tiles as switched off."""
        if channels != self._marked:
            self._marked = channels
            self.viewport().update()

    @property
    def columns(self) -> int:
        return self.grid.columns if self.grid is not None else 1

    def _lay_out(self, force: bool = False) -> None:
        if not len(self._tiles) or (self.zoomed and not force):
            return  # tiles must not jump about under a magnified view
        grid = self.grid if self.zoomed and self.grid is not None else self._fitting()
        if force or grid != self.grid:
            self.grid = grid
            self.picture = self._picture(grid)
            self._drawn = self._to_image()
        if not self.zoomed:
            self._fit_scale()
        self._set_bars()
        self.viewport().update()

    def _fitting(self) -> mosaic.Grid:
        """All tiles at once if they can be read then, else as many in a row as can be."""
        width, height = max(1, self.width()), max(1, self.height())
        shape = self._tiles.shape[0], self._tiles.shape[1], self._tiles.shape[2]
        grid = mosaic.grid_for(shape, width / height)
        rows, columns = grid.size
        side = max(grid.height, grid.width)
        if min(width / columns, height / rows) * side >= READABLE:
            return grid
        inner = width - self.verticalScrollBar().sizeHint().width()
        return mosaic.grid_of_width(shape, int((inner / READABLE * side + grid.gap) // (grid.width + grid.gap)))

    def _fit_scale(self) -> None:
        assert self.grid is not None
        rows, columns = self.grid.size
        scale = min(self.width() / columns, self.height() / rows)
        if scale * max(self.grid.height, self.grid.width) >= READABLE:
            self.scale = scale
            return
        bar = self.verticalScrollBar().sizeHint().width()
        self.scale = (self.width() - bar) / columns

    def _picture(self, grid: mosaic.Grid) -> Pixels:
        """Indices `(H, W)`, or colours `(H, W, 4)` with nothing in the gaps."""
        tiles = self._tiles[self._order]
        if tiles.ndim == 3:
            return mosaic.lay_out(tiles, grid)
        solid = np.full(tiles.shape[:3], 255, np.uint8)
        return np.stack([*(mosaic.lay_out(tiles[..., at], grid) for at in range(3)), mosaic.lay_out(solid, grid)], -1)

    def _to_image(self) -> QImage:
        """Shares its memory with `picture`; the table gives the colours."""
        if self.picture.ndim == 3:
            return to_qimage(self.picture)
        height, width = self.picture.shape
        image = QImage(self.picture.data, width, height, width, QImage.Format.Format_Indexed8)
        assert self.table is not None
        red, green, blue, alpha = self.table.astype(np.uint32).T
        image.setColorTable((alpha << 24 | red << 16 | green << 8 | blue).tolist())
        return image

    def _set_bars(self) -> None:
        """Scroll bars only where something is out of view."""
        size = self._content()
        down = size.height() > self.height() + 1
        across = self.zoomed and size.width() > self.width() + 1
        self.setVerticalScrollBarPolicy(_FREE if down else _NONE)
        self.setHorizontalScrollBarPolicy(_FREE if across else _NONE)
        for bar, whole, page in (
            (self.verticalScrollBar(), size.height(), self.viewport().height()),
            (self.horizontalScrollBar(), size.width(), self.viewport().width()),
        ):
            bar.setPageStep(page)
            bar.setSingleStep(max(12, round(self._pitch())))
            bar.setRange(0, max(0, whole - page))

    def _content(self) -> QSize:
        if self.grid is None:
            return QSize()
        height, width = self.grid.size
        return QSize(math.ceil(width * self.scale), math.ceil(height * self.scale))

    def _pitch(self) -> float:
        """From one row of tiles to the next, px."""
        return self.grid.pitch[0] * self.scale if self.grid is not None else 1.0

    def fit(self) -> None:
        """Show all tiles, as large as they fit or can be read."""
        self.zoomed = False
        self._lay_out()

    def image(self) -> QImage:
        """The whole mosaic to keep, each value a square of whole pixels; gaps are transparent."""
        times = max(1, _COPY // max(self.picture.shape))
        colours = self.table[self.picture] if self.table is not None else self.picture
        return to_qimage(colours.repeat(times, axis=0).repeat(times, axis=1))

    # --- places --------------------------------------------------------------------------------------------

    def origin(self) -> QPointF:
        """Where the mosaic begins, px of the viewport."""
        return QPointF(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())

    def to_view(self, x: float, y: float) -> QPointF:
        """A point of the mosaic, px of the viewport."""
        return self.origin() + QPointF(x, y) * self.scale

    def at(self, point: QPointF) -> tuple[int, int, int] | None:
        """Channel, row and column of the map under a point of the viewport."""
        inner = (point - self.origin()) / self.scale
        found = self.grid.at(inner.x(), inner.y()) if self.grid is not None else None
        return (int(self._order[found[0]]), *found[1:]) if found is not None else None

    def tile_rect(self, channel: int) -> QRectF:
        """A channel's tile, px of the viewport."""
        assert self.grid is not None
        corner = self.to_view(*self.grid.corner(self._places[channel]))
        return QRectF(corner.x(), corner.y(), self.grid.width * self.scale, self.grid.height * self.scale)

    def tile_width(self) -> float:
        """Of one tile on screen, px."""
        return self.grid.width * self.scale if self.grid else 0.0

    def visible_channels(self) -> list[int]:
        """Those whose tiles are in view, in their order."""
        if self.grid is None:
            return []
        down, across = (step * self.scale for step in self.grid.pitch)
        top, left = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        rows = _between(top, top + self.viewport().height(), down, self.grid.rows)
        columns = _between(left, left + self.viewport().width(), across, self.grid.columns)
        places = (row * self.grid.columns + column for row in rows for column in columns)
        return [int(self._order[place]) for place in places if place < self.grid.channels]

    def numbered(self) -> list[int]:
        """The channels whose tiles are on screen and large enough for their numbers."""
        return self.visible_channels() if self.tile_width() >= self.numbered_from else []

    def _reveal(self) -> None:
        if self._chosen in self._places and self.grid is not None:
            rect = self.tile_rect(self._chosen)
            for bar, low, high, page in (
                (self.verticalScrollBar(), rect.top(), rect.bottom(), self.viewport().height()),
                (self.horizontalScrollBar(), rect.left(), rect.right(), self.viewport().width()),
            ):
                if low < 0 or high > page:
                    bar.setValue(bar.value() + (math.floor(low) if low < 0 else math.ceil(high - page)))

    # --- mouse, keys and size ------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        if self.grid is not None and event.angleDelta().y():
            self.zoom(_NOTCH ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def zoom(self, times: float, at: QPointF) -> None:
        """Larger or smaller, and the point `at` stays where it is."""
        assert self.grid is not None
        height, width = self.grid.size
        least = min(self.width() / width, self.height() / height)
        inner = (at - self.origin()) / self.scale
        self.scale = min(max(self.scale * times, min(least, self.scale)), max(_CLOSEST, self.scale))
        self.zoomed = True
        self._set_bars()
        moved = inner * self.scale - at
        self.horizontalScrollBar().setValue(round(moved.x()))
        self.verticalScrollBar().setValue(round(moved.y()))
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._panned = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position() - self._pressed
            if self._panned or moved.manhattanLength() >= QApplication.startDragDistance():
                self._panned = True
                self._pressed = event.position()
                for bar, step in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
                    bar.setValue(round(bar.value() - step))
            return
        self.pointed.emit(self.at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        at = self.at(event.position())
        if pressed is not None and not self._panned and at is not None:
            self.picked.emit(at[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        at = self.at(event.position())
        if self.zoomed:
            self.fit()
        elif at is not None:
            self.opened.emit(at[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pages are scrolled through here; all else is the panel's."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            bar, way = self.verticalScrollBar(), 1 if event.key() == Qt.Key.Key_PageDown else -1
            bar.setValue(bar.value() + way * bar.pageStep())
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.pointed.emit(None)
        return super().viewportEvent(event)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self._set_bars()

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(colours().panel))
        if self.grid is None:
            return
        painter.setOpacity(STALE if self.stale else 1.0)
        # Larger is sharp squares; smaller is smooth, or thin features would come and go.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 1)
        height, width = self.grid.size
        whole, view = QRectF(0, 0, width, height), self.viewport().rect()
        part = QRectF(-self.origin() / self.scale, view.size().toSizeF() / self.scale).intersected(whole)
        painter.drawImage(QRectF(self.to_view(part.x(), part.y()), part.size() * self.scale), self._drawn, part)
        painter.setOpacity(1)
        if self._marked:
            self._paint_marks(painter)
        if self._chosen in self._places:
            self._paint_frame(painter, self._chosen)
        ratio = self.devicePixelRatioF()
        for channel in self.numbered():
            painter.drawImage(self.tile_rect(channel).topLeft() + QPointF(2, 2), plate(str(channel), ratio))

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours().removed), 2.5))
        for channel in self._marked.intersection(self.visible_channels()):
            rect = self.tile_rect(channel).adjusted(1, 1, -1, -1)
            painter.drawRect(rect)
            painter.drawLine(rect.bottomLeft(), rect.topRight())

    def _paint_frame(self, painter: QPainter, channel: int) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, inset, width in ((QColor("white"), 2.5, 1.0), (QColor(colours().accent), 1.0, 2.0)):
            painter.setPen(QPen(ink, width))
            painter.drawRect(self.tile_rect(channel).adjusted(inset, inset, -inset, -inset))


def _between(low: float, high: float, pitch: float, count: int) -> range:
    """The rows or columns of tiles that reach into a stretch of the mosaic."""
    return range(max(0, int(low // pitch)), min(count, int(high // pitch) + 1))


@lru_cache(maxsize=4096)
def plate(text: str, ratio: float) -> QImage:
    """A channel's number on a dark ground; drawing text anew for each tile would take most of a frame."""
    letters = font(_NUMBER)
    metrics = QFontMetrics(letters)
    rect = QRectF(0, 0, metrics.horizontalAdvance(text) + 6, metrics.height())
    made = QImage((rect.size() * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 120))
    painter.drawRoundedRect(rect, 3, 3)
    painter.setFont(letters)
    painter.setPen(QColor("white"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return made
