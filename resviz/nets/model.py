"""The torch model of any spec: torchvision's state_dict keys, and one submodule for every layer of the graph."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from resviz.arch.graph import shortcut_kind
from resviz.arch.spec import ResNetSpec


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


def _conv(channels: int, out: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels, out, kernel, stride, kernel // 2, bias=False)


class ResidualBlock(nn.Module):
    """One block, Basic or Bottleneck (He 2015, fig. 5), with the stride in the 3x3 as torchvision has it.

    In: `(N, channels, H, W)`; out: `(N, planes * expansion, H', W')` with `H' = ceil(H / stride)`.
    """

    downsample: nn.Module | None
    add: Add | None

    def __init__(self, spec: ResNetSpec, channels: int, planes: int, stride: int) -> None:
        super().__init__()
        out = planes * spec.expansion
        if spec.block == "basic":
            shapes = [(channels, planes, 3, stride), (planes, planes, 3, 1)]
        else:
            shapes = [(channels, planes, 1, 1), (planes, planes, 3, stride), (planes, out, 1, 1)]
        self.convs = len(shapes)
        for number, shape in enumerate(shapes, 1):
            self.add_module(f"conv{number}", _conv(*shape))
            self.add_module(f"bn{number}", nn.BatchNorm2d(shape[1]))
            if number < self.convs:
                self.add_module(f"relu{number}", nn.ReLU())
        self.downsample = _downsample(spec, channels, out, stride)
        self.add = Add() if spec.residual else None
        self.add_module(f"relu{self.convs}", nn.ReLU())

    def residual(self, x: Tensor) -> Tensor:
        """The residual branch F(x), up to its last BN."""
        for number in range(1, self.convs + 1):
            x = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(x))
            if number < self.convs:
                x = getattr(self, f"relu{number}")(x)
        return x

    def forward(self, x: Tensor) -> Tensor:
        """Residual branch first, then the shortcut, as torchvision orders them."""
        out = self.residual(x)
        if self.add is not None:
            out = self.add(out, x if self.downsample is None else self.downsample(x))
        return cast(Tensor, getattr(self, f"relu{self.convs}")(out))


def _downsample(spec: ResNetSpec, channels: int, out: int, stride: int) -> nn.Module | None:
    if not spec.residual:
        return None
    kind = shortcut_kind(spec, channels != out or stride != 1)
    if kind == "projection":
        return nn.Sequential(_conv(channels, out, 1, stride), nn.BatchNorm2d(out))
    return ZeroPad(channels, out, stride) if kind == "zero-pad" else None


class ResNet(nn.Module):
    """The network of a spec. In: `(N, channels, size, size)`, other sizes too; out: logits `(N, classes)`."""

    def __init__(self, spec: ResNetSpec) -> None:
        super().__init__()
        self.spec = spec
        imagenet = spec.stem == "imagenet"
        self.conv1 = _conv(spec.channels, spec.width, *((7, 2) if imagenet else (3, 1)))
        self.bn1 = nn.BatchNorm2d(spec.width)
        self.relu = nn.ReLU()
        if imagenet:
            self.maxpool = nn.MaxPool2d(3, 2, 1)
        channels = spec.width
        for stage, count in enumerate(spec.blocks):
            planes = spec.planes(stage)
            blocks = nn.Sequential()
            for index in range(count):
                blocks.append(ResidualBlock(spec, channels, planes, 2 if stage and not index else 1))
                channels = planes * spec.expansion
            self.add_module(f"layer{stage + 1}", blocks)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(channels, spec.classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits `(N, classes)`: the children one after another, which is the order of the graph."""
        for child in self.children():
            x = child(x)
        return x


def build_model(spec: ResNetSpec, *, seed: int | None = 0, device: torch.device | str = "cpu") -> ResNet:
    """A model in eval mode with random weights, drawn as torchvision draws them.

    `seed` makes the weights repeatable, the same on every device, and leaves torch's global generator alone; None
    draws from the global one. On the `meta` device nothing is allocated and nothing drawn.
    """
    with torch.device("meta"):
        model = ResNet(spec)
    if torch.device(device).type != "meta":
        model.to_empty(device="cpu")
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        for module in model.modules():
            _initialise(module, generator)
        model.to(device)
    return model.eval()


def _initialise(module: nn.Module, generator: torch.Generator | None) -> None:
    """He 2015, "Delving Deep into Rectifiers", eq. 15 (fan-out) for convolutions; torch's defaults for the rest."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=generator)
    elif isinstance(module, nn.BatchNorm2d):
        module.reset_parameters()
    elif isinstance(module, nn.Linear):
        bound = module.in_features**-0.5
        nn.init.uniform_(module.weight, -bound, bound, generator=generator)
        nn.init.uniform_(module.bias, -bound, bound, generator=generator)
