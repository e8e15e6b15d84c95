"""The jobs that wait for the lane, and which of them a newer one replaces."""

from __future__ import annotations

import threading
from typing import NamedTuple

from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.engine.outlet import Outlet
from resviz.ways import EXACT, Compute

Job = m.Predict | m.Warm | m.Export | m.Profile | m.Batch | m.Race | m.Deep
"""What the lane does; the rest is done beside it."""
LONG = m.Profile | m.Batch | m.Race | m.Deep
"""These last seconds or minutes: between two of their steps they let others go first."""
_QUICK = m.Predict | m.Warm | m.Kernels
_SLOW = m.Profile | m.Batch | m.Race | m.Sweep | m.Unravel
_LOOKS = m.Dissect | m.Explain | m.FieldOf
"""One picture's, which somebody waits for: between two steps of what is slow they take their turn as well."""


class Key(NamedTuple):
    """Jobs with the same key need the same network."""

    spec: ResNetSpec | None
    weights: str | None
    device: str
    choices: m.Choices
    compute: Compute


def key_of(job: Job) -> Key:
    """The network that a job needs; a race builds its own."""
    device = "" if isinstance(job, m.Race) else job.device
    return Key(job.spec, job.weights, device, job.choices, _compute(job))


def _compute(job: Job) -> Compute:
    """How a job computes: exactly, where it does not say, and wherever a layer is looked at."""
    if isinstance(job, m.Predict):
        looked_into = job.capture or job.off or job.strengths or job.film
        return EXACT if looked_into else job.compute
    return job.compute if isinstance(job, m.Batch) else EXACT


class Inbox:
    """The jobs that wait, newest wins: a `Predict` replaces all older jobs, a `Warm` older ones of its kind; an
    `Export` replaces none and is replaced by none, a long job only by a newer one of its kind.

    A running job is replaced in the same way, by setting its event; but a `Warm` that builds what the newer
    job needs goes on. A long job lets others go first between two of its steps, so that there may be two running jobs.
    """

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._condition = threading.Condition()
        self._waiting: list[Job] = []
        self._running: list[tuple[Job, threading.Event]] = []

    def take(self, request: m.Request) -> None:
        with self._condition:
            if isinstance(request, m.Cancel):
                dropped = [job for job in self._waiting if job.id == request.id]
                for job, stop in self._running:
                    if job.id == request.id:
                        stop.set()
            elif isinstance(request, Job):
                dropped = [job for job in self._waiting if _replaces(request, job)]
                self._waiting.append(request)
                self._stop_running(request)
                self._condition.notify()
            else:
                return
            self._waiting = [job for job in self._waiting if job not in dropped]
        for job in dropped:
            self._outlet.cancelled(job)

    def _stop_running(self, newer: Job) -> None:
        for running, stop in self._running:
            if _replaces(newer, running) and (
                isinstance(running, m.Predict | LONG) or key_of(running) != key_of(newer)
            ):
                stop.set()

    def next(self) -> tuple[Job, threading.Event]:
        """Wait for the next job; the event tells that it is not wanted any more."""
        with self._condition:
            self._running.clear()
            while not self._waiting:
                self._condition.wait()
            return self._start(self._waiting[0])

    def quick(self) -> tuple[Job, threading.Event] | None:
        """What need not wait until the running long job is done, if anything; `done` tells its end."""
        with self._condition:
            may = _QUICK | _LOOKS if self._running and isinstance(self._running[-1][0], _SLOW) else _QUICK
            first = next((job for job in self._waiting if isinstance(job, may)), None)
            return self._start(first) if first is not None else None

    def done(self) -> None:
        """The job that `quick` gave is done."""
        with self._condition:
            self._running.pop()

    def _start(self, job: Job) -> tuple[Job, threading.Event]:
        self._waiting.remove(job)
        self._running.append((job, threading.Event()))
        return self._running[-1]


def _replaces(newer: Job, older: Job) -> bool:
    if isinstance(newer, LONG) or isinstance(older, LONG):
        return type(newer) is type(older)
    if isinstance(newer, m.Export) or isinstance(older, m.Export):
        return False
    return isinstance(newer, m.Predict) or isinstance(older, m.Warm)
