"""What waits for a server or a disk instead of the device: downloads and lists, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from resviz.engine import messages as m
from resviz.engine.addresses import Addresses
from resviz.engine.infos import weights_info
from resviz.engine.outlet import PROGRESS_EVERY, JobCancelledError, Outlet, end
from resviz.engine.speed import Speed

Aside = m.Fetch | m.ListWeights


class Side:
    """Takes the requests that need no device, and their cancellation; and those whose picture is still to be fetched
    from an address, which go on to `then` when it is here.
    """

    def __init__(self, outlet: Outlet, addresses: Addresses, then: Callable[[m.Predict], None]) -> None:
        self._outlet, self._addresses, self._then = outlet, addresses, then
        self._stops: dict[int, threading.Event] = {}
        self._lock = threading.Lock()
        self._waiting: dict[int, m.Predict] = {}

    def take(self, request: m.Request) -> bool:
        """Whether the request is done here."""
        if isinstance(request, m.Cancel):
            return self._cancel(request.id)
        if isinstance(request, m.Predict):
            return self._picture(request)
        if not isinstance(request, Aside):
            return False
        stop = self._stops[request.id] = threading.Event()
        threading.Thread(target=self._work, args=(request, stop), name="resviz-side", daemon=True).start()
        return True

    def _cancel(self, number: int) -> bool:
        stop = self._stops.get(number)
        if stop is not None:
            stop.set()
        waited = self._leave(number)
        return stop is not None or waited

    def _picture(self, job: m.Predict) -> bool:
        """Whether its picture is to be fetched first. A newer prediction replaces those that still wait for theirs."""
        for number in tuple(self._waiting):
            self._leave(number)
        if job.image.url is None or self._addresses.known(job.image.url) is not None:
            return False
        self._waiting[job.id] = job
        threading.Thread(target=self._bring, args=(job, job.image.url), name="resviz-side", daemon=True).start()
        return True

    def _leave(self, number: int) -> bool:
        """Nobody waits for this picture any more; whether somebody did."""
        with self._lock:
            job = self._waiting.pop(number, None)
        if job is not None:
            self._outlet.cancelled(job)
        return job is not None

    def _bring(self, job: m.Predict, url: str) -> None:
        error: Exception | None = None
        try:
            self._addresses.read(url)
        except Exception as problem:
            error = problem
        with self._lock:
            wanted = self._waiting.pop(job.id, None) is not None
        if not wanted:
            return
        if error is None:
            self._then(job)
            return
        try:
            self._outlet.failed(job, error)
        except OSError:  # the window is gone
            end(0)

    def _work(self, job: Aside, stop: threading.Event) -> None:
        try:
            self._outlet.send(self._fetch(job, stop) if isinstance(job, m.Fetch) else _listed(job))
        except JobCancelledError:
            self._outlet.cancelled(job)
        except OSError:  # the window is gone
            end(0)
        except Exception as error:
            self._outlet.failed(job, error)
        finally:
            self._stops.pop(job.id, None)

    def _fetch(self, job: m.Fetch, stop: threading.Event) -> m.Fetched:
        from resviz.nets.fetch import fetch

        path = fetch(job.name, folder=Path(job.folder) if job.folder else None, progress=self._told(job, stop))
        return m.Fetched(job.id, job.name, str(path))

    def _told(self, job: m.Fetch, stop: threading.Event) -> Callable[[int, int], None]:
        """Says how far a download is; stops one that is not wanted any more."""
        lap = _Lap()

        def told(got: int, want: int) -> None:
            if stop.is_set():
                raise JobCancelledError
            if lap.is_due(got):
                self._outlet.send(m.Fetching(job.id, got, want, lap.per_second))

        return told


class _Lap:
    """The speed of a download since it went on: what was kept of an earlier one came in no time."""

    def __init__(self) -> None:
        self._begin(0)

    def _begin(self, got: int) -> None:
        self._speed, self._first, self._last = Speed(PROGRESS_EVERY), got, got

    def is_due(self, got: int) -> bool:
        if got < self._last or (got and not self._last):
            self._begin(got)
        self._last = got
        return self._speed.is_due(got - self._first)

    @property
    def per_second(self) -> float:
        return self._speed.per_second


def _listed(job: m.ListWeights) -> m.Listed:
    from resviz.nets import catalog

    folder = Path(job.folder) if job.folder else None
    return m.Listed(job.id, tuple(weights_info(entry) for entry in catalog.every(folder)))
