"""Lesions: every block switched off in turn, and what the network says then (Veit 2016, section 4.1).

Where blocks are named, so can be convolutions of plain blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import torch
from torch import Tensor, nn

from resviz.arch.graph import network
from resviz.nets.interventions import blocks_of, check, switched_off
from resviz.nets.model import ResNet
from resviz.nets.passes import Progress, exact, failures_told, reporting, silent
from resviz.ways import NOTHING_OFF, Off

PLAIN = "none"
"""The kind of shortcut of a block that has none."""


@dataclass(frozen=True)
class Lesion:
    """A block (or a plain layer) without its residual branch: the probability of class `index`, which the whole network
    predicts, before and after, and the class that is most probable then. `kind` is that of the shortcut that stays,
    `none` in a plain block.
    """

    block: str
    kind: str
    index: int
    before: float
    after: float
    top_after: int


@dataclass(frozen=True)
class Accuracy:
    """Of `images` labelled pictures, the share that is recognised with and without a block."""

    block: str
    kind: str
    before: float
    after: float
    images: int


def kinds_of(model: ResNet) -> dict[str, str]:
    """Block -> the kind of its shortcut; `none` where there is none."""
    known = {shortcut.block: str(shortcut.kind) for shortcut in network(model.spec).shortcuts}
    return {block: known.get(block, PLAIN) for block in blocks_of(model.spec)}


def sweep(
    model: ResNet,
    batch: Tensor,
    blocks: Sequence[str] = (),
    *,
    off: Off = NOTHING_OFF,
    progress: Progress = silent,
    on_lesion: Callable[[Lesion], None] = lambda _lesion: None,
) -> tuple[Lesion, ...]:
    """Each of `blocks` (all without any; ids of plain convolutions too) switched off in turn, on top of what is `off`,
    for one picture `(1, C, H, W)`.

    Raises `SpecError` for an unknown block, `DeviceError`; what `progress` raises stops it.
    """
    kinds, chosen = kinds_of(model), _chosen(model, blocks)
    run = _Run(model, batch, off)
    before = run.whole()[0]
    index = int(before.argmax())
    found = []
    for number, block in enumerate(chosen):
        share = partial(_at, progress, number / len(chosen), block)
        share()
        after = run.without(block, share)[0]
        lesion = Lesion(
            block, kinds.get(block, PLAIN), index, float(before[index]), float(after[index]), int(after.argmax())
        )
        on_lesion(lesion)
        found.append(lesion)
    return tuple(found)


def sweep_accuracy(
    model: ResNet,
    batches: Callable[[], Iterable[tuple[Tensor, Tensor]]],
    blocks: Sequence[str] = (),
    *,
    off: Off = NOTHING_OFF,
    progress: Progress = silent,
    expected: int = 0,
    on_batch: Callable[[tuple[Accuracy, ...]], None] = lambda _so_far: None,
) -> tuple[Accuracy, ...]:
    """The same on many labelled pictures; `batches` gives pairs of `(N, C, H, W)` and class numbers `(N,)`, each time
    anew. `progress` hears of shares of the `expected` pictures, `on_batch` what is found so far. Raises as `sweep`
    does.
    """
    kinds, chosen = kinds_of(model), _chosen(model, blocks)
    ways = ("", *chosen)
    right, images = [0] * len(ways), 0
    found: tuple[Accuracy, ...] = ()
    for inputs, labels in batches():
        run = _Run(model, inputs, off)
        for number, block in enumerate(ways):
            done = images + len(labels) * number / len(ways)
            share = partial(_at, progress, done / max(expected, images + len(labels)), f"{done:,.0f} pictures")
            share()
            chances = run.without(block, share) if block else run.whole(share)
            hits = chances.argmax(1) == labels.to(chances.device)
            right[number] += int((hits & chances.isfinite().all(1)).sum())  # beyond fp32 nothing is said
        images += len(labels)
        shares = [count / images for count in right]
        found = tuple(
            Accuracy(block, kinds.get(block, PLAIN), shares[0], share, images)
            for block, share in zip(chosen, shares[1:], strict=True)
        )
        on_batch(found)
    return found


def _at(progress: Progress, share: float, text: str, *_pass: object) -> None:
    """How far all of it is, whatever a single pass says of itself; it may be stopped there."""
    progress(share, text)


def _chosen(model: ResNet, names: Sequence[str]) -> tuple[str, ...]:
    off = NOTHING_OFF
    for name in names:
        off = _also(off, name)
    check(model.spec, off)
    return tuple(names) or blocks_of(model.spec)


def _also(off: Off, name: str) -> Off:
    """A layer's id has a dot more than a block's."""
    if name.count(".") > 1:
        return replace(off, layers=off.layers | {name})
    return replace(off, branches=off.branches | {name})


class _Run:
    """Passes of one batch, with this and that off. What comes before a block is computed once for it and those after
    it, which about halves the work of a sweep.
    """

    def __init__(self, model: ResNet, batch: Tensor, off: Off) -> None:
        self._model, self._off = model, off
        self._device = next(model.parameters()).device
        self._trunk = dict(_trunk(model))
        self._places = {name: place for place, name in enumerate(self._trunk)}
        self._batch, self._x, self._at = batch, batch, 0

    def whole(self, progress: Progress = silent) -> Tensor:
        """Probabilities `(N, classes)` without what is off anyway."""
        with self._computing(progress), switched_off(self._model, self._off):
            return self._through(0, len(self._trunk), self._batch.to(self._device)).float().softmax(1)

    def without(self, name: str, progress: Progress = silent) -> Tensor:
        """Without a block, or a plain block's convolution, besides."""
        place = self._places[".".join(name.split(".")[:2])]
        with self._computing(progress):
            if place < self._at or not self._at:
                self._x, self._at = self._batch.to(self._device), 0
            with switched_off(self._model, self._off):
                self._x, self._at = self._through(self._at, place, self._x), place
            with switched_off(self._model, _also(self._off, name)):
                return self._through(place, len(self._trunk), self._x).float().softmax(1)

    @contextmanager
    def _computing(self, progress: Progress) -> Iterator[None]:
        model = self._model
        with failures_told(model.spec, self._device), torch.inference_mode(), exact(), reporting(model, progress):
            yield

    def _through(self, start: int, end: int, x: Tensor) -> Tensor:
        for module in islice(self._trunk.values(), start, end):
            x = module(x)
        return x


def _trunk(model: ResNet) -> Iterator[tuple[str, nn.Module]]:
    """What the network consists of, one after another, stages taken apart into their blocks."""
    for name, child in model.named_children():
        if isinstance(child, nn.Sequential) and name.startswith("layer"):
            yield from ((f"{name}.{block}", module) for block, module in child.named_children())
        else:
            yield name, child
