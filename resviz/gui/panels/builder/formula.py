"""The depth formula in large type with where it comes from, and the totals."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from resviz.arch.analysis import CONVENTIONS, Report
from resviz.arch.graph import Layer
from resviz.arch.spec import CONVS, ResNetSpec
from resviz.gui.panels import figures
from resviz.gui.panels.controls import FitLabel, StatCard, column, wrapped
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
        self._lines = column(self)
        self.set_compact(False)
        self._lines.addWidget(self.formula)
        self._lines.addWidget(self.origin)

    def set_compact(self, compact: bool) -> None:
        """Less air where the window is low."""
        self._lines.setContentsMargins(*((12, 5, 12, 6) if compact else (14, 10, 12, 11)))
        self._lines.setSpacing(1 if compact else 4)

    def show_report(self, result: Report) -> None:
        spec = result.spec
        self.formula.set_text(result.formula_short)
        self.origin.set_text(self._origin(spec))
        hint = self.tr(
            "{formula}\n\nWeighted layers: convolutions of the stem ({stem}), {convs} in each of {blocks} blocks, and "
            "fc. Projections, attention, filters, BN and pooling are not counted."
        )
        counts = {"stem": spec.stem_convs, "convs": CONVS[spec.block], "blocks": sum(spec.blocks)}
        self.setToolTip(wrapped(hint.format(formula=result.formula, **counts)))
        self.setAccessibleName(self.tr("Weighted layers: {formula}").format(formula=result.formula))

    def _origin(self, spec: ResNetSpec) -> str:
        text = self.tr("stem + ({blocks}) blocks × {convs} + fc")
        return text.format(blocks="+".join(map(str, spec.blocks)), convs=CONVS[spec.block])


class TotalCards(QWidget):
    """Parameters, MACs, memory, receptive field, intensity; tooltips have them exact, and how they are counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.params = StatCard(self.tr("parameters"), self)
        self.macs = StatCard(self.tr("MACs"), self)
        self.activations = StatCard(self.tr("activations fp32"), self)
        self.peak = StatCard(self.tr("peak memory fp32"), self)
        self.field = StatCard(self.tr("receptive field"), self)
        self.intensity = StatCard(self.tr("MACs per byte"), self)
        self.cards = (self.params, self.macs, self.activations, self.peak, self.field, self.intensity)
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
            self.tr("peak memory fp32"),
            self.tr("receptive field"),
            self.tr("MACs per byte"),
        )
        short = (
            self.tr("params"),
            self.tr("MACs"),
            self.tr("activ."),
            self.tr("peak"),
            self.tr("field"),
            self.tr("MACs/B"),
        )
        for card, text in zip(self.cards, short if compact else long, strict=True):
            card.set_compact(compact)
            card.caption.setText(text)

    def show_report(self, result: Report) -> None:
        self._show_params(result)
        macs = self.tr("{macs} MACs for one image").format(macs=figures.exact(result.macs))
        self.macs.show_figure(figures.count(result.macs), told(macs, "macs"))
        self._show_memory(result)
        self._show_field(result)
        text = self.tr("{value} MACs per byte moved: the higher, the less memory holds the network back")
        value = figures.ratio(result.intensity)
        self.intensity.show_figure(value, told(text.format(value=value), "intensity"))

    def _show_params(self, result: Report) -> None:
        text = self.tr("{params} parameters, and {buffers} buffers; {bytes} as fp32")
        exact = text.format(
            params=figures.exact(result.params),
            buffers=figures.exact(result.buffers),
            bytes=figures.size(4 * (result.params + result.buffers)),
        )
        self.params.show_figure(figures.count(result.params), told(exact, "params"))

    def _show_memory(self, result: Report) -> None:
        text = self.tr("{bytes} bytes for one image in fp32; half of that in fp16; twice for two images")
        written = text.format(bytes=figures.exact(result.activation_bytes))
        self.activations.show_figure(figures.size(result.activation_bytes), told(written, "activations"))
        most = self.tr("{bytes} bytes for one image in fp32, when {layer} runs")
        peak = most.format(bytes=figures.exact(result.peak_bytes), layer=result.peak_layer)
        self.peak.show_figure(figures.size(result.peak_bytes), told(peak, "peak"))

    def _show_field(self, result: Report) -> None:
        last = _last_of_stages(result.layers)
        field = result.fields[last.id]
        side = field.size
        text = self.tr("{layer} sees a square of {side}×{side} pixels of the {size}×{size} input, {cut}")
        cut = self.tr("all of it.") if side >= result.spec.size else self.tr("a part of it.")
        hint = text.format(layer=last.id, side=side, size=result.spec.size, cut=cut)
        if not field.aligned:
            hint += " " + self.tr("The two paths of a block see squares that are not concentric; this one holds both.")
        shown = figures.exact(side) if side < _LONG else figures.count(side)
        self.field.show_figure(self.tr("{side} px").format(side=shown), told(hint, "field"))


def _last_of_stages(layers: tuple[Layer, ...]) -> Layer:
    return next(layer for layer in reversed(layers) if layer.stage is not None)


def told(text: str, convention: str) -> str:
    """A tooltip: the figure, and under it how it is counted."""
    return wrapped(f"{text}\n{convention_of(convention)}")


def convention_of(name: str) -> str:
    """How a figure is counted, in the window's language."""
    return QCoreApplication.translate("conventions", CONVENTIONS[name])
