"""The folded sections of the builder: the fields that a beginner may leave alone."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from resviz.arch.spec import DEFAULTS, ResNetSpec
from resviz.gui.panels.builder.field_rows import FieldRow
from resviz.gui.panels.builder.field_words import SectionWords, brief, field_choices, field_words, sections
from resviz.gui.panels.builder.section import Section
from resviz.gui.panels.controls import column, hairline
from resviz.gui.settings import Settings

_KEY = "builder/sections"


class Details(QWidget):
    """Sections with a line a field. `edited(field, value)` and `put_back(field)` ask; `folded(section)` tells."""

    edited = Signal(str, object)
    put_back = Signal(str)
    folded = Signal(str)

    def __init__(self, settings: Settings | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._spec: ResNetSpec | None = None
        self.sections: dict[str, Section] = {}
        self.rows: dict[str, FieldRow] = {}
        self._errors: dict[str, QLabel] = {}
        self._parts = column(self)
        self._words = {each.key: each for each in sections()}
        remembered = settings.text(_KEY).split(",") if settings else []
        for words in self._words.values():
            self._add(words, words.key in remembered)

    def _add(self, words: SectionWords, is_open: bool) -> None:
        section = Section(words.title, words.hint, lambda: self._fill(words.key), self)
        self._parts.addWidget(hairline(self))
        self._parts.addWidget(section)
        self.sections[words.key] = section
        section.folded.connect(lambda: self._on_folded(words.key))
        section.set_open(is_open)

    def _on_folded(self, key: str) -> None:
        if self._settings is not None:
            self._settings.put(_KEY, ",".join(name for name, each in self.sections.items() if each.is_open))
        self.folded.emit(key)

    def _fill(self, key: str) -> None:
        words, section = self._words[key], self.sections[key]
        names, choices = field_words(), field_choices()
        for field in words.fields:
            self.rows[field] = FieldRow(field, names[field], choices.get(field, []), section.body)
            self.rows[field].edited.connect(self.edited)
            self.rows[field].put_back.connect(self.put_back)
            section.rows.addWidget(self.rows[field])
            if self._spec is not None:
                self.rows[field].show_spec(self._spec)
        self._errors[key] = wrapping("field-error", section.body)
        section.rows.addWidget(self._errors[key])
        if words.note:
            note = wrapping("unit", section.body)
            note.setText(words.note)
            note.show()
            section.rows.insertWidget(0, note)

    def show_spec(self, spec: ResNetSpec) -> None:
        """Rows that were never unfolded do not exist; the headings tell of their fields all the same."""
        self._spec = spec
        for row in self.rows.values():
            row.show_spec(spec)
        for key, words in self._words.items():
            unusual = tuple(field for field in words.fields if getattr(spec, field) != DEFAULTS[field])
            self.sections[key].header.set_summary(brief(spec, unusual))

    def error_label(self, field: str) -> QLabel | None:
        """Where an error about a field is said, if its section is open."""
        key = next((key for key, words in self._words.items() if field in words.fields), "")
        return self._errors.get(key) if key and self.sections[key].is_open else None

    @property
    def error_labels(self) -> list[QLabel]:
        return list(self._errors.values())


def wrapping(role: str, parent: QWidget) -> QLabel:
    """A hidden label of as many lines as its text needs."""
    label = QLabel(parent)
    label.setWordWrap(True)
    label.hide()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
