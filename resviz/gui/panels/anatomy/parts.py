"""A block that was taken apart, in numbers: a channel's five pictures, their scale, and the sum at a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from resviz.arch.graph import network
from resviz.arch.plan import BlockPlan, block_plan
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.engine.messages import Floats

#: The parts of a block, in the order in which they come about.
PARTS = ("x", "branch", "shortcut", "total", "after")


class Box(NamedTuple):
    """Pixels of a part as it is shown: the first row and column, and how many."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1


class Sum(NamedTuple):
    """`F + P = total -> after` in one pixel of one channel, in fp32; `y` and `x` are the pixel's of the whole map."""

    channel: int
    y: int
    x: int
    branch: np.float32
    shortcut: np.float32
    total: np.float32
    after: np.float32


def block_of(spec: ResNetSpec, layer: str | None) -> str | None:
    """The block that a layer is in; None for a layer of the stem or the head."""
    return next((known.block for known in network(spec).layers if known.id == layer), None)


def plan_of(spec: ResNetSpec, block: str) -> BlockPlan:
    """What `layer2.0` is made of."""
    stage, index = block.removeprefix("layer").split(".")
    return block_plan(spec, int(stage) - 1, int(index))


def has_shortcut(spec: ResNetSpec, block: str) -> bool:
    return plan_of(spec, block).shortcut != "none"


@dataclass(frozen=True, eq=False)
class Anatomy:
    """What the engine found in a block of `spec`; channels are those that leave it."""

    found: m.Dissected
    spec: ResNetSpec

    @cached_property
    def plan(self) -> BlockPlan:
        return plan_of(self.spec, self.found.block)

    @property
    def identity(self) -> bool:
        return self.found.kind == "identity"

    @property
    def channels(self) -> int:
        return len(self.found.total.data)

    def part(self, name: str) -> m.FeatureMaps:
        found: m.FeatureMaps = getattr(self.found, name)
        return found

    def shape(self, name: str) -> tuple[int, ...]:
        """Of the whole part, `(C, H, W)`, even where not every pixel of it is shown."""
        part = self.part(name)
        return part.shape or part.data.shape

    # --- pictures ----------------------------------------------------------------------------------------------------

    def source(self, channel: int) -> int | None:
        """The channel of x that a channel of the shortcut is; None for a projection, which mixes all of them, and for
        zeros that were put in.
        """
        if self.identity:
            return channel
        if self.found.kind != "zero-pad":
            return None
        from_x = channel - (self.plan.out - self.plan.channels) // 2
        return from_x if 0 <= from_x < self.plan.channels else None

    def plane(self, name: str, channel: int) -> Floats | None:
        """One channel of a part, `(H, W)`. Of x where the shortcut mixes its channels their mean; None if no channel of
        x is in this one.
        """
        if name != "x":
            plane: Floats = self.part(name).data[channel]
            return plane
        source = self.source(channel)
        if source is not None:
            of_x: Floats = self.found.x.data[source]
            return of_x
        return self._mean_of_x if self.found.kind == "projection" else None

    @cached_property
    def _mean_of_x(self) -> Floats:
        return np.asarray(self.found.x.data.mean(0, dtype=np.float64), np.float32)

    def limit(self, channel: int | None = None) -> float:
        """The largest absolute value of a channel's five pictures, or of all; what is no number does not count."""
        if channel is None:
            return self._limit_of_all
        return max(_largest(plane) for name in PARTS if (plane := self.plane(name, channel)) is not None)

    @cached_property
    def _limit_of_all(self) -> float:
        return max(_largest(self.part(name).data) for name in PARTS)

    @cached_property
    def by_branch(self) -> tuple[int, ...]:
        """The channels, those first in which F(x) is longest."""
        flat = self.found.branch.data.reshape(self.channels, -1)
        lengths = np.nan_to_num(np.einsum("cp,cp->c", flat, flat), nan=0.0)
        return tuple(int(channel) for channel in np.argsort(-lengths, kind="stable"))

    # --- pixels ------------------------------------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of F(x) as it is shown."""
        _, rows, columns = self.found.total.data.shape
        return rows, columns

    def box(self, name: str, row: int, column: int) -> Box:
        """Where a pixel of the sum is in a part: of x what the shortcut reads for it."""
        if name != "x" or self.identity:
            return Box(row, column)
        top, rows = self._read(row, self.shape("x")[1])
        left, columns = self._read(column, self.shape("x")[2])
        return Box(top, left, rows, columns)

    def _read(self, at: int, side: int) -> tuple[int, int]:
        """The first pixel of x as it is shown, and how many, for a pixel of the sum along one side."""
        start = at * self.found.total.stride * self.plan.stride
        first, last = start, start
        projection = self.plan.projection
        if projection is not None and projection.pool:
            last = start + 1
        elif projection is not None:
            reach = projection.conv.dilation * (projection.conv.kernel // 2)
            first, last = start - reach, start + reach
        stride = self.found.x.stride
        first, last = max(first, 0) // stride, min(last, side - 1) // stride
        return first, last - first + 1

    def pixel(self, name: str, row: int, column: int) -> tuple[int, int]:
        """The pixel of the sum that a pixel of a part belongs to."""
        if name != "x" or self.identity:
            return row, column
        step = self.found.total.stride * self.plan.stride
        rows, columns = self.size
        stride = self.found.x.stride
        return min(row * stride // step, rows - 1), min(column * stride // step, columns - 1)

    def sum_at(self, channel: int, row: int, column: int) -> Sum:
        """The numbers of a pixel, as the network has them."""
        at, stride = (channel, row, column), self.found.total.stride
        values = [np.float32(self.part(name).data[at]) for name in PARTS[1:]]
        return Sum(channel, row * stride, column * stride, *values)


def _largest(values: Floats) -> float:
    low, high = float(values.min()), float(values.max())
    if math.isfinite(low) and math.isfinite(high):
        return max(-low, high)
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def digits(value: np.float32) -> str:
    """The shortest decimal that is this fp32 number and no other: `0.42134568`, `−1.5e−7`, `0`."""
    value = np.float32(value)
    if not np.isfinite(value):
        return str(value).replace("-", "−")
    large = float(abs(value))
    plain = large == 0 or 1e-4 <= large < 1e7
    text = (
        np.format_float_positional(value, unique=True, trim="-")
        if plain
        else np.format_float_scientific(value, unique=True, trim="-", exp_digits=1)
    )
    return text.replace("-", "−").replace("e+", "e")
