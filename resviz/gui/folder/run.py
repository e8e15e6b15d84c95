"""One folder's run through a network: the request, how far it is, and whether the network is still the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.ways import Compute, Preparation

#: Rows are handed on so often at most, in ms, and so many at a time: the window lives between.
_BEAT, _MOST = 40, 200


class Network(NamedTuple):
    """What rows depend on besides the pictures."""

    spec: ResNetSpec
    weights: str | None
    device: str
    choices: m.Choices
    compute: Compute
    prepare: Preparation

    @classmethod
    def of(cls, document: Document) -> Network:
        """The box is one picture's, not all pictures'."""
        prepare = replace(document.prepare, box=None)
        return cls(document.spec, document.weights, document.device, document.choices, document.compute, prepare)


class FolderRun(QObject):
    """`rows` carries rows as they come, `changed` tells that anything else has."""

    rows = Signal(object)
    changed = Signal()
    failed = Signal(object)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self.paths: tuple[str, ...] = ()
        self.network: Network | None = None
        self.answer: m.Batched | None = None
        self.model: m.ModelReady | None = None
        self.done = self.whole = 0
        self.per_second, self.step = 0.0, ""
        self.cancelled = False
        self._waiting: list[m.BatchRow] = []
        self._beat = QTimer(self, singleShot=True)
        self._beat.timeout.connect(self._hand_on)
        self.task = jobs.new_task(self)
        self.task.part.connect(self._on_part)
        self.task.progress.connect(self._on_progress)
        self.task.ended.connect(self._on_ended)
        jobs.model_ready.connect(self._on_model)
        for change in (
            document.spec_changed,
            document.weights_changed,
            document.device_changed,
            document.compute_changed,
            document.prepare_changed,
        ):
            change.connect(self.changed)

    @property
    def is_running(self) -> bool:
        return self.task.is_running

    @property
    def is_outdated(self) -> bool:
        """Whether the document's network is another than the one that was asked."""
        return self.network is not None and self.network != Network.of(self.document)

    @property
    def trained(self) -> bool | None:
        """Whether the network is, None as long as nobody knows."""
        known = self.answer or self.model
        return known.trained if known else None

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in order, as far as they are known."""
        known = self.answer or self.model
        return known.labels if known else ()

    def start(self, paths: Sequence[str]) -> None:
        """Classify these with the document's network."""
        network = self.network = Network.of(self.document)
        self.paths, self.answer, self.cancelled = tuple(paths), None, False
        self._waiting.clear()
        self.model = self.jobs.model
        self.done = self.whole = 0
        self.per_second, self.step = 0.0, ""
        files = self.paths
        self.task.start(
            lambda number: m.Batch(
                number,
                network.spec,
                network.weights,
                network.device,
                files,
                choices=network.choices,
                compute=network.compute,
                prepare=network.prepare,
            )
        )
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; the rows that are there stay."""
        self.task.cancel()

    def _on_model(self, model: m.ModelReady) -> None:
        if self.network is not None and not self.is_outdated:
            self.model = model
            self.changed.emit()

    def _on_part(self, part: object) -> None:
        if isinstance(part, m.BatchPart):
            self.done, self.whole, self.per_second = part.done, part.whole, part.per_second
            self._waiting += part.rows
            if not self._beat.isActive():
                self._hand_on()

    def _hand_on(self) -> None:
        """What has come since the last time, in order; what is too much follows as soon as the window has lived."""
        if not self._waiting:
            return
        rows, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        self._beat.start(0 if self._waiting else _BEAT)
        self.rows.emit(tuple(rows))
        self.changed.emit()

    def _on_progress(self, _done: float, text: str) -> None:
        self.step = text
        if not self.whole:
            self.changed.emit()

    def _on_ended(self, answer: object) -> None:
        self._hand_on()
        if isinstance(answer, m.Batched):
            self.answer = answer
            self.done = self.whole = answer.images
            self.per_second = answer.images / answer.seconds if answer.seconds else 0.0
        elif isinstance(answer, m.Failed):
            self.cancelled = True
            if answer.code != m.CANCELLED:
                self.failed.emit(answer)
        self.changed.emit()
