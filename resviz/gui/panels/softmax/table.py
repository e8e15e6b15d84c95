"""The table of the steps: a row a class, a column a step, each figure over a small bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import STALE
from resviz.gui.panels.softmax.steps import Cell, StepRow
from resviz.gui.theme import BODY, CAPTION, font

_HEAD, _ROW, _SUM = 38.0, 30.0, 28.0
#: Names have what the figures leave, from the first to the second.
_NAMES_LEAST, _NAMES_MOST = 80.0, 200.0
_FIGURES = 64.0
_GAP = 10.0
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class StepsTable(QWidget):
    """Classes can be picked; two at a time are marked."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[StepRow, ...] = ()
        self.sum = ("", "", "")
        self.pair: tuple[int, ...] = ()
        #: The row that the keys are on, -1 for none.
        self.current = -1
        self._trained, self._stale = True, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Softmax, step by step"))
        self.heads = (
            (self.tr("logit"), "z"),
            (self.tr("÷ T"), "z/T"),
            (self.tr("exp"), "z/T − max"),
            (self.tr("÷ sum"), "p"),
        )
        self._hints = (
            self.tr("What the network's last layer says: any number, and only differences count"),
            self.tr("Divided by the temperature"),
            self.tr("e to the power of it, after the largest is taken away: nothing overflows, and p is the same"),
            self.tr("Divided by the sum of all, so that they add up to 100 %: the probability"),
        )

    def show_rows(self, rows: Sequence[StepRow], total: str, trained: bool, name: str) -> None:
        """`total` is the sum of all powers; `name` names the row of sums."""
        self.rows, self.sum, self._trained = tuple(rows), (name, total, "100 %"), trained
        self.current = min(self.current, len(self._classes()) - 1)
        said = ", ".join(f"{row.name} {row.cells[0].text} → {row.cells[-1].text}" for row in rows)
        self.setAccessibleDescription(said)
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def set_pair(self, pair: tuple[int, ...]) -> None:
        if pair != self.pair:
            self.pair = pair
            self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(380, int(_HEAD + _ROW * len(self.rows) + _SUM))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def _classes(self) -> list[StepRow]:
        return [row for row in self.rows if row.number >= 0]

    # --- places --------------------------------------------------------------------------------------------

    def place(self, row: int) -> QRectF:
        """Where a row is."""
        return QRectF(0, _HEAD + row * _ROW, self.width(), _ROW)

    def _names_width(self) -> float:
        return min(max(self.width() - len(self.heads) * _FIGURES, _NAMES_LEAST), _NAMES_MOST)

    def _cell(self, place: QRectF, column: int) -> QRectF:
        left = self._names_width()
        wide = (place.width() - left) / len(self.heads)
        return QRectF(left + column * wide + _GAP, place.y(), wide - _GAP, place.height())

    def _row_at(self, at: QPointF) -> int:
        return next((row for row in range(len(self.rows)) if self.place(row).contains(at)), -1)

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(STALE if self._stale else 1.0)
        self._paint_head(painter)
        for at, row in enumerate(self.rows):
            self._paint_row(painter, self.place(at), row, at)
        self._paint_sum(painter, QRectF(0, _HEAD + _ROW * len(self.rows), self.width(), _SUM))

    def _paint_head(self, painter: QPainter) -> None:
        for column, (step, what) in enumerate(self.heads):
            place = self._cell(QRectF(0, 0, self.width(), _HEAD - 8), column)
            painter.setFont(font(CAPTION + 1, QFont.Weight.DemiBold))
            painter.setPen(QColor(colours().text))
            painter.drawText(place.adjusted(0, 0, 0, -place.height() / 2), _RIGHT, step)
            painter.setFont(font(CAPTION))
            painter.setPen(QColor(colours().muted))
            painter.drawText(place.adjusted(-_GAP, place.height() / 2, 0, 0), _RIGHT, what)
        self._paint_line(painter, _HEAD - 4)

    def _paint_line(self, painter: QPainter, y: float) -> None:
        painter.fillRect(QRectF(0, y, self.width(), 1), QColor(colours().line))

    def _paint_row(self, painter: QPainter, place: QRectF, row: StepRow, at: int) -> None:
        marked = row.number in self.pair
        if marked or (self.hasFocus() and at == self.current):
            painter.setPen(QColor(colours().accent) if self.hasFocus() and at == self.current else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours().tint) if marked else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(0.5, 1, -0.5, -1), 5, 5)
        muted = row.number < 0 or not self._trained
        painter.setFont(font(BODY, QFont.Weight.DemiBold if marked else QFont.Weight.Normal))
        painter.setPen(QColor(colours().muted if muted else colours().text))
        self._paint_name(painter, place, row.name)
        for column, cell in enumerate(row.cells):
            self._paint_cell(painter, self._cell(place, column), cell, column == len(self.heads) - 1, muted)

    def _paint_name(self, painter: QPainter, place: QRectF, text: str) -> None:
        room = QRectF(8, place.y(), self._names_width() - 8, place.height())
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, _LEFT, elided)

    def _paint_cell(self, painter: QPainter, place: QRectF, cell: Cell, last: bool, muted: bool) -> None:
        painter.setFont(font(CAPTION + 1, QFont.Weight.DemiBold if last else QFont.Weight.Normal))
        painter.setPen(QColor(colours().muted if muted else colours().text))
        painter.drawText(place.adjusted(-_GAP + 2, 2, 0, -8), _RIGHT, cell.text)
        track = QRectF(place.x(), place.bottom() - 8, place.width(), 4)
        painter.fillRect(track, QColor(colours().control))
        colour = QColor(colours().identity if muted else colours().accent)
        colour.setAlphaF(1.0 if last else 0.5)
        wide = track.width()
        painter.fillRect(track.adjusted(cell.low * wide, 0, -(1 - cell.high) * wide, 0), colour)

    def _paint_sum(self, painter: QPainter, place: QRectF) -> None:
        self._paint_line(painter, place.y() + 2)
        painter.setPen(QColor(colours().muted))
        painter.setFont(font(CAPTION + 1))
        painter.drawText(place.adjusted(8, 4, 0, 0), _LEFT, self.sum[0])  # logits have no sum: their places are free
        for column, text in ((2, self.sum[1]), (3, self.sum[2])):
            painter.drawText(self._cell(place, column).adjusted(-_GAP, 4, 0, 0), _RIGHT, text)

    # --- pointer and keys ----------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._hint(QPointF(event.pos())), self)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and _copies(event):
            event.accept()
            return True
        return super().event(event)

    def _hint(self, at: QPointF) -> str:
        """Over the head what a step is; over a class its whole name."""
        if at.y() < _HEAD:
            columns = [column for column in range(4) if at.x() < self._cell(self.rect().toRectF(), column).right()]
            return self._hints[columns[0]] if columns and at.x() > self._names_width() else ""
        row = self._row_at(at)
        if row < 0:
            return ""
        one = self.rows[row]
        text = f"{one.name} · " + self.tr("class {index}").format(index=one.number)
        return text if one.number >= 0 else one.name

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position())
        if row >= 0 and self.rows[row].number >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.current = row
            self.picked.emit(self.rows[row].number)
        self.update()
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        classes = self._classes()
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif step is not None and classes:
            self.current = min(max(self.current + step, 0), len(classes) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return) and 0 <= self.current < len(classes):
            self.picked.emit(classes[self.current].number)
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """The table as text."""
        head = "\t".join(("", *(f"{step} {what}" for step, what in self.heads)))
        lines = ["\t".join((row.name, *(cell.text for cell in row.cells))) for row in self.rows]
        QGuiApplication.clipboard().setText("\n".join([head, *lines]))


def _copies(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)
