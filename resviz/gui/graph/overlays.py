"""Text on top of the scene, in the view's px: lines in rectangles, where they go and how they are painted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Cell
from resviz.drawing.figure import BODY, CAPTION, TITLE
from resviz.drawing.palette import Palette
from resviz.gui.graph.painter import font

#: The smallest letters of a stage's name, of its notes, and of a block's name.
LEAST_TITLE, LEAST_NOTE, LEAST_NAME = 13.0, 10.0, 10.0
#: Letters in the drawing's px -> the least they may have in the view's.
_LEAST = {TITLE: LEAST_TITLE, CAPTION: LEAST_NOTE, BODY: LEAST_NAME}
#: Names do not grow with the drawing beyond this: there they would cover it.
MOST = 1.4
#: Air within a caption, from it to what it stands beside, and from the view's edge.
PAD_X, PAD_Y, GAP, EDGE = 6.0, 3.0, 8.0, 8.0
#: A line's height in parts of its letters'.
LINE = 1.35


class Line(NamedTuple):
    """A line of text: `base` is its size in the drawing, `px` that in the view."""

    text: str
    base: float
    px: float
    bold: bool
    role: str

    @property
    def width(self) -> float:
        return metrics(self.base, self.bold).horizontalAdvance(self.text) * self.px / self.base


class Caption(NamedTuple):
    """Lines in a rectangle of the view, on a ground of their own (`pill`) where they lie on something else."""

    id: str
    rect: QRectF
    lines: tuple[Line, ...]
    pill: bool = False
    to_right: bool = False
    #: what it names goes on beyond the view: it may leave the view, too
    leaves: bool = False
    #: how far along the trunk it may move
    end: float = 0.0


@cache
def metrics(px: float, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(font(px, bold))


def core_of(cell: Cell) -> Rect:
    """A cell's card, or all of it but the lead where it has none, in the drawing."""
    body = cell.body
    if body.card is not None:
        return body.card.moved(cell.x, cell.y)
    return cell.rect


def lines_of(texts: Sequence[str], scale: float, larger: float) -> tuple[Line, ...]:
    sizes = [TITLE] + [CAPTION] * (len(texts) - 1)
    return tuple(
        Line(
            text,
            base,
            max(base * min(scale, MOST), _LEAST[base] * larger),
            base == TITLE,
            "text" if base == TITLE else "muted",
        )
        for text, base in zip(texts, sizes, strict=True)
    )


def fitting(lines: tuple[Line, ...], length: float, room: float) -> tuple[Line, ...]:
    """As many of the first lines as the stage is long; on a band, those that fit its column, the first two always."""
    kept = tuple(line for i, line in enumerate(lines) if i < 2 or line.width <= room)
    while len(kept) > 1 and extent(kept)[1] > length:
        kept = kept[:-1]
    return kept


def extent(lines: Sequence[Line]) -> tuple[float, float]:
    """Width and height of lines with the air around them."""
    return max(line.width for line in lines) + 2 * PAD_X, sum(line.px for line in lines) * LINE + 2 * PAD_Y


def beside(name: str, lines: tuple[Line, ...], frame: QRectF, size: QSizeF, edge: float | None) -> Caption:
    """Left of what it names, or right of it, or over it at the view's edge."""
    wide, high = extent(lines)
    y = min(max(frame.top(), EDGE), max(frame.bottom() - high, frame.top()))
    left = min(frame.left(), edge if edge is not None else frame.left()) - GAP - wide
    if left >= EDGE:
        return Caption(name, QRectF(left, y, wide, high), lines, to_right=True)
    right = frame.right() + GAP
    if right + wide <= size.width() - EDGE:
        return Caption(name, QRectF(right, y, wide, high), lines)
    return Caption(name, QRectF(EDGE, y, wide, high), lines, pill=True)


def above(name: str, lines: tuple[Line, ...], frame: QRectF, edge: float | None) -> Caption:
    """Over what it names."""
    wide, high = extent(lines)
    top = min(frame.top(), -edge if edge is not None else frame.top()) - GAP - high
    x = min(max(frame.left(), EDGE), max(frame.right() - wide, frame.left()))
    return Caption(name, QRectF(x, max(top, EDGE), wide, high), lines, pill=top < EDGE)


def any_long(captions: Iterable[Caption]) -> bool:
    return any(len(caption.lines) > 1 for caption in captions)


def shorter(caption: Caption) -> Caption:
    """The name alone."""
    lines = caption.lines[:1]
    wide, high = extent(lines)
    rect = QRectF(caption.rect)
    if caption.to_right:
        rect.setLeft(rect.right() - wide)
    rect.setSize(QSizeF(wide, high).toSize().toSizeF())
    return caption._replace(rect=rect, lines=lines)


def paint_captions(painter: QPainter, captions: Iterable[Caption], palette: Palette) -> None:
    """Paint in the view's px."""
    for caption in captions:
        if caption.pill:
            ground = QColor(palette.panel)
            ground.setAlphaF(0.92)
            painter.setPen(QPen(QColor(palette.line), 1))
            painter.setBrush(ground)
            painter.drawRoundedRect(caption.rect, 6, 6)
        _paint_lines(painter, caption, palette)


def _paint_lines(painter: QPainter, caption: Caption, palette: Palette) -> None:
    alone = len(caption.lines) == 1 and not caption.lines[0].bold
    y = caption.rect.top() + (0 if alone else PAD_Y)
    for line in caption.lines:
        inset = 0.0 if alone else PAD_X
        x = caption.rect.right() - inset - line.width if caption.to_right else caption.rect.left() + inset
        factor = line.px / line.base
        painter.save()
        painter.translate(QPointF(x, y + line.px * (LINE / 2 + 0.36)))
        painter.scale(factor, factor)
        painter.setFont(font(line.base, line.bold))
        painter.setPen(QColor(getattr(palette, line.role)))
        painter.drawText(QPointF(0, 0), line.text)
        painter.restore()
        y += line.px * LINE


def moved(before: Sequence[Caption], after: Sequence[Caption], part: float) -> Iterator[tuple[float, Caption]]:
    """Captions on their way from one look to another, each with how much of it is to be seen."""
    was = {caption.id: caption for caption in before}
    for caption in after:
        start = was.pop(caption.id, None)
        if start is None:
            yield part, caption
        else:
            corner = start.rect.topLeft() + (caption.rect.topLeft() - start.rect.topLeft()) * part
            yield 1.0, caption._replace(rect=QRectF(corner, caption.rect.size()))
    yield from ((1 - part, caption) for caption in was.values())
