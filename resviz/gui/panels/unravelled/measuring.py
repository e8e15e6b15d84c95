"""The measurement of gradients as a job: a button, then progress with a way out, then what was found."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import column, row
from resviz.gui.panels.unravelled.paths import Flow

_PARTS = 1000


class Measuring(QWidget):
    """`changed` when a measurement begins, has ended, or was dropped: of another network it would say nothing."""

    changed = Signal()

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        #: What was found, for which class; None before.
        self.flow: Flow | None = None
        self.label, self.trained, self.whole = "", True, False
        self.failure = ""
        self._of: m.ImageSource | None = None
        #: What was found for the picture before, which may come back.
        self._former: tuple[m.ImageSource | None, Flow] | None = None
        self._task = jobs.new_task(self)
        self.start, self.cancel = QPushButton(self.tr("Measure gradients")), QPushButton(self.tr("Cancel"))
        self.bar, self.hint = QProgressBar(), QLabel()
        self._build()
        self.start.clicked.connect(self._on_start)
        self.cancel.clicked.connect(self._task.cancel)
        self._task.progress.connect(self._on_progress)
        self._task.ended.connect(self._on_ended)
        for change in (document.spec_changed, document.weights_changed, document.prepare_changed):
            change.connect(self.drop)
        document.image_changed.connect(self._on_image_changed)
        document.image_put_back.connect(self._on_put_back)
        for change in (jobs.predicted, jobs.busy):
            change.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        self.start.setToolTip(self.tr("Sends the gradient of the predicted class back by single paths of every length"))
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _PARTS)
        self.bar.setAccessibleName(self.tr("Measuring gradients"))
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        line = row(spacing=8)
        for widget, stretch in ((self.start, 0), (self.bar, 1), (self.cancel, 0)):
            line.addWidget(widget, stretch)
        line.addStretch(0)
        box = column(self, 4)
        box.addLayout(line)
        box.addWidget(self.hint)

    @property
    def is_running(self) -> bool:
        return self._task.is_running

    def refresh(self) -> None:
        """What can be done now, and why not."""
        hint = self.failure or self._obstacle()
        running = self._task.is_running
        self.start.setVisible(not running)
        self.start.setEnabled(not self._obstacle())
        self.start.setText(self.tr("Measure again") if self.flow else self.tr("Measure gradients"))
        for widget in (self.bar, self.cancel):
            widget.setVisible(running)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint) and not running)

    def _obstacle(self) -> str:
        prediction = self._jobs.prediction
        if self._document.image is None:
            return self.tr("Drop a picture: the gradient is that of the class predicted for it.")
        if prediction is None or self._jobs.outdated or self._jobs.is_busy:
            return self.tr("Waiting for the prediction.")
        if not prediction.top:
            return prediction.note or self.tr("The network's numbers overflowed: it predicts no class.")
        return ""

    def _on_start(self) -> None:
        prediction = self._jobs.prediction
        if prediction is None or not prediction.top:
            return
        top = prediction.top[0]
        self.failure, self.label, self.trained = "", top.label, prediction.trained
        self._of, self._former = self._document.image, None
        self.whole = bool(self._document.off)
        self.bar.setValue(0)
        self._task.start(self._jobs.request(m.Unravel, index=top.index))
        self.refresh()
        self.cancel.setFocus()
        self.changed.emit()

    def _on_progress(self, done: float, _text: str) -> None:
        self.bar.setValue(round(done * _PARTS))

    def _on_ended(self, answer: object) -> None:
        if isinstance(answer, m.Unravelled):
            self.flow = Flow(answer.lengths)
        elif isinstance(answer, m.Failed) and answer.code != m.CANCELLED:
            self.failure = sentence(answer.code, answer.values, answer.message)
        self.refresh()
        self.changed.emit()

    def drop(self) -> None:
        """What was measured is of another network or picture now."""
        self._task.cancel()
        self._task.request = None  # its end is nobody's any more
        self.flow, self.failure, self._former = None, "", None
        self.refresh()
        self.changed.emit()

    def _on_image_changed(self) -> None:
        former = self._former if self.flow is None else (self._of, self.flow)
        self.drop()
        self._former = former

    def _on_put_back(self) -> None:
        """The picture that was measured is there again."""
        if self._former is not None and self._former[0] is self._document.image:
            self.flow, self._former = self._former[1], None
            self.changed.emit()
        self.refresh()
