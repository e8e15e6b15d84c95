"""The forward pass on each device, painted: who, how long, how steadily, how much faster, how far off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from resviz.arch.costs import METRICS
from resviz.engine import messages as m
from resviz.gui.panels.controls import colours, wrapped
from resviz.gui.panels.figures import NONE
from resviz.gui.theme import BODY, CAPTION, font

_TALL, _GAP, _BAR = 58, 8, 6
_TOP, _LINE = 4, 18
#: A row without figures has no bar.
_LOW = 44


def difference(value: float | None) -> str:
    """`0`, `< 0.0001`, `0.0087`: the largest difference of a probability."""
    if value is None:
        return NONE
    return "0" if value == 0 else "< 0.0001" if value < 0.0001 else f"{value:.4f}"


class RaceRows(QWidget):
    """Rows of a race under each other; bars share one scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[m.RaceRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Forward pass on each device"))

    def show_rows(self, rows: Sequence[m.RaceRow]) -> None:
        self.rows = tuple(rows)
        self.setAccessibleDescription("; ".join(", ".join(filter(None, self.cells(row))) for row in self.rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, sum(map(_height, self.rows)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    # --- words ---------------------------------------------------------------------------------------------

    def cells(self, row: m.RaceRow) -> tuple[str, ...]:
        """Who, median, quartiles, times faster than the first row, difference, what it is made of or what is wrong."""
        who = f"{row.title} · {self._way(row.way)}" if row.way else row.title
        if row.error:
            return who, "", "", "", "", row.error
        text = METRICS["time"].text
        spread = self.tr("{low} to {high}").format(low=text(row.low), high=text(row.high))
        return who, text(row.ms), spread, f"{self._faster(row):.2f}×", difference(row.difference), row.how

    def _way(self, way: str) -> str:
        return {"exact": self.tr("exact"), "fast": self.tr("fast")}.get(way, way)

    def _faster(self, row: m.RaceRow) -> float:
        base = next((each.ms for each in self.rows if each.ms), 0.0)
        return base / row.ms if row.ms else 0.0

    def as_text(self) -> str:
        """Columns divided by tabs, as spreadsheets take them."""
        head = (
            self.tr("Device"),
            self.tr("Median"),
            self.tr("Quartiles"),
            self.tr("Times faster"),
            self.tr("Largest difference"),
            self.tr("Made of"),
        )
        return "\n".join("\t".join(cells) for cells in (head, *map(self.cells, self.rows)))

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0
        for row in self.rows:
            self._paint(painter, QRect(0, top, self.width(), _height(row)), row)
            top += _height(row)
        painter.end()

    def _paint(self, painter: QPainter, area: QRect, row: m.RaceRow) -> None:
        who, ms, _, faster, off, rest = self.cells(row)
        theme = colours()
        inner = area.adjusted(0, _TOP, 0, -_TOP)
        first = QRect(inner.left(), inner.top(), inner.width(), _LINE)
        bold, plain = font(BODY, QFont.Weight.DemiBold), font(CAPTION + 1)
        used = 0
        if ms:
            best = row.ms == min(each.ms for each in self.rows if each.ms)
            used += _put(painter, first, faster, plain, theme.muted, used, least=52)
            used += _put(painter, first, ms, bold, theme.accent if best else theme.text, used)
        ink = theme.text if ms else theme.muted
        _put_left(painter, first.adjusted(0, 0, -used, 0), who, bold if ms else font(BODY), ink, len(row.title))
        last = QRect(inner.left(), inner.bottom() - _LINE + 1, inner.width(), _LINE)
        used = _put(painter, last, f"Δ {off}", plain, theme.muted, 0) if ms else 0
        _put_left(painter, last.adjusted(0, 0, -used, 0), rest, plain, theme.muted)
        if ms:
            self._paint_bar(painter, QRectF(inner.left(), first.bottom() + 4, inner.width(), _BAR), row)

    def _paint_bar(self, painter: QPainter, track: QRectF, row: m.RaceRow) -> None:
        """The median as a bar, the middle half of the passes as a line across its end."""
        theme = colours()
        scale = track.width() / max(max(each.ms, each.high) for each in self.rows)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.control))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
        painter.setBrush(QColor(theme.accent if row.way == "fast" else theme.muted))
        bar = QRectF(track.left(), track.top(), max(row.ms * scale, _BAR), _BAR)
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setBrush(QColor(theme.text))
        low, high = row.low * scale, row.high * scale
        middle = track.center().y()
        painter.drawRect(QRectF(low, middle - 0.75, max(high - low, 1.5), 1.5))
        for end in (low, max(high - 1.5, low)):
            painter.drawRect(QRectF(end, track.top() - 1, 1.5, _BAR + 2))

    # --- pointer -------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = self._at(event.pos())
            QToolTip.showText(event.globalPos(), wrapped(self.hint(row)) if row is not None else "", self)
            return True
        return super().event(event)

    def _at(self, place: QPoint) -> m.RaceRow | None:
        top = 0
        for row in self.rows:
            top += _height(row)
            if place.y() < top:
                return row
        return None

    def hint(self, row: m.RaceRow) -> str:
        """All of a row in words, a line each."""
        who, ms, spread, faster, off, rest = self.cells(row)
        if row.error:
            return f"{who}\n{rest}"
        return "\n".join(
            (
                f"{who}: {rest}",
                self.tr("Median {median} of {count} passes; the middle half took {spread}").format(
                    median=ms, count=row.runs, spread=spread
                ),
                self.tr("{faster} the speed of the exact way on the CPU").format(faster=faster),
                self.tr("No probability differs from that by more than {difference}").format(difference=off)
                if row.difference is not None
                else self.tr("The numbers overflowed: there is no probability to compare"),
            )
        )


def _height(row: m.RaceRow) -> int:
    return _LOW if row.error else _TALL


def _put(painter: QPainter, area: QRect, text: str, used: QFont, ink: str, right: int, least: int = 0) -> int:
    """Text at the right, `right` px from the edge; returns the room it takes."""
    width = max(QFontMetrics(used).horizontalAdvance(text), least)
    painter.setFont(used)
    painter.setPen(QColor(ink))
    place = QRect(area.right() + 1 - right - width, area.top(), width, area.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    return width + _GAP


def _put_left(painter: QPainter, area: QRect, text: str, used: QFont, ink: str, giving: int | None = None) -> None:
    """Text at the left; of one too long the first `giving` letters give way, all of it without that."""
    painter.setFont(used)
    painter.setPen(QColor(ink))
    metrics, at = QFontMetrics(used), len(text) if giving is None else giving
    room = area.width() - metrics.horizontalAdvance(text[at:])
    shown = metrics.elidedText(text[:at], Qt.TextElideMode.ElideRight, room) + text[at:]
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
