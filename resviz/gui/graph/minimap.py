"""The whole network as a strip, with the part in view framed; drag to go elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Layout
from resviz.drawing.palette import Palette
from resviz.gui.graph.switching import touched
from resviz.ways import NOTHING_OFF, Off

#: Across the trunk, and the most along it; lying, there is more room.
STRIP, _MOST_HIGH, _MOST_WIDE = 40, 240, 420
_MARGIN = 12
#: Where there is less of the view than this along the trunk, the strip would only be in the way.
_LEAST_VIEW = 160
_PAD = 8.0
_BAR = 8.0
#: Bars closer than this many px run into one per stage.
_LEAST_PITCH = 2.0


class Minimap(QWidget):
    """Shows places along the trunk only: what is across says nothing. Upright for a trunk that goes down."""

    #: The place along the trunk that shall be in the middle of the view.
    moved = Signal(float)

    def __init__(self, plan: Layout, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._plan, self._palette = plan, palette
        self._window = Rect(0, 0, 0, 0)
        self._mark: float | None = None
        self._hits: Sequence[float] = ()
        self._off = NOTHING_OFF
        #: From where to where parts are off, along the trunk.
        self._lost: list[tuple[float, float]] = []
        self._bars = self._draw_bars()
        self.setToolTip(self.tr("The whole network; drag to move (arrow keys)"))
        self.setAccessibleName(self.tr("Overview of the whole network"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mirror(
        self,
        plan: Layout,
        palette: Palette,
        window: Rect,
        mark: float | None,
        hits: Sequence[float] = (),
        off: Off = NOTHING_OFF,
    ) -> None:
        """Show a drawing, the part of it in view, the selected layer, the hits of a search, and what is off."""
        shown = self._palette, self._window, self._mark, self._hits, self._off
        other, switched = plan is not self._plan, off != self._off
        if not other and (palette, window, mark, hits, off) == shown:
            return
        self._plan, self._palette, self._window = plan, palette, window
        self._mark, self._hits, self._off = mark, hits, off
        if other:
            self._bars = self._draw_bars()
        if other or switched:
            cells = [cell.rect for cell in plan.cells if off and touched(off, cell)]
            self._lost = [(rect.y, rect.bottom) if self.down else (rect.x, rect.right) for rect in cells]
        self.update()

    @property
    def down(self) -> bool:
        return self._plan.direction == "down"

    def put_into(self, view: QSize, direction: str) -> None:
        """Along the right edge of a view, or along its lower one; of no size where there is no room."""
        down = direction == "down"
        room = (view.height() if down else view.width()) - 2 * _MARGIN
        length = min(_MOST_HIGH if down else _MOST_WIDE, max(room, 0))
        size = QSize(STRIP, length) if down else QSize(length, STRIP)
        corner = view - size - QSize(_MARGIN, _MARGIN)
        self.setGeometry(QRect(corner.width(), corner.height(), size.width(), size.height()))

    def wanted(self, view: QSize) -> bool:
        """Whether a view of this size shows less than all along the trunk, and has room for the strip."""
        bounds, window = self._plan.bounds, self._window
        if self.down:
            inside = window.y <= bounds.y + 1 and window.bottom >= bounds.bottom - 1
            return not inside and view.height() > _LEAST_VIEW
        inside = window.x <= bounds.x + 1 and window.right >= bounds.right - 1
        return not inside and view.width() > _LEAST_VIEW

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_panel(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.muted))
        painter.setOpacity(0.55)
        for bar in self._bars:
            radius = min(2.0, bar.height() / 2, bar.width() / 2)
            painter.drawRoundedRect(bar, radius, radius)
        painter.setOpacity(1.0)
        self._paint_lost(painter)
        self._paint_hits(painter)
        self._paint_frame(painter)
        painter.end()

    def _paint_panel(self, painter: QPainter) -> None:
        ground = QColor(self._palette.panel)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(QColor(self._palette.accent if self.hasFocus() else self._palette.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def _draw_bars(self) -> list[QRectF]:
        """A bar a block, or a bar a stage where blocks would be too fine."""
        rects = [cell.rect for cell in self._plan.cells]
        length = self._plan.bounds.h if self.down else self._plan.bounds.w
        if self._unit() * length < _LEAST_PITCH * len(rects):
            rects = [band.rect for band in self._plan.bands] or rects
        ends = [(rect.y, rect.bottom) if self.down else (rect.x, rect.right) for rect in rects]
        return [self._bar(self._at(start), self._at(end) - self._at(start), _BAR) for start, end in ends]

    def _bar(self, start: float, length: float, half: float) -> QRectF:
        """A stretch of the strip, so many px to either side of its middle."""
        middle = (self.width() if self.down else self.height()) / 2
        if self.down:
            return QRectF(middle - half, start, 2 * half, length)
        return QRectF(start, middle - half, length, 2 * half)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._bars = self._draw_bars()

    def _paint_lost(self, painter: QPainter) -> None:
        """What is off, over its bars; never finer than a px, and each px once."""
        painter.setBrush(QColor(self._palette.removed))
        spans = {(round(self._at(start)), round(self._at(end))) for start, end in self._lost}
        for start, end in sorted(spans):
            painter.drawRect(self._bar(start, max(end - start, 2), _BAR / 2))

    def _paint_hits(self, painter: QPainter) -> None:
        """No more ticks than the strip has px."""
        painter.setBrush(QColor(self._palette.warning))
        for at in sorted({round(self._at(hit)) for hit in self._hits}):
            painter.drawRect(self._bar(at - 1, 2, _BAR + 1))

    def _paint_frame(self, painter: QPainter) -> None:
        accent = QColor(self._palette.accent)
        if self._mark is not None:
            painter.fillRect(self._bar(self._at(self._mark) - 1, 2, _BAR + 3), accent)
        window, length = self._window, self.height() if self.down else self.width()
        start, end = (window.y, window.bottom) if self.down else (window.x, window.right)
        start, end = max(self._at(start), 3.0), min(self._at(end), length - 3.0)
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._bar(start, max(end - start, 5.0), STRIP / 2 - 5), 4, 4)

    def _unit(self) -> float:
        """Strip px for one px of the drawing."""
        bounds = self._plan.bounds
        length, whole = (self.height(), bounds.h) if self.down else (self.width(), bounds.w)
        return (length - 2 * _PAD) / whole

    def _at(self, place: float) -> float:
        return _PAD + (place - (self._plan.bounds.y if self.down else self._plan.bounds.x)) * self._unit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())
            event.accept()

    def _go(self, point: QPointF) -> None:
        at = point.y() if self.down else point.x()
        self.moved.emit((self._plan.bounds.y if self.down else self._plan.bounds.x) + (at - _PAD) / self._unit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        window, bounds = self._window, self._plan.bounds
        middle, seen = (window.cy, window.h) if self.down else (window.cx, window.w)
        ends = (bounds.y, bounds.bottom) if self.down else (bounds.x, bounds.right)
        goals = {
            Qt.Key.Key_Up: middle - seen / 4,
            Qt.Key.Key_Left: middle - seen / 4,
            Qt.Key.Key_Down: middle + seen / 4,
            Qt.Key.Key_Right: middle + seen / 4,
            Qt.Key.Key_PageUp: middle - seen,
            Qt.Key.Key_PageDown: middle + seen,
            Qt.Key.Key_Home: ends[0],
            Qt.Key.Key_End: ends[1],
        }
        goal = goals.get(Qt.Key(event.key()))
        if goal is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(min(max(goal, ends[0]), ends[1]))
