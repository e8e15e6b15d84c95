"""Threads that decode pictures ahead of the network: Pillow lets go of Python's lock while it decodes."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

PATIENCE = 2.0
"""Seconds after which a file that is still being decoded has another thread put in its place."""
_MOST, _MORE = 8, 8
_BREATH = 0.05

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Decoders(Generic[Item, Result]):
    """Does `work` for each item in threads of its own, from entering until leaving; at most `room` results wait.

    A file on a slow disk, or a huge one, holds up its own thread only. Leaving does not wait for it.
    """

    def __init__(self, items: Sequence[Item], work: Callable[[Item], Result], room: int) -> None:
        self._items, self._work = iter(items), work
        self._results: queue.Queue[Result] = queue.Queue(room)
        self._lock, self._stop, self._at_end = threading.Lock(), threading.Event(), False
        self._count = min(_MOST, max(2, cores()), max(1, len(items)))
        self._threads: list[threading.Thread] = []
        self._since: dict[int, float] = {}
        """When each thread that is at work began its item."""

    def __enter__(self) -> Self:
        for _ in range(self._count):
            self._add()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            if thread.ident not in self._late():
                thread.join(2 * _BREATH)

    def get(self, most: int, seconds: float) -> list[Result]:
        """The results that are there, at most so many; waits for the first ones, but no longer than so many seconds."""
        self._relieve()
        ends = time.monotonic() + seconds
        found: list[Result] = []
        while len(found) < most and (left := ends - time.monotonic()) > 0:
            try:
                found.append(self._results.get(timeout=min(left, _BREATH)))
            except queue.Empty:
                if found and self._results.empty():
                    break
        return found

    def _add(self) -> None:
        thread = threading.Thread(target=self._run, name="resviz-decoder", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _late(self) -> set[int]:
        """The threads that have been at one item for long."""
        now = time.monotonic()
        return {thread for thread, since in self._since.copy().items() if now - since > PATIENCE}

    def _relieve(self) -> None:
        if self._at_end:
            return
        working = sum(thread.is_alive() and thread.ident not in self._late() for thread in self._threads)
        if working < self._count and len(self._threads) < self._count + _MORE:
            self._add()

    def _run(self) -> None:
        me = threading.get_ident()
        while not self._stop.is_set():
            with self._lock:
                item = next(self._items, None)
            if item is None:
                self._at_end = True
                return
            self._since[me] = time.monotonic()
            result = self._work(item)
            del self._since[me]
            self._hand_on(result)

    def _hand_on(self, result: Result) -> None:
        while not self._stop.is_set():
            try:
                return self._results.put(result, timeout=_BREATH)
            except queue.Full:
                continue
