"""What the drawing says about layers in words: on their boxes, beside their shortcut, on a folded card."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from resviz.arch.graph import Kind, Layer
from resviz.arch.ops import Shape
from resviz.arch.spec import WORDS

#: Operators drawn thin, two to a row, beside the convolution they belong to.
THIN = frozenset({"bn", "gn", "flatten", *WORDS["activation"]})
#: Operators with a window that slides.
_SLIDING = frozenset({"conv", "maxpool", "avgpool", "blur"})
#: What a folded block calls them, which has little room.
_SHORT = {"avgpool": "pool"}


def shape_text(shape: Shape) -> str:
    """`16 × 32 × 32`."""
    return " × ".join(map(str, shape))


def box_text(layer: Layer) -> str:
    """What a layer's box says: `conv1 3×3, 32, s=2`; the operator too where the name does not say it: `aa blur 3×3`."""
    named = layer.name.startswith(layer.op)
    if layer.op == "eca":  # its name, timm's, is that of another operator
        return f"eca {figures(layer)}"
    if layer.op in THIN:
        return layer.name if named else layer.op
    name = layer.name if named else f"{layer.name} {layer.op}"
    return f"{name} {figures(layer)}".rstrip()


def side_text(layer: Layer) -> str:
    """What a box on a shortcut says, where the dashed line already says what it is for: `1×1, 512, s=2`, `bn`."""
    if layer.op == "conv":
        return figures(layer)
    return f"{layer.op} {figures(layer)}" if layer.op in _SLIDING else layer.op


def figures(layer: Layer) -> str:
    """A layer's own numbers: `3×3, 128, s=2, g=32`, `256 → 16 → 256`, `k=5`; empty where it has none."""
    if layer.op in _SLIDING:
        return ", ".join(_sliding(layer))
    if layer.op == "fc":
        return f"{layer.in_shape[0]} → {layer.out_shape[0]}"
    channels = layer.out_shape[0]
    if layer.op == "se":  # two 1x1 convolutions on one pixel: half the MACs are channels times squeezed
        return f"{channels} → {layer.macs // (2 * channels)} → {channels}"
    return f"k={layer.params}" if layer.op == "eca" else ""


def _sliding(layer: Layer) -> list[str]:
    said = [window(layer)]
    if layer.op == "conv":
        said.append(str(layer.out_shape[0]))
    # The pool of the head takes the whole map: a stride would say nothing.
    if layer.stride > 1 and layer.id != "avgpool":
        said.append(f"s={layer.stride}")
    if layer.dilation > 1:
        said.append(f"d={layer.dilation}")
    if layer.op == "conv" and layer.groups > 1:
        said.append(f"g={layer.groups}")
    return said


def window(layer: Layer) -> str:
    """`3×3`; empty where there is none."""
    return f"{layer.kernel}×{layer.kernel}" if layer.kernel else ""


def shortcut_lines(kind: Kind, before: Shape, after: Shape) -> list[str]:
    """A shortcut's kind and, unless it is the identity, what it does to the shape: `16→32`, `½ size`."""
    lines: list[str] = [kind]
    if kind != "identity":
        lines.append(f"{before[0]}→{after[0]}")
    if after[1:] != before[1:]:
        lines.append("½ size")
    return lines


def card_note(layers: Sequence[Layer], in_stage: bool) -> str:
    """A folded card's second line: `1×1 · 3×3 · 1×1 · se, 256`, or `3 × conv 3×3 · maxpool 3×3`."""
    trunk = [layer for layer in layers if layer.on == "trunk" and layer.op not in THIN and layer.op != "add"]
    if in_stage:
        held = (window(layer) if layer.op == "conv" else _SHORT.get(layer.op, layer.op) for layer in trunk)
        return f"{' · '.join(held)}, {trunk[-1].out_shape[0]}"
    names = groupby(layer.op if layer.op == "blur" else f"{layer.op} {window(layer)}".rstrip() for layer in trunk)
    return " · ".join(_times(len(list(run)), name) for name, run in names)


def _times(count: int, name: str) -> str:
    return name if count == 1 else f"{count} × {name}"
