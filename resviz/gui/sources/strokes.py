"""What is drawn on a sheet of paper: strokes of a pen and an eraser, smoothed; undo and redo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

#: Dots of the paper along a side. The network sees far fewer.
SIDE = 560
_PAPER, _INK = QColor("white"), QColor("black")
#: A pen that is pressed lightly draws so much of its width.
_LIGHTEST = 0.35


@dataclass
class Stroke:
    """Points on the paper with how hard the pen was pressed, 0 to 1."""

    width: float
    erases: bool = False
    points: list[tuple[QPointF, float]] = field(default_factory=list)


class Drawing:
    """Strokes in order and the paper they are on, kept painted."""

    def __init__(self) -> None:
        self.image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
        self._strokes: list[Stroke] = []
        self._before: list[list[Stroke]] = []
        self._after: list[list[Stroke]] = []
        self._open: Stroke | None = None
        self._repaint()

    @property
    def is_blank(self) -> bool:
        """Whether there is no ink."""
        return all(stroke.erases for stroke in self._strokes)

    @property
    def is_drawing(self) -> bool:
        return self._open is not None

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def begin(self, at: QPointF, width: float, erases: bool = False, pressure: float = 1.0) -> None:
        """Put the pen on the paper: a dot."""
        self._keep()
        self._open = Stroke(width, erases, [(at, pressure)])
        self._strokes = [*self._strokes, self._open]
        self._paint_newest(self._open)

    def move(self, at: QPointF, pressure: float = 1.0) -> None:
        """Draw on to a point."""
        if self._open is not None and at != self._open.points[-1][0]:
            self._open.points.append((at, pressure))
            self._paint_newest(self._open)

    def end(self) -> None:
        """Take the pen off: the line goes to where it was last."""
        if self._open is not None:
            with _painter(self.image) as painter:
                _finish(painter, self._open)
            self._open = None

    def clear(self) -> None:
        """A new sheet; undo brings the old one back."""
        self.end()
        if self._strokes:
            self._keep()
            self._strokes = []
            self._repaint()

    def undo(self) -> None:
        self.end()
        if self._before:
            self._after.append(self._strokes)
            self._strokes = self._before.pop()
            self._repaint()

    def redo(self) -> None:
        self.end()
        if self._after:
            self._before.append(self._strokes)
            self._strokes = self._after.pop()
            self._repaint()

    def _keep(self) -> None:
        self._before.append(self._strokes)
        self._after = []

    def _repaint(self) -> None:
        self.image.fill(_PAPER)
        with _painter(self.image) as painter:
            for stroke in self._strokes:
                for count in range(1, len(stroke.points) + 1):
                    _step(painter, stroke, count)
                _finish(painter, stroke)

    def _paint_newest(self, stroke: Stroke) -> None:
        with _painter(self.image) as painter:
            _step(painter, stroke, len(stroke.points))


@contextmanager
def _painter(image: QImage) -> Iterator[QPainter]:
    """A painter that ends with the block: a picture must not be copied while it is painted on."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()


def _width(stroke: Stroke, pressure: float) -> float:
    return stroke.width * (1.0 if stroke.erases else _LIGHTEST + (1 - _LIGHTEST) * pressure)


def _pen(stroke: Stroke, pressure: float) -> QPen:
    ink = _PAPER if stroke.erases else _INK
    round_ = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(ink, _width(stroke, pressure), Qt.PenStyle.SolidLine, *round_)


def _step(painter: QPainter, stroke: Stroke, count: int) -> None:
    """What the last of the first `count` points adds: a curve between the middles of the lines that join them."""
    points = stroke.points[max(0, count - 3) : count]
    at, pressure = points[-1]
    if count == 1:
        radius = _width(stroke, pressure) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PAPER if stroke.erases else _INK)
        painter.drawEllipse(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius))
        return
    path = QPainterPath()
    before = points[-2][0]
    if count == 2:
        path.moveTo(before)
        path.lineTo((before + at) / 2)
    else:
        path.moveTo((points[-3][0] + before) / 2)
        path.quadTo(before, (before + at) / 2)
    painter.strokePath(path, _pen(stroke, (points[-2][1] + pressure) / 2))


def _finish(painter: QPainter, stroke: Stroke) -> None:
    """From the middle of the last line to its end."""
    if len(stroke.points) > 1:
        (before, _), (at, pressure) = stroke.points[-2:]
        painter.setPen(_pen(stroke, pressure))
        painter.drawLine((before + at) / 2, at)
