"""Where the time goes: the exact forward pass of one image, each layer timed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from torch import Tensor

from resviz.arch.graph import network
from resviz.nets.classifier import Classifier
from resviz.nets.images import Picture
from resviz.nets.passes import Progress, exact, failures_told, finish, reporting, silent

SECONDS = 2.0
"""Passes are repeated until so much time is spent, as long as there are enough of them."""
FEWEST, MOST = 3, 25
_WARM = 2


@dataclass(frozen=True)
class Profile:
    """Milliseconds of each layer, the median of `runs` passes, in order of execution.

    `bare_ms` is the median of as many passes without a clock on each layer, taken in turn with the others; `timed_ms`
    of those with. What is left of `timed_ms` beyond the sum of `ms` is Python between the layers.
    """

    ms: dict[str, float]
    bare_ms: float
    timed_ms: float
    runs: int
    device: str


def profile(
    classifier: Classifier,
    load: Callable[[int], Picture] | None = None,
    *,
    runs: int | None = None,
    progress: Progress = silent,
    between: Callable[[], None] = lambda: None,
) -> Profile:
    """Time the layers of a network on a picture, on noise without one; fp32, batch 1, as predictions are computed.

    `runs` is the number of timed passes; without it they fill `SECONDS`. `between` is called before each pass, with no
    clock running: for what cannot wait for the end. Raises `ImageError` from `load`, `DeviceError`; what `progress`
    raises stops it between two blocks.
    """
    ids = [layer.id for layer in network(classifier.spec).layers]
    laps: dict[str, list[float]] = {name: [] for name in ids}
    bare: list[float] = []
    timed: list[float] = []

    def once(share: float) -> float:
        return _pass(classifier, batch, lambda _done, text: progress(share, text))

    with failures_told(classifier.spec, classifier.device):
        batch = _input(classifier, load)
        for _ in range(_WARM):
            between()
            once(0.0)
        ends = time.perf_counter() + SECONDS
        while not _enough(len(timed), runs, ends):
            share = _share(len(timed), runs, ends)
            between()
            bare.append(once(share))
            between()
            with _clocks(classifier, ids) as read:
                timed.append(once(share))
                for name, took in read().items():
                    laps[name].append(took)
    ms = {name: median(took) for name, took in laps.items()}
    return Profile(ms, median(bare), median(timed), len(timed), str(classifier.device))


def _input(classifier: Classifier, load: Callable[[int], Picture] | None) -> Tensor:
    """The batch of one image, `(1, C, H, W)` on the network's device."""
    spec = classifier.spec
    if load is None:
        noise = torch.rand((1, spec.channels, spec.size, spec.size), generator=torch.Generator().manual_seed(0))
        return noise.to(classifier.device)
    return classifier.batch(load)


def _enough(done: int, runs: int | None, ends: float) -> bool:
    if runs is not None:
        return done >= runs
    return done >= MOST or (done >= FEWEST and time.perf_counter() >= ends)


def _share(done: int, runs: int | None, ends: float) -> float:
    """How far it is, 0 to 1."""
    if runs is not None:
        return done / runs
    by_time = 1 - (ends - time.perf_counter()) / SECONDS
    return min(max(done / MOST, min(by_time, done / FEWEST)), 1.0)


def _pass(classifier: Classifier, batch: Tensor, progress: Progress) -> float:
    """Milliseconds of one forward pass."""
    with (
        torch.inference_mode(),
        exact(),
        reporting(classifier.model, lambda done, _text: progress(done, "Timing the layers")),
    ):
        finish(classifier.device)
        began = time.perf_counter()
        classifier.model(batch)
        finish(classifier.device)
    return (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def _clocks(classifier: Classifier, ids: list[str]) -> Iterator[Callable[[], dict[str, float]]]:
    """A clock on each layer while open; what is yielded reads them, in milliseconds by layer id.

    CUDA's own events stand in its queue before and after a layer's kernels, so that the host need not wait between
    layers. Where the device is faster than the host that feeds it, a layer's time is that of feeding it.
    """
    cuda = classifier.device.type == "cuda"
    marks: dict[str, list[Any]] = {name: [] for name in ids}
    handles = []
    for name in ids:
        module = classifier.model.get_submodule(name)
        stamp = _stamp(marks[name], classifier.device, cuda)
        handles += [module.register_forward_pre_hook(stamp), module.register_forward_hook(stamp)]

    def read() -> dict[str, float]:
        if cuda:
            return {name: start.elapsed_time(end) for name, (start, end) in marks.items()}
        return {name: (end - start) * 1000 for name, (start, end) in marks.items()}

    try:
        yield read
    finally:
        for handle in handles:
            handle.remove()


def _stamp(marks: list[Any], device: torch.device, cuda: bool) -> Callable[..., None]:
    def stamp(*_call: Any) -> None:
        if cuda:
            event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            event.record(torch.cuda.current_stream(device))
            marks.append(event)
            return
        finish(device)
        marks.append(time.perf_counter())

    return stamp
