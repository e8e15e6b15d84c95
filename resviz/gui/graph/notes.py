"""What the legend says of things that lie over the drawing: what is off, thumbnails, strengths, lesions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from resviz.arch.layout.cells import Rect
from resviz.drawing.figure import CAPTION
from resviz.drawing.legend import SWATCH, SWATCH_GAP, Entry, entry_parts
from resviz.drawing.primitives import Area, Curve, Primitive, Text, middle
from resviz.gui.graph.along import Along
from resviz.ways import Off

#: The most letters of a class's name.
_NAME = 14
_TEXT = 180.0


def _tr(text: str) -> str:
    return QCoreApplication.translate("GraphView", text)


class Note(NamedTuple):
    """One line: words, and the sign before them."""

    text: str
    sign: str


Line = Entry | Note


def notes(off: Off, along: Along) -> Iterator[Note]:
    """What needs to be explained now."""
    if off.branches or off.layers:
        yield Note(_tr("switched off"), "off")
    if off.shortcuts:
        yield Note(_tr("shortcut is cut"), "cut")
    if off.channels:
        yield Note(_tr("has channels off"), "silent")
    if along.film:
        yield Note(_tr("mean of the output"), "film")
    if along.strengths:
        yield Note(_tr("‖F‖/‖x‖, log; ┊ is 1"), "ratio")
        yield Note(_tr("cosine −½ · 0 · ½"), "cosine")
    if along.sweep:
        label = next(iter(along.sweep.values())).label
        yield Note(_named(label) if label else _tr("accuracy, block off"), "sweep")
        yield Note(_tr("lost, won"), "lost")


def _named(label: str) -> str:
    short = label if len(label) <= _NAME else label[: _NAME - 1] + "…"
    return _tr("{0}, block off").format(short)


def line_parts(line: Line, x: float, y: float) -> Iterator[Primitive]:
    """One line of the legend, its middle at height `y`."""
    if isinstance(line, Entry):
        yield from entry_parts(line, x, y)
        return
    yield from _sign(line.sign, x, y)
    yield Text(x + SWATCH + SWATCH_GAP, middle(y, CAPTION), line.text, "muted", CAPTION, False, "start", _TEXT)


def _sign(sign: str, x: float, y: float) -> Iterator[Primitive]:
    box = Rect(x + 2, y - 6, SWATCH - 4, 12)
    if sign == "off":
        yield Area(box, "card", "removed", 3, 1.2)
        for at in (2.0, 7.0, 12.0):
            yield Curve((box.x + at - 1, box.bottom - 1), (((box.x + at + 4, box.y + 1),),), "removed", 1.2)
    elif sign == "cut":
        yield Curve((x, y), (((x + SWATCH, y),),), "removed", 1.8, "dash")
        for way in (-1, 1):
            yield Curve((box.cx - 4, y - 4 * way), (((box.cx + 4, y + 4 * way),),), "removed", 1.8)
    elif sign == "silent":
        corners = ((box.right, box.y), (box.right, box.bottom), (box.x, box.bottom), (box.x, box.y))
        yield Curve((box.x, box.y), tuple((corner,) for corner in corners), "removed", 1.4, "dash")
    else:
        roles = {
            "film": ("conv", "pool", "relu"),
            "ratio": ("identity",),
            "cosine": ("fc", "identity", "conv"),
            "sweep": ("accent",),
            "lost": ("removed", "added"),
        }[sign]
        each = box.w / len(roles)
        for number, role in enumerate(roles):
            yield Area(Rect(box.x + each * number, y - 4, each + 0.1, 8), role)
