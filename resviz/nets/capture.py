"""Feature maps: the outputs of the layers asked for, and of no other."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from resviz.arch.graph import network
from resviz.arch.notation import name_of
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError
from resviz.files import shown
from resviz.nets.model import ResNet

MOST_SHOWN = 2**22
"""Numbers of one layer that are handed out for display; of a larger one every 2nd, 3rd, ... pixel is."""


@dataclass(frozen=True, eq=False)
class Maps:
    """One layer's output for one image: `data` `(C, H, W)` or `(C,)`, every `stride`-th pixel; `shape` is the
    whole.
    """

    layer: str
    data: NDArray[np.float32]
    stride: int
    shape: tuple[int, ...]


def check_layer(spec: ResNetSpec, layer: str) -> str:
    """The layer's id. Raises `SpecError` naming the nearest ids when the spec has no such layer."""
    ids = [known.id for known in network(spec).layers]
    if layer in ids:
        return layer
    near = get_close_matches(layer, ids, n=3) or [known for known in ids if known.startswith(layer)][:3] or ids[:3]
    raise SpecError("layer_unknown", spec=name_of(spec), layer=shown(layer, 60), hint=f"; near it: {', '.join(near)}")


@contextlib.contextmanager
def capture(model: nn.Module, layers: Iterable[str]) -> Iterator[dict[str, Tensor]]:
    """While open, a forward pass puts the output of each of `layers` into the dictionary, `(N, C, H, W)` or
    `(N, C)`.

    Layers not asked for run as they are. An output is copied only where the model has a layer that works in
    place and might overwrite it.
    """
    copy = any(getattr(module, "inplace", False) for module in model.modules())
    outputs: dict[str, Tensor] = {}
    handles = []
    try:
        for layer in layers:
            handles.append(model.get_submodule(layer).register_forward_hook(_keep(outputs, layer, copy)))
        yield outputs
    finally:
        for handle in handles:
            handle.remove()


def _keep(outputs: dict[str, Tensor], layer: str, copy: bool) -> Callable[..., None]:
    def hook(*call: Any) -> None:
        output: Tensor = call[-1]  # after the module and its arguments
        outputs[layer] = output.detach().clone() if copy else output.detach()

    return hook


@contextlib.contextmanager
def ranges(model: ResNet) -> Iterator[dict[str, tuple[float, float]]]:
    """While open, a forward pass puts the least and the greatest number of the first image's output of every layer with
    height and width into the dictionary; what is no number is left out.
    """
    found: dict[str, tuple[float, float]] = {}
    layers = [layer.id for layer in network(model.spec).layers if len(layer.out_shape) == 3]
    handles = [model.get_submodule(layer).register_forward_hook(_range(found, layer)) for layer in layers]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


def _range(found: dict[str, tuple[float, float]], layer: str) -> Callable[..., None]:
    def hook(*call: Any) -> None:
        output: Tensor = call[-1][0]
        low, high = (float(end) for end in output.aminmax())
        if not math.isfinite(low + high):
            finite = output[output.isfinite()]
            low, high = (float(finite.min()), float(finite.max())) if finite.numel() else (0.0, 0.0)
        found[layer] = low, high

    return hook


def shown_stride(shape: tuple[int, ...], most: int = MOST_SHOWN) -> int:
    """The smallest stride that leaves at most `most` numbers of a `(C, H, W)` layer (1 for `(C,)`)."""
    if len(shape) < 3:
        return 1
    channels, height, width = shape
    stride = 1
    while channels * -(-height // stride) * -(-width // stride) > most and stride < max(height, width):
        stride += 1
    return stride


def to_maps(layer: str, output: Tensor) -> Maps:
    """The first image of a layer's output as numpy, thinned for display; fp32, contiguous."""
    first = output[0]
    shape = tuple(first.shape)
    stride = shown_stride(shape)
    if stride > 1:
        first = first[:, ::stride, ::stride]
    return Maps(layer, np.ascontiguousarray(first.float().cpu().numpy()), stride, shape)
