"""The one place that shows errors: a bar above the graph that says what is wrong, until it is dismissed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from resviz.engine.messages import Failed
from resviz.errors import SENTENCES, ResVizError

#: A sentence with values from outside (file names) must not push the window about.
LONGEST = 300


def sentence(code: str, values: Mapping[str, object], fallback: str = "") -> str:
    """The error's sentence in the window's language, with its values."""
    template = SENTENCES.get(code)
    if template is None:
        return fallback or code
    try:
        return QCoreApplication.translate("errors", template).format(**values)
    except (KeyError, ValueError, IndexError):
        return fallback or template


class MessageBar(QFrame):
    """One line of text with a close button; hidden while there is nothing to say. `toggled` tells it shows or hides."""

    toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = QToolButton(self)
        close.setText("✕")
        close.setToolTip(self.tr("Dismiss (Esc)"))
        close.setAccessibleName(self.tr("Dismiss message"))
        close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.addWidget(self._label, 1)
        row.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        return "" if self.isHidden() else self._label.text()

    def show_error(self, error: ResVizError) -> None:
        self.show_text(sentence(error.code, error.values, str(error)), "error")

    def show_failed(self, failed: Failed) -> None:
        self.show_text(sentence(failed.code, failed.values, failed.message), "error")

    def show_text(self, text: str, kind: str = "error") -> None:
        """`kind`: error, warning or info."""
        text = " ".join(text.split())
        self._label.setText(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
        self._label.setProperty("role", kind)
        self._label.style().polish(self._label)
        self.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.toggled.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.toggled.emit(False)

    def clear(self) -> None:
        self.hide()
        self._label.clear()
