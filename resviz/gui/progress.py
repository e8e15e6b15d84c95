"""The progress of a long piece of work, with a button to cancel it; it shows only once the work takes its time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

#: Milliseconds before it shows: small things are done faster than one can read it.
_LATE_MS = 400
_PARTS = 1000


class Progress(QProgressDialog):
    """Open until it is ended; `cancel` is told of the button once."""

    def __init__(self, title: str, text: str, cancel: Callable[[], None], window: QWidget) -> None:
        super().__init__(text, "", 0, _PARTS, window)
        self.setCancelButtonText(self.tr("Cancel"))
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setMinimumDuration(_LATE_MS)
        self.setAutoReset(False)
        self.setAutoClose(False)
        self.setValue(0)
        self.canceled.connect(cancel)

    def show_part(self, done: float) -> None:
        """How much is done, 0 to 1."""
        self.setValue(round(done * _PARTS))

    def end(self) -> None:
        """Gone for good, and nothing is cancelled by it."""
        self.canceled.disconnect()
        self.close()
        self.deleteLater()
