"""The channels of a layer as a picture with its words, drawn by Pillow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from resviz.commands import letters
from resviz.commands.letters import PAPER
from resviz.heatmap import Floats
from resviz.maps import mosaic, plots, shades
from resviz.maps.shades import Range
from resviz.maps.statistics import Channels

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

CELL = 72
"""Pixels a channel is at least enlarged to, as far as whole factors reach."""
GAP = 8
LABEL = 15
LINE = 18
MOST_CHANNELS = 4096
BARS_A_ROW = 512
BAR_HEIGHT = 120
NAMED = 24
"""Up to so many values have a bar with a name beside it, as in the window."""
BAR_WIDTH, LYING, LONGEST = 320, 16, 160
MARGIN = 16
RAMP, HIGH = 160, 10
_SMALL = 10


@dataclass(frozen=True)
class Look:
    """How maps are painted: `op` is what made them, `over` the range of the colours (`whole` the network's), `order`
    the channels' (none: by number), `names` those of a `(C,)` layer's values.
    """

    op: str = ""
    over: Range = "channel"
    whole: tuple[float, float] | None = None
    order: NDArray[np.intp] | None = None
    names: Sequence[str] = ()


def draw(data: Floats, look: Look, facts: list[str]) -> Image.Image:
    """A grid of the channels of a `(C, H, W)` layer; bars for a `(C,)` one. No more than `MOST_CHANNELS`."""
    if data.ndim == 1:
        lie = len(look.names) == len(data) <= NAMED
        return _lying(data, look, facts) if lie else _standing(data[:MOST_CHANNELS], look, facts)
    return _grid(data, look, facts)


class _Sheet:
    """Paper with words at its head; `top` is where the rest begins."""

    def __init__(self, size: tuple[int, int], facts: list[str], ramp: _Ramp | None = None) -> None:
        from PIL import Image, ImageDraw

        inner = max(size[0], 280)
        words = letters.lines(facts, inner)
        widths = [letters.width(line) for line in words] + ([ramp.width] if ramp else [])
        self.top = MARGIN + LINE * (len(words) + (ramp is not None)) + GAP // 2
        self.image = Image.new("RGB", (max([size[0], *widths]) + 2 * MARGIN, self.top + size[1] + MARGIN), PAPER)
        self.pen: ImageDraw.ImageDraw = ImageDraw.Draw(self.image)
        for number, line in enumerate(words):
            letters.write(self.pen, (MARGIN, MARGIN // 2 + number * LINE), line)
        if ramp is not None:
            ramp.paint(self, MARGIN // 2 + len(words) * LINE)


@dataclass(frozen=True)
class _Ramp:
    """`low [colours] high  note`: which colour stands for which value."""

    table: NDArray[np.uint8]
    low: str
    high: str
    note: str

    @property
    def width(self) -> int:
        words = sum(letters.width(word, _SMALL) for word in (self.low, self.high, self.note))
        return words + RAMP + 3 * GAP

    def paint(self, sheet: _Sheet, top: int) -> None:
        from PIL import Image

        left = MARGIN
        letters.write(sheet.pen, (left, top + 2), self.low, _SMALL, muted=True)
        left += letters.width(self.low, _SMALL) + GAP
        strip = Image.fromarray(np.ascontiguousarray(self.table[None, mosaic.FIRST :, :3]))
        sheet.image.paste(strip.resize((RAMP, HIGH)), (left, top + 3))
        left += RAMP + GAP
        letters.write(sheet.pen, (left, top + 2), self.high, _SMALL, muted=True)
        left += letters.width(self.high, _SMALL) + GAP
        letters.write(sheet.pen, (left, top + 2), self.note, _SMALL, muted=True)


def _ramp(name: str, over: Range, low: float, high: float) -> _Ramp:
    table = plots.table(name)
    if over != "channel":
        return _Ramp(table, f"{low:.3g}", f"{high:.3g}", f"over the {over}")
    if name == plots.SIGNED:
        return _Ramp(table, "below 0", "above 0", "each channel by its own largest value")
    return _Ramp(table, "low", "high", "each channel by its own values")


def _grid(data: Floats, look: Look, facts: list[str]) -> Image.Image:
    from PIL import Image

    channels = Channels(data)
    name = shades.colour_map(shades.AUTOMATIC, look.op, float(channels.low.min()))
    signed, table = name == plots.SIGNED, plots.table(name)
    over = shades.reach(channels, look.over)
    lows, highs = shades.ends(channels, over, look.whole, signed)
    order = (look.order if look.order is not None else np.arange(len(data)))[:MOST_CHANNELS]
    tiles = mosaic.indices(data[order], lows[order], highs[order], signed=signed)
    tiles = mosaic.strike_out(tiles, channels.dead[order])
    _, height, width = tiles.shape
    factor = max(1, CELL // max(height, width))
    across, down = max(width * factor, 3 * GAP) + GAP, height * factor + LABEL
    columns = min(len(order), max(1, round(math.sqrt(len(order) * down / across))))
    size = (columns * across - GAP, math.ceil(len(order) / columns) * down)
    sheet = _Sheet(size, facts, _ramp(name, over, float(lows[0]), float(highs[0])))
    for place, channel in enumerate(order):
        left, top = MARGIN + place % columns * across, sheet.top + place // columns * down
        tile = Image.fromarray(_coloured(tiles[place], table))
        sheet.image.paste(tile.resize((width * factor, height * factor), Image.Resampling.NEAREST), (left, top))
        letters.write(sheet.pen, (left, top + height * factor + 1), str(channel), _SMALL)
    return sheet.image


def _coloured(tile: NDArray[np.uint8], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Indices `(H, W)` to `(H, W, 3)`; what is no number, and the stroke through a dead tile, is paper."""
    colours = table[tile]
    colours[colours[..., 3] == 0, :3] = PAPER
    return np.ascontiguousarray(colours[..., :3])


def _inks(data: Floats, look: Look) -> list[tuple[int, ...]]:
    """A colour for each value, all on one scale."""
    channels = Channels(data[:, None, None])
    name = shades.colour_map(shades.AUTOMATIC, look.op, float(channels.low.min()))
    signed, values = name == plots.SIGNED, channels.flat[:, 0]
    ends = shades.ends(channels, "layer", None, signed)
    steps = mosaic.indices(values[:, None, None], *ends, signed=signed)[:, 0, 0]
    return [tuple(colour) for colour in plots.table(name)[steps, :3].tolist()]


def _scale(data: Floats, room: int) -> tuple[Floats, float, float]:
    """The values without what is no number, the least of them (at most 0), and how many pixels one is worth."""
    values = Channels(data[:, None, None]).flat[:, 0]
    high, low = max(float(values.max()), 0.0), min(float(values.min()), 0.0)
    return values, low, room / ((high - low) or 1.0)


def _lying(data: Floats, look: Look, facts: list[str]) -> Image.Image:
    """One under the other, to the right or to the left from zero, with their names before and their values after."""
    values, low, unit = _scale(data, BAR_WIDTH)
    names = [letters.shortened(name, LONGEST, _SMALL) for name in look.names]
    figures = [f"{value:.3g}" for value in data]
    before, after = (max(letters.width(word, _SMALL) for word in words) + GAP for words in (names, figures))
    sheet = _Sheet((before + BAR_WIDTH + after, len(data) * LYING), facts)
    zero = MARGIN + before - low * unit
    for index, (value, ink) in enumerate(zip(values, _inks(data, look), strict=True)):
        top = sheet.top + index * LYING
        left, right = sorted((zero, zero + float(value) * unit))
        letters.write(sheet.pen, (MARGIN, top), names[index], _SMALL)
        sheet.pen.rectangle((left, top + 2, right, top + LYING - 5), fill=ink)
        letters.write(sheet.pen, (MARGIN + before + BAR_WIDTH + GAP, top), figures[index], _SMALL, muted=True)
    return sheet.image


def _standing(data: Floats, look: Look, facts: list[str]) -> Image.Image:
    """Columns up or down from zero, all on one scale, in rows of at most 512."""
    values, low, unit = _scale(data, BAR_HEIGHT)
    wide = min(len(data), BARS_A_ROW)
    step = max(2, min(40, 1000 // wide))
    down = BAR_HEIGHT + LABEL + GAP
    sheet = _Sheet((wide * step, math.ceil(len(data) / BARS_A_ROW) * down), facts)
    for index, (value, ink) in enumerate(zip(values, _inks(data, look), strict=True)):
        left, top = MARGIN + index % BARS_A_ROW * step, sheet.top + index // BARS_A_ROW * down
        zero = top + BAR_HEIGHT + low * unit
        ends = sorted((zero, zero - float(value) * unit))
        sheet.pen.rectangle((left, ends[0], left + step - 1 - (step > 3), ends[1]), fill=ink)
        if index % math.ceil(28 / step) == 0:
            letters.write(sheet.pen, (left, top + BAR_HEIGHT + 2), str(index), _SMALL)
    return sheet.image
