"""The part of the builder that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from resviz.gui.panels.controls import column

#: Air around the controls, above the results, and below them.
MARGIN, ABOVE, BELOW = 16, 8, 14


class Area(QScrollArea):
    """Takes the height of what is in it where there is room, and scrolls where there is not."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.content = QWidget(self)
        self.zones = column(self.content, 6, (MARGIN, 14, MARGIN, 10))
        self.setWidget(self.content)

    def sizeHint(self) -> QSize:
        hint = self.content.sizeHint()
        if self.zones.hasHeightForWidth():  # an error is showing, and wraps
            hint.setHeight(self.zones.totalHeightForWidth(self.viewport().width()))
        return hint

    def _keep_height(self) -> None:
        """Text that wraps has a least height that Qt's scroll area does not see: the rows would be squeezed."""
        wraps = self.zones.hasHeightForWidth()
        least = self.zones.totalHeightForWidth(self.viewport().width()) if wraps else 0
        if least != self.content.minimumHeight():
            self.content.setMinimumHeight(least)

    def settle(self) -> None:
        """Lay out now, not when the event loop comes round."""
        self._keep_height()
        self.zones.activate()
        self.updateGeometry()

    def scrolls(self) -> bool:
        return self.verticalScrollBar().maximum() > 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The scroll bar takes its room from the margin: nothing moves sideways."""
        super().resizeEvent(event)
        bar = self.width() - self.viewport().width()
        self.zones.setContentsMargins(MARGIN, 14, MARGIN - min(bar, MARGIN), 10)
        self._keep_height()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._keep_height()
            self.updateGeometry()
        return super().eventFilter(watched, event)
