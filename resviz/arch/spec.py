"""The frozen, validated description of one residual network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple, get_args

from resviz.errors import SpecError

Block = Literal["basic", "bottleneck"]
Order = Literal["post", "pre"]
StrideIn = Literal["3x3", "1x1"]
ShortcutOption = Literal["none", "A", "B", "C"]
Projection = Literal["1x1", "3x3", "avgpool"]
Stem = Literal["imagenet", "cifar", "deep", "deep_tiered"]
StemPool = Literal["max", "conv", "none"]
Attention = Literal["none", "se", "eca"]
Antialias = Literal["none", "blur", "avgpool"]
Norm = Literal["batch", "group"]
Activation = Literal["relu", "leaky_relu", "elu", "silu", "gelu", "mish", "hardswish"]

BLOCKS: tuple[str, ...] = get_args(Block)
SHORTCUTS: tuple[str, ...] = get_args(ShortcutOption)
STEMS: tuple[str, ...] = get_args(Stem)
#: Field -> the words it takes.
WORDS: dict[str, tuple[str, ...]] = {
    "block": BLOCKS,
    "order": get_args(Order),
    "stride_in": get_args(StrideIn),
    "shortcut": SHORTCUTS,
    "projection": get_args(Projection),
    "stem": STEMS,
    "stem_pool": get_args(StemPool),
    "attention": get_args(Attention),
    "antialias": get_args(Antialias),
    "norm": get_args(Norm),
    "activation": get_args(Activation),
}

MAX_STAGES = 8
MAX_BLOCKS = 1000
#: No tensor has more channels; keeps every count in 64 bits.
MAX_CHANNELS = 1 << 23
#: Field -> (lowest, highest). The upper ends are far beyond any published ResNet.
RANGES: dict[str, tuple[int, int]] = {
    "width": (1, 4096),
    "groups": (1, 4096),
    "group_width": (1, 4096),
    "expansion": (1, 16),
    "reduce_first": (1, 64),
    "stem_width": (1, 8192),
    "reduction": (1, 1024),
    "norm_groups": (1, 4096),
    "classes": (1, 100_000),
    "size": (1, 4096),
    "channels": (1, 1024),
}
#: Fields that are a share: 0 or more, below 1.
SHARES: tuple[str, ...] = ("dropout", "drop_path")
FLAGS: tuple[str, ...] = ("zero_init",)
#: Fields that may be left to follow another one.
OPTIONAL: tuple[str, ...] = ("expansion", "stem_width", "stem_pool", "output_stride")

#: Channels out of a block over its planes: He 2015, fig. 5 (torchvision's `expansion`).
EXPANSION: dict[str, int] = {"basic": 1, "bottleneck": 4}
#: Weighted layers on the residual branch of one block.
CONVS: dict[str, int] = {"basic": 2, "bottleneck": 3}
#: Weighted layers of a stem, its pool left out.
STEM_CONVS: dict[str, int] = {"imagenet": 1, "cifar": 1, "deep": 3, "deep_tiered": 3}
#: What follows a stem unless `stem_pool` says otherwise.
USUAL_POOL: dict[str, StemPool] = {"imagenet": "max", "cifar": "none", "deep": "max", "deep_tiered": "max"}


@dataclass(frozen=True)
class ResNetSpec:
    """One network of the ResNet family. Input is `(N, channels, size, size)`, output logits `(N, classes)`.

    - `block`, `blocks`: the kind of residual block, and how many a stage (He 2015, "Deep Residual Learning for Image
      Recognition", fig. 5). Stage `i` (from 0) has `width * 2**i` planes; every stage but the first halves the
      resolution in its first block.
    - `groups`, `group_width`: of a bottleneck's 3x3, which is `floor(planes * group_width / 64) * groups` wide
      (ResNeXt, Xie 2017, table 1; Wide ResNet-50-2 is `group_width=128`). torchvision's `groups`, `width_per_group`.
    - `expansion`: channels out of a block over its planes; None is the block's usual 1 or 4. `reduce_first` divides the
      width of the first convolution (2 in SENet-154; Hu 2018, appendix).
    - `stride_in`: which convolution of a bottleneck halves the resolution: its 3x3 ("v1.5", torchvision) or its first
      1x1 (the paper).
    - `order`: `post` is conv-bn-relu (He 2015), `pre` bn-relu-conv with a last bn-relu before the pooling (He 2016,
      "Identity Mappings in Deep Residual Networks").
    - `shortcut`: `none` is the plain twin; A pads with zeros where the shape changes; B projects there; C projects
      everywhere (He 2015, section 4.1). A tuple gives each stage its own. `projection`: by a strided 1x1, by a 3x3
      (SENet-154), or by an average pool
      and a 1x1 (ResNet-D; He, T. 2019, "Bag of Tricks", fig. 2).
    - `stem`: `imagenet` is a 7x7 convolution of stride 2 and a pool, `cifar` one 3x3 of stride 1, `deep` three 3x3
      (widths 1/2, 1/2 and 1 of `stem_width`), `deep_tiered` the same with 3/8, 1/2, 1 (timm). `stem_width`: channels
      out of the stem; None is `width`. `stem_pool`: a 3x3 max-pool, a strided 3x3 convolution (ResNet-RS), or none;
      None is `none` after a `cifar` stem and `max` after the others.
    - `attention` ends a residual branch: `se` (Hu 2018) squeezed by `reduction`, rounded to eights as timm does, or
      `eca` (Wang 2020).
    - `antialias`: a `blur` (Zhang 2019) or `avgpool` does the striding after the strided convolution's activation.
    - `output_stride`: where the resolution has fallen by this much, further stages dilate instead (Yu 2017); None
      dilates nowhere.
    - `norm`: `batch`, or `group` with `norm_groups` groups (Wu 2018). `activation`: what stands for ReLU.
    - For training alone: `zero_init` starts each residual branch at zero (Goyal 2017, section 5.1), `dropout` before
      fc, `drop_path` is the last block's rate of stochastic depth (Huang 2016).

    Raises `SpecError` for any value outside its range, and for a field that another one leaves without a meaning.
    """

    block: Block
    blocks: tuple[int, ...]
    width: int = 64
    groups: int = 1
    group_width: int = 64
    expansion: int | None = None
    reduce_first: int = 1
    stride_in: StrideIn = "3x3"
    order: Order = "post"
    shortcut: ShortcutOption | tuple[ShortcutOption, ...] = "B"
    projection: Projection = "1x1"
    stem: Stem = "imagenet"
    stem_width: int | None = None
    stem_pool: StemPool | None = None
    attention: Attention = "none"
    reduction: int = 16
    antialias: Antialias = "none"
    output_stride: int | None = None
    norm: Norm = "batch"
    norm_groups: int = 32
    activation: Activation = "relu"
    zero_init: bool = False
    dropout: float = 0.0
    drop_path: float = 0.0
    classes: int = 1000
    size: int = 224
    channels: int = 3

    def __post_init__(self) -> None:
        self._check_values()
        self._settle()
        for rule in RULES:
            value = getattr(self, rule.field)
            if value != DEFAULTS[rule.field] and not rule.applies(self):
                shown = "true" if value is True else value  # as the notation has it
                raise SpecError("field_needs", field=rule.field, value=shown, needs=rule.needs)
        _check_strides(self)
        _check_channels(self)

    def _check_values(self) -> None:
        for field, known in WORDS.items():
            if getattr(self, field) is None and field in OPTIONAL:
                continue
            for word in self.shortcuts if field == "shortcut" else (getattr(self, field),):
                if word not in known:
                    raise SpecError("field_word", field=field, known=_listed(known), value=word)
        if not 1 <= len(self.blocks) <= MAX_STAGES:
            raise SpecError("stages_range", value=len(self.blocks), high=MAX_STAGES)
        if isinstance(self.shortcut, tuple) and len(self.shortcut) != len(self.blocks):
            raise SpecError("shortcut_count", value=len(self.shortcut), stages=len(self.blocks))
        for count in self.blocks:
            _check_int("blocks", count)
            if not 1 <= count <= MAX_BLOCKS:
                raise SpecError("blocks_range", value=count, high=MAX_BLOCKS)
        for field, (low, high) in RANGES.items():
            value = getattr(self, field)
            if value is None and field in OPTIONAL:
                continue
            _check_int(field, value)
            if not low <= value <= high:
                raise SpecError("field_range", field=field, value=value, low=low, high=high)
        for field in SHARES:
            value = getattr(self, field)
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1:
                raise SpecError("field_share", field=field, value=value)
        for field in FLAGS:
            if not isinstance(getattr(self, field), bool):
                raise SpecError("field_flag", field=field, value=getattr(self, field))
        if self.output_stride is not None:
            _check_int("output_stride", self.output_stride)

    def _settle(self) -> None:
        """One form for one network: a value that says no more than None does becomes None."""
        usual = {
            "expansion": EXPANSION[self.block],
            "stem_width": self.width,
            "stem_pool": USUAL_POOL[self.stem],
            "output_stride": self.full_stride,
        }
        for field, value in usual.items():
            if getattr(self, field) == value:
                object.__setattr__(self, field, None)
        for field in SHARES:
            object.__setattr__(self, field, float(getattr(self, field)))
        if isinstance(self.shortcut, tuple) and len(set(self.shortcut)) == 1:
            object.__setattr__(self, "shortcut", self.shortcut[0])

    @property
    def factor(self) -> int:
        """Output channels of a block over its planes: usually 1 (Basic) or 4 (Bottleneck)."""
        return self.expansion or EXPANSION[self.block]

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """The options in force: one for all stages, or one a stage."""
        return self.shortcut if isinstance(self.shortcut, tuple) else (self.shortcut,)

    def shortcut_of(self, stage: int) -> str:
        """The shortcut option of stage `stage`, counted from 0."""
        return self.shortcut[stage] if isinstance(self.shortcut, tuple) else self.shortcut

    @property
    def residual(self) -> bool:
        """False for the plain twin, which has no shortcuts at all."""
        return any(option != "none" for option in self.shortcuts)

    @property
    def preact(self) -> bool:
        """Whether BN and ReLU come before the convolutions (He 2016)."""
        return self.order == "pre"

    @property
    def stem_out(self) -> int:
        """Channels that leave the stem."""
        return self.stem_width or self.width

    @property
    def pool(self) -> StemPool:
        """What follows the stem's convolutions."""
        return self.stem_pool or USUAL_POOL[self.stem]

    @property
    def stem_stride(self) -> int:
        """How far the stem brings the resolution down."""
        return (1 if self.stem == "cifar" else 2) * (1 if self.pool == "none" else 2)

    @property
    def full_stride(self) -> int:
        """How far the undilated network brings the resolution down."""
        return self.stem_stride << (len(self.blocks) - 1)

    def resolved(self, field: str) -> Any:
        """A field's value; where it is None, what it comes to."""
        value = getattr(self, field)
        if value is not None:
            return value
        return {
            "expansion": self.factor,
            "stem_width": self.stem_out,
            "stem_pool": self.pool,
            "output_stride": self.full_stride,
        }[field]

    def planes(self, stage: int) -> int:
        """Planes (inner channels) of stage `stage`, counted from 0."""
        return self.width << stage

    def inner(self, stage: int) -> int:
        """Width of a block's 3x3 convolution in stage `stage`: its planes, unless it has groups or is wide."""
        if self.block == "basic":
            return self.planes(stage)
        return self.planes(stage) * self.group_width // 64 * self.groups

    @property
    def weighted_layers(self) -> int:
        """Convolutions and fc on the trunk: what the 18 in ResNet-18 counts (He 2015, table 1)."""
        return self.stem_convs + sum(self.blocks) * CONVS[self.block] + 1

    @property
    def stem_convs(self) -> int:
        """Convolutions of the stem; one more where one stands for the pool."""
        return STEM_CONVS[self.stem] + (self.pool == "conv")


FIELDS: tuple[str, ...] = tuple(f.name for f in fields(ResNetSpec))
DEFAULTS: dict[str, Any] = {f.name: f.default for f in fields(ResNetSpec)}


class Rule(NamedTuple):
    """A field that means something only where `applies` holds; elsewhere it stays at its default."""

    field: str
    needs: str
    applies: Callable[[ResNetSpec], bool]


RULES: tuple[Rule, ...] = (
    Rule("groups", "block=bottleneck", lambda spec: spec.block == "bottleneck"),
    Rule("group_width", "block=bottleneck", lambda spec: spec.block == "bottleneck"),
    Rule("stride_in", "block=bottleneck", lambda spec: spec.block == "bottleneck"),
    Rule("projection", "shortcut=B or C", lambda spec: not {"B", "C"}.isdisjoint(spec.shortcuts)),
    Rule("reduction", "attention=se", lambda spec: spec.attention == "se"),
    Rule("norm_groups", "norm=group", lambda spec: spec.norm == "group"),
    # A branch that starts at zero, or is skipped, needs a shortcut to carry the signal.
    Rule("zero_init", "shortcut=A, B or C", lambda spec: spec.residual),
    Rule("drop_path", "shortcut=A, B or C", lambda spec: spec.residual),
)


def _check_strides(spec: ResNetSpec) -> None:
    known = [spec.stem_stride << i for i in range(len(spec.blocks))]
    if spec.output_stride is not None and spec.output_stride not in known:
        raise SpecError("output_stride_range", value=spec.output_stride, known=_listed(tuple(map(str, known))))


def _check_channels(spec: ResNetSpec) -> None:
    """The channel counts that follow from the fields: whole, not too many, and divisible where groups divide them."""
    _check_stem(spec)
    if spec.shortcut_of(0) == "A" and spec.stem_out > spec.planes(0) * spec.factor:
        raise SpecError("field_needs", field="shortcut", value="A", needs="a stem no wider than the first stage")
    deepest = len(spec.blocks) - 1
    most = max(spec.inner(deepest), spec.planes(deepest) * spec.factor)
    if most > MAX_CHANNELS:
        raise SpecError("channels_most", value=most, high=MAX_CHANNELS)
    # Stage by stage every count doubles, but a quotient may be rounded: all stages are looked at.
    for stage in range(len(spec.blocks)):
        inner = spec.inner(stage)
        if inner < spec.groups:
            raise SpecError("group_width_small", group_width=spec.group_width, planes=spec.planes(stage))
        first, rest = divmod(inner, spec.reduce_first)
        if rest or first % spec.groups:
            raise SpecError("reduce_first_uneven", value=spec.reduce_first, channels=inner, groups=spec.groups)
        middle = (inner,) if spec.block == "bottleneck" else ()
        _check_norm(spec, first, *middle, spec.planes(stage) * spec.factor)


def _check_stem(spec: ResNetSpec) -> None:
    out = spec.stem_out
    if spec.stem in ("deep", "deep_tiered") and (out % 2 or (spec.stem == "deep_tiered" and out < 8)):
        least = "an even stem_width" + (" of 8 or more" if spec.stem == "deep_tiered" else "")
        raise SpecError("field_needs", field="stem", value=spec.stem, needs=f"{least}, not {out}")
    _check_norm(spec, *stem_widths(spec), out)


def _check_norm(spec: ResNetSpec, *channels: int) -> None:
    uneven = next((count for count in channels if spec.norm == "group" and count % spec.norm_groups), None)
    if uneven is not None:
        raise SpecError("norm_groups_uneven", value=spec.norm_groups, channels=uneven)


def stem_widths(spec: ResNetSpec) -> tuple[int, ...]:
    """Channels of a deep stem's first two convolutions, as timm tiers them; empty for a stem of one."""
    half = spec.stem_out // 2
    if spec.stem == "deep":
        return (half, half)
    return (3 * (half // 4), half) if spec.stem == "deep_tiered" else ()


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _check_int(field: str, value: object) -> None:
    # bool is an int in Python and would pass as width 1.
    if not isinstance(value, int) or isinstance(value, bool):
        raise SpecError("field_type", field=field, value=value)
