"""What the shapes of an opened checkpoint cannot tell, and was assumed: shown, explained, and open to change."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from resviz.arch.notation import value_text as in_notation
from resviz.arch.reading.assumed import KEYS, LABELS, MEAN_STD, NORMALISATIONS, NUMBERS, Assumption
from resviz.arch.spec import FIELDS, WORDS, ResNetSpec
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.builder.details import wrapping
from resviz.gui.panels.builder.field_controls import ChoiceBox, FieldControl
from resviz.gui.panels.builder.field_words import field_choices, field_words
from resviz.gui.panels.builder.spec_words import (
    block_choices,
    name_of_field,
    number_words,
    shortcut_choices,
    stem_choices,
)
from resviz.gui.panels.controls import Choice, column, row, wrapped
from resviz.gui.panels.zone import ElidedLabel

translate = QCoreApplication.translate


class AssumptionsCard(QFrame):
    """Shows while weights from a file are open, until it is put away; it stays while they are read in another way.

    `edited(field, value)` asks for another spec; what no spec holds is asked of the document. `grown` tells that the
    height changes, `dismissed` that the user put it away.
    """

    edited = Signal(str, object)
    dismissed = Signal()
    grown = Signal()

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self._put_away = ""
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.controls: dict[str, FieldControl] = {}
        self.boxes: dict[str, ChoiceBox] = {}
        self.stated: dict[str, ElidedLabel] = {}
        self._assumed: tuple[Assumption, ...] = ()
        self._rows_of: object = None
        self.path = ""
        self._dialect = ""
        self._rows = QWidget(self)
        self.title = ElidedLabel("stage", self)
        self.note = wrapping("unit", self)
        self.change_link = self._change_link()
        self.close_button = self._close_button()
        head = row(None, 8)
        head.addWidget(self.title, 1)
        head.addWidget(self.change_link)
        head.addWidget(self.close_button)
        self._lines = column(self, 2, (12, 6, 8, 10))
        self._lines.addLayout(head)
        self._lines.addWidget(self.note)
        self._lines.addWidget(self._rows)
        self._rows.hide()
        self.hide()
        document.spec_changed.connect(self._show_spec)
        document.weights_changed.connect(self._follow)
        jobs.model_ready.connect(self._follow)

    def _change_link(self) -> QToolButton:
        """Rows for every assumption would push the builder out of sight: a line of text until they are asked for."""
        link = QToolButton(self)
        link.setText(self.tr("Change"))
        link.setProperty("role", "link")
        link.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        link.setCheckable(True)
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.setToolTip(self.tr("Choose otherwise; the weights stay loaded"))
        link.toggled.connect(self._on_unfolded)
        return link

    def _on_unfolded(self, is_open: bool) -> None:
        self.change_link.setText(self.tr("Done") if is_open else self.tr("Change"))
        self._rows.setVisible(is_open)
        self._tell()
        self.grown.emit()

    def _close_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setText("✕")
        button.setProperty("role", "small")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolTip(self.tr("Put away; the weights stay"))
        button.setAccessibleName(self.tr("Put away what was assumed"))
        button.clicked.connect(self._on_put_away)
        return button

    def _follow(self) -> None:
        """The document has other weights, or the engine has read them."""
        path, model = self._document.weights, self._jobs.model
        if path is not None and path != self._put_away:
            self._put_away = ""
        if path is not None and model is not None:
            self._show_reading(path, model.dialect, model.assumed)
            self.setVisible(bool(model.assumed) and path != self._put_away)
            self._show_spec()
        elif path is None or path != self.path:
            self.hide()
        self.grown.emit()

    def _on_put_away(self) -> None:
        self._put_away = self._document.weights or ""
        self._follow()
        self.dismissed.emit()

    def _on_chose(self, field: str, value: str) -> None:
        document = self._document
        choices = {**dict(document.choices), field: value}
        document.assume(document.spec, tuple(sorted(choices.items())), words_of(field)[0])

    def fits(self, spec: ResNetSpec, fields: frozenset[str]) -> bool:
        """Whether the weights that are open fit `spec`, of which these fields have changed."""
        if self._document.weights != self.path:
            return False
        known = {each.field: (each.value, *each.others) for each in self._assumed if each.others}
        return bool(fields) and all(
            field in known and (field not in WORDS or getattr(spec, field) in known[field]) for field in fields
        )

    def _show_reading(self, path: str, dialect: str, assumed: tuple[Assumption, ...]) -> None:
        """Show what was assumed when `path` was read; another value of the same field keeps its control."""
        self._assumed, self.path = assumed, path
        self._dialect = dialect
        self.title.setText(self.tr("Read off {name}").format(name=PurePath(path).name))
        self._tell()
        same = [(each.field, frozenset((each.value, *each.others)), each.why) for each in assumed]
        if same != self._rows_of:
            self._rows_of = same
            self._make_rows(assumed)
        for each in assumed:
            if each.field in self.boxes:
                self.boxes[each.field].set_value(each.value)

    def _tell(self) -> None:
        """What was assumed, in one line; without the values where the rows show them."""
        said = self.tr("Keys as in {dialect}. Shapes cannot tell:") if self._dialect else self.tr("Shapes cannot tell:")
        head = said.format(dialect=self._dialect)
        values = " · ".join(f"{words_of(each.field)[0].lower()} {_said(each)}" for each in self._assumed)
        self.note.setText(head if self.change_link.isChecked() else f"{head} {values}")
        self.note.show()
        self.setAccessibleName(f"{self.title.text()}. {head} {values}")

    def _make_rows(self, assumed: tuple[Assumption, ...]) -> None:
        old, self._rows = self._rows, QWidget(self)
        self.controls, self.boxes, self.stated = {}, {}, {}
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 2, 4, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for at, each in enumerate(assumed):
            label = QLabel(words_of(each.field)[0], self._rows)
            label.setProperty("role", "field")
            value = self._value(each)
            label.setBuddy(value)
            label.setToolTip(value.toolTip())
            grid.addWidget(label, at, 0)
            grid.addWidget(value, at, 1)
        self._lines.replaceWidget(old, self._rows)
        old.hide()
        old.deleteLater()
        self._rows.setVisible(self.change_link.isChecked())

    def _value(self, each: Assumption) -> QWidget:
        """What changes an assumption; without others it is only stated."""
        name, hint, choices = words_of(each.field)
        values = [*dict.fromkeys((each.value, *each.others))]
        fitting = [choice for choice in choices if choice.value in values]
        why = f"{each.why[:1].upper()}{each.why[1:]}."
        made: FieldControl | ChoiceBox | ElidedLabel
        if not each.others:
            made = self.stated[each.field] = ElidedLabel("", self._rows)
            made.setText(_said(each))
        elif each.field in FIELDS:
            made = self.controls[each.field] = FieldControl(
                each.field, name, fitting or choices, self._rows, boxed=True
            )
            if isinstance(each.value, tuple) and isinstance(made.inner, ChoiceBox):  # an option for each stage
                made.inner.fill([(value, in_notation(value), "") for value in values])
            made.edited.connect(lambda value: self.edited.emit(each.field, value))
            made.inner.setToolTip(wrapped(f"{why}\n{hint}"))
            made.inner.setAccessibleDescription(why)
        else:
            fitting = [Choice(value, value_text(value), _figures_of(value)) for value in map(str, values)]
            made = self.boxes[each.field] = ChoiceBox(fitting, name, self._rows)
            made.chosen.connect(lambda value: self._on_chose(each.field, value))
        made.setToolTip(wrapped(f"{why}\n{hint}"))
        return made

    def _show_spec(self) -> None:
        """The fields as they stand now, changed or not."""
        spec = self._document.spec
        for field, control in self.controls.items():
            if self.fits(spec, frozenset({field})):  # another word is not among the control's
                control.show_spec(spec)


def _said(each: Assumption) -> str:
    """The value as its control calls it."""
    if each.value is None:
        return translate("BuilderPanel", "auto")
    choices = words_of(each.field)[2]
    known = (choice.text for choice in choices if choice.value == each.value)
    return next(known, value_text(in_notation(each.value)))


def value_text(value: str) -> str:
    """How a value that is no spec's is called."""
    return translate("BuilderPanel", "class numbers") if value == NUMBERS else value


def _figures_of(value: str) -> str:
    """The numbers behind the name of a normalisation."""
    if value not in NORMALISATIONS:
        return ""
    mean, std = (", ".join(map(str, numbers)) for numbers in NORMALISATIONS[value])
    return translate("BuilderPanel", "mean {mean}; std {std}").format(mean=mean, std=std)


def words_of(field: str) -> tuple[str, str, list[Choice]]:
    """Name, explanation and choices of any field, or of what is no field."""
    if field in field_words():
        return field_words()[field].name, field_words()[field].hint, field_choices().get(field, [])
    if field in number_words():
        return *number_words()[field], []
    choices = {"block": block_choices, "shortcut": shortcut_choices, "stem": stem_choices}
    beside = {
        MEAN_STD: translate("BuilderPanel", "Mean, std"),
        LABELS: translate("BuilderPanel", "Labels"),
        KEYS: translate("BuilderPanel", "Left aside"),
    }
    return beside.get(field, name_of_field(field)), "", choices[field]() if field in choices else []
