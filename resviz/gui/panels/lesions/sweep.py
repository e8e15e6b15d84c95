"""A sweep: asked for, on its way, found; and whether what was found is still of what the window shows."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.ways import NOTHING_OFF, Off, Preparation

#: Rows are shown so often at most while they come.
_PACE_MS = 50


class _Asked(NamedTuple):
    """What rows depend on besides the network."""

    image: m.ImageSource | None
    prepare: Preparation
    off: Off
    paths: tuple[str, ...]


class SweepRun(QObject):
    """`changed` tells that there are other rows, or that they are of something else now."""

    changed = Signal()
    progress = Signal(float, str)
    #: `Failed`, unless it was cancelled.
    failed = Signal(object)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.rows: tuple[m.LesionRow, ...] = ()
        #: Whether it came to its end.
        self.is_whole = False
        self._trained: bool | None = None
        self._asked: _Asked | None = None
        self.task = jobs.new_task(self)
        self.task.part.connect(self._on_part)
        self.task.progress.connect(self.progress)
        self.task.ended.connect(self._on_ended)
        self._soon = QTimer(self, singleShot=True, interval=_PACE_MS)
        self._soon.timeout.connect(self.changed)
        for change in (document.spec_changed, document.weights_changed):
            change.connect(self.drop)
        pictures = document.image_changed, document.image_put_back
        for change in (*pictures, document.prepare_changed, document.off_changed):
            change.connect(self.changed)
        jobs.model_ready.connect(self._on_model)

    @property
    def is_running(self) -> bool:
        return self.task.is_running

    @property
    def trained(self) -> bool:
        """Whether the rows mean anything; while nobody knows, not."""
        if self._trained is not None:
            return self._trained
        return self._jobs.model is not None and self._jobs.model.trained

    @property
    def paths(self) -> tuple[str, ...]:
        """The folder that was asked about; nothing for the picture."""
        return self._asked.paths if self._asked is not None else ()

    @property
    def off(self) -> Off:
        """What was off all the while, besides each block in turn."""
        return self._asked.off if self._asked is not None else NOTHING_OFF

    @property
    def is_outdated(self) -> bool:
        """Whether another picture is shown now, or other parts are off."""
        asked = self._asked
        return bool(self.rows) and asked is not None and asked != self._now(asked.paths)

    def _now(self, paths: tuple[str, ...]) -> _Asked:
        document = self._document
        return _Asked(None if paths else document.image, document.prepare, document.off, paths)

    def start(self, paths: tuple[str, ...] = ()) -> None:
        """About the picture, or about the pictures in folders named after their classes."""
        self.rows, self._trained, self._asked = (), None, self._now(paths)
        self.is_whole = False
        own = {"paths": paths, "image": None} if paths else {}
        self.task.start(self._jobs.request(m.Sweep, **own))
        self.changed.emit()

    def cancel(self) -> None:
        self.task.cancel()

    def drop(self) -> None:
        """Rows of another network are not this one's."""
        self.cancel()
        self.rows, self._asked, self._trained = (), None, None
        self.changed.emit()

    def _on_model(self, _model: m.ModelReady) -> None:
        """It is known now whether rows that are on their way mean anything."""
        self.changed.emit()

    def _on_part(self, part: m.SweepPart) -> None:
        if self._asked is not None:
            self.rows = part.rows if self.paths else self.rows + part.rows
            if not self._soon.isActive():
                self._soon.start()

    def _on_ended(self, message: m.Swept | m.Failed) -> None:
        if isinstance(message, m.Swept) and self._asked is not None:
            self.rows, self._trained, self.is_whole = message.rows, message.trained, True
        self._soon.stop()
        self.changed.emit()
        if isinstance(message, m.Failed) and message.code != m.CANCELLED:
            self.failed.emit(message)
