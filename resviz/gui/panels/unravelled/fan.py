"""Every path of a small network, a row each: through a block's residual branch, or around it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.panels.unravelled.paths import paths
from resviz.gui.theme import CAPTION, font, mixed

_HEAD, _ROW, _TAIL, _IN = 24, 20, 92, 14
_BOX = 12.0


class PathFan(QWidget):
    """Up and Down go from path to path."""

    #: The path in question, by its number; -1 for none.
    pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.blocks: tuple[str, ...] = ()
        self.paths: list[tuple[str, ...]] = []
        self.current = -1
        self._shares: list[float] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The paths through the network"))

    def show_blocks(self, blocks: Sequence[str]) -> None:
        if tuple(blocks) != self.blocks:
            self.blocks, self.paths, self.current = tuple(blocks), paths(blocks), -1
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def show_shares(self, shares: Sequence[float]) -> None:
        """What of the gradient comes by all paths of each length; empty where it was not measured."""
        self._shares = list(shares)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, _HEAD + _ROW * len(self.paths) + 4)

    # --- places ------------------------------------------------------------------------------------------------------

    def place(self, number: int) -> QRectF:
        """A path's row."""
        return QRectF(0, _HEAD + number * _ROW, self.width(), _ROW)

    def _column(self, block: int) -> QRectF:
        wide = (self.width() - _TAIL - _IN) / max(1, len(self.blocks))
        return QRectF(_IN + block * wide, 0, wide, _HEAD)

    def at(self, point: QPointF) -> int:
        number = int((point.y() - _HEAD) // _ROW)
        return number if 0 <= number < len(self.paths) and point.y() >= _HEAD else -1

    # --- painting ----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.paths[self.current] if self.current >= 0 else ()
        for block, name in enumerate(self.blocks):
            painter.setFont(font(CAPTION, QFont.Weight.DemiBold if name in lit else QFont.Weight.Normal))
            painter.setPen(QColor(colours().text if name in lit else colours().muted))
            painter.drawText(self._column(block), Qt.AlignmentFlag.AlignCenter, name)
        self._paint_end(painter, QRectF(0, 0, self.width(), _HEAD), self.tr("length"))
        for number, path in enumerate(self.paths):
            self._paint_path(painter, self.place(number), path, number)

    def _paint_end(self, painter: QPainter, row: QRectF, length: str, share: str = "") -> None:
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(colours().muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(self.width() - _TAIL + 8, row.y(), 36, row.height()), middle, length)
        right = QRectF(self.width() - 46, row.y(), 46, row.height())
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, share)

    def _paint_path(self, painter: QPainter, row: QRectF, path: tuple[str, ...], number: int) -> None:
        lit = number == self.current
        if lit:
            painter.setPen(QColor(colours().accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours().tint))
            painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setOpacity(1.0 if lit or self.current < 0 else 0.45)
        colour = self.colour(len(path))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.4 if lit else 1.6))
        painter.drawPath(self._line(row, path))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for block in (block for block, name in enumerate(self.blocks) if name in path):
            middle = QPointF(self._column(block).center().x(), row.center().y())
            painter.drawRoundedRect(QRectF(middle.x() - 2 * _BOX, middle.y() - _BOX / 2, 4 * _BOX, _BOX), 3, 3)
        self._paint_end(painter, row, str(len(path)), self._share(len(path)))
        painter.setOpacity(1.0)

    def _share(self, length: int) -> str:
        """One path's, of the gradient where it was measured, else of all paths."""
        if not self._shares:
            return f"1 / {len(self.paths)}"
        alike = sum(len(path) == length for path in self.paths)
        return f"{100 * self._shares[length] / alike:.1f} %"

    def _line(self, row: QRectF, path: tuple[str, ...]) -> QPainterPath:
        """Straight through the branches it takes, in a bow around those it does not."""
        y = row.center().y()
        line = QPainterPath(QPointF(2, y))
        for block, name in enumerate(self.blocks):
            place = self._column(block)
            wide = min(2.6 * _BOX, place.width() / 2 - 2)
            start, end = place.center().x() - wide, place.center().x() + wide
            line.lineTo(start, y)
            if name in path:
                line.lineTo(end, y)
            else:
                up = y - _ROW * 0.55
                line.cubicTo(QPointF(start + wide * 0.35, up), QPointF(end - wide * 0.35, up), QPointF(end, y))
        line.lineTo(self.width() - _TAIL, y)
        return line

    def colour(self, length: int) -> QColor:
        """Of the paths of a length, from little to much."""
        return heat(length / max(1, len(self.blocks)))

    # --- pointer and keys --------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.go(self.at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self.go(-1)

    def go(self, number: int) -> None:
        """Light a path up; -1 for none."""
        if number != self.current:
            self.current = number
            self.update()
            self.pointed.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and self.paths:
            self.go(min(max(self.current + step, 0), len(self.paths) - 1))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.go(-1)
        self.update()


def heat(share: float) -> QColor:
    """A colour that stands out from the ground at both ends, from short to long."""
    stops = (colours().pool, colours().conv, colours().projection)
    return mixed(*stops[:2], share * 2) if share < 0.5 else mixed(*stops[1:], share * 2 - 1)
