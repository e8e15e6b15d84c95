"""Written strokes, scaled and centred as MNIST's are (LeCun, Bottou, Bengio and Haffner 1998, section III.A): the long
side 20 of 28 pixels, the centre of mass in the middle, white on black.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resviz.ways import Box

INK_SHARE = 20 / 28
MIDDLE = 14.5 / 28
"""Where MNIST has the centre of mass: in the middle of pixel 14, counted from 0 (measured on its test pictures)."""
WORK = 512
"""The long side in pixels of the picture in which strokes are looked for."""
LEAST_CONTRAST = 24
"""Grey values between paper and ink; what has less is an empty sheet."""
FAINT = 16
#: Ink is this many times as far from the paper as the paper's own unevenness, or half as far as the darkest ink.
_NOISE, _HALF = 3.0, 0.5
#: Strokes that are of the wanted size by this share are not resized, which would blur them.
_FITS = 0.1

Grey = NDArray[np.float32]


class Found(NamedTuple):
    """`seen`: `(size, size)`, grey. `box` is the square looked at in shares of the picture, which may reach beyond
    it; `whole` the whole picture, white on black, at most `WORK` pixels long, `resized_size` its (width, height) at the
    scale of `seen`.
    """

    seen: Image.Image
    box: Box
    resized_size: tuple[int, int]
    whole: Callable[[], Image.Image]


def ink_side(size: int) -> int:
    """The long side of the strokes in an input of `size` pixels."""
    return max(1, round(size * INK_SHARE))


def find(image: Image.Image, size: int, way: Image.Resampling) -> Found:
    """The strokes of a picture, centred in `size` by `size` pixels; a picture without any becomes black."""
    small = image.convert("L").reduce(max(1, -(-max(image.size) // WORK)))
    ink = _ink(np.asarray(small, np.float32))
    height, width = ink.shape
    left, top, side = _square(ink, size)
    box = (left / width, top / height, (left + side) / width, (top + side) / height)
    sheet = Image.fromarray(ink.round().astype(np.uint8))
    seen = _stretched(_cut(sheet, left, top, side, size, way))
    scaled = (max(1, round(width * size / side)), max(1, round(height * size / side)))
    return Found(seen, box, scaled, lambda: _at(sheet, scaled, way))


def _ink(grey: Grey) -> Grey:
    """How much ink there is at each pixel, 0 to 255; the paper, its noise with it, is 0."""
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    paper = float(np.median(border))
    dark = paper - float(grey.min()) > float(grey.max()) - paper
    ink = np.maximum(paper - grey if dark else grey - paper, 0).astype(np.float32)
    peak = float(ink.max())
    if peak < LEAST_CONTRAST:
        return np.zeros_like(ink)
    noise = float(np.percentile(np.abs(border - paper), 95))
    ink[ink < min(max(FAINT, _NOISE * noise), _HALF * peak)] = 0
    stretched: Grey = ink * np.float32(255 / peak)
    return stretched


def _square(ink: Grey, size: int) -> tuple[float, float, float]:
    """Left, top and side of the square to look at: its middle is the ink's centre of mass, and no ink is outside."""
    height, width = ink.shape
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        side = float(min(width, height))
        return (width - side) / 2, (height - side) / 2, side
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    wanted = ink_side(size)
    long = max(bottom - top, right - left)
    fits = abs(long - wanted) <= _FITS * wanted and long <= size
    side = float(size) if fits else long / INK_SHARE
    x = _start(ink.sum(axis=0), left, right, side)
    y = _start(ink.sum(axis=1), top, bottom, side)
    return (float(round(x)), float(round(y)), side) if fits else (x, y, side)


def _start(mass: Grey, low: int, high: int, side: float) -> float:
    """Where the square begins along one axis; strokes that are all on one side of their mass would be cut off."""
    middle = float(np.average(np.arange(len(mass)) + 0.5, weights=mass))
    return min(max(middle - side * MIDDLE, high - side), float(low))


def _cut(sheet: Image.Image, left: float, top: float, side: float, size: int, way: Image.Resampling) -> Image.Image:
    """The square, resized; beyond the sheet it is black."""
    x, y = int(np.floor(left)), int(np.floor(top))
    right, bottom = int(np.ceil(left + side)), int(np.ceil(top + side))
    part = sheet.crop((x, y, right, bottom))
    place = (left - x, top - y, min(left - x + side, part.width), min(top - y + side, part.height))
    return part.resize((size, size), way, box=place)


def _stretched(seen: Image.Image) -> Image.Image:
    """Thin strokes fade when a large picture shrinks: the brightest pixel is white again."""
    peak = seen.getextrema()[1]
    assert isinstance(peak, (int, float))
    return seen.point(lambda value: value * 255 / peak) if 0 < peak < 255 else seen


def _at(sheet: Image.Image, scaled: tuple[int, int], way: Image.Resampling) -> Image.Image:
    shrink = min(1.0, WORK / max(scaled))
    return sheet.resize((max(1, round(scaled[0] * shrink)), max(1, round(scaled[1] * shrink))), way)
