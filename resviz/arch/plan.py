"""What each part of a spec's network is made of: the one place where strides, widths and dilations are worked out.

The graph and the torch model are both built from these plans; parity with torchvision and timm is tested on the model.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from resviz.arch.spec import ResNetSpec, stem_widths

#: How a shortcut is made; `none` in a plain network.
ShortcutKind = Literal["none", "identity", "projection", "zero-pad"]


class Conv(NamedTuple):
    """A bias-free convolution with "same" padding, `dilation * (kernel // 2)` on each side."""

    channels: int
    out: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    groups: int = 1


class Projection(NamedTuple):
    """A shortcut that changes the shape by a convolution; `pool` is the stride of the 2x2 average pool before it.

    `pool` is 0 where there is none. At stride 1 (in a dilated stage) the pool pads on the right and below by one zero.
    """

    conv: Conv
    pool: int = 0
    has_slot: bool = False
    """Whether the pool's place in the module path is kept, as timm does even where no pool is needed."""

    @property
    def place(self) -> int:
        """Place of the convolution in `downsample`: its key is `downsample.<place>.weight`."""
        return 1 if self.has_slot else 0


class BlockPlan(NamedTuple):
    """One residual block, `(N, channels, H, W)` to `(N, out, H / stride, W / stride)`.

    `filtered` is the number (from 1) of the convolution after whose activation a blur or average pool does the
    striding, 0 where none does; `filter_stride` its stride.
    """

    channels: int
    out: int
    stride: int
    convs: tuple[Conv, ...]
    filtered: int
    filter_stride: int
    shortcut: ShortcutKind
    projection: Projection | None


class StemPlan(NamedTuple):
    """Convolutions up to the pool (all but the last with a norm and an activation between), then the pool.

    `pool`: `max` is a 3x3 max-pool, `conv` a 3x3 convolution with norm and activation; both of stride `pool_stride`,
    with the filter of `antialias` after it where that is not 2. `avgpool` is the 2x2 average that stands for both.
    """

    convs: tuple[Conv, ...]
    pool: Literal["max", "conv", "avgpool", "none"]
    pool_stride: int
    filtered: bool


class StagePlan(NamedTuple):
    """What the blocks of a stage share. `first_dilation` is that of the first block's strided convolution."""

    name: str
    planes: int
    out: int
    stride: int
    dilation: int
    first_dilation: int


@lru_cache(maxsize=64)
def stem_plan(spec: ResNetSpec) -> StemPlan:
    """The stem: He 2015, table 1 and section 4.2; He, T. 2019, fig. 2 (deep); timm (replaced and filtered pools)."""
    out = spec.stem_out
    plain = Conv(spec.channels, out, 3) if spec.stem == "cifar" else Conv(spec.channels, out, 7, 2)
    convs: tuple[Conv, ...] = (plain,)
    widths = stem_widths(spec)
    if widths:
        convs = (Conv(spec.channels, widths[0], 3, 2), Conv(widths[0], widths[1], 3), Conv(widths[1], out, 3))
    if spec.pool == "none":
        return StemPlan(convs, "none", 1, False)
    if spec.antialias == "avgpool" and spec.pool == "max":
        return StemPlan(convs, "avgpool", 2, False)
    filtered = spec.antialias != "none"
    return StemPlan(convs, spec.pool, 1 if filtered else 2, filtered)


@lru_cache(maxsize=64)
def stage_plans(spec: ResNetSpec) -> tuple[StagePlan, ...]:
    """Stride and dilation of every stage: past `output_stride` a stage dilates instead of striding (Yu 2017)."""
    plans = []
    reached, dilation = spec.stem_stride, 1
    for stage in range(len(spec.blocks)):
        stride, before = (2 if stage else 1), dilation
        if stride == 2 and spec.output_stride is not None and reached >= spec.output_stride:
            dilation, stride = dilation * 2, 1
        reached *= stride
        planes = spec.planes(stage)
        plans.append(StagePlan(f"layer{stage + 1}", planes, planes * spec.factor, stride, dilation, before))
    return tuple(plans)


def block_plan(spec: ResNetSpec, stage: int, index: int) -> BlockPlan:
    """Block `index` of stage `stage`, both from 0."""
    return _block_plan(spec, stage, index == 0)


@lru_cache(maxsize=256)
def _block_plan(spec: ResNetSpec, stage: int, first: bool) -> BlockPlan:
    plan = stage_plans(spec)[stage]
    before = stage_plans(spec)[stage - 1].out if stage else spec.stem_out
    channels = before if first else plan.out
    stride = plan.stride if first else 1
    dilation = plan.first_dilation if first else plan.dilation
    convs = _convs(spec, stage, channels, plan, stride, dilation)
    number = 2 if spec.block == "bottleneck" and spec.stride_in == "3x3" else 1
    # A filter also stands where the dilation grows, as in timm; an average of one pixel is nothing at all.
    changes = stride == 2 or (dilation != plan.dilation and spec.antialias == "blur")
    filtered = number if spec.antialias != "none" and changes else 0
    if filtered:
        convs = tuple(conv._replace(stride=1) for conv in convs)
    kind = _shortcut(spec.shortcut_of(stage), channels != plan.out or stride != 1)
    projection = _projection(spec, channels, plan, stride, dilation) if kind == "projection" else None
    return BlockPlan(channels, plan.out, stride, convs, filtered, stride, kind, projection)


def _convs(
    spec: ResNetSpec, stage: int, channels: int, plan: StagePlan, stride: int, dilation: int
) -> tuple[Conv, ...]:
    """The residual branch (He 2015, fig. 5; Xie 2017, fig. 3c)."""
    inner = spec.inner(stage)
    first = inner // spec.reduce_first
    if spec.block == "basic":
        return (Conv(channels, first, 3, stride, dilation), Conv(first, plan.out, 3, 1, plan.dilation))
    early, late = (stride, 1) if spec.stride_in == "1x1" else (1, stride)
    return (
        Conv(channels, first, 1, early),
        Conv(first, inner, 3, late, dilation, spec.groups),
        Conv(inner, plan.out, 1),
    )


def _shortcut(option: str, changes: bool) -> ShortcutKind:
    """What option A, B or C makes of a shortcut whose shape changes or does not (He 2015, section 4.1)."""
    if option == "none":
        return "none"
    if option == "C" or (option == "B" and changes):
        return "projection"
    return "zero-pad" if changes else "identity"


def _projection(spec: ResNetSpec, channels: int, plan: StagePlan, stride: int, dilation: int) -> Projection:
    """timm's `downsample_conv` and `downsample_avg`: where nothing is strided or dilated, a 1x1 convolution is left."""
    changes = stride != 1 or plan.dilation != 1
    if spec.projection == "avgpool":
        pool = (stride if plan.dilation == 1 else 1) if changes else 0
        return Projection(Conv(channels, plan.out, 1), pool, True)
    if spec.projection == "3x3" and changes:
        return Projection(Conv(channels, plan.out, 3, stride, dilation))
    return Projection(Conv(channels, plan.out, 1, stride))
