"""Asks the engine to take the selected block apart, whenever what it would answer has changed."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.anatomy.parts import Anatomy


class _Key(NamedTuple):
    """What an answer depends on."""

    spec: ResNetSpec
    rest: tuple[object, ...]


class Asking(QObject):
    """Waits until the document's own prediction is there: a picture that cannot be read is told about once only."""

    #: The newest answer, an `Anatomy` or `Failed`.
    answered = Signal(object)
    #: Whether an answer has been due for longer than one would notice.
    late = Signal(bool)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self._task = jobs.new_task(self)
        self._task.ended.connect(self._on_ended)
        self._asked: _Key | None = None
        #: Whether the newest question was answered by an error.
        self.has_failed = False
        jobs.predicted.connect(self._on_predicted)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(150)
        self._patience.timeout.connect(lambda: self.late.emit(True))

    @property
    def is_running(self) -> bool:
        return self._task.is_running

    def ask(self, block: str) -> None:
        """Once for each block of a network and picture; the newest question replaces the one before."""
        key = self._key(block)
        if key == self._asked:
            return
        self._asked, self.has_failed = key, False
        self._task.start(self._jobs.request(m.Dissect, block=block))
        self._patience.start()

    def forget(self) -> None:
        """Nothing is to be answered, and the same question would be a new one."""
        self._asked, self.has_failed = None, False
        self._task.cancel()
        self._stop()

    def _on_predicted(self, _prediction: m.Prediction) -> None:
        """Where there is a prediction again there may be an answer, too."""
        if self.has_failed:
            self._asked, self.has_failed = None, False

    def _key(self, block: str) -> _Key:
        document = self._document
        network = document.weights, document.choices, document.device
        return _Key(document.spec, (*network, document.prepare, document.off, document.image, block))

    def _stop(self) -> None:
        self._patience.stop()
        self.late.emit(False)

    def _on_ended(self, answer: object) -> None:
        self._stop()
        if isinstance(answer, m.Dissected) and self._asked is not None:
            self.answered.emit(Anatomy(answer, self._asked.spec))
        elif isinstance(answer, m.Failed) and answer.code != m.CANCELLED:
            self.has_failed = True
            self.answered.emit(answer)
