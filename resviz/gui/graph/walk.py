"""Where an arrow key leads from a layer, in a drawing that may be folded: along the trunk, onto a shortcut and back.

A shortcut that is folded away has no box; its layers are walked all the same, and whoever paints lights its line.
"""

from __future__ import annotations

from resviz.arch.graph import Layer, network
from resviz.arch.layout.stack import Cell, Layout, Place
from resviz.gui.graph.facts import layers_of


def down(plan: Layout, selected: str | None) -> str | None:
    """The next box on the trunk; from a shortcut, the next on it or the add."""
    return _step(plan, selected, 1)


def up(plan: Layout, selected: str | None) -> str | None:
    """The box before."""
    return _step(plan, selected, -1)


def first(plan: Layout, _selected: str | None = None) -> str | None:
    """Where the trunk begins."""
    return _trunk(plan, plan.cells[0])[0]


def last(plan: Layout, _selected: str | None = None) -> str | None:
    """Where the trunk ends."""
    return _trunk(plan, plan.cells[-1])[-1]


def to_shortcut(plan: Layout, selected: str | None) -> str | None:
    """The first layer on the shortcut of the block one is in, if it has any; on a stage's card, of its first block."""
    place = plan.place(selected) if selected else None
    if place is None or not selected or _on_shortcut(plan, selected):
        return selected
    side = _side(plan, place, selected)
    return side[0] if side else selected


def to_trunk(plan: Layout, selected: str | None) -> str | None:
    """From a shortcut to where it left the trunk."""
    place = plan.place(selected) if selected else None
    if place is None or not selected or not _on_shortcut(plan, selected):
        return selected
    return _before(plan, _side(plan, place, selected)[0], place)


def _step(plan: Layout, selected: str | None, by: int) -> str | None:
    """Along the trunk, or along a shortcut as long as it goes; at either end one stays."""
    place = plan.place(selected) if selected else None
    if place is None or not selected:
        return first(plan)
    if _on_shortcut(plan, selected):
        return _along_shortcut(plan, place, selected, by)
    trunk = _trunk(plan, place.cell)
    at = trunk.index(place.cell.layer_of(place.box)) + by
    if 0 <= at < len(trunk):
        return trunk[at]
    number = plan.cells.index(place.cell) + by
    if not 0 <= number < len(plan.cells):
        return trunk[at - by]
    return _trunk(plan, plan.cells[number])[0 if by > 0 else -1]


def _trunk(plan: Layout, cell: Cell) -> list[str]:
    """The layers that the boxes of a cell stand for, without those of its shortcut."""
    known = layers_of(plan.spec)
    ids = [cell.layer_of(box) for box in cell.body.boxes]
    return [one for one in ids if known[one].on == "trunk"]


def _layer(plan: Layout, layer_id: str) -> Layer:
    return layers_of(plan.spec)[layer_id]


def _on_shortcut(plan: Layout, layer_id: str) -> bool:
    return _layer(plan, layer_id).on == "shortcut"


def _side(plan: Layout, place: Place, selected: str) -> list[str]:
    """The layers on the shortcut of the selected layer's block; on a stage's card, of the first block that has any."""
    held = [one for one in place.cell.layers if _on_shortcut(plan, one)]
    block = _layer(plan, selected).block if _on_shortcut(plan, selected) else None
    if block is None and held:
        block = _layer(plan, held[0]).block if place.box.parts else _layer(plan, selected).block
    return [one for one in held if _layer(plan, one).block == block]


def _along_shortcut(plan: Layout, place: Place, selected: str, by: int) -> str:
    side = _side(plan, place, selected)
    at = side.index(selected) + by
    if at < 0:
        return _before(plan, side[0], place)
    if at < len(side):
        return side[at]
    add = f"{_layer(plan, selected).block}.add"
    there = plan.place(add)
    return there.cell.layer_of(there.box) if there else add


def _before(plan: Layout, first: str, place: Place) -> str:
    """The layer a shortcut starts from where that is in its block, else the block's first."""
    ids = [place.cell.layer_of(box) for box in place.cell.body.boxes]
    source = next(edge.source for edge in network(plan.spec).edges if edge.target == first)
    return source if source in ids else ids[0]
