"""The drawing on screen: what part of it, at what scale, with the legend and the minimap on top.

A plain widget that paints the cells in sight, not a QGraphicsView: the layout already says by bisection what
is in sight and what is under the pointer, so a scene of items would be a second copy of it to keep in step.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.fold import LEVELS, Fold
from resviz.arch.layout.stack import Layout, Place, layout
from resviz.drawing.legend import legend
from resviz.gui.document import Document
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.legend import MARGIN, LegendPanel
from resviz.gui.graph.minimap import MAX_HEIGHT, WIDTH, Minimap
from resviz.gui.graph.painter import qrect
from resviz.gui.graph.scene import Scene
from resviz.gui.look import Look
from resviz.gui.theme import Theme

#: Scales between which the first showing chooses: all text readable, nothing coarse.
_LEAST_HOME, _MOST_HOME = 0.66, 1.1
#: Legend and minimap get columns of their own as long as the drawing stays this large.
_ROOMY = 0.75
_STEP = 1.25
#: How far out one may zoom, as a part of the scale at which all fits.
_LEAST_FIT = 0.7


class Canvas(QWidget):
    """Mirrors the document's spec and selection."""

    scale_changed = Signal(float)

    def __init__(
        self, document: Document, theme: Theme, look: Look | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._theme = document, theme
        self.look = look or Look(self)
        self._camera = Camera()
        self._scene = Scene(self._layout(), theme.palette)
        self._legend = LegendPanel(legend(self._scene.plan), theme.palette)
        self.minimap = Minimap(self._scene.plan, theme.palette, self)
        self.minimap.moved.connect(self._go_to_height)
        #: True until someone zooms or pans: then the view may choose what to show.
        self._untouched = True
        self._hover: Place | None = None
        self.setMinimumSize(240, 200)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Network graph"))
        document.spec_changed.connect(self._on_spec_changed)
        self.look.fold_changed.connect(self._on_fold_changed)
        self.look.direction_changed.connect(self._on_spec_changed)
        document.selection_changed.connect(self._on_selection_changed)
        theme.changed.connect(self._on_theme_changed)

    @property
    def plan(self) -> Layout:
        """What is drawn."""
        return self._scene.plan

    @property
    def fold(self) -> Fold:
        """What is folded."""
        return self.look.fold

    def set_level(self, level: str) -> None:
        """All at one level: `stage`, `block` or `layer`."""
        self.look.set_fold(self.fold.to(next(one for one in LEVELS if one == level)))

    def _layout(self) -> Layout:
        return layout(self._document.spec, self.look.fold, self.look.direction)

    def _on_fold_changed(self) -> None:
        """What is in the middle of the view stays there."""
        anchor = self._anchor()
        self._rebuild()
        if self._untouched:
            self._arrange()
        elif anchor is not None:
            self._restore(*anchor)

    @property
    def zoom(self) -> float:
        """Screen px for one px of the drawing."""
        return self._camera.scale

    def zoom_in(self) -> None:
        self._zoom(_STEP, self._middle())

    def zoom_out(self) -> None:
        self._zoom(1 / _STEP, self._middle())

    def actual_size(self) -> None:
        """100 %."""
        self._zoom(1 / self._camera.scale, self._middle())

    def fit(self) -> None:
        """The whole drawing in the view."""
        bounds, size = self._scene.plan.bounds, self._size()
        self._camera.scale = min(size.width() / bounds.w, size.height() / bounds.h, _MOST_HOME)
        self._camera.centre(bounds.cx, bounds.cy, size)
        self._untouched = False
        self._moved()

    def home(self) -> None:
        """The top of the drawing, as wide as fits and as large as reads well."""
        bounds, size = self._scene.plan.bounds, self._size()
        left, right = self._legend.size.width() + 2 * MARGIN, WIDTH + 2 * MARGIN
        if (size.width() - left - right) / bounds.w < _ROOMY:
            left = MARGIN
        if (size.width() - left - right) / bounds.w < _ROOMY:
            right = MARGIN
        scale = min(max((size.width() - left - right) / bounds.w, _LEAST_HOME), _MOST_HOME)
        if size.height() / bounds.h >= _LEAST_HOME:
            scale = min(scale, size.height() / bounds.h)
        self._camera.scale = scale
        self._camera.centre(bounds.cx, bounds.cy, size)
        # In the middle of the view where that leaves the columns free, else in the middle between them.
        spare = (size.width() - bounds.w * scale) / 2
        self._camera.x -= (max(left - spare, 0) - max(right - spare, 0)) / scale
        if bounds.h * scale > size.height():
            self._camera.y = bounds.y
        self._untouched = True
        self._moved()

    def reveal(self, layer_id: str) -> None:
        """Scroll to a layer unless it is in sight."""
        place = self._scene.plan.place(layer_id)
        if place is not None and self._camera.show(place.rect, self._scene.plan.bounds, self._size()):
            self._moved()

    def position_of(self, layer_id: str) -> QPointF | None:
        """The middle of a layer's box in the widget's px, in sight or not; None for an unknown layer."""
        place = self._scene.plan.place(layer_id)
        return self._camera.to_view(place.rect.cx, place.rect.cy) if place else None

    def layer_at(self, point: QPointF) -> str | None:
        """The layer at a point of the widget; a folded box stands for its last layer."""
        place = self._place_at(point)
        return place.cell.layer_of(place.box) if place else None

    def _place_at(self, point: QPointF) -> Place | None:
        at = self._camera.to_scene(point)
        return self._scene.plan.hit(at.x(), at.y())

    def _on_spec_changed(self) -> None:
        self._rebuild()
        self._arrange()

    def _on_selection_changed(self) -> None:
        selected = self._document.selection
        self.setAccessibleDescription(selected or "")
        if selected is not None:
            self.reveal(selected)
        self._refresh()

    def _on_theme_changed(self) -> None:
        self._scene.recolour(self._theme.palette)
        self._legend = LegendPanel(legend(self._scene.plan), self._theme.palette)
        self._refresh()

    def _rebuild(self) -> None:
        self._hover = None
        self._scene.show(self._layout())
        self._legend = LegendPanel(legend(self._scene.plan), self._theme.palette)
        self._refresh()

    def _size(self) -> QSizeF:
        return QSizeF(max(self.width(), 1), max(self.height(), 1))

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _window(self) -> Rect:
        return self._camera.window(self._size())

    def _zoom(self, factor: float, at: QPointF) -> None:
        bounds, size = self._scene.plan.bounds, self._size()
        # Not much farther out than the whole drawing: beyond is nothing to see.
        least = _LEAST_FIT * min(size.width() / bounds.w, size.height() / bounds.h, 1)
        self._camera.zoom(max(factor, min(1.0, least / self._camera.scale)), at)
        self._untouched = False
        self._moved()

    def _arrange(self) -> None:
        """After the drawing or the view has changed: as before, or as at first if nobody has moved it yet."""
        if not self._untouched:
            self._moved()
            return
        self.home()
        if self._document.selection is not None:
            self.reveal(self._document.selection)

    def _pan(self, dx: float, dy: float) -> None:
        self._camera.pan(dx, dy)
        self._untouched = False
        self._moved()

    def _go_to_height(self, y: float) -> None:
        window = self._window()
        self._camera.centre(window.cx, y, self._size())
        self._untouched = False
        self._moved()

    def _moved(self) -> None:
        self._camera.keep(self._scene.plan.bounds, self._size())
        self._refresh()
        self.scale_changed.emit(self._camera.scale)

    def _refresh(self) -> None:
        """Everything that shows where one is."""
        plan, window = self._scene.plan, self._window()
        selected = self._document.selection
        place = plan.place(selected) if selected else None
        inside = window.y <= plan.bounds.y + 1 and window.bottom >= plan.bounds.bottom - 1
        self.minimap.setVisible(not inside and self.height() > 160)
        mark = place.rect.cy if place else None
        self.minimap.mirror(plan, self._theme.palette, window, mark)
        self.update()

    def _anchor(self) -> tuple[str, float] | None:
        """A layer in sight and its height in the view: the selected one, else one in the middle."""
        window, plan = self._window(), self._scene.plan
        selected = self._document.selection
        place = plan.place(selected) if selected else None
        if selected and place and window.y <= place.rect.cy <= window.bottom:
            return selected, self._camera.to_view(0, place.rect.cy).y()
        cells = plan.visible(window.cy, window.cy + 1)
        return (cells[0].layers[0], self._camera.to_view(0, cells[0].y).y()) if cells else None

    def _restore(self, layer_id: str, height: float) -> None:
        place = self._scene.plan.place(layer_id)
        if place is not None:
            self._camera.y = place.rect.cy - height / self._camera.scale
            self._moved()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.palette.ground))
        camera = self._camera
        painter.save()
        painter.scale(camera.scale, camera.scale)
        painter.translate(-camera.x, -camera.y)
        self._scene.paint(painter, self._window(), camera.scale)
        self._paint_marks(painter)
        painter.restore()
        corner = self._legend.place(self._size(), self._covered)
        if corner is not None:
            self._legend.paint(painter, corner)
        painter.end()

    def _paint_marks(self, painter: QPainter) -> None:
        """The layer under the pointer and the selected one."""
        colours = self._theme.palette
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hover is not None:
            self._outline(painter, self._hover, QColor(colours.muted), 1.5)
        selected = self._document.selection
        place = self._scene.plan.place(selected) if selected else None
        if place is not None:
            accent = QColor(colours.accent)
            if place.cell.body.card is not None and not place.box.parts:
                painter.setPen(QPen(accent, self._ink(2.0)))
                painter.drawRoundedRect(qrect(place.cell.body.card.moved(0, place.cell.y)), 10, 10)
            self._outline(painter, place, accent, 2.5)

    def _outline(self, painter: QPainter, place: Place, colour: QColor, width: float) -> None:
        rect = place.rect.grown(2.5)
        radius = rect.w / 2 if place.box.op == "add" else 12.0 if place.box.parts else 7.0
        painter.setPen(QPen(colour, self._ink(width)))
        painter.drawRoundedRect(qrect(rect), radius, radius)

    def _ink(self, width: float) -> float:
        """A line's width in the drawing that is never thinner than it on the screen."""
        return max(width, width / self._camera.scale)

    def _covered(self, rect: QRectF) -> bool:
        """Whether a rectangle of the view lies on something drawn."""
        corner = self._camera.to_scene(rect.topLeft())
        area = Rect(corner.x(), corner.y(), rect.width() / self.zoom, rect.height() / self.zoom)
        plan = self._scene.plan
        if any(band.rect.meets(area) for band in plan.bands):
            return True
        return any(
            area.meets(Rect(cell.body.left, cell.top, cell.body.right - cell.body.left, cell.bottom - cell.top))
            for cell in plan.visible(area.y, area.bottom)
        )

    def resizeEvent(self, _event: QResizeEvent) -> None:
        high = min(MAX_HEIGHT, max(self.height() - 24, 0))
        self.minimap.setGeometry(self.width() - WIDTH - 12, self.height() - high - 12, WIDTH, high)
        self._arrange()
