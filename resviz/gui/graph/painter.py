"""Pictures through QPainter: the same primitives on screen, in a PNG and in a PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from resviz.arch.layout.cells import Rect
from resviz.drawing.palette import Palette, hex_of
from resviz.drawing.primitives import DASHES, Area, Curve, Group, Picture, Primitive, Shape, Text
from resviz.gui.fonts import families

#: One instruction: the least scale it is drawn at, and what draws it.
Step = tuple[float, Callable[[QPainter], None]]


@cache
def font(px: float, bold: bool = False) -> QFont:
    """The drawing's type. Unhinted, so that a text keeps its proportions at every zoom."""
    result = QFont(families())
    result.setPixelSize(round(px))
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return result


@cache
def _metrics(px: float, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(font(px, bold))


def qrect(rect: Rect) -> QRectF:
    """A layout's rectangle as Qt's."""
    return QRectF(*rect)


class Stencil:
    """A cell's picture in one palette, prepared once so that painting it is a few calls into Qt."""

    def __init__(self, parts: Iterable[Primitive], palette: Palette) -> None:
        self._steps = [step for part in parts for step in _steps(part, palette)]

    def paint(self, painter: QPainter, scale: float) -> None:
        """Paint what is worth it at a scale; the painter's origin is the cell's."""
        for detail, draw in self._steps:
            if detail <= scale:
                draw(painter)


def _steps(part: Primitive, palette: Palette) -> list[Step]:
    if isinstance(part, Area):
        return [(part.detail, _area(part, palette))]
    if isinstance(part, Curve):
        return [(part.detail, _curve(part, palette))]
    if isinstance(part, Shape):
        return [(part.detail, _shape(part, palette))]
    return [(part.detail, _text(part, palette))]


def _colour(palette: Palette, role: str) -> QColor:
    return QColor(hex_of(palette, role))


def _area(part: Area, palette: Palette) -> Callable[[QPainter], None]:
    rect, radius = qrect(part.rect), part.radius
    brush = QBrush(_colour(palette, part.fill)) if part.fill else QBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(_colour(palette, part.stroke), part.width) if part.stroke else QPen(Qt.PenStyle.NoPen)

    def draw(painter: QPainter) -> None:
        painter.setPen(pen)
        painter.setBrush(brush)
        painter.drawRoundedRect(rect, radius, radius)

    return draw


def curve_path(part: Curve) -> QPainterPath:
    """The line of a curve."""
    path = QPainterPath(QPointF(*part.start))
    for step in part.steps:
        points = [QPointF(*point) for point in step]
        if len(points) == 3:
            path.cubicTo(points[0], points[1], points[2])
        else:
            path.lineTo(points[0])
    return path


def _curve(part: Curve, palette: Palette) -> Callable[[QPainter], None]:
    path = curve_path(part)
    pen = QPen(_colour(palette, part.role), part.width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    dashes = DASHES[part.style]
    if dashes:
        # Qt counts dashes in pen widths.
        pen.setDashPattern([length / part.width for length in dashes])

    def draw(painter: QPainter) -> None:
        painter.strokePath(path, pen)

    return draw


def _shape(part: Shape, palette: Palette) -> Callable[[QPainter], None]:
    polygon = QPolygonF([QPointF(*point) for point in part.points])
    brush = QBrush(_colour(palette, part.fill))

    def draw(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawPolygon(polygon)

    return draw


def _text(part: Text, palette: Palette) -> Callable[[QPainter], None]:
    face, metrics = font(part.px, part.bold), _metrics(part.px, part.bold)
    text = metrics.elidedText(part.text, Qt.TextElideMode.ElideRight, part.room)
    wide = metrics.horizontalAdvance(text)
    shift = {"start": 0.0, "middle": wide / 2, "end": wide}[part.anchor]
    at, pen = QPointF(part.x - shift, part.y), QPen(_colour(palette, part.role))

    def draw(painter: QPainter) -> None:
        painter.setFont(face)
        painter.setPen(pen)
        painter.drawText(at, text)

    return draw


def paint(painter: QPainter, picture: Picture, palette: Palette, scale: float, clip: Rect | None = None) -> None:
    """Paint a picture in its own coordinates; groups far from `clip` are left out."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(qrect(clip or picture.bounds), _colour(palette, "ground"))
    made: dict[str, Stencil] = {}
    for group in picture.groups:
        if clip is not None and group.id != "title" and not _near(group, clip):
            continue
        stencil = made.get(group.key)
        if stencil is None:
            stencil = made[group.key] = Stencil(group.parts, palette)
        painter.translate(group.x, group.y)
        stencil.paint(painter, scale)
        painter.translate(-group.x, -group.y)


def _near(group: Group, clip: Rect) -> bool:
    """Whether a group may have ink in a clip: cells are under 1000 px high and 2000 wide, bands say their own size."""
    first = group.parts[0]
    right, bottom = (first.rect.right, first.rect.bottom) if isinstance(first, Area) else (0.0, 0.0)
    down = group.y - 200 <= clip.bottom and group.y + max(bottom, 1000.0) >= clip.y
    return down and group.x - 1000 <= clip.right and group.x + max(right, 2000.0) >= clip.x
