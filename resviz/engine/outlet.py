"""The way to the window, and what a job says on it."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection

from resviz.engine import messages as m
from resviz.engine import wire
from resviz.errors import ResVizError

PROGRESS_EVERY = 0.05
"""Seconds between two progress messages, and before the first: quick jobs send none."""


class JobCancelledError(Exception):
    """Raised inside a job at the next layer after its cancellation."""


class Outlet:
    """The way to the window, for all threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def send(self, reply: m.Reply) -> None:
        with self._lock:
            wire.send(self._connection, reply)

    def failed(self, job: m.Job, error: Exception) -> None:
        """Say in words what went wrong; a fault of the program itself is told with its kind."""
        if isinstance(error, ResVizError):
            self.send(m.Failed(job.id, error.code, _plain(error.values), str(error)))
            return
        traceback.print_exception(error, file=sys.stderr)
        line = next(iter(str(error).strip().splitlines()), "")
        self.send(m.Failed(job.id, m.INTERNAL, {}, f"{type(error).__name__}: {line}"[:300]))

    def cancelled(self, job: m.Job) -> None:
        self.send(m.Failed(job.id, m.CANCELLED, {}, "cancelled"))


class Reporter:
    """Called between layers: stops a job that is not wanted any more, and says how far the others are."""

    def __init__(self, job: m.Job, stop: threading.Event, outlet: Outlet) -> None:
        self._job, self._stop, self._outlet = job, stop, outlet
        self._last = time.monotonic()

    def __call__(self, done: float, text: str) -> None:
        if self._stop.is_set():
            raise JobCancelledError
        now = time.monotonic()
        if now - self._last >= PROGRESS_EVERY:
            self._last = now
            self._outlet.send(m.Progress(self._job.id, done, text))


def end(code: int) -> None:
    """The process, at once and without torch's and Python's tidying up, which can take seconds or hang."""
    os._exit(code)


def _plain(values: dict[str, object]) -> dict[str, object]:
    """What an error names, as numbers and text."""
    return {key: value if isinstance(value, int | float | str) else str(value) for key, value in values.items()}
