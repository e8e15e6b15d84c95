"""How the parts of the view of explanations stand: in one column, or with the picture in one of its own."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QScrollArea, QStackedWidget, QWidget

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
#: The picture is no lower; all layers show below it in a window of 1280×800 then, px.
_LEAST = 160
#: In a panel lower than this, and at least so wide, the picture has what is said of it beside it.
_LOW, _BESIDE = 430, 340
Place = tuple[int, int, int, int]


class Shape(NamedTuple):
    """Where the parts are: the method, the classes, what is said, the picture, how it is laid, the layers."""

    #: Row, column, and how many of either.
    places: tuple[Place, Place, Place, Place, Place, Place]
    #: The row that takes the height that is left.
    grows: int
    #: Of the two columns' widths.
    shares: tuple[int, int]
    #: The second column's least width, and what is between the two, px.
    second: int = 0
    between: int = 0


UPRIGHT = Shape(((0, 0, 1, 1), (1, 0, 1, 1), (2, 0, 1, 1), (3, 0, 1, 1), (4, 0, 1, 1), (5, 0, 1, 1)), 3, (1, 0))
WIDE = Shape(((0, 1, 1, 1), (1, 1, 1, 1), (2, 1, 1, 1), (0, 0, 6, 1), (3, 1, 1, 1), (4, 1, 1, 1)), 5, (1, 0), 340, 20)
LEVEL = Shape(((0, 0, 1, 2), (2, 1, 1, 1), (1, 0, 1, 2), (2, 0, 3, 1), (4, 1, 1, 1), (5, 0, 1, 2)), 3, (1, 1), 0, 12)


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
        self.view.setMinimumHeight(_LEAST)
        self.warning.setText(self.tr("untrained: predictions mean nothing"))
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(24, 0, 24, 0)
        self._said, self._laying = QWidget(), QWidget()
        said = column(self._said, 2)
        for widget in (self.warning, self.status):
            said.addWidget(widget)
        self._lay_line = row(self._laying, 10)
        self._lay_line.addWidget(self.lay, 1)
        self._lay_line.addWidget(self.scale)
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(16, 2, 16, 8)
        self._grid.setSpacing(6)
        self._shape: Shape | None = None
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

    def _fitting(self) -> Shape:
        """For the room there is."""
        if self.width() >= _WIDE:
            return WIDE
        return LEVEL if self.height() < _LOW and self.width() >= _BESIDE else UPRIGHT

    def _lay_out(self) -> None:
        """In one column; in much width, and in little height, with the picture in one of its own."""
        shape = self._fitting()
        if shape == self._shape:
            return
        self._shape = shape
        parts = (self.method, self.chips, self._said, self.view, self._laying, self.layers)
        for widget, place in zip(parts, shape.places, strict=True):
            self._grid.addWidget(widget, *place)
        for at in range(len(parts)):
            self._grid.setRowStretch(at, int(at == shape.grows))
        for at, share in enumerate(shape.shares):
            self._grid.setColumnStretch(at, share)
        self._grid.setColumnMinimumWidth(1, shape.second)
        self._grid.setHorizontalSpacing(shape.between)
        self._grid.setVerticalSpacing(3 if shape == LEVEL else 6)
        # In a narrow column the scale stands under what it is the scale of.
        way = QBoxLayout.Direction.TopToBottom if shape == LEVEL else QBoxLayout.Direction.LeftToRight
        self._lay_line.setDirection(way)
        self._lay_line.setSpacing(4 if shape == LEVEL else 10)
        self._show_percent()

    def _show_percent(self) -> None:
        self.lay.percent.setVisible(self.width() >= _FAIR and self._shape != LEVEL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self._show_percent()
