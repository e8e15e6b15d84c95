"""The figures of both networks as a whole, and how far apart they are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from resviz.arch.diff import words
from resviz.arch.diff.align import Change, Diff
from resviz.gui.panels import figures


class TotalsTable(QWidget):
    """A row a figure: A, B, B less A, and the same in relation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self.names = [
            self.tr("Weighted layers"),
            self.tr("Parameters"),
            self.tr("MACs"),
            self.tr("Activations"),
            self.tr("Peak memory"),
            self.tr("Receptive field"),
        ]
        for at, text in enumerate(("", "A", "B", "B−A", "")):
            self._put(0, at, text, "caption")
        self.cells = [[self._put(i + 1, at, "") for at in range(1, 5)] for i in range(len(self.names))]
        for i, name in enumerate(self.names):
            self._put(i + 1, 0, name, "muted")

    def _put(self, line: int, at: int, text: str, role: str = "") -> QLabel:
        label = QLabel(text, self)
        if role:
            label.setProperty("role", role)
        side = Qt.AlignmentFlag.AlignRight if at else Qt.AlignmentFlag.AlignLeft
        self._grid.addWidget(label, line, at, side | Qt.AlignmentFlag.AlignVCenter)
        return label

    def show_totals(self, found: Diff) -> None:
        """Fill it in."""
        costs, totals = found.totals.costs, found.totals
        rows = [
            (costs.weighted_layers, figures.exact),
            (costs.params, figures.count),
            (costs.macs, figures.count),
            (costs.activation_bytes, figures.size),
            (totals.peak_bytes, figures.size),
            (totals.receptive_field, lambda value: f"{figures.exact(value)} px"),
        ]
        for cells, (change, text) in zip(self.cells, rows, strict=True):
            signed = "0" if not change.delta else f"{'+' if change.delta > 0 else '−'}{text(abs(change.delta))}"
            said = (text(change.a), text(change.b), signed, words.relative(change))
            for cell, part in zip(cells, said, strict=True):
                cell.setText(part)
                cell.setToolTip(_exactly(change))


def _exactly(change: Change) -> str:
    return f"A {figures.exact(change.a)}\nB {figures.exact(change.b)}\n{change.delta:+,}"
