"""The graph alone on the screen, for a projector; everything comes back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from resviz.gui.window import MainWindow


class Presentation(QObject):
    """Puts menus, bars and panels away, and back. Esc leaves it, too."""

    toggled = Signal(bool)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._state = Qt.WindowState.WindowNoState
        self._docks, self._size = QByteArray(), QSize()
        self._hidden: list[QWidget] = []
        self.is_on = False
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self._on_escape)

    def toggle(self) -> None:
        self.leave() if self.is_on else self.enter()

    def enter(self) -> None:
        """What is shown now is remembered, so that just that comes back."""
        if self.is_on:
            return
        window = self._window
        self.is_on = True
        self._state, self._docks, self._size = window.windowState(), window.saveState(), window.size()
        chrome = [window.menuBar(), window.top, *window.docks.values()]
        self._hidden = [each for each in chrome if not each.isHidden()]
        for each in self._hidden:
            each.hide()
        self._escape.setEnabled(True)
        window.setWindowState(self._state | Qt.WindowState.WindowFullScreen)
        window.graph.set_presenting(True)
        window.graph.setFocus()
        self.toggled.emit(True)

    def leave(self) -> None:
        """As it was before."""
        if not self.is_on:
            return
        window = self._window
        self.is_on = False
        self._escape.setEnabled(False)
        window.graph.set_presenting(False)
        window.setWindowState(self._state)
        for each in self._hidden:
            each.show()
        self._put_docks()
        self.toggled.emit(False)

    def _put_docks(self) -> None:
        """As wide and high as they were; again when the window has its size back, which takes its system a while."""
        self._window.restoreState(self._docks)
        if self._window.size() == self._size:
            self._window.removeEventFilter(self)
        else:
            self._window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.is_on:
            QTimer.singleShot(0, self, self._put_docks)
        return super().eventFilter(watched, event)

    def _on_escape(self) -> None:
        """Esc closes what lies over the graph first."""
        bar = self._window.graph.find_bar
        if bar.isVisible():
            bar.leave()
        else:
            self.leave()
