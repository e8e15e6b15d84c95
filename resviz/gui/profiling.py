"""The time of each layer of the document's network on its device, measured by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from resviz.engine import messages as m
from resviz.gui.document import Document

if TYPE_CHECKING:  # which has one of these
    from resviz.gui.jobs import Jobs


class Profiling(QObject):
    """One measurement at a time; what it found stays until the network, its weights or the device is another."""

    progress = Signal(float, str)
    #: `Profiled` or `Failed`.
    ended = Signal(object)
    #: What there was, or was to be, is no longer of the network.
    dropped = Signal()

    def __init__(self, document: Document, jobs: Jobs) -> None:
        super().__init__(jobs)
        self._jobs = jobs
        #: Milliseconds by layer; None before they are measured.
        self.found: m.Profiled | None = None
        self._task = jobs.new_task(self)
        self._task.progress.connect(self.progress)
        self._task.ended.connect(self._on_ended)
        for change in (document.spec_changed, document.weights_changed, document.device_changed):
            change.connect(self._drop)

    @property
    def is_running(self) -> bool:
        return self._task.is_running

    def start(self) -> None:
        """Have the engine time every layer of the open network; `ended` tells the end. A newer one replaces it."""
        self._task.start(self._jobs.request(m.Profile))
        self.progress.emit(0.0, self.tr("Timing the layers"))

    def cancel(self) -> None:
        """Give up the one under way."""
        self._task.cancel()

    def _on_ended(self, message: m.Profiled | m.Failed) -> None:
        if isinstance(message, m.Profiled):
            self.found = message
        self.ended.emit(message)

    def _drop(self) -> None:
        known = self.found is not None or self.is_running
        self._task.cancel()
        self._task.request = None  # its end is nobody's any more
        self.found = None
        if known:
            self.dropped.emit()
