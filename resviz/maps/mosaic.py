"""Feature maps to one picture: numbers to colour indices, channels to a grid of tiles. Only numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resviz.heatmap import Floats, Pixels

#: Index 0 is the gap between tiles and what is no number; the values have the rest of a 256-colour table.
GAP, FIRST, LAST = 0, 1, 255
#: In tiles with fewer values across a stroke would be as broad as those.
_FEW = 12
#: So many levels before a curve is laid over them, so that what it spreads apart has levels of its own.
_FINE = (1 << 14) - 2
#: So many numbers are worked on at a time: they stay in the processor's cache from one step to the next.
_AT_ONCE = 1 << 17


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


def grid_of_width(shape: tuple[int, int, int], columns: int) -> Grid:
    """So many tiles in a row, whatever the height."""
    grid = grid_for(shape, 1.0)
    return Grid(grid.channels, grid.height, grid.width, max(1, min(columns, grid.channels)), grid.gap)


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


def indices(maps: Floats, low: Floats, high: Floats, gamma: float = 1.0, signed: bool = False) -> Pixels:
    """Colour indices `(C, H, W)`; a channel of one value gets the scale's lowest colour. `gamma` below 1 brings out
    small values: those near the low end or, if `signed`, near the middle.
    """
    levels = LAST - FIRST if gamma == 1 else _FINE
    with np.errstate(over="ignore", invalid="ignore"):
        span = high - low
        scale = np.divide(levels, span, out=np.zeros_like(span), where=span > 0)
        scale[~np.isfinite(scale)] = 0  # a span so small that the quotient overflows is as good as none
        shift = FIRST + np.float32(0.5) - low * scale
    table = None if gamma == 1 else np.concatenate([[np.uint8(GAP)], curve(levels + 1, gamma, signed)])
    result: Pixels = np.empty(maps.shape, np.uint8)
    step = max(1, _AT_ONCE // max(1, maps[0].size)) if len(maps) else 1
    for start in range(0, len(maps), step):
        part = slice(start, start + step)
        scaled = _scaled(maps[part], scale[part], shift[part], levels)
        result[part] = scaled if table is None else table[scaled.astype(np.uint16)]
    return result


def _scaled(maps: Floats, scale: Floats, shift: Floats, levels: int) -> Floats:
    """From `FIRST` up, in `levels` steps; what is no number is a gap."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled: Floats = maps * scale[:, None, None]
        scaled += shift[:, None, None]
        if not np.isfinite(scaled.sum()):
            scaled[~np.isfinite(scaled)] = GAP
    np.clip(scaled, GAP, levels + FIRST, out=scaled)
    return scaled


def curve(levels: int, gamma: float, signed: bool) -> Pixels:
    """Colour indices of evenly spaced values from the low end to the high one."""
    share = np.linspace(0, 1, levels)
    if signed:
        away = 2 * share - 1
        share = (np.sign(away) * np.abs(away) ** gamma + 1) / 2
    else:
        share = share**gamma
    result: Pixels = (FIRST + share * (LAST - FIRST) + 0.5).astype(np.uint8)
    return result


def strike_out(tiles: Pixels, dead: NDArray[np.bool_]) -> Pixels:
    """The tiles, with a stroke through each of those that are `dead`, `(C,)`; of few values a stroke would look like
    some of them, so there nothing is left.
    """
    if not dead.any():
        return tiles
    height, width = tiles.shape[1:]
    rows, columns = np.indices((height, width))
    at = width - 1 - rows * (width - 1) / max(1, height - 1)
    stroke = (np.abs(columns - at) <= max(0.5, width / 48, width / (2 * height))) | (min(height, width) < _FEW)
    struck = tiles.copy()
    struck[dead] = np.where(stroke, np.uint8(GAP), tiles[dead])
    return struck


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
