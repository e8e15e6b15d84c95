"""Where an arrow key leads from a layer, in a drawing that may be folded."""

from __future__ import annotations

from resviz.arch.graph import Layer, network
from resviz.arch.layout import Layout, Place


def down(plan: Layout, selected: str | None) -> str | None:
    """The next box on the trunk; from a shortcut, the next on it or the add."""
    return _step(plan, selected, 1)


def up(plan: Layout, selected: str | None) -> str | None:
    """The box before."""
    return _step(plan, selected, -1)


def to_shortcut(plan: Layout, selected: str | None) -> str | None:
    """The first layer on the shortcut of the block one is in, if its shortcut has any."""
    place = plan.place(selected) if selected else None
    if place is None:
        return selected
    layers = _layers(plan)
    side = [box for box in place.cell.body.boxes if _on_shortcut(layers, place.cell.layer_of(box))]
    return place.cell.layer_of(side[0]) if side else selected


def to_trunk(plan: Layout, selected: str | None) -> str | None:
    """From a shortcut to the block's first layer."""
    place = plan.place(selected) if selected else None
    if place is None or not selected or not _on_shortcut(_layers(plan), selected):
        return selected
    return place.cell.layer_of(place.cell.body.boxes[0])


def _layers(plan: Layout) -> dict[str, Layer]:
    return {layer.id: layer for layer in network(plan.spec).layers}


def _on_shortcut(layers: dict[str, Layer], layer_id: str) -> bool:
    return layers[layer_id].on == "shortcut"


def _step(plan: Layout, selected: str | None, by: int) -> str | None:
    """Along the trunk, or along a shortcut as long as it goes; at either end one stays."""
    place = plan.place(selected) if selected else None
    layers = _layers(plan)
    if place is None:
        return plan.cells[0].layer_of(plan.cells[0].body.boxes[0])
    here = place.cell.layer_of(place.box)
    if _on_shortcut(layers, here):
        return _along_shortcut(place, layers, here, by)
    trunk = [
        cell.layer_of(box)
        for cell in plan.cells
        for box in cell.body.boxes
        if not _on_shortcut(layers, cell.layer_of(box))
    ]
    at = trunk.index(here) + by
    return trunk[min(max(at, 0), len(trunk) - 1)]


def _along_shortcut(place: Place, layers: dict[str, Layer], here: str, by: int) -> str:
    ids = [place.cell.layer_of(box) for box in place.cell.body.boxes]
    side = [one for one in ids if _on_shortcut(layers, one)]
    at = side.index(here) + by
    if at < 0:
        return ids[0]
    if at < len(side):
        return side[at]
    return next(one for one in ids if layers[one].op == "add")
