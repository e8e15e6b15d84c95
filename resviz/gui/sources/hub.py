"""The sources of pictures, wired: the camera, the screen and the sketch pad to the document, and the tray to both."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from resviz.engine import messages as m
from resviz.errors import ResVizError
from resviz.gui.document import Document
from resviz.gui.feedback import MessageBar
from resviz.gui.jobs import Jobs
from resviz.gui.panels.image_panel import ImageZone
from resviz.gui.settings import Settings
from resviz.gui.sources.camera import Camera
from resviz.gui.sources.screen_grab import ScreenGrab
from resviz.gui.sources.sketch import DIGITS, SketchPad
from resviz.gui.theme import Theme

_CAMERA_KEY = "camera"


class Sources(QObject):
    """`image_wanted` carries a picture that was taken once; `network_wanted` the name of weights to open."""

    image_wanted = Signal(object)
    network_wanted = Signal(str)

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        theme: Theme,
        settings: Settings,
        zone: ImageZone,
        messages: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.document, self.jobs, self.zone = document, jobs, zone
        self._settings, self._messages, self._window = settings, messages, window
        self.camera, self.screen = Camera(document, jobs, self), ScreenGrab(self)
        self.pad = SketchPad(document, jobs, theme, window)
        self.pad.setWindowFlags(Qt.WindowType.Tool)  # a window of its own, unless a dock takes it
        self.pad.setWindowTitle(self.tr("Sketch"))
        self.tray = zone.tray
        self.tray.recall(settings)
        self._connect()

    def _connect(self) -> None:
        zone, camera, screen, pad = self.zone, self.camera, self.screen, self.pad
        zone.camera_wanted.connect(self.toggle_camera)
        zone.screen_wanted.connect(self.grab_screen)
        zone.sketch_wanted.connect(self.show_pad)
        zone.freeze_wanted.connect(self.freeze)
        camera.image_wanted.connect(self.document.set_image)
        camera.changed.connect(self._show_camera)
        camera.rate_changed.connect(self._show_camera)
        screen.image_wanted.connect(self.image_wanted)
        for source in (camera, screen):
            source.failed.connect(self._say)
        pad.image_wanted.connect(self.document.set_image)
        pad.kept.connect(self.tray.add)
        pad.network_wanted.connect(partial(self.network_wanted.emit, DIGITS))
        for change in (self.document.image_changed, self.document.image_put_back):
            change.connect(lambda: self.tray.set_current(self.document.image))
        self.jobs.predicted.connect(self._on_predicted)
        self.jobs.failed.connect(self._on_failed)

    def close(self) -> None:
        """The window closes: give devices and the screen back."""
        self.camera.stop()
        self.screen.cancel()

    # --- what is asked for -------------------------------------------------------------------------------------------

    def toggle_camera(self) -> None:
        """Off; or on, with a choice where there are several cameras."""
        if self.camera.is_live:
            self.camera.stop()
            return
        self._messages.clear()
        try:
            devices = self.camera.devices()
        except ResVizError as error:
            self._say(error)
            return
        if len(devices) < 2:
            self.camera.start()
            return
        last = self._settings.text(_CAMERA_KEY)
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for device in devices:
            action = menu.addAction(device.name)
            action.setCheckable(True)
            action.setChecked(device.id == last)
            action.triggered.connect(partial(self._start_camera, device.id))
        menu.popup(self._under_camera())

    def _start_camera(self, device: str, _checked: bool = False) -> None:
        self._settings.put(_CAMERA_KEY, device)
        self.camera.start(device)

    def _under_camera(self) -> QPoint:
        button = self.zone.links.buttons["camera"]
        return button.mapToGlobal(button.rect().bottomLeft()) if button.isVisible() else QCursor.pos()

    def freeze(self) -> None:
        """Keep the camera's picture, or go on."""
        self.camera.freeze()

    def grab_screen(self) -> None:
        """Have a region marked; the window is out of the way meanwhile."""
        self._messages.clear()
        self.screen.begin(self._window)

    def show_pad(self) -> None:
        """The sketch pad, ready to draw on; the first time just above the picture."""
        pad, corner = self.pad, self.zone.mapToGlobal(QPoint(16, -16))
        if pad.isWindow() and not pad.testAttribute(Qt.WidgetAttribute.WA_Moved):
            screen = self._window.screen().availableGeometry()
            top = max(screen.top() + 32, corner.y() - pad.sizeHint().height())
            pad.setGeometry(QRect(QPoint(corner.x(), top), pad.sizeHint()))
        pad.show()
        pad.activateWindow()
        pad.paper.setFocus()

    # --- what is told ------------------------------------------------------------------------------------------------

    def _say(self, error: ResVizError) -> None:
        self._messages.show_error(error)

    def _show_camera(self, _rate: float = 0.0) -> None:
        camera = self.camera
        if not camera.is_live:
            self.zone.show_live("")
        elif camera.is_frozen:
            if not self.jobs.is_busy:  # else it is kept when it is answered
                self._keep()
            self.zone.show_live(self.tr("frozen · Space goes on"), frozen=True)
        elif camera.rate:
            rate = self.tr("{rate:.0f} frames a second · Space freezes").format(rate=camera.rate)
            self.zone.show_live(rate)
        else:
            self.zone.show_live(self.tr("live · Space freezes"))

    def _on_predicted(self, _prediction: m.Prediction) -> None:
        if not self._is_passing():
            self._keep()

    def _is_passing(self) -> bool:
        """Whether the picture is one of many that come by themselves."""
        passing = self.camera.is_live and not self.camera.is_frozen
        return passing or (self.document.image is not None and self.document.image is self.pad.last)

    def _keep(self) -> None:
        source, prediction = self.document.image, self.jobs.prediction
        if source is not None and prediction is not None:
            self.tray.add(source, prediction)

    def _on_failed(self, failed: m.Failed) -> None:
        if failed.code == "image_no_file":
            self.tray.forget(self.document.image)
