"""How often the network was right: the figure, how sure it is, and the confusion matrix under it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QLabel, QWidget

from resviz.gui.folder.columns import percent
from resviz.gui.folder.results import OFTEN, Results
from resviz.gui.panels.controls import Choice, Segmented, caption, column, row, wrapped
from resviz.gui.panels.zone import ElidedLabel

if TYPE_CHECKING:
    from resviz.gui.folder.matrix import Cell, ConfusionMatrix


class ScorePanel(QWidget):
    """`chosen` carries a cell of the matrix, None when it is let go."""

    chosen = Signal(object)

    def __init__(self, results: Results, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results = results
        self.matrix: ConfusionMatrix | None = None
        self.figure, self.detail = QLabel("-", self), QLabel(self)
        self.figure.setProperty("role", "formula")
        self.detail.setProperty("role", "muted")
        self.detail.setWordWrap(True)
        self.by = Segmented(
            [
                Choice("row", self.tr("Share, %"), self.tr("Of the true class: each row adds up to 100 %")),
                Choice("count", self.tr("Pictures"), self.tr("How many pictures")),
            ],
            self.tr("Confusion matrix"),
            self,
        )
        self.by.set_value("row")
        self.by.chosen.connect(self._on_by)
        self.said = ElidedLabel("muted", self)
        self._lay_out()

    def _lay_out(self) -> None:
        self._lines = column(self, 4, (16, 12, 12, 8))
        self._lines.addWidget(caption(self.tr("Accuracy"), self))
        self._lines.addWidget(self.figure)
        self._lines.addWidget(self.detail)
        self._lines.addSpacing(8)
        head = row(None, 8)
        head.addWidget(caption(self.tr("Confusion matrix"), self))
        head.addStretch(1)
        head.addWidget(self.by)
        self._lines.addLayout(head)
        self._lines.addWidget(self.said)

    def show_results(self, names: Sequence[str], classes: int) -> None:
        """`names` are the network's classes as far as they are known, `classes` how many it has."""
        score = self._results.score
        if score is None:
            return
        low, high = score.bounds
        self.figure.setText(percent(score.share))
        lines = [
            self.tr("{right} of {count} right, 95 % sure of {low} to {high}").format(
                right=f"{score.right:,}", count=f"{score.count:,}", low=percent(low), high=percent(high)
            )
        ]
        if classes > OFTEN:
            among = percent(score.among / score.count)
            lines.append(self.tr("top-5 {share}: the true class is one of the five likeliest").format(share=among))
        self.detail.setText("\n".join(lines))
        how = self.tr(
            "The interval is Wilson's (1927): were the pictures drawn again from the same source, "
            "95 of 100 such intervals would hold the true accuracy."
        )
        self.detail.setToolTip(wrapped(how))
        matrix = self._made()
        matrix.show_pairs(self._results.pairs, self._results.classes(names))
        self._say(None)

    def _made(self) -> ConfusionMatrix:
        """Where no folder is named after a class, pyqtgraph is not needed."""
        if self.matrix is None:
            made: ConfusionMatrix = import_module("resviz.gui.folder.matrix").ConfusionMatrix(self)
            self.matrix = made
            made.pointed.connect(self._say)
            made.chosen.connect(self._on_chosen)
            self._lines.insertWidget(self._lines.count() - 1, made, 1)
        return self.matrix

    def _on_by(self, value: str) -> None:
        if self.matrix is not None:
            self.matrix.set_by_row(value == "row")

    def _on_chosen(self, cell: Cell) -> None:
        """A click on the chosen cell lets it go."""
        again = self.matrix is not None and self.matrix.cell == cell
        self.chosen.emit(None if again else cell)

    def set_cell(self, cell: Cell | None) -> None:
        """The cell whose pictures the table shows."""
        if self.matrix is not None:
            self.matrix.set_cell(cell)

    def _say(self, cell: Cell | None) -> None:
        if cell is None or self.matrix is None:
            self.said.setText(self.tr("Point at a cell for its count; click it for its pictures."))
            return
        count, whole = self.matrix.count(cell), self.matrix.shares(cell[0])[0]
        said = self.tr("{true} is right") if cell[0] == cell[1] else self.tr("{true} taken for {guess}")
        share = percent(count / whole) if whole else "-"
        figures = self.tr("{count} of {whole} ({share})").format(count=f"{count:,}", whole=f"{whole:,}", share=share)
        self.said.setText(f"{said.format(true=cell[0], guess=cell[1])}: {figures}")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.matrix is not None:
            self.matrix.retint()
