"""The same forward pass timed on every device, in every way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import isfinite
from statistics import quantiles

import torch
from torch import Tensor

from resviz.arch.spec import ResNetSpec
from resviz.errors import DeviceError
from resviz.nets.classifier import Classifier
from resviz.nets.devices import devices, empty_caches
from resviz.nets.fast import largest_difference
from resviz.nets.images import Picture
from resviz.nets.passes import Progress, failures_told, silent
from resviz.nets.runner import Runner
from resviz.nets.usage import Choices
from resviz.ways import Compute

SECONDS = 1.5
"""For each contestant, as far as it has had enough passes."""
FEWEST, MOST = 5, 50
_WARM = 2
_BUILDING = 0.4
"""The share of the progress that is building the networks and measuring their fast ways."""


@dataclass(frozen=True)
class Timing:
    """Median and quartiles of `runs` forward passes at batch 1, in milliseconds; `error`: why there are none.

    `difference` is the largest difference of a probability from the exact way on the CPU. Of a device that is not
    available there is one row, without a way.
    """

    device: str
    title: str
    way: str
    how: str = ""
    ms: float = 0.0
    low: float = 0.0
    high: float = 0.0
    runs: int = 0
    difference: float | None = None
    error: str = ""


@dataclass(eq=False)
class _Contestant:
    """A way on a device, with its input and the milliseconds it has taken so far."""

    row: Timing
    runner: Runner
    batch: Tensor
    laps: list[float] = field(default_factory=list)

    def timing(self) -> Timing:
        """Its row, with figures unless it failed."""
        if self.row.error:
            return self.row
        low, middle, high = quantiles(self.laps, n=4, method="inclusive")
        return replace(self.row, ms=middle, low=low, high=high, runs=len(self.laps))


def race(
    spec: ResNetSpec,
    weights: str | None,
    choices: Choices = (),
    load: Callable[[int], Picture] | None = None,
    *,
    progress: Progress = silent,
    between: Callable[[], None] = lambda: None,
) -> tuple[Timing, ...]:
    """Time the network on a picture, on noise without one: all contestants in turn, so that a machine that slows down
    slows all of them. `between` is called before each pass, with no clock running.

    What goes wrong on another device than the CPU is said in its row. Raises `ImageError` from `load`, and
    `DeviceError` for the CPU; what `progress` raises stops it between two blocks.
    """
    try:
        rows = _entered(spec, weights, choices, load, progress)
        contestants = [row for row in rows if isinstance(row, _Contestant)]
        _warm_up(spec, contestants, progress, between)
        _run(spec, contestants, progress, between)
        return tuple(row.timing() if isinstance(row, _Contestant) else row for row in rows)
    finally:
        empty_caches()


# --- who takes part -----------------------------------------------------------------------------------------


def _entered(
    spec: ResNetSpec,
    weights: str | None,
    choices: Choices,
    load: Callable[[int], Picture] | None,
    progress: Progress,
) -> list[_Contestant | Timing]:
    """Two contestants for each device there is, and a row with the reason for each other."""
    known = devices()
    rows: list[_Contestant | Timing] = []
    batch: Tensor | None = None
    for number, device in enumerate(known):
        name, title = device.name, device.title
        if not device.available:
            rows.append(Timing(name, title, "", error=device.reason))
            continue
        try:
            say = _scaled(progress, number / len(known) * _BUILDING, _BUILDING / len(known))
            classifier = Classifier(spec, weights, name, say, choices, Compute("fast"))
        except DeviceError as error:
            if name == "cpu":
                raise
            rows.append(Timing(name, title, "", error=str(error)))
            continue
        batch = _input(classifier, load) if batch is None else batch
        rows += _both(classifier, name, title, batch.to(classifier.device))
    return rows


def _both(classifier: Classifier, name: str, title: str, batch: Tensor) -> list[_Contestant | Timing]:
    exact, fast = classifier.exact, classifier.runner
    rows: list[_Contestant | Timing] = [_Contestant(Timing(name, title, "exact", exact.form.text), exact, batch)]
    if fast.model is exact.model:
        return [*rows, Timing(name, title, "fast", error="nothing measured is faster than the exact way")]
    return [*rows, _Contestant(Timing(name, title, "fast", fast.form.text), fast, batch)]


def _input(classifier: Classifier, load: Callable[[int], Picture] | None) -> Tensor:
    """The batch of one image, `(1, C, H, W)` on the network's device."""
    if load is not None:
        return classifier.batch(load)
    spec = classifier.spec
    return torch.rand((1, spec.channels, spec.size, spec.size), generator=torch.Generator().manual_seed(0))


# --- running ------------------------------------------------------------------------------------------------


def _warm_up(spec: ResNetSpec, contestants: list[_Contestant], progress: Progress, between: Callable[[], None]) -> None:
    """The first passes of each, and how far its probabilities are from those of the first, the exact way on the CPU."""
    wanted: Tensor | None = None
    for each in contestants:
        for _ in range(_WARM):
            between()
            logits = _pass(spec, each, _BUILDING, progress)
            each.laps.clear()
        if logits is None:
            continue
        chances = logits.softmax(1).cpu()
        wanted = chances if wanted is None else wanted
        difference = largest_difference(chances, wanted)
        each.row = replace(each.row, difference=difference if isfinite(difference) else None)


def _run(spec: ResNetSpec, contestants: list[_Contestant], progress: Progress, between: Callable[[], None]) -> None:
    whole = SECONDS * len(contestants)
    ends = time.perf_counter() + whole
    for turn in range(MOST):
        if turn >= FEWEST and time.perf_counter() >= ends:
            break
        by_time = 1 - (ends - time.perf_counter()) / whole
        share = max(turn / MOST, min(by_time, turn / FEWEST))
        for each in contestants:
            between()
            _pass(spec, each, _BUILDING + (1 - _BUILDING) * min(share, 1.0), progress)


def _pass(spec: ResNetSpec, each: _Contestant, share: float, progress: Progress) -> Tensor | None:
    """One pass, timed; one that fails puts a contestant out of the race, unless it is the CPU's."""
    if each.row.error:
        return None
    device = each.runner.device

    def say(_done: float, _text: str) -> None:
        progress(share, "Timing the devices")

    try:
        with failures_told(spec, device):
            began = time.perf_counter()
            logits = each.runner(each.batch, say)
            each.laps.append((time.perf_counter() - began) * 1000)
    except DeviceError as error:
        if device.type == "cpu":
            raise
        each.row = replace(each.row, error=str(error))
        return None
    return logits


def _scaled(progress: Progress, start: float, share: float) -> Progress:
    return lambda done, text: progress(start + share * done, text)
