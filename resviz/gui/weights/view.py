"""The table of weights: rows of one height, the bar of a download in the last column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from resviz.gui.panels.controls import colours
from resviz.gui.theme import CAPTION, font
from resviz.gui.weights.catalogue import Transfer
from resviz.gui.weights.model import TRANSFER, Column, Shown, WeightsModel

_ROW_HEIGHT = 28
_BAR = 4.0
#: Where the style sheet has the headings begin: in the first column, and in the others.
_FIRST, _SIDE = 12, 6
#: Least widths of the columns that give way, and the widest texts of the others.
_LEAST = {Column.NAME: 208, Column.ARCHITECTURE: 108}
_WIDEST = {
    Column.DATA: "ImageNet-1K",
    Column.TOP1: "100.0 %",
    Column.SIZE: "999.9 MB",
    Column.LICENCE: "ImageNet terms",
    Column.PLACE: "to download...",
}
_FIRST_TO_GO = (Column.LICENCE, Column.DATA)


class Cell(QStyledItemDelegate):
    """Words under their heading, without the frame of the one cell that has the focus."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        ground = QColor(colours().tint if option.state & QStyle.StateFlag.State_Selected else colours().panel)
        painter.fillRect(option.rect, ground)
        place = option.rect.adjusted(_FIRST if index.column() == Column.NAME else _SIDE, 0, -_SIDE, 0)
        how = Qt.TextElideMode.ElideMiddle if index.column() == Column.NAME else Qt.TextElideMode.ElideRight
        painter.setFont(option.font)
        painter.setPen(QColor(colours().text))
        text = option.fontMetrics.elidedText(option.text, how, place.width())
        painter.drawText(place, option.displayAlignment, text)
        self.decorate(painter, place, index)

    def decorate(self, painter: QPainter, place: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """What stands in the cell besides the words."""


class PlaceCell(Cell):
    """A bar under the words while a download is under way."""

    def decorate(self, painter: QPainter, place: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        transfer = index.data(TRANSFER)
        if not isinstance(transfer, Transfer):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(place).adjusted(0, 0, -6, -2)
        track.setTop(track.bottom() - _BAR)
        painter.setBrush(QColor(colours().line))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
        painter.setBrush(QColor(colours().accent))
        track.setWidth(track.width() * transfer.share)
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
        painter.restore()


class WeightsView(QTableView):
    """`chosen` is Return or a double click on a row."""

    chosen = Signal()

    def __init__(self, model: WeightsModel, shown: Shown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weights = model
        self.setModel(shown)
        self.setItemDelegate(Cell(self))
        self.setItemDelegateForColumn(Column.PLACE, PlaceCell(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFont(font(CAPTION + 1))
        self.setAccessibleName(self.tr("Trained weights"))
        self.setCornerWidget(QWidget(self))  # Qt's own is a box with a frame
        self.doubleClicked.connect(lambda _index: self.chosen.emit())
        self._set_headers()

    def _set_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setHighlightSections(False)
        columns.setSortIndicatorClearable(True)
        columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def sizeHint(self) -> QSize:
        return QSize(760, 420)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self.fit_columns()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Figures and words get the room they need, the names share the rest; where that is little, what the details
        say too goes."""
        metrics = QFontMetrics(font(CAPTION + 1))
        widths = {column: metrics.horizontalAdvance(text) + 16 for column, text in _WIDEST.items()}
        room, least = self.viewport().width(), sum(_LEAST.values())
        for column in _FIRST_TO_GO:
            if sum(widths.values()) + least > room:
                del widths[column]
        rest = max(least, room - sum(widths.values()))
        widths[Column.NAME] = max(_LEAST[Column.NAME], round(rest * 0.62))
        widths[Column.ARCHITECTURE] = rest - widths[Column.NAME]
        for column in Column:
            self.setColumnHidden(column, column not in widths)
            self.setColumnWidth(column, widths.get(column, 0))
