"""Work in a thread of its own, and its end in the window's: for what takes longer than a frame and needs no torch."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, Signal

#: What a work gives, or the exception that ended it.
Outcome = Any


class Background(QObject):
    """Does one thing after the other; ends with its parent, which waits for what is under way."""

    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ended.connect(self._hand_on)  # queued: emitted in the pool's thread, received in this object's

    def run(self, work: Callable[[], object], then: Callable[[Outcome], None]) -> None:
        """Do `work`; `then` gets what it returns or raises, in this thread."""

        def do() -> None:
            try:
                outcome: object = work()
            except Exception as error:
                outcome = error
            with suppress(RuntimeError):  # deleted meanwhile, and nobody waits for this any more
                self._ended.emit(then, outcome)

        self._pool.start(do)

    def wait(self) -> None:
        """Until all is done."""
        self._pool.waitForDone()

    def _hand_on(self, then: Callable[[Outcome], None], outcome: Outcome) -> None:
        then(outcome)
