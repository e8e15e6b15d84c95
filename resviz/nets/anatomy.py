"""Anatomy of a residual block: x, F(x), the shortcut's P(x), their sum, and what the ReLU leaves of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from resviz.arch.graph import network
from resviz.errors import SpecError
from resviz.nets.capture import Maps, to_maps
from resviz.nets.interventions import blocks_of, check, switched_off
from resviz.nets.model import ResidualBlock, ResNet
from resviz.nets.passes import Progress, exact, failures_told, reporting, silent
from resviz.ways import NOTHING_OFF, Off

FILM = 56
"""Pixels that a side of a thumbnail has at most."""


@dataclass(frozen=True)
class Strength:
    """How much a block changes what passes through it (of the same kind: Greff 2017, section 4; He 2015, fig. 7).

    `ratio` is ‖F(x)‖ / ‖x‖, the L2 norms over all numbers of one picture; `cosine` is that of the angle between F(x)
    and x. Where the shortcut changes the shape, x is the shortcut's output P(x): `projected`. 0 where a norm is 0.
    """

    block: str
    ratio: float
    cosine: float
    projected: bool


@dataclass(frozen=True, eq=False)
class Parts:
    """One block taken apart, each `(C, H, W)` as `Maps`: the input `x`, the residual branch `branch` = F(x), the
    shortcut's output `shortcut` = P(x) or x, their sum `total` and `after`, what leaves the block.

    In every pixel `branch + shortcut == total`, in fp32, to the bit.
    """

    block: str
    kind: str
    x: Maps
    branch: Maps
    shortcut: Maps
    total: Maps
    after: Maps


class _Probe:
    """Keeps what enters and leaves a block and its add."""

    def __init__(self, block: ResidualBlock, name: str) -> None:
        if block.add is None:
            raise SpecError("block_plain", spec="a plain network", block=name)
        self.x = self.branch = self.shortcut = self.total = self.after = torch.empty(0)
        self._handles = [
            block.register_forward_pre_hook(self._enter),
            block.add.register_forward_hook(self._add),
            block.register_forward_hook(self._leave),
        ]

    def _enter(self, _block: nn.Module, inputs: tuple[Any, ...]) -> None:
        self.x = inputs[0]

    def _add(self, _module: nn.Module, summands: tuple[Any, ...], total: Tensor) -> None:
        (self.branch, self.shortcut), self.total = summands, total

    def _leave(self, _block: nn.Module, _inputs: tuple[Any, ...], output: Tensor) -> None:
        self.after = output

    def remove(self) -> None:
        for handle in self._handles:
            handle.remove()


def parts(model: ResNet, batch: Tensor, block: str, *, off: Off = NOTHING_OFF, progress: Progress = silent) -> Parts:
    """Run `(1, C, H, W)` through the network and take one block apart. Raises `SpecError` for a plain or unknown block,
    `DeviceError`.
    """
    probe = _Probe(_residual(model, block), block)
    try:
        _run(model, batch, off, progress)
    finally:
        probe.remove()
    kind = next(one.kind for one in network(model.spec).shortcuts if one.block == block)
    return Parts(
        block,
        kind,
        *(to_maps(f"{block}:{name}", getattr(probe, name)) for name in ("x", "branch", "shortcut", "total", "after")),
    )


@contextmanager
def measured(model: ResNet) -> Iterator[list[Strength]]:
    """While open, a forward pass of one picture puts what every residual block does to it into the list, in the order
    of the trunk; plain blocks are left out, and those whose numbers grew beyond fp32.
    """
    found: list[Strength] = []
    handles = []
    for shortcut in network(model.spec).shortcuts:
        block = _residual(model, shortcut.block)
        assert block.add is not None
        handles.append(block.add.register_forward_hook(_measure(shortcut.block, shortcut.kind != "identity", found)))
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


def strengths(
    model: ResNet, batch: Tensor, *, off: Off = NOTHING_OFF, progress: Progress = silent
) -> tuple[Strength, ...]:
    """What every residual block does to the picture `(1, C, H, W)`, as `measured` has it. Raises `DeviceError`."""
    with switched_off(model, off), measured(model) as found:
        _run(model, batch, NOTHING_OFF, progress)
    return tuple(found)


@contextmanager
def filmed(model: ResNet, side: int = FILM) -> Iterator[dict[str, NDArray[np.uint8]]]:
    """While open, a forward pass of one picture puts a thumbnail of every block's output into the dictionary: the mean
    over the channels, from its least (0) to its greatest value (255), at most `side` pixels a side.
    """
    frames: dict[str, NDArray[np.uint8]] = {}
    handles = [
        model.get_submodule(block).register_forward_hook(_film(frames, block, side)) for block in blocks_of(model.spec)
    ]
    try:
        yield frames
    finally:
        for handle in handles:
            handle.remove()


def _film(frames: dict[str, NDArray[np.uint8]], block: str, side: int) -> Any:
    def hook(_module: nn.Module, _inputs: tuple[Any, ...], output: Tensor) -> None:
        mean = output[0].float().mean(0)
        stride = -(-max(mean.shape) // side)
        mean = mean[::stride, ::stride].nan_to_num(0.0, 0.0, 0.0)
        low, high = mean.min(), mean.max()
        share = (mean - low) / (high - low) if bool(high > low) else torch.zeros_like(mean)
        frames[block] = (share * 255).round().to(torch.uint8).cpu().numpy()

    return hook


def _measure(block: str, projected: bool, found: list[Strength]) -> Any:
    def hook(_module: nn.Module, summands: tuple[Any, ...], _total: Tensor) -> None:
        branch, shortcut = (each[0].double().flatten() for each in summands)
        size, own = float(branch.norm()), float(shortcut.norm())
        along = float(branch @ shortcut)
        ratio, cosine = (size / own, along / (size * own) if size else 0.0) if own else (0.0, 0.0)
        if math.isfinite(ratio) and math.isfinite(cosine):
            found.append(Strength(block, ratio, cosine, projected))

    return hook


def _run(model: ResNet, batch: Tensor, off: Off, progress: Progress) -> None:
    with (
        failures_told(model.spec, batch.device),
        torch.inference_mode(),
        exact(),
        switched_off(model, off),
        reporting(model, progress),
    ):
        model(batch)


def _residual(model: ResNet, name: str) -> ResidualBlock:
    try:
        found = model.get_submodule(name)
    except AttributeError:
        found = model
    if not isinstance(found, ResidualBlock):
        check(model.spec, Off(branches=frozenset({name})))
    assert isinstance(found, ResidualBlock)
    return found
