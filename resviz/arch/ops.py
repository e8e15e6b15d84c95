"""One rule per operator: what comes out, what it holds, what it costs, what it sees.

Counting: one MAC is one multiply-add of a convolution, of fc, of the convolutions inside SE and ECA, or of a blur's
fixed filter; norms, activations, pooling, padding, additions, gates and biases count none (the paper's table 1 counts
the same way). The rules that repeat in every block are cached: a network of 600 blocks has a dozen different ones.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from resviz.arch.plan import Conv

Shape = tuple[int, ...]


class Op(NamedTuple):
    """What one operator does to a shape, batch size left out.

    `params` are trainable numbers, `buffers` the other numbers in the state_dict, `macs` multiply-adds for one image.
    `kernel`, `stride`, `padding` (left and above) and `dilation` describe its window, `groups` how a convolution
    or a group norm divides its channels; 0 where there is none.
    """

    op: str
    out_shape: Shape
    params: int = 0
    buffers: int = 0
    macs: int = 0
    kernel: int = 0
    stride: int = 0
    padding: int = 0
    dilation: int = 0
    groups: int = 0


def halved(size: int, stride: int) -> int:
    """Output length of a window with "same" padding: every `stride`-th place, the first included."""
    return (size - 1) // stride + 1


@lru_cache(maxsize=512)
def conv(shape: Shape, plan: Conv) -> Op:
    """A bias-free convolution with "same" padding: `(C, H, W)` to `(out, ceil(H / stride), ceil(W / stride))`."""
    _, height, width = shape
    out, kernel, stride, dilation, groups = plan[1:]
    high, wide = halved(height, stride), halved(width, stride)
    params = out * (plan.channels // groups) * kernel * kernel
    window = (kernel, stride, dilation * (kernel // 2), dilation, groups)
    return Op("conv", (out, high, wide), params, 0, params * high * wide, *window)


@lru_cache(maxsize=512)
def norm(kind: str, shape: Shape, groups: int = 0) -> Op:
    """A normalisation's trained scale and shift. BatchNorm's running mean and variance and its counter are buffers."""
    if kind == "group":
        return Op("gn", shape, 2 * shape[0], groups=groups)
    return Op("bn", shape, 2 * shape[0], 2 * shape[0] + 1)


@lru_cache(maxsize=512)
def activation(name: str, shape: Shape) -> Op:
    """ReLU or what stands for it, element by element."""
    return Op(name, shape)


@lru_cache(maxsize=512)
def maxpool(shape: Shape, stride: int) -> Op:
    """The ImageNet stem's 3x3 max-pool (He 2015, table 1)."""
    return Op("maxpool", _strided(shape, stride), 0, 0, 0, 3, stride, 1, 1)


@lru_cache(maxsize=512)
def blur(shape: Shape, stride: int) -> Op:
    """A fixed 3x3 binomial filter of every channel on its own (Zhang 2019, section 3.2)."""
    out = _strided(shape, stride)
    return Op("blur", out, 0, 0, 9 * math.prod(out), 3, stride, 1, 1, shape[0])


@lru_cache(maxsize=512)
def avgpool2(shape: Shape, stride: int) -> Op:
    """A 2x2 average pool whose last window may hang over: `(C, H, W)` to `(C, ceil(H / stride), ceil(W / stride))`."""
    return Op("avgpool", _strided(shape, stride), 0, 0, 0, 2, stride, 0, 1)


@lru_cache(maxsize=512)
def avgpool_stem(shape: Shape) -> Op:
    """The 2x2 average that stands for the stem's pool: `H // 2`, as `torch.nn.AvgPool2d` rounds it; 1 stays 1."""
    channels, height, width = shape
    return Op("avgpool", (channels, max(height // 2, 1), max(width // 2, 1)), 0, 0, 0, 2, 2, 0, 1)


@lru_cache(maxsize=512)
def pad(shape: Shape, out: int, stride: int) -> Op:
    """Option A's shortcut: every `stride`-th pixel, and zero channels up to `out` (He 2015, section 3.3)."""
    return Op("pad", (out, *_strided(shape, stride)[1:]), 0, 0, 0, 1, stride, 0, 1)


def se_width(channels: int, reduction: int) -> int:
    """Channels between SE's two 1x1 convolutions: `channels / reduction`, to the nearest eight (timm)."""
    return max(8, int(channels / reduction + 4) // 8 * 8)


@lru_cache(maxsize=512)
def se(shape: Shape, reduction: int) -> Op:
    """Squeeze-and-excitation (Hu 2018, section 3): global mean, two 1x1 convolutions with bias, a sigmoid gate."""
    channels, inner = shape[0], se_width(shape[0], reduction)
    return Op("se", shape, 2 * channels * inner + inner + channels, 0, 2 * channels * inner)


def eca_kernel(channels: int) -> int:
    """Channels that one gate of ECA looks at (Wang 2020, eq. 12): odd, at least 3."""
    reach = int(abs(math.log(channels, 2) + 1) / 2)
    return max(reach if reach % 2 else reach + 1, 3)


@lru_cache(maxsize=512)
def eca(shape: Shape) -> Op:
    """Efficient channel attention (Wang 2020): global mean, one 1-d convolution along the channels, a sigmoid gate."""
    kernel = eca_kernel(shape[0])
    return Op("eca", shape, kernel, 0, kernel * shape[0])


@lru_cache(maxsize=512)
def add(shape: Shape) -> Op:
    """Sum of the residual branch and the shortcut; both have this shape."""
    return Op("add", shape)


def avgpool(shape: Shape) -> Op:
    """Global average pooling: `(C, H, W)` to `(C, 1, 1)`. Its window is the whole map."""
    channels, height, _ = shape
    return Op("avgpool", (channels, 1, 1), 0, 0, 0, height, height, 0, 1)


def flatten(shape: Shape) -> Op:
    """`(C, H, W)` to `(C * H * W,)`."""
    channels, height, width = shape
    return Op("flatten", (channels * height * width,))


def fc(shape: Shape, out: int) -> Op:
    """The fully connected classifier, with bias: `(C,)` to `(out,)`."""
    (channels,) = shape
    return Op("fc", (out,), channels * out + out, 0, channels * out)


def _strided(shape: Shape, stride: int) -> Shape:
    channels, height, width = shape
    return (channels, halved(height, stride), halved(width, stride))
