"""The colours of what speaks for a class and against it, and laying them over a picture.

Numpy alone, for the command line and the window alike.
"""

from __future__ import annotations

from functools import cache
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
_MOST, _BEND, _HALF = 0.995, 0.8, 255


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
    part: Floats = np.clip(finite, 0.0 if only_for else -1.0, 1.0).astype(np.float32)
    return part


def enlarged(values: Floats, height: int, width: int) -> Floats:
    """`(h, w)` to a size that is no smaller, bilinear between the middles of the places."""
    if values.shape == (height, width):
        return values
    return _stretched(_stretched(values, height).T, width).T


def _stretched(values: Floats, many: int) -> Floats:
    """`(few, n)` to `(many, n)`; the outermost values go on to the edge."""
    few = len(values)
    at = np.clip((np.arange(many) + 0.5) * few / many - 0.5, 0, few - 1)
    low = at.astype(np.intp)
    part = (at - low).astype(np.float32)[:, None]
    found: Floats = values[low] * (1 - part) + values[np.minimum(low + 1, few - 1)] * part
    return found


def coloured(part: Floats) -> Floats:
    """Shares `(...)` as colours `(..., 3)`, 0 to 255, white for 0."""
    places = np.linspace(-1, 1, len(DIVERGING))
    bands = [np.interp(part, places, band) for band in zip(*DIVERGING, strict=True)]
    return np.stack(bands, -1).astype(np.float32)


def laid(part: Floats) -> Floats:
    """Shares `(...)` as what is laid over a picture, `(..., 4)`: colours 0 to 255, and how much they cover, 0 to 1.

    A place that hardly counts is left as it is, not covered with white: the colours begin half-way to their ends.
    """
    sizes = np.abs(part)
    colours = coloured(np.sign(part) * (1 + sizes) / 2)
    return np.concatenate([colours, (sizes ** np.float32(_BEND))[..., None]], -1)


def overlay(part: Floats, height: int, width: int) -> Pixels:
    """Shares of any resolution as a sheet to lay over a picture, `(height, width, 4)` RGBA, or larger."""
    smooth = enlarged(part, max(height, part.shape[0]), max(width, part.shape[1]))
    sheet: Pixels = _table()[((smooth + 1) * _HALF + 0.5).astype(np.intp)]
    return sheet


@cache
def _table() -> Pixels:
    """`(steps, 4)` RGBA of shares from -1 to 1: looking a colour up is a hundred times faster than computing it."""
    part = np.linspace(-1, 1, 2 * _HALF + 1, dtype=np.float32)
    found: Pixels = (laid(part) * np.array([1, 1, 1, 255], np.float32)).round().astype(np.uint8)
    return found


def laid_over(picture: Pixels, values: Floats, method: str = "", strength: float = STRENGTH) -> Pixels:
    """A picture `(h, w, 3)` under a map of its resolution or less."""
    sheet = laid(enlarged(shares(values, reach(values, method)), *picture.shape[:2]))
    cover = strength * sheet[..., 3:]
    mixed: Pixels = (picture * (1 - cover) + sheet[..., :3] * cover).round().astype(np.uint8)
    return mixed
