"""The kinds of line and of layer that a drawing holds, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resviz.arch.graph import network
from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Layout
from resviz.drawing.figure import CAPTION, ROLES, STYLES, fill_of
from resviz.drawing.heat import Shades
from resviz.drawing.marks import STATUSES, sign
from resviz.drawing.palette import heat_role
from resviz.drawing.primitives import Anchor, Area, Curve, Primitive, Text, middle

ROW = 20.0
SWATCH = 20.0
SWATCH_GAP = 7.0
#: Room for the longest text.
_TEXT = 96.0
_ORDER = ("conv", "bn", "relu", "attention", "add", "pad", "pool", "fc")
#: Operators that share a name as well as a colour.
_NAMES = dict.fromkeys(("maxpool", "avgpool", "flatten"), "pool")


_MARKED = {"changed": "differs", "added": "only here", "removed": "missing there"}


class Entry(NamedTuple):
    """One line of a legend: a line's kind, or a layer's."""

    text: str
    role: str
    line: bool


def legend(plan: Layout, heat: bool = False) -> tuple[Entry, ...]:
    """What a drawing needs explained; coloured by cost, its operators have no colours."""
    plans = [one for one in (plan, plan.beside) if one is not None]
    kinds = {shortcut.kind for one in plans for shortcut in network(one.spec).shortcuts}
    lines = [
        Entry(kind, ROLES.get(kind, kind), True) for kind in ("identity", "projection", "zero-pad") if kind in kinds
    ]
    marked = {status for each in plans for status in each.marks.cells.values()}
    lines += [Entry(_MARKED[one], one, False) for one in STATUSES if one in marked]
    if heat:
        return tuple(lines)
    named: dict[str, dict[str, None]] = {"pool": {"pool": None}}  # every head has one
    for op in (op for each in plans for op in _drawn(each)):
        named.setdefault(fill_of(op), {})[_NAMES.get(op, op)] = None
    return (*lines, *(Entry(", ".join(named[role]), role, False) for role in _ORDER if role in named))


def _drawn(plan: Layout) -> Iterator[str]:
    """The operators of every box; cells that look alike are looked at once."""
    bodies = {id(cell.body): cell.body for cell in plan.cells}
    for body in bodies.values():
        for box in body.boxes:
            yield from box.parts or (box.op,)


def entry_parts(entry: Entry, x: float, y: float) -> Iterator[Primitive]:
    """One entry, its middle at height `y`."""
    if entry.line:
        style = STYLES.get(entry.text, "solid")
        yield Curve((x, y), (((x + SWATCH, y),),), entry.role, 1.8, style)
    elif entry.role in STATUSES:
        yield from sign(next(one for one in STATUSES if one == entry.role), x + SWATCH / 2, y)
    elif entry.role == "add":
        yield Area(Rect(x + SWATCH / 2 - 6, y - 6, 12, 12), "add", None, 6)
        for dx, dy in ((3.0, 0.0), (0.0, 3.0)):
            centre = x + SWATCH / 2
            yield Curve((centre - dx, y - dy), (((centre + dx, y + dy),),), "on_add", 1.5)
    else:
        yield Area(Rect(x + 3, y - 5, SWATCH - 6, 10), entry.role, None, 3)
    yield Text(x + SWATCH + SWATCH_GAP, middle(y, CAPTION), entry.text, "muted", CAPTION, False, "start", _TEXT)


#: The bar of a scale of colours.
SCALE_WIDTH, SCALE_HEIGHT = 168.0, 46.0
_STEPS = 28


def scale_parts(shades: Shades, x: float, y: float) -> Iterator[Primitive]:
    """The colours of a cost from little to much, with its name and three values; its top left corner at a point."""
    kind = "log" if shades.scale.log else "linear"
    yield Text(x, y + 10, f"{shades.metric.title}, {kind}", "text", CAPTION, True, "start", SCALE_WIDTH)
    step = SCALE_WIDTH / _STEPS
    for i in range(_STEPS):
        rect = Rect(x + i * step, y + 17, step + 0.4 * (i < _STEPS - 1), 10)
        yield Area(rect, heat_role(i / (_STEPS - 1)))
    anchors: tuple[tuple[float, Anchor], ...] = ((0.0, "start"), (0.5, "middle"), (1.0, "end"))
    for part, anchor in anchors:
        said = shades.metric.text(shades.scale.at(part)) if shades.scale.high else "-" if part else ""
        yield Text(x + part * SCALE_WIDTH, y + 40, said, "muted", CAPTION, False, anchor, SCALE_WIDTH / 3)
