"""The graph under hand: wheel, drag, click, double click, keys, and the card that says what is under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from resviz.arch.layout.fold import stage_of
from resviz.gui.document import Document, has_layer
from resviz.gui.graph import pointing
from resviz.gui.graph.facts import last_layer
from resviz.gui.graph.keys import Keys
from resviz.gui.graph.live import Live
from resviz.gui.look import Look
from resviz.gui.theme import Theme

#: Zoom for one unit of a wheel's angle; a notch is 120.
_WHEEL = 1.0016
#: A click this near to a box, in px, is meant for it; so is a pointer this near to a line.
_NEAR = 6
#: Letters of the card.
_CARD_PX = 12


class PartMenu(Protocol):
    """Makes the menu of a part of the network (`layer2.1`, `layer2`, `stem`; empty for none) and of a layer in it."""

    def menu_for(self, part: str, layer_id: str | None) -> QMenu: ...


class GraphView(Live):
    """A canvas one can move in; asks the document to select and the look to fold."""

    def __init__(
        self, document: Document, theme: Theme, look: Look | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, theme, look, parent)
        self._keys = Keys(self, document)
        #: What can be done with the network itself, where somebody has set it.
        self.menu: PartMenu | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        #: The block whose thumbnail or bar the pointer is on.
        self._beside: str | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    # --- the pointer -------------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            # Some systems turn the wheel sideways for Shift themselves.
            self._scroll(turn.x() + turn.y())
        elif turn.y():
            self._zoom(_WHEEL ** turn.y(), event.position())
        else:
            self._pan(turn.x() / 2, 0)
        event.accept()

    def _scroll(self, turn: float) -> None:
        if self._plan.direction == "down":
            self._pan(0, turn / 2)
        else:
            self._pan(turn / 2, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = event.position()
            self._dragging = event.button() == Qt.MouseButton.MiddleButton
            if self._dragging:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.look.live:  # two clicks in a row switch a part off and on
            self.mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.fold_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover_at(event.position())
            return
        step = event.position() - self._pressed
        if not self._dragging and step.manhattanLength() < QApplication.startDragDistance():
            return
        self._dragging = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pressed = event.position()
        self._pan(step.x(), step.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        clicked = not self._dragging and event.button() == Qt.MouseButton.LeftButton
        self._pressed, self._dragging = None, False
        self._put_cursor()
        if clicked:
            self._on_clicked(event.position())

    def _put_cursor(self) -> None:
        if self.look.live:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()

    def _on_clicked(self, point: QPointF) -> None:
        target = self.target_at(point) if self.look.live else None
        block = self.block_along(point)
        if target is not None:
            self.switch(target)
        elif block is not None:
            self._select(last_layer(self._document.spec, block))
        else:
            self._select(self._layer_near(point))

    def _select(self, layer_id: str | None) -> None:
        """Select; what only the reference has cannot be selected."""
        if layer_id is None or has_layer(self._document.spec, layer_id):
            self._document.select(layer_id)

    def _layer_near(self, point: QPointF) -> str | None:
        """The layer at a point; in the narrow gaps of a block, the one beside it."""
        steps = [QPointF(0, 0), QPointF(0, _NEAR), QPointF(0, -_NEAR)]
        return next((layer for step in steps if (layer := self.layer_at(point + step))), None)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = self._line = None
        self.aim_at(None)
        self._hide_card()
        self.update()
        super().leaveEvent(event)

    def _hover_at(self, point: QPointF) -> None:
        if self.look.live:
            self.aim_at(point)
            return
        place = self._place_at(point)
        at = self._camera.to_scene(point)
        line = None if place else pointing.line_at(self._plan, at.x(), at.y(), _NEAR / self.zoom)
        block = None if place else self.block_along(point)
        if (place, line, block) != (self._hover, self._line, self._beside):
            self._hover, self._line, self._beside = place, line, block
            self._hide_card()
            self.setCursor(Qt.CursorShape.PointingHandCursor if place or block else Qt.CursorShape.ArrowCursor)
            self.update()

    def _hide_card(self) -> None:
        if not self._presenting:
            self.card.hide()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._takes(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_card(event.pos())
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom(1 + event.value(), event.position())
            return True
        return super().event(event)

    def _takes(self, event: QEvent) -> bool:
        """Whether a key means something else while one switches off: a window's shortcuts come first otherwise."""
        keys = (Qt.Key.Key_Escape, Qt.Key.Key_Delete)
        return self.look.live and isinstance(event, QKeyEvent) and event.key() in keys

    def _show_card(self, pos: QPoint) -> None:
        if self._presenting or self.look.live:
            return
        self._hover_at(QPointF(pos))
        palette, box = self._theme.palette, QRect(pos, pos)
        at = self._camera.to_scene(QPointF(pos))
        band = pointing.band_at(self._plan, at.x(), at.y())
        along = self.block_along(QPointF(pos))
        if self._hover is not None:
            text = self._text_of(self._hover)
            box = self._camera.rect_to_view(self._hover.rect).toAlignedRect()
        elif self._line is not None:
            text = pointing.text_of_line(self._line, palette)
        elif along is not None:
            text = pointing.title(along, palette) + self._known([along])
        elif band is not None:
            text = pointing.text_of_band(*band, palette, self._times)
        else:
            return
        self.card.show_text(text, palette, _CARD_PX)
        self.card.show_below(box, pos)

    # --- keys and menu -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.take(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            layer = self._layer_near(QPointF(event.pos()))
            if layer is not None:
                self._select(layer)
            self.show_menu(QPointF(event.pos()))
        else:
            self.show_menu()
        event.accept()

    def show_menu(self, at: QPointF | None = None) -> None:
        """The context menu of what is selected, or of what is at a point of the view."""
        selected = self._document.selection
        place = self._plan.place(selected) if selected else None
        part = place.cell.id if place is not None else ""
        if at is not None:
            found = self._part_at(at)
            part, selected = (found, selected) if found == part else (found, None)
        elif place is not None:
            at = self._camera.rect_to_view(place.rect).center()
        menu = self.menu_for(part, selected)
        menu.popup(self.mapToGlobal((at or self._middle()).toPoint()))

    def _part_at(self, point: QPointF) -> str:
        """The block or stage at a point; none of the reference, which may have what the network has not."""
        at = self._camera.to_scene(point)
        found = pointing.cell_at(self._plan, at.x(), at.y()) or pointing.band_at(self._plan, at.x(), at.y())
        return found[0].id if found is not None and found[1] is self._plan else ""

    def menu_for(self, part: str, layer_id: str | None) -> QMenu:
        """What one can do with a part of the network, and in the view."""
        menu = self.menu.menu_for(part, layer_id) if self.menu is not None else QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not menu.isEmpty():
            menu.addSeparator()
        self.add_switches(menu, part, layer_id)
        menu.addSeparator()
        for text, keys, slot in self._own_actions(part, layer_id):
            menu.addAction(f"{text}\t{keys}", slot)
        return menu

    def _own_actions(self, part: str, layer_id: str | None) -> Iterator[tuple[str, str, Callable[[], object]]]:
        if layer_id is None and stage_of(part) == part != "":
            yield self.tr("Fold {0}").format(part), "", lambda: self.look.set_fold(self.fold.put(part, "stage"))
        else:
            yield self.tr("Unfold"), "+", self.unfold_selected
            yield self.tr("Fold"), "-", self.fold_selected
        yield self.tr("Find…"), "Ctrl+F", self.find
        yield self.tr("Whole network"), "F", self.fit
