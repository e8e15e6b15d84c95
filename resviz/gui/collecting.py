"""Python's garbage is collected between events and in the window's thread.

By itself the collector stops the window for tens of milliseconds, whenever many things are made at once; and in
whichever thread makes them, which is the wrong one for what belongs to Qt.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

#: How often it is looked whether there is something to collect, in ms; more seldom where collecting takes long.
_OFTEN_MS = 300
_SHARE = 50
#: The young are collected each time, the old ones once in so many times.
_OLD = 30


class Collector(QObject):
    """From now on, as long as it lives. What is there already stays, and is not looked at again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._times = 0
        self._timer = QTimer(self, interval=_OFTEN_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Take over from Python."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Give back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def collect(self) -> None:
        """What has become garbage."""
        began = time.perf_counter()
        self._times += 1
        gc.collect(1 if self._times % _OLD else 2)
        self._timer.setInterval(max(_OFTEN_MS, round(_SHARE * 1000 * (time.perf_counter() - began))))
