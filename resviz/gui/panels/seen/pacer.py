"""Hands changes on as fast as they can be answered: the newest wins, and each answer shows before the next question."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.ways import Preparation

#: Changes come at most so often; and after so long the next one goes out even if the last is not answered, ms.
EVERY_MS, PATIENCE_MS = 30, 400


class Pacer(QObject):
    """A hand that drags makes more changes than a network can answer; asking for each would get an answer to none."""

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self._next: Preparation | None = None
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        jobs.busy.connect(self._on_busy)

    @property
    def wanted(self) -> Preparation:
        """The newest, whether it has gone out or not."""
        return self._next if self._next is not None else self._document.prepare

    def want(self, prepare: Preparation) -> None:
        """Some time soon, unless a newer one comes."""
        self._next = prepare
        self._go_on()

    def flush(self) -> None:
        """Now: the hand rests."""
        self._timer.stop()
        if self._next is not None:
            prepare, self._next = self._next, None
            self._since.start()
            self._document.set_prepare(prepare)

    def _go_on(self) -> None:
        wait = self._wait()
        if wait <= 0:
            self.flush()
        elif not self._timer.isActive() or self._timer.remainingTime() > wait:
            self._timer.start(wait)

    def _wait(self) -> int:
        """Milliseconds until the next may go out."""
        if not self._since.isValid():
            return 0
        answered = not self._jobs.is_busy
        return (EVERY_MS if answered else PATIENCE_MS) - self._since.elapsed()

    def _on_busy(self, busy: bool) -> None:
        if not busy and self._next is not None:
            self._go_on()
