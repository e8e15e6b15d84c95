"""The spec as one line of text, to read, copy and type."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from resviz.arch.notation import format_spec, parse
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError
from resviz.gui.feedback import sentence
from resviz.gui.panels.builder.details import wrapping
from resviz.gui.panels.builder.stepper import is_undo
from resviz.gui.panels.controls import CopyLink, caption, column, row

#: Far longer than any notation.
_LONGEST = 2000


class NotationField(QWidget):
    """Enter applies what is typed, Esc takes it back. `entered` brings the spec; `grown` that the height changes."""

    entered = Signal(object)
    grown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        hint = self.tr("The network as text, as the command line takes it.\nEnter applies, Esc restores")
        self.copy_link = CopyLink(self.tr("Copy notation"), self.tr("Copy the notation (Ctrl+Shift+C)"), self)
        self.line = _Line(self)
        self.line.setMaxLength(_LONGEST)
        self.line.setToolTip(hint)
        self.line.setAccessibleName(self.tr("Notation"))
        self.said = wrapping("unit", self)
        self._lay_out()
        self.copy_link.clicked.connect(lambda: self.copy_link.copy(self.text))
        self.line.returnPressed.connect(self._apply)
        self.line.textEdited.connect(self._on_typed)
        self.line.escaped.connect(self.restore)

    def _lay_out(self) -> None:
        head = row()
        head.addWidget(caption(self.tr("Notation"), self), 1)
        head.addWidget(self.copy_link)
        lines = column(self, 4)
        lines.addLayout(head)
        lines.addWidget(self.line)
        lines.addWidget(self.said)

    def show_spec(self, spec: ResNetSpec) -> None:
        """What was typed and not applied goes."""
        self.text = format_spec(spec)
        self.restore()

    def restore(self) -> None:
        """The document's notation again."""
        if self.line.text() != self.text:
            self.line.setText(self.text)
            self.line.setCursorPosition(0)
        self._say("")

    def _on_typed(self, text: str) -> None:
        self._say("" if text == self.text else self.tr("Enter applies, Esc restores"))

    def _apply(self) -> None:
        try:
            spec = parse(self.line.text())
        except SpecError as problem:
            text = sentence(problem.code, problem.values, str(problem))
            self._say(text[:1].upper() + text[1:], "field-error")
        else:
            self.text = format_spec(spec)
            self.restore()
            self.entered.emit(spec)

    def _say(self, text: str, role: str = "unit") -> None:
        if text == self.said.text() and role == self.said.property("role"):
            return
        self.said.setText(text)
        self.said.setProperty("role", role)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
        self.said.setVisible(bool(text))
        self.grown.emit()


class _Line(QLineEdit):
    """A line that gives Esc, and Ctrl+Z while nothing is typed, to others."""

    escaped = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Between two edits Ctrl+Z belongs to the document.
        if event.type() == QEvent.Type.ShortcutOverride and not self.isModified() and is_undo(event):
            event.ignore()
            return False
        return super().event(event)
