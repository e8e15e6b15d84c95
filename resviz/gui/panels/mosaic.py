"""Feature maps to one picture: numbers to colour indices, channels to a grid of tiles. Only numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resviz.engine.messages import Floats, Pixels

#: Index 0 is the gap between tiles and what is no number; the values have the rest of a 256-colour table.
GAP, FIRST, LAST = 0, 1, 255


@dataclass(frozen=True)
class Grid:
    """Tiles of `height` by `width` map pixels, `columns` to a row, `gap` map pixels between them."""

    channels: int
    height: int
    width: int
    columns: int
    gap: int

    @property
    def rows(self) -> int:
        return -(-self.channels // self.columns)

    @property
    def pitch(self) -> tuple[int, int]:
        """Rows and columns of map pixels from one tile to the next."""
        return self.height + self.gap, self.width + self.gap

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the whole mosaic; no gap at the outer edge."""
        down, across = self.pitch
        return self.rows * down - self.gap, self.columns * across - self.gap

    def corner(self, channel: int) -> tuple[int, int]:
        """Where a tile begins: x, y."""
        down, across = self.pitch
        return channel % self.columns * across, channel // self.columns * down

    def at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """Channel, row and column of the map under a point of the mosaic; None over a gap or beside it."""
        down, across = self.pitch
        row, column = math.floor(y / down), math.floor(x / across)
        inner_y, inner_x = math.floor(y - row * down), math.floor(x - column * across)
        channel = row * self.columns + column
        inside = 0 <= column < self.columns and 0 <= channel < self.channels
        if not inside or inner_y >= self.height or inner_x >= self.width:
            return None
        return channel, inner_y, inner_x


def grid_for(shape: tuple[int, int, int], aspect: float) -> Grid:
    """The grid whose tiles come out largest in a view `aspect` times as wide as high."""
    channels, height, width = shape
    gap = max(1, round(max(height, width) / 14))
    down, across = height + gap, width + gap
    ideal = math.sqrt(channels * aspect * down / across)

    def tile_scale(columns: int) -> float:
        return min(aspect / (columns * across), 1 / (-(-channels // columns) * down))

    near = (math.floor(ideal), math.ceil(ideal), math.ceil(ideal) + 1)
    best = max((min(channels, max(1, count)) for count in near), key=tile_scale)
    return Grid(channels, height, width, best, gap)


def limits(maps: Floats, per_channel: bool, signed: bool) -> tuple[Floats, Floats]:
    """The values at the ends of the colour scale, `(C,)` each; `signed` puts zero in the middle of it."""
    # A value that is no number counts as zero here and as a gap in the picture.
    flat = maps if np.isfinite(maps).all() else np.nan_to_num(maps, posinf=0.0, neginf=0.0)
    flat = flat.reshape(len(maps), -1)
    low, high = flat.min(axis=1), flat.max(axis=1)
    if not per_channel:
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
    if signed:
        high = np.maximum(np.abs(low), np.abs(high))
        high[high == 0] = 1
        low = -high
    return low, high


def indices(maps: Floats, low: Floats, high: Floats) -> Pixels:
    """Colour indices `(C, H, W)`; a channel of one value gets the scale's lowest colour."""
    with np.errstate(over="ignore", invalid="ignore"):
        span = high - low
        scale = np.divide(LAST - FIRST, span, out=np.zeros_like(span), where=span > 0)
        scale[~np.isfinite(scale)] = 0  # a span so small that the quotient overflows is as good as none
        scaled = maps * scale[:, None, None]
        scaled += (FIRST + np.float32(0.5) - low * scale)[:, None, None]
    scaled[~np.isfinite(scaled)] = GAP
    np.clip(scaled, GAP, LAST, out=scaled)
    result: Pixels = scaled.astype(np.uint8)
    return result


def lay_out(tiles: Pixels, grid: Grid) -> Pixels:
    """`(C, H, W)` indices as one picture of `grid.size`."""
    down, across = grid.pitch
    canvas = np.full((grid.rows, grid.columns, down, across), GAP, np.uint8)
    canvas.reshape(-1, down, across)[: grid.channels, : grid.height, : grid.width] = tiles
    picture = canvas.transpose(0, 2, 1, 3).reshape(grid.rows * down, grid.columns * across)
    height, width = grid.size
    return np.ascontiguousarray(picture[:height, :width])


def table(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A `(256, 4)` colour table for `indices` from `(255, 3)` colours; the gap is transparent."""
    result = np.zeros((256, 4), np.uint8)
    result[FIRST:, :3] = colours
    result[FIRST:, 3] = 255
    return result
