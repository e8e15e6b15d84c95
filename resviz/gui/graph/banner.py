"""Says at the top of the graph what a click does now, and how to leave."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from resviz.drawing.palette import Palette

#: From the view's upper edge, and what it takes of it.
TOP, HIGH = 6, 28


class LiveBanner(QLabel):
    """A child of the view, in the middle of its upper edge; the pointer goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._said = ""
        self.hide()

    def colour(self, palette: Palette) -> None:
        self.setStyleSheet(
            f"background: {palette.panel}; color: {palette.text}; border: 1px solid {palette.removed};"
            f" border-radius: {HIGH // 2}px; padding: 0 12px; font-size: 12px;"
        )

    def say(self, now: str, room: float, left: float = 0, residual: bool = True) -> None:
        """`now` is what the click would do; without it, what one may click."""
        block, both = (
            self.tr("Click a block to take it out"),
            self.tr("Click a block to switch it off, or a shortcut to cut it"),
        )
        usual = both if residual else block, self.tr("Click to switch off")
        leave = self.tr("Esc leaves")
        rules = [f"{text}  ·  {leave}" for text in (now or usual[0], usual[1])]
        fits = (text for text in rules if self.fontMetrics().horizontalAdvance(text) + 30 <= room)
        said = next(fits, leave)
        self.setText(said)
        wide = min(self.fontMetrics().horizontalAdvance(said) + 30.0, max(room, 60.0))
        self.setGeometry(round(left + (room - wide) / 2), TOP, round(wide), HIGH)
        self.raise_()
