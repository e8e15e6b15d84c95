"""The strip along the bottom: picture, what the network sees of it, prediction, weights, time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QProgressBar, QVBoxLayout, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import MessageBar, sentence
from resviz.gui.jobs import Jobs
from resviz.gui.panels.image_panel import ImageZone, SeenZone
from resviz.gui.panels.prediction import PredictionZone, TimeZone, WeightsZone
from resviz.gui.panels.waiting import Waiting
from resviz.gui.panels.zone import upright
from resviz.gui.samples import Sample
from resviz.gui.theme import Theme
from resviz.labels import SUFFIXES

_PARTS = 1000
#: Five rows of the prediction, its caption and its foot.
_LEAST_HEIGHT = 172


class RunPanel(QWidget):
    """`image_wanted` carries the `ImageSource` of a clicked sample; `open_wanted` asks for a file dialog."""

    image_wanted = Signal(object)
    open_wanted = Signal()

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        theme: Theme | None = None,
        parent: QWidget | None = None,
        samples: Sequence[Sample] | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self.message = MessageBar()
        self.image, self.seen, self.prediction = ImageZone(samples), SeenZone(), PredictionZone()
        self.weights, self.time = WeightsZone(), TimeZone()
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.waiting = Waiting(jobs, self)
        #: The pictures shown are not the document's.
        self._old_picture = False
        #: As high as it is without a message.
        self.rest_height = 0
        #: Whether the user has changed what the network or the picture is since the last error.
        self._changed_since = False
        self._progress = (0.0, "")
        self._build()
        self._connect()
        if theme is not None:
            theme.changed.connect(self.update)
        self._on_predicted(jobs.prediction) if jobs.prediction else self._show_empty()
        self._show_waiting()
        self._show_off()

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.image.setMinimumWidth(220)
        self.prediction.setMinimumWidth(260)
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        self._row.addWidget(self.image, 3)
        self._lines = {
            self.seen: self._append(self.seen),
            self.prediction: self._append(self.prediction, stretch=4),
            self.weights: self._append(self.weights, width=232),
            self.time: self._append(self.time, width=176),
        }
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # `_make_room` sees to it
        column.addWidget(self.message)
        column.addLayout(self._row, 1)
        self.progress.setFixedHeight(3)
        self.progress.raise_()

    def _append(self, zone: QWidget, width: int = 0, stretch: int = 0) -> QWidget:
        if width:
            zone.setFixedWidth(width)
        line = upright()
        self._row.addWidget(line)
        self._row.addWidget(zone, stretch)
        return line

    def _connect(self) -> None:
        document, jobs = self.document, self.jobs
        self.message.toggled.connect(lambda _: self.updateGeometry())
        self.image.image_wanted.connect(self.image_wanted)
        self.image.open_wanted.connect(self.open_wanted)
        self.prediction.cancel.clicked.connect(jobs.cancel)
        document.image_changed.connect(self._on_image_changed)
        document.off_changed.connect(self._show_off)
        for changed in (document.spec_changed, document.weights_changed, document.device_changed):
            changed.connect(self._on_model_changed)
        jobs.predicted.connect(self._on_predicted)
        jobs.model_ready.connect(self._on_model_ready)
        jobs.ready.connect(self._on_ready)
        jobs.failed.connect(self._on_failed)
        jobs.engine_lost.connect(self._on_lost)
        jobs.engine_back.connect(self._on_back)
        jobs.progress.connect(self._on_progress)
        jobs.busy.connect(self._show_waiting)
        self.waiting.changed.connect(self._show_waiting)

    def set_hovering(self, hovering: bool) -> None:
        """Something that can be dropped is dragged over the window."""
        self.image.set_hovering(hovering)

    # --- room ----------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(1280, 196)

    def minimumSizeHint(self) -> QSize:
        """Narrower than all zones together: those that do not fit go."""
        said = 0 if self.message.isHidden() else self.message.sizeHint().height()
        return QSize(self.image.minimumWidth() + self.prediction.minimumWidth() + 2, _LEAST_HEIGHT + said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.message.isHidden():
            self.rest_height = self.height()
        self._make_room()
        self.progress.setGeometry(0, 0, self.width(), self.progress.height())
        super().resizeEvent(event)

    def _make_room(self) -> None:
        """Zones that do not fit go. Before the first picture its samples have the network's eyes' place."""
        left = self.width() - self.minimumSizeHint().width()
        for zone in (self.seen, self.weights, self.time):
            left -= zone.minimumWidth() + 1
            wanted = left >= 0 and not (zone is self.seen and self.seen.picture.image.isNull())
            zone.setVisible(wanted)
            self._lines[zone].setVisible(wanted)
        self._row.setStretchFactor(self.image, 8 if self.seen.picture.image.isNull() else 3)

    # --- what the document and the engine say --------------------------------------------------------------

    def _on_image_changed(self) -> None:
        self._changed_since = True
        self._old_picture = self.document.image is not None
        if self.document.image is None:
            self._show_empty()

    def _on_model_changed(self) -> None:
        self._changed_since = True
        self._show_waiting()

    def _on_predicted(self, prediction: m.Prediction) -> None:
        self._old_picture = False
        self.image.show_prediction(prediction)
        self.seen.show_prediction(prediction)
        self.prediction.show_prediction(prediction)
        self._make_room()
        self.weights.show_way(prediction.way, prediction.difference)
        self.weights.show_weights(self.jobs.model, self.jobs.catalog)
        self.time.show_times(prediction.ms)
        self._clear_message()
        self._show_waiting()

    def _on_model_ready(self, model: m.ModelReady) -> None:
        self._clear_message()
        self.weights.show_weights(model, self.jobs.catalog)
        if self.jobs.prediction is None:
            self.prediction.show_empty(model.trained)

    def _clear_message(self) -> None:
        """An answer clears an error only if something was changed since: a file that cannot be opened changes
        nothing, and the answer that still comes for what was there must not wipe away why."""
        if self._changed_since:
            self.message.clear()

    def _on_ready(self, _ready: m.Ready) -> None:
        """The catalogue is known now; an engine that was lost is back in full."""
        self.weights.show_weights(self.jobs.model, self.jobs.catalog)
        self.message.clear()

    def _on_failed(self, failed: m.Failed) -> None:
        # The picture that failed is not shown; the one shown goes with its prediction.
        self._old_picture = self._changed_since = False
        self.message.show_text(sentence(failed.code, failed.values, failed.message) + self._labels_hint(failed))
        self._show_waiting()

    def _labels_hint(self, failed: m.Failed) -> str:
        """A text that was taken for a picture may be the names of the classes."""
        name = PurePath(str(failed.values.get("name", "")))
        if failed.code != "image_unknown" or name.suffix.lower() not in SUFFIXES:
            return ""
        return self.tr(". Names of classes are read by “Labels from a file…” in the menu … of the prediction.")

    def _on_lost(self) -> None:
        self.message.show_text(self.tr("The engine stopped; starting it again…"), "warning")

    def _on_back(self) -> None:
        self.message.show_text(self.tr("The engine is back; nothing was lost."), "info")

    def _on_progress(self, done: float, text: str) -> None:
        self._progress = (done, text)
        self._show_waiting()

    # --- showing -------------------------------------------------------------------------------------------

    def _show_empty(self) -> None:
        self.image.show_empty()
        self.seen.show_empty()
        model = self.jobs.model
        self.prediction.show_empty(model is None or model.trained)
        self._make_room()
        self.weights.show_way()
        self.time.show_times({})
        self.weights.show_weights(model, self.jobs.catalog)

    def _show_off(self) -> None:
        self.weights.show_off(bool(self.document.off))

    def _show_waiting(self, _changed: bool = False) -> None:
        """Progress and dimming, from how things stand: called whenever one of them may have changed."""
        late, busy = self.waiting.late, self.jobs.is_busy
        if not busy:
            self._progress = (0.0, "")
        done, text = self._progress
        self.progress.setRange(0, _PARTS if done > 0 else 0)  # an empty range shows as "some time"
        self.progress.setValue(round(done * _PARTS))
        self.progress.setVisible(late)
        self.prediction.show_waiting(late, text)
        self.prediction.set_stale(late or (self.jobs.outdated and not busy))
        if not busy and self.jobs.model is None:  # refused or cancelled: the former network's facts are not this one's
            self.weights.show_weights(None, self.jobs.catalog)
        for picture in (self.image.picture, self.seen.picture):
            picture.set_stale(late and self._old_picture and not self.image.is_live)
