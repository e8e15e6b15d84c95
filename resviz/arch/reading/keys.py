"""The names and shapes of a spec's weights, as its torch model has them, in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from resviz.arch.ops import eca_kernel, se_width
from resviz.arch.plan import BlockPlan, Conv, block_plan, stem_plan
from resviz.arch.spec import ResNetSpec

Shape = tuple[int, ...]
Named = tuple[str, Shape]

COUNTER = "num_batches_tracked"
"""BN's count of training batches: files older than PyTorch 0.4.1 have none, and inference needs none."""


def state_shapes(spec: ResNetSpec) -> dict[str, Shape]:
    """Name and shape of every parameter and buffer, in the order of the torch model's `state_dict`."""
    shapes = dict(_stem(spec))
    for stage, count in enumerate(spec.blocks):
        for index in range(count):
            prefix = f"layer{stage + 1}.{index}."
            shapes.update((prefix + key, shape) for key, shape in _block(spec, stage, index == 0))
    features = spec.planes(len(spec.blocks) - 1) * spec.factor
    if spec.preact:
        shapes.update(_norm(spec, "bn", features))
    return shapes | {"fc.weight": (spec.classes, features), "fc.bias": (spec.classes,)}


def _conv(name: str, plan: Conv) -> Named:
    return f"{name}.weight", (plan.out, plan.channels // plan.groups, plan.kernel, plan.kernel)


def _norm(spec: ResNetSpec, name: str, channels: int) -> Iterator[Named]:
    """Scale and shift; running statistics and a counter where the norm is over batches."""
    parts = ("weight", "bias") if spec.norm == "group" else ("weight", "bias", "running_mean", "running_var")
    for part in parts:
        yield f"{name}.{part}", (channels,)
    if spec.norm == "batch":
        yield f"{name}.{COUNTER}", ()


def _stem(spec: ResNetSpec) -> Iterator[Named]:
    plan, out = stem_plan(spec), spec.stem_out
    if len(plan.convs) == 1:
        yield _conv("conv1", plan.convs[0])
    else:  # in a deep stem a norm and an activation follow all convolutions but the last
        for index, conv in enumerate(plan.convs):
            yield _conv(f"conv1.{3 * index}", conv)
            if conv is not plan.convs[-1]:
                yield from _norm(spec, f"conv1.{3 * index + 1}", conv.out)
    if not spec.preact:
        yield from _norm(spec, "bn1", out)
    if plan.pool == "conv":
        yield _conv("maxpool.0", Conv(out, out, 3))
        yield from _norm(spec, "maxpool.2" if plan.filtered else "maxpool.1", out)


@lru_cache(maxsize=256)
def _block(spec: ResNetSpec, stage: int, first: bool) -> tuple[Named, ...]:
    """Of a stage, all blocks but the first are alike."""
    return tuple(_block_shapes(spec, block_plan(spec, stage, 0 if first else 1)))


def _block_shapes(spec: ResNetSpec, plan: BlockPlan) -> Iterator[Named]:
    for number, conv in enumerate(plan.convs, 1):
        if spec.preact:
            yield from _norm(spec, f"bn{number}", conv.channels)
        yield _conv(f"conv{number}", conv)
        if not spec.preact:
            yield from _norm(spec, f"bn{number}", conv.out)
    yield from _attention(spec, plan.out)
    if plan.projection is not None:
        place = plan.projection.place
        yield _conv(f"downsample.{place}", plan.projection.conv)
        if not spec.preact:
            yield from _norm(spec, f"downsample.{place + 1}", plan.out)


def _attention(spec: ResNetSpec, channels: int) -> Iterator[Named]:
    if spec.attention == "eca":
        yield "se.conv.weight", (1, 1, eca_kernel(channels))
    elif spec.attention == "se":
        inner = se_width(channels, spec.reduction)
        yield "se.fc1.weight", (inner, channels, 1, 1)
        yield "se.fc1.bias", (inner,)
        yield "se.fc2.weight", (channels, inner, 1, 1)
        yield "se.fc2.bias", (channels,)
