"""The table of layers and the sums under it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QWidget

from resviz.arch.costs import METRICS
from resviz.gui.panels import figures
from resviz.gui.panels.layers.cells import LayerCells, column_widths
from resviz.gui.panels.layers.columns import SUMMED, Column
from resviz.gui.panels.layers.model import LayerModel
from resviz.gui.theme import CAPTION, font

_ROW_HEIGHT = 28
#: More air after the last column.
_LAST = 6


class LayerView(QTableView):
    """Rows of one height, columns that fit without a horizontal scroll bar."""

    def __init__(self, model: LayerModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._layers = model
        self.setModel(model)
        self.setItemDelegate(LayerCells(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAccessibleName(self.tr("Layers"))
        self.setCornerWidget(QWidget(self))  # Qt's own is a box with a frame
        self._set_headers()
        self.copy_rows = QAction(self.tr("Copy rows"), self, shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_rows.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.addAction(self.copy_rows)

    def _set_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(24)
        columns.setHighlightSections(False)
        columns.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        columns.setSortIndicatorClearable(True)
        columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def shows(self, index: QModelIndex) -> bool:
        """Whether a row is in sight."""
        return self.viewport().rect().contains(self.visualRect(index).center())

    def fit_columns(self) -> None:
        """Figures get the room they need, the id the rest; where that is little the type is smaller."""
        room = self.viewport().width()
        widths = column_widths(self._layers, room, font(CAPTION + 1))
        tight = widths.get(Column.OPERATOR) == 0
        if tight:
            widths = column_widths(self._layers, room, font(CAPTION))
        self.setFont(font(CAPTION if tight else CAPTION + 1))
        self._let_scroll(sum(widths.values()) > room)
        for section in Column:
            self.setColumnHidden(section, not widths.get(section))
            if widths.get(section):
                self.setColumnWidth(section, widths[section])

    def _let_scroll(self, needed: bool) -> None:
        """Sideways only where huge figures leave no other way: else a bar would flash on resizing."""
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(policy.ScrollBarAsNeeded if needed else policy.ScrollBarAlwaysOff)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()


class Totals(QWidget):
    """The sums, each under its column."""

    def __init__(self, table: QTableView, parent: QWidget) -> None:
        super().__init__(parent)
        self._header = table.horizontalHeader()
        self.count = QLabel(self)
        self.sums = {column: QLabel(self) for column in SUMMED}
        self.params, self.macs = self.sums[Column.PARAMS], self.sums[Column.MACS]
        for label in (self.count, *self.sums.values()):
            label.setProperty("role", "sum")
            label.setIndent(0)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(34)
        self._header.sectionResized.connect(self.place)
        table.horizontalScrollBar().valueChanged.connect(self.place)

    def show_sums(self, text: str, sums: dict[Column, Any]) -> None:
        """The number of layers, and what columns add up to; the last column stands off the edge."""
        self.count.setText(text)
        hints = {
            Column.PARAMS: self.tr("{sum} parameters in the rows shown"),
            Column.BUFFERS: self.tr("{sum} buffers in the rows shown"),
            Column.MACS: self.tr("{sum} MACs in the rows shown"),
            Column.BYTES: self.tr("{sum} bytes of activations in the rows shown"),
            Column.MS: self.tr("{sum} for the rows shown"),
        }
        time = METRICS["time"].text
        figure = {Column.MACS: figures.count, Column.BYTES: figures.size, Column.MS: time}
        for column, label in self.sums.items():
            label.setText(figure.get(column, figures.exact)(sums[column]) if column in sums else "")
            exactly = time if column == Column.MS else figures.exact
            label.setToolTip(hints[column].format(sum=exactly(sums.get(column, 0))))
        self.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Right-aligned to the columns; a sum may be wider than any figure above it, and gives way to the count."""
        self.count.move(12, 0)
        free = self.count.sizeHint().width() + 12
        last = self._last()
        for column, label in self.sums.items():
            right = self._header.sectionViewportPosition(column) + self._header.sectionSize(column)
            label.resize(label.sizeHint().width(), self.height())
            label.move(right - label.width() - (_LAST if column == last else 0), 0)
            label.setVisible(not self._header.isSectionHidden(column) and label.x() >= free)
        first = min((label.x() for label in self.sums.values() if not label.isHidden()), default=self.width())
        self.count.resize(max(first - 12, free), self.height())

    def _last(self) -> int:
        """The last column that shows."""
        shown = [at for at in range(self._header.count()) if not self._header.isSectionHidden(at)]
        return shown[-1] if shown else -1
