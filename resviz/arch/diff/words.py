"""A diff in words: which fields differ, and what befell which blocks, equal changes folded into one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from resviz.arch.diff.align import HEAD, STEM, Alteration, BlockDiff, Change, Diff, FieldDiff, LayerDiff, StageDiff
from resviz.arch.graph import Layer
from resviz.arch.spec import RULES, ResNetSpec

#: Field -> what it decides.
MEANINGS: dict[str, str] = {
    "block": "kind of residual block",
    "blocks": "blocks a stage",
    "width": "planes of the first stage",
    "groups": "groups of a bottleneck's 3×3",
    "group_width": "width of a group, at 64 planes",
    "expansion": "channels out of a block over its planes",
    "reduce_first": "divisor of the first convolution's width",
    "stride_in": "which convolution of a bottleneck strides",
    "order": "post: conv-bn-relu, pre: bn-relu-conv",
    "shortcut": "A pads with zeros, B projects where the shape changes, C everywhere; none is plain",
    "projection": "how a shortcut projects",
    "stem": "first convolutions",
    "stem_width": "channels out of the stem",
    "stem_pool": "what follows the stem's convolutions",
    "attention": "what ends a residual branch",
    "reduction": "SE squeezes channels by this",
    "antialias": "what strides in a convolution's place",
    "output_stride": "beyond it, stages dilate and do not stride",
    "norm": "normalisation",
    "norm_groups": "groups of GroupNorm",
    "activation": "what stands for ReLU",
    "zero_init": "residual branches start at zero (training alone)",
    "dropout": "before fc (training alone)",
    "drop_path": "stochastic depth of the last block (training alone)",
    "classes": "outputs of fc",
    "size": "height and width of the input, px",
    "channels": "of the input",
}
_ENDS = (STEM, HEAD)


class FieldWords(NamedTuple):
    """A field that differs, as one reads it."""

    field: str
    a: str
    b: str
    meaning: str


class Line(NamedTuple):
    """What happened, and to which blocks: `layer3.6 … layer3.22`, `17 blocks added`."""

    where: str
    what: str


def fields(diff: Diff) -> list[FieldWords]:
    """The fields that differ, in the order of the spec."""
    return [
        FieldWords(pair.field, _value(pair, diff.a.spec), _value(pair, diff.b.spec), MEANINGS[pair.field])
        for pair in diff.fields
    ]


def _value(pair: FieldDiff, spec: ResNetSpec) -> str:
    """The field's value in `spec`; `-` where it has no meaning, and what it comes to where it follows another."""
    value = getattr(spec, pair.field)
    if not all(rule.applies(spec) for rule in RULES if rule.field == pair.field):
        return "-"
    if value is None:
        return f"auto ({spec.resolved(pair.field)})"
    if isinstance(value, tuple):
        return ("/" if pair.field == "shortcut" else ",").join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def relative(change: Change) -> str:
    """`+10.0 %`, or `×2.02` from double or half on; `-` where A has none and B has some."""
    ratio = change.ratio
    if ratio is None:
        return "-" if change.delta else "0 %"
    if ratio >= 2 or ratio <= 0.5:
        return f"×{ratio:.3g}"
    percent = 100 * (ratio - 1)
    return "0 %" if not change.delta else f"{percent:+.1f} %" if abs(percent) >= 0.1 else f"{percent:+.2g} %"


def cost(diff: Diff) -> str:
    """Parameters, MACs and receptive field, in one line."""
    seen = diff.totals.receptive_field
    return ", ".join(
        (
            _cost("parameters", diff.totals.costs.params),
            _cost("MACs", diff.totals.costs.macs),
            f"receptive field {seen.a} → {seen.b} px" if seen.delta else f"receptive field {seen.a} px in both",
        )
    )


def _cost(name: str, change: Change) -> str:
    return f"{name} {change.delta:+,} ({relative(change)})" if change.delta else f"{name} the same"


def gist(diff: Diff) -> str:
    """What happened to how many blocks, in one line."""
    if diff.same:
        return f"no difference: {diff.a.params:,} parameters, {diff.a.macs:,} MACs in both"
    if not diff.rebuilt:
        return "no layer differs, only how the network is set up or trained"
    verdicts = [_verdict(block) for stage in diff.stages if stage.id not in _ENDS for block in stage.blocks]
    counts = [f"{verdicts.count(word)} {word}" for word in _VERDICTS if word in verdicts]
    ends = [f"{stage.id} {_verdict(stage.blocks[0])}" for stage in (diff.stages[0], diff.stages[-1])]
    return "; ".join([f"blocks: {', '.join(counts)}", *ends])


_VERDICTS = ("added", "removed", "changed", "changed in shape only", "the same")


def _verdict(block: BlockDiff) -> str:
    if block.shape_only:
        return "changed in shape only"
    return "the same" if block.status == "same" else block.status


# --- what happened ---------------------------------------------------------------------------------------------


class _Event(NamedTuple):
    """What befell one layer of a block, or (`name` empty) the block itself; equal ones are told once."""

    name: str
    what: str


#: Block -> the same with this block's own numbers.
_Told = dict[str, str]


def lines(diff: Diff) -> list[Line]:
    """Every change, each with all the blocks it befell; what befell the same blocks shares a line."""
    first, *stages, last = diff.stages
    common = {stage.id: [block.id_b for block in stage.blocks if block.id_a and block.id_b] for stage in stages}
    told = _told(block for stage in stages for block in stage.blocks)
    whole = "every block" if all(block.id_a and block.id_b for block in diff.blocks) else "every block of both"
    widest = sorted(_by_blocks(told).items(), key=lambda pair: -len(pair[0]))
    shared = [Line(_where(blocks, common, whole), _joined(events)) for blocks, events in widest]
    moved = [line for stage in stages for line in _come_and_gone(stage)]
    return [*_end(first), *shared, *moved, *_end(last)]


def _end(stage: StageDiff) -> list[Line]:
    """The stem's or the head's line, if it differs."""
    told = _told(stage.blocks)
    return [Line(stage.id, _joined(list(told.items())))] if told else []


def _told(blocks: Iterable[BlockDiff]) -> dict[_Event, _Told]:
    found: dict[_Event, _Told] = {}
    for block in blocks:
        if block.status == "changed":
            for event, exact in _events(block):
                found.setdefault(event, {})[block.id_b or ""] = exact
    return found


def _by_blocks(told: dict[_Event, _Told]) -> dict[tuple[str, ...], list[tuple[_Event, _Told]]]:
    grouped: dict[tuple[str, ...], list[tuple[_Event, _Told]]] = {}
    for event, exact in told.items():
        grouped.setdefault(tuple(exact), []).append((event, exact))
    return grouped


def _joined(events: Sequence[tuple[_Event, _Told]]) -> str:
    """`conv1 3×3 → 1×1, stride 2 → 1; conv3, bn3 added`: what befell the same layer together, then layers alike."""
    by_name: dict[str, list[str]] = {}
    for event, told in events:
        exact = set(told.values())  # numbers where they are the same in all the blocks, else their ratio
        by_name.setdefault(event.name, []).append(exact.pop() if len(exact) == 1 else event.what)
    by_text: dict[str, list[str]] = {}
    for name, texts in by_name.items():
        by_text.setdefault(", ".join(texts), []).append(name)
    return "; ".join(f"{_names(names)} {text}".strip() for text, names in by_text.items())


def _names(names: list[str]) -> str:
    """`conv1.0 … conv1.6` for the many of a deep stem."""
    if len(names) > 3 and len({name.split(".")[0] for name in names}) == 1:
        return f"{names[0]} … {names[-1]}"
    return ", ".join(names)


def _events(block: BlockDiff) -> Iterator[tuple[_Event, str]]:
    """What befell a block, and the same with its own numbers; what merely follows from the rest is left out."""
    if block.shape_only:
        yield _Event("", "shapes only"), "shapes only"
        return
    if block.shortcut_a != block.shortcut_b:
        text = f"{block.shortcut_a} → {block.shortcut_b}"
        yield _Event("shortcut", text), text
    kernels_a, kernels_b = _kernels(pair.a for pair in block.layers), _kernels(pair.b for pair in block.layers)
    if len(kernels_a) != len(kernels_b):
        text = f"{', '.join(kernels_a)} → {', '.join(kernels_b)}"
        yield _Event(f"{len(kernels_a)} → {len(kernels_b)} convolutions:", text), text
    told = list(_all_layers(block))
    yield from told or _only_channels(block)


def _kernels(layers: Iterable[Layer | None]) -> list[str]:
    """The trunk's convolutions."""
    return [
        f"{layer.kernel}×{layer.kernel}" for layer in layers if layer and layer.op == "conv" and layer.on == "trunk"
    ]


def _all_layers(block: BlockDiff) -> Iterator[tuple[_Event, str]]:
    for pair in block.layers:
        if pair.layer.op == "add" and pair.status in ("added", "removed"):
            continue  # it comes and goes with the shortcut
        for what, exact in _layer_events(pair):
            yield _Event(_name(pair), what), exact


def _name(pair: LayerDiff) -> str:
    if pair.a is None or pair.b is None:
        layer = pair.layer
        return f"{layer.name} ({layer.op})" if layer.op in ("avgpool", "blur", "pad") else layer.name
    if pair.a.name == pair.b.name or pair.a.op != pair.b.op:  # another operator has another name
        return pair.a.name
    return f"{pair.b.name} (was {pair.a.name})"


def _layer_events(pair: LayerDiff) -> Iterator[tuple[str, str]]:
    if pair.a is None or pair.b is None:
        yield pair.status, pair.status
        return
    for change in pair.changes:
        if change.what == "channels" and pair.b.op in ("conv", "fc"):
            yield from _channels(change, pair.b)
        elif change.what not in ("channels", "shape"):
            yield _words(change)


def _words(change: Alteration) -> tuple[str, str]:
    a, b = change.a, change.b
    text = f"{change.what} {a} → {b}"
    if change.what == "place":
        text = f"moved: {a} → {b}"
        if "before" in f"{a} {b}":  # of post- and pre-activation
            text = f"moved {str(b).split()[0]} their convolutions"
    elif change.what == "kernel":
        text = f"{a}×{a} → {b}×{b}"
    elif change.what == "op":
        text = f"now {b}"
    elif change.what == "params" and isinstance(a, int) and isinstance(b, int):
        return f"has {'more' if b > a else 'fewer'} parameters", f"parameters {a:,} → {b:,}"
    return text, text


def _channels(change: Alteration, layer: Layer) -> Iterator[tuple[str, str]]:
    """What goes into a convolution follows from what came out before it, except where the picture or fc is."""
    (in_a, out_a), (in_b, out_b) = _pair(change.a), _pair(change.b)
    first = layer.stage is None and layer.name in ("conv1", "conv1.0", "fc")
    if first and in_a != in_b:
        yield f"channels in ×{in_b / in_a:.3g}", f"{in_a} → {in_b} channels in"
    if out_a != out_b:
        noun = "classes" if layer.op == "fc" else "channels"
        yield f"{noun} ×{out_b / out_a:.3g}", f"{out_a} → {out_b} {noun}"


def _only_channels(block: BlockDiff) -> Iterator[tuple[_Event, str]]:
    """A block that differs in nothing but what comes in."""
    for pair in block.layers:
        for change in pair.changes:
            if change.what == "channels":
                (a, _), (b, _) = _pair(change.a), _pair(change.b)
                yield _Event(_name(pair), f"takes channels ×{b / a:.3g}"), f"takes {a} → {b} channels"
                return


def _pair(value: object) -> tuple[int, int]:
    assert isinstance(value, tuple)
    return value[0], value[1]


def told(block: BlockDiff) -> str:
    """What befell one block, in one line; empty where it is the same."""
    return _joined([(event, {"": exact}) for event, exact in _events(block)]) if block.status == "changed" else ""


def layer_told(pair: LayerDiff) -> str:
    """What befell one layer; empty where it is the same."""
    if pair.status != "changed":
        return "" if pair.status == "same" else pair.status
    if pair.shape_only:
        return "shape only"
    said = [exact for _, exact in _layer_events(pair)]
    return ", ".join(said) or "takes other channels"


# --- to which blocks ------------------------------------------------------------------------------------------


def _come_and_gone(stage: StageDiff) -> Iterator[Line]:
    """The blocks that only one network has: they are the last of their stage."""
    extra = [block for block in stage.blocks if block.status in ("added", "removed")]
    if extra:
        params, macs = (sum(getattr(block.costs, name).delta for block in extra) for name in ("params", "macs"))
        count = f"{len(extra)} block{'s' if len(extra) > 1 else ''} {extra[0].status}"
        ids = [block.id_b or block.id_a or "" for block in extra]
        yield Line(_run(ids), f"{count}: {params:+,} parameters, {macs:+,} MACs")


def _where(blocks: Sequence[str], common: dict[str, list[str]], whole: str) -> str:
    """Names of blocks, or of those that are left out where these are fewer."""
    every = [block for members in common.values() for block in members]
    if len(blocks) == len(every):
        return whole
    chosen = set(blocks)
    some = _named(chosen, common)
    rest = f"{whole} but {_named(set(every) - chosen, common)}"
    return some if len(some) <= len(rest) else rest


def _named(chosen: set[str], common: dict[str, list[str]]) -> str:
    """`layer1, layer2.1 … layer2.3`: whole stages by their names, else runs of blocks."""
    parts = []
    for stage, members in common.items():
        if members and chosen.issuperset(members):
            parts.append(stage)
            continue
        for taken, run in groupby(members, key=chosen.__contains__):
            if taken:
                parts.append(_run(list(run)))
    return ", ".join(parts)


def _run(ids: Sequence[str]) -> str:
    return f"{ids[0]} … {ids[-1]}" if len(ids) > 2 else ", ".join(ids)
