"""The confusion matrix: a row for each true class, a column for each class that pictures were taken for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from resviz.drawing.palette import heat_role, hex_of
from resviz.gui.charts import pg
from resviz.gui.panels.controls import colours
from resviz.gui.theme import CAPTION, font

Cell = tuple[str, str]
"""The true class and the one that was said."""
#: Counts are written into cells at least so wide and high; names beside rows at least so high.
_WIDE, _HIGH, _LINE = 18, 13, 11
_LONGEST = 110
_GAP, _TITLE = 6, 16


class ConfusionMatrix(pg.PlotWidget):
    """`pointed` carries the cell under the mouse or None, `chosen` the one that was clicked."""

    pointed = Signal(object)
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for taker in (self, self.viewport()):
            taker.setAcceptDrops(False)  # drops are the window's
        self.names: tuple[str, ...] = ()
        self.counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self.by_row = True
        self.cell: Cell | None = None
        self._image = pg.ImageItem()
        self.addItem(self._image)
        for side in ("left", "bottom"):
            self.hideAxis(side)
        self.setMenuEnabled(False)
        self.hideButtons()
        view = self.getViewBox()
        view.invertY(True)
        view.setDefaultPadding(0.0)
        self._words = _Words(self)
        self.scene().addItem(self._words)
        view.sigRangeChanged.connect(lambda *_: self._words.update())
        view.sigResized.connect(lambda *_: self._words.update())
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.retint()

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    # --- what it shows ----------------------------------------------------------------------------------

    def show_pairs(self, pairs: Mapping[Cell, int], names: Sequence[str]) -> None:
        """How many pictures of a class were taken for which; `names` are all classes, in order."""
        again = tuple(names) == self.names
        self.names = tuple(names)
        places = {name: place for place, name in enumerate(names)}
        self.counts = np.zeros((len(names), len(names)), np.int64)
        for (true, guess), number in pairs.items():
            if number:
                self.counts[places[true], places[guess]] = number
        self._draw()
        if not again:
            self._fit()

    def set_by_row(self, by_row: bool) -> None:
        """Colours by the share of the true class, or by the count itself."""
        self.by_row = by_row
        self._draw()

    def set_cell(self, cell: Cell | None) -> None:
        """The cell whose pictures the table shows."""
        self.cell = cell
        self._words.update()

    def retint(self) -> None:
        """The theme has changed."""
        self.setBackground(QColor(colours().panel))
        self._draw()

    def parts(self) -> NDArray[np.float64]:
        """`(classes, classes)`: each count as a share of its row's sum, or of the largest count."""
        whole = self.counts.sum(1, keepdims=True) if self.by_row else self.counts.max(initial=0)
        return np.asarray(self.counts / np.maximum(whole, 1), np.float64)

    def shares(self, true: str) -> tuple[int, int]:
        """The sum of a row, and how many of it are right."""
        place = self.names.index(true)
        return int(self.counts[place].sum()), int(self.counts[place, place])

    def count(self, cell: Cell) -> int:
        return int(self.counts[self.names.index(cell[0]), self.names.index(cell[1])])

    def _draw(self) -> None:
        if not self.names:
            self._image.clear()
            return
        # The square root brings out mistakes, which are few beside what is right.
        self._image.setImage(np.sqrt(self.parts()), levels=(0.0, 1.0), lut=_ramp())
        self._words.update()

    def _fit(self) -> None:
        """Room for the names beside and below; all cells in sight, and nothing beyond."""
        metrics = QFontMetrics(font(CAPTION))
        longest = max((metrics.horizontalAdvance(name) for name in self.names), default=0)
        margin = min(longest, _LONGEST) + 4 * _GAP + _TITLE  # two of them are room for roundings
        self.getPlotItem().layout.setContentsMargins(margin, _GAP, _GAP, margin)
        side = max(len(self.names), 1)
        view = self.getViewBox()
        view.setLimits(xMin=0, xMax=side, yMin=0, yMax=side, minXRange=min(4, side), minYRange=min(4, side))
        view.setRange(xRange=(0, side), yRange=(0, side), padding=0)
        view.setMouseEnabled(x=side > 20, y=side > 20)

    # --- the mouse --------------------------------------------------------------------------------------

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell at a point of the scene."""
        view = self.getViewBox()
        if not view.sceneBoundingRect().contains(point):
            return None
        at = view.mapSceneToView(point)
        column, row = math.floor(at.x()), math.floor(at.y())
        inside = 0 <= row < len(self.names) and 0 <= column < len(self.names)
        return (self.names[row], self.names[column]) if inside else None

    def place_of(self, cell: Cell) -> QRectF:
        """A cell's place in the scene."""
        row, column = self.names.index(cell[0]), self.names.index(cell[1])
        view = self.getViewBox()
        corners = (view.mapViewToScene(QPointF(column + i, row + i)) for i in (0, 1))
        return QRectF(*corners)

    def _on_moved(self, point: QPointF) -> None:
        cell = self.cell_at(point)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if cell else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(cell)

    def _on_clicked(self, event: Any) -> None:  # pyqtgraph's own, which has no types
        cell = self.cell_at(event.scenePos())
        if cell is not None:
            self.chosen.emit(cell)

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)


def _ramp() -> NDArray[np.uint8]:
    """From nothing, the panel's own colour, to all: `(256, 3)`."""
    theme = colours()
    table = [QColor(hex_of(theme, heat_role(step / 255))) for step in range(256)]
    table[0] = QColor(theme.control)
    return np.array([(c.red(), c.green(), c.blue()) for c in table], np.uint8)


class _Words(QGraphicsItem):
    """Names beside the rows and under the columns, counts in the cells: of the scene, so that they keep their size."""

    def __init__(self, plot: ConfusionMatrix) -> None:
        super().__init__()
        self._plot = plot
        self.setZValue(1000)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return QRectF(self._plot.sceneRect())

    def shape(self) -> QPainterPath:
        """Nothing: the mouse is the cells'."""
        return QPainterPath()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        plot, view = self._plot, self._plot.getViewBox()
        if not plot.names:
            return
        area = view.sceneBoundingRect()
        origin, unit = view.mapViewToScene(QPointF(0, 0)), view.mapViewToScene(QPointF(1, 1))
        step = QPointF(unit.x() - origin.x(), unit.y() - origin.y())
        painter.setFont(font(CAPTION))
        self._names(painter, area, origin, step)
        self._titles(painter, area)
        painter.setClipRect(area)
        if step.x() >= _WIDE and step.y() >= _HIGH:
            self._counts(painter, origin, step)
        self._frame(painter)

    def _names(self, painter: QPainter, area: QRectF, origin: QPointF, step: QPointF) -> None:
        painter.setPen(QColor(colours().text))
        metrics = painter.fontMetrics()
        room = self._room(area)
        each_row, each_column = (max(1, math.ceil(_LINE / max(size, 0.01))) for size in (step.y(), step.x()))
        for place, name in enumerate(self._plot.names):
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            y, x = origin.y() + (place + 0.5) * step.y(), origin.x() + (place + 0.5) * step.x()
            if place % each_row == 0 and area.top() <= y <= area.bottom():
                line = QRectF(area.left() - _GAP - room, y - 8, room, 16)
                painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            if place % each_column == 0 and area.left() <= x <= area.right():
                self._upright(painter, QPointF(x, area.bottom() + _GAP), room, shown)

    def _room(self, area: QRectF) -> int:
        return max(8, int(area.left()) - 2 * _GAP - _TITLE)

    def _upright(self, painter: QPainter, top: QPointF, room: int, text: str) -> None:
        painter.save()
        painter.translate(top)
        painter.rotate(-90)
        line = QRectF(-room, -8, room, 16)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _titles(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QColor(colours().muted))
        scene = self._plot.sceneRect()
        below = QRectF(area.left(), scene.bottom() - _TITLE, area.width(), _TITLE)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._plot.tr("taken for"))
        painter.save()
        painter.translate(scene.left(), area.bottom())
        painter.rotate(-90)
        beside = QRectF(0, 0, area.height(), _TITLE)
        painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, self._plot.tr("true class"))
        painter.restore()

    def _counts(self, painter: QPainter, origin: QPointF, step: QPointF) -> None:
        parts, theme = np.sqrt(self._plot.parts()), colours()
        for row, column in zip(*np.nonzero(self._plot.counts), strict=True):
            cell = QRectF(origin.x() + column * step.x(), origin.y() + row * step.y(), step.x(), step.y())
            painter.setPen(QColor(hex_of(theme, heat_role(float(parts[row, column]), ink=True))))
            text = self._text(int(row), int(column))
            painter.setFont(font(CAPTION, QFont.Weight.DemiBold if row == column else QFont.Weight.Normal))
            if painter.fontMetrics().horizontalAdvance(text) <= cell.width() - 2:
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _text(self, row: int, column: int) -> str:
        count = int(self._plot.counts[row, column])
        if not self._plot.by_row:
            return f"{count:,}"
        percent = 100 * count / int(self._plot.counts[row].sum())
        if 99.5 <= percent < 100:
            return ">99"
        return f"{int(percent + 0.5)}" if percent >= 0.5 else "<1"

    def _frame(self, painter: QPainter) -> None:
        cell = self._plot.cell
        if cell is None or not set(cell) <= set(self._plot.names):
            return
        pen = pg.mkPen(QColor(colours().accent), width=2)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._plot.place_of(cell).adjusted(1, 1, -1, -1))
