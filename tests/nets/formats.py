"""Networks named and wired as public CIFAR repositories have them: what their checkpoints hold, and what they compute.

Written for these tests from the repositories' published names; the widths are small.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def conv(channels: int, out: int, kernel: int = 3, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels, out, kernel, stride, kernel // 2, bias=False)


def pooled(x: Tensor) -> Tensor:
    return functional.adaptive_avg_pool2d(x, 1).flatten(1)


def bn_relu(module: nn.Module, x: Tensor) -> Tensor:
    return functional.relu(module(x))


class PaddedShortcut(nn.Module):
    """Every second pixel, zeros around the channels; nothing in the state_dict."""

    def forward(self, x: Tensor) -> Tensor:
        quarter = x.shape[1] // 2
        return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))


class Nothing(nn.Module):
    """No shortcut at all."""

    def forward(self, _: Tensor) -> float:
        return 0.0


class PlainBlock(nn.Module):
    """conv1 bn1 conv2 bn2 and a `shortcut`, as in akamaster/pytorch_resnet_cifar10 and kuangliu/pytorch-cifar."""

    def __init__(self, channels: int, out: int, stride: int, padded: bool) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv(channels, out, 3, stride), nn.BatchNorm2d(out)
        self.conv2, self.bn2 = conv(out, out), nn.BatchNorm2d(out)
        self.shortcut: nn.Module = nn.Sequential()
        if stride != 1 or channels != out:
            projection = nn.Sequential(conv(channels, out, 1, stride), nn.BatchNorm2d(out))
            self.shortcut = PaddedShortcut() if padded else projection

    def forward(self, x: Tensor) -> Tensor:
        branch = self.bn2(self.conv2(bn_relu(self.bn1, self.conv1(x))))
        return functional.relu(branch + self.shortcut(x))


class NarrowBlock(nn.Module):
    """kuangliu's Bottleneck: conv1 to conv3, stride in the 3x3, four times as many channels out."""

    def __init__(self, channels: int, planes: int, stride: int) -> None:
        super().__init__()
        out = 4 * planes
        self.conv1, self.bn1 = conv(channels, planes, 1), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = conv(planes, planes, 3, stride), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = conv(planes, out, 1), nn.BatchNorm2d(out)
        self.shortcut = nn.Sequential()
        if stride != 1 or channels != out:
            self.shortcut = nn.Sequential(conv(channels, out, 1, stride), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        branch = bn_relu(self.bn1, self.conv1(x))
        branch = self.bn3(self.conv3(bn_relu(self.bn2, self.conv2(branch))))
        return functional.relu(branch + self.shortcut(x))


class CifarNet(nn.Module):
    """conv1 bn1 layer1.. linear."""

    def __init__(self, block: Callable[[int, int, int], nn.Module], counts: tuple[int, ...], width: int, factor: int):
        super().__init__()
        self.conv1, self.bn1 = conv(3, width), nn.BatchNorm2d(width)
        self.stages = len(counts)
        channels = width
        for stage, count in enumerate(counts):
            blocks = []
            for index in range(count):
                blocks.append(block(channels, width << stage, 2 if stage and not index else 1))
                channels = (width << stage) * factor
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.linear = nn.Linear(channels, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = bn_relu(self.bn1, self.conv1(x))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.linear(pooled(x))


class FunctionBlock(nn.Module):
    """`residual_function` and `shortcut`, as in weiaicunzai/pytorch-cifar100."""

    def __init__(self, channels: int, planes: int, stride: int, narrow: bool) -> None:
        super().__init__()
        out = 4 * planes if narrow else planes
        shapes = [(channels, planes, 3, stride), (planes, out, 3, 1)]
        if narrow:
            shapes = [(channels, planes, 1, 1), (planes, planes, 3, stride), (planes, out, 1, 1)]
        parts: list[nn.Module] = []
        for shape in shapes:
            parts += [conv(*shape), nn.BatchNorm2d(shape[1]), nn.ReLU()]
        self.residual_function = nn.Sequential(*parts[:-1])
        self.shortcut = nn.Sequential()
        if stride != 1 or channels != out:
            self.shortcut = nn.Sequential(conv(channels, out, 1, stride), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.residual_function(x) + self.shortcut(x))


class FunctionNet(nn.Module):
    """conv1.0 conv1.1 conv2_x .. conv5_x fc."""

    def __init__(self, narrow: bool) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(conv(3, 8), nn.BatchNorm2d(8), nn.ReLU())
        channels = 8
        for stage, count in enumerate((2, 1, 1, 2)):
            blocks = []
            for index in range(count):
                blocks.append(FunctionBlock(channels, 8 << stage, 2 if stage and not index else 1, narrow))
                channels = (8 << stage) * (4 if narrow else 1)
            self.add_module(f"conv{stage + 2}_x", nn.Sequential(*blocks))
        self.fc = nn.Linear(channels, 100)

    def forward(self, x: Tensor) -> Tensor:
        for name in ("conv1", "conv2_x", "conv3_x", "conv4_x", "conv5_x"):
            x = getattr(self, name)(x)
        return self.fc(pooled(x))


class WideBlock(nn.Module):
    """bn1 conv1 bn2 conv2 convShortcut, as in xternalz/WideResNet-pytorch."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(channels), conv(channels, out, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(out), conv(out, out)
        self.convShortcut = conv(channels, out, 1, stride) if channels != out else None

    def forward(self, x: Tensor) -> Tensor:
        first = bn_relu(self.bn1, x)
        branch = self.conv2(bn_relu(self.bn2, self.conv1(first)))
        return branch + (x if self.convShortcut is None else self.convShortcut(first))


class WideStage(nn.Module):
    def __init__(self, count: int, channels: int, out: int, stride: int) -> None:
        super().__init__()
        blocks = [WideBlock(channels if not i else out, out, stride if not i else 1) for i in range(count)]
        self.layer = nn.Sequential(*blocks)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


class WideNet(nn.Module):
    """conv1 block1 block2 block3 bn1 fc: WRN-16-2 at half the width."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = conv(3, 8)
        self.block1, self.block2 = WideStage(2, 8, 16, 1), WideStage(2, 16, 32, 2)
        self.block3, self.bn1 = WideStage(2, 32, 64, 2), nn.BatchNorm2d(64)
        self.fc = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.block3(self.block2(self.block1(self.conv1(x))))
        return self.fc(pooled(bn_relu(self.bn1, x)))


class PreBlock(nn.Module):
    """bn1 conv1 bn2 conv2 shortcut.0 of kuangliu's PreActResNet."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(channels), conv(channels, out, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(out), conv(out, out)
        if stride != 1 or channels != out:
            self.shortcut = nn.Sequential(conv(channels, out, 1, stride))


def akamaster() -> nn.Module:
    return CifarNet(lambda *shape: PlainBlock(*shape, padded=True), (2, 2, 2), 8, 1)


def kuangliu() -> nn.Module:
    return CifarNet(lambda *shape: PlainBlock(*shape, padded=False), (2, 1, 1, 2), 8, 1)


def kuangliu_narrow() -> nn.Module:
    return CifarNet(NarrowBlock, (1, 2, 1), 8, 4)


def kuangliu_pre() -> nn.Module:
    """Without a last norm: not of the family."""
    model = CifarNet(PreBlock, (2, 2), 8, 1)
    del model.bn1
    return model


def seeded(model: nn.Module, seed: int = 0) -> nn.Module:
    """In eval mode, with norms that are not the identity, so that none can be mistaken for another."""
    generator = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            for name, low in (("weight", 0.5), ("bias", -0.2), ("running_mean", -0.2), ("running_var", 0.5)):
                tensor: Any = getattr(module, name, None)
                if tensor is not None:
                    tensor.data.uniform_(low, low + 0.8, generator=generator)
    return model.eval()
