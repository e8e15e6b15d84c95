"""Convolutions of oneDNN that end in ReLU, or in an add and ReLU, with weights kept in its own order.

What torch's compiler makes of a ResNet on a CPU is these operators; called directly they need no compiler, and a
network is ready in a fraction of a second instead of in half a minute. They are torch's inner ones: where they are not
there, a network is not fused.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn

from resviz.nets.model import ResidualBlock, ResNet


def available() -> bool:
    """Whether this build of torch has the operators."""
    return (
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and hasattr(torch._C._nn, "mkldnn_reorder_conv2d_weight")
        and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
        and hasattr(torch.ops.mkldnn, "_convolution_pointwise_")
    )


class FusedConv(nn.Module):
    """A convolution, and ReLU if `relu`. `(N, C, H, W)` in and out, channels-last.

    The order that suits one image may be the wrong one for many and, measured on ResNet-50 in fp32, cost more than all
    else gained: each has its own, made when the first such batch comes.
    """

    def __init__(self, conv: nn.Conv2d, relu: bool) -> None:
        super().__init__()
        self._how = (conv.padding, conv.stride, conv.dilation, conv.groups)
        self._then = "relu" if relu else "none"
        self.weight, self.bias = conv.weight, conv.bias
        self._ordered: dict[bool, Tensor] = {}

    def _weight_for(self, x: Tensor) -> Tensor:
        many = len(x) > 1
        if many not in self._ordered:
            weight = self.weight.detach().contiguous(memory_format=torch.channels_last)
            reorder = cast(Any, torch._C._nn).mkldnn_reorder_conv2d_weight
            self._ordered[many] = reorder(weight.to_mkldnn(), *self._how, x.shape)
        return self._ordered[many]

    def forward(self, x: Tensor) -> Tensor:
        """The convolution, through ReLU if it has one."""
        run = torch.ops.mkldnn._convolution_pointwise
        return cast(Tensor, run(x, self._weight_for(x), self.bias, *self._how, self._then, [], ""))

    def added(self, x: Tensor, other: Tensor) -> Tensor:
        """`relu(conv(x) + other)`; the result takes `other`'s place."""
        run, weight = torch.ops.mkldnn._convolution_pointwise_.binary, self._weight_for(x)
        return cast(Tensor, run(other, x, weight, self.bias, *self._how, "add", 1.0, "relu", [], ""))


class FusedBlock(ResidualBlock):
    """A post-activation block whose last convolution adds the shortcut and applies the last ReLU."""

    def forward(self, x: Tensor) -> Tensor:
        """As `ResidualBlock`; overwrites its input where the shortcut is the identity."""
        out = self._through(self.branch[:-2], x)
        other = x if self.downsample is None else self.downsample(x)
        conv = cast(FusedConv, getattr(self, self.branch[-2]))
        return conv.added(out, other.contiguous(memory_format=torch.channels_last))


def fuse(model: ResNet) -> None:
    """Replace all convolutions, in place. Where BN is folded, the activation follows its convolution."""
    blocks = [block for block in model.modules() if isinstance(block, ResidualBlock) and _ends_in_add(block)]
    for parent in list(model.modules()):
        _fuse_children(parent)
    for block in blocks:
        block.__class__ = FusedBlock


def _ends_in_add(block: ResidualBlock) -> bool:
    """Whether the branch's last convolution (its BN folded), the add and ReLU follow one another."""
    conv, norm = (getattr(block, name) for name in block.branch[-2:])
    ends = isinstance(conv, nn.Conv2d) and isinstance(norm, nn.Identity)
    return ends and block.add is not None and isinstance(getattr(block, block.last or "add"), nn.ReLU)


def _fuse_children(parent: nn.Module) -> None:
    children = list(parent.named_children())
    for at, (name, child) in enumerate(children):
        if not isinstance(child, nn.Conv2d):
            continue
        follows = next((pair for pair in children[at + 1 :] if not isinstance(pair[1], nn.Identity)), None)
        relu = follows is not None and isinstance(follows[1], nn.ReLU)
        setattr(parent, name, FusedConv(child, relu))
        if relu and follows is not None:
            setattr(parent, follows[0], nn.Identity())
