"""Classes as bars: label, bar and percent, most probable first. A row can be pointed at, chosen and copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from resviz.engine import messages as m
from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import STALE
from resviz.gui.panels.prediction.opinion import Row, as_text
from resviz.gui.panels.prediction.words import logit_text, percent, points
from resviz.gui.theme import BODY, CAPTION, font

ROWS = 5
#: Rows are no higher than the first. Lower than the second they stand in two columns, or in one in small print; lower
#: than the third the last ones go.
_HIGH, _FAIR, _LOW = 30.0, 17.0, 12.0
#: A column has room for a label, a bar and a percentage.
_WIDE = 216.0
_GAP = 20.0


class Bars(QWidget):
    """The first bar in the accent, all grey when untrained."""

    #: The index of a clicked class; -1 when it was the chosen one, which is chosen no more.
    class_chosen = Signal(int)
    #: The class under the pointer; -1 for none.
    class_pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.trained = True
        #: The class that is marked, -1 for none.
        self.chosen = -1
        self.room = ROWS
        #: The list beside, where both have the same classes in the same rows.
        self.peer: Bars | None = None
        self._labelled = True
        self._stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Likeliest classes"))

    @property
    def scores(self) -> tuple[m.Score, ...]:
        """What the rows say."""
        return tuple(row.score for row in self.rows)

    def show_scores(self, scores: tuple[m.Score, ...], trained: bool) -> None:
        self.show_rows(tuple(Row(score) for score in scores), trained)

    def show_rows(self, rows: Sequence[Row], trained: bool, labelled: bool = True) -> None:
        """Without labels they are those of the bars beside; the room is for those alone."""
        self.rows, self.trained, self._labelled = tuple(rows[: self.room]), trained, labelled
        said = ", ".join(f"{row.score.label} {percent(row.score.probability)}" for row in self.rows)
        self.setAccessibleDescription(said)
        self.setCursor(Qt.CursorShape.PointingHandCursor if rows else Qt.CursorShape.ArrowCursor)
        self.update()

    def set_room(self, rows: int) -> None:
        """How many rows there are places for."""
        if rows != self.room:
            self.room = rows
            self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def choose(self, index: int) -> None:
        """Mark a class; -1 for none."""
        if index != self.chosen:
            self.chosen = index
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, ROWS * 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, ROWS * int(_FAIR))

    # --- places --------------------------------------------------------------------------------------------

    def places(self) -> list[QRectF]:
        """A place for each row that there is room for, in one column or two."""
        crowded = self.height() / self.room < _FAIR and self.peer is None  # with a peer the rows stay side by side
        columns = 2 if crowded and self.width() >= 2 * _WIDE + _GAP else 1
        each = -(-self.room // columns)
        each = min(each, max(1, int(self.height() / _LOW)))
        height = min(self.height() / each, _HIGH)
        width = (self.width() - (columns - 1) * _GAP) / columns
        return [
            QRectF((row // each) * (width + _GAP), (row % each) * height, width, height)
            for row in range(min(self.room, each * columns))
        ]

    def row_at(self, at: QPoint) -> Row | None:
        """The row under the pointer."""
        found = (row for row, place in zip(self.rows, self.places(), strict=False) if place.contains(QPointF(at)))
        return next(found, None)

    def _label_width(self, place: QRectF) -> float:
        return max(72.0, min(place.width() * 0.34, 200.0)) if self._labelled else 0.0

    def track(self) -> float:
        """How long a bar of 100 % can be."""
        place = self.places()[0]
        _plain, bold = _fonts(place.height())
        right = QFontMetrics(bold).horizontalAdvance("100.0 %") + 12.0
        if any(row.difference is not None for row in self.rows):
            right += _difference_width()
        return place.width() - self._label_width(place) - right

    def _shared_track(self) -> float:
        """As long in two lists that are compared: the eye compares lengths."""
        return min(self.track(), self.peer.track()) if self.peer is not None else self.track()

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(STALE if self._stale else 1.0)
        best = max((row.score.probability for row in self.rows), default=0.0)
        for at, place in enumerate(self.places()):
            row = self.rows[at] if at < len(self.rows) else None
            if row is not None or not self.rows:  # of two classes there are no empty places for more
                self._paint_row(painter, place, row, row is None or row.score.probability == best)

    def _paint_row(self, painter: QPainter, place: QRectF, row: Row | None, first: bool) -> None:
        left = self._label_width(place)
        plain, bold = _fonts(place.height())
        if row is not None:
            self._paint_ground(painter, place, row.score.index)
            painter.setFont(bold if first else plain)
            painter.setPen(QColor(colours().text if self.trained else colours().muted))
            if row.difference is not None:
                place = self._paint_difference(painter, place, row.difference)
            self._paint_words(painter, place, row.score, left)
        thick = min(12.0, place.height() * 0.55)
        track = QRectF(place.x() + left, place.center().y() - thick / 2, self._shared_track(), thick)
        if track.width() <= thick:
            return
        if row is not None and row.whole is not None:
            track = self._paint_whole(painter, track, row.whole)
        self._paint_bar(painter, track, row.score.probability if row else 0.0, first)

    def _paint_words(self, painter: QPainter, place: QRectF, score: m.Score, left: float) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, percent(score.probability))
        if left:
            label = painter.fontMetrics().elidedText(score.label, Qt.TextElideMode.ElideRight, int(left) - 12)
            painter.drawText(place.adjusted(0, 0, left - place.width(), 0), middle, label)

    def _paint_difference(self, painter: QPainter, place: QRectF, difference: float) -> QRectF:
        """At the right end; returns the place that is left."""
        used, ink = painter.font(), painter.pen()
        painter.setFont(font(CAPTION))
        text = points(difference)
        colour = colours().muted if text == "0.0" else colours().added if difference > 0 else colours().removed
        painter.setPen(QColor(colour))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.setFont(used)
        painter.setPen(ink)
        return place.adjusted(0, 0, -_difference_width(), 0)

    def _paint_ground(self, painter: QPainter, place: QRectF, index: int) -> None:
        if index == self.chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours().tint))
            painter.drawRoundedRect(place.adjusted(-4, 0, 4, 0), 4, 4)

    def _paint_whole(self, painter: QPainter, track: QRectF, share: float) -> QRectF:
        """What the whole network says, as a thin bar below; returns the track that is left."""
        thin = max(2.0, round(track.height() * 0.3))
        track = track.adjusted(0, -thin / 2, 0, -thin / 2 - 1)
        painter.fillRect(QRectF(track.x(), track.bottom() + 2, track.width(), thin), QColor(colours().control))
        painter.fillRect(QRectF(track.x(), track.bottom() + 2, track.width() * share, thin), QColor(colours().identity))
        return track

    def _paint_bar(self, painter: QPainter, track: QRectF, share: float, first: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        round_ = track.height() / 2
        painter.setBrush(QColor(colours().control))
        painter.drawRoundedRect(track, round_, round_)
        if share <= 0:
            return
        colour = QColor(colours().accent if self.trained else colours().identity)
        if not first:
            colour.setAlphaF(0.5)
        painter.setBrush(colour)
        # A share too small for a round bar is a sliver of its true width, cut from the track's round end.
        painter.save()
        painter.setClipRect(QRectF(track.x(), track.y(), track.width() * share, track.height()))
        if track.width() * share >= 2 * round_:
            track = track.adjusted(0, 0, -track.width() * (1 - share), 0)
        painter.drawRoundedRect(track, round_, round_)
        painter.restore()

    # --- pointer and keys ----------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        self.class_pointed.emit(row.score.index if row else -1)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.class_pointed.emit(-1)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = self.row_at(event.pos())
            QToolTip.showText(event.globalPos(), self.hint(row) if row else "", self)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and _copies(event):
            event.accept()
            return True
        return super().event(event)

    def hint(self, row: Row) -> str:
        """All there is to say about a class."""
        parts = [row.score.label, self.tr("class {index}").format(index=row.score.index)]
        if row.logit is not None:
            parts.append(self.tr("logit {logit}").format(logit=logit_text(row.logit)))
        parts.append(percent(row.score.probability))
        if row.whole is not None:
            change = points(row.score.probability - row.whole)
            parts.append(
                self.tr("whole network {before}: {points} points").format(before=percent(row.whole), points=change)
            )
        elif row.difference is not None:
            parts.append(self.tr("{points} points from the other network").format(points=points(row.difference)))
        return " · ".join(parts)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self._take(-1 if row.score.index == self.chosen else row.score.index)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif step is not None and self.rows:
            self._step(step)
        elif event.key() == Qt.Key.Key_Escape and self.chosen >= 0:
            self._take(-1)
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """The rows as text, with all figures."""
        QGuiApplication.clipboard().setText(as_text(self.rows))

    def _step(self, step: int) -> None:
        """To the next class, and no further than the ends."""
        shown = [row.score.index for row in self.rows[: len(self.places())]]
        at = shown.index(self.chosen) + step if self.chosen in shown else 0
        self._take(shown[min(max(at, 0), len(shown) - 1)])

    def _take(self, index: int) -> None:
        self.choose(index)
        self.class_chosen.emit(index)


def _copies(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)


def _difference_width() -> float:
    return QFontMetrics(font(CAPTION)).horizontalAdvance("+100.0") + 8.0


def _fonts(height: float) -> tuple[QFont, QFont]:
    """Of a row, and of the first one."""
    px = BODY if height >= _FAIR else CAPTION
    return font(px), font(px, QFont.Weight.DemiBold)
