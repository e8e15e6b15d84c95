"""All that is known of a layer or of a folded part, as rich text for the card and as words for a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from textwrap import wrap

from PySide6.QtCore import QCoreApplication

from resviz.arch.analysis import report
from resviz.arch.collector import uncollected
from resviz.arch.graph import Kind, Layer, network
from resviz.arch.layout.captions import figures, shape_text, window
from resviz.arch.layout.fold import HEAD, STEM
from resviz.arch.memory import activation_bytes
from resviz.arch.spec import ResNetSpec
from resviz.drawing.palette import Palette
from resviz.gui.graph.words import bundle_words, does

#: Measured milliseconds by layer id.
Times = Mapping[str, float]
#: Letters on a line of a sentence.
_LINE = 52
#: What goes with a convolution, by its number.
_NUMBERED = re.compile(r".*\.(?:conv|bn|relu|act)(\d+)")
_KINDS: tuple[Kind, ...] = ("identity", "projection", "zero-pad")


def _tr(text: str) -> str:
    return QCoreApplication.translate("GraphView", text)


@lru_cache(maxsize=2)
@uncollected
def layers_of(spec: ResNetSpec) -> dict[str, Layer]:
    """Every layer by its id."""
    return {layer.id: layer for layer in network(spec).layers}


def last_layer(spec: ResNetSpec, block: str) -> str | None:
    """The layer whose output is the block's."""
    return next((one.id for one in reversed(network(spec).layers) if one.block == block and one.on == "trunk"), None)


@lru_cache(maxsize=256)
def branch_of(spec: ResNetSpec, block: str) -> tuple[str, ...]:
    """The layers that compute a block's F(x), in order: of pre-activation not those that the shortcut starts after."""
    own = [layer.id for layer in layers_of(spec).values() if layer.block == block and layer.on == "trunk"]
    add = f"{block}.add"
    if add not in own:
        return tuple(own)
    shortcut = {layer.id for layer in layers_of(spec).values() if layer.block == block and layer.on == "shortcut"}
    forks = [edge.source for edge in network(spec).edges if edge.target in {add, *shortcut} and edge.kind != "trunk"]
    first = max((own.index(fork) + 1 for fork in forks if fork in own), default=0)
    return tuple(own[first : own.index(add)])


@lru_cache(maxsize=256)
def taken_with(spec: ResNetSpec, layer_id: str) -> tuple[str, ...]:
    """A convolution of a plain block with its norm and activation, which go together; `layer_id` is any of them, or
    none (an empty answer) where a shortcut would stay.
    """
    layer = layers_of(spec).get(layer_id)
    if layer is None or layer.block is None or f"{layer.block}.add" in layers_of(spec):
        return ()
    numbered = _NUMBERED.fullmatch(layer_id)
    names = [f"{layer.block}.{kind}{numbered[1]}" for kind in ("conv", "bn", "relu", "act")] if numbered else []
    return tuple(name for name in names if name in layers_of(spec))


def card(spec: ResNetSpec, layer_id: str, palette: Palette, times: Times | None = None) -> str:
    """Rich text with all figures of a layer."""
    layer = layers_of(spec)[layer_id]
    rows = [
        (_tr("operator"), operator(layer)),
        (_tr("shape"), f"{shape_text(layer.in_shape)} → {shape_text(layer.out_shape)}"),
        (_tr("parameters"), with_formula(params_formula(layer), layer.params)),
        (_tr("MACs"), with_formula(macs_formula(layer), layer.macs)),
        (_tr("output"), size_text(activation_bytes(layer))),
        (_tr("receptive field"), f"{report(spec).receptive_field[layer_id]:,} px"),
    ]
    return _rich(layer_id, rows + _measured([layer_id], times), [does(layer)], palette)


def part_card(spec: ResNetSpec, part: str, ids: Sequence[str], palette: Palette, times: Times | None = None) -> str:
    """Rich text with the sums of a folded card, a run or a stage: of the layers with these ids."""
    known = layers_of(spec)
    layers = [known[one] for one in ids]
    blocks = len({layer.block for layer in layers if layer.block})
    rows = [
        (_tr("holds"), _holds(layers, blocks)),
        (_tr("shape"), f"{shape_text(layers[0].in_shape)} → {shape_text(layers[-1].out_shape)}"),
        (_tr("parameters"), f"{sum(layer.params for layer in layers):,}"),
        (_tr("MACs"), f"{sum(layer.macs for layer in layers):,}"),
        (_tr("outputs"), size_text(sum(map(activation_bytes, layers)))),
        (_tr("receptive field"), f"{report(spec).receptive_field[ids[-1]]:,} px"),
    ]
    said = [_does_part(part, blocks)]
    counts = shortcuts_in(spec, layers)
    if any(counts.values()):
        said.append(bundle_words(part, counts) + ".")
    return _rich(part, rows + _measured(ids, times), said, palette)


def sentence(title: str, text: str, palette: Palette) -> str:
    """Rich text that says one thing."""
    return _rich(title, [], [text], palette)


def described(spec: ResNetSpec, layer_id: str) -> str:
    """A layer in words: kind, shape, parameters, place; for those who do not see the drawing."""
    known = layers_of(spec)
    layer = known[layer_id]
    where = _tr("in block {0}").format(layer.block) if layer.block else _tr("in no block")
    if layer.on == "shortcut":
        where += ", " + _tr("on the shortcut")
    number = list(known).index(layer_id) + 1
    return ", ".join(
        (
            layer_id,
            operator(layer),
            _tr("{0} to {1}").format(shape_text(layer.in_shape), shape_text(layer.out_shape)),
            _tr("{0} parameters").format(f"{layer.params:,}"),
            where,
            _tr("layer {0} of {1}").format(f"{number:,}", f"{len(known):,}"),
        )
    )


def operator(layer: Layer) -> str:
    """`conv 3×3, stride 2, padding 2, dilation 2, 32 groups`: what is not as usual, and the window."""
    if layer.op in ("se", "eca"):
        return f"{layer.op} {figures(layer)}"
    if not layer.kernel or layer.op == "pad":
        return layer.op
    said = [f"{layer.op} {window(layer)}", _tr("stride {0}").format(layer.stride)]
    if layer.padding:
        said.append(_tr("padding {0}").format(layer.padding))
    if layer.dilation > 1:
        said.append(_tr("dilation {0}").format(layer.dilation))
    if layer.groups > 1 and layer.op == "conv":
        said.append(_tr("{0} groups").format(layer.groups))
    return ", ".join(said)


def params_formula(layer: Layer) -> str:
    """`3×3×64×64`: what the number of parameters is made of; empty where there are none, or nothing to multiply."""
    before, after = layer.in_shape[0], layer.out_shape[0]
    if layer.op == "conv":
        return f"{layer.kernel}×{layer.kernel}×{before // layer.groups}×{after}"
    if layer.op == "fc":
        return f"{before}×{after} + {after}"
    if layer.op in ("bn", "gn"):
        return f"2×{after}"
    if layer.op == "se":
        inner = layer.macs // (2 * after)
        return f"2×{after}×{inner} + {inner} + {after}"
    return ""


def macs_formula(layer: Layer) -> str:
    """`36864×56×56`: a convolution's parameters, once a pixel of its output."""
    if layer.op != "conv":
        return ""
    return f"{layer.params:,}×{'×'.join(map(str, layer.out_shape[1:]))}"


def with_formula(formula: str, value: int) -> str:
    """`3×3×64×64 = 36,864`."""
    return f"{formula} = {value:,}" if formula else f"{value:,}"


def size_text(size: int) -> str:
    """`802,816 bytes (784 KiB)`."""
    for power, unit in ((3, "GiB"), (2, "MiB"), (1, "KiB")):
        if size >= 1024**power:
            return f"{size:,} bytes ({size / 1024**power:.3g} {unit})"
    return f"{size:,} bytes"


def shortcuts_in(spec: ResNetSpec, layers: Iterable[Layer]) -> dict[Kind, int]:
    """How many shortcuts of each kind the blocks of these layers have."""
    blocks = {layer.block for layer in layers}
    held = [shortcut.kind for shortcut in network(spec).shortcuts if shortcut.block in blocks]
    return {kind: held.count(kind) for kind in _KINDS}


def _holds(layers: Sequence[Layer], blocks: int) -> str:
    number = _tr("{0} layers").format(f"{len(layers):,}")
    return _tr("{0} blocks, {1}").format(blocks, number) if blocks > 1 else number


def _does_part(part: str, blocks: int) -> str:
    if part == STEM:
        return _tr("Makes the picture's first feature maps, and fewer pixels where that is affordable.")
    if part == HEAD:
        return _tr("Makes one score a class of the last feature maps.")
    if blocks > 1 or "." not in part:
        return _tr("Blocks one after the other at one resolution; each adds what it learned to what came in.")
    return _tr("Its layers compute what is added to the block's input.")


def _measured(ids: Iterable[str], times: Times | None) -> list[tuple[str, str]]:
    if times is None:
        return []
    known = [times[one] for one in ids if one in times]
    return [(_tr("measured"), f"{sum(known):.3g} ms" if known else "-")]


def _rich(title: str, rows: Sequence[tuple[str, str]], said: Sequence[str], palette: Palette) -> str:
    cells = "".join(
        f'<tr><td style="color:{palette.muted}">{escape(name)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>'
        for name, value in rows
    )
    table = f"<table cellspacing='0' cellpadding='1'>{cells}</table>" if rows else ""
    return f"<b>{escape(title)}</b>{table}{''.join(map(paragraph, said))}"


def paragraph(text: str) -> str:
    """Words in lines no longer than the figures above them: the card must not wrap those, so it wraps nothing."""
    lines = "<br>".join(map(escape, wrap(text, _LINE)))
    return f"<div style='margin-top: 4px'>{lines}</div>" * bool(text)
