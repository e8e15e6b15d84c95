"""From a picture to what a network takes, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from resviz.nets.images import Picture, Pixels
from resviz.ways import OWN, How, Interpolation, Preparation

LONGEST = 8
"""Times its short side: what of a longer picture is looked at."""


@dataclass(frozen=True, eq=False)
class Steps:
    """How a picture became a network's input, with the values in force.

    `box`: left, top, right, bottom of what was looked at, in pixels of the upright original. `resized` is the picture
    after resizing, `(h, w, 3)`, the long side at most 512; `resized_size` its true (width, height). `tensor` is
    `(C, H, W)`, normalised; `seen` `(size, size, 3)` the same before that; `batch` `(1, C, H, W)`. `own` has the
    weights' own values, `source` says whose they are.
    """

    how: How
    resize: int
    interpolation: Interpolation
    box: tuple[float, float, float, float]
    resized: Pixels
    resized_size: tuple[int, int]
    tensor: NDArray[np.float32]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    own: Preparation
    source: str
    seen: Pixels
    batch: torch.Tensor


@dataclass(frozen=True)
class Preprocess:
    """From a picture to a network's input of `(1, channels, size, size)`.

    `how` is `square`: the centre square, resized; or `short`: the short side resized to `resize`, then the
    centre cut out, which is torchvision's `ImageClassification`. `mean` and `std` have a value a channel, of
    values 0 to 1.
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
        """With what the user changed."""
        return replace(
            self,
            how=wanted.how or self.how,
            resize=wanted.resize or self.resize,
            interpolation=wanted.interpolation or self.interpolation,
            mean=wanted.mean or self.mean,
            std=wanted.std or self.std,
        )

    def steps(self, picture: Picture, wanted: Preparation = OWN) -> Steps:
        """From a picture to the network's input, step by step."""
        how = self.changed(wanted)
        seen = how.seen(picture.image)
        mean, std = (tuple(_column(values, self.channels).flatten().tolist()) for values in (how.mean, how.std))
        own = Preparation(self.how, self.resize, self.interpolation, None, self.mean, self.std)
        width, height = picture.original_size
        tensor = how.tensor(seen)
        return Steps(
            how.how,
            how.resize,
            how.interpolation,
            _centre((width, height)),
            seen,
            (self.size, self.size),
            tensor[0].numpy(),
            mean,
            std,
            own,
            self.source,
            seen,
            tensor,
        )

    def seen(self, image: Image.Image) -> Pixels:
        """What the network sees, `(size, size, 3)`; grey when it has one channel."""
        if self.how == "short":
            seen = self._short(image)
        else:
            seen = image.resize((self.size, self.size), self._filter, box=_centre(image.size))
        return np.asarray(seen.convert("L").convert("RGB") if self.channels == 1 else seen)

    def tensor(self, seen: Pixels) -> torch.Tensor:
        """`seen` as `(1, channels, size, size)` fp32; channels beyond RGB repeat R, G, B in turn."""
        order = [index % 3 for index in range(self.channels)]
        planes = torch.from_numpy(np.ascontiguousarray(seen.transpose(2, 0, 1)[order])).float().div_(255)
        mean, std = (_column(values, self.channels) for values in (self.mean, self.std))
        return planes.sub_(mean).div_(std).unsqueeze_(0)

    @property
    def _filter(self) -> Image.Resampling:
        return Image.Resampling[self.interpolation.upper()]

    def _short(self, image: Image.Image) -> Image.Image:
        """torchvision.transforms.functional: `resize` with an int, then `center_crop`, to the pixel."""
        image = _without_ends(image)
        width, height = image.size
        resize = max(self.resize, self.size)
        long = int(resize * max(width, height) / min(width, height))
        scaled = (resize, long) if width <= height else (long, resize)
        left, top = (round((side - self.size) / 2.0) for side in scaled)
        return image.resize(scaled, self._filter).crop((left, top, left + self.size, top + self.size))


def _without_ends(image: Image.Image) -> Image.Image:
    """A very long picture without what the centre cut drops anyway: else 100,000×1 would become 25 million
    wide.
    """
    width, height = image.size
    most = LONGEST * min(width, height)
    if max(width, height) <= most:
        return image
    if width > height:
        return image.crop(((width - most) // 2, 0, (width + most) // 2, height))
    return image.crop((0, (height - most) // 2, width, (height + most) // 2))


def _column(values: Sequence[float], channels: int) -> torch.Tensor:
    """`(channels, 1, 1)`: as they are, their average for a single channel, or repeated."""
    if len(values) != channels:
        if channels == 1:
            values = (sum(values) / len(values),)
        else:
            values = [values[index % len(values)] for index in range(channels)]
    return torch.tensor(values, dtype=torch.float32).view(-1, 1, 1)


def _centre(size: tuple[int, int]) -> tuple[float, float, float, float]:
    side = min(size)
    left, top = (size[0] - side) / 2, (size[1] - side) / 2
    return (left, top, left + side, top + side)
