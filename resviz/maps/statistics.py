"""Figures of a layer's channels, each computed when it is first asked for. Only numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resviz.heatmap import Floats

Sort = Literal["index", "mean", "max", "sparsity", "class"]
SORTS: tuple[Sort, ...] = ("index", "mean", "max", "sparsity", "class")
#: A histogram looks at no more values than these: its shape is the same, and a frame is short.
SAMPLED = 1 << 16
BINS = 48


class Figures(NamedTuple):
    """Of one channel, or of a whole layer; `zeros` from 0 to 1."""

    mean: float
    std: float
    zeros: float
    low: float
    high: float


class Histogram(NamedTuple):
    """How many values lie in each of equally wide bins from `low` to `high`."""

    counts: NDArray[np.int64]
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Channels:
    """`data` is `(C, H, W)`. What is no number counts as zero."""

    data: Floats

    @cached_property
    def flat(self) -> Floats:
        """`(C, H * W)`, finite."""
        # One pass says whether all is finite: a sum of finite numbers that overflows costs a second look, no more.
        with np.errstate(over="ignore", invalid="ignore"):
            whole = self.data.sum()
        data = self.data if np.isfinite(whole) else np.nan_to_num(self.data, posinf=0.0, neginf=0.0)
        return data.reshape(len(data), -1)

    @cached_property
    def low(self) -> Floats:
        least: Floats = self.flat.min(axis=1)
        return least

    @cached_property
    def high(self) -> Floats:
        greatest: Floats = self.flat.max(axis=1)
        return greatest

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """`(C,)`."""
        means: NDArray[np.float64] = self.flat.mean(axis=1, dtype=np.float64)
        return means

    @cached_property
    def zeros(self) -> NDArray[np.float64]:
        """The share of exact zeros, `(C,)`."""
        cells = self.flat.shape[1]
        zeros = [cells - np.count_nonzero(channel) for channel in self.flat]
        return np.array(zeros, np.float64) / np.float64(cells)

    @cached_property
    def dead(self) -> NDArray[np.bool_]:
        """Zero everywhere, or one value everywhere: nothing of this picture is in it, `(C,)`."""
        plain: NDArray[np.bool_] = (self.low == self.high) & ((self.low == 0) | (self.flat.shape[1] > 1))
        return plain

    def of(self, channel: int) -> Figures:
        """One channel's."""
        values = self.flat[channel]
        return Figures(
            float(self.mean[channel]),
            float(values.std(dtype=np.float64)),
            1 - np.count_nonzero(values) / values.size,
            float(self.low[channel]),
            float(self.high[channel]),
        )

    @cached_property
    def whole(self) -> Figures:
        """The layer's."""
        mean = float(self.mean.mean())
        with np.errstate(over="ignore"):
            squares = sum(float(np.dot(channel, channel)) for channel in self.flat)
        spread = max(0.0, squares / self.flat.size - mean * mean) ** 0.5
        return Figures(mean, spread, float(self.zeros.mean()), float(self.low.min()), float(self.high.max()))

    def order(self, by: Sort, speaks: Floats | None = None) -> NDArray[np.intp]:
        """The channels' numbers, first the one that has most of it; equal ones by number."""
        keys = {"mean": "mean", "max": "high", "sparsity": "zeros"}
        if by == "class":
            worth = speaks if speaks is not None and len(speaks) == len(self.data) else None
        else:
            worth = getattr(self, keys[by]) if by in keys else None
        if worth is None:
            return np.arange(len(self.data))
        return np.argsort(-np.nan_to_num(np.asarray(worth, np.float64)), kind="stable")

    def histogram(self, channel: int | None = None) -> Histogram:
        """Of one channel, or of the layer by evenly chosen values."""
        values = (self.flat if channel is None else self.flat[channel]).reshape(-1)
        step = max(1, values.size // SAMPLED)
        if step > 1:
            step += step % 2 == 0  # an even step would meet the same columns of a map over and over
        low, high = (
            (float(self.low.min()), float(self.high.max()))
            if channel is None
            else (float(self.low[channel]), float(self.high[channel]))
        )
        return histogram(values[::step], low, high)


def histogram(values: NDArray[np.float32], low: float, high: float) -> Histogram:
    """Of finite values between `low` and `high`; all in the middle where they are one and the same."""
    span = high - low
    if not (span > 0 and np.isfinite(BINS / span) and np.isfinite(span)):
        counts = np.zeros(BINS, np.int64)
        counts[BINS // 2] = values.size
        return Histogram(counts, low, high)
    bins = ((values.astype(np.float64) - low) * (BINS / span)).astype(np.int64)
    return Histogram(np.bincount(np.clip(bins, 0, BINS - 1), minlength=BINS), low, high)
