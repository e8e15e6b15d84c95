"""How a picture is made ready and how a network computes: plain values that both sides of the wall know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

How: TypeAlias = Literal["square", "short", "digit"]
"""`square`: the centre square, resized. `short`: the short side resized, then the centre cut out, as torchvision's
`ImageClassification` does. `digit`: written strokes found, scaled and centred as MNIST's are (LeCun 1998)."""
Interpolation: TypeAlias = Literal["nearest", "bilinear", "bicubic", "lanczos"]
Precision: TypeAlias = Literal["fp32", "bf16", "fp16"]
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of a picture's width and height, 0 to 1."""

INTERPOLATIONS: tuple[Interpolation, ...] = ("nearest", "bilinear", "bicubic", "lanczos")
LARGEST_RESIZE = 16_384
"""The most pixels that a short side can be resized to."""
WIDEST_VALUE = 1e6
"""How far a mean may be from 0 and a standard deviation from 1, as a factor: fp32 still holds the tensor then."""
PRECISIONS: tuple[Precision, ...] = ("fp32", "bf16", "fp16")


@dataclass(frozen=True)
class Preparation:
    """What the user changed about how a picture is made ready; what is empty stays as the weights want it.

    `box` is the square that is looked at, None for the centre; `resize` is the short side in pixels. `mean` and `std`
    have a value a channel (or one for all), of values 0 to 1.
    """

    how: How | None = None
    resize: int | None = None
    interpolation: Interpolation | None = None
    box: Box | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()


OWN = Preparation()
"""As the weights want it."""


@dataclass(frozen=True)
class Compute:
    """`exact`: fp32, NCHW, module by module, equal to torchvision to the bit. `fast`: whatever was measured fastest on
    the device. `chosen`: with this `precision` and layout. `threads` of the CPU, 0 for torch's own number.
    """

    way: Literal["exact", "fast", "chosen"] = "exact"
    precision: Precision = "fp32"
    channels_last: bool = False
    threads: int = 0


EXACT = Compute()


@dataclass(frozen=True)
class Off:
    """What is switched off in a network: `branches` and `shortcuts` of blocks by id (`layer2.1`), `channels` of layers
    by the layer's id and their number, `layers`: convolutions of plain blocks by id, each with its norm and activation.
    """

    branches: frozenset[str] = frozenset()
    shortcuts: frozenset[str] = frozenset()
    channels: frozenset[tuple[str, int]] = frozenset()
    layers: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.branches or self.shortcuts or self.channels or self.layers)


NOTHING_OFF = Off()
