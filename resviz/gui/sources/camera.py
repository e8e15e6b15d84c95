"""The camera as a live mode: its newest frame becomes the picture whenever the engine has answered the one before.

QtMultimedia is imported when the camera is wanted: it takes time, and its system libraries may be missing.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QTransform

from resviz.engine import messages as m
from resviz.errors import DeviceError, ResVizError
from resviz.files import reason, shown
from resviz.gui.document import Document
from resviz.gui.images_qt import to_pixels
from resviz.gui.jobs import Jobs
from resviz.gui.sources.gate import Gate

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame, QVideoSink

log = logging.getLogger(__name__)

#: The longer side of a frame for the engine, px: no network of this family looks at more.
LONGEST = 640
#: A camera that is there, and gives nothing for so long, is another program's, or covered by its driver.
PATIENCE_MS = 6000
#: Frames a second are counted over so many seconds.
_SPAN = 2.0


class Device(NamedTuple):
    """A camera: what Qt knows it by, and its name."""

    id: str
    name: str


class Camera(QObject):
    """`image_wanted` carries a frame for the document; `changed` tells that it went on or off, or froze; `rate_changed`
    how many frames a second were answered; `failed` carries a `ResVizError`, and the camera is off then.
    """

    image_wanted = Signal(object)
    changed = Signal()
    rate_changed = Signal(float)
    failed = Signal(object)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self._gate = Gate(document, jobs, self)
        self._gate.through.connect(self.image_wanted)
        self._gate.answered.connect(self._on_answered)
        self._gate.left.connect(self.stop)
        self._live = self._frozen = False
        self._times: deque[float] = deque()
        self._sink: QVideoSink | None = None
        self._session: list[Any] = []
        self._watched: Any = None
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(PATIENCE_MS)
        self._silence.timeout.connect(lambda: self._fail(DeviceError("camera_silent", name=shown(self.name))))
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.stop)

    @property
    def is_live(self) -> bool:
        """Whether it is on; frozen or not."""
        return self._live

    @property
    def is_frozen(self) -> bool:
        """Whether the frame that was last shown stays."""
        return self._frozen

    @property
    def rate(self) -> float:
        """Frames a second that the engine answered lately."""
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)

    def devices(self) -> list[Device]:
        """The cameras there are, the system's own choice first. Raises `DeviceError` where QtMultimedia cannot load."""
        found = _multimedia().QMediaDevices
        first = found.defaultVideoInput()
        inputs = sorted(found.videoInputs(), key=lambda each: each != first)
        return [Device(each.id().data().decode("utf-8", "replace"), each.description()) for each in inputs]

    # --- on and off --------------------------------------------------------------------------------------------------

    def start(self, device: str = "") -> None:
        """Ask for leave where the system wants that, then go live with a device, by default the first."""
        try:
            found = self.devices()
            if not found:
                raise DeviceError("camera_none")
        except ResVizError as error:
            self._fail(error)
            return
        chosen = next((each for each in found if each.id == device), found[0])
        self._with_leave(chosen)

    def stop(self) -> None:
        """Off; the last frame stays the picture."""
        if not self._live:
            return
        self._live = self._frozen = False
        self._silence.stop()
        self._gate.close()
        self._times.clear()
        self._let_go()
        self.changed.emit()

    def toggle(self, device: str = "") -> None:
        self.stop() if self._live else self.start(device)

    def freeze(self) -> None:
        """Keep the frame that is shown, or go on."""
        if self._live:
            self._frozen = not self._frozen
            self._gate.forget()
            self._times.clear()
            self.rate_changed.emit(0.0)
            self.changed.emit()

    def watch(self, sink: QVideoSink, name: str = "") -> None:
        """Go live with the frames of a sink, whatever fills it."""
        self.stop()
        self._sink, self.name, self._live = sink, name, True
        sink.videoFrameChanged.connect(self._on_frame)
        self._silence.start()
        self.changed.emit()

    # --- the device --------------------------------------------------------------------------------------------------

    def _with_leave(self, device: Device) -> None:
        """Systems that ask the user for leave do it once; the answer may come later."""
        app = QCoreApplication.instance()
        try:
            from PySide6.QtCore import QCameraPermission
        except ImportError:  # not in every build of Qt
            self._open(device)
            return
        assert app is not None
        states = Qt.PermissionStatus
        state = app.checkPermission(QCameraPermission())
        if state == states.Undetermined:
            app.requestPermission(QCameraPermission(), self, lambda *_: self._on_leave(device))
        else:
            self._open(device) if state == states.Granted else self._fail(DeviceError("camera_refused"))

    def _on_leave(self, device: Device) -> None:
        from PySide6.QtCore import QCameraPermission

        app = QCoreApplication.instance()
        granted = app is not None and app.checkPermission(QCameraPermission()) == Qt.PermissionStatus.Granted
        self._open(device) if granted else self._fail(DeviceError("camera_refused"))

    def _open(self, device: Device) -> None:
        kit = _multimedia()
        inputs = kit.QMediaDevices.videoInputs()
        info = next((each for each in inputs if each.id().data().decode("utf-8", "replace") == device.id), None)
        if info is None:
            self._fail(DeviceError("camera_gone", name=shown(device.name)))
            return
        self.stop()
        camera, session, sink = kit.QCamera(info, self), kit.QMediaCaptureSession(self), kit.QVideoSink(self)
        session.setCamera(camera)
        session.setVideoSink(sink)
        camera.errorOccurred.connect(self._on_error)
        self._watched = kit.QMediaDevices(self)
        self._watched.videoInputsChanged.connect(lambda: self._look_for(device))
        self._session = [self._watched, session, camera, sink]
        self.watch(sink, device.name)
        camera.start()

    def _let_go(self) -> None:
        """Give the device back: other programs may want it."""
        if self._sink is not None:
            self._sink.videoFrameChanged.disconnect(self._on_frame)
            self._sink = None
        parts, self._session, self._watched = self._session, [], None
        for part in parts:
            if hasattr(part, "stop"):
                part.stop()
            part.deleteLater()

    def _look_for(self, device: Device) -> None:
        if self._live and device.id not in [each.id for each in self.devices()]:
            self._fail(DeviceError("camera_gone", name=shown(device.name)))

    def _on_error(self, _error: object, text: str) -> None:
        if not self._live:
            return
        log.warning("camera: %s", text)
        said = text.strip().rstrip(".") or self.tr("no reason given")
        self._fail(DeviceError("camera_failed", name=shown(self.name), reason=shown(said)))

    def _fail(self, error: ResVizError) -> None:
        self.stop()
        self.failed.emit(error)

    # --- frames ------------------------------------------------------------------------------------------------------

    def _on_frame(self, frame: QVideoFrame) -> None:
        if not self._live or not frame.isValid():
            return
        self._silence.stop()
        if not self._frozen:
            # A frame shares its memory; turning it into a picture takes milliseconds, and is left to another thread.
            name = self.name or self.tr("Camera")
            self._gate.offer(lambda: to_source(frame, name))

    def _on_answered(self, _prediction: m.Prediction) -> None:
        if self._frozen:
            return
        now = time.monotonic()
        self._times.append(now)
        while now - self._times[0] > _SPAN:
            self._times.popleft()
        self.rate_changed.emit(self.rate)


def to_source(frame: QVideoFrame, name: str) -> m.ImageSource | None:
    """A frame, upright and at most `LONGEST` px, for the engine; None of one that cannot be read."""
    image = frame.toImage()
    if image.isNull():
        return None
    image = upright(frame, image)
    if max(image.width(), image.height()) > LONGEST:
        way = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(QSize(LONGEST, LONGEST), Qt.AspectRatioMode.KeepAspectRatio, way)
    return m.ImageSource(pixels=to_pixels(image), name=name)


def upright(frame: QVideoFrame, image: QImage) -> QImage:
    """Turned and mirrored as the frame says: Qt leaves that to whoever shows it."""
    form = frame.surfaceFormat()
    angle = (form.rotation().value + frame.rotation().value) % 360
    if angle:
        image = image.transformed(QTransform().rotate(angle))
    return image.mirrored(True, False) if form.isMirrored() != frame.mirrored() else image


def _multimedia() -> Any:
    """Qt's camera part. Raises `DeviceError` with what is missing."""
    try:
        return import_module("PySide6.QtMultimedia")
    except ImportError as error:
        raise DeviceError("camera_library", reason=reason(error)) from error
