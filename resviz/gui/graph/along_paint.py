"""Thumbnails, strengths and lesions along the graph, painted in the view's px."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import isnan, log10

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from resviz.drawing.palette import Palette
from resviz.engine.messages import LesionRow, Pixels, Strength
from resviz.gui.graph.along import HEAD, HEAD_BESIDE, Along, Column
from resviz.gui.graph.overlays import metrics
from resviz.gui.graph.painter import font
from resviz.gui.theme import mixed

#: The scale of ‖F(x)‖ / ‖x‖, and the cosine whose colour is full.
LEAST_RATIO, MOST_RATIO, FULL_COSINE = 0.01, 10.0, 0.5
_STALE = 0.45
_HEAD_PX, _TEXT_PX = 10.5, 10.0
#: A bar thinner than this has no figure beside it.
_WRITTEN = 10.0
#: From dark to bright, as steady for every eye as matplotlib's map of that name.
_VIRIDIS = ("#440154", "#472D7B", "#3B528B", "#2C728E", "#21918C", "#28AE80", "#5EC962", "#ADDC30", "#FDE725")


def _tr(text: str) -> str:
    return QCoreApplication.translate("GraphView", text)


def _table() -> Pixels:
    """`(256, 3)`: the colour of each level."""
    stops = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in _VIRIDIS], float)
    at = np.linspace(0, len(stops) - 1, 256)
    mixed = [np.interp(at, range(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.stack(mixed, 1).round().astype(np.uint8)


_TABLE = _table()


class Frames:
    """Thumbnails as pictures, each made when it is first seen."""

    def __init__(self, film: Mapping[str, Pixels]) -> None:
        self._film = film
        self._made: dict[str, QImage] = {}

    def of(self, block: str) -> QImage | None:
        if block not in self._film:
            return None
        if block not in self._made:
            pixels = np.ascontiguousarray(_TABLE[self._film[block]])
            high, wide = pixels.shape[:2]
            image = QImage(pixels.data, wide, high, 3 * wide, QImage.Format.Format_RGB888)
            self._made[block] = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        return self._made[block]


def share_of(ratio: float) -> float:
    """How long the bar of a ratio is: 0 to 1, logarithmic, cut at both ends."""
    if ratio <= 0:
        return 0.0
    span = log10(MOST_RATIO / LEAST_RATIO)
    return min(max(log10(ratio / LEAST_RATIO) / span, 0.0), 1.0)


@lru_cache(maxsize=512)
def colour_of(cosine: float, palette: Palette) -> QColor:
    """From one colour over grey to another: F against x, across it, along it."""
    end = palette.conv if cosine > 0 else palette.fc
    return mixed(palette.identity, end, min(abs(cosine) / FULL_COSINE, 1.0))


class AlongPainter:
    """Paints columns that are laid out already."""

    def __init__(self, along: Along, frames: Frames, palette: Palette, down: bool) -> None:
        self._along, self._frames, self._palette, self._down = along, frames, palette, down

    def paint(self, painter: QPainter, columns: list[Column]) -> None:
        for column in columns:
            if not column.slots or not self._known(column):
                continue
            painter.save()
            head = HEAD if self._down else HEAD_BESIDE
            inside = column.rect.adjusted(0, head, 0, 0) if self._down else column.rect.adjusted(head, 0, 0, 0)
            painter.setClipRect(inside, Qt.ClipOperation.IntersectClip)
            stale = self._along.sweep_stale if column.name == "sweep" else self._along.stale
            painter.setOpacity(_STALE if stale else 1.0)
            {"film": self._film, "ribbon": self._ribbon, "sweep": self._sweep}[column.name](painter, column)
            painter.restore()
            self._head(painter, column)

    def _known(self, column: Column) -> bool:
        known = {"film": self._along.film, "ribbon": self._along.strengths, "sweep": self._along.sweep}
        return bool(known[column.name])

    def _head(self, painter: QPainter, column: Column) -> None:
        """What a column shows, at the edge of the view as long as any of it is in sight."""
        said = {"film": _tr("output"), "ribbon": "‖F‖ / ‖x‖", "sweep": _tr("without it")}[column.name]
        painter.setPen(QColor(self._palette.muted))
        painter.setFont(font(_HEAD_PX, True))
        rect, align = column.rect, Qt.AlignmentFlag.AlignVCenter
        wide = metrics(_HEAD_PX, True).horizontalAdvance(said)
        if self._down:
            spare = max(wide - rect.width(), 0)
            rect = QRectF(rect.left() - spare / 2, rect.top(), rect.width() + spare, HEAD)
            align |= Qt.AlignmentFlag.AlignHCenter if column.name == "film" else Qt.AlignmentFlag.AlignLeft
        else:
            rect = QRectF(rect.left() + 8, rect.top(), HEAD_BESIDE - 8, rect.height())
        painter.drawText(rect, align, said)

    # --- thumbnails -------------------------------------------------------------------------------------------------

    def _film(self, painter: QPainter, column: Column) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(QColor(self._palette.line), 1)
        for block, rect in column.slots:
            image = self._frames.of(block)
            if image is not None:
                painter.drawImage(rect, image)
                if rect.width() > 20:
                    painter.setPen(pen)
                    painter.drawRect(rect)

    # --- bars -------------------------------------------------------------------------------------------------------

    def _ribbon(self, painter: QPainter, column: Column) -> None:
        painter.setPen(QPen(QColor(self._palette.muted), 1, Qt.PenStyle.DotLine))
        whole = column.slots[0].rect.united(column.slots[-1].rect).adjusted(0, -4, 0, 4)
        one = self._part(whole if self._down else whole.adjusted(-4, 4, 4, -4), share_of(1.0), share_of(1.0))
        painter.drawLine(one.topLeft(), one.bottomLeft() if self._down else one.topRight())
        for block, rect in column.slots:
            strength = self._along.strengths.get(block)
            if strength is not None:
                self._strength(painter, rect, strength)

    def _strength(self, painter: QPainter, rect: QRectF, strength: Strength) -> None:
        share = share_of(strength.ratio)
        bar = self._part(rect, 0.0, share)
        self._bar(painter, bar, colour_of(round(strength.cosine, 2), self._palette))
        self._written(
            painter, rect, share, f"{strength.ratio:.2f}" if strength.ratio < 9.995 else f"{strength.ratio:.0f}"
        )

    def _sweep(self, painter: QPainter, column: Column) -> None:
        for block, rect in column.slots:
            row = self._along.sweep.get(block)
            if row is not None:
                self._lesion(painter, rect, row)

    def _lesion(self, painter: QPainter, rect: QRectF, row: LesionRow) -> None:
        """What is left in the accent, what is lost pale in red, what is won in green, on a track up to 100 %."""
        self._bar(painter, rect, QColor(self._palette.control))
        if isnan(row.after):  # without it the network says nothing
            return
        low, high = sorted((row.before, row.after))
        lost = QColor(self._palette.removed if row.after < row.before else self._palette.added)
        self._bar(painter, self._part(rect, low, high), lost)
        self._bar(painter, self._part(rect, 0.0, low), QColor(self._palette.accent))

    def _part(self, rect: QRectF, start: float, end: float) -> QRectF:
        """A stretch of a bar, from and to a share of its column's breadth."""
        if self._down:
            return QRectF(rect.left() + start * rect.width(), rect.top(), (end - start) * rect.width(), rect.height())
        return QRectF(rect.left(), rect.top() + start * rect.height(), rect.width(), (end - start) * rect.height())

    def _bar(self, painter: QPainter, rect: QRectF, colour: QColor) -> None:
        painter.fillRect(rect, colour)

    def _written(self, painter: QPainter, rect: QRectF, share: float, text: str) -> None:
        """A figure after a bar, where there is room."""
        if (rect.height() if self._down else rect.width()) < _WRITTEN:
            return
        wide = metrics(_TEXT_PX, False).horizontalAdvance(text) + 4
        if self._down:
            free = (1 - share) * rect.width()
            if free < wide:
                return
            place = QRectF(rect.left() + share * rect.width() + 4, rect.top(), wide, rect.height())
        else:
            if (1 - share) * rect.height() < 14:
                return
            place = QRectF(rect.center().x() - wide, rect.top() + share * rect.height(), 2 * wide, 14)
        painter.setFont(font(_TEXT_PX))
        painter.setPen(QColor(self._palette.muted))
        align = Qt.AlignmentFlag.AlignLeft if self._down else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter, text)
