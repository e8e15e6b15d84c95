"""The builder: every field of the spec as a control, and what follows from them, at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from resviz.arch.analysis import report
from resviz.arch.notation import format_spec
from resviz.arch.presets import PRESETS
from resviz.arch.spec import RANGES
from resviz.errors import SpecError
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import (
    Choice,
    CopyLink,
    Segmented,
    caption,
    column,
    hairline,
    row,
)
from resviz.gui.panels.formula import FormulaCard, TotalCards
from resviz.gui.panels.presets_box import PresetBox
from resviz.gui.panels.spec_words import block_choices, number_words, shortcut_choices, stem_choices
from resviz.gui.panels.stages import StageRows
from resviz.gui.panels.stepper import NumberField

#: A wheel that has just scrolled the panel goes on scrolling, whatever control comes under the pointer (ms).
SCROLL_REST_MS = 400
_MARGIN, _ABOVE, _BELOW = 16, 8, 14
#: Keys step by this much: widths and sizes people use are multiples of it.
_STEPS = {"width": 8, "classes": 1, "size": 8, "channels": 1}


class BuilderPanel(QWidget):
    """Shows the document's spec and asks it to change. The formula and the totals stay below, in sight."""

    # Every panel is made of document and jobs, whether it asks the engine for anything or not.
    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:  # noqa: ARG002
        super().__init__(parent)
        self._document = document
        self._scrolled = QElapsedTimer()
        self._make_controls()
        self._make_results()
        self._connect()
        self._parts = column(self)
        for widget in (self.area, self._edge, self._results):
            self._parts.addWidget(widget)
        self._parts.addStretch(1)
        self.setMinimumWidth(264)
        document.spec_changed.connect(self._show_spec)
        self._show_spec()

    def sizeHint(self) -> QSize:
        return QSize(280, 760)

    # --- putting it together ----------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self.area = _Area(self)
        self._controls = self.area.content
        zones = self.area.zones
        self._architecture(zones)
        self.block = self._choice(zones, self.tr("Block"), block_choices())
        self._blocks(zones)
        self.shortcut = self._choice(zones, self.tr("Shortcut"), shortcut_choices())
        self.stem = self._choice(zones, self.tr("Stem"), stem_choices())
        self._numbers(zones)

    def _architecture(self, zones: QVBoxLayout) -> None:
        self.presets = PresetBox(self._controls)
        self.presets.setAccessibleName(self.tr("Architecture"))
        hint = self.tr("Copy the notation, for the command line: resviz summary …")
        self.copy_link = CopyLink(self.tr("Copy notation"), hint, self._controls)
        head = row()
        head.addWidget(caption(self.tr("Architecture"), self._controls), 1)
        head.addWidget(self.copy_link)
        zones.addLayout(head)
        zones.addWidget(self.presets)

    def _choice(self, zones: QVBoxLayout, name: str, choices: list[Choice]) -> Segmented:
        control = Segmented(choices, name, self._controls)
        zones.addSpacing(6)
        zones.addWidget(caption(name, self._controls))
        zones.addWidget(control)
        return control

    def _blocks(self, zones: QVBoxLayout) -> None:
        self.stages = StageRows(self._controls)
        self.blocks_error = _error_label(self._controls)
        zones.addSpacing(6)
        zones.addWidget(caption(self.tr("Blocks per stage"), self._controls))
        zones.addWidget(self.stages)
        zones.addWidget(self.blocks_error)

    def _numbers(self, zones: QVBoxLayout) -> None:
        """Four short fields side by side, each under its name."""
        self.numbers: dict[str, NumberField] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for index, (field, (name, hint)) in enumerate(number_words().items()):
            number = NumberField(*RANGES[field], _STEPS[field], self._controls)
            number.setToolTip(hint)
            number.setAccessibleName(name)
            label = QLabel(name, self._controls)
            label.setProperty("role", "field")
            label.setToolTip(hint)
            label.setBuddy(number)
            grid.addWidget(label, 0, index)
            grid.addWidget(number, 1, index)
            grid.setColumnStretch(index, 1)
            self.numbers[field] = number
        self.numbers_error = _error_label(self._controls)
        zones.addSpacing(6)
        zones.addLayout(grid)
        zones.addWidget(self.numbers_error)

    def _make_results(self) -> None:
        self._edge = hairline(self)
        self._results = QWidget(self)
        self.formula = FormulaCard(self._results)
        self.totals = TotalCards(self._results)
        self._tall = self.totals.sizeHint().height()
        cards = column(self._results, 8, (_MARGIN, _ABOVE, _MARGIN, _BELOW))
        cards.addWidget(self.formula)
        cards.addWidget(self.totals)

    def _connect(self) -> None:
        self.presets.chosen.connect(self._on_preset)
        self.copy_link.clicked.connect(lambda: self.copy_link.copy(format_spec(self._document.spec)))
        self.block.chosen.connect(lambda block: self._edit(self.tr("Block"), block=block))
        self.shortcut.chosen.connect(lambda option: self._edit(self.tr("Shortcut"), shortcut=option))
        self.stem.chosen.connect(lambda stem: self._edit(self.tr("Stem"), stem=stem))
        self.stages.counted.connect(self._on_counted)
        self.stages.added.connect(self._on_added)
        self.stages.removed.connect(self._on_removed)
        for field, number in self.numbers.items():
            number.edited.connect(lambda value, field=field: self._on_number(field, value))
        self.area.verticalScrollBar().valueChanged.connect(self._scrolled.restart)
        for stage in self.stages.rows:
            stage.stepper.field.takes_wheel = self._wheel_is_free

    # --- the user's edits -------------------------------------------------------------------------------

    def _edit(self, text: str, error: QLabel | None = None, **changes: Any) -> None:
        """Ask the document for another spec. What a spec refuses is said under its field; nothing changes."""
        try:
            spec = replace(self._document.spec, **changes)
        except SpecError as problem:
            self._show_spec()
            self._say(error, problem)
        else:
            self._say(None)
            self._document.set_spec(spec, text)

    def _on_preset(self, name: str) -> None:
        preset = PRESETS[name]
        self._say(None)
        self._document.set_spec(preset.spec, self.tr("Architecture: {title}").format(title=preset.title))

    def _on_counted(self, stage: int, count: int) -> None:
        blocks = list(self._document.spec.blocks)
        if stage >= len(blocks):  # typed, and committed as its row goes because the stage has gone
            return
        blocks[stage] = count
        text = self.tr("Blocks of {stage}").format(stage=f"layer{stage + 1}")
        self._edit(text, self.blocks_error, blocks=tuple(blocks))

    def _on_added(self) -> None:
        blocks = self._document.spec.blocks
        text = self.tr("Add {stage}").format(stage=f"layer{len(blocks) + 1}")
        self._edit(text, self.blocks_error, blocks=(*blocks, blocks[-1]))

    def _on_removed(self) -> None:
        blocks = self._document.spec.blocks
        text = self.tr("Remove {stage}").format(stage=f"layer{len(blocks)}")
        self._edit(text, self.blocks_error, blocks=blocks[:-1])

    def _on_number(self, field: str, value: int) -> None:
        name, _ = number_words()[field]
        self._edit(name, self.numbers_error, **{field: value})

    # --- showing the document ---------------------------------------------------------------------------

    def _show_spec(self) -> None:
        spec = self._document.spec
        result = report(spec)
        self._say(None)
        self.presets.show_spec(spec)
        self.block.set_value(spec.block)
        self.shortcut.set_value(spec.shortcut)
        self.stem.set_value(spec.stem)
        self.stages.show_report(result)
        for field, number in self.numbers.items():
            number.set_value(getattr(spec, field))
        self.formula.show_report(result)
        self.totals.show_report(result)
        self._settle()

    def _say(self, where: QLabel | None, problem: SpecError | None = None) -> None:
        """One error at a time."""
        for label in (self.blocks_error, self.numbers_error):
            label.setVisible(label is where)
        if where is not None and problem is not None:
            text = sentence(problem.code, problem.values, str(problem))
            where.setText(text[:1].upper() + text[1:])
        self._settle()

    # --- fitting the height -----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._fit()
        return done

    def _fit(self) -> None:
        """Where the window is low the totals take one line each, before anything has to scroll."""
        results = _ABOVE + self.formula.sizeHint().height() + 8 + self._tall + _BELOW + 1
        self.totals.set_compact(self.height() < self.area.sizeHint().height() + results)
        self._edge.setVisible(self.area.scrolls())

    def _settle(self) -> None:
        """Lay out now: left to the event loop, a scroll bar would come and go where a row is added."""
        self.area.updateGeometry()
        self._fit()
        self._parts.activate()

    def _wheel_is_free(self) -> bool:
        return not self._scrolled.isValid() or self._scrolled.hasExpired(SCROLL_REST_MS)


class _Area(QScrollArea):
    """Takes the height of what is in it where there is room, and scrolls where there is not."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.content = QWidget(self)
        self.zones = column(self.content, 6, (_MARGIN, 14, _MARGIN, 10))
        self.setWidget(self.content)

    def sizeHint(self) -> QSize:
        hint = self.content.sizeHint()
        if self.zones.hasHeightForWidth():  # an error is showing, and wraps
            hint.setHeight(self.zones.totalHeightForWidth(self.viewport().width()))
        return hint

    def scrolls(self) -> bool:
        return self.verticalScrollBar().maximum() > 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The scroll bar takes its room from the margin: nothing moves sideways."""
        super().resizeEvent(event)
        bar = self.width() - self.viewport().width()
        self.zones.setContentsMargins(_MARGIN, 14, _MARGIN - min(bar, _MARGIN), 10)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def _error_label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.hide()
    label.setProperty("role", "field-error")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
