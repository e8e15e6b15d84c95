"""The parts of messages: pictures, devices, weights, maps, rows. No torch, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from resviz.arch.spec import ResNetSpec
from resviz.ways import OWN, How, Interpolation, Preparation

Pixels: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]
Choices: TypeAlias = tuple[tuple[str, str], ...]
"""(field, value) for what a file of weights does not tell and no spec holds: `mean/std` and `labels`, with one of the
values that an `Assumption` of that field has or offers."""

CANCELLED = "cancelled"
"""`Failed.code` of a request that was cancelled or replaced by a newer one."""
CRASHED = "engine_crashed"
"""`Failed.code` of a request that was in work each time the engine died, and is not tried again."""
NO_START = "engine_start"
"""`Failed.code` (with id 0) when the engine could not start at all; the next request tries again."""
INTERNAL = "internal"
"""`Failed.code` of a fault in the program itself; `message` holds the exception's one line."""


@dataclass(frozen=True, eq=False)
class ImageSource:
    """A picture from a file, from the bytes of one, as pixels `(H, W, 4)` RGBA, or from a web address: exactly one of
    the four is set.
    """

    path: str | None = None
    data: bytes | None = None
    pixels: Pixels | None = None
    name: str = ""
    url: str | None = None


@dataclass(frozen=True)
class DeviceInfo:
    """A device by the name requests use (`cpu`, `cuda:0`, `mps`); `reason` says why it is not available.

    `free` and `total` are bytes of its memory, 0 where unknown; `cores` is how many threads a CPU has room for.
    """

    name: str
    title: str
    available: bool
    reason: str = ""
    free: int = 0
    total: int = 0
    cores: int = 0


@dataclass(frozen=True)
class WeightsInfo:
    """Trained weights: `path` is empty while they are not on this disk; `accuracy` is top-1 on their test data, 0 to 1,
    None if unknown; `size` in bytes. `licence` is a note in words, its short form before the colon; `data` what they
    were trained on; `sha256` as many digits as are known; `recipe` the address of how they were trained.
    """

    name: str
    title: str
    spec: ResNetSpec
    labels: tuple[str, ...]
    trained: bool = True
    path: str = ""
    accuracy: float | None = None
    size: int = 0
    url: str = ""
    licence: str = ""
    data: str = ""
    shipped: bool = False
    top5: float | None = None
    sha256: str = ""
    recipe: str = ""


@dataclass(frozen=True)
class Score:
    """One row of a prediction; `probability` after softmax, 0 to 1."""

    label: str
    index: int
    probability: float


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """A layer's output for one picture: `data` is `(C, H, W)`, or `(C,)` after flatten.

    Of a layer too large to show, every `stride`-th row and column is here; `shape` is the whole output's.
    """

    layer: str
    data: Floats
    stride: int = 1
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Steps:
    """How the picture became the network's input, with the values in force.

    `box` is what was looked at: left, top, right, bottom in pixels of the upright original. `resized` is the picture
    after resizing `(h, w, 3)`, its long side at most 512 here; `resized_size` is its true (width, height). `tensor` is
    the input `(C, H, W)`, normalised. `own` has the weights' own values (no field empty but `box`), `source` says whose
    they are: "card", "torchvision", "file", "assumed" or "neutral".
    """

    how: How
    resize: int
    interpolation: Interpolation
    box: tuple[float, float, float, float]
    resized: Pixels
    resized_size: tuple[int, int]
    tensor: Floats
    mean: tuple[float, ...]
    std: tuple[float, ...]
    own: Preparation = OWN
    source: str = ""


@dataclass(frozen=True)
class Beside:
    """A second network for the same picture; weights as in `Predict`."""

    spec: ResNetSpec
    weights: str | None = None
    choices: Choices = ()


@dataclass(frozen=True, eq=False)
class Answer:
    """What a second network says to the picture; `error` in one line if it could not be asked (`top` is empty then)."""

    spec: ResNetSpec
    top: tuple[Score, ...] = ()
    logits: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    labels: tuple[str, ...] = ()
    weights: str | None = None
    trained: bool = False
    accuracy: float | None = None
    forward_ms: float = 0.0
    error: str = ""


@dataclass(frozen=True)
class Strength:
    """What a residual block does to the picture: ‖F(x)‖ / ‖x‖ and the cosine of F(x) with x; where the shortcut changes
    the shape (`projected`), x is what it gives.
    """

    block: str
    ratio: float
    cosine: float
    projected: bool = False


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each place of the picture, as the network saw it, speaks for a class, `(h, w)`: Grad-CAM at the
    resolution of `layer`, the rest at that of the input.
    """

    values: Floats
    layer: str = ""


@dataclass(frozen=True)
class LesionRow:
    """A block switched off. For a picture: the probability of the class that the whole network predicts, before and
    after, and the class predicted then; NaN and none where the numbers grow beyond fp32. For labelled pictures: the
    accuracy before and after; `label` is empty.
    """

    block: str
    kind: str
    before: float
    after: float
    label: str = ""
    top_after: str = ""
    images: int = 1


@dataclass(frozen=True)
class PathLength:
    """Paths through `length` residual branches: how many, the mean gradient that came by one, over `samples` paths."""

    length: int
    paths: int
    gradient: float
    samples: int


@dataclass(frozen=True, eq=False)
class BatchRow:
    """One file of a folder: `label` is its class by the folder's name (empty if there is none), `thumb` a small JPEG.

    Of a file that could not be read `error` says why in one line, and `top` is empty. `ms` is decoding and forward
    pass.
    """

    path: str
    label: str = ""
    top: tuple[Score, ...] = ()
    error: str = ""
    size: tuple[int, int] = (0, 0)
    thumb: bytes = b""
    ms: float = 0.0


@dataclass(frozen=True)
class RaceRow:
    """The forward pass timed on a device, one way: median and quartiles in ms of `runs` passes, batch 1.

    `how` says what the way is made of ("fp32", "BN folded, channels-last, bf16"); `difference` is the largest
    difference of a probability from the exact way on the CPU. `error`: why there are no figures.
    """

    device: str
    title: str
    way: str
    how: str = ""
    ms: float = 0.0
    low: float = 0.0
    high: float = 0.0
    runs: int = 0
    difference: float | None = None
    error: str = ""
