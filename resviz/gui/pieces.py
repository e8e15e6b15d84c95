"""Work of the window's own thread, in pieces between which the window lives."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer


class InPieces(QObject):
    """Takes the next of `pieces` at each turn of the event loop, from `start` on and as long as it lives."""

    def __init__(self, pieces: Iterator[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pieces = pieces
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._on_turn)

    @property
    def is_active(self) -> bool:
        """Whether it was started and has pieces left."""
        return self._timer.isActive()

    def start(self) -> None:
        self._timer.start()

    def _on_turn(self) -> None:
        if next(self._pieces, None) is None:
            self._timer.stop()
