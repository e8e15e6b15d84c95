"""What the pointer is on, and what the card says of it."""

from __future__ import annotations

from typing import NamedTuple

from resviz.arch.graph import Kind, network
from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Band, Cell, Layout, Place
from resviz.drawing.palette import Palette
from resviz.gui.graph.facts import Times, card, layers_of, part_card, sentence, shortcuts_in
from resviz.gui.graph.words import bundle_words, shortcut_words


class Line(NamedTuple):
    """A shortcut's line."""

    cell: Cell
    kind: Kind
    plan: Layout


def line_at(plan: Layout, x: float, y: float, near: float) -> Line | None:
    """The shortcut whose line runs by a point of the drawing."""
    for there in reversed(plans_of(plan)):  # a plan looks into the one beside it, too
        found = there.shortcut_at(x, y, near)
        if found is not None:
            return Line(*found, there)
    return None


def band_at(plan: Layout, x: float, y: float) -> tuple[Band, Layout] | None:
    """The open stage at a point, and the drawing it is in."""
    for there in plans_of(plan):
        for band in there.bands:
            if band.rect.holds(x, y):
                return band, there
    return None


def cell_at(plan: Layout, x: float, y: float) -> tuple[Cell, Layout] | None:
    """The card at a point, its boxes' gaps included; for a plus below a folded card, the card."""
    place = plan.hit(x, y)
    if place is not None:
        return place.cell, place.plan
    for there in plans_of(plan):
        for cell in there.visible(Rect(x, y, 0.001, 0.001)):
            card = cell.body.card
            if card is not None and card.moved(cell.x, cell.y).holds(x, y):
                return cell, there
    return None


def plans_of(plan: Layout) -> list[Layout]:
    """A drawing, and the one beside it."""
    return [plan] if plan.beside is None else [plan, plan.beside]


def text_of(place: Place, palette: Palette, times: Times | None) -> str:
    """All about a layer; of a folded card, the sums of what it holds."""
    spec = place.plan.spec
    if place.box.parts:
        return part_card(spec, _title(place.cell), place.cell.layers, palette, times)
    return card(spec, place.cell.layer_of(place.box), palette, times)


def text_of_band(band: Band, plan: Layout, palette: Palette, times: Times | None) -> str:
    """The sums of a stage."""
    ids = [layer.id for layer in network(plan.spec).layers if layer.stage == band.id]
    return part_card(plan.spec, band.id, ids, palette, times)


def text_of_line(line: Line, palette: Palette) -> str:
    """What a shortcut does, or what a bundle holds."""
    spec, cell = line.plan.spec, line.cell
    known = layers_of(spec)
    layers = [known[one] for one in cell.layers]
    if "." not in cell.id or cell.times > 1:
        return sentence(cell.id, bundle_words(_title(cell), shortcuts_in(spec, layers)), palette)
    add = f"{cell.id}.add"
    edges = [edge for edge in network(spec).edges if edge.target == add]
    last = next(edge.source for edge in edges if edge.kind == "trunk")
    first = next((layer.id for layer in layers if layer.on == "shortcut"), add)
    start = next(edge.source for edge in network(spec).edges if edge.target == first and edge.kind != "trunk")
    inside = start if start.startswith(cell.id + ".") else ""
    return sentence(cell.id, shortcut_words(line.kind, cell.id, inside, last), palette)


def _title(cell: Cell) -> str:
    return f"{cell.id} × {cell.times}" if cell.times > 1 else cell.id


def title(text: str, palette: Palette) -> str:
    """A card that has nothing but a title so far."""
    return sentence(text, "", palette)
