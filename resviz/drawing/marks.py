"""What differs between two networks side by side: an outline in a colour of its own, and a sign beside the colour."""

from __future__ import annotations

from collections.abc import Iterator

from resviz.arch.layout.cells import Box, Rect
from resviz.arch.layout.frame import union
from resviz.arch.layout.plan import Cell, Layout, Status
from resviz.drawing.primitives import Area, Curve, Primitive

STATUSES: tuple[Status, ...] = ("changed", "added", "removed")
_RADIUS, _ARM = 8.0, 3.6


def cell_marks(plan: Layout, cell: Cell) -> Iterator[Primitive]:
    """The marks of a cell and of its layers, at the cell's origin."""
    status = plan.marks.cells.get(cell.id)
    if status is None:
        return
    card = cell.body.card or union([box.rect for box in cell.body.boxes]).grown(6)
    yield Area(card, None, status, 10, 2.0)
    if status == "changed":
        marked = ((box, plan.marks.layers.get(cell.layer_of(box))) for box in cell.body.boxes if box.name)
        yield from (_outline(box, own) for box, own in marked if own is not None)
    yield from sign(status, card.x, card.y)


def _outline(box: Box, status: Status) -> Area:
    return Area(box.rect.grown(2), None, status, 12.0 if box.op == "add" else 7.0, 2.0, 0.1)


def sign(status: Status, x: float, y: float) -> Iterator[Primitive]:
    """A round badge about a point: ≠, + or −."""
    yield Area(Rect(x - _RADIUS, y - _RADIUS, 2 * _RADIUS, 2 * _RADIUS), status, "ground", _RADIUS, 1.5)
    if status == "changed":
        for lift in (-1.7, 1.7):
            yield _stroke(x - _ARM, y + lift, x + _ARM, y + lift)
        yield _stroke(x - 1.8, y + 3.8, x + 1.8, y - 3.8)
        return
    yield _stroke(x - _ARM, y, x + _ARM, y)
    if status == "added":
        yield _stroke(x, y - _ARM, x, y + _ARM)


def _stroke(x0: float, y0: float, x1: float, y1: float) -> Curve:
    return Curve((x0, y0), (((x1, y1),),), "ground", 1.6)
