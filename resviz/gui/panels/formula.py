"""The depth formula in large type with where it comes from, and the four totals."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from resviz.arch.analysis import Report
from resviz.arch.graph import Layer
from resviz.arch.spec import CONVS, ResNetSpec
from resviz.gui.panels import figures
from resviz.gui.panels.controls import FitLabel, StatCard, column
from resviz.gui.theme import BODY, CAPTION, FORMULA

#: A receptive field beyond this is shown short; its tooltip has it in full.
_LONG = 100_000


class FormulaCard(QFrame):
    """`18 = 1 + 8×2 + 1`, and under it the 8 as a sum."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "tint")
        self.formula = FitLabel(FORMULA, BODY, bold=True, parent=self)
        self.origin = FitLabel(CAPTION + 1, CAPTION - 1, muted=True, parent=self)
        lines = column(self, 4, (14, 10, 12, 11))
        lines.addWidget(self.formula)
        lines.addWidget(self.origin)

    def show_report(self, result: Report) -> None:
        spec = result.spec
        self.formula.set_text(result.formula_short)
        self.origin.set_text(self._origin(spec))
        hint = self.tr(
            "{formula}\n\nWeighted layers: the stem's convolution, {convs} convolutions in each of "
            "{blocks} blocks, and fc. Projections, BN and pooling are not counted."
        )
        self.setToolTip(hint.format(formula=result.formula, convs=CONVS[spec.block], blocks=sum(spec.blocks)))
        self.setAccessibleName(self.tr("Weighted layers: {formula}").format(formula=result.formula))

    def _origin(self, spec: ResNetSpec) -> str:
        text = self.tr("stem + ({blocks}) blocks × {convs} + fc")
        return text.format(blocks="+".join(map(str, spec.blocks)), convs=CONVS[spec.block])


class TotalCards(QWidget):
    """Parameters, MACs, activations, receptive field; tooltips have them exact, and how they are counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.params = StatCard(self.tr("parameters"), self)
        self.macs = StatCard(self.tr("MACs"), self)
        self.activations = StatCard(self.tr("activations fp32"), self)
        self.field = StatCard(self.tr("receptive field"), self)
        self.cards = (self.params, self.macs, self.activations, self.field)
        self.compact = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        for index, card in enumerate(self.cards):
            self._grid.addWidget(card, index // 2, index % 2)
            self._grid.setColumnStretch(index % 2, 1)

    def set_compact(self, compact: bool) -> None:
        """One line a card, and shorter words, where the window is low."""
        if compact == self.compact:
            return  # even an equal spacing would have the panel laid out again, which comes back here
        self.compact = compact
        self._grid.setVerticalSpacing(4 if compact else 8)
        long = (
            self.tr("parameters"),
            self.tr("MACs"),
            self.tr("activations fp32"),
            self.tr("receptive field"),
        )
        short = (self.tr("params"), self.tr("MACs"), self.tr("activ."), self.tr("field"))
        for card, text in zip(self.cards, short if compact else long, strict=True):
            card.set_compact(compact)
            card.caption.setText(text)

    def show_report(self, result: Report) -> None:
        self._show_params(result)
        macs = self.tr("{macs} MACs for one image: multiply-adds of convolutions and fc.\n{rest}")
        rest = self.tr("BN, ReLU, pooling, additions and biases count none.")
        self.macs.show_figure(figures.count(result.macs), macs.format(macs=figures.exact(result.macs), rest=rest))
        bytes_ = self.tr("{bytes} bytes: the fp32 output of every layer, once each, for one image.")
        exact = figures.exact(result.activation_bytes)
        self.activations.show_figure(figures.size(result.activation_bytes), bytes_.format(bytes=exact))
        self._show_field(result)

    def _show_params(self, result: Report) -> None:
        text = self.tr("{params} parameters: trainable numbers.\nBuffers (BN's running statistics) apart: {buffers}.")
        exact = text.format(params=figures.exact(result.params), buffers=figures.exact(result.buffers))
        self.params.show_figure(figures.count(result.params), exact)

    def _show_field(self, result: Report) -> None:
        last = _last_of_stages(result.layers)
        side = result.receptive_field[last.id]
        text = self.tr("{layer} sees a square of {side}×{side} pixels of the {size}×{size} input, {cut}")
        cut = self.tr("all of it.") if side >= result.spec.size else self.tr("a part of it.")
        hint = text.format(layer=last.id, side=side, size=result.spec.size, cut=cut)
        shown = figures.exact(side) if side < _LONG else figures.count(side)
        self.field.show_figure(self.tr("{side} px").format(side=shown), hint)


def _last_of_stages(layers: tuple[Layer, ...]) -> Layer:
    return next(layer for layer in reversed(layers) if layer.stage is not None)
