"""The shortcut option: one for all stages, or one for each, folded away until it is asked for or there are several."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from resviz.arch.notation import value_text
from resviz.arch.spec import MAX_STAGES, ResNetSpec
from resviz.gui.panels.builder.spec_words import shortcut_choices
from resviz.gui.panels.controls import Choice, Segmented, caption, column, row

_SHORT = {"none": "–", "A": "A", "B": "B", "C": "C"}


class StageShortcuts(QWidget):
    """`one` is the option of all stages; under it a row a stage, all made at the start.

    `chosen(stage, option)` counts stages from 0.
    """

    chosen = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._was_mixed = False
        lines = column(self, 4)
        lines.addLayout(self._head())
        self.one = Segmented(shortcut_choices(), self.tr("Shortcut"), self)
        lines.addWidget(self.one)
        self._rows = QWidget(self)
        self._fill(self._rows)
        lines.addWidget(self._rows)
        self._show(False)

    def _head(self) -> QHBoxLayout:
        """What the control is called, that the stages differ, and what unfolds them."""
        self.mixed = QLabel(self.tr("mixed"), self)
        self.mixed.setProperty("role", "unit")
        self.mixed.hide()
        self.link = QPushButton(self.tr("by stage…"), self)
        self.link.setProperty("role", "quiet-link")
        self.link.setCursor(Qt.CursorShape.PointingHandCursor)
        self.link.setCheckable(True)
        self.link.setToolTip(self.tr("A shortcut option for each stage"))
        self.link.toggled.connect(self._show)
        head = row(None, 8)
        head.addWidget(caption(self.tr("Shortcut"), self))
        head.addWidget(self.mixed)
        head.addStretch(1)
        head.addWidget(self.link)
        return head

    def _fill(self, rows: QWidget) -> None:
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self.names = [QLabel(f"layer{stage + 1}", rows) for stage in range(MAX_STAGES)]
        self.rows = [self._row(stage, rows) for stage in range(MAX_STAGES)]
        for stage in range(MAX_STAGES):
            self.names[stage].setProperty("role", "stage")
            grid.addWidget(self.names[stage], stage, 0)
            grid.addWidget(self.rows[stage], stage, 1)

    def _row(self, stage: int, parent: QWidget) -> Segmented:
        choices = [Choice(one.value, _SHORT[one.value], one.hint) for one in shortcut_choices()]
        name = self.tr("Shortcut of {stage}").format(stage=f"layer{stage + 1}")
        made = Segmented(choices, name, parent)
        made.set_tight()
        made.chosen.connect(lambda option: self.chosen.emit(stage, option))
        return made

    def show_spec(self, spec: ResNetSpec) -> None:
        """Mirror a spec; the rows unfold where the stages begin to differ."""
        mixed = isinstance(spec.shortcut, tuple)
        self.one.set_value(spec.shortcut if isinstance(spec.shortcut, str) else None)
        for stage in range(MAX_STAGES):
            there = stage < len(spec.blocks)
            self.names[stage].setVisible(there)
            self.rows[stage].setVisible(there)
            if there:
                self.rows[stage].set_value(spec.shortcut_of(stage))
        self._say(value_text(spec.shortcut) if mixed else "")
        if mixed and not self._was_mixed:
            self.link.setChecked(True)
        self._was_mixed = mixed

    def _say(self, options: str) -> None:
        """That the stages differ; the control for all has nothing chosen then."""
        said = self.tr("Not the same in all stages: {options}").format(options=options) if options else ""
        self.mixed.setVisible(bool(options))
        self.mixed.setToolTip(said)
        self.one.setAccessibleDescription(said)

    def _show(self, unfolded: bool) -> None:
        self._rows.setVisible(unfolded)
        self.link.setText(self.tr("hide the stages") if unfolded else self.tr("by stage…"))
