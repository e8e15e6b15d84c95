"""Lets live pictures through one at a time: the newest, and only when the engine has answered the one before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from resviz.engine import messages as m
from resviz.gui.background import Background, Outcome
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs

#: Makes a picture ready for the engine; called in another thread. None: there is nothing to see in it.
Make = Callable[[], m.ImageSource | None]


class Gate(QObject):
    """`through` carries a picture to be put into the document, `answered` the prediction of one that went through.

    `left` tells that the document has another picture than the one that went through last.
    """

    through = Signal(object)
    answered = Signal(object)
    left = Signal()

    def __init__(self, document: Document, jobs: Jobs, parent: QObject, least_ms: int = 0) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self._background = Background(self)
        self._waiting: Make | None = None
        self._round = 0
        self._making = False
        self._last: m.ImageSource | None = None
        self._least, self._since = least_ms, QElapsedTimer()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._next)
        document.image_changed.connect(self._on_image_changed)
        jobs.busy.connect(self._on_busy)
        jobs.predicted.connect(self._on_predicted)

    @property
    def last(self) -> m.ImageSource | None:
        """The picture that went through last."""
        return self._last

    def offer(self, make: Make) -> None:
        """The newest picture; one that still waits is forgotten."""
        self._waiting = make
        self._next()

    def forget(self) -> None:
        """What waits or is being made ready does not go through."""
        self._waiting, self._making = None, False
        self._round += 1
        self._again.stop()

    def close(self) -> None:
        """Forget what went through as well: what the document has now is not this gate's any more."""
        self.forget()
        self._last = None

    def _on_busy(self, busy: bool) -> None:
        if not busy:
            self._next()

    def _next(self) -> None:
        if self._waiting is None or self._making or self._jobs.is_busy:
            return
        if self._since.isValid() and (rest := self._least - self._since.elapsed()) > 0:
            if not self._again.isActive():
                self._again.start(rest)
            return
        make, self._waiting, self._making = self._waiting, None, True
        self._since.start()
        now = self._round
        self._background.run(make, lambda outcome: self._on_made(outcome, now))

    def _on_made(self, outcome: Outcome, round_: int) -> None:
        if round_ != self._round:  # closed since
            return
        self._making = False
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is not None:
            self._last = outcome
            self.through.emit(outcome)
        self._next()

    def _on_image_changed(self) -> None:
        if self._last is not None and self._document.image is not self._last:
            self._last = None
            self.left.emit()

    def _on_predicted(self, prediction: m.Prediction) -> None:
        if self._last is not None and self._document.image is self._last:
            self.answered.emit(prediction)
