"""A shortcut option for each stage, folded away until it is asked for or a network has several."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from resviz.arch.spec import MAX_STAGES, ResNetSpec
from resviz.gui.panels.builder.spec_words import shortcut_choices
from resviz.gui.panels.controls import Choice, Segmented, column

_SHORT = {"none": "–", "A": "A", "B": "B", "C": "C"}


class StageShortcuts(QWidget):
    """One segmented row a stage, all made at the start; `chosen(stage, option)` counts stages from 0."""

    chosen = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link = QPushButton(self.tr("by stage…"), self)
        self.link.setProperty("role", "quiet-link")
        self.link.setCursor(Qt.CursorShape.PointingHandCursor)
        self.link.setCheckable(True)
        self.link.setToolTip(self.tr("A shortcut option for each stage"))
        self.link.toggled.connect(self._show)
        lines = column(self, 2)
        lines.addWidget(self.link, 0, Qt.AlignmentFlag.AlignLeft)
        self._rows = QWidget(self)
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self.names = [QLabel(f"layer{stage + 1}", self._rows) for stage in range(MAX_STAGES)]
        self.rows = [self._row(stage) for stage in range(MAX_STAGES)]
        for stage in range(MAX_STAGES):
            self.names[stage].setProperty("role", "stage")
            grid.addWidget(self.names[stage], stage, 0)
            grid.addWidget(self.rows[stage], stage, 1)
        lines.addWidget(self._rows)
        self._show(False)

    def _row(self, stage: int) -> Segmented:
        choices = [Choice(one.value, _SHORT[one.value], one.hint) for one in shortcut_choices()]
        name = self.tr("Shortcut of {stage}").format(stage=f"layer{stage + 1}")
        made = Segmented(choices, name, self._rows)
        made.set_tight()
        made.chosen.connect(lambda option: self.chosen.emit(stage, option))
        return made

    def show_spec(self, spec: ResNetSpec) -> None:
        """Mirror a spec; one with several options is shown unfolded."""
        for stage in range(MAX_STAGES):
            there = stage < len(spec.blocks)
            self.names[stage].setVisible(there)
            self.rows[stage].setVisible(there)
            if there:
                self.rows[stage].set_value(spec.shortcut_of(stage))
        if isinstance(spec.shortcut, tuple):
            self.link.setChecked(True)

    def _show(self, unfolded: bool) -> None:
        self._rows.setVisible(unfolded)
        self.link.setText(self.tr("hide the stages") if unfolded else self.tr("by stage…"))
