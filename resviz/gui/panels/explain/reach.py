"""How much of what a place could see it really sees. Only numpy."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from resviz.arch.fields import Field
from resviz.engine.messages import Floats

#: How much of the gradient the pixels that count shall hold.
HELD = 0.95


class Span(NamedTuple):
    """Pixels along one axis, the last one not counted; may reach beyond the picture."""

    start: int
    stop: int

    def within(self, side: int) -> Span:
        """The part in a picture."""
        return Span(min(max(self.start, 0), side), max(min(self.stop, side), 0))

    @property
    def length(self) -> int:
        return max(self.stop - self.start, 0)


def span(field: Field, at: int) -> Span:
    """What output number `at` sees along one axis."""
    start = field.start + at * field.jump
    return Span(start, start + field.size)


def nearest(field: Field, pixel: float, count: int) -> int:
    """The output whose square's middle is nearest to a pixel's middle, of `count`."""
    middle = field.start + (field.size - 1) / 2
    return min(max(math.floor((pixel - middle) / field.jump + 0.5), 0), count - 1)


class Effective(NamedTuple):
    """`pixels` hold `HELD` of the gradient, `square` are in the picture's part of the theoretical square; `outside` is
    the share of the gradient beyond it.
    """

    pixels: int
    square: int
    outside: float

    @property
    def share(self) -> float:
        return self.pixels / self.square if self.square else 0.0

    @property
    def side(self) -> float:
        """Of a square with as many pixels."""
        return math.sqrt(self.pixels)


def effective(values: Floats, rows: Span, columns: Span) -> Effective | None:
    """Of a gradient `(H, W)`, none below 0; None where no pixel counts."""
    total = float(values.sum(dtype=np.float64))
    if not (math.isfinite(total) and total > 0):
        return None
    high, wide = rows.within(values.shape[0]), columns.within(values.shape[1])
    inside = float(values[high.start : high.stop, wide.start : wide.stop].sum(dtype=np.float64))
    held = np.cumsum(np.sort(values, axis=None)[::-1], dtype=np.float64)
    pixels = int(np.searchsorted(held, HELD * total)) + 1
    return Effective(min(pixels, values.size), high.length * wide.length, max(0.0, 1 - inside / total))
