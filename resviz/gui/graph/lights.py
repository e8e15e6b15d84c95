"""What is lit on the drawing: the layer under the pointer with its inputs and outputs, the selected one, the hits."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from resviz.arch.layout.cells import Route
from resviz.arch.layout.stack import Cell, Layout, Place
from resviz.drawing.figure import route_parts
from resviz.drawing.palette import Palette
from resviz.drawing.primitives import Curve, Primitive, Shape
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.overlays import core_of
from resviz.gui.graph.painter import Stencil
from resviz.gui.graph.scene import FAR

#: Lines that light up: those of the trunk, and a shortcut's.
_THIN, _THICK = 2.6, 4.2
_DIM = 0.6


class Lights:
    """Paints in the view's px, over the scene."""

    def __init__(self, palette: Palette, camera: Camera) -> None:
        self._palette, self.camera = palette, camera

    def neighbours(self, painter: QPainter, plan: Layout, layer_id: str) -> None:
        """The boxes that a layer reads from and that read it, and the lines between."""
        links = plan.links(layer_id)
        for cell, route in links.routes:
            self._route(painter, cell, route)
        for place in (*links.inputs, *links.outputs):
            self._outline(painter, place, QColor(self._palette.accent), 1.6)

    def shortcut(self, painter: QPainter, cell: Cell) -> None:
        """A block's shortcut, and the block."""
        for route in cell.body.routes:
            if route.kind != "trunk":
                self._route(painter, cell, route)
        self._core(painter, cell, 2.0)

    def hovered(self, painter: QPainter, place: Place) -> None:
        self._outline(painter, place, QColor(self._palette.muted), 1.5)

    def selected(self, painter: QPainter, place: Place) -> None:
        """The box, and the card it is on."""
        if place.cell.body.card is not None and not place.box.parts:
            self._core(painter, place.cell, 2.0)
        self._outline(painter, place, QColor(self._palette.accent), 2.5)

    def hits(self, painter: QPainter, cells: list[Cell], hits: frozenset[str]) -> None:
        """What a search found, where it is in sight."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._palette.warning), self._ink(3.0)))
        for rect, radius in self._hit_rects(cells, hits):
            painter.drawRoundedRect(rect, radius, radius)

    def _hit_rects(self, cells: list[Cell], hits: frozenset[str]) -> Iterator[tuple[QRectF, float]]:
        last = QRectF()
        for cell in cells:
            if self.camera.scale < FAR:
                rect = self.camera.rect_to_view(core_of(cell))
                corner = rect.topLeft() - last.topLeft()
                if last.isNull() or corner.manhattanLength() >= 2:
                    last = rect
                    yield rect, 0.0
                continue
            for box in cell.body.boxes:
                if cell.layer_of(box) in hits or (box.parts and not hits.isdisjoint(cell.layers)):
                    place = box.rect.moved(cell.x, cell.y)
                    rect = self.camera.rect_to_view(place.grown(3.0))
                    yield rect, (rect.width() / 2 if box.op == "add" else 7.0 * self.camera.scale)

    def spotlight(self, painter: QPainter, place: Place, size: QSizeF) -> None:
        """All but one box under a veil."""
        veil = QPainterPath()
        veil.addRect(QRectF(0, 0, size.width(), size.height()))
        hole = QPainterPath()
        rect = self.camera.rect_to_view(place.rect.grown(3.5))
        radius = self._radius(place) + self.camera.scale
        hole.addRoundedRect(rect, radius, radius)
        colour = QColor(self._palette.ground)
        colour.setAlphaF(_DIM)
        painter.fillPath(veil.subtracted(hole), colour)

    def _core(self, painter: QPainter, cell: Cell, width: float) -> None:
        radius = 10 * self.camera.scale
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._palette.accent), self._ink(width)))
        painter.drawRoundedRect(self.camera.rect_to_view(core_of(cell)), radius, radius)

    def _outline(self, painter: QPainter, place: Place, colour: QColor, width: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, self._ink(width)))
        radius = self._radius(place)
        painter.drawRoundedRect(self.camera.rect_to_view(place.rect.grown(2.5)), radius, radius)

    def _radius(self, place: Place) -> float:
        scale = self.camera.scale
        if place.box.op == "add":
            return (place.rect.w / 2 + 2.5) * scale
        return (12.0 if place.box.parts else 7.0) * scale

    def _ink(self, width: float) -> float:
        """A line's width in the view: the drawing's, but never thinner than it is at 100 %."""
        return max(width * self.camera.scale, width)

    def _route(self, painter: QPainter, cell: Cell, route: Route) -> None:
        width = (_THIN if route.kind == "trunk" else _THICK) / min(self.camera.scale, 1.0)
        parts = [_lit(part, min(width, 12.0)) for part in route_parts(route)]
        painter.save()
        at = self.camera.to_view(cell.x, cell.y)
        painter.translate(at)
        painter.scale(self.camera.scale, self.camera.scale)
        Stencil(parts, self._palette).paint(painter, 9.0)
        painter.restore()


def _lit(part: Primitive, width: float) -> Primitive:
    if isinstance(part, Curve):
        return part._replace(role="accent", width=width)
    return part._replace(fill="accent") if isinstance(part, Shape) else part
