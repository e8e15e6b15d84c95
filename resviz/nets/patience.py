"""Work that is given up when it takes too long: a decoder cannot be stopped from outside, so it runs on by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from resviz.nets.memory import give_back

Result = TypeVar("Result")


class TookTooLongError(Exception):
    """The work goes on, and nobody waits for it."""


class _Work(Generic[Result]):
    def __init__(self, work: Callable[[], Result]) -> None:
        self._work, self.done = work, threading.Event()
        self.found: list[Result] = []
        self.left = False
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.found.append(self._work())
        except BaseException as error:  # handed on to who waits
            self.error = error
        self.done.set()
        if self.left:
            self.found.clear()
            give_back()


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What `work` returns or raises, in a thread of its own. Raises `TookTooLongError`."""
    job = _Work(work)
    threading.Thread(target=job.run, name="resviz-patience", daemon=True).start()
    if not job.done.wait(seconds):
        job.left = True
        raise TookTooLongError
    if job.error is not None:
        raise job.error
    return job.found[0]
