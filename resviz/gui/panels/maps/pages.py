"""The faces of the panel: the grid, one channel, kernels, bars, or a sentence that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget

from resviz.drawing.palette import DARK
from resviz.gui.panels.controls import colours
from resviz.gui.panels.maps.bar import MapsBar
from resviz.gui.panels.maps.foot import figure
from resviz.gui.panels.maps.kernels_page import KernelsPage
from resviz.gui.panels.maps.one import OnePage
from resviz.gui.panels.maps.shown import Shown
from resviz.gui.panels.mosaic_view import MosaicView
from resviz.maps import mosaic, plots, shades
from resviz.maps.statistics import Channels

if TYPE_CHECKING:
    from resviz.gui.panels.vector_plot import VectorPlot


class Scale(NamedTuple):
    """The colours from one value to another; the values in words."""

    table: NDArray[np.uint8]
    low: str
    high: str


class Pages(QStackedWidget):
    """One of them is shown."""

    #: The index of the bar under the pointer, or None.
    bar_pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.empty, self.view, self.one, self.kernels = QLabel(), MosaicView(), OnePage(), KernelsPage()
        self._bars: VectorPlot | None = None
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.view.setAccessibleName(self.tr("Channels of the layer"))
        self.view.setToolTip(self.tr("Ctrl+wheel zooms. A click chooses a channel, a double click shows it large."))
        for page in (self.empty, self.view, self.one, self.kernels):
            self.addWidget(page)

    @property
    def bars(self) -> VectorPlot:
        """Made when it is first wanted: what draws it takes long to load."""
        if self._bars is None:
            from resviz.gui.panels import vector_plot

            self._bars = vector_plot.VectorPlot()
            self._bars.pointed.connect(self.bar_pointed)
            self.addWidget(self._bars)
        return self._bars

    def retint(self) -> None:
        """In the colours of the theme."""
        if self._bars is not None:
            self._bars.retint()

    def say(self, text: str) -> None:
        """A sentence in place of a picture."""
        self.empty.setText(text)
        self.setCurrentWidget(self.empty)

    def set_stale(self, stale: bool) -> None:
        for view in (self.view, self.one, self._bars):
            if view is not None:
                view.set_stale(stale)

    def show_vector(self, shown: Shown, labels: tuple[str, ...]) -> None:
        """A layer without height and width."""
        self.bars.show_values(shown.maps.data, labels)
        self.setCurrentWidget(self.bars)

    def show_maps(self, shown: Shown, channels: Channels, bar: MapsBar, channel: int, one: bool) -> Scale:
        """All channels, or `channel` alone, as `bar` says."""
        name = shades.colour_map(bar.colour_map(), shown.op, float(channels.low.min()))
        signed, over, gamma = name == plots.SIGNED, shades.reach(channels, bar.over()), bar.gamma
        lows, highs = shades.ends(channels, over, shown.whole_range, signed)
        table = plots.table(name, dark=colours() is DARK)
        part = slice(channel, channel + 1) if one else slice(None)
        tiles = mosaic.indices(shown.maps.data[part], lows[part], highs[part], gamma, signed)
        if one:
            self.one.show_input(shown.prediction, shown.field, shown.maps.stride)
            self.one.show_channel(tiles[0], table, shown.maps.data[channel], signed)
        else:
            self.view.show_tiles(mosaic.strike_out(tiles, channels.dead), table, shown.order(bar.by()))
            self.view.set_chosen(channel)
        self.setCurrentWidget(self.one if one else self.view)
        own = over == "channel" and not one
        ends = (self.tr("low"), self.tr("high")) if own else (figure(lows[channel]), figure(highs[channel]))
        return Scale(shades.bent_bar(table, gamma, signed), *ends)
