"""Why this class: Grad-CAM, occlusion, integrated gradients and input gradients, computed by captum."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

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

Method = Literal["gradcam", "occlusion", "ig", "gradient"]
METHODS: tuple[Method, ...] = ("gradcam", "occlusion", "ig", "gradient")
STEPS = 32
"""Points on integrated gradients' way from the baseline (Sundararajan 2017, section 5, takes 20 to 300)."""
WINDOWS = 12
"""Occlusion windows along a side; each overlaps half of the next."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each place speaks for a class (against it where negative), `(h, w)` fp32.

    Grad-CAM's has the resolution of `layer`, all others that of the input, summed over its channels; `layer` is empty
    there. `index` is the class.
    """

    method: Method
    index: int
    values: NDArray[np.float32]
    layer: str = ""


def last_stage(model: ResNet) -> str:
    """The output of the last stage, where Grad-CAM is looked at usually (Selvaraju 2017, section 3)."""
    from resviz.arch.graph import network

    stage = f"layer{len(model.spec.blocks)}"
    return next(layer.id for layer in reversed(network(model.spec).layers) if layer.stage == stage)


def explain(
    model: ResNet,
    batch: Tensor,
    method: Method,
    index: int,
    *,
    layer: str = "",
    off: Off = NOTHING_OFF,
    progress: Progress = silent,
) -> Attribution:
    """Attribute the logit of class `index` to the picture `(1, C, H, W)`.

    Grad-CAM is captum's `LayerGradCam`, not cut at zero; occlusion sets a window to zero, which after normalisation is
    the mean colour, and notes by how much the logit falls; integrated gradients go from that same picture; the gradient
    is not made absolute. Raises `SpecError` for an unknown layer, one without height and width or an unknown class,
    `DeviceError`; what `progress` raises stops it.
    """
    if not 0 <= index < model.spec.classes:
        raise SpecError("class_range", index=index, last=model.spec.classes - 1)
    with failures_told(model.spec, batch.device), exact(), switched_off(model, off), _quiet():
        if method == "gradcam":
            layer = check_layer(model.spec, layer or last_stage(model))
            return Attribution(method, index, _gradcam(model, batch, layer, index), layer)
        found = _OF_INPUT[method](model, batch, index, progress)
        return Attribution(method, index, _plain(found[0].sum(0)))


def speaks(model: ResNet, batch: Tensor, layer: str, index: int, *, off: Off = NOTHING_OFF) -> NDArray[np.float32]:
    """How much each channel of a layer speaks for a class: gradient times activation, summed over the places; `(C,)`.

    To first order, by how much the logit would fall without the channel. Raises as `explain` does.
    """
    kept: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        kept.append(output.detach().requires_grad_(True))
        return kept[0]

    handle = model.get_submodule(check_layer(model.spec, layer)).register_forward_hook(keep)
    try:
        with failures_told(model.spec, batch.device), exact(), switched_off(model, off), torch.enable_grad():
            logit = model(batch)[0, index]
            # Behind something that is switched off, a layer says nothing to the class.
            reached = logit.requires_grad
            found = torch.autograd.grad(logit, kept[0], allow_unused=True) if reached else (None,)
    finally:
        handle.remove()
    gradient: Tensor | None = found[0]
    worth = torch.zeros_like(kept[0][0]) if gradient is None else gradient[0] * kept[0][0]
    return _plain(worth.flatten(1).sum(1) if worth.ndim > 1 else worth)


def _gradcam(model: ResNet, batch: Tensor, layer: str, index: int) -> NDArray[np.float32]:
    from captum.attr import LayerGradCam

    module = model.get_submodule(layer)
    output = _output(model, module, batch)
    if output.ndim != 4:
        raise SpecError("layer_flat", layer=layer)
    found = _or_zeros(
        lambda: LayerGradCam(model, module).attribute(batch.clone().requires_grad_(True), target=index), output[:, :1]
    )
    return _plain(found[0, 0])


def _or_zeros(attribute: Callable[[], Tensor], like: Tensor) -> Tensor:
    """No gradient comes past something that is switched off: behind it nothing speaks for a class."""
    try:
        return attribute()
    except RuntimeError as error:
        if "not have been used" not in str(error) and "does not require grad" not in str(error):
            raise
        return torch.zeros_like(like)


def _output(model: ResNet, module: nn.Module, batch: Tensor) -> Tensor:
    kept: list[Tensor] = []
    handle = module.register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    try:
        with torch.inference_mode():
            model(batch)
    finally:
        handle.remove()
    return kept[0]


def _gradient(model: ResNet, batch: Tensor, index: int, _progress: Progress) -> Tensor:
    from captum.attr import Saliency

    inputs = batch.clone().requires_grad_(True)
    return _or_zeros(lambda: Saliency(model).attribute(inputs, target=index, abs=False), batch)


def _integrated(model: ResNet, batch: Tensor, index: int, progress: Progress) -> Tensor:
    from captum.attr import IntegratedGradients

    with _counted(model, progress, STEPS, "Integrated gradients"):
        return _or_zeros(
            lambda: IntegratedGradients(model).attribute(
                batch, baselines=torch.zeros_like(batch), target=index, n_steps=STEPS, internal_batch_size=1
            ),
            batch,
        )


def _occlusion(model: ResNet, batch: Tensor, index: int, progress: Progress) -> Tensor:
    from captum.attr import Occlusion

    _, channels, height, width = batch.shape
    strides = tuple(max(1, -(-side // WINDOWS)) for side in (height, width))
    window = tuple(min(2 * stride, side) for stride, side in zip(strides, (height, width), strict=True))
    passes = 1
    for side, size, stride in zip((height, width), window, strides, strict=True):
        passes *= -(-(side - size) // stride) + 1
    with torch.no_grad(), _counted(model, progress, passes + 1, "Occlusion"):
        found: Tensor = Occlusion(model).attribute(
            batch,
            sliding_window_shapes=(channels, *window),
            strides=(channels, *strides),
            baselines=0,
            target=index,
        )
    return found


_OF_INPUT: dict[str, Callable[[ResNet, Tensor, int, Progress], Tensor]] = {
    "gradient": _gradient,
    "ig": _integrated,
    "occlusion": _occlusion,
}


@contextmanager
def _counted(model: nn.Module, progress: Progress, passes: int, text: str) -> Iterator[None]:
    """Calls `progress` before each forward pass, of which there will be so many."""
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        progress(min(done / max(passes, 1), 1.0), text)
        done += 1

    handle = model.register_forward_pre_hook(count)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def _quiet() -> Iterator[None]:
    """captum warns that it sets `requires_grad` on what it is given; so it shall."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _plain(values: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(values.detach().float().cpu().numpy())
