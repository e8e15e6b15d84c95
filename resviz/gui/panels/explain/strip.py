"""Several layers side by side: a thumbnail each, because "which layer?" is what people ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QMenu, QSizePolicy, QWidget

from resviz.gui.panels.controls import colours
from resviz.gui.panels.explain.words import signed
from resviz.gui.panels.picture import RADIUS, STALE
from resviz.gui.theme import CAPTION, font

_LEAST, _MOST, _GAP, _LINE = 52, 66, 6, 15
_REMOVERS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class Item(NamedTuple):
    """A layer to be shown: what it is called here, and its resolution in words."""

    layer: str
    name: str
    shape: str
    #: The selected layer is there only while it is selected.
    kept: bool = True


class Tile(QAbstractButton):
    """One layer's map over the picture, its name and resolution below."""

    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = Item("", "", "")
        self.picture, self.sheet = QImage(), QImage()
        self.shows: object = None
        self.strength, self.is_stale = 1.0, False
        self._end: float | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_item(self, item: Item) -> None:
        self.item = item
        self._end = None
        self._say()
        self.update()

    def show_map(self, picture: QImage, sheet: QImage, shows: object, end: float) -> None:
        """`shows` is told apart from what is shown next; `end` is the value at the ends of this tile's colours."""
        self.picture, self.sheet, self.shows, self._end = picture, sheet, shows, end
        self._say()
        self.update()

    def _say(self) -> None:
        item = self.item
        said = self.tr("Grad-CAM at {layer}, {shape}").format(layer=item.layer, shape=item.shape)
        self.setAccessibleName(said)
        own = self.tr("Its own scale: the strongest red is {end}, the strongest blue {low}")
        scale = own.format(end=signed(self._end), low=signed(-self._end)) if self._end is not None else ""
        how = self.tr("Click to enlarge and select it; Delete takes it out of the row")
        how = how if item.kept else self.tr("Click to enlarge it")
        self.setToolTip("\n".join(filter(None, (said, scale, how))))

    def set_strength(self, strength: float) -> None:
        self.strength = strength
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self.is_stale:
            self.is_stale = stale
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _REMOVERS and self.item.kept:
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.item.kept:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(self.tr("Take {layer} out").format(layer=self.item.name), self.removed.emit)
            menu.popup(event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = self.width()
        place = QRectF(2, 2, side - 4, side - 4)
        self._paint_map(painter, place)
        chosen, theme = self.isChecked(), colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2 if chosen else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 3, 3)
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(theme.accent if chosen else theme.text))
        name = painter.fontMetrics().elidedText(self.item.name, Qt.TextElideMode.ElideLeft, side)
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRectF(0, side, side, _LINE), centre, name)
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(0, side + _LINE, side, _LINE), centre, self.item.shape)
        painter.end()

    def _paint_map(self, painter: QPainter, place: QRectF) -> None:
        if self.sheet.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours().control))
            painter.drawRoundedRect(place, RADIUS / 2, RADIUS / 2)
            return
        dim = STALE if self.is_stale else 1.0
        painter.setOpacity(dim)
        painter.drawImage(place, self.picture)
        painter.setOpacity(dim * self.strength)
        painter.drawImage(place, self.sheet)
        painter.setOpacity(1.0)


class Strip(QWidget):
    """`chosen` and `removed` carry the id of a layer."""

    chosen = Signal(str)
    removed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self, exclusive=True)
        self._group.buttonClicked.connect(self._on_clicked)
        self.tiles: list[Tile] = []

    def show_items(self, items: Sequence[Item], chosen: str) -> None:
        """Tiles that are there stay, so that the focus does."""
        while len(self.tiles) > len(items):
            tile = self.tiles.pop()
            self._group.removeButton(tile)
            tile.hide()
            tile.deleteLater()
        while len(self.tiles) < len(items):
            self.tiles.append(self._new())
        for tile, item in zip(self.tiles, items, strict=True):
            if tile.item != item:
                tile.show_item(item)
            if item.layer == chosen:
                tile.setChecked(True)
        self._lay_out()

    def _new(self) -> Tile:
        tile = Tile(self)
        tile.removed.connect(lambda: self.removed.emit(tile.item.layer))
        self._group.addButton(tile)
        tile.show()
        return tile

    def _on_clicked(self, tile: QAbstractButton) -> None:
        assert isinstance(tile, Tile)
        self.chosen.emit(tile.item.layer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        count = max(len(self.tiles), 1)
        columns = max(1, min(count, (self.width() + _GAP) // (_LEAST + _GAP)))
        side = min(_MOST, (self.width() - (columns - 1) * _GAP) // columns)
        high = side + 2 * _LINE
        for at, tile in enumerate(self.tiles):
            tile.setGeometry((at % columns) * (side + _GAP), (at // columns) * (high + _GAP), side, high)
        rows = -(-count // columns)
        self.setFixedHeight(rows * (high + _GAP) - _GAP)

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())
