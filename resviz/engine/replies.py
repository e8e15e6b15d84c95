"""What the engine answers, and says by itself: frozen, with the `id` of what was asked. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from resviz.arch.reading.assumed import Assumption
from resviz.arch.spec import ResNetSpec
from resviz.engine.parts import (
    Answer,
    Attribution,
    BatchRow,
    DeviceInfo,
    FeatureMaps,
    Floats,
    LesionRow,
    PathLength,
    Pixels,
    RaceRow,
    Score,
    Steps,
    Strength,
    WeightsInfo,
)
from resviz.ways import NOTHING_OFF, Off


@dataclass(frozen=True)
class Ready:
    """The child has loaded torch; sent once after each start."""

    devices: tuple[DeviceInfo, ...]
    catalog: tuple[WeightsInfo, ...]
    torch_version: str


@dataclass(frozen=True)
class ModelReady:
    """The answer to `Warm`: which weights the network got (None: untrained), the device it is on, its spec,
    and the top-1 accuracy on the card of the weights (0 to 1; None if there is none).

    `assumed` is what a file of weights did not tell, with the values in force; `dialect` whose names its tensors have.
    """

    id: int
    weights: str | None
    trained: bool
    labels: tuple[str, ...]
    device: str
    spec: ResNetSpec
    accuracy: float | None = None
    assumed: tuple[Assumption, ...] = ()
    dialect: str = ""


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer to `Predict`.

    `top` is sorted, most probable first; empty, with a `note`, when the network's numbers overflowed. `ms`
    has decode, preprocess and forward in milliseconds; a picture is decoded once, and later answers repeat
    what that took. `preview` is the picture, upright, long side at most 512 px; `seen` is what the network
    sees, `(size, size, 3)`; `original_size` is (width, height) in pixels.
    `note` says in words what the figures do not, such as "conv1 is shown at 1/2 of its resolution".
    """

    id: int
    name: str
    top: tuple[Score, ...]
    weights: str | None
    trained: bool
    device: str
    ms: Mapping[str, float]
    preview: Pixels
    seen: Pixels
    maps: Mapping[str, FeatureMaps] = field(default_factory=dict)
    original_size: tuple[int, int] = (0, 0)
    note: str = ""
    labels: tuple[str, ...] = ()
    accuracy: float | None = None
    assumed: tuple[Assumption, ...] = ()
    dialect: str = ""
    #: `(classes,)`, before softmax; empty where they were not asked for.
    logits: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    steps: Steps | None = None
    #: Which way was taken, in words: "exact", or "fast: BN folded, channels-last, bf16".
    way: str = "exact"
    #: Of a way that is not exact: the largest difference of a probability from the exact way, when it was measured.
    difference: float | None = None
    beside: Answer | None = None
    off: Off = NOTHING_OFF
    #: With something switched off: what the whole network says.
    whole: Answer | None = None
    strengths: tuple[Strength, ...] = ()
    #: Block id -> its output's mean over the channels, `(h, w)`, 0 to 255.
    film: Mapping[str, Pixels] = field(default_factory=dict)
    #: Layer id -> how much each channel speaks for the predicted class, `(C,)`.
    speaks: Mapping[str, Floats] = field(default_factory=dict)
    #: Layer id -> the least and the greatest value of its output.
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Exported:
    """The answer to `Export`: what was written, whole; `note` says what the file does not, such as "untrained"."""

    id: int
    path: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class Profiled:
    """The answer to `Profile`: milliseconds of each layer, the median of `runs` passes of the exact way.

    `bare_ms` is that of as many passes without a clock on each layer, `timed_ms` of those with.
    """

    id: int
    ms: Mapping[str, float]
    bare_ms: float
    timed_ms: float
    runs: int
    device: str


@dataclass(frozen=True, eq=False)
class BatchPart:
    """More rows of a `Batch`, in no certain order; `whole` is how many files there are, `per_second` how many a
    second.
    """

    id: int
    rows: tuple[BatchRow, ...]
    done: int
    whole: int
    per_second: float


@dataclass(frozen=True)
class Batched:
    """The answer to `Batch`, after its last part."""

    id: int
    images: int
    failed: int
    seconds: float
    labels: tuple[str, ...] = ()
    weights: str | None = None
    trained: bool = False
    way: str = "exact"


@dataclass(frozen=True, eq=False)
class Dissected:
    """The answer to `Dissect`: the block's input x, F(x), the shortcut's output, their sum, and what leaves the block.

    `kind` is the shortcut's. In every pixel `branch + shortcut == total`.
    """

    id: int
    block: str
    kind: str
    x: FeatureMaps
    branch: FeatureMaps
    shortcut: FeatureMaps
    total: FeatureMaps
    after: FeatureMaps


@dataclass(frozen=True, eq=False)
class Explained:
    """The answer to `Explain`, in the order of its layers; `box` is what of the picture was looked at, in pixels."""

    id: int
    method: str
    index: int
    maps: tuple[Attribution, ...]
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class SweepPart:
    """More rows of a `Sweep` of one picture; of one of many pictures all rows, over those that were seen so far."""

    id: int
    rows: tuple[LesionRow, ...]


@dataclass(frozen=True)
class Swept:
    """The answer to `Sweep`, in the order of the trunk."""

    id: int
    rows: tuple[LesionRow, ...]
    trained: bool = True


@dataclass(frozen=True)
class Unravelled:
    """The answer to `Unravel`."""

    id: int
    lengths: tuple[PathLength, ...]


@dataclass(frozen=True, eq=False)
class FieldFound:
    """The answer to `FieldOf`: `(H, W)` of the input, 0 to 1."""

    id: int
    layer: str
    values: Floats


@dataclass(frozen=True, eq=False)
class KernelsFound:
    """The answer to `Kernels`: `(out, in, k, k)`; `in` is that of one group. Of a very large convolution every
    `stride`-th filter is here; `shape` is the whole.
    """

    id: int
    layer: str
    weights: Floats
    stride: int = 1
    shape: tuple[int, ...] = ()
    trained: bool = True


@dataclass(frozen=True)
class Raced:
    """The answer to `Race`."""

    id: int
    rows: tuple[RaceRow, ...]


@dataclass(frozen=True)
class Fetching:
    """How far a download is: bytes here and in all (0: not known), bytes a second."""

    id: int
    got: int
    want: int
    per_second: float


@dataclass(frozen=True)
class Fetched:
    """The answer to `Fetch`: the file, whole and checked."""

    id: int
    name: str
    path: str


@dataclass(frozen=True)
class Listed:
    """The answer to `ListWeights`."""

    id: int
    weights: tuple[WeightsInfo, ...]


@dataclass(frozen=True)
class Progress:
    """How far a request is: `done` from 0 to 1, and what is being done. Id 0 is the child's own start."""

    id: int
    done: float
    text: str


@dataclass(frozen=True)
class Failed:
    """A request went wrong; everything is as it was. `code` and `values` are those of `resviz.errors`, or one
    of above.

    `message` is the English sentence, one line.
    """

    id: int
    code: str
    values: Mapping[str, object]
    message: str


@dataclass(frozen=True)
class Died:
    """The child ended unasked (a negative `exitcode` is the signal's number); the client starts another."""

    exitcode: int | None


@dataclass(frozen=True)
class Restarted:
    """Another child was started; its `Ready` follows, then the answer to the newest open `Predict`."""


Found: TypeAlias = Dissected | Explained | Swept | Unravelled | FieldFound | KernelsFound
Final: TypeAlias = ModelReady | Prediction | Exported | Profiled | Batched | Raced | Fetched | Listed | Found | Failed
"""The replies that answer a request."""
Reply: TypeAlias = Final | Ready | Progress | BatchPart | SweepPart | Fetching | Died | Restarted
