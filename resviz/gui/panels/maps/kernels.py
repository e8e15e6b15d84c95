"""Kernels of a convolution as tiles: RGB where a filter looks at colours, else a tile for each channel it looks at."""

from __future__ import annotations

import numpy as np

from resviz.engine.messages import Floats, KernelsFound, Pixels
from resviz.maps import mosaic


def are_colours(weights: Floats) -> bool:
    """Whether `(out, in, k, k)` look at red, green and blue."""
    return bool(weights.shape[1] == 3)


def whole_at_once(weights: Floats) -> bool:
    """Whether one picture holds every filter: of more inputs there is one picture for each filter."""
    return bool(weights.shape[1] in (1, 3))


def colour_tiles(weights: Floats, per_filter: bool, gamma: float) -> Pixels:
    """`(out, k, k, 3)` for `(out, 3, k, k)`: zero is middle grey, red more of red."""
    least = np.float32(1e-30)
    size = np.abs(weights)
    most = size.max(axis=(1, 2, 3), keepdims=True) if per_filter else size.max()
    share = weights / np.maximum(most, least)
    bent = np.sign(share) * np.abs(share) ** np.float32(gamma)
    tiles: Pixels = np.round((bent + 1) * 127.5).astype(np.uint8).transpose(0, 2, 3, 1)
    return tiles


def signed_tiles(weights: Floats, per_filter: bool, gamma: float) -> tuple[Pixels, float, float]:
    """Colour indices of `(n, k, k)` kernels with zero in the middle, and the ends of the scale where they share one."""
    low, high = mosaic.limits(weights, per_filter, signed=True)
    return mosaic.indices(weights, low, high, gamma, signed=True), float(low.min()), float(high.max())


def kept(found: KernelsFound, channel: int) -> int:
    """The place among those that are here of the filter that makes a channel, or of the one next to it."""
    return min(round(channel / found.stride), len(found.weights) - 1)
