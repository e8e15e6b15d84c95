"""The names people know, and the specs they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from resviz.arch.spec import FIELDS, Block, ResNetSpec, ShortcutOption


class Preset(NamedTuple):
    """A spec with the name scripts use, the title people read and the family it is listed under."""

    name: str
    title: str
    spec: ResNetSpec
    family: str


#: The network this program trains itself and opens with.
DEFAULT = "resnet18-w16-cifar"

#: Blocks a stage by the depth in a name: He 2015, table 1; He 2016 (200); timm's `resnet.py` (10 to 26, 269).
_BASIC = {10: (1, 1, 1, 1), 18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
_BOTTLENECK = {
    14: (1, 1, 1, 1),
    26: (2, 2, 2, 2),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
    201: (3, 24, 36, 4),
    269: (3, 30, 48, 8),
}
#: Bello 2021, "Revisiting ResNets", table 11.
_RS = {
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
    270: (4, 29, 53, 4),
    350: (4, 36, 72, 4),
    420: (4, 44, 87, 4),
}
#: The letter after a depth: He, T. 2019 (c, d), and the wider and tiered stems of Gluon and timm (s, t).
_LETTERS: dict[str, dict[str, Any]] = {
    "": {},
    "c": {"stem": "deep"},
    "d": {"stem": "deep", "projection": "avgpool"},
    "s": {"stem": "deep", "stem_width": 128},
    "t": {"stem": "deep_tiered", "projection": "avgpool"},
}
_ATTENTION: dict[str, dict[str, Any]] = {"": {}, "se": {"attention": "se"}, "eca": {"attention": "eca"}}
_FILTERS: dict[str, dict[str, Any]] = {"": {}, "aa": {"antialias": "avgpool"}, "blur": {"antialias": "blur"}}


def _blocks(depth: int) -> tuple[Block, tuple[int, ...]]:
    return ("basic", _BASIC[depth]) if depth in _BASIC else ("bottleneck", _BOTTLENECK[depth])


def _deep(family: str, depth: int, letter: str = "", *, kind: str = "", filters: str = "") -> Preset:
    """`seresnetaa50d` and the like."""
    name = f"{kind}resnet{filters}{depth}{letter}"
    title = f"{_titled(kind)}ResNet{filters.upper() if filters == 'aa' else filters.capitalize()}-{depth}"
    block, blocks = _blocks(depth)
    changes = {**_LETTERS[letter], **_ATTENTION[kind], **_FILTERS[filters]}
    return Preset(name, title + (f"-{letter.upper()}" if letter else ""), ResNetSpec(block, blocks, **changes), family)


def _next(depth: int, letter: str, groups: int, width: int, *, kind: str = "", filters: str = "") -> Preset:
    """`seresnext101d_32x8d`: Xie 2017, section 4, with the letters of `_LETTERS`."""
    name = f"{kind}resnext{filters}{depth}{letter}_{groups}x{width}d"
    title = (
        f"{_titled(kind)}ResNeXt{filters.upper()}-{depth}{letter.upper() and '-' + letter.upper()} {groups}×{width}d"
    )
    changes = {**_LETTERS[letter], **_ATTENTION[kind], **_FILTERS[filters]}
    spec = ResNetSpec("bottleneck", _BOTTLENECK[depth], groups=groups, group_width=width, **changes)
    return Preset(name, title, spec, {"": "ResNeXt", "se": "SE", "eca": "ECA"}[kind] if not filters else "Anti-aliased")


def _titled(kind: str) -> str:
    return f"{kind.upper()}-" if kind else ""


def _cifar(n: int, shortcut: ShortcutOption = "A") -> ResNetSpec:
    """He 2015, section 4.2: 6n + 2 weighted layers in three stages of 16, 32 and 64 planes."""
    return ResNetSpec("basic", (n, n, n), 16, shortcut=shortcut, stem="cifar", classes=10, size=32)


def _preact(depth: int) -> Preset:
    """He 2016, section 5 and the authors' code: basic blocks for 110, and bottlenecks striding in the 1x1 beyond."""
    changes: dict[str, Any] = {"order": "pre", "stem": "cifar", "classes": 10, "size": 32}
    if depth == 110:
        spec = ResNetSpec("basic", (18,) * 3, 16, shortcut="A", **changes)
    else:
        spec = ResNetSpec("bottleneck", ((depth - 2) // 9,) * 3, 16, stride_in="1x1", **changes)
    return Preset(f"resnetv2_{depth}-cifar", f"ResNet-{depth} v2 · CIFAR", spec, "v2")


def _wide_cifar(depth: int, k: int) -> Preset:
    """Zagoruyko 2016, table 1: `WRN-depth-k`; its depth counts the three projections."""
    n = (depth - 4) // 6
    spec = ResNetSpec("basic", (n,) * 3, 16 * k, order="pre", stem="cifar", stem_width=16, classes=10, size=32)
    return Preset(f"wrn{depth}_{k}-cifar", f"WRN-{depth}-{k} · CIFAR", spec, "Wide")


def _senet154() -> Preset:
    """Hu 2018, appendix: SENet-154."""
    changes: dict[str, Any] = {"reduce_first": 2, "projection": "3x3", "attention": "se"}
    spec = ResNetSpec("bottleneck", _BOTTLENECK[152], groups=64, group_width=4, stem="deep", stem_width=128, **changes)
    return Preset("senet154", "SENet-154", spec, "SE")


def _rs(depth: int) -> Preset:
    """Bello 2021, section 6: ResNet-D with SE of ratio 1/4 and a strided convolution as pool."""
    changes: dict[str, Any] = {**_LETTERS["d"], "stem_pool": "conv", "attention": "se", "reduction": 4}
    return Preset(
        f"resnetrs{depth}", f"ResNet-RS-{depth}", ResNetSpec("bottleneck", _RS[depth], **changes), "ResNet-RS"
    )


def _v2(depth: int, letter: str = "") -> Preset:
    """ImageNet nets of He 2016 with the stride in the 3x3, as timm's `resnetv2_*` have it."""
    block, blocks = _blocks(depth)
    spec = ResNetSpec(block, blocks, order="pre", **_LETTERS[letter])
    suffix = f"-{letter.upper()}" if letter else ""
    return Preset(f"resnetv2_{depth}{letter}", f"ResNet-{depth}{suffix} v2", spec, "v2")


def _named() -> Iterator[Preset]:
    yield Preset(
        DEFAULT,
        "ResNet-18 · ¼ width · CIFAR stem",
        ResNetSpec("basic", (2, 2, 2, 2), 16, stem="cifar", classes=10, size=32),
        "Trained here",
    )
    for depth in (18, 34, 50, 101, 152, 200, 26):
        yield _deep("ResNet", depth)
    for n in (3, 5, 7, 9, 18, 200):
        yield Preset(f"resnet{6 * n + 2}-cifar", f"ResNet-{6 * n + 2} · CIFAR", _cifar(n), "CIFAR")
    for depth in (18, 34):
        block, blocks = _blocks(depth)
        yield Preset(f"plain{depth}", f"Plain-{depth}", ResNetSpec(block, blocks, shortcut="none"), "Plain")
    for n in (3, 9):
        yield Preset(f"plain{6 * n + 2}-cifar", f"Plain-{6 * n + 2} · CIFAR", _cifar(n, "none"), "Plain")
    for depth in (50, 101, 152):
        spec = ResNetSpec("bottleneck", _BOTTLENECK[depth], stride_in="1x1")
        yield Preset(f"resnet{depth}-v1", f"ResNet-{depth} v1", spec, "ResNet")
    group = ResNetSpec("bottleneck", _BOTTLENECK[50], norm="group")
    yield Preset("resnet50_gn", "ResNet-50 · GroupNorm", group, "ResNet")
    yield from _letters()
    yield from _wide()
    yield from _grouped()
    yield from _attentive()
    yield from _filtered()
    yield from (_rs(depth) for depth in _RS)
    yield from (_preact(depth) for depth in (110, 164, 1001))
    for depth in (18, 34, 50, 101, 152):
        yield _v2(depth)
        if depth != 152:
            yield _v2(depth, "d")
    yield _v2(152, "d")
    yield _v2(50, "t")


def _letters() -> Iterator[Preset]:
    for depths, letter in (
        ((50, 101, 152), "c"),
        ((18, 26, 34, 50, 101, 152, 200), "d"),
        ((50, 101, 152), "s"),
        ((10, 14, 26, 50), "t"),
    ):
        for depth in depths:
            yield _deep(f"ResNet-{letter.upper()}", depth, letter)


def _wide() -> Iterator[Preset]:
    for depth in (50, 101):
        spec = ResNetSpec("bottleneck", _BOTTLENECK[depth], group_width=128)
        yield Preset(f"wide_resnet{depth}_2", f"Wide ResNet-{depth}-2", spec, "Wide")
    yield from (_wide_cifar(*one) for one in ((16, 4), (16, 8), (22, 8), (28, 10), (40, 4)))


def _grouped() -> Iterator[Preset]:
    yield _next(50, "", 32, 4)
    yield _next(50, "d", 32, 4)
    for groups, width in ((32, 4), (32, 8), (32, 16), (32, 32), (64, 4)):
        yield _next(101, "", groups, width)


def _attentive() -> Iterator[Preset]:
    for depth, letter in ((18, ""), (34, ""), (50, ""), (50, "t"), (101, ""), (152, ""), *_D):
        yield _deep("SE", depth, letter, kind="se")
    nexts = ((26, "d", 32, 4), (26, "t", 32, 4), (50, "", 32, 4), (101, "", 32, 4), (101, "", 32, 8))
    for one in (*nexts, (101, "d", 32, 8), (101, "", 64, 4)):
        yield _next(*one, kind="se")
    yield _senet154()
    for depth, letter in ((26, "t"), (50, "d"), (50, "t"), (101, "d"), (200, "d"), (269, "d")):
        yield _deep("ECA", depth, letter, kind="eca")
    light = ResNetSpec("bottleneck", (1, 1, 11, 3), projection="avgpool", attention="eca")
    yield Preset("ecaresnetlight", "ECA-ResNet-Light", light, "ECA")
    yield _next(26, "t", 32, 4, kind="eca")
    yield _next(50, "t", 32, 4, kind="eca")


_D = ((152, "d"), (200, "d"), (269, "d"))


def _filtered() -> Iterator[Preset]:
    for depth, letter in ((18, ""), (50, ""), (50, "d"), (101, "d")):
        yield _deep("Anti-aliased", depth, letter, filters="blur")
    for depth, letter in ((34, "d"), (50, ""), (50, "d"), (101, "d")):
        yield _deep("Anti-aliased", depth, letter, filters="aa")
    yield _deep("Anti-aliased", 50, "d", kind="se", filters="aa")
    yield _next(101, "d", 32, 8, kind="se", filters="aa")
    wider = _next(201, "d", 32, 8, kind="se", filters="aa")
    yield wider._replace(spec=replace(wider.spec, stem_width=128))


PRESETS: dict[str, Preset] = {preset.name: preset for preset in _named()}
_BY_SPEC: dict[ResNetSpec, Preset] = {preset.spec: preset for preset in reversed(PRESETS.values())}


def preset_of(spec: ResNetSpec) -> Preset | None:
    """The preset that is exactly this spec, if any."""
    return _BY_SPEC.get(spec)


@lru_cache(maxsize=64)
def title_of(spec: ResNetSpec) -> str:
    """What to call a spec in a title: its preset's title, or one put together from its parts."""
    preset = _BY_SPEC.get(spec) or _apart_from_data(spec)
    if preset is not None:
        return preset.title
    mixed = ", mixed" if isinstance(spec.shortcut, tuple) else ""
    family = "Plain" if not spec.residual else "ResNet" if spec.groups == 1 else "ResNeXt"
    kind = "" if spec.attention == "none" else _titled(spec.attention)
    version = " v2" if spec.preact else ""
    return f"{kind}{family}-{spec.weighted_layers}{version} · {spec.block.capitalize()}{mixed}"


def _apart_from_data(spec: ResNetSpec) -> Preset | None:
    """The preset that differs from `spec` only in what the data and the training decide."""
    return _BY_SHAPE.get(_shape_of(spec))


def _shape_of(spec: ResNetSpec) -> tuple[object, ...]:
    return tuple([getattr(spec, field) for field in FIELDS if field not in _OF_DATA])


_OF_DATA = frozenset(("classes", "size", "channels", "zero_init", "dropout", "drop_path"))
#: The first preset of each network, whatever its data.
_BY_SHAPE: dict[tuple[object, ...], Preset] = {}
for _preset in PRESETS.values():
    _BY_SHAPE.setdefault(_shape_of(_preset.spec), _preset)
