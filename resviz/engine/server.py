"""The child's loop over `nets`: one device lane, latest wins, cancel between layers, progress.

Two threads: the main one is the lane and does the work; the reader takes requests in as they come, drops what
they replace, and ends the process when the window's end of the pipe closes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from resviz.engine import messages as m
from resviz.engine import wire
from resviz.errors import DeviceError, ImageError, ResVizError

if TYPE_CHECKING:  # torch loads in `main`, after the first progress message
    from resviz.nets.catalog import Entry
    from resviz.nets.classifier import Classifier, Result
    from resviz.nets.images import Picture

log = logging.getLogger(__name__)

POLITENESS = 5
"""Added to the niceness, so that on two cores the window comes first."""
PROGRESS_EVERY = 0.05
"""Seconds between two progress messages, and before the first: quick jobs send none."""
MOST_MODELS = 4
MOST_MODEL_BYTES = 1 << 30

Job: TypeAlias = m.Predict | m.Warm | m.Export | m.Profile
Key: TypeAlias = tuple[object, ...]


class JobCancelledError(Exception):
    """Raised inside a job at the next layer after its cancellation."""


def main(connection: Connection) -> None:
    """Serve one client until its end of the pipe closes; runs in the child's main thread, never returns."""
    _detach()
    outlet = _Outlet(connection)
    inbox = _Inbox(outlet)
    threading.Thread(target=_read, args=(connection, inbox), name="resviz-reader", daemon=True).start()
    try:
        outlet.send(m.Progress(0, 0.0, "Loading PyTorch"))
        outlet.send(_ready())
        lane = _Lane(outlet, inbox)
        while True:
            lane.work(*inbox.next())
    except OSError:  # the window is gone
        _exit(0)


def _detach() -> None:
    """Live beside the window: deaf to Ctrl-C, which is the window's and ends this too, and second at the CPU."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(POLITENESS)
    # By default OpenMP's idle threads spin. On two busy cores that made a 4 ms forward pass take 300 ms.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _exit(code: int) -> None:
    """At once and without torch's and Python's tidying up, which can take seconds or hang."""
    os._exit(code)


def _ready() -> m.Ready:
    import torch

    from resviz.nets import catalog, classifier, devices  # noqa: F401  (the classifier before the first request)

    known = tuple(m.DeviceInfo(d.name, d.title, d.available, d.reason) for d in devices.devices())
    return m.Ready(known, tuple(_info(entry) for entry in catalog.local()), str(torch.__version__))


def _info(entry: Entry) -> m.WeightsInfo:
    return m.WeightsInfo(
        entry.name, entry.title, entry.spec, entry.labels, True, str(entry.path), entry.accuracy, entry.size
    )


class _Outlet:
    """The way to the window, for both threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def send(self, reply: m.Reply) -> None:
        with self._lock:
            wire.send(self._connection, reply)

    def cancelled(self, job: Job) -> None:
        self.send(m.Failed(job.id, m.CANCELLED, {}, "cancelled"))


def _read(connection: Connection, inbox: _Inbox) -> None:
    try:
        while True:
            request = wire.receive(connection)
            if isinstance(request, m.Shutdown):
                break
            inbox.take(request)
    except (EOFError, OSError):
        pass
    _exit(0)


def _key(job: Job) -> Key:
    """Jobs with the same key need the same network."""
    return (job.spec, job.weights, job.device, job.choices)


class _Inbox:
    """The jobs that wait, newest wins: a `Predict` replaces all older jobs, a `Warm` older ones of its kind; an
    `Export` replaces none and is replaced by none, a `Profile` only by a newer one.

    A running job is replaced in the same way, by setting its event; but a `Warm` that builds what the newer
    job needs goes on. A `Profile` lasts seconds: between two of its passes it lets others go first, so that there
    may be two running jobs.
    """

    def __init__(self, outlet: _Outlet) -> None:
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
            elif isinstance(request, m.Predict | m.Warm | m.Export | m.Profile):
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
                isinstance(running, m.Predict | m.Profile) or _key(running) != _key(newer)
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
        """What need not wait until the running `Profile` is done, if anything; `done` tells its end."""
        with self._condition:
            first = next((job for job in self._waiting if isinstance(job, m.Predict | m.Warm)), None)
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
    if isinstance(newer, m.Profile) or isinstance(older, m.Profile):
        return isinstance(newer, m.Profile) and isinstance(older, m.Profile)
    if isinstance(newer, m.Export) or isinstance(older, m.Export):
        return False
    return isinstance(newer, m.Predict) or isinstance(older, m.Warm)


class _Lane:
    """Does one job after the other, and keeps the networks of the last few."""

    def __init__(self, outlet: _Outlet, inbox: _Inbox) -> None:
        self._outlet, self._inbox = outlet, inbox
        self._models: OrderedDict[Key, Classifier] = OrderedDict()
        self._pictures = _Pictures()

    def work(self, job: Job, stop: threading.Event) -> None:
        """Do one job and send its answer, whatever happens."""
        report = _Reporter(job, stop, self._outlet)
        try:
            self._outlet.send(self._answer(job, report))
        except JobCancelledError:
            self._outlet.cancelled(job)
        except ResVizError as error:
            self._outlet.send(m.Failed(job.id, error.code, _plain(error.values), str(error)))
            self._after(error)
        except OSError:
            raise
        except Exception as error:  # a fault of the program must not take the engine with it
            traceback.print_exc(file=sys.stderr)
            line = next(iter(str(error).strip().splitlines()), "")
            self._outlet.send(m.Failed(job.id, m.INTERNAL, {}, f"{type(error).__name__}: {line}"[:300]))

    def _after(self, error: ResVizError) -> None:
        if isinstance(error, DeviceError) and error.code == "device_memory":
            self._models.clear()
        if isinstance(error, DeviceError) and error.code == "device_failed":
            # After a failed kernel all that follows in this process fails as well; the client starts another.
            _exit(1)

    def _answer(self, job: Job, report: Callable[[float, str], None]) -> m.Reply:
        if isinstance(job, m.Predict):
            return self._predict(job, report)
        if isinstance(job, m.Profile):
            return self._profile(job, report)
        return self._warm(job, report) if isinstance(job, m.Warm) else self._export(job, report)

    def _profile(self, job: m.Profile, report: Callable[[float, str], None]) -> m.Profiled:
        from resviz.nets.profile import profile

        model, image = self._model(job, report), job.image
        load = None if image is None else lambda least: self._pictures.get(image, least)
        found = profile(model, load, progress=report, between=self._work_quickly)
        return m.Profiled(job.id, found.ms, found.bare_ms, found.timed_ms, found.runs, found.device)

    def _work_quickly(self) -> None:
        """A picture or an edit does not wait for a profile to end; nor does the profile stand still for a camera."""
        if (quick := self._inbox.quick()) is not None:
            self.work(*quick)
            self._inbox.done()

    def _export(self, job: m.Export, report: Callable[[float, str], None]) -> m.Exported:
        from resviz.nets.export import files as export

        model = self._model(job, report)
        export.write(model, Path(job.path), report)
        return m.Exported(job.id, job.path, model.note)

    def _warm(self, job: m.Warm, report: Callable[[float, str], None]) -> m.ModelReady:
        model = self._model(job, report)
        return m.ModelReady(
            id=job.id,
            weights=model.weights,
            trained=model.trained,
            labels=model.labels,
            device=str(model.device),
            spec=model.spec,
            accuracy=model.accuracy,
            assumed=model.assumed,
            dialect=model.dialect,
        )

    def _predict(self, job: m.Predict, report: Callable[[float, str], None]) -> m.Prediction:
        model = self._model(job, report)
        result = model.predict(
            lambda least: self._pictures.get(job.image, least), layers=job.capture, top=job.top, progress=report
        )
        return _prediction(job, model, result, self._pictures.ms)

    def _model(self, job: Job, report: Callable[[float, str], None]) -> Classifier:
        from resviz.nets.classifier import Classifier, spec_of

        spec = job.spec or spec_of(job.weights)
        key = (spec, job.weights, job.device, job.choices)
        if key in self._models:
            self._models.move_to_end(key)
            return self._models[key]
        self._make_room()
        report(0.0, "Building the network")
        self._models[key] = Classifier(spec, job.weights, job.device, report, job.choices)
        return self._models[key]

    def _make_room(self) -> None:
        while self._models and (
            len(self._models) >= MOST_MODELS or sum(model.nbytes for model in self._models.values()) > MOST_MODEL_BYTES
        ):
            self._models.popitem(last=False)


class _Reporter:
    """Called between layers: stops a job that is not wanted any more, and says how far the others are."""

    def __init__(self, job: Job, stop: threading.Event, outlet: _Outlet) -> None:
        self._job, self._stop, self._outlet = job, stop, outlet
        self._last = time.monotonic()

    def __call__(self, done: float, text: str) -> None:
        if self._stop.is_set():
            raise JobCancelledError
        now = time.monotonic()
        if now - self._last >= PROGRESS_EVERY:
            self._last = now
            self._outlet.send(m.Progress(self._job.id, done, text))


class _Pictures:
    """Decodes pictures and keeps the last one, as most requests are for the same again.

    That one stays even when its file vanishes: edits of the network go on with what is shown.
    """

    def __init__(self) -> None:
        self._key: Key | None = None
        self._picture: Picture | None = None
        self.ms = 0.0
        """Milliseconds that decoding the last one took."""

    def get(self, image: m.ImageSource, least: int) -> Picture:
        """The picture, decoded again only if it is another or its file has changed. Raises `ImageError`."""
        version = _file_version(image.path) if image.path is not None else None
        key = (image.path, image.data, image.name, least, version)
        gone = image.path is not None and version is None and self._key is not None and self._key[0] == image.path
        if self._picture is None or not (key == self._key or gone):
            began = time.perf_counter()
            self._picture = _picture(image, least)
            self.ms = (time.perf_counter() - began) * 1000
            self._key = key if image.pixels is None else None  # pixels need no decoding, and are slow to compare
        return self._picture


def _file_version(path: str) -> Key | None:
    """Another one means that the file has changed; None that it is not there."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _picture(image: m.ImageSource, least: int) -> Picture:
    from resviz.nets import images

    if image.path is not None:
        return images.decode_file(image.path, name=image.name, least=least)
    if image.data is not None:
        return images.decode_bytes(image.data, name=image.name, least=least)
    if image.pixels is not None:
        return images.decode_pixels(image.pixels, name=image.name)
    raise ImageError("image_nothing")


def _prediction(job: m.Predict, model: Classifier, result: Result, decode_ms: float) -> m.Prediction:
    maps = {name: m.FeatureMaps(name, k.data, k.stride, k.shape) for name, k in result.maps.items()}
    thinned = [f"{name} is shown at 1/{k.stride} of its resolution" for name, k in maps.items() if k.stride > 1]
    return m.Prediction(
        id=job.id,
        name=result.picture.name,
        top=tuple(m.Score(score.label, score.index, score.probability) for score in result.top),
        weights=model.weights,
        trained=model.trained,
        device=str(model.device),
        labels=model.labels,
        accuracy=model.accuracy,
        assumed=model.assumed,
        dialect=model.dialect,
        ms={**result.ms, "decode": decode_ms},
        preview=result.picture.preview(),
        seen=result.seen,
        maps=maps,
        original_size=result.picture.original_size,
        note="; ".join(filter(None, [result.note, *thinned])),
    )


def _plain(values: dict[str, object]) -> dict[str, object]:
    """What an error names, as numbers and text."""
    return {key: value if isinstance(value, int | float | str) else str(value) for key, value in values.items()}
