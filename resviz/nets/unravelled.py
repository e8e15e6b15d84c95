"""The network unravelled into its 2^n paths, and the gradient that flows by paths of each length."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from resviz.arch.graph import network
from resviz.errors import SpecError
from resviz.nets.model import ResidualBlock, ResNet
from resviz.nets.passes import Progress, exact, failures_told, silent

SAMPLES = 8
"""Paths of each length that are tried."""


@dataclass(frozen=True)
class Length:
    """Paths through `length` residual branches: how many there are, and the mean L2 norm of the gradient that came by
    one of them to the input of the first block, over `samples` different paths.
    """

    length: int
    paths: int
    gradient: float
    samples: int

    @property
    def total(self) -> float:
        """What all paths of this length bring together, if each brings the mean: Veit 2016, fig. 6 (c)."""
        return self.gradient * self.paths


def gradient_by_length(
    model: ResNet,
    batch: Tensor,
    index: int,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[Length, ...]:
    """Veit 2016, section 5 and fig. 6: in the forward pass all is as it is; in the backward pass the gradient of the
    loss for class `index` goes by the residual branch in blocks drawn at random and by the shortcut in all others.

    Where there are no more than `samples` paths of a length, each is taken once. `batch` is
    `(1, C, H, W)`. Raises `SpecError` for a network without shortcuts, `DeviceError`; what `progress` raises stops it
    between two passes.
    """
    blocks = [shortcut.block for shortcut in network(model.spec).shortcuts]
    if not blocks:
        raise SpecError("paths_plain")
    dice = torch.Generator().manual_seed(seed)
    found = []
    with failures_told(model.spec, batch.device), exact():
        for length in range(len(blocks) + 1):
            drawn = _drawn(len(blocks), length, samples, dice)
            norms = []
            for sample, chosen in enumerate(drawn):
                progress((length + sample / len(drawn)) / (len(blocks) + 1), "Gradients by length of path")
                norms.append(_norm(model, batch, index, blocks, [blocks[each] for each in chosen]))
            found.append(Length(length, math.comb(len(blocks), length), sum(norms) / len(norms), len(norms)))
    return tuple(found)


def _drawn(blocks: int, length: int, samples: int, dice: torch.Generator) -> list[tuple[int, ...]]:
    """Different paths of a length, as the blocks whose residual branches they go through: all, or so many of them."""
    if math.comb(blocks, length) <= samples:
        return list(combinations(range(blocks), length))
    drawn: dict[tuple[int, ...], None] = {}
    while len(drawn) < samples:
        drawn[tuple(sorted(torch.randperm(blocks, generator=dice)[:length].tolist()))] = None
    return list(drawn)


def _norm(model: ResNet, batch: Tensor, index: int, blocks: Sequence[str], by_branch: Sequence[str]) -> float:
    """The L2 norm of the gradient at the input of the first block, by one path."""
    start: list[Tensor] = []

    def begin(_block: nn.Module, inputs: tuple[Any, ...]) -> tuple[Tensor]:
        start.append(inputs[0].detach().requires_grad_(True))
        return (start[0],)

    handle = model.get_submodule("layer1.0").register_forward_pre_hook(begin)
    try:
        with torch.enable_grad(), _one_path(model, blocks, frozenset(by_branch)):
            logits = model(batch)
            loss = functional.cross_entropy(logits, torch.tensor([index], device=logits.device))
            (gradient,) = torch.autograd.grad(loss, start[0], allow_unused=True)
    finally:
        handle.remove()
    return 0.0 if gradient is None else float(gradient.norm())


@contextmanager
def _one_path(model: ResNet, blocks: Sequence[str], by_branch: frozenset[str]) -> Iterator[None]:
    """While open, the gradient goes one way through each block; what is computed forward is as ever."""
    handles = []
    for name in blocks:
        block = model.get_submodule(name)
        assert isinstance(block, ResidualBlock)
        assert block.add is not None
        handles.append(block.add.register_forward_pre_hook(_cut_second if name in by_branch else _cut_first))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _cut_first(_add: nn.Module, summands: tuple[Any, ...]) -> tuple[Tensor, Tensor]:
    return summands[0].detach(), summands[1]


def _cut_second(_add: nn.Module, summands: tuple[Any, ...]) -> tuple[Tensor, Tensor]:
    return summands[0], summands[1].detach()
