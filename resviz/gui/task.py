"""One request to the engine beside the prediction: a download, a folder of pictures, a race of the devices."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from resviz.engine import messages as m
from resviz.engine.client import EngineClient


class Task(QObject):
    """At most one request at a time; a newer one cancels the older. `Jobs.new_task` makes one and feeds it."""

    progress = Signal(float, str)
    #: `BatchPart` or `Fetching`.
    part = Signal(object)
    #: The answer, or `Failed`; also with the code `CANCELLED`.
    ended = Signal(object)

    def __init__(self, client: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client
        self.request: m.Job | None = None

    @property
    def is_running(self) -> bool:
        return self.request is not None

    def start(self, make: Callable[[int], m.Job]) -> None:
        """Send what `make` gives for an id."""
        self.cancel()
        self.request = make(self._client.next_id())
        self._client.send(self.request)

    def cancel(self) -> None:
        """Give up the request, if there is one; `ended` follows."""
        if self.request is not None:
            self._client.cancel(self.request.id)

    def take(self, message: object) -> bool:
        """Whether a message of the engine is for this."""
        if self.request is None or getattr(message, "id", 0) != self.request.id:
            return False
        if isinstance(message, m.Progress):
            self.progress.emit(message.done, message.text)
        elif isinstance(message, m.Final):
            self.request = None
            self.ended.emit(message)
        else:
            self.part.emit(message)
        return True
