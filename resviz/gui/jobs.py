"""The engine for the window: watches the document, asks for predictions, hands replies on as signals."""

from __future__ import annotations

import logging
from collections.abc import Callable
from inspect import signature
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.engine.client import EngineClient
from resviz.gui.document import Document
from resviz.gui.profiling import Profiling
from resviz.gui.task import Task
from resviz.ways import EXACT, NOTHING_OFF, OWN, Compute, Off, Preparation

log = logging.getLogger(__name__)

#: Dragging a spin box gives many specs a second; the engine is asked once the hand rests.
SETTLE_MS = 60


class _Opening(NamedTuple):
    """A checkpoint the engine is reading."""

    id: int
    path: str


class _Network(NamedTuple):
    """What an answer depends on besides the picture."""

    spec: ResNetSpec
    weights: str | None
    device: str
    choices: m.Choices = ()
    compute: Compute = EXACT
    prepare: Preparation = OWN
    beside: m.Beside | None = None
    off: Off = NOTHING_OFF


class Wanted(NamedTuple):
    """What shall come with a prediction: the selected layer's maps, how much each of its channels speaks for the class,
    what every block does to the picture, a thumbnail at every block, and the range of every layer's values.
    """

    maps: bool = True
    speaks: bool = False
    strengths: bool = False
    film: bool = False
    ranges: bool = False


class _Question(NamedTuple):
    """A request. An answer to a network or picture that the document has left is dropped."""

    id: int
    network: _Network
    image: m.ImageSource | None
    capture: tuple[str, ...] = ()
    wanted: Wanted = Wanted(maps=False)


class Jobs(QObject):
    """Owns the engine. Stale replies never reach a panel: only the answer to the newest request is handed on."""

    ready = Signal(object)
    busy = Signal(bool)
    progress = Signal(float, str)
    model_ready = Signal(object)
    predicted = Signal(object)
    failed = Signal(object)
    engine_lost = Signal()
    engine_back = Signal()
    #: An export's progress, and its end: `Exported` or `Failed`.
    exporting = Signal(float, str)
    exported = Signal(object)
    _arrived = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.devices: tuple[m.DeviceInfo, ...] = ()
        self.catalog: tuple[m.WeightsInfo, ...] = ()
        self.prediction: m.Prediction | None = None
        self.model: m.ModelReady | None = None
        self.engine_ready = False
        self._question: _Question | None = None
        #: What the prediction is the answer to.
        self._answered: _Question | None = None
        self._open = False
        self._opening: _Opening | None = None
        self._tasks: set[Task] = set()
        self._wanted = Wanted()
        self._good_image: m.ImageSource | None = None
        self._good_device = document.device
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(SETTLE_MS)
        self._again.timeout.connect(self._ask)
        self._arrived.connect(self._on_message)  # queued: emitted in the client's thread, received in this object's
        self._client = EngineClient(self._arrived.emit)
        self._export = self.new_task()
        self._export.progress.connect(self.exporting)
        self._export.ended.connect(self.exported)
        self.profiling = Profiling(document, self)
        for change in (document.spec_changed, document.weights_changed, document.device_changed):
            change.connect(self._on_model_changed)
        for change in (
            document.compute_changed,
            document.beside_changed,
            document.reference_changed,
            document.off_changed,
        ):
            change.connect(self._on_way_changed)
        document.prepare_changed.connect(self._on_prepare_changed)
        document.image_changed.connect(self._on_image_changed)
        document.selection_changed.connect(self._on_selection_changed)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._open or self._opening is not None or self._again.isActive()

    @property
    def is_asking(self) -> bool:
        """Whether a task of a panel is under way."""
        return any(task.is_running for task in self._tasks)

    @property
    def outdated(self) -> bool:
        """Whether the newest prediction is another network's than the document's."""
        return self.prediction is not None and self._answered is not None and self._answered.network != self._network()

    def start(self) -> None:
        """Start the engine and have it build the document's network."""
        self._client.start()
        self._ask()

    def close(self) -> None:
        """End the engine; nothing is handed on from now on."""
        self._again.stop()
        self._client.close()

    def cancel(self) -> None:
        """Give up what is under way; the last good prediction stays."""
        if self._again.isActive():
            self._again.stop()
            self._say_if_idle()
        if self._opening is not None:
            self._client.cancel(self._opening.id)
        if self._open and self._question is not None:
            self._client.cancel(self._question.id)

    def _say_if_idle(self) -> None:
        if not self.is_busy:
            self.busy.emit(False)

    def open_weights(self, path: str, spec: ResNetSpec | None = None) -> None:
        """Have the engine read a checkpoint; the document gets spec and weights once they are known to be good.

        Without `spec` the architecture is read off the file.
        """
        request = self._client.warm(spec, weights=path, device=self.document.device)
        self._opening = _Opening(request, path)
        self.busy.emit(True)

    def export(self, path: str) -> None:
        """Have the engine write the open network with its weights; `exported` tells the end. One at a time."""
        self._export.start(self.request(m.Export, path=path))

    def cancel_export(self) -> None:
        """Give up the export under way; nothing is written."""
        self._export.cancel()

    def _on_model_changed(self) -> None:
        self.model = None
        self._schedule()

    @property
    def wanted(self) -> Wanted:
        """What comes with a prediction."""
        return self._wanted

    def want(self, **what: bool) -> None:
        """Have more or less come with a prediction from now on; more is asked for at once."""
        wanted = self._wanted._replace(**what)
        more = any(new and not old for new, old in zip(wanted, self._wanted, strict=True))
        self._wanted = wanted
        if more and self.document.image is not None:
            self._schedule()

    def request(self, kind: Callable[..., m.Job], **own: object) -> Callable[[int], m.Job]:
        """Makes a request about the document's network and picture as they are now, for `Task.start`.

        What `kind` has no field for is left out; `own` are its other fields, and come first.
        """
        document = self.document
        known = {
            "spec": document.spec,
            "weights": document.weights,
            "device": document.device,
            "image": document.image,
            "choices": document.choices,
            "compute": document.compute,
            "prepare": document.prepare,
            "off": document.off,
        }
        names = signature(kind).parameters
        values = {name: value for name, value in known.items() if name in names} | own
        return lambda number: kind(id=number, **values)

    def _on_prepare_changed(self) -> None:
        """Whoever drags the crop waits for each answer before the next step."""
        if self.document.image is not None and self._is_other():
            self._ask()

    def _is_other(self) -> bool:
        """Whether the newest request is about another network, or about this one asked in another way."""
        return self._question is None or self._network() != self._question.network

    def _on_way_changed(self) -> None:
        """The same network, asked in another way."""
        if self.document.image is not None and self._is_other():
            self._schedule()

    def new_task(self, parent: QObject | None = None) -> Task:
        """For a request of another kind, or several at a time: a download, a folder of pictures, a race."""
        task = Task(self._client, parent or self)
        self._tasks.add(task)
        task.destroyed.connect(lambda: self._tasks.discard(task))
        return task

    def _on_image_changed(self) -> None:
        self._ask() if self.document.image is not None else self._forget()

    def _on_selection_changed(self) -> None:
        """Feature maps of the selected layer come with a prediction, so a new selection asks for another."""
        newest = self._question if self._open else self._answered
        if self.document.image is not None and (newest is None or not self._has_maps(newest)):
            self._ask()

    def _has_maps(self, asked: _Question) -> bool:
        """Whether those of the selected layer come with the answer, if there shall be any."""
        layer = self.document.selection
        return not self._wanted.maps or layer is None or layer in asked.capture

    def _has_all(self, asked: _Question | None) -> bool:
        """Whether an answer is about all that the document is about now, and has all that is wanted."""
        return (
            asked is not None
            and (asked.network, asked.image) == (self._network(), self.document.image)
            and self._has_maps(asked)
            and all(had or not now for had, now in zip(asked.wanted, self._wanted, strict=True))
        )

    def _forget(self) -> None:
        self.prediction = None
        self.cancel()

    def _schedule(self) -> None:
        if not self.is_busy:
            self.busy.emit(True)
        self._again.start()

    def _ask(self) -> None:
        self._again.stop()
        if self._opening is not None:  # the engine does the newest job only: let it finish this one first
            return
        network, image, selection = self._network(), self.document.image, self.document.selection
        capture = (selection,) if selection and self._wanted.maps else ()
        if image is None:
            request = self._client.warm(
                network.spec, weights=network.weights, device=network.device, choices=network.choices
            )
        else:
            request = self._client.predict(
                network.spec,
                image,
                weights=network.weights,
                device=network.device,
                capture=capture,
                choices=network.choices,
                compute=network.compute,
                prepare=network.prepare,
                beside=network.beside,
                off=network.off,
                strengths=self._wanted.strengths,
                film=self._wanted.film,
                speaks=self._wanted.speaks,
                ranges=self._wanted.ranges,
            )
        self._question = _Question(request, network, image, capture, self._wanted)
        self._open = True
        self.busy.emit(True)

    def _network(self) -> _Network:
        document = self.document
        beside = m.Beside(document.reference) if document.beside and document.reference is not None else None
        return _Network(
            document.spec,
            document.weights,
            document.device,
            document.choices,
            document.compute,
            document.prepare,
            beside,
            document.off,
        )

    def _is_newest(self, request: int) -> bool:
        """Whether a reply is to the newest request; 0 is the engine speaking for itself."""
        return request == 0 or (self._question is not None and request == self._question.id)

    def _is_wanted(self, request: int) -> bool:
        """Whether the document still asks about the network and picture that a reply to the newest request is of."""
        asked = self._question
        return request == 0 or (
            asked is not None and asked.network == self._network() and asked.image is self.document.image
        )

    def _on_message(self, message: object) -> None:
        if any(task.take(message) for task in tuple(self._tasks)):
            return
        match message:
            case m.Ready():
                self._on_ready(message)
            case m.Died():
                self.engine_ready = False
                self.engine_lost.emit()
            case m.Restarted():
                self.engine_back.emit()
            case m.Progress() if self._is_newest(message.id):
                self.progress.emit(message.done, message.text)
            case m.ModelReady() | m.Failed() if self._opening and message.id == self._opening.id:
                self._on_opened(message, self._opening)
            case m.Prediction() | m.ModelReady() | m.Failed() if self._is_newest(message.id):
                self._on_answer(message)

    def _on_ready(self, message: m.Ready) -> None:
        self.devices, self.catalog, self.engine_ready = message.devices, message.catalog, True
        self.ready.emit(message)

    def _on_opened(self, message: m.ModelReady | m.Failed, opening: _Opening) -> None:
        self._opening = None
        if isinstance(message, m.ModelReady):
            self.document.open(message.spec, opening.path, self.tr("Open weights"))
        elif message.code != m.CANCELLED:
            self.failed.emit(message)
        self._ask()

    def _on_answer(self, message: m.Prediction | m.ModelReady | m.Failed) -> None:
        self._open = False  # an answer that nobody wants any more is one all the same
        if not self._is_wanted(message.id):
            pass
        elif isinstance(message, m.Failed):
            self._on_failed(message)
        elif isinstance(message, m.ModelReady):
            self._on_model(message)
        else:
            self._on_prediction(message)
        self._say_if_idle()

    def _on_failed(self, message: m.Failed) -> None:
        """What could not be used is put back, so that later steps go on with the last good picture and device."""
        log.info("request %s failed: %s", message.id, message.message)
        if message.code == m.CANCELLED:
            if self._good_image is not None:  # what is shown is that one's
                self.document.put_back_image(self._good_image)
            return
        self.failed.emit(message)
        if message.code.startswith("image_"):
            self._put_back_image()
        elif message.code.startswith("device_"):
            self.document.set_device(self._good_device)

    def _put_back_image(self) -> None:
        """A good picture that has become bad since is no longer one to go back to. What else the request was for (a
        layer's maps, something switched off, the network itself) is asked for again with the good one.
        """
        if self.document.image is self._good_image:
            self._good_image = None
        self.document.put_back_image(self._good_image)
        if self.model is None or (self._good_image is not None and not self._has_all(self._answered)):
            self._ask()

    def _on_model(self, model: m.ModelReady) -> None:
        self.model, self._good_device = model, self.document.device
        self.model_ready.emit(model)

    def _on_prediction(self, message: m.Prediction) -> None:
        network = self._network()
        image = self._good_image = self.document.image
        asked = self._question or _Question(message.id, network, image)
        self.prediction, self._answered = message, asked._replace(network=network, image=image)
        self._on_model(
            m.ModelReady(
                message.id,
                message.weights,
                message.trained,
                message.labels,
                message.device,
                network.spec,
                message.accuracy,
                message.assumed,
                message.dialect,
            )
        )
        self.predicted.emit(message)
