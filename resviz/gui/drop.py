"""Makes a whole widget, children included, a place to drop pictures, spec files and checkpoints on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from resviz.gui import images_qt


class DropArea(QObject):
    """Watches a widget; `dropped` carries what `images_qt.from_mime` found, `hovering` tells a drag over it.

    A child that takes drops itself (every QGraphicsView does) hides its area: turn its acceptDrops off.
    """

    dropped = Signal(object)
    hovering = Signal(bool)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._wanted = False
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent | QDragMoveEvent):  # these are QDropEvents too
            return self._drag(event)
        if event.type() == QEvent.Type.DragLeave:
            self.hovering.emit(False)
        elif isinstance(event, QDropEvent):
            return self._drop(event)
        return super().eventFilter(watched, event)

    def _drag(self, event: QDragEnterEvent | QDragMoveEvent) -> bool:
        enters = event.type() == QEvent.Type.DragEnter
        if enters:  # asked once a drag: the other program is asked for what it holds, and every move would ask it again
            self._wanted = images_qt.may_hold(event.mimeData())
        if not self._wanted:
            event.ignore()
            return True
        event.acceptProposedAction()
        if enters:
            self.hovering.emit(True)
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self.hovering.emit(False)
        found = images_qt.from_mime(event.mimeData())
        if found is None:
            event.ignore()
        else:
            event.acceptProposedAction()
            self.dropped.emit(found)
        return True
