"""The drawing on screen: the scene, what is lit on it, names, legend.

A plain widget that paints the cells in sight, not a QGraphicsView: the layout already says by bisection what
is in sight and what is under the pointer, so a scene of items would be a second copy of it to keep in step.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Place
from resviz.gui.graph.along import Column, Columns
from resviz.gui.graph.along_paint import AlongPainter
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.facts import layers_of
from resviz.gui.graph.hatching import Hatching
from resviz.gui.graph.lights import Lights
from resviz.gui.graph.mirror import Mirror
from resviz.gui.graph.overlays import Caption, moved, paint_captions
from resviz.gui.graph.pointing import Line
from resviz.gui.graph.switching import blocks_of, counted

#: How much larger what is written on a block is while one presents.
_LARGER_TAGS = 1.4


class Canvas(Mirror):
    """Paints the part in sight, and says what is where."""

    def position_of(self, layer_id: str) -> QPointF | None:
        """The middle of a layer's box in the widget's px, in sight or not; None for an unknown layer."""
        place = self._plan.place(layer_id)
        return self._camera.to_view(place.rect.cx, place.rect.cy) if place else None

    def layer_at(self, point: QPointF) -> str | None:
        """The layer at a point of the widget; a folded box stands for its last layer."""
        place = self._place_at(point)
        return place.cell.layer_of(place.box) if place else None

    def _place_at(self, point: QPointF) -> Place | None:
        at = self._camera.to_scene(point)
        return self._plan.hit(at.x(), at.y())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(self._theme.palette.ground))
            captions = self._paint_all(painter)
            if self._wants_bar:
                return
            corner = self._legend.place(self._size(), lambda rect: self._covered(rect, captions))
            if corner is not None:
                self._legend.paint(painter, corner)

    def _paint_all(self, painter: QPainter) -> list[Caption]:
        if self._transition is not None and self._motion.running:
            self._transition.paint(painter, self._motion.part)
            captions = self._captions(self._camera)
            self._paint_moving(painter, captions)
            return captions
        camera = self._seen_by()
        self._paint_scene(painter, camera)
        self._paint_off(painter, camera)
        self._paint_lights(painter, Lights(self._theme.palette, camera))
        captions = self._captions(camera)
        paint_captions(painter, captions, self._theme.palette)
        self._paint_along(painter, camera, captions)
        return captions

    def _paint_off(self, painter: QPainter, camera: Camera) -> None:
        if self._document.off:
            self._hatching(camera).paint(painter, self._plan, camera.window(self._size()), self._document.off)

    def _hatching(self, camera: Camera) -> Hatching:
        return Hatching(self._theme.palette, camera, _LARGER_TAGS if self._presenting else 1.0)

    def _paint_along(self, painter: QPainter, camera: Camera, captions: list[Caption]) -> None:
        if columns := self._columns(camera, captions):
            down = self._plan.direction == "down"
            AlongPainter(self._along, self._frames, self._theme.palette, down).paint(painter, columns)

    def _places(self, camera: Camera) -> Columns:
        bounds = self._laid.bounds
        edge = bounds.right if self._plan.direction == "down" else bounds.bottom
        return Columns(self._plan, edge, self._along.wanted, camera, self._size())

    def _columns(self, camera: Camera, captions: list[Caption]) -> list[Column]:
        """What is shown along the graph; nothing of it over a name."""
        if not self._along.wanted:
            return []
        taken = [caption.rect for caption in captions]
        return [
            column._replace(slots=tuple(slot for slot in column.slots if not any(map(slot.rect.intersects, taken))))
            if any(map(column.rect.intersects, taken))
            else column
            for column in self._places(camera).shown()
        ]

    def _hides_minimap(self) -> bool:
        columns = self._places(self._camera).rects() if self._along.wanted else []
        return any(rect.intersects(QRectF(self.minimap.geometry())) for _, rect in columns)

    def block_along(self, point: QPointF) -> str | None:
        """The block whose thumbnail or bar is at a point of the widget."""
        if not self._along.wanted or not any(place.contains(point) for _, place in self._places(self._camera).rects()):
            return None
        for column in self._columns(self._camera, []):
            if column.rect.contains(point):
                near = [slot for slot in column.slots if slot.rect.adjusted(-2, -2, 2, 2).contains(point)]
                return near[0].block if near else None
        return None

    def _paint_scene(self, painter: QPainter, camera: Camera) -> None:
        painter.save()
        painter.scale(camera.scale, camera.scale)
        painter.translate(-camera.x, -camera.y)
        self._scene.paint(painter, camera.window(self._size()), camera.scale, names=False)
        painter.restore()

    def _paint_moving(self, painter: QPainter, captions: list[Caption]) -> None:
        for part, caption in moved(self._names_before, captions, self._motion.part):
            painter.setOpacity(part)
            paint_captions(painter, [caption], self._theme.palette)
        painter.setOpacity(1.0)

    def _paint_lights(self, painter: QPainter, lights: Lights) -> None:
        """Hits under the selected layer, that under what the pointer is on."""
        if self._hit_cells:
            window = lights.camera.window(self._size())
            lights.hits(painter, [cell for cell in self._hit_cells if cell.rect.meets(window)], self._hits)
        selected = self._document.selection
        place = self._plan.place(selected) if selected else None
        if selected and place and self._presenting:
            lights.spotlight(painter, place, self._size())
            lights.neighbours(painter, self._plan, selected)
        if self._line is not None:
            self._paint_line(painter, lights, self._line)
        if self._hover is not None:
            lights.neighbours(painter, self._hover.plan, self._hover.cell.layer_of(self._hover.box))
            lights.hovered(painter, self._hover)
        for plan in self._plans():
            there = plan.place(selected) if selected else None
            if selected and there is not None:
                lights.selected(painter, there)
                if there.box.parts and layers_of(plan.spec)[selected].on == "shortcut":  # it has no box of its own
                    lights.shortcut(painter, there.cell)

    def _paint_line(self, painter: QPainter, lights: Lights, line: Line) -> None:
        """The shortcut under the pointer; one that is cut is not lit as if it carried anything."""
        if line.plan is self._plan and counted(self._document.off.shortcuts, blocks_of(line.cell)):
            self._hatching(lights.camera).pointed(painter, line.cell)
        else:
            lights.shortcut(painter, line.cell)

    def _covered(self, rect: QRectF, captions: list[Caption]) -> bool:
        """Whether a rectangle of the view lies on something drawn."""
        if any(caption.rect.intersects(rect) for caption in captions):
            return True
        if self._along.wanted and any(place.intersects(rect) for _, place in self._places(self._camera).rects()):
            return True
        corner = self._camera.to_scene(rect.topLeft())
        area = Rect(corner.x(), corner.y(), rect.width() / self.zoom, rect.height() / self.zoom)
        return any(
            any(band.rect.meets(area) for band in plan.bands)
            or any(cell.rect.meets(area) for cell in plan.visible(area))
            for plan in self._plans()
        )
