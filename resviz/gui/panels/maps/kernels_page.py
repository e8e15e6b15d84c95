"""The kernels of the selected convolution: all filters, or those of the chosen channel, one for each input."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from resviz.drawing.palette import DARK
from resviz.engine.messages import KernelsFound
from resviz.gui.panels.colour_bar import ColourBar
from resviz.gui.panels.controls import colours
from resviz.gui.panels.maps import kernels
from resviz.gui.panels.maps.foot import figure
from resviz.gui.panels.mosaic_view import MosaicView
from resviz.maps import plots
from resviz.maps.shades import bent_bar


class KernelsPage(MosaicView):
    """`said` carries what is under the mouse; `filter_picked` the filter that was clicked."""

    said = Signal(str)
    filter_picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Kernels of the convolution"))
        self.numbered_from = 56  # of nine cells a number would cover one
        self.found: KernelsFound | None = None
        self.filter = 0
        self.pointed.connect(self._on_pointed)
        self.picked.connect(self._on_picked)

    def show_kernels(self, found: KernelsFound, channel: int, per_filter: bool, gamma: float, bar: ColourBar) -> None:
        """`channel` is the filter meant; where there is one picture for each filter, that one is shown."""
        self.found, self.filter = found, kernels.kept(found, channel)
        if kernels.are_colours(found.weights):
            self.show_tiles(kernels.colour_tiles(found.weights, per_filter, gamma), None)
            self.set_chosen(self.filter)
            bar.hide()
            return
        whole = kernels.whole_at_once(found.weights)
        shown = found.weights[:, 0] if whole else found.weights[self.filter]
        tiles, low, high = kernels.signed_tiles(shown, per_filter, gamma)
        table = plots.table(plots.KERNELS, dark=colours() is DARK)
        self.show_tiles(tiles, table)
        self.set_chosen(self.filter if whole else None)
        ends = ("−", "+") if per_filter else (figure(low), figure(high))
        bar.show_scale(bent_bar(table, gamma, signed=True), *ends)
        bar.show()

    def in_words(self) -> str:
        """What is shown."""
        assert self.found is not None
        weights, number = self.found.weights, self.filter * self.found.stride
        if kernels.are_colours(weights):
            text = self.tr("{count} filters in colours; middle grey is zero").format(count=len(weights))
        elif kernels.whole_at_once(weights):
            text = self.tr("{count} filters, each of one channel").format(count=len(weights))
        else:
            said = self.tr("filter {filter} of {count}: its kernels for {inputs} inputs")
            text = said.format(filter=number, count=self.found.shape[0], inputs=weights.shape[1])
        if self.found.stride > 1:
            text += self.tr(" · 1 of {n} filters is here").format(n=self.found.stride)
        return text if self.found.trained else self.tr("untrained: random numbers · ") + text

    def filter_in_words(self) -> str:
        """The chosen filter's figures."""
        assert self.found is not None
        values = self.found.weights[self.filter]
        said = self.tr("filter {filter} · mean {mean} · σ {std} · norm {norm}")
        return said.format(
            filter=self.filter * self.found.stride,
            mean=figure(values.mean()),
            std=figure(values.std()),
            norm=figure(float(np.linalg.norm(values))),
        )

    def _on_pointed(self, at: tuple[int, int, int] | None) -> None:
        if self.found is None or at is None:
            self.said.emit("")
            return
        tile, y, x = at
        weights = self.found.weights
        if kernels.whole_at_once(weights):
            values = ", ".join(f"{value:.3g}" for value in weights[tile, :, y, x])
            said = self.tr("filter {filter} · y {y}, x {x} · {value}")
            self.said.emit(said.format(filter=tile * self.found.stride, y=y, x=x, value=values))
        else:
            said = self.tr("input {input} · y {y}, x {x} · {value}")
            self.said.emit(said.format(input=tile, y=y, x=x, value=f"{weights[self.filter, tile, y, x]:.4g}"))

    def _on_picked(self, tile: int) -> None:
        if self.found is not None and kernels.whole_at_once(self.found.weights):
            self.filter_picked.emit(tile * self.found.stride)
