"""The frozen, validated description of one residual network."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from resviz.errors import SpecError

Block = Literal["basic", "bottleneck"]
ShortcutOption = Literal["none", "A", "B", "C"]
Stem = Literal["imagenet", "cifar"]

BLOCKS: tuple[str, ...] = get_args(Block)
SHORTCUTS: tuple[str, ...] = get_args(ShortcutOption)
STEMS: tuple[str, ...] = get_args(Stem)

MAX_STAGES = 8
MAX_BLOCKS = 1000
#: Field -> (lowest, highest). The upper ends are far beyond any published ResNet and keep sizes in 64 bits.
RANGES: dict[str, tuple[int, int]] = {
    "width": (1, 4096),
    "classes": (1, 100_000),
    "size": (1, 4096),
    "channels": (1, 1024),
}

#: Channels out of a block over its planes: He 2015, fig. 5 (torchvision's `expansion`).
EXPANSION: dict[str, int] = {"basic": 1, "bottleneck": 4}
#: Weighted layers on the residual branch of one block.
CONVS: dict[str, int] = {"basic": 2, "bottleneck": 3}


@dataclass(frozen=True)
class ResNetSpec:
    """One ResNet, as in He et al. 2015, "Deep Residual Learning for Image Recognition" (sections 3.3 and 4.2).

    `blocks` holds the residual blocks per stage; stage `i` (from 0) has `width * 2**i` planes, and every stage but
    the first halves the resolution in its first block (in the 3x3 of a bottleneck, as torchvision does).
    `shortcut`: `none` is the plain twin; A pads with zeros where the shape changes; B projects there; C projects
    everywhere. `stem`: `imagenet` is a 7x7 convolution of stride 2 and a max-pool, `cifar` one 3x3 of stride 1.
    Input is `(N, channels, size, size)`, output logits `(N, classes)`.

    Raises `SpecError` for any value outside its range.
    """

    block: Block
    blocks: tuple[int, ...]
    width: int = 64
    shortcut: ShortcutOption = "B"
    stem: Stem = "imagenet"
    classes: int = 1000
    size: int = 224
    channels: int = 3

    def __post_init__(self) -> None:
        for field, known in (("block", BLOCKS), ("shortcut", SHORTCUTS), ("stem", STEMS)):
            if getattr(self, field) not in known:
                raise SpecError(f"{field}_unknown", value=getattr(self, field))
        if not 1 <= len(self.blocks) <= MAX_STAGES:
            raise SpecError("stages_range", value=len(self.blocks), high=MAX_STAGES)
        for count in self.blocks:
            _check_int("blocks", count)
            if not 1 <= count <= MAX_BLOCKS:
                raise SpecError("blocks_range", value=count, high=MAX_BLOCKS)
        for field, (low, high) in RANGES.items():
            value = getattr(self, field)
            _check_int(field, value)
            if not low <= value <= high:
                raise SpecError("field_range", field=field, value=value, low=low, high=high)

    @property
    def expansion(self) -> int:
        """Output channels of a block over its planes: 1 (Basic) or 4 (Bottleneck)."""
        return EXPANSION[self.block]

    @property
    def residual(self) -> bool:
        """False for the plain twin, which has no shortcuts."""
        return self.shortcut != "none"

    def planes(self, stage: int) -> int:
        """Planes (inner channels) of stage `stage`, counted from 0."""
        return self.width << stage

    @property
    def weighted_layers(self) -> int:
        """Convolutions and fc on the trunk: what the 18 in ResNet-18 counts (He 2015, table 1)."""
        return 1 + sum(self.blocks) * CONVS[self.block] + 1


FIELDS: tuple[str, ...] = tuple(f.name for f in fields(ResNetSpec))


def _check_int(field: str, value: object) -> None:
    # bool is an int in Python and would pass as width 1.
    if not isinstance(value, int) or isinstance(value, bool):
        raise SpecError("field_type", field=field, value=value)
