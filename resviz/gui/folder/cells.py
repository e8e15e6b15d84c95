"""How the cells of the table of many pictures are painted, and the table itself."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QKeyEvent, QKeySequence, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from resviz.drawing.palette import Palette
from resviz.gui.folder import columns
from resviz.gui.folder.columns import FIGURES, RIGHT, WRONG, Column
from resviz.gui.folder.model import ENTRY, Index, PictureModel
from resviz.gui.folder.results import Entry
from resviz.gui.panels import figures
from resviz.gui.panels.controls import colours
from resviz.gui.theme import BODY, CAPTION, font

ROW, PICTURE = 40, 34
_GAP, _EDGE = 6, 12
_BAR = 2
_MOST_PICTURES = 400
_WIDTHS = {
    Column.THUMB: PICTURE + _EDGE + _GAP,
    Column.FILE: 160,
    Column.TOP: 104,
    Column.CONFIDENCE: 88,
    Column.SECOND: 126,
    Column.TRUE: 96,
    Column.MARK: 46,
    Column.SIZE: 84,
    Column.MS: 62,
    Column.ERROR: 160,
}
#: A file's name gets what is left, and at least this.
_LEAST = 96
#: What others may grow by where there is more room, in turn.
_GROW = {Column.TOP: 60, Column.ERROR: 200, Column.SECOND: 70, Column.TRUE: 60}


class PictureCells(QStyledItemDelegate):
    """The small picture; a bar under the confidence; right and wrong in words' stead."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(parent)
        self._pixmaps: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry, column = index.data(ENTRY), index.column()
        theme = colours()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.tint))
        if column == Column.THUMB:
            self._paint_picture(painter, option.rect, theme, entry)
        else:
            _paint_text(painter, option.rect, theme, entry, column)
        if column == Column.CONFIDENCE and entry.top:
            _paint_bar(painter, option.rect, theme, entry)
        painter.restore()

    def _paint_picture(self, painter: QPainter, cell: QRect, theme: Palette, entry: Entry) -> None:
        place = QRectF(cell.left() + _EDGE, cell.center().y() - PICTURE / 2 + 0.5, PICTURE, PICTURE)
        pixmap = self._pixmap(entry)
        if pixmap.isNull():
            painter.setPen(QColor(theme.error))
            painter.setBrush(QColor(theme.control))
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "!")
            return
        share = min(PICTURE / pixmap.width(), PICTURE / pixmap.height())
        width, height = pixmap.width() * share, pixmap.height() * share
        target = QRectF(place.center().x() - width / 2, place.center().y() - height / 2, width, height)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()))

    def _pixmap(self, entry: Entry) -> QPixmap:
        """Unpacked when it comes into sight: a few kilobytes take a tenth of a millisecond."""
        key = entry.path, id(entry.row)
        if key in self._pixmaps:
            self._pixmaps.move_to_end(key)
            return self._pixmaps[key]
        pixmap = QPixmap()
        if entry.row.thumb:
            pixmap.loadFromData(entry.row.thumb, "JPEG")
        self._pixmaps[key] = pixmap
        if len(self._pixmaps) > _MOST_PICTURES:
            self._pixmaps.popitem(last=False)
        return pixmap


def _paint_text(painter: QPainter, cell: QRect, theme: Palette, entry: Entry, column: int) -> None:
    text = columns.text(entry, column)
    used = font(CAPTION + 1)
    ink = theme.text
    if column == Column.TOP and entry.top:
        used = font(BODY, QFont.Weight.DemiBold)
    if column in (Column.SECOND, Column.SIZE, Column.MS) or text == figures.NONE:
        ink = theme.muted
    if column == Column.ERROR or text == WRONG:
        ink = theme.error
    elif text == RIGHT:
        ink = theme.added
    painter.setFont(used)
    painter.setPen(QColor(ink))
    area = cell.adjusted(_GAP, 0, -_GAP, 0)
    elide = Qt.TextElideMode.ElideMiddle if column == Column.FILE else Qt.TextElideMode.ElideRight
    side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
    shown = painter.fontMetrics().elidedText(text, elide, area.width())
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_bar(painter: QPainter, cell: QRect, theme: Palette, entry: Entry) -> None:
    room = cell.width() - 2 * _GAP
    bar = QRectF(cell.left() + _GAP, cell.bottom() - 6, room, _BAR)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.control))
    painter.drawRoundedRect(bar, 1, 1)
    length = room * entry.confidence
    painter.setBrush(QColor(theme.error if entry.is_right is False else theme.accent))
    painter.drawRoundedRect(bar.adjusted(room - length, 0, 0, 0), 1, 1)


class PictureView(QTableView):
    """`wanted` carries the entry to look at: double-clicked, or chosen by Enter."""

    wanted = Signal(object)

    def __init__(self, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = model
        self.setModel(model)
        self.setItemDelegate(PictureCells(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAccessibleName(self.tr("Pictures"))
        self.setCornerWidget(QWidget(self))  # Qt's own is a box with a frame
        self._set_headers()
        self.copy_rows = QAction(self.tr("Copy rows"), self, shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_rows.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.addAction(self.copy_rows)
        self.doubleClicked.connect(lambda index: self.wanted.emit(model.entry(index.row())))

    def _set_headers(self) -> None:
        rows, heads = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setMinimumSectionSize(40)
        heads.setHighlightSections(False)
        heads.setStretchLastSection(False)
        heads.setSortIndicator(Column.FILE, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def show_columns(self, classes: bool, errors: bool) -> None:
        """Columns that have nothing to tell are not there."""
        for column in columns.OF_CLASSES:
            self.setColumnHidden(column, not classes)
        self.setColumnHidden(Column.ERROR, not errors)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The file's name takes the room that is left; of much, classes with long names get a part."""
        widths = {each: width for each, width in _WIDTHS.items() if not self.isColumnHidden(each)}
        room = self.viewport().width() - sum(widths.values())
        for column, most in _GROW.items():
            if column in widths and room > 0:
                more = min(room // 2, most)
                widths[column] += more
                room -= more
        widths[Column.FILE] = max(widths[Column.FILE] + room, _LEAST)
        for column, width in widths.items():
            self.horizontalHeader().resizeSection(column, width)

    def chosen(self) -> list[Entry]:
        """The selected entries, top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.pictures.entry(row) for row in rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self.wanted.emit(self.pictures.entry(current.row()))
        elif event.matches(QKeySequence.StandardKey.Copy):  # Qt's own copies a single cell
            self.copy_rows.trigger()
        else:
            super().keyPressEvent(event)
