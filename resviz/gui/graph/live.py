"""Switching parts of the network off by hand: a click on a block or on a shortcut, keys, the context menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from resviz.gui.document import Document
from resviz.gui.graph import switching
from resviz.gui.graph.banner import HIGH, TOP, LiveBanner
from resviz.gui.graph.handling import Handling
from resviz.gui.graph.lights import Lights
from resviz.gui.graph.overlays import Caption, core_of
from resviz.gui.graph.switching import Target
from resviz.gui.look import Look
from resviz.gui.theme import Theme
from resviz.ways import NOTHING_OFF

#: A click this near to a shortcut's line is meant for it, px.
_NEAR = 6
_EDGE = 12
#: Above the drawing's first mark there is so much air in it.
_AIR = 24.0


class Live(Handling):
    """Asks the document to switch parts off and on."""

    def __init__(
        self, document: Document, theme: Theme, look: Look | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, theme, look, parent)
        #: What a click at the pointer would switch.
        self._aim: Target | None = None
        self.banner = LiveBanner(self)
        self.banner.colour(theme.palette)
        self.look.live_changed.connect(self._on_live_changed)
        document.off_changed.connect(self._say)
        self._on_live_changed()

    # --- the mode ---------------------------------------------------------------------------------------------------

    def set_live(self, on: bool) -> None:
        """Have clicks switch parts off, or select as usual."""
        self.look.set_live(on)

    def toggle_live(self) -> None:
        self.set_live(not self.look.live)

    def _on_live_changed(self) -> None:
        live = self.look.live
        self._aim = None
        self._hide_hover()
        self.banner.setVisible(live)
        self._say()
        self.setCursor(Qt.CursorShape.CrossCursor if live else Qt.CursorShape.ArrowCursor)
        if self._untouched:
            self.home()
        self.update()

    def _hide_hover(self) -> None:
        self._hover = self._line = None
        if not self._presenting:
            self.card.hide()

    def _say(self) -> None:
        if self.look.live:
            now = switching.words(self._document.off, self._aim) if self._aim is not None else ""
            self.banner.say(now, max(self._free() - 2 * _EDGE, 80), _EDGE, self._document.spec.residual)

    def _free(self) -> float:
        """As wide as the view is without what is shown beside the drawing."""
        if not self._along.wanted or self._plan.direction != "down":
            return self.width()
        return min([place.left() for _, place in self._places(self._camera).rects()], default=self.width())

    def home(self) -> None:
        super().home()
        if not self.look.live or self._plan.direction != "down":
            return
        first = self._camera.to_view(0, self._plan.bounds.y + _AIR).y()
        hidden = TOP + HIGH + 4 - first
        if hidden > 0:  # the banner would be on the drawing's first mark
            self._camera.y -= hidden / self.zoom
            self._moved()

    def fit(self) -> None:
        super().fit()
        if self.look.live and self._plan.direction == "down":
            size, bounds = self._size(), self._plan.bounds
            room = size.height() - TOP - HIGH
            self._camera.scale = min(self._camera.scale, room / bounds.h)
            self._camera.centre(bounds.cx, bounds.cy, size)
            self._camera.y -= (TOP + HIGH) / 2 / self.zoom
            self._moved()

    def _moved(self) -> None:
        super()._moved()
        self._say()

    # --- the pointer ------------------------------------------------------------------------------------------------

    def target_at(self, point: QPointF) -> Target | None:
        """What a click at a point of the widget would switch."""
        block = self.block_along(point)
        if block is not None:
            return switching.target_of(self._document.spec, block, None)
        at = self._camera.to_scene(point)
        return switching.target_at(self._plan, at.x(), at.y(), _NEAR / self.zoom)

    def aim_at(self, point: QPointF | None) -> None:
        """The pointer is here now, or nowhere."""
        aim = self.target_at(point) if point is not None else None
        if aim != self._aim:
            self._aim = aim
            self._say()
            self.update()

    def switch(self, target: Target) -> None:
        """Off, or on again; undoable."""
        off = self._document.off
        self._document.set_off(switching.toggled(off, target), switching.words(off, target))

    def switch_selected(self, shortcut: bool = False) -> None:
        """The branch of the selected block, or its shortcut; where there is none, the selected layer."""
        selected = self._document.selection
        place = self._plan.place(selected) if selected else None
        target = switching.target_of(self._document.spec, place.cell.id, selected, shortcut) if place else None
        if target is None and shortcut:
            target = switching.layer_target(self._document.spec, selected)
        if target is not None:
            self.switch(target)

    def switch_all_on(self) -> None:
        self._document.set_off(NOTHING_OFF, self.tr("Switch everything on"))

    def add_switches(self, menu: QMenu, part: str, layer_id: str | None) -> None:
        """What of a part can be switched, as entries of a menu."""
        off, spec = self._document.off, self._document.spec
        targets = (
            (switching.target_of(spec, part, layer_id), "Del"),
            (switching.target_of(spec, part, layer_id, shortcut=True), "Shift+Del"),
            (switching.layer_target(spec, layer_id), "Shift+Del"),
        )
        for target, key in targets:
            if target is not None:
                keys = f"\t{key}" if self.look.live and layer_id else ""
                menu.addAction(switching.words(off, target) + keys, partial(self.switch, target))
        if off:
            menu.addAction(self.tr("Switch everything on"), self.switch_all_on)
        text = self.tr("Stop switching off") if self.look.live else self.tr("Switch off by clicking")
        menu.addAction(f"{text}\tL", self.toggle_live)

    # --- painting ---------------------------------------------------------------------------------------------------

    def _paint_lights(self, painter: QPainter, lights: Lights) -> None:
        super()._paint_lights(painter, lights)
        aim = self._aim
        if not self.look.live or aim is None or aim.cell is None:
            return
        if aim.kind == "shortcut":
            lights.shortcut(painter, aim.cell)
            return
        rect = lights.camera.rect_to_view(core_of(aim.cell).grown(3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.palette.removed), 2.2, Qt.PenStyle.DashLine))
        radius = 11 * lights.camera.scale
        painter.drawRoundedRect(rect, radius, radius)

    def _covered(self, rect: QRectF, captions: list[Caption]) -> bool:
        banner = self.banner
        return (not banner.isHidden() and rect.intersects(QRectF(banner.geometry()))) or super()._covered(
            rect, captions
        )

    def _rebuild(self, keep: bool = True) -> None:
        self._aim = None
        super()._rebuild(keep)

    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        self.banner.colour(self._theme.palette)
        self._say()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say()
