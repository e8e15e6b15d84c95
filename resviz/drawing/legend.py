"""The kinds of line and of layer that a drawing holds, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resviz.arch.cells import Rect
from resviz.arch.graph import network
from resviz.arch.layout import Level, layout
from resviz.arch.spec import ResNetSpec
from resviz.drawing.figure import CAPTION, ROLES, STYLES, fill_of
from resviz.drawing.primitives import Area, Curve, Primitive, Text, middle

ROW = 20.0
SWATCH = 20.0
SWATCH_GAP = 7.0


class Entry(NamedTuple):
    """One line of a legend: a line's kind, or a layer's."""

    text: str
    role: str
    line: bool


def legend(spec: ResNetSpec, level: Level = "layer") -> tuple[Entry, ...]:
    """What the drawing of `spec` at a fold level needs explained."""
    net = network(spec)
    kinds = {shortcut.kind for shortcut in net.shortcuts}
    lines = [
        Entry(kind, ROLES.get(kind, kind), True) for kind in ("identity", "projection", "zero-pad") if kind in kinds
    ]
    roles: dict[str, str] = {}
    for cell in layout(spec, level).cells[:3] + layout(spec, level).cells[-2:]:
        for box in cell.body.boxes:
            for op in box.parts or (box.op,):
                roles.setdefault(fill_of(op), op)
    for shortcut in net.shortcuts:
        if shortcut.kind == "zero-pad" and level == "layer":
            roles.setdefault("pad", "pad")
    order = ("conv", "bn", "relu", "add", "pad", "pool", "fc")
    return (*lines, *(Entry(role, role, False) for role in order if role in roles))


def entry_parts(entry: Entry, x: float, y: float) -> Iterator[Primitive]:
    """One entry, its middle at height `y`."""
    if entry.line:
        style = STYLES.get(entry.text, "solid")
        yield Curve((x, y), (((x + SWATCH, y),),), entry.role, 1.8, style)
    elif entry.role == "add":
        yield Area(Rect(x + SWATCH / 2 - 6, y - 6, 12, 12), "add", None, 6)
        for dx, dy in ((3.0, 0.0), (0.0, 3.0)):
            centre = x + SWATCH / 2
            yield Curve((centre - dx, y - dy), (((centre + dx, y + dy),),), "on_add", 1.5)
    else:
        yield Area(Rect(x + 3, y - 5, SWATCH - 6, 10), entry.role, None, 3)
    yield Text(x + SWATCH + SWATCH_GAP, middle(y, CAPTION), entry.text, "muted", CAPTION, False, "start", 80)
