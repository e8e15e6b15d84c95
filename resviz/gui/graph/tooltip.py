"""The card that says all about the thing under the pointer, or, while one presents, about the selected layer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from resviz.drawing.palette import Palette

#: From the box to the card, and from the card to the view's edge.
_GAP, _EDGE = 10, 8


class HoverCard(QLabel):
    """A child of the view, not a window of its own: it cannot steal focus, and lands in a snapshot."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = parent
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_text(self, text: str, palette: Palette, px: int) -> None:
        """Rich text in letters of a size; where it goes is said next."""
        self.setStyleSheet(
            f"background: {palette.panel}; color: {palette.text}; border: 1px solid {palette.line};"
            f" border-radius: {px - 4}px; padding: {px - 4}px {px - 2}px; font-size: {px}px;"
        )
        self.setText(text)
        self.adjustSize()

    def show_below(self, box: QRect, pointer: QPoint) -> None:
        """Under a box, or over it where there is no room, near the pointer."""
        area = self._view.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        y = box.bottom() + _GAP
        if y + self.height() > area.bottom():
            y = box.top() - _GAP - self.height()
        self._put(pointer.x() + _EDGE, y)

    def show_beside(self, box: QRect) -> None:
        """Right of a box, or left of it where there is no room, else below."""
        area = self._view.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        y = box.center().y() - self.height() // 2
        if box.right() + 3 * _GAP + self.width() <= area.right():
            self._put(box.right() + 3 * _GAP, y)
        elif box.left() - 3 * _GAP - self.width() >= area.left():
            self._put(box.left() - 3 * _GAP - self.width(), y)
        else:
            self.show_below(box, QPoint(box.center().x() - self.width() // 2, box.center().y()))

    def _put(self, x: int, y: int) -> None:
        area = self._view.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        x = min(x, area.right() - self.width())
        y = min(y, area.bottom() - self.height())
        self.move(max(x, area.left()), max(y, area.top()))
        self.raise_()
        self.show()
