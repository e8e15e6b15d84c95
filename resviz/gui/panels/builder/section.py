"""A heading that folds what is under it away, and says in a line what is unusual there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from resviz.gui.panels.controls import colours, column
from resviz.gui.theme import CAPTION, font

_LINE, _WITH_SUMMARY, _INDENT, _DOT = 32, 48, 16, 6


class FoldHeader(QAbstractButton):
    """Chevron, title, and where there is a summary a dot and a second line. Checked is unfolded.

    Space and Enter toggle; Right unfolds, Left folds, as in a tree.
    """

    def __init__(self, title: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.summary, self._hint = "", hint
        self.setToolTip(hint)
        self.toggled.connect(self._tell)
        self._tell()

    def set_summary(self, text: str) -> None:
        """What is not as usual; empty where nothing is."""
        if text != self.summary:
            self.summary = text
            self.setToolTip(f"{self._hint}\n{text}" if text else self._hint)
            self._tell()
            self.updateGeometry()
            self.update()

    def _tell(self) -> None:
        folded = self.tr("unfolded") if self.isChecked() else self.tr("folded")
        self.setAccessibleName(", ".join(filter(None, [self.text(), self.summary, folded])))

    def sizeHint(self) -> QSize:
        return QSize(120, _WITH_SUMMARY if self.summary else _LINE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wanted = {Qt.Key.Key_Right: True, Qt.Key.Key_Left: False}.get(Qt.Key(event.key()))
        if wanted is not None:
            self.setChecked(wanted)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_state(painter)
        middle = _LINE / 2 if not self.summary else 16.0
        self._paint_chevron(painter, middle)
        self._paint_words(painter, middle)
        painter.end()

    def _paint_state(self, painter: QPainter) -> None:
        theme, area = colours(), QRectF(self.rect()).adjusted(-0.5, 2.5, -0.5, -2.5)
        painter.setPen(QPen(QColor(theme.accent)) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.control) if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area.adjusted(1, 0, 0, 0), 6, 6)

    def _paint_chevron(self, painter: QPainter, y: float) -> None:
        painter.setPen(QPen(QColor(colours().muted), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = [QPointF(1, y - 2), QPointF(5, y + 2), QPointF(9, y - 2)]
        if not self.isChecked():
            points = [QPointF(3, y - 4), QPointF(7, y), QPointF(3, y + 4)]
        painter.drawPolyline(points)

    def _paint_words(self, painter: QPainter, y: float) -> None:
        theme, width = colours(), self.width() - _INDENT - 4
        large, small = font(CAPTION + 1, QFont.Weight.Medium), font(CAPTION)
        painter.setPen(QColor(theme.text))
        painter.setFont(large)
        title = QRect(_INDENT, round(y) - 10, width, 20)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, self.text())
        if not self.summary:
            return
        right = _INDENT + QFontMetrics(large).horizontalAdvance(self.text()) + 8
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        shown = QFontMetrics(small).elidedText(self.summary, Qt.TextElideMode.ElideRight, width)
        painter.drawText(title.translated(0, 16), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(QRectF(right, y - _DOT / 2, _DOT, _DOT))


class Section(QWidget):
    """A header over a body that shows only while it is unfolded. `folded` comes with every change.

    `fill` makes what is in the body when it is first asked for: the window opens without it.
    """

    folded = Signal()

    def __init__(self, title: str, hint: str, fill: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fill: Callable[[], None] | None = fill
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.header = FoldHeader(title, hint, self)
        self.body = QWidget(self)
        self.rows: QVBoxLayout = column(self.body, 6, (_INDENT, 2, 0, 12))
        self.body.hide()
        parts = column(self)
        parts.addWidget(self.header)
        parts.addWidget(self.body)
        self.header.toggled.connect(self._fold)

    @property
    def is_open(self) -> bool:
        return self.header.isChecked()

    def set_open(self, is_open: bool) -> None:
        self.header.setChecked(is_open)

    def _fold(self, is_open: bool) -> None:
        if is_open and self._fill is not None:
            fill, self._fill = self._fill, None
            fill()  # before the body shows: what comes later is shown by the event loop, and flickers
        self.body.setVisible(is_open)
        self.header.update()
        self.folded.emit()
