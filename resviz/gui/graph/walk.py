"""Where an arrow key leads from a layer, in a drawing that may be folded."""

from __future__ import annotations

from resviz.arch.graph import Layer, network
from resviz.arch.layout.stack import Layout, Place


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
    side = _side(place, _layers(plan))
    return side[0] if side else selected


def to_trunk(plan: Layout, selected: str | None) -> str | None:
    """From a shortcut to where it left the trunk."""
    place = plan.place(selected) if selected else None
    layers = _layers(plan)
    if place is None or not selected or not _on_shortcut(layers, selected):
        return selected
    return _before(plan, _side(place, layers)[0], place)


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
        return _along_shortcut(plan, place, layers, here, by)
    trunk = [
        cell.layer_of(box)
        for cell in plan.cells
        for box in cell.body.boxes
        if not _on_shortcut(layers, cell.layer_of(box))
    ]
    at = trunk.index(here) + by
    return trunk[min(max(at, 0), len(trunk) - 1)]


def _along_shortcut(plan: Layout, place: Place, layers: dict[str, Layer], here: str, by: int) -> str:
    side = _side(place, layers)
    at = side.index(here) + by
    if at < 0:
        return _before(plan, side[0], place)
    return side[at] if at < len(side) else next(one for one in _ids(place) if layers[one].op == "add")


def _ids(place: Place) -> list[str]:
    return [place.cell.layer_of(box) for box in place.cell.body.boxes]


def _side(place: Place, layers: dict[str, Layer]) -> list[str]:
    """The layers of a cell that are on its shortcut."""
    return [one for one in _ids(place) if _on_shortcut(layers, one)]


def _before(plan: Layout, first: str, place: Place) -> str:
    """The layer a shortcut starts from where that is in its block, else the block's first."""
    source = next(edge.source for edge in network(plan.spec).edges if edge.target == first)
    ids = _ids(place)
    return source if source in ids else ids[0]
