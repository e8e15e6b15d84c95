"""One row a stage: its name, its block count, the channels and the resolution that leave it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from resviz.arch.analysis import Report
from resviz.arch.ops import Shape
from resviz.arch.spec import MAX_BLOCKS, MAX_STAGES
from resviz.gui.panels import figures
from resviz.gui.panels.builder.stepper import Stepper
from resviz.gui.panels.controls import FitLabel, column, row
from resviz.gui.theme import CAPTION

translate = QCoreApplication.translate
#: Channel counts beyond this are shown short; the tooltip has them in full.
_LONG = 9999


class StageRows(QWidget):
    """The block counts. The rows for all eight stages exist from the start: stepping rebuilds nothing.

    `counted(stage, blocks)` counts stages from 0; `added` and `removed` ask for one more or less at the end.
    """

    counted = Signal(int, int)
    added = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        lines = column(self, 2)
        rows = QGridLayout()
        rows.setHorizontalSpacing(6)
        rows.setVerticalSpacing(4)
        lines.addLayout(rows)
        self.rows = [_Row(stage, rows, self) for stage in range(MAX_STAGES)]
        for one in self.rows:
            one.stepper.edited.connect(lambda blocks, stage=one.stage: self.counted.emit(stage, blocks))
        rows.setColumnStretch(2, 6)
        rows.setColumnStretch(3, 7)
        self.add = self._link(self.tr("+ add stage"))
        self.remove = self._link(self.tr("− remove stage"))
        self.add.clicked.connect(self.added)
        self.remove.clicked.connect(self.removed)
        links = row()
        links.addWidget(self.add)
        links.addStretch(1)
        links.addWidget(self.remove)
        lines.addLayout(links)

    def _link(self, text: str) -> QPushButton:
        link = QPushButton(text, self)
        link.setProperty("role", "quiet-link")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        return link

    def show_report(self, result: Report) -> None:
        blocks = result.spec.blocks
        shapes = {layer.stage: layer.out_shape for layer in result.layers}
        for one in self.rows:
            one.set_visible(one.stage < len(blocks))
            if one.stage < len(blocks):
                one.show_stage(blocks[one.stage], shapes[one.name.text()])
        self._show_links(len(blocks))

    def _show_links(self, stages: int) -> None:
        """A greyed-out link says why."""
        self.add.setEnabled(stages < MAX_STAGES)
        self.remove.setEnabled(stages > 1)
        full = self.tr("A ResNet has at most {most} stages").format(most=MAX_STAGES)
        more = self.tr("Add layer{next}: twice the channels at half the resolution").format(next=stages + 1)
        self.add.setToolTip(more if stages < MAX_STAGES else full)
        less = self.tr("Remove layer{last}, the last stage").format(last=stages)
        self.remove.setToolTip(less if stages > 1 else self.tr("A ResNet has at least one stage"))


class _Row:
    """The widgets of one stage."""

    def __init__(self, stage: int, grid: QGridLayout, parent: StageRows) -> None:
        self.stage = stage
        name = f"layer{stage + 1}"
        self.name = QLabel(name, parent)
        self.name.setProperty("role", "stage")
        self.stepper = Stepper(1, MAX_BLOCKS, translate("StageRows", "Blocks of {stage}").format(stage=name), parent)
        self.stepper.setToolTip(
            translate("StageRows", "Residual blocks of {stage}: wheel, arrow keys, or type 1 to {most}").format(
                stage=name, most=MAX_BLOCKS
            )
        )
        self.channels = FitLabel(CAPTION, CAPTION - 3, muted=True, parent=parent)
        self.resolution = FitLabel(CAPTION, CAPTION - 3, muted=True, parent=parent)
        self.resolution.alignment = Qt.AlignmentFlag.AlignRight
        self.widgets = (self.name, self.stepper, self.channels, self.resolution)
        for at, widget in enumerate(self.widgets):
            grid.addWidget(widget, stage, at)

    def set_visible(self, visible: bool) -> None:
        for widget in self.widgets:
            widget.setVisible(visible)

    def show_stage(self, blocks: int, out: Shape) -> None:
        channels, height, width = out
        self.stepper.set_value(blocks)
        short = figures.count(channels) if channels > _LONG else str(channels)
        self.channels.set_text(translate("StageRows", "{channels} ch").format(channels=short))
        self.resolution.set_text(f"{height}×{width}")
        hint = translate("StageRows", "{stage} gives {channels} channels of {height}×{width}").format(
            stage=self.name.text(), channels=figures.exact(channels), height=height, width=width
        )
        for widget in (self.name, self.channels, self.resolution):
            widget.setToolTip(hint)
