"""The torch model of any spec: torchvision's and timm's state_dict keys, one submodule for every layer of the graph."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from resviz.arch.graph import act_name
from resviz.arch.plan import BlockPlan, Conv, block_plan, stem_plan
from resviz.arch.spec import ResNetSpec
from resviz.nets import layers
from resviz.nets.layers import Add, AvgPool, Blur, Eca, GroupNorm, SqueezeExcite, ZeroPad

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
    "mish": nn.Mish,
    "hardswish": nn.Hardswish,
}


def _conv(plan: Conv) -> nn.Conv2d:
    padding = plan.dilation * (plan.kernel // 2)
    return nn.Conv2d(plan.channels, plan.out, plan.kernel, plan.stride, padding, plan.dilation, plan.groups, bias=False)


def _norm(spec: ResNetSpec, channels: int) -> nn.Module:
    return GroupNorm(spec.norm_groups, channels) if spec.norm == "group" else nn.BatchNorm2d(channels)


def _act(spec: ResNetSpec) -> nn.Module:
    return ACTIVATIONS[spec.activation]()


def _filter(spec: ResNetSpec, stride: int) -> nn.Module:
    return Blur(stride) if spec.antialias == "blur" else AvgPool(stride)


class ResidualBlock(nn.Module):
    """One block, Basic or Bottleneck (He 2015, fig. 5), or with pre-activation (He 2016, fig. 1b).

    In: `(N, channels, H, W)`; out: `(N, planes * expansion, H', W')` with `H' = ceil(H / stride)`.
    """

    downsample: nn.Module | None
    add: Add | None

    def __init__(self, spec: ResNetSpec, plan: BlockPlan, drop_path: float) -> None:
        super().__init__()
        self.preact = spec.preact
        self.projects = plan.shortcut != "identity"
        self.drop_path = drop_path
        self.convs = len(plan.convs)
        #: Names of the residual branch in their order; `head` of them come before a pre-activation's fork.
        self.branch = self._make_branch(spec, plan)
        self.head = 2
        self.downsample = _downsample(spec, plan)
        self.add = Add() if plan.shortcut != "none" else None
        self.last = ""
        if not self.preact:
            self.last = act_name(spec, self.convs)
            self.add_module(self.last, _act(spec))

    def _make_branch(self, spec: ResNetSpec, plan: BlockPlan) -> tuple[str, ...]:
        for number, conv in enumerate(plan.convs, 1):
            if self.preact:
                self._add_norm(spec, plan, number, conv.channels)
            self.add_module(f"conv{number}", _conv(conv))
            if not self.preact:
                self._add_norm(spec, plan, number, conv.out)
        if spec.attention == "se":
            self.add_module("se", SqueezeExcite(plan.out, spec.reduction))
        elif spec.attention == "eca":
            self.add_module("se", Eca(plan.out))
        return tuple(self._modules)

    def _add_norm(self, spec: ResNetSpec, plan: BlockPlan, number: int, channels: int) -> None:
        """BN, ReLU (not the last one of a post-activation block: that follows the add) and the filter that strides."""
        self.add_module(f"bn{number}", _norm(spec, channels))
        if not self.preact and number == self.convs:
            return
        self.add_module(act_name(spec, number), _act(spec))
        if plan.filtered and plan.filtered == number - self.preact:
            self.add_module("aa", _filter(spec, plan.filter_stride))

    def residual(self, x: Tensor) -> Tensor:
        """The residual branch F(x), up to its last BN (or convolution, or attention)."""
        return self._through(self.branch, x)

    def _through(self, names: tuple[str, ...], x: Tensor) -> Tensor:
        for name in names:
            x = getattr(self, name)(x)
        return x

    def forward(self, x: Tensor) -> Tensor:
        """Residual branch first, then the shortcut, as torchvision orders them."""
        branch, start = self.branch, x
        if self.preact and self.projects:  # where the shape changes both paths share the first BN and ReLU
            start = self._through(branch[: self.head], x)
            out = self._through(branch[self.head :], start)
        else:
            out = self._through(branch, x)
        if self.drop_path and self.training:
            from torchvision.ops import stochastic_depth  # a second to load, which nothing but training needs

            out = stochastic_depth(out, self.drop_path, "row")
        if self.add is not None:
            out = self.add(out, start if self.downsample is None else self.downsample(start))
        return cast(Tensor, getattr(self, self.last)(out)) if self.last else out


def _downsample(spec: ResNetSpec, plan: BlockPlan) -> nn.Module | None:
    if plan.shortcut == "zero-pad":
        return ZeroPad(plan.channels, plan.out, plan.stride)
    if plan.projection is None:
        return None
    projection, norm = plan.projection, [] if spec.preact else [_norm(spec, plan.out)]
    pool = [AvgPool(projection.pool) if projection.pool else nn.Identity()] if projection.has_slot else []
    return nn.Sequential(*pool, _conv(projection.conv), *norm)


def _stem(spec: ResNetSpec) -> nn.Module:
    """One convolution, or three with norm and activation between them."""
    convs = stem_plan(spec).convs
    if len(convs) == 1:
        return _conv(convs[0])
    parts: list[nn.Module] = []
    for conv in convs[:-1]:
        parts += [_conv(conv), _norm(spec, conv.out), _act(spec)]
    return nn.Sequential(*parts, _conv(convs[-1]))


def _stem_pool(spec: ResNetSpec) -> nn.Module | None:
    plan = stem_plan(spec)
    blur: list[nn.Module] = []
    if plan.filtered:
        blur = [Blur(2) if spec.antialias == "blur" else layers.AvgPoolStem()]
    if plan.pool == "avgpool":
        return layers.AvgPoolStem()
    if plan.pool == "conv":
        conv = _conv(Conv(spec.stem_out, spec.stem_out, 3, plan.pool_stride))
        return nn.Sequential(conv, *blur, _norm(spec, spec.stem_out), _act(spec))
    if plan.pool == "none":
        return None
    pool = nn.MaxPool2d(3, plan.pool_stride, 1)
    return nn.Sequential(pool, *blur) if blur else pool


class ResNet(nn.Module):
    """The network of a spec. In: `(N, channels, size, size)`, other sizes too; out: logits `(N, classes)`."""

    def __init__(self, spec: ResNetSpec) -> None:
        super().__init__()
        self.spec = spec
        self.conv1 = _stem(spec)
        if not spec.preact:
            self.bn1 = _norm(spec, spec.stem_out)
            self.add_module(act_name(spec), _act(spec))
        pool = _stem_pool(spec)
        if pool is not None:
            self.maxpool = pool
        self._add_stages(spec)
        features = spec.planes(len(spec.blocks) - 1) * spec.factor
        if spec.preact:
            self.bn = _norm(spec, features)
            self.add_module(act_name(spec), _act(spec))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(features, spec.classes)

    def _add_stages(self, spec: ResNetSpec) -> None:
        done, last = 0, max(sum(spec.blocks) - 1, 1)
        for stage, count in enumerate(spec.blocks):
            blocks = nn.Sequential()
            for index in range(count):
                # The rate grows linearly with depth (Huang 2016, section 3).
                plan = block_plan(spec, stage, index)
                rate = spec.drop_path * done / last if plan.shortcut != "none" else 0.0
                blocks.append(ResidualBlock(spec, plan, rate))
                done += 1
            self.add_module(f"layer{stage + 1}", blocks)

    def forward(self, x: Tensor) -> Tensor:
        """Logits `(N, classes)`: the children one after another, which is the order of the graph."""
        for name, child in self.named_children():
            if name == "fc" and self.spec.dropout:
                x = nn.functional.dropout(x, self.spec.dropout, self.training)
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
        if spec.zero_init:
            _zero_last(model)
        model.to(device)
    return model.eval()


def _initialise(module: nn.Module, generator: torch.Generator | None) -> None:
    """He 2015, "Delving Deep into Rectifiers", eq. 15 (fan-out) for convolutions; torch's defaults for the rest."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        if module.bias is not None:  # SE's, whose gate then starts in the middle
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Conv1d):
        nn.init.kaiming_uniform_(module.weight, a=5**0.5, generator=generator)
    elif isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
        module.reset_parameters()
    elif isinstance(module, nn.Linear):
        bound = module.in_features**-0.5
        nn.init.uniform_(module.weight, -bound, bound, generator=generator)
        nn.init.uniform_(module.bias, -bound, bound, generator=generator)


def _zero_last(model: ResNet) -> None:
    """Each residual branch starts at zero: its last BN's scale, or with pre-activation its last convolution."""
    for block in model.modules():
        if isinstance(block, ResidualBlock) and block.add is not None:
            last = getattr(block, f"conv{block.convs}" if block.preact else f"bn{block.convs}")
            nn.init.zeros_(last.weight)
