"""What is switched off, and what stays of a block without its branch or its shortcut, in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from resviz.arch.graph import network
from resviz.arch.layout.captions import shape_text
from resviz.arch.ops import Shape
from resviz.arch.spec import ResNetSpec
from resviz.ways import Off

#: A block with neither a shortcut nor a plus.
PLAIN = "none"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Lesions", text)


class Passage(NamedTuple):
    """What goes into a block, what comes out, and the kind of its shortcut."""

    kind: str
    before: Shape
    after: Shape

    @property
    def changes(self) -> bool:
        return self.before != self.after


@lru_cache(maxsize=2)
def passages(spec: ResNetSpec) -> dict[str, Passage]:
    """Every block of a network, in the order of the trunk."""
    net = network(spec)
    kinds = {shortcut.block: str(shortcut.kind) for shortcut in net.shortcuts}
    found: dict[str, Passage] = {}
    for layer in net.layers:
        if layer.block:
            known = found.get(layer.block)
            if known is None:
                found[layer.block] = Passage(kinds.get(layer.block, PLAIN), layer.in_shape, layer.out_shape)
            elif layer.on == "trunk":
                found[layer.block] = known._replace(after=layer.out_shape)
    return found


def off_text(off: Off) -> str:
    """`layer2.1 is off`, `3 parts are off`; nothing where nothing is."""
    parts = len(off.branches) + len(off.shortcuts) + len(off.channels) + len(off.layers)
    if parts > 1:
        blocks = _tr("{0} blocks are off") if parts == len(off.branches) else _tr("{0} parts are off")
        return blocks.format(parts)
    for block in off.branches:
        return _tr("{0} is off").format(block)
    for block in off.shortcuts:
        return _tr("the shortcut of {0} is cut").format(block)
    for layer in off.layers:
        return _tr("{0} is off").format(layer)
    for layer, channel in off.channels:
        return _tr("channel {1} of {0} is off").format(layer, channel)
    return ""


def without_branch(spec: ResNetSpec, block: str) -> str:
    """What a block still does while its residual branch yields zero."""
    kind, before, after = passage = passages(spec)[block]
    if not passage.changes and kind == PLAIN:
        return _tr(
            "There is no shortcut that would stay; in place of the block goes x itself. "
            "What the block made of it is lost."
        )
    if not passage.changes and kind != "projection":
        return _tr("x goes on as it came; only what F(x) would have added is lost.")
    change = f"{shape_text(before)} → {shape_text(after)}"
    if kind == "projection":
        said = _tr("x reaches the next block only through the 1×1 convolution of its shortcut ({0}).")
        return said.format(change if passage.changes else shape_text(before))
    lost = _thinned(before, after)
    if kind == "zero-pad":
        return _tr("Of x stays {1} ({0}). What the block made of it is lost.").format(change, lost)
    return _tr("There is no shortcut that would stay; in place of the block goes {1} ({0}).").format(change, lost)


def without_both() -> str:
    """What a block without branch and shortcut does."""
    return _tr("Neither F(x) nor x goes on: the block gives zeros, and nothing of the picture comes past it.")


def without_layer() -> str:
    """What stays where a layer of a plain block was."""
    return _tr("Its norm and activation are off with it; what comes in goes on, brought to the shape it would have.")


def without_shortcut(spec: ResNetSpec, block: str) -> str:
    """What a block still does while its shortcut is cut."""
    passage = passages(spec)[block]
    if passage.changes:
        change = f"{shape_text(passage.before)} → {shape_text(passage.after)}"
        return _tr("Only F(x) goes on, as in a plain network; x itself is lost ({0}).").format(change)
    return _tr("Only F(x) goes on, as in a plain network; x itself is lost.")


def _thinned(before: Shape, after: Shape) -> str:
    """What is left of a tensor that is brought to another shape without weights."""
    said = [_tr("every second pixel") if before[1:] != after[1:] else _tr("every pixel")]
    more = after[0] - before[0]
    if more > 0:
        said.append(_tr("with zeros for the {0} new channels").format(more))
    if more < 0:
        said.append(_tr("without {0} of the channels").format(-more))
    return ", ".join(said)


def listed(blocks: Sequence[str]) -> str:
    """`layer2.1`, or `3 blocks`."""
    return blocks[0] if len(blocks) == 1 else _tr("{0} blocks").format(len(blocks))
