"""The operators of the family that torch has no module for. Names of their parameters are timm's."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from resviz.arch.ops import eca_kernel, se_width


class Add(nn.Module):
    """Sum of the residual branch and the shortcut, as a module so that it can be hooked. `(N, C, H, W)` twice in."""

    def forward(self, residual: Tensor, shortcut: Tensor) -> Tensor:
        """`F(x) + x`, He 2015, eq. 1."""
        return residual + shortcut


class ZeroPad(nn.Module):
    """Option A's parameter-free shortcut: every `stride`-th pixel, zero channels on both sides (He 2015, 3.3)."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.before = (out - channels) // 2
        self.after = out - channels - self.before

    def forward(self, x: Tensor) -> Tensor:
        """`(N, C, H, W)` to `(N, out, ceil(H / stride), ceil(W / stride))`."""
        return functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.before, self.after))


class Blur(nn.Module):
    """A 3x3 binomial filter, reflected at the border, that strides (Zhang 2019, section 3.2). It holds no weights."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """`(N, C, H, W)` to `(N, C, ceil(H / stride), ceil(W / stride))`."""
        line = torch.tensor((0.25, 0.5, 0.25), dtype=x.dtype, device=x.device)
        kernel = torch.outer(line, line).expand(x.shape[1], 1, 3, 3)
        # A map one pixel high has nothing to reflect: its only line repeats.
        mode = "reflect" if min(x.shape[-2:]) > 1 else "replicate"
        padded = functional.pad(x, (1, 1, 1, 1), mode)
        return functional.conv2d(padded, kernel, stride=self.stride, groups=x.shape[1])


class AvgPool(nn.Module):
    """A 2x2 average pool. Of stride 2, the last window may hang over the border and counts what is inside; of stride 1
    it pads one zero on the right and below and counts it, as timm's `AvgPool2dSame` does in dilated stages.
    """

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """`(N, C, H, W)` to `(N, C, ceil(H / stride), ceil(W / stride))`."""
        if self.stride == 1:
            return functional.avg_pool2d(functional.pad(x, (0, 1, 0, 1)), 2, 1)
        return functional.avg_pool2d(x, 2, self.stride, ceil_mode=True, count_include_pad=False)


class AvgPoolStem(nn.Module):
    """The 2x2 average that stands for the stem's pool in timm's `resnetaa*`; an odd last line is left out."""

    def forward(self, x: Tensor) -> Tensor:
        """`(N, C, H, W)` to `(N, C, H // 2, W // 2)`; where that would be nothing, one pixel is left."""
        return functional.avg_pool2d(x, 2, 2, ceil_mode=min(x.shape[-2:]) < 2, count_include_pad=False)


class GroupNorm(nn.GroupNorm):
    """Group normalisation (Wu 2018) that also takes a group of a single value, as a one-pixel map may have."""

    def forward(self, x: Tensor) -> Tensor:
        """`(N, C, H, W)` in and out; a single value is its own mean and leaves as the bias."""
        return torch.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)


class SqueezeExcite(nn.Module):
    """Channel attention by a global mean and two 1x1 convolutions (Hu 2018, section 3). `(N, C, H, W)` in and out."""

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        inner = se_width(channels, reduction)
        self.fc1 = nn.Conv2d(channels, inner, 1)
        self.fc2 = nn.Conv2d(inner, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Each channel scaled by its gate between 0 and 1."""
        squeezed = functional.relu(self.fc1(x.mean((2, 3), keepdim=True)))
        gates: Tensor = self.fc2(squeezed).sigmoid()
        return x * gates


class Eca(nn.Module):
    """Channel attention by a convolution along the channels' means (Wang 2020, section 3). `(N, C, H, W)`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        kernel = eca_kernel(channels)
        self.conv = nn.Conv1d(1, 1, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Each channel scaled by its gate between 0 and 1."""
        means = x.mean((2, 3)).unsqueeze(1)
        gates: Tensor = self.conv(means).sigmoid().squeeze(1)
        return x * gates[:, :, None, None]
