"""How a network's weights are to be used: what its classes are called, and how pictures are made ready for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from resviz.arch.reading.assumed import (
    CIFAR10,
    CIFAR10_LABELS,
    IMAGENET,
    LABELS,
    MEAN_STD,
    NORMALISATIONS,
    Assumption,
    Numbers,
    restated,
    with_value,
)
from resviz.arch.spec import ResNetSpec
from resviz.nets import catalog
from resviz.nets.beside import Said
from resviz.nets.checkpoints import Checkpoint
from resviz.nets.preprocess import Preprocess

Choices = tuple[tuple[str, str], ...]

#: torchvision's and timm's usual margin around the centre that is cut out: 256 pixels for 224.
_MARGIN = 256 / 224


class Usage(NamedTuple):
    """`assumed`: what nobody said about these weights, with the values in force. `note`: in words, for a prediction."""

    labels: tuple[str, ...]
    preprocess: Preprocess
    assumed: tuple[Assumption, ...] = ()
    note: str = ""


def usage_of(
    spec: ResNetSpec, entry: catalog.Entry | None, checkpoint: Checkpoint | None, choices: Mapping[str, str]
) -> Usage:
    """By the card; for a bare file by what lies beside it, else as assumed; for random weights neutral.

    `choices` (field -> value) outrank what was assumed; one that is none of the assumption's values is left aside.
    """
    if entry is not None:
        return Usage(entry.labels, entry.preprocess(spec))
    if checkpoint is None:
        return Usage(_numbered(spec), Preprocess(spec.size, spec.channels))
    assumed = tuple(_chosen(a, choices) for a in restated(checkpoint.reading.assumed, spec))
    values = {a.field: str(a.value) for a in assumed}
    said = checkpoint.said
    mean_std = NORMALISATIONS.get(values.get(MEAN_STD, ""), NORMALISATIONS["neutral"])
    source = "assumed"
    if MEAN_STD not in values and said is not None and said.mean_std is not None:
        mean_std, source = said.mean_std, "file"
    preprocess = replace(_preprocess(spec, mean_std, said), source=source)
    labels = said.labels if said is not None and LABELS not in values else ()
    if len(labels) == spec.classes:
        return Usage(labels, preprocess, assumed)
    labels, note = _labels(spec, values.get(LABELS, ""))
    return Usage(labels, preprocess, assumed, note)


def _chosen(assumption: Assumption, choices: Mapping[str, str]) -> Assumption:
    value = choices.get(assumption.field)
    return with_value(assumption, value) if value in assumption.others else assumption


def _labels(spec: ResNetSpec, name: str) -> tuple[tuple[str, ...], str]:
    labels = _imagenet() if name == IMAGENET else CIFAR10_LABELS if name == CIFAR10 else ()
    if len(labels) == spec.classes:
        return labels, f"the file names no classes: {name}'s are assumed"
    return _numbered(spec), "the file names no classes: their numbers are shown"


def _numbered(spec: ResNetSpec) -> tuple[str, ...]:
    return tuple(f"class {index}" for index in range(spec.classes))


@lru_cache(maxsize=1)
def _imagenet() -> tuple[str, ...]:
    return next(entry.labels for entry in catalog.online() if entry.name == "resnet18.IMAGENET1K_V1")


def _preprocess(spec: ResNetSpec, mean_std: tuple[Numbers, Numbers], said: Said | None) -> Preprocess:
    """The centre with a margin where a network looks at photos, as wide as was said; small pictures are taken whole."""
    mean, std = mean_std
    way = said.interpolation if said is not None and said.interpolation is not None else "bilinear"
    crop = said.crop if said is not None else None
    if crop is None and spec.stem == "cifar":
        return Preprocess(spec.size, spec.channels, interpolation=way, mean=mean, std=std)
    # Rounded down where a share was said, as timm and transformers do.
    resize = round(spec.size * _MARGIN) if crop is None else int(spec.size / crop)
    return Preprocess(spec.size, spec.channels, "short", resize, way, mean, std)
