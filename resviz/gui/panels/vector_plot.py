"""A layer without height and width (flatten, fc) as bars: few with their labels, many along their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from resviz.engine.messages import Floats
from resviz.gui.charts import pg
from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import STALE
from resviz.gui.theme import CAPTION, font

#: Up to so many values each has a bar with its label beside it.
LABELLED = 24


class VectorPlot(pg.PlotWidget):
    """`pointed` carries the index under the mouse, or None."""

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for taker in (self, self.viewport()):
            taker.setAcceptDrops(False)  # drops are the window's
        self.values: Floats = np.zeros(0, np.float32)
        self._labels: Sequence[str] = ()
        self.setMenuEnabled(False)
        self.hideButtons()
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.retint()

    @property
    def lies(self) -> bool:
        """Whether the bars lie, one under the other."""
        return len(self.values) <= LABELLED

    def retint(self) -> None:
        """The theme has changed."""
        self.setBackground(QColor(colours().panel))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(QColor(colours().line))
            axis.setTextPen(QColor(colours().muted))
            axis.setStyle(tickFont=font(CAPTION), tickLength=0)
        self._draw()

    def show_values(self, values: Floats, labels: Sequence[str]) -> None:
        """`(C,)`; `labels` may be empty, then the numbers of the channels stand for them."""
        self.values = np.nan_to_num(values)
        self._labels = labels if len(labels) == len(values) else ()
        self._draw()

    def set_stale(self, stale: bool) -> None:
        self.getPlotItem().setOpacity(STALE if stale else 1.0)

    def label(self, index: int) -> str:
        return self._labels[index] if self._labels else str(index)

    def _draw(self) -> None:
        self.clear()
        count = len(self.values)
        if not count:
            return
        bars = self._lying() if self.lies else self._standing()
        self.addItem(bars)
        view = self.getViewBox()
        view.invertY(self.lies)
        view.setMouseEnabled(x=not self.lies, y=False)
        low, high = min(0.0, float(self.values.min())), max(0.0, float(self.values.max()))
        across = (low, high if high > low else low + 1)
        along = (-0.6, count - 0.4)
        # Limits of the vector before would hold the new range back.
        view.setLimits(xMin=None, xMax=None)
        x, y = (across, along) if self.lies else (along, across)
        view.setRange(xRange=x, yRange=y, padding=0.03)
        if not self.lies:
            view.setLimits(xMin=-0.05 * count - 1, xMax=1.05 * count)

    def _lying(self) -> pg.BarGraphItem:
        count = len(self.values)
        strongest = int(self.values.argmax())
        brushes = [self._brush(index == strongest) for index in range(count)]
        self.getAxis("left").setTicks([[(index, self.label(index)) for index in range(count)]])
        look = {"brushes": brushes, "pen": pg.mkPen(None)}
        return pg.BarGraphItem(x0=0, width=self.values, y=np.arange(count), height=0.64, **look)

    def _standing(self) -> pg.BarGraphItem:
        self.getAxis("left").setTicks(None)
        look = {"brush": self._brush(True), "pen": pg.mkPen(None)}
        return pg.BarGraphItem(x=np.arange(len(self.values)), y0=0, height=self.values, width=0.9, **look)

    def _brush(self, strongest: bool) -> QColor:
        colour = QColor(colours().accent)
        colour.setAlphaF(1.0 if strongest else 0.5)
        return colour

    def _on_moved(self, point: QPointF) -> None:
        at = self.getViewBox().mapSceneToView(point)
        index = math.floor((at.y() if self.lies else at.x()) + 0.5)
        self.pointed.emit(index if 0 <= index < len(self.values) else None)

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)
