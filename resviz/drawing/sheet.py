"""A drawing laid out for a file: title and legend above it, where they cover nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from resviz.arch.analysis import formula_short
from resviz.arch.graph import network
from resviz.arch.layout.captions import shape_text
from resviz.arch.layout.cells import Rect
from resviz.arch.layout.plan import Layout
from resviz.arch.layout.stack import short_number
from resviz.arch.presets import title_of
from resviz.arch.spec import ResNetSpec
from resviz.drawing.figure import BODY, groups_of
from resviz.drawing.heat import Heat, Shades
from resviz.drawing.legend import ROW, SCALE_HEIGHT, SWATCH, SWATCH_GAP, Entry, entry_parts, legend, scale_parts
from resviz.drawing.primitives import Group, Picture, Primitive, Text
from resviz.drawing.text import width

_TITLE = 20.0
_MARGIN = 32.0
_GAP = 10.0
#: Room for the longest title.
_LEAST = 620.0
#: A title with its two lines.
_HEAD = 76.0


def sheet(plan: Layout, heat: Heat | None = None) -> Picture:
    """A drawing under its title, figures and legend; coloured by cost if `heat` is given."""
    shades = Shades(plan, heat) if heat else None
    wide = max(plan.bounds.w, 2 * _MARGIN + _LEAST)
    left, room = plan.bounds.cx - wide / 2, wide - 2 * _MARGIN
    rows = _wrapped(legend(plan, heat is not None), room)
    scale = SCALE_HEIGHT + 4 if shades else 0.0
    above = _MARGIN + _HEAD + ROW * len(rows) + scale + 8
    top = plan.bounds.y - above
    x, y = left + _MARGIN, top + _MARGIN
    head: list[Primitive] = list(_titles(plan, x, y, room))
    head += scale_parts(shades, x, y + _HEAD) if shades else ()
    for i, row in enumerate(rows):
        at = x
        for entry in row:
            head += entry_parts(entry, at, y + _HEAD + scale + 8 + ROW * i)
            at += _advance(entry)
    bounds = Rect(left, top, wide, plan.bounds.h + above)
    return Picture(title(plan), bounds, (Group("title", "title", 0, 0, tuple(head)), *groups_of(plan, shades)))


def title(plan: Layout) -> str:
    """`ResNet-50`, or `ResNet-18 | ResNet-34`."""
    own = title_of(plan.spec)
    return f"{title_of(plan.beside.spec)} | {own}" if plan.beside else own


def _titles(plan: Layout, x: float, y: float, room: float) -> Iterator[Primitive]:
    """The network's name and figures; of two, one beside the other."""
    specs = [plan.beside.spec, plan.spec] if plan.beside else [plan.spec]
    column = room / len(specs)
    for i, spec in enumerate(specs):
        yield from _title(spec, x + i * column, y, column - 12)


def _title(spec: ResNetSpec, x: float, y: float, room: float) -> Iterator[Primitive]:
    layers = network(spec).layers  # a whole report would take longer than the drawing
    params, macs = sum(layer.params for layer in layers), sum(layer.macs for layer in layers)
    given = shape_text((spec.channels, spec.size, spec.size))
    lines = (
        f"{formula_short(spec)} weighted layers",
        f"{short_number(params)} parameters · {short_number(macs)} MACs · input {given}",
    )
    yield Text(x, y + 18, title_of(spec), "text", _TITLE, True, "start", room)
    for i, line in enumerate(lines):
        yield Text(x, y + 40 + 18 * i, line, "muted", BODY, False, "start", room)


def _advance(entry: Entry) -> float:
    return SWATCH + SWATCH_GAP + width(entry.text, 11) + _GAP


def _wrapped(entries: Sequence[Entry], room: float) -> list[list[Entry]]:
    """Entries by rows that fit."""
    rows: list[list[Entry]] = [[]]
    used = 0.0
    for entry in entries:
        if rows[-1] and used + _advance(entry) > room:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += _advance(entry)
    return rows
