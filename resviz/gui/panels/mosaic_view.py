"""The grid of feature maps on screen: wheel zooms, drag pans, a double click shows all again."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from resviz.engine.messages import Pixels
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels import mosaic
from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import STALE
from resviz.gui.theme import font

#: A tile narrower than this on screen carries no number.
NUMBERED = 30
_NUMBER = 10
#: A copied picture is enlarged to about this, so that small maps can be used on a slide.
_COPY = 1024


class MosaicView(pg.GraphicsView):
    """Shows colour indices through a table; `pointed` carries (channel, y, x) under the mouse, or None."""

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for taker in (self, self.viewport()):
            taker.setAcceptDrops(False)  # drops are the window's
        self.grid: mosaic.Grid | None = None
        self.picture = np.zeros((1, 1), np.uint8)
        self._tiles: Pixels = np.zeros((0, 1, 1), np.uint8)
        self._table: NDArray[np.uint8] | None = None
        self.zoomed = False
        self.box = pg.ViewBox(lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0)
        self.item = pg.ImageItem()
        self.box.addItem(self.item)
        self.setCentralItem(self.box)
        self.box.sigRangeChangedManually.connect(self._on_zoomed)
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.retint()

    def retint(self) -> None:
        """The theme has changed."""
        self.setBackground(QColor(colours().panel))

    # --- what is shown -------------------------------------------------------------------------------------

    def show_tiles(self, tiles: Pixels, table: NDArray[np.uint8]) -> None:
        """`(C, H, W)` colour indices. Maps of the same shape as before keep the zoom, to compare pictures."""
        same = tiles.shape == self._tiles.shape
        self._tiles, self._table = tiles, table
        if not same:
            self.zoomed = False
        self._lay_out(force=True)

    def set_stale(self, stale: bool) -> None:
        self.item.setOpacity(STALE if stale else 1.0)

    def _lay_out(self, force: bool = False) -> None:
        if not len(self._tiles):
            return
        if self.zoomed and self.grid is not None and not force:
            return  # tiles must not jump about under a magnified view
        place = self.viewport().size()
        grid = mosaic.grid_for(self._tiles.shape, place.width() / max(1, place.height()))
        if self.zoomed and self.grid is not None:
            grid = self.grid
        if force or grid != self.grid:
            self.grid = grid
            self.picture = mosaic.lay_out(self._tiles, grid)
            self.item.setImage(self.picture, autoLevels=False, lut=self._table)
        if not self.zoomed:
            self.fit()

    def fit(self) -> None:
        """Show all tiles."""
        if self.grid is None:
            return
        height, width = self.grid.size
        self.zoomed = False
        # As wide and high as the view is, so that the tiles begin below the title and not in the middle.
        aspect = self.viewport().width() / max(1, self.viewport().height())
        shown = QRectF(0, 0, max(width, height * aspect), max(height, width / aspect))
        self.box.setLimits(minXRange=2, maxXRange=8 * shown.width())
        self.box.setRange(shown, padding=0)

    def image(self) -> QImage:
        """The whole mosaic to keep, each value a square of whole pixels; gaps are transparent."""
        times = max(1, _COPY // max(self.picture.shape))
        assert self._table is not None
        return to_qimage(self._table[self.picture].repeat(times, axis=0).repeat(times, axis=1))

    # --- mouse and size ------------------------------------------------------------------------------------

    def _on_zoomed(self, _axes: object) -> None:
        self.zoomed = True

    def _on_moved(self, point: QPointF) -> None:
        at = self.box.mapSceneToView(point)
        self.pointed.emit(self.grid.at(at.x(), at.y()) if self.grid else None)

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.zoomed = False
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "box"):  # the base class sends itself one while it is built
            self._lay_out()

    # --- numbers -------------------------------------------------------------------------------------------

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """Each tile's channel number, where there is room for it."""
        if self.grid is None:
            return
        painter.setFont(font(_NUMBER))
        metrics = painter.fontMetrics()
        for channel in self.numbered():
            x, y = self.grid.corner(channel)
            corner = self.box.mapViewToScene(QPointF(x, y))
            _paint_number(painter, metrics, corner, str(channel))

    def numbered(self) -> list[int]:
        """The channels whose tiles are on screen and large enough for their numbers."""
        if self.grid is None or self.tile_width() < NUMBERED:
            return []
        down, across = self.grid.pitch
        seen = self.box.viewRect()
        rows = _between(seen.top(), seen.bottom(), down, self.grid.rows)
        columns = _between(seen.left(), seen.right(), across, self.grid.columns)
        all_seen = (row * self.grid.columns + column for row in rows for column in columns)
        return [channel for channel in all_seen if channel < self.grid.channels]

    def tile_width(self) -> float:
        """Of one tile on screen, px."""
        return self.grid.width / self.box.viewPixelSize()[0] if self.grid else 0.0


def _between(low: float, high: float, pitch: int, count: int) -> range:
    """The rows or columns of tiles that reach into a stretch of the mosaic."""
    return range(max(0, int(low // pitch)), min(count, int(high // pitch) + 1))


def _paint_number(painter: QPainter, metrics: QFontMetrics, corner: QPointF, text: str) -> None:
    plate = QRectF(corner.x() + 2, corner.y() + 2, metrics.horizontalAdvance(text) + 6, metrics.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 120))
    painter.drawRoundedRect(plate, 3, 3)
    painter.setPen(QColor("white"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
