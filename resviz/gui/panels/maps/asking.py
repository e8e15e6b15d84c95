"""Questions beside the prediction: kernels, and the effective field of a cell. An answer to an old one is dropped."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.jobs import Jobs


class KernelSource(QObject):
    """The kernels of the selected convolution, asked for when they are wanted and kept until the network is another.

    `changed`: they are here, or why they are not, in `error`.
    """

    changed = Signal()

    def __init__(self, document: Document, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self.error = jobs, ""
        self.found: m.KernelsFound | None = None
        self._asked = ""
        self._task = jobs.new_task(self)
        self._task.ended.connect(self._on_ended)
        for change in (document.spec_changed, document.weights_changed):
            change.connect(self.forget)

    def get(self, layer: str) -> m.KernelsFound | None:
        """What is here; else it is asked for."""
        if self.found is not None and self.found.layer == layer:
            return self.found
        if self._asked != layer:
            self._asked, self.error = layer, ""
            self._task.start(self._jobs.request(m.Kernels, layer=layer))
        return None

    def forget(self) -> None:
        self.found, self._asked, self.error = None, "", ""
        self._task.cancel()

    def _on_ended(self, answer: object) -> None:
        if isinstance(answer, m.KernelsFound) and answer.layer == self._asked:
            self.found = answer
        elif isinstance(answer, m.Failed) and answer.code != m.CANCELLED:
            self.error = sentence(answer.code, answer.values, answer.message)
        else:
            return
        self.changed.emit()


class FieldSource(QObject):
    """The effective field of one cell for the picture. `found` carries it, or None: it could not be had, and `error`
    says why.
    """

    found = Signal(object)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._jobs, self.error = document, jobs, ""
        self._awaited = False
        self._task = jobs.new_task(self)
        self._task.ended.connect(self._on_ended)

    def ask(self, layer: str, place: tuple[int, int]) -> None:
        self.error, self._awaited = "", True
        self._task.start(self._jobs.request(m.FieldOf, layer=layer, place=place))

    def cancel(self) -> None:
        """The answer may be on its way already: then nobody awaits it."""
        self._awaited = False
        self._task.cancel()

    def _on_ended(self, answer: object) -> None:
        if not self._awaited:
            return
        if isinstance(answer, m.FieldFound):
            self.found.emit(answer.values if answer.layer == self._document.selection else None)
        elif isinstance(answer, m.Failed):
            if answer.code != m.CANCELLED:  # by the same question from elsewhere
                self.error = sentence(answer.code, answer.values, answer.message)
            self.found.emit(None)
