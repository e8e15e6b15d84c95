"""What the zones of the bottom strip are made of: a caption over a body over a line of small print."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from resviz.gui.panels.controls import caption, colours, repolish
from resviz.gui.theme import BODY, font

HEADER, FOOT, MARGIN = 24, 18, 16


class ElidedLabel(QLabel):
    """One line that gives way: what does not fit ends in an ellipsis and is whole in the tooltip."""

    def __init__(self, role: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)

    def set_role(self, role: str) -> None:
        """Another style; the style sheet is asked again only when it is another."""
        if role != self.property("role"):
            self.setProperty("role", role)
            repolish(self)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), self.alignment(), text)


class Headline(QWidget):
    """A name in bold: two lines if one is not enough, broken anywhere if it must be, whole in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font(BODY, QFont.Weight.DemiBold))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.text, self._warns = "", False

    def set_text(self, text: str) -> None:
        self.text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._fit()
        self.update()

    def warn(self, warns: bool) -> None:
        self._warns = warns
        self.update()

    def _fit(self) -> None:
        metrics = QFontMetrics(self.font())
        lines = 2 if metrics.horizontalAdvance(self.text) > self.width() else 1
        self.setFixedHeight(lines * metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(colours().warning if self._warns else colours().text))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        painter.drawText(QRectF(self.rect()), self.text, option)


def upright(parent: QWidget | None = None) -> QFrame:
    """A hairline between two zones."""
    line = QFrame(parent)
    line.setProperty("role", "hairline")
    line.setFixedWidth(1)
    return line


class Zone(QWidget):
    """`header` has the caption and what stands to its right, `foot` is one line of small print."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption = caption(title)
        head = QWidget()
        head.setFixedHeight(HEADER)
        self.header = QHBoxLayout(head)
        self.header.setContentsMargins(0, 0, 0, 0)
        self.header.setSpacing(12)
        self.header.addWidget(self.caption)
        self.header.addStretch(1)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.foot = ElidedLabel()
        self.foot.setFixedHeight(FOOT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 8, MARGIN, 8)
        layout.setSpacing(4)
        layout.addWidget(head)
        layout.addLayout(self.body, 1)
        layout.addWidget(self.foot)
