"""The table of a sweep, as narrow as its panel: figures whole, names as much as there is room for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from resviz.gui.panels.lesions.rows import Column, SweepModel
from resviz.gui.theme import BODY, font

_ROW, _AIR = 24, 18
#: Where there is less room than this, the shortcut's kind is in the tooltip alone.
_LEAST = 440
_TEXTS = {Column.AFTER: "> 99.9 % ", Column.CHANGE: "Points ↓ ", Column.KIND: "projection 512→1024"}


class SweepTable(QTableView):
    """Sorted by any column; one row at a time is selected."""

    def __init__(self, model: SweepModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._widths: dict[Column, int] = {}
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.BLOCK, Qt.SortOrder.AscendingOrder)
        self.setAccessibleName(self.tr("What each block is worth"))
        self.setMinimumHeight(90)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(24)
        model.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetrics(font(BODY))
        names = [row.block for row in self._model.rows] or ["layer1.10"]
        widest = max(names, key=len)
        for column, text in {Column.BLOCK: f"{widest} ↓", **_TEXTS}.items():
            self._widths[Column(column)] = metrics.horizontalAdvance(text) + _AIR
            self.setColumnWidth(column, self._widths[Column(column)])
        self._hide()

    def _hide(self) -> None:
        """The shortcut's kind where there is no room for it; the class that a folder's pictures do not have."""
        classes = any(row.top_after for row in self._model.rows) or not self._model.rows
        self.setColumnHidden(Column.TOP, not classes)
        figures = (Column.BLOCK, Column.AFTER, Column.CHANGE, Column.KIND)
        least = _LEAST if classes else sum(self._widths[each] for each in figures)
        self.setColumnHidden(Column.KIND, self.width() < least)
        last = Column.TOP if classes else Column.KIND if self.width() >= least else Column.CHANGE
        head = self.horizontalHeader()
        for each in (*figures, Column.TOP):
            stretched = QHeaderView.ResizeMode.Stretch if each == last else QHeaderView.ResizeMode.Interactive
            head.setSectionResizeMode(each, stretched)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hide()
