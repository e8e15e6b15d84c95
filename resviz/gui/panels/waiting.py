"""Says that an answer is late: quick ones come and go without a trace, so nothing flashes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from resviz.gui.jobs import Jobs

#: An answer that takes no longer than this is not announced.
PATIENCE_MS = 150


class Waiting(QObject):
    """`changed(True)` once the engine was busy for `PATIENCE_MS`, `changed(False)` when it has answered."""

    changed = Signal(bool)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.late = False
        self._timer = QTimer(self)
        self._timer.setInterval(PATIENCE_MS)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self._set(True))
        jobs.busy.connect(self._on_busy)
        self._on_busy(jobs.is_busy)

    def _on_busy(self, busy: bool) -> None:
        if not busy:
            self._timer.stop()
            self._set(False)
        elif not self.late and not self._timer.isActive():
            self._timer.start()

    def _set(self, late: bool) -> None:
        if late != self.late:
            self.late = late
            self.changed.emit(late)
