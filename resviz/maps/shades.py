"""Which colours stand for which values: range, gamma, colour map. Only numpy and the tables of `plots`."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from resviz.heatmap import Floats
from resviz.maps import mosaic, plots
from resviz.maps.statistics import Channels

Range = Literal["channel", "layer", "network"]
RANGES: tuple[Range, ...] = ("channel", "layer", "network")
GAMMAS = (1.0, 0.7, 0.5, 0.3)
AUTOMATIC = "auto"
#: What these make has both signs by nature, even where a picture brought out one only.
_SIGNED = frozenset({"conv", "bn", "gn", "add"})


def colour_map(chosen: str, op: str, low: float) -> str:
    """The name of a table; automatic is diverging before a ReLU and where values are negative, else sequential."""
    if chosen != AUTOMATIC:
        return chosen
    return plots.SIGNED if op in _SIGNED or low < 0 else plots.COLOUR_MAPS[0]


def reach(channels: Channels, over: Range) -> Range:
    """What a scale is taken over: a channel of one value would be at both ends of its own."""
    return "layer" if over == "channel" and channels.flat.shape[1] == 1 else over


def ends(channels: Channels, over: Range, whole: tuple[float, float] | None, signed: bool) -> tuple[Floats, Floats]:
    """The values at the ends of each channel's scale, `(C,)` each; `signed` puts zero in the middle. `whole` are the
    network's, once they are known; of those a layer without negative values needs the part from zero up.
    """
    low, high = channels.low, channels.high
    if over != "channel":
        least, greatest = (float(low.min()), float(high.max())) if over == "layer" or whole is None else whole
        if not signed and low.min() >= 0:
            least = max(least, 0.0)
        low, high = np.full_like(low, least), np.full_like(high, greatest)
    if signed:
        high = np.maximum(np.abs(low), np.abs(high))
        high[high == 0] = 1
        low = -high
    return low, high


def bent_bar(table: NDArray[np.uint8], gamma: float, signed: bool) -> NDArray[np.uint8]:
    """The colours of evenly spaced values: what a scale beside the picture must show."""
    result = table.copy()
    bent: NDArray[np.uint8] = mosaic.curve(mosaic.LAST - mosaic.FIRST + 1, gamma, signed)
    result[mosaic.FIRST :] = table[bent]
    return result
