"""One network, ready to look at pictures, in the way that was asked for."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.module import register_module_module_registration_hook

from resviz.arch.presets import DEFAULT, PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import NO_RESNET, CheckpointError
from resviz.files import holds_weights, shown
from resviz.nets import catalog, checkpoints, devices, memory
from resviz.nets.capture import Maps, capture, check_layer, to_maps
from resviz.nets.checkpoints import Checkpoint
from resviz.nets.images import ENOUGH, Picture, Pixels
from resviz.nets.model import ResNet, build_model
from resviz.nets.passes import Progress, failures_told, finish, silent
from resviz.nets.preprocess import Steps
from resviz.nets.runner import Runner
from resviz.nets.usage import Choices, usage_of
from resviz.nets.wanted import runner_for
from resviz.ways import EXACT, OWN, Compute, Preparation

UNTRAINED = "untrained"
"""As `weights`: random weights, even where there are trained ones."""
UNTRAINED_NOTE = "untrained: predictions mean nothing"
NEVER_RAN_NOTE = "these look like random weights (batch norm has seen no picture): predictions mean nothing"
OVERFLOW = "no prediction: the network's numbers grew beyond fp32"


@dataclass(frozen=True)
class Score:
    """One class of a prediction; `probability` after softmax."""

    label: str
    index: int
    probability: float


@dataclass(frozen=True, eq=False)
class Result:
    """What a network says to one picture. `ms` has decode, preprocess and forward in milliseconds; `logits` is
    `(classes,)`; `way` says in words how it was computed, `difference` by how much a probability differs from the exact
    way at most, where that was measured.
    """

    picture: Picture
    seen: Pixels
    top: tuple[Score, ...]
    ms: Mapping[str, float]
    steps: Steps
    logits: NDArray[np.float32]
    maps: Mapping[str, Maps] = field(default_factory=dict)
    note: str = ""
    way: str = "exact"
    difference: float | None = None


class Classifier:
    """The network of a spec with its weights on a device.

    `weights`: a name of the catalogue, a file, `untrained`, or None for the weights on this disk that were
    trained for this very spec, random ones if there are none. `choices` are the user's for what a file does not tell
    and no spec holds (`mean/std`, `labels`). Raises `CheckpointError`, `DeviceError`.
    """

    def __init__(
        self,
        spec: ResNetSpec,
        weights: str | None = None,
        device: str = "auto",
        progress: Progress = silent,
        choices: Choices = (),
        compute: Compute = EXACT,
    ) -> None:
        self.spec, self.compute = spec, compute
        self.device = devices.resolve(device)
        entry, path = _find(spec, weights)
        memory.check(spec, self.device)
        with failures_told(spec, self.device):
            model, checkpoint = _loaded(spec, path, progress)
            self.model = model.to(self.device)
        self.weights = entry.name if entry is not None else str(path) if path is not None else None
        self.trained = path is not None
        self.accuracy = entry.accuracy if entry is not None else None
        usage = usage_of(spec, entry, checkpoint, dict(choices))
        self.labels, self.preprocess, self.assumed = usage.labels, usage.preprocess, usage.assumed
        self.dialect = checkpoint.reading.dialect if checkpoint is not None else ""
        self.note = usage.note if self.trained else UNTRAINED_NOTE
        if self.trained and entry is None and never_ran(self.model):
            self.note = "; ".join(filter(None, (NEVER_RAN_NOTE, self.note)))
        self.exact = Runner(self.model, threads=compute.threads)
        with failures_told(spec, self.device):
            self.runner = runner_for(self.exact, spec, self.weights, compute, progress)

    @property
    def nbytes(self) -> int:
        """Bytes of the weights and buffers; a form of the network in fewer digits counts as a whole copy."""
        tensors = (*self.model.parameters(), *self.model.buffers())
        return sum(tensor.nbytes for tensor in tensors) * (1 if self.runner.model is self.model else 2)

    def predict(
        self,
        load: Callable[[int], Picture],
        *,
        layers: tuple[str, ...] = (),
        top: int = 5,
        progress: Progress = silent,
        prepare: Preparation = OWN,
    ) -> Result:
        """Look at one picture; `load` decodes it, given the short side it may be reduced to. `layers` are
        captured.

        Raises `ImageError` from `load`, `SpecError` for an unknown layer, `DeviceError` when the device
        fails.
        """
        wanted = tuple(check_layer(self.spec, layer) for layer in layers)
        clock = _Clock()
        picture = load(max(ENOUGH, self.preprocess.resize, self.spec.size))
        clock.lap("decode")
        steps = self.preprocess.steps(picture, prepare)
        with failures_told(self.spec, self.device):
            batch = steps.batch.to(self.device)
            finish(self.device)
            clock.lap("preprocess")
            runner = self.exact if wanted else self.runner
            with capture(self.model, wanted) as outputs:
                logits = runner(batch, progress)
            clock.lap("forward")
            maps = {layer: to_maps(layer, output) for layer, output in outputs.items()}
            numbers = logits[0].cpu()
            best = self.top(numbers, top)
        notes = ("" if best else self._overflow, self.note)
        note = "; ".join(filter(None, notes))
        answer = numbers.numpy()
        return Result(picture, steps.seen, best, clock.ms, steps, answer, maps, note, runner.way, runner.difference)

    def logits(self, batch: Tensor, progress: Progress = silent) -> Tensor:
        """`(N, C, H, W)` to `(N, classes)`, in the way it was made for. Raises `DeviceError`."""
        with failures_told(self.spec, self.device):
            return self.runner(batch.to(self.device), progress)

    @property
    def way(self) -> str:
        """How it computes, in words."""
        return self.runner.way

    @property
    def difference(self) -> float | None:
        """The largest difference of a probability from the exact way, where it was measured."""
        return self.runner.difference

    @property
    def _overflow(self) -> str:
        return OVERFLOW if self.trained else f"{OVERFLOW}, as they do in very deep untrained networks"

    def batch(self, load: Callable[[int], Picture]) -> Tensor:
        """A picture as the network takes it, `(1, C, H, W)` on its device. Raises `ImageError` from `load`."""
        return self.steps(load).batch.to(self.device)

    def steps(self, load: Callable[[int], Picture], prepare: Preparation = OWN) -> Steps:
        """How a picture becomes what the network takes. Raises `ImageError` from `load`."""
        picture = load(max(ENOUGH, self.preprocess.resize, self.spec.size))
        return self.preprocess.steps(picture, prepare)

    def top(self, logits: Tensor, count: int) -> tuple[Score, ...]:
        """The `count` most probable classes of `logits` `(classes,)`, no more than there are; none if the numbers
        overflowed.
        """
        chances = logits.softmax(0)
        if not bool(chances.isfinite().all()):
            return ()
        best = chances.topk(min(max(count, 1), self.spec.classes))
        return tuple(
            Score(self.labels[index], index, probability)
            for probability, index in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        )


def never_ran(model: ResNet) -> bool:
    """Whether every batch norm of a model is as it was made: mean 0, variance 1. False without any."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    return bool(norms) and all(
        norm.running_mean is not None
        and norm.running_var is not None
        and not norm.running_mean.any()
        and bool((norm.running_var == 1).all())
        for norm in norms
    )


class _Clock:
    """Milliseconds from one `lap` to the next."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._at = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.ms[name] = (now - self._at) * 1000
        self._at = now


def spec_of(weights: str | None) -> ResNetSpec:
    """The spec that weights by name or file are for; the default network's for None and `untrained`.

    Raises `CheckpointError` for an unknown name and for a file that does not tell.
    """
    if weights is None or weights == UNTRAINED:
        return PRESETS[DEFAULT].spec
    if holds_weights(weights):
        return checkpoints.spec_of_checkpoint(weights)
    return catalog.find(weights).spec


# --- building -----------------------------------------------------------------------------------------------


def _find(spec: ResNetSpec, weights: str | None) -> tuple[catalog.Entry | None, Path | None]:
    """The catalogue's entry and the file of `weights`; neither for random weights."""
    if weights == UNTRAINED:
        return None, None
    if weights is None:
        entry = catalog.for_spec(spec)
    elif holds_weights(weights):
        path = Path(weights)
        entry = catalog.entry_of_card(path.with_suffix(".json"))
        return (entry if entry is not None and entry.path == path else None), path
    else:
        entry = catalog.find(weights)
    return entry, entry.path if entry is not None else None


def _loaded(spec: ResNetSpec, path: Path | None, progress: Progress) -> tuple[ResNet, Checkpoint | None]:
    if path is None:
        with _counting(spec, progress):
            return build_model(spec).requires_grad_(False), None
    progress(0.0, "Loading weights")
    try:
        checkpoint = checkpoints.read_checkpoint(path)
        state = checkpoint.state
    except CheckpointError as error:
        if error.code not in NO_RESNET:
            raise
        # Not one of the family: whether it fits the spec that was asked for, and where not, is said below.
        checkpoint, state = None, checkpoints.load_state(path)
    with _counting(spec, progress):
        return checkpoints.model_with(spec, state, shown(path.name)), checkpoint


@contextlib.contextmanager
def _counting(spec: ResNetSpec, progress: Progress) -> Iterator[None]:
    """Calls `progress` for each module as it is put into the network, so that huge ones can be cancelled."""
    if progress is silent:
        yield
        return
    whole = spec.weighted_layers * 3
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        progress(min(1.0, seen / whole), "Building the network")

    handle = register_module_module_registration_hook(count)
    try:
        yield
    finally:
        handle.remove()
