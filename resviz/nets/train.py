"""Training: SGD with Nesterov momentum, a warm-up and a cosine down to zero, the best epoch kept.

A run can stop after any step and go on later exactly as if it had not stopped: all chance comes from numbers
made of the seed and the step, and `Trainer.state` holds the rest.
"""

from __future__ import annotations

import io
import math
import pickle
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from resviz.arch.notation import to_json
from resviz.arch.spec import ResNetSpec
from resviz.errors import DataError, UsageError
from resviz.nets.augment import augment
from resviz.nets.data import Dataset, Split, hold_out, statistics
from resviz.nets.evaluate import Normalise, accuracy, confusion
from resviz.nets.model import ResNet, build_model
from resviz.nets.recipe import Recipe, learning_rate

_STATE_FORMAT = 1
_COUNTERS = ("epoch", "step", "progress", "share", "epochs", "loss_sum", "seconds", "epoch_seconds")
_RESULTS = ("best_accuracy", "best_epoch", "history")


class Step(NamedTuple):
    """Where training stands after a step: loss so far in this epoch, images a second, seconds to go."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    images_per_second: float
    seconds_left: float


class Epoch(NamedTuple):
    """What an epoch came to. `validation` is an accuracy (0..1); `best` whether it is the highest so far."""

    epoch: int
    epochs: int
    loss: float
    validation: float
    best: bool
    images_per_second: float
    seconds_left: float


class Trainer:
    """One training: `run` it, take its `state` at any stop, `restore` that into a new one to go on."""

    def __init__(
        self,
        spec: ResNetSpec,
        data: Dataset,
        recipe: Recipe,
        device: torch.device | str = "cpu",
        minutes: float | None = None,
    ) -> None:
        """`minutes` bounds the run: the schedule is shortened to end, at rate zero, within that time.

        Raises DataError where too few pictures are there to hold any out.
        """
        self.spec, self.recipe, self.data, self.minutes = spec, recipe, data, minutes
        self.device = torch.device(device)
        self.train, self.val = _splits(data, recipe)
        self.mean, self.std = statistics(self.train)
        self.normalise = Normalise(self.mean, self.std).to(self.device)
        self.model = _channels_last(build_model(spec, seed=recipe.seed).to(self.device))
        self.averaged = deepcopy(self.model)
        self.optimizer = _optimizer(self.model, recipe)
        self.batch = min(recipe.batch, len(self.train))
        self.steps = len(self.train) // self.batch
        self.epoch = self.step = 0
        self.epochs = recipe.epochs
        self.progress = self.share = 0.0
        self.loss_sum = self.speed = 0.0
        self.seconds = self.epoch_began = self.epoch_seconds = 0.0
        self.best: dict[str, Tensor] = {}
        self.best_accuracy, self.best_epoch = -1.0, 0
        self.history: list[list[float]] = []

    @property
    def finished(self) -> bool:
        """Whether the schedule has been run to its end."""
        return self.progress >= 1

    def run(
        self,
        *,
        stop: Callable[[], bool] = lambda: False,
        on_step: Callable[[Step], None] = lambda _: None,
        on_epoch: Callable[[Epoch], None] = lambda _: None,
    ) -> bool:
        """Trains to the end, or until `stop` answers True after a step. Returns whether it came to the end.

        Raises UsageError where the loss is no longer a number.
        """
        while not self.finished:
            if not self._run_steps(stop, on_step):
                return False
            on_epoch(self._close_epoch())
        return True

    def best_model(self) -> ResNet:
        """The averaged weights of the epoch that did best on validation; on the CPU, in eval mode."""
        model = build_model(self.spec)
        model.load_state_dict(self.best)
        return model

    # --- an epoch ------------------------------------------------------------------------------------------

    def _run_steps(self, stop: Callable[[], bool], on_step: Callable[[Step], None]) -> bool:
        if self.step == 0:
            self._plan()
        order = torch.randperm(len(self.train), generator=_dice(self.recipe.seed, 1, self.epoch))
        self.model.train()
        began, before, first = time.perf_counter(), self.seconds, self.step
        while self.step < self.steps:
            self.loss_sum += self.train_batch(order[self.step * self.batch : (self.step + 1) * self.batch])
            self.step += 1
            took = time.perf_counter() - began
            self.seconds = before + took
            self.speed = (self.step - first) * self.batch / max(took, 1e-9)
            on_step(self._where())
            if stop():
                return False
        return True

    def _plan(self) -> None:
        """Sets how large a share of the schedule this epoch is, so that the rest fits into the time left."""
        left = self.recipe.epochs - self.epoch
        if self.minutes is not None and self.epoch_seconds:
            fitting = int((self.minutes * 60 - self.seconds) / self.epoch_seconds)
            left = max(1, min(left, fitting))
        self.epochs = self.epoch + left
        self.share = (1 - self.progress) / left
        self.epoch_began = self.seconds

    def train_batch(self, index: Tensor) -> float:
        """One step of SGD on the training pictures at `index` int64 (N,); returns the loss."""
        number = self.epoch * self.steps + self.step
        images = self.train.images[index].to(self.device)
        labels = self.train.labels[index].to(self.device)
        x = self.normalise(augment(images, self.recipe.augment, _dice(self.recipe.seed, 2, number)))
        x = x.contiguous(memory_format=torch.channels_last)
        rate = learning_rate(self.progress + self.share * self.step / self.steps, self.recipe)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.precision == "bf16"):
            loss = functional.cross_entropy(self.model(x), labels, label_smoothing=self.recipe.smoothing)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        self._average(number)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise UsageError("train_diverged", epoch=self.epoch + 1, rate=self.recipe.rate)
        return value

    @torch.no_grad()
    def _average(self, number: int) -> None:
        """Moves averaged weights and BN statistics towards the model's; faster while the run is young."""
        keep = min(self.recipe.average, (1 + number) / (10 + number))
        new = self.model.state_dict()
        for key, old in self.averaged.state_dict().items():
            if old.is_floating_point():
                old.lerp_(new[key], 1 - keep)

    def _close_epoch(self) -> Epoch:
        began = time.perf_counter()
        score = accuracy(confusion(self.averaged, self.val, self.normalise))
        # Of equals the later one: its rate was lower.
        best = score >= self.best_accuracy
        loss = self.loss_sum / self.steps
        self.epoch += 1
        if best:
            weights = self.averaged.state_dict()
            self.best = {key: value.detach().cpu().clone() for key, value in weights.items()}
            self.best_accuracy, self.best_epoch = score, self.epoch
        self.history.append([loss, score])
        self.progress = 1.0 if self.epoch >= self.epochs else self.progress + self.share
        self.step, self.loss_sum = 0, 0.0
        self.seconds += time.perf_counter() - began
        took = self.seconds - self.epoch_began
        # Slowly, so that one epoch on a machine busy with other things does not shorten the whole schedule.
        self.epoch_seconds = 0.8 * self.epoch_seconds + 0.2 * took if self.epoch_seconds else took
        left = (self.epochs - self.epoch) * self.epoch_seconds
        return Epoch(self.epoch, self.epochs, loss, score, best, self.speed, left)

    def _where(self) -> Step:
        remaining = (self.epochs - self.epoch) * self.steps - self.step
        seconds = remaining * self.batch / self.speed
        loss = self.loss_sum / self.step
        return Step(self.epoch + 1, self.epochs, self.step, self.steps, loss, self.speed, seconds)

    # --- stopping and going on -----------------------------------------------------------------------------

    def state(self) -> bytes:
        """All that `restore` needs to go on exactly here."""
        state = {
            "format": _STATE_FORMAT,
            "signature": self.signature(),
            "values": {name: getattr(self, name) for name in (*_COUNTERS, *_RESULTS)},
            "epoch_began": self.epoch_began,
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "best": self.best,
        }
        stream = io.BytesIO()
        torch.save(state, stream)
        return stream.getvalue()

    def restore(self, data: bytes) -> None:
        """Goes to where `state` was taken. Raises DataError: damaged, or of another spec, data or recipe."""
        state = read_state(data)
        mine, other = self.signature(), state["signature"]
        differs = [key for key in mine if mine[key] != other.get(key)]
        if differs:
            raise DataError("resume_other", differs=", ".join(differs))
        for name in (*_COUNTERS, *_RESULTS):
            setattr(self, name, state["values"][name])
        self.epoch_began = state["epoch_began"]
        self.model.load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.best = state["best"]

    def signature(self) -> dict[str, Any]:
        """What must not change between the parts of one run, field by field."""
        train = self.data.train
        pictures = [self.data.name, list(self.data.labels), len(train), int(train.images[::97].sum())]
        return {"spec": to_json(self.spec), "data": pictures, **asdict(self.recipe)}


def read_state(data: bytes) -> dict[str, Any]:
    """A state decoded, without running any code in it. Raises DataError where it is damaged."""
    try:
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, ValueError) as error:
        raise DataError("resume_damaged") from error
    if not isinstance(state, dict) or state.get("format") != _STATE_FORMAT:
        raise DataError("resume_damaged")
    return state


def choose_precision(spec: ResNetSpec, recipe: Recipe, device: torch.device | str) -> str:
    """bf16 or fp32, whichever a few steps on invented pictures show to be faster on this device."""
    if torch.device(device).type == "mps":  # autocast is young there
        return "fp32"
    count = max(2, min(recipe.batch, 2**22 // (spec.size * spec.size * spec.channels)))
    images = torch.zeros(count, spec.channels, spec.size, spec.size, dtype=torch.uint8)
    split = Split(images, torch.arange(count) % spec.classes)
    data = Dataset("", tuple(map(str, range(spec.classes))), split, split, None, 0)
    spent = {
        precision: _time_steps(Trainer(spec, data, replace(recipe, precision=precision, augment="none"), device))
        for precision in ("fp32", "bf16")
    }
    # Half a step's worth of noise must not cost bits: bf16 has to be clearly faster.
    return "bf16" if spent["bf16"] < 0.9 * spent["fp32"] else "fp32"


def _time_steps(trainer: Trainer) -> float:
    """Seconds of two steps, after one to warm up."""
    everything = torch.arange(len(trainer.train))
    trainer.train_batch(everything)
    began = time.perf_counter()
    for _ in range(2):
        trainer.train_batch(everything)
    return time.perf_counter() - began


def _splits(data: Dataset, recipe: Recipe) -> tuple[Split, Split]:
    return (data.train, data.val) if data.val is not None else hold_out(data.train, recipe.holdout, recipe.seed)


def _optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.SGD:
    """Weight decay for kernels and matrices, not for batch norm and biases (He, T. 2018, section 3.1)."""
    decayed = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    free = [parameter for parameter in model.parameters() if parameter.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.decay}, {"params": free, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=recipe.rate, momentum=recipe.momentum, nesterov=recipe.momentum > 0)


def _channels_last(model: ResNet) -> ResNet:
    """The memory format that convolutions are fastest in, on CPUs and GPUs alike."""
    for parameter in model.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return model


def _dice(seed: int, stream: int, number: int) -> torch.Generator:
    """A generator for one purpose (`stream`) at one place (`number`) of a run: no state need be kept."""
    return torch.Generator().manual_seed((seed * 1_000_003 + number * 4 + stream) % 2**63)
