"""From a picture to what a network takes, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from resviz.errors import PrepareError
from resviz.nets import digit
from resviz.nets.images import Picture, Pixels
from resviz.ways import INTERPOLATIONS, LARGEST_RESIZE, OWN, WIDEST_VALUE, Box, How, Interpolation, Preparation

WHOLE_PIXELS = 16_000_000
"""Up to here the resized picture is made whole, to equal torchvision's to the pixel; beyond, only what is looked at:
100,000×1 would become 25 million wide."""
THUMBNAIL = 512
_WAYS: tuple[How, ...] = ("square", "short", "digit")
#: A given box is at least this wide and high, in pixels of the picture.
_LEAST = 0.5
#: Pictures beyond are reduced by a whole factor first where only a thumbnail is made.
_LARGE = 4_000_000

Pixel = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Steps:
    """How a picture became a network's input, with the values in force.

    `box`: left, top, right, bottom of what was looked at, in pixels of the upright original; that of a `digit` may
    reach beyond the picture. `resized_size` is the (width, height) of the whole picture after resizing. `tensor` is
    `(C, H, W)`, normalised; `seen` `(size, size, 3)` the same before that; `batch` `(1, C, H, W)`. `resize` is the side
    that was resized to: of the picture's short side, of a digit's long one. `own` has the weights' own values, `source`
    says whose they are.
    """

    how: How
    resize: int
    interpolation: Interpolation
    box: Pixel
    resized_size: tuple[int, int]
    tensor: NDArray[np.float32]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    own: Preparation
    source: str
    seen: Pixels
    batch: torch.Tensor
    thumbnail: Callable[[], Pixels] = field(repr=False)

    @property
    def resized(self) -> Pixels:
        """The picture after resizing, `(h, w, 3)`, the long side at most 512; made when asked for, as no network
        needs it.
        """
        return self.thumbnail()


class _Look(NamedTuple):
    """What is looked at: `box` in shares of the picture, `whole` the resized picture, reduced for showing."""

    seen: Image.Image
    box: Box
    resized_size: tuple[int, int]
    whole: Callable[[], Image.Image]


@dataclass(frozen=True)
class Preprocess:
    """From a picture to a network's input of `(1, channels, size, size)`.

    `how` is `square`: the centre square, resized; `short`: the short side resized to `resize` (at least `size`), then
    the centre cut out, which is torchvision's `ImageClassification`; or `digit`: see `nets.digit`. `mean` and `std`
    have a value a channel, of values 0 to 1. `source` is whose values they are: "card", "torchvision", "file",
    "assumed" or "neutral".
    """

    size: int
    channels: int = 3
    how: How = "square"
    resize: int = 0
    interpolation: Interpolation = "bilinear"
    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.25,)
    source: str = "neutral"

    def changed(self, wanted: Preparation) -> Preprocess:
        """With what the user changed. Raises `PrepareError` for what makes no sense."""
        _check(wanted)
        return replace(
            self,
            how=wanted.how or self.how,
            resize=self.resize if wanted.resize is None else wanted.resize,
            interpolation=wanted.interpolation or self.interpolation,
            mean=wanted.mean or self.mean,
            std=wanted.std or self.std,
        )

    def steps(self, picture: Picture, wanted: Preparation = OWN) -> Steps:
        """From a picture to the network's input, step by step. `wanted.box` is moved into the picture if it lies
        outside. Raises `PrepareError` for values that make no sense.
        """
        how = self.changed(wanted)
        look = how._look(picture.image, wanted.box)
        seen = how._pixels(look.seen)
        tensor = how.tensor(seen)
        width, height = picture.original_size
        return Steps(
            how=how.how,
            resize=how.side,
            interpolation=how.interpolation,
            box=_scaled(look.box, (width, height)),
            resized_size=look.resized_size,
            tensor=tensor[0].numpy(),
            mean=how._each(how.mean),
            std=how._each(how.std),
            own=self.own,
            source=self.source,
            seen=seen,
            batch=tensor,
            thumbnail=lambda: np.asarray(look.whole().convert("RGB")),
        )

    @property
    def own(self) -> Preparation:
        """All its values, a mean and a standard deviation for each channel."""
        return Preparation(self.how, self.side, self.interpolation, None, self._each(self.mean), self._each(self.std))

    @property
    def side(self) -> int:
        """The side resized to, as it is in force: `resize` is of `short` only."""
        if self.how == "digit":
            return digit.ink_side(self.size)
        return max(self.resize, self.size) if self.how == "short" else self.size

    def seen(self, image: Image.Image, box: Box | None = None) -> Pixels:
        """What the network sees, `(size, size, 3)`; grey when it has one channel."""
        return self._pixels(self._look(image, box).seen)

    def tensor(self, seen: Pixels) -> torch.Tensor:
        """`seen` as `(1, channels, size, size)` fp32; channels beyond RGB repeat R, G, B in turn."""
        order = [index % 3 for index in range(self.channels)]
        planes = torch.from_numpy(np.ascontiguousarray(seen.transpose(2, 0, 1)[order])).float().div_(255)
        mean, std = (_column(values, self.channels) for values in (self.mean, self.std))
        return planes.sub_(mean).div_(std).unsqueeze_(0)

    # --- where it looks ----------------------------------------------------------------------------------------

    def _look(self, image: Image.Image, box: Box | None) -> _Look:
        if box is not None:
            box = _inside(box, image.size)
        if self.how == "digit":
            return self._digit(image, box)
        return self._short(image, box) if self.how == "short" else self._cut(image, box or _centre(image.size))

    def _short(self, image: Image.Image, box: Box | None) -> _Look:
        """torchvision.transforms.functional: `resize` with an int, then `center_crop`, to the pixel; a box of the same
        size is a crop at another place.
        """
        width, height = image.size
        long = int(self.side * max(width, height) / min(width, height))
        scaled = (self.side, long) if width <= height else (long, self.side)
        corner = self._corner(scaled, box)
        if corner is None:
            assert box is not None
            return self._cut(image, box)
        left, top = corner
        pixels = (left, top, left + self.size, top + self.size)
        shares = (left / scaled[0], top / scaled[1], pixels[2] / scaled[0], pixels[3] / scaled[1])
        if scaled[0] * scaled[1] > WHOLE_PIXELS:
            return self._cut(image, shares, scaled)
        whole = image.resize(scaled, self._filter)
        return _Look(whole.crop(pixels), shares, scaled, lambda: _reduced(whole, scaled, Image.Resampling.BILINEAR))

    def _corner(self, scaled: tuple[int, int], box: Box | None) -> tuple[int, int] | None:
        """Where the crop begins in the resized picture; None for a box of another size."""
        if box is None:
            return (round((scaled[0] - self.size) / 2.0), round((scaled[1] - self.size) / 2.0))
        left, top, right, bottom = _scaled(box, scaled)
        if abs(right - left - self.size) > 0.5 or abs(bottom - top - self.size) > 0.5:
            return None
        return (min(round(left), scaled[0] - self.size), min(round(top), scaled[1] - self.size))

    def _cut(self, image: Image.Image, box: Box, scaled: tuple[int, int] | None = None) -> _Look:
        """The box is cut out of the picture and resized."""
        place = _scaled(box, image.size)
        place = (*place[:2], min(place[2], image.width), min(place[3], image.height))
        seen = image.resize((self.size, self.size), self._filter, box=place)
        if scaled is None:
            width, height = ((box[2] - box[0]), (box[3] - box[1]))
            scaled = (max(1, round(self.size / width)), max(1, round(self.size / height)))
        return _Look(seen, box, scaled, lambda: _reduced(image, scaled, self._filter))

    def _digit(self, image: Image.Image, box: Box | None) -> _Look:
        """Written strokes in the box, or in the whole picture."""
        if box is not None:
            left, top, right, bottom = _scaled(box, image.size)
            image = image.crop((math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)))
        found = digit.find(image, self.size, self._filter)
        return _Look(found.seen, box or found.box, found.resized_size, found.whole)

    def _pixels(self, seen: Image.Image) -> Pixels:
        return np.asarray(seen.convert("L").convert("RGB") if self.channels == 1 else seen.convert("RGB"))

    @property
    def _filter(self) -> Image.Resampling:
        return Image.Resampling[self.interpolation.upper()]

    def _each(self, values: Sequence[float]) -> tuple[float, ...]:
        return _values(values, self.channels)


# --- boxes --------------------------------------------------------------------------------------------------


def _centre(size: tuple[int, int]) -> Box:
    """The centre square, in shares."""
    side = min(size)
    left, top = (size[0] - side) / 2, (size[1] - side) / 2
    return (left / size[0], top / size[1], (left + side) / size[0], (top + side) / size[1])


def _scaled(box: Box, size: tuple[int, int]) -> Pixel:
    """Shares to pixels."""
    width, height = size
    return (box[0] * width, box[1] * height, box[2] * width, box[3] * height)


def _inside(box: Box, size: tuple[int, int]) -> Box:
    """The box moved into the picture, no larger than it and no smaller than half a pixel."""
    (left, right), (top, bottom) = (
        _span(box[at], box[at + 2], min(1.0, _LEAST / side)) for at, side in zip((0, 1), size, strict=True)
    )
    return (left, top, right, bottom)


def _span(low: float, high: float, least: float) -> tuple[float, float]:
    low, high = min(low, high), max(low, high)
    length = min(1.0, max(least, high - low))
    low = min(max(low, 0.0), 1.0 - length)
    return (low, low + length)


def _reduced(image: Image.Image, size: tuple[int, int], way: Image.Resampling) -> Image.Image:
    """The picture at `size`, or smaller where its long side would be above `THUMBNAIL`."""
    shrink = min(1.0, THUMBNAIL / max(size))
    small = (max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink)))
    gap = 3.0 if image.width * image.height > _LARGE else None
    return image.resize(small, way, reducing_gap=gap)


# --- values -------------------------------------------------------------------------------------------------


def _check(wanted: Preparation) -> None:
    if wanted.how is not None and wanted.how not in _WAYS:
        raise PrepareError("prepare_word", field="how", known=", ".join(_WAYS), value=wanted.how)
    if wanted.interpolation is not None and wanted.interpolation not in INTERPOLATIONS:
        known = ", ".join(INTERPOLATIONS)
        raise PrepareError("prepare_word", field="interpolation", known=known, value=wanted.interpolation)
    if wanted.resize is not None and not 1 <= wanted.resize <= LARGEST_RESIZE:
        raise PrepareError("prepare_resize", high=LARGEST_RESIZE, value=wanted.resize)
    if wanted.box is not None and not (len(wanted.box) == 4 and all(map(math.isfinite, wanted.box))):
        raise PrepareError("prepare_box")
    for value in wanted.mean:
        if not abs(value) <= WIDEST_VALUE:  # nor is NaN
            raise PrepareError("prepare_mean", value=value)
    for value in wanted.std:
        if not 1 / WIDEST_VALUE <= value <= WIDEST_VALUE:
            raise PrepareError("prepare_std", value=value)


def _values(values: Sequence[float], channels: int) -> tuple[float, ...]:
    """One a channel: as they are, their average for a single channel, or repeated."""
    if len(values) == channels:
        return tuple(values)
    if channels == 1:
        return (sum(values) / len(values),)
    return tuple(values[index % len(values)] for index in range(channels))


def _column(values: Sequence[float], channels: int) -> torch.Tensor:
    """`_values` as `(channels, 1, 1)`."""
    return torch.tensor(_values(values, channels), dtype=torch.float32).view(-1, 1, 1)
