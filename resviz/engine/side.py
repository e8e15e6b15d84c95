"""What waits for a server or a disk instead of the device: downloads and lists, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from resviz.engine import messages as m
from resviz.engine.infos import weights_info
from resviz.engine.outlet import PROGRESS_EVERY, JobCancelledError, Outlet, end
from resviz.engine.speed import Speed

Aside = m.Fetch | m.ListWeights


class Side:
    """Takes the requests that need no device, and their cancellation."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._stops: dict[int, threading.Event] = {}

    def take(self, request: m.Request) -> bool:
        """Whether the request is done here."""
        if isinstance(request, m.Cancel) and request.id in self._stops:
            self._stops[request.id].set()
            return True
        if not isinstance(request, Aside):
            return False
        stop = self._stops[request.id] = threading.Event()
        threading.Thread(target=self._work, args=(request, stop), name="resviz-side", daemon=True).start()
        return True

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
