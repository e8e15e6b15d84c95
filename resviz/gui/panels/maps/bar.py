"""How the maps are shown: their order, the range of the colours, the colours, the gamma."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.controls import Choice, Segmented, row
from resviz.maps import plots
from resviz.maps.shades import AUTOMATIC, GAMMAS, RANGES, Range
from resviz.maps.statistics import SORTS, Sort

#: Widths that fit a dock of 420 px, px.
_SORT, _SEGMENTS, _COLOURS = 88, 154, 84


class MapsBar(QWidget):
    """`changed`: something is shown in another way; `reordered`: in another order."""

    changed = Signal()
    reordered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sort, self.scale, self.colours = self._sort_choice(), self._scale_choice(), self._colour_choice()
        self.gamma_button = QToolButton()
        self.gamma_button.setProperty("role", "boxed")
        self.gamma_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.gamma_button.clicked.connect(self.next_gamma)
        self.gamma = GAMMAS[0]
        self._say_gamma()
        line = row(self, spacing=6)
        self.scale.setFixedWidth(_SEGMENTS)
        self.sort.setFixedWidth(_SORT)
        self.colours.setFixedWidth(_COLOURS)
        for widget in (self.sort, self.scale, self.colours, self.gamma_button):
            line.addWidget(widget)
        line.addStretch(1)

    def _sort_choice(self) -> ArrowBox:
        box = ArrowBox(self.tr("Order of the channels"))
        box.setToolTip(
            self.tr("Order of the channels, the most first. Class: how much they speak for the one that is predicted")
        )
        names = (self.tr("Index"), self.tr("Mean"), self.tr("Maximum"), self.tr("Zeros"), self.tr("Class"))
        for text, value in zip(names, SORTS, strict=True):
            box.addItem(text, value)
        box.currentIndexChanged.connect(lambda _: self.reordered.emit())
        return box

    def _scale_choice(self) -> Segmented:
        hints = (
            self.tr("Colours of each channel by its own values"),
            self.tr("One scale for all channels, to compare them"),
            self.tr("One scale for all layers of the network"),
        )
        texts = (self.tr("Channel"), self.tr("Layer"), self.tr("Network"))
        choices = [Choice(*each) for each in zip(RANGES, texts, hints, strict=True)]
        scale = Segmented(choices, self.tr("Colour range"))
        scale.set_tight()
        scale.set_value("channel")
        scale.chosen.connect(lambda _: self.changed.emit())
        return scale

    def _colour_choice(self) -> ArrowBox:
        combo = ArrowBox(self.tr("Colour map"))
        combo.setToolTip(self.tr("Colours. Auto: blue to red around zero before a ReLU, else viridis"))
        names = (self.tr("Viridis"), self.tr("Magma"), self.tr("Grey"), self.tr("Blue, red"))
        combo.addItem(self.tr("Auto"), AUTOMATIC)
        for text, name in zip(names, plots.COLOUR_MAPS, strict=True):
            combo.addItem(text, name)
        combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        return combo

    # --- what is chosen ------------------------------------------------------------------------------------

    def by(self) -> Sort:
        return SORTS[self.sort.currentIndex()]

    def over(self) -> Range:
        value = self.scale.value()
        return next((each for each in RANGES if each == value), RANGES[0])

    def colour_map(self) -> str:
        return str(self.colours.currentData())

    def next_gamma(self) -> None:
        """1, 0.7, 0.5, 0.3, and 1 again."""
        self.gamma = GAMMAS[(GAMMAS.index(self.gamma) + 1) % len(GAMMAS)]
        self._say_gamma()
        self.changed.emit()

    def _say_gamma(self) -> None:
        self.gamma_button.setText(f"γ {self.gamma:g}")
        self.gamma_button.setToolTip(self.tr("Gamma: below 1, small values are brought out (G)"))
        self.gamma_button.setAccessibleName(self.tr("Gamma {gamma}").format(gamma=f"{self.gamma:g}"))
        self.gamma_button.setFixedWidth(self.gamma_button.fontMetrics().horizontalAdvance("γ 0.7") + 14)
        self.gamma_button.setStyleSheet("padding-left: 0; padding-right: 0;")

    def show_for(self, kernels: bool) -> None:
        """Kernels have an order and colours of their own."""
        self.sort.setVisible(not kernels)
        self.colours.setVisible(not kernels)
