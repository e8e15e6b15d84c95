"""The fast way: what was measured fastest for a network on a device, near enough to the exact way, and remembered.

torch's compiler is no candidate: it needs a C++ compiler, starts processes of its own, and on a CPU comes to the
operators that the fused form calls directly. Measured on ResNet-18 and two cores: half a minute of compiling for 9.4 ms
a picture, where the fused form takes 9.5 and the exact way 28.7.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor
from torch.nn import functional

from resviz.arch.spec import ResNetSpec
from resviz.nets import fused
from resviz.nets.devices import empty_caches
from resviz.nets.forms import PLAIN, Form
from resviz.nets.model import ResNet
from resviz.nets.passes import Progress
from resviz.nets.runner import Runner
from resviz.ways import Precision

TOLERANCE = 0.02
"""By how much a probability may differ from the exact way's."""
TIE = 0.001
"""Two classes whose probabilities differ by less are equally good a first."""
SECONDS = 0.4
"""A candidate is timed for so long, as far as it has had enough passes."""
FEWEST, MOST = 2, 15
_SEED = 0


@dataclass(frozen=True)
class Found:
    """The fastest form, how its time compares with the exact way's, and the largest difference of a probability."""

    form: Form = PLAIN
    share: float = 1.0
    difference: float = 0.0


def candidates(device: torch.device) -> tuple[Form, ...]:
    """The forms that may be fastest on a device, the most promising last."""
    if device.type == "cuda":
        folded = Form(folded=True, tuned=True)
        halves: list[Precision] = ["fp16"]
        if torch.cuda.is_bf16_supported(including_emulation=False):
            halves.append("bf16")
        last = [Form(True, channels_last=True, precision=half, tuned=True) for half in halves]
        return folded, Form(True, channels_last=True, tuned=True), *last
    if device.type == "mps":
        return Form(True), Form(True, channels_last=True), Form(True, precision="fp16")
    kinds: list[Precision] = ["fp32", "bf16"] if cpu_has_bf16() else ["fp32"]
    ways = [False, True] if fused.available() else [False]
    return Form(True), *(Form(True, fuses, True, kind) for fuses in ways for kind in kinds)


def cpu_has_bf16() -> bool:
    """Whether the processor itself computes in bf16; elsewhere it is emulated, slowly."""
    supported = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return supported is not None and bool(supported())


def measure(model: ResNet, spec: ResNetSpec, threads: int, progress: Progress) -> Found:
    """Time each candidate in turn with the exact way, and take the fastest that is near enough to it.

    A candidate that a device cannot do, or has no memory for, is none. What `progress` raises stops it.
    """
    exact = Runner(model, threads=threads)
    images = [image.to(exact.device) for image in test_images(spec)]
    wanted = torch.cat([exact(image, _at(0.0, progress)) for image in images]).softmax(1)
    best, forms = Found(), candidates(exact.device)
    for number, form in enumerate(forms):
        say = _at(number / len(forms), progress)
        try:
            found = _tried(exact, form, images, wanted, say)
        except RuntimeError:  # not on this device, or no memory left; the exact way tells what is really wrong
            empty_caches()
            continue
        if found is not None and found.share < best.share:
            best = found
    return best


def _tried(exact: Runner, form: Form, images: list[Tensor], wanted: Tensor, progress: Progress) -> Found | None:
    """A candidate's figures, None where it is not near enough."""
    progress(0.0, "")
    runner = Runner(exact.model, form, threads=exact.threads)
    got = torch.cat([runner(image, progress) for image in images]).softmax(1)
    if not near_enough(got, wanted):
        return None
    return Found(form, _share(exact, runner, images[0], progress), largest_difference(got, wanted))


def _share(exact: Runner, runner: Runner, image: Tensor, progress: Progress) -> float:
    """Median time of a candidate by that of the exact way, both timed in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    ends = time.perf_counter() + SECONDS
    while len(times[0]) < FEWEST or (len(times[0]) < MOST and time.perf_counter() < ends):
        for each, laps in zip((exact, runner), times, strict=True):
            began = time.perf_counter()
            each(image, progress)
            laps.append(time.perf_counter() - began)
    return median(times[1]) / median(times[0])


def largest_difference(got: Tensor, wanted: Tensor) -> float:
    """Between probabilities `(N, classes)`; infinite where one of them is no number."""
    difference = (got.cpu() - wanted.cpu()).abs().max().item()
    return difference if difference == difference else float("inf")


def near_enough(got: Tensor, wanted: Tensor) -> bool:
    """Whether no probability `(N, classes)` is off by more than `TOLERANCE`, and the first class of each row is the
    same or, by the exact way, as good.
    """
    first = wanted.gather(1, got.argmax(1, keepdim=True)).squeeze(1)
    same = bool((first >= wanted.amax(1) - TIE).all())
    return largest_difference(got, wanted) <= TOLERANCE and same


def test_images(spec: ResNetSpec) -> Iterator[Tensor]:
    """Noise from coarse to fine, as bright as pictures are after normalising: `(1, C, size, size)` each."""
    generator = torch.Generator().manual_seed(_SEED)
    for grain in (32, 8, 2, 1):
        side = max(spec.size // grain, 1)
        noise = torch.randn((1, spec.channels, side, side), generator=generator)
        yield noise if grain == 1 else functional.interpolate(noise, size=(spec.size, spec.size), mode="bilinear")


def _at(share: float, progress: Progress) -> Progress:
    return lambda _done, _text: progress(share, "Measuring the fast way")
