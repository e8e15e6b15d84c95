"""What crosses the wall: frozen requests and replies made of numbers, text and numpy arrays. No torch, no Qt.

Every request has an `id` that its replies echo. A request is answered exactly once, by one of `Final`; any number of
`Progress` may come before, and of the parts of an answer (`BatchPart`, `Fetching`). A request that a newer one
replaced, or that was cancelled, is answered by `Failed` with the code `CANCELLED`, which a window shows nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from resviz.arch.reading.assumed import Assumption
from resviz.arch.spec import ResNetSpec
from resviz.ways import EXACT, NOTHING_OFF, OWN, Compute, How, Interpolation, Off, Preparation

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


# --- parts --------------------------------------------------------------------------------------------------


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
    after, and the class predicted then. For labelled pictures: the accuracy before and after; `label` is empty.
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


# --- requests -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Predict:
    """Classify a picture. `weights` None is automatic: the catalogue's network of this very spec, else
    untrained. With layers to `capture` the exact way is taken, whatever `compute` says.
    """

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    image: ImageSource
    capture: tuple[str, ...] = ()
    top: int = 5
    choices: Choices = ()
    compute: Compute = EXACT
    prepare: Preparation = OWN
    beside: Beside | None = None
    #: What is switched off; the answer then has the whole network's too.
    off: Off = NOTHING_OFF
    #: Whether each residual block's strength is wanted, a thumbnail at every block, and how much each channel of the
    #: captured layers speaks for the predicted class.
    strengths: bool = False
    film: bool = False
    speaks: bool = False


@dataclass(frozen=True)
class Warm:
    """Build the network and load its weights ahead of the first picture. Without `spec`, it is read off the
    weights.
    """

    id: int
    spec: ResNetSpec | None
    weights: str | None
    device: str
    choices: Choices = ()


@dataclass(frozen=True)
class Export:
    """Write the network with its weights to `path`: `.onnx` or `.safetensors`. Other requests do not replace it."""

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    path: str
    choices: Choices = ()


@dataclass(frozen=True, eq=False)
class Profile:
    """Time every layer of the network on a picture, on noise without one. Only a newer one replaces it.

    A `Predict` or `Warm` that comes meanwhile is answered between two of its passes.
    """

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    image: ImageSource | None = None
    choices: Choices = ()


@dataclass(frozen=True)
class Batch:
    """Classify many files, in the fast way if `compute` says so. Only a newer one replaces it; a `Predict` or `Warm`
    that comes meanwhile is answered between two of its batches. `paths` may hold folders: all pictures below them.
    """

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    paths: tuple[str, ...]
    top: int = 5
    choices: Choices = ()
    compute: Compute = EXACT
    prepare: Preparation = OWN


@dataclass(frozen=True, eq=False)
class Dissect:
    """Take one residual block apart on a picture. Only a newer one replaces it; quick jobs go first."""

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    image: ImageSource
    block: str
    choices: Choices = ()
    prepare: Preparation = OWN
    off: Off = NOTHING_OFF


@dataclass(frozen=True, eq=False)
class Explain:
    """Why class `index`: `method` is `gradcam` (at each of `layers`; without any at the last stage's output),
    `occlusion`, `ig` or `gradient`. Only a newer one replaces it; quick jobs go first.
    """

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    image: ImageSource
    method: str
    index: int
    layers: tuple[str, ...] = ()
    choices: Choices = ()
    prepare: Preparation = OWN
    off: Off = NOTHING_OFF


@dataclass(frozen=True, eq=False)
class Sweep:
    """Switch every block off in turn, for a picture or (with `paths`: files, or folders named after classes) for many.

    Only a newer one replaces it; quick jobs go first.
    """

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    image: ImageSource | None = None
    paths: tuple[str, ...] = ()
    choices: Choices = ()
    prepare: Preparation = OWN
    off: Off = NOTHING_OFF


@dataclass(frozen=True, eq=False)
class Unravel:
    """The gradient of class `index` by paths of each length. Only a newer one replaces it; quick jobs go first."""

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    image: ImageSource
    index: int
    choices: Choices = ()
    prepare: Preparation = OWN


@dataclass(frozen=True, eq=False)
class FieldOf:
    """The effective receptive field of a place (row, column; the middle without one) of a layer: for a picture, or over
    noise without one. Only a newer one replaces it; quick jobs go first.
    """

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    layer: str
    place: tuple[int, int] | None = None
    image: ImageSource | None = None
    choices: Choices = ()
    prepare: Preparation = OWN


@dataclass(frozen=True)
class Kernels:
    """The weights of a convolution. It is done in no time, goes before long jobs and replaces only one of its kind."""

    id: int
    spec: ResNetSpec
    weights: str | None
    device: str
    layer: str
    choices: Choices = ()


@dataclass(frozen=True, eq=False)
class Race:
    """Time the forward pass on every device there is, in every way. Only a newer one replaces it."""

    id: int
    spec: ResNetSpec
    weights: str | None
    image: ImageSource | None = None
    choices: Choices = ()


@dataclass(frozen=True)
class Fetch:
    """Download weights by name into a folder, the user's own without one. Any number at a time."""

    id: int
    name: str
    folder: str = ""


@dataclass(frozen=True)
class ListWeights:
    """All weights there are: those on this disk, in `folder` too, and those that can be downloaded."""

    id: int
    folder: str = ""


@dataclass(frozen=True)
class Cancel:
    """Drop the request with this id, or stop it at the next layer; without effect once it is answered."""

    id: int


@dataclass(frozen=True)
class Shutdown:
    """End the child at once."""


Deep: TypeAlias = Dissect | Explain | Sweep | Unravel | FieldOf | Kernels
"""What looks into the network, in the exact way."""
Job: TypeAlias = Predict | Warm | Export | Profile | Batch | Race | Fetch | ListWeights | Deep
"""The requests that are answered."""
Request: TypeAlias = Job | Cancel | Shutdown


# --- replies ------------------------------------------------------------------------------------------------


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
    """More rows of a `Sweep` of one picture."""

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
