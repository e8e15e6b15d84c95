"""How the parts of the view of explanations stand: in one column, or with the picture in one of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QStackedWidget, QWidget

from resviz.gui.document import Document
from resviz.gui.panels.controls import Segmented, column, row
from resviz.gui.panels.explain import words
from resviz.gui.panels.explain.chips import Chips
from resviz.gui.panels.explain.controls_row import LayRow
from resviz.gui.panels.explain.laid_view import LaidView
from resviz.gui.panels.explain.layer_row import LayerRow
from resviz.gui.panels.explain.scale import ColourScale
from resviz.gui.panels.explain.status import StatusLine
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.settings import Settings

METHOD_KEY = "explain/method"
#: From this width on the picture has a column of its own.
_WIDE = 680
#: In a narrower one the slider has no number beside it.
_FAIR = 400


class WhyPage(QWidget):
    """Its parts, and where they are; what they do is `WhyView`'s."""

    def __init__(self, document: Document, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method = Segmented(words.methods(), self.tr("Method"))
        self.chips, self.status, self.warning = Chips(self.tr("Class")), StatusLine(), ElidedLabel("warning")
        self.view = LaidView(self.tr("What the network saw, with what speaks for the class in red, against it in blue"))
        self.lay, self.scale = LayRow(settings), ColourScale()
        self.layers, self.empty = LayerRow(document), QLabel()
        remembered = settings.text(METHOD_KEY)
        self.method.set_value(remembered if remembered in words.METHODS else words.METHODS[0])
        self._build()

    def _build(self) -> None:
        self.method.set_tight()
        self.warning.setText(self.tr("untrained: predictions mean nothing"))
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(24, 0, 24, 0)
        self._top, self._below = QWidget(), QWidget()
        top = column(self._top, 6)
        for widget in (self.method, self.chips, self.warning, self.status):
            top.addWidget(widget)
        below = column(self._below, 6)
        laying = row(spacing=10)
        laying.addWidget(self.lay, 1)
        laying.addWidget(self.scale)
        below.addLayout(laying)
        below.addWidget(self.layers)
        below.addStretch(1)
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(16, 4, 16, 12)
        self._grid.setSpacing(8)
        self._is_wide: bool | None = None
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(content)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.area)
        column(self).addWidget(self.pages)
        self._lay_out()

    def _lay_out(self) -> None:
        """In one column, or with the picture in one of its own."""
        wide = self.width() >= _WIDE
        if wide == self._is_wide:
            return
        self._is_wide = wide
        places = ((0, 1, 1, 1), (0, 0, 2, 1), (1, 1, 1, 1)) if wide else ((0, 0, 1, 1), (1, 0, 1, 1), (2, 0, 1, 1))
        for widget, place in zip((self._top, self.view, self._below), places, strict=True):
            self._grid.addWidget(widget, *place)
        self._grid.setRowStretch(1, 1)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnMinimumWidth(1, 340 if wide else 0)
        self._grid.setHorizontalSpacing(20 if wide else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay.percent.setVisible(self.width() >= _FAIR)
        self._lay_out()
