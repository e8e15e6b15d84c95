"""The names people know, and the specs they stand for."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from resviz.arch.spec import Block, ResNetSpec, ShortcutOption


class Preset(NamedTuple):
    """A spec with the name scripts use and the title people read."""

    name: str
    title: str
    spec: ResNetSpec


#: The network this program trains itself and opens with.
DEFAULT = "resnet18-w16-cifar"


def _imagenet(block: Block, *blocks: int, shortcut: ShortcutOption = "B") -> ResNetSpec:
    """He 2015, table 1; the shortcut options are those of table 3."""
    return ResNetSpec(block, blocks, shortcut=shortcut)


def _cifar(n: int, shortcut: ShortcutOption = "A") -> ResNetSpec:
    """He 2015, section 4.2: 6n + 2 weighted layers in three stages of 16, 32 and 64 planes."""
    return ResNetSpec("basic", (n, n, n), 16, shortcut, "cifar", classes=10, size=32)


def _all() -> list[Preset]:
    default = ResNetSpec("basic", (2, 2, 2, 2), 16, "B", "cifar", classes=10, size=32)
    return [
        Preset(DEFAULT, "ResNet-18 · ¼ width · CIFAR stem", default),
        Preset("resnet18", "ResNet-18", _imagenet("basic", 2, 2, 2, 2)),
        Preset("resnet34", "ResNet-34", _imagenet("basic", 3, 4, 6, 3)),
        Preset("resnet50", "ResNet-50", _imagenet("bottleneck", 3, 4, 6, 3)),
        Preset("resnet101", "ResNet-101", _imagenet("bottleneck", 3, 4, 23, 3)),
        Preset("resnet152", "ResNet-152", _imagenet("bottleneck", 3, 8, 36, 3)),
        *(Preset(f"resnet{6 * n + 2}-cifar", f"ResNet-{6 * n + 2} · CIFAR", _cifar(n)) for n in (3, 5, 7, 9, 18, 200)),
        Preset("plain18", "Plain-18", _imagenet("basic", 2, 2, 2, 2, shortcut="none")),
        Preset("plain34", "Plain-34", _imagenet("basic", 3, 4, 6, 3, shortcut="none")),
        Preset("plain20-cifar", "Plain-20 · CIFAR", _cifar(3, "none")),
        Preset("plain56-cifar", "Plain-56 · CIFAR", _cifar(9, "none")),
    ]


PRESETS: dict[str, Preset] = {preset.name: preset for preset in _all()}
_BY_SPEC: dict[ResNetSpec, Preset] = {preset.spec: preset for preset in PRESETS.values()}


def preset_of(spec: ResNetSpec) -> Preset | None:
    """The preset that is exactly this spec, if any."""
    return _BY_SPEC.get(spec)


@lru_cache(maxsize=64)
def title_of(spec: ResNetSpec) -> str:
    """What to call a spec in a title: its preset's title, or one put together from its parts."""
    preset = _BY_SPEC.get(spec) or _apart_from_data(spec)
    if preset is not None:
        return preset.title
    family = "ResNet" if spec.residual else "Plain"
    parts = [f"{family}-{spec.weighted_layers}", "Bottleneck" if spec.block == "bottleneck" else "Basic"]
    return " · ".join(parts)


def _apart_from_data(spec: ResNetSpec) -> Preset | None:
    """The preset that differs from `spec` only in what the data decides: classes, size, channels."""
    for preset in PRESETS.values():
        known = preset.spec
        if replace(spec, classes=known.classes, size=known.size, channels=known.channels) == known:
            return preset
    return None
