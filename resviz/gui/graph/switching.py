"""Which part of the network a click switches off, and what is off then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from PySide6.QtCore import QCoreApplication

from resviz.arch.graph import network
from resviz.arch.layout.fold import stage_of
from resviz.arch.layout.stack import Cell, Layout
from resviz.arch.spec import ResNetSpec
from resviz.gui.graph import pointing
from resviz.gui.graph.facts import layers_of, taken_with
from resviz.gui.off_words import listed, passages
from resviz.ways import Off


def _tr(text: str) -> str:
    return QCoreApplication.translate("GraphView", text)


class Target(NamedTuple):
    """Residual branches or shortcuts that are switched together: one block's, or a folded card's. Of kind `layer`,
    a convolution of a plain block, which is then what `blocks` names.
    """

    kind: Literal["branch", "shortcut", "layer"]
    blocks: tuple[str, ...]
    cell: Cell | None = None
    #: Whether there is no shortcut that stays.
    plain: bool = False

    def held(self, off: Off) -> frozenset[str]:
        """All that is off of its kind."""
        return {"branch": off.branches, "shortcut": off.shortcuts, "layer": off.layers}[self.kind]

    def is_off(self, off: Off) -> bool:
        """Whether all of it is."""
        return self.held(off).issuperset(self.blocks)


def blocks_of(cell: Cell) -> tuple[str, ...]:
    """The ids of the blocks that a cell stands for, in order; none of the stem and the head."""
    if "." in cell.id and cell.times == 1:
        return (cell.id,)
    if not stage_of(cell.id):
        return ()
    return tuple(dict.fromkeys(".".join(layer.split(".", 2)[:2]) for layer in cell.layers))


def target_at(plan: Layout, x: float, y: float, near: float) -> Target | None:
    """What a click at a point of the drawing is for; nothing of the network beside."""
    place = plan.hit(x, y)
    if place is not None and place.plan is plan:
        on_shortcut = not place.box.parts and layers_of(plan.spec)[place.cell.layer_of(place.box)].on == "shortcut"
        return _target("shortcut" if on_shortcut else "branch", place.cell, plan.spec)
    line = pointing.line_at(plan, x, y, near)
    if line is not None and line.plan is plan:
        return _target("shortcut", line.cell, plan.spec)
    found = pointing.cell_at(plan, x, y)
    return _target("branch", found[0], plan.spec) if found is not None and found[1] is plan else None


def target_of(spec: ResNetSpec, part: str, layer_id: str | None, shortcut: bool = False) -> Target | None:
    """The same of a part by its id (`layer2.1`, `layer2`), of a run that of the layer meant."""
    if layer_id and "." in part and stage_of(layer_id) == stage_of(part):
        part = ".".join(layer_id.split(".", 2)[:2])
    blocks = tuple(block for block in passages(spec) if part and (block == part or block.startswith(part + ".")))
    return _kept("shortcut" if shortcut else "branch", blocks, None, spec)


def layer_target(spec: ResNetSpec, layer_id: str | None) -> Target | None:
    """A layer of a plain block by itself."""
    group = taken_with(spec, layer_id) if layer_id else ()
    return Target("layer", group[:1], None, plain=True) if group else None


def _target(kind: Literal["branch", "shortcut"], cell: Cell, spec: ResNetSpec) -> Target | None:
    return _kept(kind, blocks_of(cell), cell, spec)


def _kept(
    kind: Literal["branch", "shortcut"], blocks: tuple[str, ...], cell: Cell | None, spec: ResNetSpec
) -> Target | None:
    there = {shortcut.block for shortcut in network(spec).shortcuts}
    if kind == "shortcut":
        blocks = tuple(block for block in blocks if block in there)
    return Target(kind, blocks, cell, there.isdisjoint(blocks)) if blocks else None


def toggled(off: Off, target: Target) -> Off:
    """All of it off, or on again where all of it was."""
    held = target.held(off)
    held = held.difference(target.blocks) if target.is_off(off) else held.union(target.blocks)
    if target.kind == "layer":
        return replace(off, layers=held)
    return replace(off, branches=held) if target.kind == "branch" else replace(off, shortcuts=held)


def words(off: Off, target: Target) -> str:
    """What switching it does: an entry of a menu, and of the list of what can be undone."""
    one = len(target.blocks) == 1
    if target.kind == "layer":
        put, take = _tr("Put {0} back, with its norm and activation"), _tr("Take {0} out, with its norm and activation")
        text = put if target.is_off(off) else take
    elif target.plain:
        text = _tr("Put {0} back") if target.is_off(off) else _tr("Take {0} out")
    elif target.kind == "branch":
        if target.is_off(off):
            text = _tr("Switch the residual branch of {0} on") if one else _tr("Switch the branches of {0} on")
        else:
            text = _tr("Switch the residual branch of {0} off") if one else _tr("Switch the branches of {0} off")
    elif target.is_off(off):
        text = _tr("Join the shortcut of {0} again") if one else _tr("Join the shortcuts of {0} again")
    else:
        text = _tr("Cut the shortcut of {0}") if one else _tr("Cut the shortcuts of {0}")
    return text.format(listed(target.blocks))


def counted(held: frozenset[str], blocks: Sequence[str]) -> int:
    """How many of some blocks are among those held."""
    return sum(block in held for block in blocks)


def touched(off: Off, cell: Cell) -> bool:
    """Whether any of a cell is off."""
    held = off.branches | off.shortcuts
    if held and not held.isdisjoint(blocks_of(cell)):
        return True
    layers = off.layers.union(layer for layer, _channel in off.channels)
    return bool(layers) and not layers.isdisjoint(cell.layers)


def channels_in(off: Off, cell: Cell) -> Iterator[tuple[str, int]]:
    """Layers of a cell with how many of their channels are off."""
    counts: dict[str, int] = {}
    for layer, _channel in off.channels:
        counts[layer] = counts.get(layer, 0) + 1
    if counts:
        yield from ((layer, counts[layer]) for layer in cell.layers if layer in counts)
