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
_TEXTS = {Column.AFTER: "100.0 %", Column.CHANGE: "Points ↓", Column.KIND: "projection 512→1024"}


class SweepTable(QTableView):
    """Sorted by any column; one row at a time is selected."""

    def __init__(self, model: SweepModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
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
        head.setSectionResizeMode(Column.TOP, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetrics(font(BODY))
        names = [row.block for row in self._model.rows] or ["layer1.10"]
        widest = max(names, key=len)
        for column, text in {Column.BLOCK: f"{widest} ↓", **_TEXTS}.items():
            self.setColumnWidth(column, metrics.horizontalAdvance(text) + _AIR)
        self.setColumnHidden(Column.KIND, self.width() < _LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setColumnHidden(Column.KIND, self.width() < _LEAST)
