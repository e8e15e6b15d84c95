"""What a sweep found, a row a block, in the order of any column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from resviz.arch.spec import ResNetSpec
from resviz.engine.messages import LesionRow
from resviz.gui.off_words import PLAIN, passages, without_branch
from resviz.gui.panels.controls import colours, faint, wrapped
from resviz.gui.panels.prediction.words import percent, points

Index = QModelIndex | QPersistentModelIndex
_MARKS = {Qt.SortOrder.AscendingOrder: " ↑", Qt.SortOrder.DescendingOrder: " ↓"}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    """What the table has."""

    BLOCK = 0
    AFTER = 1
    CHANGE = 2
    TOP = 3
    KIND = 4


def left(row: LesionRow) -> float:
    """What is left without the block, for comparing: nothing where the network says nothing."""
    return 0.0 if math.isnan(row.after) else row.after


class SweepModel(QAbstractTableModel):
    """`rows` are in the order of the trunk, `shown` in that of the table."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[LesionRow, ...] = ()
        self.shown: list[LesionRow] = []
        self.trained = True
        self._spec: ResNetSpec | None = None
        self._sorted = (int(Column.BLOCK), Qt.SortOrder.AscendingOrder)

    def show_rows(self, rows: Sequence[LesionRow], spec: ResNetSpec, trained: bool) -> None:
        """Of an untrained network the rows are grey: they mean nothing."""
        self.beginResetModel()
        self.rows, self._spec, self.trained = tuple(rows), spec, trained
        self._put_in_order()
        self.endResetModel()

    def _put_in_order(self) -> None:
        column, order = self._sorted
        keys = {
            Column.KIND: lambda row: row.kind,
            Column.AFTER: left,
            Column.CHANGE: lambda row: left(row) - row.before,
            Column.TOP: lambda row: row.top_after,
        }
        down = order == Qt.SortOrder.DescendingOrder
        if column == Column.BLOCK:
            self.shown = list(reversed(self.rows)) if down else list(self.rows)
        else:
            self.shown = sorted(self.rows, key=keys[Column(column)], reverse=down)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column >= 0:
            self.beginResetModel()
            self._sorted = (column, order)
            self._put_in_order()
            self.endResetModel()

    def row_of(self, block: str) -> int:
        """Where the table has a block; -1 where it has not."""
        return next((number for number, row in enumerate(self.shown) if row.block == block), -1)

    def as_csv(self) -> str:
        """All rows as the table shows them, with all figures."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("block", "shortcut", "class", "before", "after", "change", "class_after", "pictures"))
        for row in self.shown:
            change = row.after - row.before
            figures = (f"{row.before:.6g}", f"{row.after:.6g}", f"{change:.6g}")
            writer.writerow((row.block, row.kind, row.label, *figures, row.top_after, row.images))
        return text.getvalue()

    # --- what Qt asks -----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in (Column.AFTER, Column.CHANGE) else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(row, column)
        if role == Qt.ItemDataRole.ToolTipRole and self._spec is not None:
            said = without_branch(self._spec, row.block) if row.block in passages(self._spec) else ""
            return wrapped(f"{row.block}\n{said}")
        return None

    def _text(self, row: LesionRow, column: int) -> str:
        if column == Column.KIND:
            return self._kind(row)
        change = points(row.after - row.before)
        return {Column.BLOCK: row.block, Column.AFTER: percent(row.after), Column.CHANGE: change}.get(
            Column(column), row.top_after
        )

    def _kind(self, row: LesionRow) -> str:
        """The shortcut that stays, and whether the block changes the shape."""
        kind = self.tr("plain") if row.kind == PLAIN else row.kind
        passage = passages(self._spec).get(row.block) if self._spec is not None else None
        if passage is None or not passage.changes:
            return kind
        return f"{kind} {passage.before[0]}→{passage.after[0]}"

    def _ink(self, row: LesionRow, column: int) -> QColor | None:
        if not self.trained:
            return QColor(faint())
        theme = colours()
        if column == Column.CHANGE and points(row.after - row.before) != "0.0":
            return QColor(theme.removed if left(row) < row.before else theme.added)
        if column == Column.KIND or (column == Column.TOP and row.top_after == row.label):
            return QColor(theme.muted)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            names = (self.tr("Block"), self.tr("After"), self.tr("Points"), self.tr("Then"), self.tr("Shortcut"))
            return names[section] + (_MARKS[self._sorted[1]] if section == self._sorted[0] else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(self._hints()[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in (Column.AFTER, Column.CHANGE) else _LEFT
        return None

    def _hints(self) -> tuple[str, ...]:
        return (
            self.tr("The block whose residual branch is off"),
            self.tr("The probability of the class that the whole network predicts; of a folder, the accuracy"),
            self.tr("Percentage points from that with the block on"),
            self.tr("The class that is predicted then"),
            self.tr("The shortcut that stays, and the channels where the block changes them"),
        )
