"""Does one job after the other over `nets`, and keeps the networks of the last few."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

from resviz.engine import messages as m
from resviz.engine.addresses import Addresses
from resviz.engine.answers import answer, batch_row, prediction, race_row, strength
from resviz.engine.depths import Load, Pass, kernels, look_into
from resviz.engine.inbox import Inbox, Job, Key, key_of
from resviz.engine.outlet import JobCancelledError, Outlet, Reporter, end
from resviz.engine.pictures import Pictures
from resviz.engine.speed import Speed
from resviz.errors import DeviceError, ResVizError
from resviz.ways import EXACT, Preparation

if TYPE_CHECKING:  # torch loads in the server, after the first progress message
    from resviz.nets.batch import Row
    from resviz.nets.classifier import Classifier, Result

Report = Callable[[float, str], None]
MOST_MODELS = 4
MOST_MODEL_BYTES = 1 << 30


class Lane:
    """Does one job after the other, and keeps the networks of the last few."""

    def __init__(self, outlet: Outlet, inbox: Inbox, addresses: Addresses) -> None:
        self._outlet, self._inbox = outlet, inbox
        self._models: OrderedDict[Key, Classifier] = OrderedDict()
        self._pictures = Pictures(addresses)
        #: What the newest job that looks into a network works on.
        self._apart: tuple[Key, Classifier] | None = None

    def work(self, job: Job, stop: threading.Event) -> None:
        """Do one job and send its answer, whatever happens."""
        report = Reporter(job, stop, self._outlet)
        try:
            self._outlet.send(self._answer(job, report))
        except JobCancelledError:
            self._outlet.cancelled(job)
        except OSError:
            raise
        except Exception as error:  # a fault of the program must not take the engine with it
            self._outlet.failed(job, error)
            self._after(error)

    def _after(self, error: Exception) -> None:
        if isinstance(error, DeviceError) and error.code == "device_memory":
            self._free()
        if isinstance(error, DeviceError) and error.code == "device_failed":
            # After a failed kernel all that follows in this process fails as well; the client starts another.
            end(1)

    def _answer(self, job: Job, report: Report) -> m.Final:
        match job:
            case m.Predict():
                return self._predict(job, report)
            case m.Warm():
                return self._warm(job, report)
            case m.Profile():
                return self._profile(job, report)
            case m.Batch():
                return self._batch(job, report)
            case m.Race():
                return self._race(job, report)
            case m.Export():
                return self._export(job, report)
            case m.Dissect() | m.Explain() | m.Sweep() | m.Unravel() | m.FieldOf():
                return self._look_into(job, report)
            case m.Kernels():
                return kernels(job, self._model(job, report))

    def _look_into(self, job: Pass, report: Report) -> m.Found:
        def step(done: float, text: str) -> None:
            report(done, text)
            self._work_quickly()

        with self._copy(job, report) as apart:
            return look_into(job, apart, self._load(job.image), step, self._outlet.send)

    @contextlib.contextmanager
    def _copy(self, job: Pass, report: Report) -> Iterator[Classifier]:
        """A network of its own, so that what lets others go first may have its hooks in place meanwhile. It is kept for
        the next; while it is used there is none to be had, so that a job between two steps of this one makes another.
        """
        key = key_of(job)
        kept, self._apart = self._apart, None
        if kept is None or kept[0] != key:
            whole = self._model(job, report)
            apart = copy.copy(whole)
            apart.model = copy.deepcopy(whole.model)
            kept = key, apart
        try:
            yield kept[1]
        finally:
            self._apart = kept

    def _profile(self, job: m.Profile, report: Report) -> m.Profiled:
        from resviz.nets.profile import profile

        found = profile(self._model(job, report), self._load(job.image), progress=report, between=self._work_quickly)
        return m.Profiled(job.id, found.ms, found.bare_ms, found.timed_ms, found.runs, found.device)

    def _work_quickly(self) -> None:
        """A picture or an edit does not wait for a profile to end; nor does the profile stand still for a camera.

        The long job may be in the middle of a pass without gradients; what goes first may need them.
        """
        if (quick := self._inbox.quick()) is not None:
            import torch

            with torch.inference_mode(False), torch.enable_grad():
                self.work(*quick)
            self._inbox.done()

    def _export(self, job: m.Export, report: Report) -> m.Exported:
        from resviz.nets.export import files as export

        model = self._model(job, report)
        export.write(model, Path(job.path), report)
        return m.Exported(job.id, job.path, model.note)

    def _warm(self, job: m.Warm, report: Report) -> m.ModelReady:
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

    def _predict(self, job: m.Predict, report: Report) -> m.Prediction:
        try:
            return self._predicted(job, report)
        except DeviceError as error:
            if error.code != "device_memory" or str(error.values.get("device", "cpu")) == "cpu":
                raise
            self._free()
            said = f"{error.values['device']} is out of memory: computed on the CPU"
            answer = self._predicted(replace(job, device="cpu"), report)
            return replace(answer, note="; ".join(filter(None, (said, answer.note))))

    def _predicted(self, job: m.Predict, report: Report) -> m.Prediction:
        from resviz.nets.anatomy import filmed, measured
        from resviz.nets.capture import ranges
        from resviz.nets.interventions import switched_off

        model, load = self._model(job, report), self._load(job.image)
        with contextlib.ExitStack() as stack:
            stack.enter_context(switched_off(model.model, job.off))
            strengths = stack.enter_context(measured(model.model)) if job.strengths else []
            film = stack.enter_context(filmed(model.model)) if job.film else {}
            ends = stack.enter_context(ranges(model.model)) if job.ranges else {}
            result = model.predict(load, layers=job.capture, top=job.top, progress=report, prepare=job.prepare)
        said = prediction(job, model, result, self._pictures.ms)
        return replace(
            said,
            strengths=tuple(map(strength, strengths)),
            film=film,
            ranges=ends,
            speaks=self._speaks(job, model, result),
            whole=answer(model, model.predict(load, top=job.top, prepare=job.prepare)) if job.off else None,
            beside=self._beside(job, report),
        )

    def _speaks(self, job: m.Predict, model: Classifier, result: Result) -> dict[str, m.Floats]:
        from resviz.nets.explain import speaks

        if not (job.speaks and result.top):
            return {}
        batch, index = result.steps.batch.to(model.device), result.top[0].index
        return {layer: speaks(model.model, batch, layer, index, off=job.off) for layer in job.capture}

    def _beside(self, job: m.Predict, report: Report) -> m.Answer | None:
        """What the other network says; that it cannot be asked takes nothing from the first one's answer."""
        other = job.beside
        if other is None:
            return None
        try:
            model = self._network(Key(other.spec, other.weights, job.device, other.choices, EXACT), report)
            box = Preparation(box=job.prepare.box)
            return answer(model, model.predict(self._load(job.image), top=job.top, progress=report, prepare=box))
        except ResVizError as error:
            return m.Answer(other.spec, error=str(error))

    def _batch(self, job: m.Batch, report: Report) -> m.Batched:
        from resviz.nets.batch import classify_many
        from resviz.nets.memory import give_back

        model, speed = self._model(job, report), Speed()

        def told(rows: Sequence[Row], done: int, whole: int) -> None:
            speed.is_due(done)
            self._outlet.send(m.BatchPart(job.id, tuple(map(batch_row, rows)), done, whole, speed.per_second))

        found = classify_many(
            model,
            job.paths,
            top=job.top,
            prepare=job.prepare,
            on_rows=told,
            progress=report,
            between=self._work_quickly,
        )
        give_back()  # what the decoders' threads keep for later
        return m.Batched(
            job.id, found.images, found.failed, found.seconds, model.labels, model.weights, model.trained, model.way
        )

    def _race(self, job: m.Race, report: Report) -> m.Raced:
        from resviz.nets.race import race

        found = race(
            job.spec,
            job.weights,
            job.choices,
            self._load(job.image),
            progress=report,
            between=self._work_quickly,
        )
        return m.Raced(job.id, tuple(map(race_row, found)))

    @overload
    def _load(self, image: m.ImageSource) -> Load: ...

    @overload
    def _load(self, image: m.ImageSource | None) -> Load | None: ...

    def _load(self, image: m.ImageSource | None) -> Load | None:
        return None if image is None else lambda least: self._pictures.get(image, least)

    def _model(self, job: Job, report: Report) -> Classifier:
        return self._network(key_of(job), report)

    def _network(self, key: Key, report: Report) -> Classifier:
        from resviz.nets.classifier import Classifier, spec_of

        spec = key.spec or spec_of(key.weights)
        key = key._replace(spec=spec)
        if key in self._models:
            self._models.move_to_end(key)
            return self._models[key]
        self._make_room()
        report(0.0, "Building the network")
        self._models[key] = Classifier(spec, key.weights, key.device, report, key.choices, key.compute)
        return self._models[key]

    def _free(self) -> None:
        """Let go of all networks, and of what the devices keep for later."""
        from resviz.nets.devices import empty_caches

        self._models.clear()
        self._apart = None
        empty_caches()

    def _make_room(self) -> None:
        while self._models and (
            len(self._models) >= MOST_MODELS or sum(model.nbytes for model in self._models.values()) > MOST_MODEL_BYTES
        ):
            self._models.popitem(last=False)
