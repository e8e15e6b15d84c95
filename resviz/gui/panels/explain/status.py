"""One line that says what is being done, with the way out of it, or what went wrong, with another try."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from resviz.gui.panels.controls import row
from resviz.gui.panels.zone import ElidedLabel

_HIGH = 24


class StatusLine(QWidget):
    """As high as ever, so that nothing jumps, but for an error that takes two lines. The button asks to `cancel`, or
    for another try.
    """

    cancel = Signal()
    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label, self.error, self.button = ElidedLabel("plain"), QLabel(), QToolButton()
        self.error.setProperty("role", "error")
        self.error.setWordWrap(True)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.button.setProperty("role", "link")
        self.button.clicked.connect(self._on_clicked)
        self._cancels = False
        self._text, self._pointed = "", ""
        line = row(self, 8)
        line.addWidget(self.label, 1)
        line.addWidget(self.error, 1)
        line.addWidget(self.button)
        self.setMinimumHeight(_HIGH)
        self.say("")

    @property
    def has_error(self) -> bool:
        return not self.error.isHidden()

    def say(self, text: str, role: str = "plain") -> None:
        """What is shown."""
        self._put(text, role, "", False)

    def point(self, text: str) -> None:
        """In its place what the pointer reads, unless something is under way or went wrong; empty when it is gone."""
        self._pointed = text
        if self.button.isHidden():
            self.label.setText(text or self._text)

    def show_progress(self, done: float, text: str) -> None:
        part = self.tr("{percent} %").format(percent=round(100 * done)) if done else ""
        said = " · ".join(filter(None, (text or self.tr("working…"), part)))
        self._put(said, "muted", self.tr("Cancel"), True)

    def offer_again(self, text: str, role: str = "muted") -> None:
        """It was given up, or went wrong."""
        self._put(text, role, self.tr("Compute") if role == "muted" else self.tr("Try again"), False)

    def _put(self, text: str, role: str, button: str, cancels: bool) -> None:
        self._cancels, self._text = cancels, text
        self.label.set_role("plain" if role == "error" else role)
        self.error.setText(text)
        self.error.setVisible(role == "error")
        self.label.setHidden(role == "error")
        self.label.setText(text if button or role != "plain" else self._pointed or text)
        self.button.setText(button)
        self.button.setVisible(bool(button))

    def _on_clicked(self) -> None:
        self.cancel.emit() if self._cancels else self.again.emit()
