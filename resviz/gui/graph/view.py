"""The graph under hand: wheel, drag, click, keys, and the card that names what is under the pointer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from resviz.arch.layout.stack import Layout
from resviz.gui.document import Document
from resviz.gui.graph import walk
from resviz.gui.graph.canvas import Canvas
from resviz.gui.graph.tooltip import HoverCard
from resviz.gui.look import Look
from resviz.gui.theme import Theme

#: Zoom for one unit of a wheel's angle; a notch is 120.
_WHEEL = 1.0016
#: A click this near to a box, in px, is meant for it.
_NEAR = 6


class GraphView(Canvas):
    """A canvas one can move in; asks the document to select."""

    def __init__(
        self, document: Document, theme: Theme, look: Look | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, theme, look, parent)
        self.card = HoverCard(self)
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _moved(self) -> None:
        self.card.hide()
        super()._moved()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._pan(turn.x() / 2, turn.y() / 2)
        elif turn.y():
            self._zoom(_WHEEL ** turn.y(), event.position())
        else:
            self._pan(turn.x() / 2, 0)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = event.position()
            self._dragging = event.button() == Qt.MouseButton.MiddleButton
            if self._dragging:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

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
        self.unsetCursor()
        if clicked:
            self._document.select(self._layer_near(event.position()))

    def _layer_near(self, point: QPointF) -> str | None:
        """The layer at a point; in the narrow gaps of a block, the one beside it."""
        places = (point + QPointF(0, by) for by in (0, _NEAR, -_NEAR))
        return next((layer for place in places if (layer := self.layer_at(place))), None)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.card.hide()
        self.update()
        super().leaveEvent(event)

    def _hover_at(self, point: QPointF) -> None:
        place = self._place_at(point)
        if place != self._hover:
            self._hover = place
            self.card.hide()
            self.setCursor(Qt.CursorShape.PointingHandCursor if place else Qt.CursorShape.ArrowCursor)
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_card(event)
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom(1 + event.value(), event.position())
            return True
        return super().event(event)

    def _show_card(self, event: QHelpEvent) -> None:
        self._hover_at(QPointF(event.pos()))
        place = self._hover
        if place is None:
            return
        layer_id = place.cell.layer_of(place.box)
        box = self._camera.rect_to_view(place.rect).toAlignedRect()
        self.card.show_for(self._document.spec, layer_id, self._theme.palette, box, event.pos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, Callable[[Layout, str | None], str | None]] = {
            Qt.Key.Key_Down: walk.down,
            Qt.Key.Key_Up: walk.up,
            Qt.Key.Key_Right: walk.to_shortcut,
            Qt.Key.Key_Left: walk.to_trunk,
        }
        views: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_F: self.fit,
            Qt.Key.Key_0: self.fit,
            Qt.Key.Key_1: self.actual_size,
            Qt.Key.Key_Home: self.home,
        }
        key = event.key()
        if key in steps:
            self._document.select(steps[key](self._scene.plan, self._document.selection))
        elif key in views:
            views[key]()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._pan(0, self.height() * (0.8 if key == Qt.Key.Key_PageUp else -0.8))
        elif key == Qt.Key.Key_Escape:
            self._document.select(None)
        else:
            super().keyPressEvent(event)
