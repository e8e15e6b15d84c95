"""Forms of a network that compute the same in another way: BN folded into the convolutions, fused, half precision."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from resviz.nets.fused import fuse
from resviz.nets.model import ACTIVATIONS, ResNet
from resviz.ways import Precision

TYPES: dict[Precision, torch.dtype] = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True)
class Form:
    """What is done to a network. `fused`: on the CPU, ReLU and the add are done inside the convolutions, whose weights
    are kept in oneDNN's own order. `tuned`: cuDNN may measure which of its algorithms is fastest.
    """

    folded: bool = False
    fused: bool = False
    channels_last: bool = False
    precision: Precision = "fp32"
    tuned: bool = False

    @property
    def text(self) -> str:
        """`BN folded, channels-last, bf16`."""
        parts = {"BN folded": self.folded, "convolutions fused": self.fused, "channels-last": self.channels_last}
        return ", ".join([*(part for part, done in parts.items() if done), self.precision])

    @property
    def memory_format(self) -> torch.memory_format:
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def taken(self, batch: Tensor) -> Tensor:
        """The batch `(N, C, H, W)` as a network of this form takes it."""
        return batch if self == PLAIN else batch.to(TYPES[self.precision], memory_format=self.memory_format)


PLAIN = Form()


def formed(model: ResNet, form: Form) -> ResNet:
    """The network in a form; a copy, unless the form is plain."""
    if form == PLAIN:
        return model
    model = copy.deepcopy(model)
    if form.folded:
        fold(model)
        _work_in_place(model)
    if form.precision != "fp32":
        _convert(model, TYPES[form.precision])
    if form.fused:
        fuse(model)
    elif form.channels_last:
        model.to(memory_format=torch.channels_last)
    return model


# --- folding ------------------------------------------------------------------------------------------------


def fold(model: nn.Module) -> None:
    """Take every BN that directly follows a convolution into its weights (Jacob 2018, section 3.2), in place.

    The one that begins a pre-activation block follows the add, and stays.
    """
    for parent in list(model.modules()):
        before: nn.Module | None = None
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm2d) and before is not None and _fold_into(parent, before, child):
                setattr(parent, name, nn.Identity())
            before = child


def _fold_into(parent: nn.Module, before: nn.Module, norm: nn.BatchNorm2d) -> bool:
    """Whether what comes before is, or ends in (as a deep stem does), a convolution that took the BN in."""
    if isinstance(before, nn.Sequential) and len(before):
        parent, before = before, before[-1]
    if not isinstance(before, nn.Conv2d):
        return False
    name = next(name for name, child in parent.named_children() if child is before)
    setattr(parent, name, fuse_conv_bn_eval(before, norm))
    return True


def _work_in_place(model: nn.Module) -> None:
    """Each activation's input is a fresh tensor that nobody else looks at, save by a hook; such a copy has none."""
    for module in model.modules():
        if isinstance(module, tuple(ACTIVATIONS.values())) and hasattr(module, "inplace"):
            setattr(module, "inplace", True)  # noqa: B010  (each kind declares it by itself)


# --- precision ----------------------------------------------------------------------------------------------


def _convert(model: ResNet, kind: torch.dtype) -> None:
    """Convolutions in half precision. BN's statistics and the classifier stay in fp32, where the digits that are lost
    would show; both cost next to nothing.
    """
    for module in model.modules():
        if not isinstance(module, nn.BatchNorm2d | nn.Linear) and not any(module.children()):
            module.to(kind)
    model.fc.register_forward_pre_hook(_to_fp32)


def _to_fp32(_module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Tensor, ...]:
    return (inputs[0].float(),)
