"""The question before unsaved changes are left behind. It blocks nothing: what was to be done goes on when answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from resviz.gui.document import Document

Step = Callable[[], None]
_Button = QMessageBox.StandardButton


class Unsaved(QObject):
    """Asks Save, Discard or Cancel. `asks` is off until someone works with the window: a program closes it unasked."""

    def __init__(self, document: Document, save: Callable[[Step], None], window: QWidget) -> None:
        super().__init__(window)
        self._document, self._save, self._window = document, save, window
        self.asks = False
        self.box: QMessageBox | None = None

    def then(self, step: Step) -> None:
        """Do `step` if nothing is lost by it, or when the answer allows it."""
        if not (self.asks and self._document.is_modified):
            step()
        elif self.box is None:  # one question at a time
            self._ask(step)

    def _ask(self, step: Step) -> None:
        box = self.box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("Unsaved changes"))
        path = self._document.path
        name = path.name if path else self.tr("the network")
        box.setText(self.tr("Save the changes to {name}?").format(name=name))
        box.setInformativeText(self.tr("They are lost if you do not save them."))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setStandardButtons(_Button.Save | _Button.Discard | _Button.Cancel)
        box.setDefaultButton(_Button.Save)
        box.setWindowModality(Qt.WindowModality.WindowModal)
        box.finished.connect(lambda answer: self._on_answer(answer, step))
        box.open()

    def _on_answer(self, answer: int, step: Step) -> None:
        if self.box is not None:
            self.box.deleteLater()
            self.box = None
        if answer == _Button.Save.value:
            self._save(step)
        elif answer == _Button.Discard.value:
            step()
