"""Where a cell of a map lies on the input: its own square, what it sees, what of that counts. No Qt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from resviz.arch.fields import Field
from resviz.engine.messages import Floats

#: How much of the effective field the square holds that stands for it.
MOST_OF_IT = 0.95


class Span(NamedTuple):
    """A rectangle in pixels of the input; parts of it may lie outside, in the padding."""

    left: float
    top: float
    width: float
    height: float

    def within(self, height: int, width: int) -> bool:
        """Whether all of it is on an input of this size."""
        return self.left >= 0 and self.top >= 0 and self.left + self.width <= width and self.top + self.height <= height


def seen_by(field: Field, row: int, column: int) -> Span:
    """The receptive field of a cell (Araujo 2019, section 2); `row` and `column` count all cells of the layer."""
    return Span(field.start + column * field.jump, field.start + row * field.jump, field.size, field.size)


def cell(field: Field, row: int, column: int) -> Span:
    """The cell's own square: one step wide, around the centre of what it sees."""
    half = (field.size - field.jump) / 2
    return Span(field.start + column * field.jump + half, field.start + row * field.jump + half, field.jump, field.jump)


def laid_over(field: Field, rows: int, columns: int, stride: int) -> Span:
    """What a map of so many shown cells covers, of which every `stride`-th of the layer is one."""
    first = cell(field, 0, 0)
    return Span(first.left, first.top, columns * stride * field.jump, rows * stride * field.jump)


def effective_side(values: Floats, centre: tuple[float, float]) -> int:
    """The side of the smallest square around a place (row, column of the input) with `MOST_OF_IT` of `(H, W)` values;
    0 where there are none.
    """
    rows, columns = np.indices(values.shape, dtype=np.float32)
    away = np.maximum(abs(rows + 0.5 - centre[0]), abs(columns + 0.5 - centre[1])).reshape(-1)
    nearest = np.argsort(away)
    held = np.cumsum(values.reshape(-1)[nearest], dtype=np.float64)
    if not held[-1] > 0:
        return 0
    at = int(np.searchsorted(held, MOST_OF_IT * held[-1]))
    return round(2 * float(away[nearest[min(at, len(nearest) - 1)]]) + 1)
