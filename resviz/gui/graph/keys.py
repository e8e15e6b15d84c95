"""What the keys do in the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from resviz.arch.layout.stack import Layout
from resviz.gui.document import Document
from resviz.gui.graph import walk

if TYPE_CHECKING:
    from resviz.gui.graph.view import GraphView

_Step = Callable[[Layout, str | None], str | None]
_DOWN: dict[int, _Step] = {
    Qt.Key.Key_Down: walk.down,
    Qt.Key.Key_Up: walk.up,
    Qt.Key.Key_Right: walk.to_shortcut,
    Qt.Key.Key_Left: walk.to_trunk,
}
#: A trunk that goes right has its shortcuts above it.
_RIGHT: dict[int, _Step] = {
    Qt.Key.Key_Right: walk.down,
    Qt.Key.Key_Left: walk.up,
    Qt.Key.Key_Up: walk.to_shortcut,
    Qt.Key.Key_Down: walk.to_trunk,
}
_ENDS: dict[int, _Step] = {Qt.Key.Key_Home: walk.first, Qt.Key.Key_End: walk.last}
_PAGE = 0.8


class Keys:
    """Asks the view and the document; a window's shortcuts come first."""

    def __init__(self, view: GraphView, document: Document) -> None:
        self._view, self._document = view, document
        self._standard: list[tuple[QKeySequence.StandardKey, Callable[[], None]]] = [
            (QKeySequence.StandardKey.ZoomIn, view.zoom_in),
            (QKeySequence.StandardKey.ZoomOut, view.zoom_out),
            (QKeySequence.StandardKey.Find, view.find),
            (QKeySequence.StandardKey.FindNext, view.find_next),
            (QKeySequence.StandardKey.FindPrevious, view.find_previous),
        ]
        self._plain: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Plus: view.unfold_selected,
            Qt.Key.Key_Equal: view.unfold_selected,
            Qt.Key.Key_Minus: view.fold_selected,
            Qt.Key.Key_Return: view.toggle_selected,
            Qt.Key.Key_Enter: view.toggle_selected,
            Qt.Key.Key_F: view.fit,
            Qt.Key.Key_0: view.fit,
            Qt.Key.Key_1: view.actual_size,
            Qt.Key.Key_PageUp: lambda: view._page(-_PAGE),
            Qt.Key.Key_PageDown: lambda: view._page(_PAGE),
            Qt.Key.Key_Menu: view.show_menu,
            Qt.Key.Key_Escape: self._leave,
            Qt.Key.Key_L: view.toggle_live,
        }

    def take(self, event: QKeyEvent) -> bool:
        """Do what a key is for; whether it is for anything."""
        for standard, slot in self._standard:
            if event.matches(standard):
                slot()
                return True
        key, held = event.key(), event.modifiers()
        if key == Qt.Key.Key_F10 and held == Qt.KeyboardModifier.ShiftModifier:
            self._view.show_menu()
            return True
        if key == Qt.Key.Key_Delete and self._view.look.live:
            self._view.switch_selected(shortcut=bool(held & Qt.KeyboardModifier.ShiftModifier))
            return True
        if held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        steps = {**(_DOWN if self._view.plan.direction == "down" else _RIGHT), **_ENDS}
        if key in steps:
            self._document.select(steps[key](self._view.plan, self._document.selection))
            return True
        if key in self._plain:
            self._plain[key]()
            return True
        return False

    def _leave(self) -> None:
        """Stop switching off, else select nothing."""
        if self._view.look.live:
            self._view.set_live(False)
        else:
            self._document.select(None)
