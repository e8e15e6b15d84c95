"""The network's input with a map or an effective field laid over it, and what one cell sees drawn on it."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.panels.maps.cells import filling
from resviz.gui.panels.maps.fields import Span
from resviz.gui.panels.picture import PictureView

_VEIL, _THIN_VEIL = QColor(0, 0, 0, 90), QColor(0, 0, 0, 30)


class Overlay(NamedTuple):
    """A picture over the input, and what of the input it covers."""

    image: QImage
    span: Span


class InputView(PictureView):
    """In pixels of the input; what lies in the padding, outside of it, is not drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.over: Overlay | None = None
        #: What a cell sees, its own square, and the square that holds most of its effective field.
        self.field: Span | None = None
        self.cell: Span | None = None
        self.effective: Span | None = None
        self.setAccessibleName(self.tr("The network's input with the channel laid over it"))

    def _dots(self) -> QSize:
        return filling(self, self._image)

    def lay_over(self, over: Overlay | None) -> None:
        self.over = over
        self.update()

    def show_field(self, field: Span | None, cell: Span | None) -> None:
        if (field, cell) != (self.field, self.cell):
            self.field, self.cell = field, cell
            self.update()

    def show_effective(self, effective: Span | None) -> None:
        self.effective = effective
        self.update()

    def to_view(self, span: Span) -> QRectF:
        """A rectangle of the input on screen; it may lie outside of the picture."""
        rect = self.picture_rect()
        scale = rect.width() / max(1, self.image.width())
        return QRectF(
            rect.left() + span.left * scale, rect.top() + span.top * scale, span.width * scale, span.height * scale
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        rect = self.picture_rect()
        if rect.isEmpty():
            return
        painter = QPainter(self)
        painter.setClipRect(rect)
        if self.over is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(self.to_view(self.over.span), self.over.image)
        if self.field is not None:
            self._paint_field(painter, self.to_view(self.field))
        if self.effective is not None:
            _outline(painter, self.to_view(self.effective), QColor(colours().relu), Qt.PenStyle.DashLine)
        if self.cell is not None:
            self._paint_cell(painter, self.to_view(self.cell))

    def _paint_field(self, painter: QPainter, field: QRectF) -> None:
        outside, inside = QPainterPath(), QPainterPath()
        outside.addRect(self.picture_rect())
        inside.addRect(field)
        painter.fillPath(outside.subtracted(inside), _VEIL if self.over is None else _THIN_VEIL)
        _outline(painter, field, QColor(colours().accent), Qt.PenStyle.SolidLine)

    def _paint_cell(self, painter: QPainter, cell: QRectF) -> None:
        """No smaller than can be seen."""
        spare = max(0.0, (5 - cell.width()) / 2)
        _outline(painter, cell.adjusted(-spare, -spare, spare, spare), QColor("white"), Qt.PenStyle.SolidLine)


def _outline(painter: QPainter, rect: QRectF, colour: QColor, style: Qt.PenStyle) -> None:
    """A line that shows on every ground."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, width, line in ((QColor(0, 0, 0, 150), 3.0, Qt.PenStyle.SolidLine), (colour, 1.5, style)):
        painter.setPen(QPen(ink, width, line))
        painter.drawRect(rect)
