"""A drawing laid out for a file: title and legend above it, where they cover nothing."""

from __future__ import annotations

from collections.abc import Sequence

from resviz.arch.analysis import report
from resviz.arch.layout.captions import shape_text
from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Layout, short_number
from resviz.drawing.figure import BODY, groups_of
from resviz.drawing.legend import ROW, SWATCH, SWATCH_GAP, Entry, entry_parts, legend
from resviz.drawing.primitives import Group, Picture, Primitive, Text
from resviz.drawing.text import width

_TITLE = 20.0
_MARGIN = 32.0
_GAP = 10.0
#: Room for the longest title.
_LEAST = 620.0


def sheet(plan: Layout) -> Picture:
    """A drawing under its title, figures and legend."""
    facts = report(plan.spec)
    lines = (
        f"{facts.formula_short} weighted layers",
        f"{short_number(facts.params)} parameters · {short_number(facts.macs)} MACs · input {shape_text(facts.input)}",
    )
    entries = legend(plan)
    wide = max(plan.bounds.w, 2 * _MARGIN + _LEAST)
    left = plan.bounds.cx - wide / 2
    room = wide - 2 * _MARGIN
    rows = _wrapped(entries, room)
    above = _MARGIN + 76 + ROW * len(rows) + 8
    head: list[Primitive] = []
    x, y = left + _MARGIN, -above + _MARGIN
    head.append(Text(x, y + 18, facts.title, "text", _TITLE, True, "start", room))
    head += [Text(x, y + 40 + 18 * i, line, "muted", BODY, False, "start", room) for i, line in enumerate(lines)]
    for i, row in enumerate(rows):
        at = x
        for entry in row:
            head += entry_parts(entry, at, y + 84 + ROW * i)
            at += _advance(entry)
    bounds = Rect(left, -above, wide, plan.bounds.h + above)
    return Picture(facts.title, bounds, (Group("title", "title", 0, 0, tuple(head)), *groups_of(plan)))


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
