"""The effective receptive field: how much each input pixel really counts for one place of a layer (Luo 2016)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from resviz.errors import SpecError
from resviz.nets.capture import check_layer
from resviz.nets.interventions import switched_off
from resviz.nets.model import ResNet
from resviz.nets.passes import Progress, exact, failures_told, silent
from resviz.ways import NOTHING_OFF, Off

RUNS = 16
"""Inputs of noise that the field is a mean over; Luo 2016, section 3, takes 20."""


def effective_field(
    model: ResNet,
    layer: str,
    place: tuple[int, int] | None = None,
    *,
    batch: Tensor | None = None,
    runs: int = RUNS,
    seed: int = 0,
    off: Off = NOTHING_OFF,
    progress: Progress = silent,
) -> NDArray[np.float32]:
    """`(H, W)`, from 0 to 1: the absolute gradient of one place (row, column; the middle without one) of a layer, all
    its channels together, with respect to each input pixel, the mean over `runs` inputs of Gaussian noise, or for one
    picture `(1, C, H, W)`; of the network without what is `off`.

    Raises `SpecError` for an unknown layer, one without height and width, a place outside, or a gradient beyond fp32,
    and `DeviceError`.
    """
    spec = model.spec
    module = model.get_submodule(check_layer(spec, layer))
    device = next(model.parameters()).device
    dice = torch.Generator().manual_seed(seed)
    size = (1, spec.channels, spec.size, spec.size)
    inputs = [batch] if batch is not None else [torch.randn(size, generator=dice) for _ in range(runs)]
    total = torch.zeros(inputs[0].shape[-2:])
    with failures_told(spec, device), exact(), switched_off(model, off):
        for number, noise in enumerate(inputs):
            progress(number / len(inputs), "Effective receptive field")
            total += _gradient(model, module, layer, noise.to(device), place)
    if not total.isfinite().all():
        raise SpecError("field_numbers", layer=layer)
    found = (total / total.max().clamp(min=1e-30)).numpy()
    return np.ascontiguousarray(found.astype(np.float32))


class _EnoughError(Exception):
    """The layer has been reached; what comes after it does not matter."""


def _gradient(model: ResNet, module: nn.Module, layer: str, batch: Tensor, place: tuple[int, int] | None) -> Tensor:
    kept: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
        kept.append(output)
        raise _EnoughError

    handle = module.register_forward_hook(keep)
    batch = batch.detach().clone().requires_grad_(True)
    try:
        with torch.enable_grad():
            model(batch)
    except _EnoughError:
        pass
    finally:
        handle.remove()
    output = kept[0]
    if output.ndim != 4:
        raise SpecError("layer_flat", layer=layer)
    height, width = output.shape[-2:]
    row, column = place if place is not None else (height // 2, width // 2)
    if not (0 <= row < height and 0 <= column < width):
        raise SpecError("place_outside", layer=layer, row=row, column=column, height=height, width=width)
    if not output.requires_grad:  # behind what is off, nothing of the input counts
        return torch.zeros(batch.shape[-2:])
    (gradient,) = torch.autograd.grad(output[0, :, row, column].sum(), batch)
    return gradient[0].abs().sum(0).cpu()
