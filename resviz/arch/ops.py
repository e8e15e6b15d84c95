"""One rule per operator: what comes out, what it holds, what it costs, what it sees.

Counting: one MAC is one multiply-add of a convolution or of fc; BN, ReLU, pooling, padding, additions and biases
count none (the paper's table 1 counts the same way). The rules that repeat in every block are cached: a network of
600 blocks has a dozen different ones.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

Shape = tuple[int, ...]


class Op(NamedTuple):
    """What one operator does to a shape, batch size left out.

    `params` are trainable numbers, `buffers` the other numbers in the state_dict, `macs` multiply-adds for one image.
    `kernel`, `stride` and `padding` describe its window; 0 where it has none.
    """

    op: str
    out_shape: Shape
    params: int = 0
    buffers: int = 0
    macs: int = 0
    kernel: int = 0
    stride: int = 0
    padding: int = 0


def window(size: int, kernel: int, stride: int, padding: int) -> int:
    """Output length of a sliding window, as `torch.nn.Conv2d` rounds it (down)."""
    return (size + 2 * padding - kernel) // stride + 1


@lru_cache(maxsize=512)
def conv(shape: Shape, out: int, kernel: int, stride: int = 1) -> Op:
    """A bias-free convolution with "same" padding: `(C, H, W)` to `(out, H', W')`."""
    channels, height, width = shape
    padding = kernel // 2
    high, wide = window(height, kernel, stride, padding), window(width, kernel, stride, padding)
    params = out * channels * kernel * kernel
    return Op("conv", (out, high, wide), params, 0, params * high * wide, kernel, stride, padding)


@lru_cache(maxsize=512)
def bn(shape: Shape) -> Op:
    """BatchNorm: scale and shift trained; running mean and variance and one batch counter are buffers."""
    return Op("bn", shape, 2 * shape[0], 2 * shape[0] + 1)


@lru_cache(maxsize=512)
def relu(shape: Shape) -> Op:
    """ReLU, element by element."""
    return Op("relu", shape)


def maxpool(shape: Shape) -> Op:
    """The ImageNet stem's 3x3 max-pool of stride 2 (He 2015, table 1)."""
    channels, height, width = shape
    return Op("maxpool", (channels, window(height, 3, 2, 1), window(width, 3, 2, 1)), 0, 0, 0, 3, 2, 1)


def pad(shape: Shape, out: int, stride: int) -> Op:
    """Option A's shortcut: every `stride`-th pixel, and zero channels up to `out` (He 2015, section 3.3)."""
    _, height, width = shape
    return Op("pad", (out, window(height, 1, stride, 0), window(width, 1, stride, 0)), 0, 0, 0, 1, stride, 0)


@lru_cache(maxsize=512)
def add(shape: Shape) -> Op:
    """Sum of the residual branch and the shortcut; both have this shape."""
    return Op("add", shape)


def avgpool(shape: Shape) -> Op:
    """Global average pooling: `(C, H, W)` to `(C, 1, 1)`. Its window is the whole map."""
    channels, height, _ = shape
    return Op("avgpool", (channels, 1, 1), 0, 0, 0, height, height, 0)


def flatten(shape: Shape) -> Op:
    """`(C, H, W)` to `(C * H * W,)`."""
    channels, height, width = shape
    return Op("flatten", (channels * height * width,))


def fc(shape: Shape, out: int) -> Op:
    """The fully connected classifier, with bias: `(C,)` to `(out,)`."""
    (channels,) = shape
    return Op("fc", (out,), channels * out + out, 0, channels * out)
