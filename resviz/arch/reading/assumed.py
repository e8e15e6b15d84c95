"""What the shapes of weights do not tell: taken as usual for those who write such files, and named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from resviz.arch.plan import block_plan
from resviz.arch.reading import dialects as d
from resviz.arch.reading.keys import state_shapes
from resviz.arch.spec import FIELDS, WORDS, ResNetSpec
from resviz.errors import SpecError

#: Assumptions about fields that no spec has.
MEAN_STD, LABELS, KEYS = "mean/std", "labels", "keys"
#: Values of `labels`.
NUMBERS, IMAGENET, CIFAR10 = "numbers", "ImageNet-1K", "CIFAR-10"

CIFAR10_LABELS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

Numbers = tuple[float, ...]
#: Name -> (mean, std) of values from 0 to 1, a value a channel or one for all.
NORMALISATIONS: dict[str, tuple[Numbers, Numbers]] = {
    "ImageNet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "CIFAR-10": ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)),  # kuangliu/pytorch-cifar, and after it many
    "CIFAR-10, true std": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),  # hysts, huyvnphan
    "CIFAR-100": ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),  # weiaicunzai/pytorch-cifar100
    "-1 to 1": ((0.5,), (0.5,)),
    "0 to 1": ((0.0,), (1.0,)),
    "neutral": ((0.5,), (0.25,)),
}
_IMAGENET_CLASSES, _CIFAR10_CLASSES, _CIFAR100_CLASSES = 1000, 10, 100
_NORM_GROUPS = (1, 2, 4, 8, 16, 32, 64)
_SIZES = {"cifar": (32, 28, 64), "imagenet": (224, 160, 192, 256, 288, 320)}


class Assumption(NamedTuple):
    """A `value` that was taken for a `field`, the `others` that the file fits as well, and why.

    `field` is one of the spec's; or `mean/std` (names of `NORMALISATIONS`), `labels` (`NUMBERS`, `IMAGENET`,
    `CIFAR10`) or `keys` (tensors left aside). Without `others`, the choice is not the user's: it is a warning.
    """

    field: str
    value: object
    others: tuple[object, ...]
    why: str


def assume(spec: ResNetSpec, dialect: str) -> tuple[ResNetSpec, tuple[Assumption, ...]]:
    """`spec` with what is usual in this dialect where shapes do not tell, and the list of what was taken."""
    if dialect == d.OSMR and spec.block == "bottleneck" and spec.stem == "imagenet":
        spec = replace(spec, stride_in="1x1")
    if dialect == d.TIMM_V2 and spec.stem in ("deep", "deep_tiered") and not {"B", "C"}.isdisjoint(spec.shortcuts):
        spec = replace(spec, projection="avgpool")
    return spec, (*(_fitting(spec, a) for a in _architecture(spec, dialect)), *about_pictures(spec, dialect))


def _fitting(spec: ResNetSpec, assumption: Assumption) -> Assumption:
    """The assumption without those of the others that contradict another field or need other weights."""
    # Of a stage, all blocks but the first are alike.
    short = replace(spec, blocks=tuple(min(count, 2) for count in spec.blocks))
    return assumption._replace(others=tuple(o for o in assumption.others if _same(short, assumption.field, o)))


def _same(spec: ResNetSpec, field: str, value: object) -> bool:
    try:
        other = replace(spec, **dict[str, Any]({field: value}))
    except SpecError:
        return False
    # Without a norm, a projection behind an average pool is the same weight under another name.
    return sorted(state_shapes(other).values()) == sorted(state_shapes(spec).values())


def restated(assumed: Iterable[Assumption], spec: ResNetSpec) -> tuple[Assumption, ...]:
    """The same assumptions, with the values that `spec` has in their fields: what a user chose becomes the value."""
    return tuple(
        with_value(assumption, _in_force(spec, assumption.field)) if assumption.field in FIELDS else assumption
        for assumption in assumed
    )


def _in_force(spec: ResNetSpec, field: str) -> object:
    return spec.pool if field == "stem_pool" else getattr(spec, field)


def with_value(assumption: Assumption, value: object) -> Assumption:
    """The assumption with another value; the one it had is among the others then."""
    known = dict.fromkeys((assumption.value, *assumption.others))
    return assumption._replace(value=value, others=tuple(other for other in known if other != value))


def _others(field: str, value: object) -> tuple[object, ...]:
    return tuple(word for word in WORDS[field] if word != value)


def _architecture(spec: ResNetSpec, dialect: str) -> Iterator[Assumption]:
    if spec.block == "bottleneck":
        yield Assumption(
            "stride_in", spec.stride_in, _others("stride_in", spec.stride_in), "a stride leaves no trace in the weights"
        )
    yield from _shortcut(spec, dialect)
    yield from _stem(spec)
    yield Assumption(
        "activation", spec.activation, _others("activation", spec.activation), "activations have no weights"
    )
    if spec.norm == "group":
        divisors = tuple(groups for groups in _NORM_GROUPS if groups != spec.norm_groups)
        yield Assumption("norm_groups", spec.norm_groups, divisors, "a scale and a shift a channel tell no groups")
    strides = tuple(stride for stride in (16, 8) if spec.stem_stride <= stride < spec.full_stride)
    if strides and spec.stem != "cifar":
        value = spec.output_stride
        others: tuple[object, ...] = tuple(stride for stride in (None, *strides) if stride != value)
        yield Assumption("output_stride", value, others, "a dilated convolution has the same weights")


def _shortcut(spec: ResNetSpec, dialect: str) -> Iterator[Assumption]:
    if spec.shortcut == "A":
        why = "a shortcut that pads with zeros (at both ends) has no weights, like none at all"
        yield Assumption("shortcut", "A", ("none",), why)
    elif isinstance(spec.shortcut, tuple) and "A" in spec.shortcut:
        why = "where a shape changes without weights, zeros (at both ends) are taken; a plain stage looks the same"
        plain = tuple("none" if option == "A" else option for option in spec.shortcut)
        yield Assumption("shortcut", spec.shortcut, (plain,), why)
    elif spec.residual and not _projects(spec):
        yield Assumption("shortcut", "B", ("none",), "an identity shortcut has no weights, like none at all")
    elif dialect == d.TIMM_V2:
        others = tuple(kind for kind in ("1x1", "avgpool") if kind != spec.projection)
        yield Assumption("projection", spec.projection, others, "timm names both alike; deep stems go with avgpool")
    elif spec.preact and dialect in (d.TORCHVISION, d.TIMM):
        why = "the projection is taken to start after the first norm, as in He 2016; the weights do not tell"
        yield Assumption("projection", spec.projection, (), why)


def _projects(spec: ResNetSpec) -> bool:
    return any(block_plan(spec, stage, 0).projection is not None for stage in range(len(spec.blocks)))


def _stem(spec: ResNetSpec) -> Iterator[Assumption]:
    if spec.stem == "cifar":
        why = "a 3×3 first convolution is taken to have stride 1"
        yield Assumption("stem", "cifar", (), why)
    if spec.pool != "conv":
        other = "none" if spec.pool == "max" else "max"
        yield Assumption("stem_pool", spec.pool, (other,), "a pool has no weights")
        yield Assumption("antialias", "none", ("blur", "avgpool"), "a fixed filter has no weights")
    elif spec.antialias != "none":
        yield Assumption("antialias", spec.antialias, ("avgpool",), "something without weights stands in the stem")


# --- what the pictures were ---------------------------------------------------------------------------------


def about_pictures(spec: ResNetSpec, dialect: str) -> Iterator[Assumption]:
    """The input's size, how pictures were normalised, and what the classes are called."""
    sizes = _SIZES["cifar" if spec.stem == "cifar" else "imagenet"]
    others = tuple(size for size in sizes if size != spec.size)
    yield Assumption("size", spec.size, others, "a ResNet takes any size; this is usual for its stem")
    scale = _normalisation(spec, dialect)
    fitting = tuple(name for name, (mean, _) in NORMALISATIONS.items() if len(mean) in (1, spec.channels))
    why = "the weights do not tell how pictures were normalised"
    yield Assumption(MEAN_STD, scale, tuple(name for name in fitting if name != scale), why)
    yield from _labels(spec)


def _normalisation(spec: ResNetSpec, dialect: str) -> str:
    if spec.channels != 3:
        return "neutral"
    if dialect == d.TIMM_V2:
        return "-1 to 1"
    if spec.stem != "cifar" or spec.classes == _IMAGENET_CLASSES:
        return "ImageNet"
    if dialect == d.AKAMASTER:  # its trainer.py takes ImageNet's for CIFAR-10
        return "ImageNet"
    if spec.classes == _CIFAR100_CLASSES and dialect in (d.WEIAICUNZAI, d.TORCHVISION):
        return "CIFAR-100"
    return "CIFAR-10, true std" if dialect in (d.HYSTS, d.XTERNALZ) else "CIFAR-10"


def _labels(spec: ResNetSpec) -> Iterator[Assumption]:
    why = "the file names no classes"
    if spec.classes == _IMAGENET_CLASSES:
        yield Assumption(LABELS, IMAGENET, (NUMBERS,), why)
    elif spec.classes == _CIFAR10_CLASSES and spec.stem == "cifar" and spec.channels == 3:
        yield Assumption(LABELS, CIFAR10, (NUMBERS,), why)
    else:
        yield Assumption(LABELS, NUMBERS, (), why)
