"""What the window asks the engine: frozen, each with an `id`. No torch, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from resviz.arch.spec import ResNetSpec
from resviz.engine.parts import Beside, Choices, ImageSource
from resviz.ways import EXACT, NOTHING_OFF, OWN, Compute, Off, Preparation


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
    #: Whether each residual block's strength is wanted, a thumbnail at every block, how much each channel of the
    #: captured layers speaks for the predicted class, and the range of every layer's values.
    strengths: bool = False
    film: bool = False
    speaks: bool = False
    ranges: bool = False


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
    off: Off = NOTHING_OFF


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
