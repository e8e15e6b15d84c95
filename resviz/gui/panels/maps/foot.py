"""What is under the maps: figures in words, histogram and colour scale, the channel and the way to its neighbours."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from resviz.gui.panels.colour_bar import ColourBar
from resviz.gui.panels.controls import column, row
from resviz.gui.panels.maps.histogram import HistogramView
from resviz.gui.panels.zone import ElidedLabel
from resviz.maps.statistics import Figures

_LINE = 18


class Foot(QWidget):
    """`stepped` carries -1 or 1: the channel before or after."""

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures, self.note, self.readout = ElidedLabel(), ElidedLabel(), ElidedLabel("plain")
        self._grid, self._short = True, False
        self.figures.setAccessibleName(self.tr("Figures of the layer"))
        self.histogram, self.scale_bar = HistogramView(), ColourBar()
        self.before = self._arrow("‹", self.tr("The channel before (Left, or [)"), -1)
        self.after = self._arrow("›", self.tr("The next channel (Right, or ])"), 1)
        for label in (self.figures, self.note):
            label.setFixedHeight(_LINE)
        words = column(spacing=2)
        words.addWidget(self.note)
        words.addWidget(self.scale_bar, 0, Qt.AlignmentFlag.AlignLeft)  # without it, all were as narrow as this is
        words.addStretch(1)
        upper = row(spacing=10)
        upper.addLayout(words, 1)
        upper.addWidget(self.histogram, 0, Qt.AlignmentFlag.AlignTop)
        lower = row(spacing=0)
        lower.addWidget(self.before)
        lower.addWidget(self.after)
        lower.addSpacing(8)
        lower.addWidget(self.readout, 1)
        whole = column(self, spacing=2)
        whole.addWidget(self.figures)  # in a line of their own: beside the histogram they were cut off
        whole.addLayout(upper)
        whole.addLayout(lower)

    def _arrow(self, sign: str, hint: str, way: int) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setToolTip(hint)
        button.setAccessibleName(hint)
        button.setFixedSize(24, 22)
        button.setStyleSheet("padding: 0;")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.stepped.emit(way))
        return button

    def clear(self) -> None:
        for label in (self.figures, self.note, self.readout):
            label.setText("")
        self.histogram.show_histogram(None)

    def show_grid(self, grid: bool) -> None:
        """Bars have no channels to go through, and no colours."""
        self._grid = grid
        self._show_parts()

    def set_short(self, short: bool) -> None:
        """Whether only the channel is told: what the layer is on the whole can be read with all channels."""
        if short != self._short:
            self._short = short
            self._show_parts()

    def _show_parts(self) -> None:
        for widget in (self.before, self.after):
            widget.setVisible(self._grid)
        for part in (self.scale_bar, self.figures, self.note):
            part.setVisible(self._grid and not self._short)


def in_words(figures: Figures) -> str:
    """`mean 0.12 · σ 0.3 · 51 % zero`."""
    said = QCoreApplication.translate("FeatureMapsPanel", "mean {mean} · σ {std} · {zeros} zero")
    return said.format(mean=figure(figures.mean), std=figure(figures.std), zeros=share(figures.zeros))


def share(part: float) -> str:
    """`51 %`; neither nothing nor all where it is not quite."""
    percent = round(100 * part)
    if percent == 0 and part > 0:
        return "< 1 %"
    return "> 99 %" if percent == 100 and part < 1 else f"{percent} %"


def figure(value: float) -> str:
    """Three figures, with a minus sign that is one."""
    return f"{value:.3g}".replace("-", "−")
