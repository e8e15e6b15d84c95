"""The builder: every field of the spec as a control, and what follows from them, at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QElapsedTimer, QEvent, QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from resviz.arch.analysis import report
from resviz.arch.edit import Edit, changed, with_blocks, with_stage_shortcut
from resviz.arch.presets import PRESETS
from resviz.arch.spec import DEFAULTS, FIELDS, RANGES, ResNetSpec
from resviz.errors import SpecError
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.builder.assumptions import AssumptionsCard, words_of
from resviz.gui.panels.builder.details import Details, wrapping
from resviz.gui.panels.builder.field_controls import ChoiceBox
from resviz.gui.panels.builder.field_words import field_words
from resviz.gui.panels.builder.formula import FormulaCard, TotalCards
from resviz.gui.panels.builder.notation_field import NotationField
from resviz.gui.panels.builder.presets_box import PresetBox
from resviz.gui.panels.builder.scroll_area import ABOVE, BELOW, MARGIN, Area
from resviz.gui.panels.builder.spec_words import (
    block_choices,
    number_words,
    refusal_words,
    reset_words,
    stem_choices,
)
from resviz.gui.panels.builder.stage_shortcuts import StageShortcuts
from resviz.gui.panels.builder.stages import StageRows
from resviz.gui.panels.builder.stepper import NumberField
from resviz.gui.panels.controls import Choice, Segmented, caption, column, hairline
from resviz.gui.settings import Settings

#: A wheel that has just scrolled the panel goes on scrolling, whatever control comes under the pointer (ms).
SCROLL_REST_MS = 400
#: Keys step by this much: widths and sizes people use are multiples of it.
_STEPS = {"width": 8, "classes": 1, "size": 8, "channels": 1}


class BuilderPanel(QWidget):
    """Shows the document's spec and asks it to change. The formula and the totals stay below, in sight."""

    def __init__(
        self, document: Document, jobs: Jobs, parent: QWidget | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._scrolled = QElapsedTimer()
        self._make_controls(jobs, settings)
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

    def _make_controls(self, jobs: Jobs, settings: Settings | None) -> None:
        self.area = Area(self)
        self._controls = self.area.content
        zones = self.area.zones
        self.assumptions = AssumptionsCard(self._document, jobs, self._controls)
        zones.addWidget(self.assumptions)
        self._architecture(zones)
        self.block = self._choice(zones, self.tr("Block"), block_choices())
        self._blocks(zones)
        self.stage_shortcuts = StageShortcuts(self._controls)
        self.shortcut = self.stage_shortcuts.one
        zones.addSpacing(6)
        zones.addWidget(self.stage_shortcuts)
        self._stem(zones)
        self._numbers(zones)
        self.details = Details(settings, self._controls)
        zones.addSpacing(8)
        zones.addWidget(self.details)
        zones.addWidget(hairline(self._controls))
        self.notation = NotationField(self._controls)
        zones.addSpacing(8)
        zones.addWidget(self.notation)

    def _architecture(self, zones: QVBoxLayout) -> None:
        self.presets = PresetBox(self._controls)
        self.presets.setAccessibleName(self.tr("Architecture"))
        zones.addWidget(caption(self.tr("Architecture"), self._controls))
        zones.addWidget(self.presets)

    def _choice(self, zones: QVBoxLayout, name: str, choices: list[Choice]) -> Segmented:
        control = Segmented(choices, name, self._controls)
        zones.addSpacing(6)
        zones.addWidget(caption(name, self._controls))
        zones.addWidget(control)
        return control

    def _stem(self, zones: QVBoxLayout) -> None:
        self.stem = ChoiceBox(stem_choices(), self.tr("Stem"), self._controls)
        zones.addSpacing(6)
        zones.addWidget(caption(self.tr("Stem"), self._controls))
        zones.addWidget(self.stem)

    def _blocks(self, zones: QVBoxLayout) -> None:
        self.stages = StageRows(self._controls)
        self.blocks_error = wrapping("field-error", self._controls)
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
        self.numbers_error = wrapping("field-error", self._controls)
        zones.addSpacing(6)
        zones.addLayout(grid)
        zones.addWidget(self.numbers_error)

    def _make_results(self) -> None:
        self._edge = hairline(self)
        self._results = QWidget(self)
        self.formula = FormulaCard(self._results)
        self.totals = TotalCards(self._results)
        self.status = wrapping("muted", self._results)
        cards = column(self._results, 8, (MARGIN, ABOVE, MARGIN, BELOW))
        cards.addWidget(self.status)
        cards.addWidget(self.formula)
        cards.addWidget(self.totals)
        self._tall = self._results.sizeHint().height() + 1

    def _connect(self) -> None:
        self.presets.chosen.connect(self._on_preset)
        self.block.chosen.connect(lambda block: self._edit(self.tr("Block"), block=block))
        self.shortcut.chosen.connect(lambda option: self._edit(self.tr("Shortcut"), shortcut=option))
        self.stage_shortcuts.chosen.connect(self._on_stage_shortcut)
        self.stage_shortcuts.link.toggled.connect(self._settle)
        self.stem.chosen.connect(lambda stem: self._edit(self.tr("Stem"), stem=stem))
        self.stages.counted.connect(self._on_counted)
        self.stages.added.connect(self._on_added)
        self.stages.removed.connect(self._on_removed)
        for field, number in self.numbers.items():
            number.edited.connect(lambda value, field=field: self._on_field(field, value))
        self.details.edited.connect(self._on_field)
        self.details.put_back.connect(self._on_put_back)
        self.notation.entered.connect(lambda spec: self.put(Edit(spec), self.tr("Notation")))
        self.assumptions.edited.connect(self._on_field)
        self.assumptions.dismissed.connect(self.presets.setFocus)
        self.details.folded.connect(self._on_folded)
        self.notation.grown.connect(self._settle)
        self.assumptions.grown.connect(self._settle)
        self.area.verticalScrollBar().valueChanged.connect(self._scrolled.restart)
        for stage in self.stages.rows:
            stage.stepper.field.takes_wheel = self._wheel_is_free

    # --- the user's edits -------------------------------------------------------------------------------

    def _edit(self, text: str, error: QLabel | None = None, **changes: Any) -> None:
        """Ask the document for a spec with other values of some fields."""
        self._do(text, error, lambda spec: changed(spec, **changes))

    def _do(self, text: str, error: QLabel | None, step: Callable[[ResNetSpec], Edit]) -> None:
        """Ask the document for another spec. What a spec refuses is said under its field; nothing changes."""
        try:
            edit = step(self._document.spec)
        except SpecError as problem:
            self._show_spec()
            self._say(error, problem)
        else:
            self.put(edit, text)

    def put(self, edit: Edit, text: str, merges: bool = True) -> None:
        """Make an edit, and say what gave way to it.

        Weights read from a file stay where only what their shapes cannot tell has changed.
        """
        document = self._document
        self._say(None)
        fields = frozenset(each for each in FIELDS if getattr(edit.spec, each) != getattr(document.spec, each))
        if self.assumptions.fits(edit.spec, fields):
            document.assume(edit.spec, document.choices, text)
        else:
            document.set_spec(edit.spec, text, merges)
        self._report(reset_words(edit))

    def _on_preset(self, name: str) -> None:
        preset = PRESETS[name]
        self.put(Edit(preset.spec), self.tr("Architecture: {title}").format(title=preset.title))

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
        self._do(text, self.blocks_error, lambda spec: with_blocks(spec, (*blocks, blocks[-1])))

    def _on_removed(self) -> None:
        blocks = self._document.spec.blocks
        text = self.tr("Remove {stage}").format(stage=f"layer{len(blocks)}")
        self._do(text, self.blocks_error, lambda spec: with_blocks(spec, blocks[:-1]))

    def _on_stage_shortcut(self, stage: int, option: str) -> None:
        text = self.tr("Shortcut of {stage}").format(stage=f"layer{stage + 1}")
        self._do(text, None, lambda spec: with_stage_shortcut(spec, stage, option))

    def _on_field(self, field: str, value: object) -> None:
        name, _, _ = words_of(field)
        self._edit(name, self._error_of(field), **{field: value})

    def _on_put_back(self, field: str) -> None:
        text = self.tr("Reset {name}").format(name=field_words()[field].name.lower())
        self._edit(text, self._error_of(field), **{field: DEFAULTS[field]})

    def _on_folded(self, key: str) -> None:
        """What has been unfolded comes into sight."""
        self._settle()
        section = self.details.sections[key]
        if section.is_open and section.isVisible():
            self.area.ensureWidgetVisible(section, 0, 0)

    def _error_of(self, field: str) -> QLabel | None:
        """Under the field, where that is in sight."""
        return self.numbers_error if field in self.numbers else self.details.error_label(field)

    # --- showing the document ---------------------------------------------------------------------------

    def _show_spec(self) -> None:
        spec = self._document.spec
        result = report(spec)
        self._say(None)
        self._report("")
        self._show_fields(spec)
        self.stages.show_report(result)
        self.formula.show_report(result)
        self.totals.show_report(result)
        self._settle()

    def _show_fields(self, spec: ResNetSpec) -> None:
        self.presets.show_spec(spec)
        self.block.set_value(spec.block)
        self.stage_shortcuts.show_spec(spec)
        self.stem.set_value(spec.stem)
        self.stem.setToolTip(self.stem.currentData(Qt.ItemDataRole.ToolTipRole))
        for field, number in self.numbers.items():
            number.set_value(getattr(spec, field))
        self.details.show_spec(spec)
        self.notation.show_spec(spec)

    def _say(self, where: QLabel | None, problem: SpecError | None = None) -> None:
        """One error at a time."""
        for label in (self.blocks_error, self.numbers_error, *self.details.error_labels):
            label.setVisible(label is where)
        if where is not None and problem is not None:
            where.setText(refusal_words(problem))
        elif problem is not None:
            self._report(refusal_words(problem))
        self._settle()

    def _report(self, text: str) -> None:
        """What an edit did beside what was asked, until the next one."""
        if text != self.status.text():
            self.status.setText(text)
            self.status.setVisible(bool(text))
            self._settle()

    # --- fitting the height -----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._fit()
        return done

    def _fit(self) -> None:
        """Where the window is low the totals take one line each, before anything has to scroll."""
        said = self.status.sizeHint().height() + ABOVE if self.status.isVisibleTo(self) else 0
        compact = self.height() < self.area.sizeHint().height() + self._tall + said
        if compact != self.totals.compact:
            self.formula.set_compact(compact)
            self.totals.set_compact(compact)
        self._edge.setVisible(self.area.scrolls())

    def _settle(self) -> None:
        """Lay out now: left to the event loop, a scroll bar would come and go where a row is added."""
        self.area.settle()
        self._fit()
        self._parts.activate()

    def _wheel_is_free(self) -> bool:
        return not self._scrolled.isValid() or self._scrolled.hasExpired(SCROLL_REST_MS)
