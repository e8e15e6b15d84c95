"""A region of the screen as a picture: all screens are photographed, then a region is marked on the photograph."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QPixmap, QScreen
from PySide6.QtWidgets import QWidget

from resviz.errors import DeviceError
from resviz.gui.background import Background, Outcome
from resviz.gui.images_qt import to_source
from resviz.gui.sources.shade import Shade

#: Until a window that was hidden is off the screen, ms: compositors fade it out.
FADE_MS = 250


class ScreenGrab(QObject):
    """`image_wanted` carries the region; `failed` a `ResVizError`; `ended` tells that the screen is as it was."""

    image_wanted = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shades: list[Shade] = []
        self._background = Background(self)
        self._hidden: QWidget | None = None
        self._active = False
        self._starting = QTimer(self)
        self._starting.setSingleShot(True)
        self._starting.timeout.connect(self._photograph)

    @property
    def is_active(self) -> bool:
        return self._active

    def begin(self, window: QWidget | None = None) -> None:
        """Let a region be marked; a `window` to keep out of the picture hides meanwhile."""
        if self.is_active:
            return
        if QGuiApplication.platformName().startswith("wayland"):  # there it gives nothing, and says so on the console
            self.failed.emit(DeviceError("screen_refused"))
            return
        self._active = True
        self._hidden = window if window is not None and window.isVisible() else None
        if self._hidden is not None:
            self._hidden.hide()
        self._starting.start(FADE_MS if self._hidden is not None else 0)

    def cancel(self) -> None:
        """Leave it; nothing is taken."""
        if not self._active:
            return
        self._active = False
        self._starting.stop()
        if self._hidden is not None:  # before the shades go: a program whose last window closes ends
            self._hidden.show()
            self._hidden.activateWindow()
            self._hidden = None
        shades, self.shades = self.shades, []
        for shade in shades:
            shade.close()
            shade.deleteLater()
        self.ended.emit()

    def _photograph(self) -> None:
        photos = [(screen, screen.grabWindow(0)) for screen in QGuiApplication.screens()]
        if any(photo.isNull() for _, photo in photos):
            self.cancel()
            self.failed.emit(DeviceError("screen_refused"))
            return
        for screen, photo in photos:
            self._shade(screen, photo)

    def _shade(self, screen: QScreen, photo: QPixmap) -> None:
        shade = Shade(screen, photo)
        shade.taken.connect(lambda region: self._take(shade, region))
        shade.cancelled.connect(self.cancel)
        shade.began.connect(lambda: self._begin_on(shade))
        self.shades.append(shade)
        shade.showFullScreen()
        shade.setGeometry(screen.geometry())
        if screen.geometry().contains(QCursor.pos()):
            shade.activateWindow()
            shade.setFocus()

    def _begin_on(self, shade: Shade) -> None:
        """One region at a time: marking on one screen takes the mark off the others."""
        for other in self.shades:
            if other is not shade:
                other.set_region(QRect())

    def _take(self, shade: Shade, region: QRect) -> None:
        image, name = shade.cut(region), self.tr("screen region")
        self.cancel()
        self._background.run(lambda: to_source(image, name), self._hand_on)

    def _hand_on(self, outcome: Outcome) -> None:
        if isinstance(outcome, Exception):
            raise outcome
        self.image_wanted.emit(outcome)
