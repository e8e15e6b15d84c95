"""The colours of what speaks for a class and against it, and laying them over a picture.

Numpy alone, for the command line and the window alike.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Pixels: TypeAlias = NDArray[np.uint8]

#: From against to for: blue, white, red, at five places (after ColorBrewer's RdBu by Brewer, Apache 2.0 terms).
DIVERGING = ((5, 48, 97), (67, 147, 195), (247, 247, 247), (214, 96, 77), (103, 0, 31))
STRENGTH = 0.75
"""How much of the picture the strongest place covers, unless said otherwise."""
SPARSE = ("ig", "gradient")
"""Methods with a few pixels far above all others; the scale of their colours ends before those."""
_MOST, _BEND = 0.995, 0.7


def reach(values: Floats, method: str = "") -> float:
    """The absolute value at the ends of the colours, above 0: the largest, or one that a few of a `SPARSE` method's
    pixels are beyond.
    """
    sizes = np.abs(np.nan_to_num(values, posinf=0, neginf=0))
    end = float(np.quantile(sizes, _MOST)) if method in SPARSE else float(sizes.max(initial=0))
    return end or float(sizes.max(initial=0)) or 1.0


def shares(values: Floats, end: float, only_for: bool = False) -> Floats:
    """Values as shares of `end`, -1 to 1; what is no number is 0. `only_for`: nothing below 0, as in Grad-CAM's
    equation 2 (Selvaraju 2017).
    """
    finite = np.nan_to_num(values, posinf=0, neginf=0) / np.float32(end)
    return np.clip(finite, 0.0 if only_for else -1.0, 1.0).astype(np.float32)


def enlarged(values: Floats, height: int, width: int) -> Floats:
    """`(h, w)` to a size that is no smaller, bilinear between the middles of the places."""
    rows, columns = _weights(values.shape[0], height), _weights(values.shape[1], width)
    return rows @ values @ columns.T


def _weights(few: int, many: int) -> Floats:
    """`(many, few)`: how much each value counts at each new place; the outermost go on to the edge."""
    at = np.clip((np.arange(many) + 0.5) * few / many - 0.5, 0, few - 1)
    low = np.minimum(at.astype(int), max(few - 2, 0))
    found = np.zeros((many, few), np.float32)
    found[np.arange(many), low] = 1 - (at - low)
    found[np.arange(many), np.minimum(low + 1, few - 1)] += at - low
    return found


def coloured(part: Floats) -> NDArray[np.float32]:
    """Shares `(...)` as colours `(..., 3)`, 0 to 255."""
    places = np.linspace(-1, 1, len(DIVERGING))
    bands = [np.interp(part, places, band) for band in zip(*DIVERGING, strict=True)]
    return np.stack(bands, -1).astype(np.float32)


def covering(part: Floats) -> Floats:
    """How much of the picture shares cover at full strength, 0 to 1: the more a place counts, the more."""
    return np.abs(part) ** np.float32(_BEND)


def overlay(part: Floats, height: int, width: int) -> Pixels:
    """Shares of any resolution as a sheet to lay over a picture, `(height, width, 4)` RGBA."""
    smooth = enlarged(part, max(height, part.shape[0]), max(width, part.shape[1]))
    sheet = np.concatenate([coloured(smooth), 255 * covering(smooth)[..., None]], -1)
    return sheet.round().astype(np.uint8)


def laid_over(picture: Pixels, values: Floats, method: str = "", strength: float = STRENGTH) -> Pixels:
    """A picture `(h, w, 3)` under a map of its resolution or less."""
    smooth = enlarged(shares(values, reach(values, method)), *picture.shape[:2])
    cover = strength * covering(smooth)[..., None]
    return (picture * (1 - cover) + coloured(smooth) * cover).round().astype(np.uint8)
