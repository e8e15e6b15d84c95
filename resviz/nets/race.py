"""The same forward pass timed on every device, in every way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from resviz.arch.spec import ResNetSpec
from resviz.nets.images import Picture
from resviz.nets.passes import Progress, silent
from resviz.nets.usage import Choices


@dataclass(frozen=True)
class Timing:
    """Median and quartiles of `runs` forward passes at batch 1, in milliseconds; `error`: why there are none.

    `difference` is the largest difference of a probability from the exact way on the CPU.
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


def race(
    spec: ResNetSpec,
    weights: str | None,
    choices: Choices = (),
    load: Callable[[int], Picture] | None = None,
    *,
    progress: Progress = silent,
    between: Callable[[], None] = lambda: None,
) -> tuple[Timing, ...]:
    """Time the network on a picture, on noise without one."""
    raise NotImplementedError
