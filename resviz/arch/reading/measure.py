"""From the names and shapes of a ResNet's weights, in our names, to its spec: every field that shapes tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from math import gcd
from typing import Any

from resviz.arch.ops import se_width
from resviz.arch.reading.keys import COUNTER, Shape, state_shapes
from resviz.arch.spec import EXPANSION, RANGES, ResNetSpec
from resviz.errors import SpecError

Shapes = Mapping[str, Shape]

_BLOCK = re.compile(r"layer(\d{1,4})\.(\d{1,4})\.conv1\.weight")
_PROJECTION = re.compile(r"layer(\d{1,4})\.(\d{1,4})\.downsample\.(\d)\.weight")
#: Looked at first: what published networks use.
_USUAL_REDUCTIONS = (16, 8, 4, 2, 32)
_USUAL_GROUPS = 32


class MisfitError(Exception):
    """A tensor that a ResNet would not have (`found`), would have otherwise, or lacks (`found` None)."""

    def __init__(self, key: str, found: Shape | None = None, wanted: Shape | None = None) -> None:
        super().__init__(key)
        self.key, self.found, self.wanted = key, found, wanted


def measure(shapes: Shapes) -> ResNetSpec:
    """The spec whose weights have these names and shapes; what they do not tell is at its default.

    Raises `MisfitError` with the first tensor that does not fit, where there is no such spec.
    """
    first: MisfitError | None = None
    for candidate in _candidates(shapes):
        try:
            spec = ResNetSpec(**candidate)
            check(spec, shapes)
        except SpecError:
            continue
        except MisfitError as misfit:
            first = first or misfit
        else:
            return spec
    raise first or MisfitError("layer1.0.conv1.weight", shapes.get("layer1.0.conv1.weight"))


def check(spec: ResNetSpec, shapes: Shapes) -> None:
    """Compare names and shapes with those of `spec`, in its order. Raises `MisfitError`."""
    wanted = state_shapes(spec)
    for key, shape in wanted.items():
        found = shapes.get(key)
        if found is None and not key.endswith(COUNTER):
            raise MisfitError(key, None, shape)
        if found is not None and plain(found) != plain(shape):
            raise MisfitError(key, found, shape)
    extra = next((key for key in shapes if key not in wanted), None)
    if extra is not None:
        raise MisfitError(extra, shapes[extra])


def plain(shape: Shape) -> Shape:
    """Without the ones at its end: a fully connected layer may be written as a 1x1 convolution."""
    while shape and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def _shape(shapes: Shapes, key: str, dimensions: int) -> Shape:
    found = shapes.get(key)
    if found is None or len(found) != dimensions or min(found) < 1:
        raise MisfitError(key, found)
    return found


def _candidates(shapes: Shapes) -> Iterator[dict[str, Any]]:
    """Fields of the specs that the shapes may be of, the likeliest first."""
    blocks = _blocks(shapes)
    stem = _stem(shapes)
    shared = {
        "blocks": blocks,
        **stem,
        **_norm(shapes),
        "order": "post" if "bn1.weight" in shapes else "pre",
        "classes": _head(shapes)[0],
        "size": 32 if stem["stem"] == "cifar" else 224,
    }
    shortcuts = list(_shortcuts(shapes, blocks, stem["stem_width"]))
    for widths in _widths(shapes, blocks):
        for shortcut in shortcuts:
            yield {**shared, **widths, **shortcut, **_attention(shapes, blocks)}


def _head(shapes: Shapes) -> Shape:
    found = shapes.get("fc.weight")
    if found is None or len(plain(found)) > 2 or len(found) < 2:
        raise MisfitError("fc.weight", found)
    return found


def _blocks(shapes: Shapes) -> tuple[int, ...]:
    """Blocks of each stage. Raises `MisfitError` for the first that is missing in a row of them."""
    found: dict[int, set[int]] = {}
    for match in map(_BLOCK.fullmatch, shapes):
        if match:
            found.setdefault(int(match[1]), set()).add(int(match[2]))
    for stage in range(1, max(found, default=1) + 1):
        numbers = found.get(stage, set())
        for index in range(max(numbers, default=0) + 1):
            if index not in numbers:
                raise MisfitError(f"layer{stage}.{index}.conv1.weight")
    return tuple(len(found[stage]) for stage in sorted(found) if stage)


def _stem(shapes: Shapes) -> dict[str, Any]:
    deep = "conv1.weight" not in shapes and "conv1.0.weight" in shapes
    out, channels, kernel, _ = _shape(shapes, "conv1.0.weight" if deep else "conv1.weight", 4)
    filtered = "maxpool.2.weight" in shapes
    pool: dict[str, Any] = {}
    if "maxpool.0.weight" in shapes:
        # A blur or an average pool between the convolution and its norm moves the norm's place.
        pool = {"stem_pool": "conv", "antialias": "blur" if filtered else "none"}
    if deep:
        first, out = out, _shape(shapes, "conv1.6.weight", 4)[0]
        kind = "deep" if 2 * first == out else "deep_tiered"
        return {"stem": kind, "stem_width": out, "channels": channels, **pool}
    if kernel not in (3, 7):
        raise MisfitError("conv1.weight", shapes["conv1.weight"])
    return {"stem": "imagenet" if kernel == 7 else "cifar", "stem_width": out, "channels": channels, **pool}


def _norm(shapes: Shapes) -> dict[str, Any]:
    """Batch norm has running statistics, group norm none; how many groups, no shape tells: 32 where that divides."""
    if any(key.endswith("running_mean") for key in shapes):
        return {"norm": "batch"}
    common = gcd(*(shape[0] for key, shape in shapes.items() if key.endswith(".weight") and len(shape) == 1))
    groups = next((count for count in range(_USUAL_GROUPS, 0, -1) if common % count == 0), 1)
    return {"norm": "group", "norm_groups": groups}


# --- shortcuts ----------------------------------------------------------------------------------------------


def _shortcuts(shapes: Shapes, blocks: tuple[int, ...], stem_out: int) -> Iterator[dict[str, Any]]:
    """Which blocks project tells option B from C; where none does, A is taken if a shape changes, else B.

    Nothing at all comes last: zeros cannot make a tensor narrower, so a file may be a plain network's for certain.
    """
    convs = {m.groups(): shapes[m[0]] for m in map(_PROJECTION.fullmatch, shapes) if m and len(shapes[m[0]]) == 4}
    last = "conv3" if "layer1.0.conv3.weight" in shapes else "conv2"
    out = _shape(shapes, f"layer1.0.{last}.weight", 4)[0]
    changing = {(str(stage), "0") for stage in range(1 if out != stem_out else 2, len(blocks) + 1)}
    if not convs:
        yield {"shortcut": "A" if changing else "B"}
        yield {"shortcut": "none"}
        return
    projecting = {(stage, block) for stage, block, _ in convs}
    kind = "1x1"
    if any(place == "1" for _, _, place in convs):
        kind = "avgpool"
    elif any(shape[-1] == 3 for shape in convs.values()):
        kind = "3x3"
    filled = "none" if out < stem_out else "A"  # zeros cannot make a tensor narrower
    found = {"shortcut": _options(blocks, changing, projecting, filled), "projection": kind}
    yield found
    if kind == "3x3":  # where a stage dilates, all of its projections are 3x3; else only the strided one is
        for stage in range(len(blocks)):
            yield {**found, "output_stride": 1 << stage}
            yield {**found, "output_stride": 4 << stage}


def _options(
    blocks: tuple[int, ...], changing: set[tuple[str, str]], projecting: set[tuple[str, str]], first: str
) -> str | tuple[str, ...]:
    """B or C where all stages agree, else an option a stage; zeros are taken where a shape changes without weights.

    `first` is what can change the first stage's shape without weights.
    """
    if changing <= projecting:
        if projecting == changing:
            return "B"
        if projecting == {(str(stage), str(i)) for stage, count in enumerate(blocks, 1) for i in range(count)}:
            return "C"
    stages = range(1, len(blocks) + 1)
    return tuple(_option(str(at), changing, projecting, first if at == 1 else "A") for at in stages)


def _option(stage: str, changing: set[tuple[str, str]], projecting: set[tuple[str, str]], filled: str) -> str:
    first = (stage, "0")
    if any(block[0] == stage and block not in changing for block in projecting):
        return "C"
    return filled if first in changing and first not in projecting else "B"


# --- widths -------------------------------------------------------------------------------------------------


def _widths(shapes: Shapes, blocks: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    """Block, width, groups, group width, expansion and the narrowing of the first convolution.

    Planes are nowhere in the shapes; the usual expansion comes first, then the others.
    """
    if "layer1.0.conv3.weight" in shapes:
        yield from _bottleneck(shapes, blocks)
        return
    first = _shape(shapes, "layer1.0.conv1.weight", 4)[0]
    out = _shape(shapes, "layer1.0.conv2.weight", 4)[0]
    for factor in _expansions("basic"):
        planes, rest = divmod(out, factor)
        if not rest and planes % first == 0:
            yield _fields("basic", planes, factor, planes // first)


def _bottleneck(shapes: Shapes, blocks: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    first = _shape(shapes, "layer1.0.conv1.weight", 4)[0]
    inner, part, _, _ = _shape(shapes, "layer1.0.conv2.weight", 4)
    out = _shape(shapes, "layer1.0.conv3.weight", 4)[0]
    groups, uneven = divmod(first, part)
    if uneven or inner % first or inner % groups:
        raise MisfitError("layer1.0.conv2.weight", shapes["layer1.0.conv2.weight"])
    found = [_shape(shapes, f"layer{stage}.0.conv2.weight", 4)[0] for stage in range(1, len(blocks) + 1)]
    for factor in _expansions("bottleneck"):
        planes, rest = divmod(out, factor)
        width = None if rest else _group_width(planes, groups, found)
        if width is not None:
            fields = _fields("bottleneck", planes, factor, inner // first)
            yield {**fields, "groups": groups, "group_width": width}


def _group_width(planes: int, groups: int, inner: Iterable[int]) -> int | None:
    """The least `group_width` with `floor(planes * group_width / 64) * groups` channels in every stage."""
    low, high = RANGES["group_width"]
    for stage, channels in enumerate(inner):
        each, staged = channels // groups, planes << stage
        low = max(low, -(-64 * each // staged))
        high = min(high, -(-64 * (each + 1) // staged) - 1)
    return low if low <= high else None


def _expansions(block: str) -> tuple[int, ...]:
    low, high = RANGES["expansion"]
    usual = EXPANSION[block]
    return (usual, *(factor for factor in range(low, high + 1) if factor != usual))


def _fields(block: str, planes: int, factor: int, reduce_first: int) -> dict[str, Any]:
    return {"block": block, "width": planes, "expansion": factor, "reduce_first": reduce_first}


def _attention(shapes: Shapes, blocks: tuple[int, ...]) -> dict[str, Any]:
    """SE's reduction is the one that gives the width of every stage, the usual ones first: widths are rounded."""
    if "layer1.0.se.conv.weight" in shapes:
        return {"attention": "eca"}
    if "layer1.0.se.fc1.weight" not in shapes:
        return {"attention": "none"}
    keys = [f"layer{stage}.0.se.fc1.weight" for stage in range(1, len(blocks) + 1)]
    widths = [plain(shapes[key])[:2] for key in keys if key in shapes]
    low, high = RANGES["reduction"]
    for reduction in (*_USUAL_REDUCTIONS, *range(low, high + 1)):
        if all(len(pair) == 2 and se_width(pair[1], reduction) == pair[0] for pair in widths):
            return {"attention": "se", "reduction": reduction}
    raise MisfitError("layer1.0.se.fc1.weight", shapes["layer1.0.se.fc1.weight"])
