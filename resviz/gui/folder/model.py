"""The pictures as rows: filtered and sorted here, row by row as they come, so that thousands stay quick."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from resviz.engine.messages import BatchRow
from resviz.gui.folder import columns
from resviz.gui.folder.columns import FIGURES, Column
from resviz.gui.folder.results import Entry, Results
from resviz.gui.panels.controls import wrapped

Index = QModelIndex | QPersistentModelIndex
#: The delegate asks for a row's entry with this role.
ENTRY = Qt.ItemDataRole.UserRole
MARKS = (" ↑", " ↓")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
#: More new rows at once than this are sorted in one go.
_MANY = 200


@dataclass(frozen=True)
class Filter:
    """Which rows show. `kind`: all, wrong or errors; `true` and `guess` are classes, empty for any."""

    words: tuple[str, ...] = ()
    kind: str = "all"
    true: str = ""
    guess: str = ""

    def passes(self, entry: Entry) -> bool:
        """Whether an entry shows."""
        if self.kind == "wrong" and entry.is_right is not False:
            return False
        if self.kind == "errors" and not entry.row.error:
            return False
        if (self.true and entry.true != self.true) or (self.guess and entry.guess != self.guess):
            return False
        if not self.words:
            return True
        text = " ".join((entry.name, entry.guess, entry.true, entry.row.error)).casefold()
        return all(word in text for word in self.words)


class PictureModel(QAbstractTableModel):
    """`shown` are the entries that pass the filter, in ascending order, whichever way the table shows them."""

    def __init__(self, results: Results, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.results, self.filter = results, Filter()
        self.shown: list[Entry] = []
        self._keys: list[tuple[Any, ...]] = []
        self._order: list[tuple[tuple[Any, ...], Entry]] | None = None
        """All entries in order, as long as none has come: filters need not sort them again."""
        self._sorted = (int(Column.FILE), Qt.SortOrder.AscendingOrder)

    # --- what is shown ----------------------------------------------------------------------------------

    def show_all(self) -> None:
        """After everything has changed."""
        self._order = None
        self._show()

    def _show(self) -> None:
        self.beginResetModel()
        if self._order is None:
            every = self.results.entries.values()
            self._order = sorted(((columns.key(each, self._sorted[0]), each) for each in every), key=lambda p: p[0])
        pairs = [pair for pair in self._order if self.filter.passes(pair[1])]
        self._keys, self.shown = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        self.endResetModel()

    def add(self, rows: Sequence[BatchRow]) -> None:
        """More rows; one whose path is there already takes its place."""
        self._order = None
        pairs = [self.results.add(row) for row in rows]
        if len(pairs) > _MANY:
            self.show_all()
            return
        for entry, former in pairs:
            if former is not None:
                self._remove(former)
            if self.filter.passes(entry):
                self._insert(entry)

    def _insert(self, entry: Entry) -> None:
        key = columns.key(entry, self._sorted[0])
        place = bisect_left(self._keys, key)
        row = self._row(place, len(self.shown) + 1)
        self.beginInsertRows(QModelIndex(), row, row)
        self._keys.insert(place, key)
        self.shown.insert(place, entry)
        self.endInsertRows()

    def _remove(self, entry: Entry) -> None:
        place = bisect_left(self._keys, columns.key(entry, self._sorted[0]))
        if place >= len(self.shown) or self.shown[place].path != entry.path:
            return
        row = self._row(place, len(self.shown))
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._keys[place], self.shown[place]
        self.endRemoveRows()

    def _row(self, place: int, count: int) -> int:
        """Where the table has what stands at a place of `shown`; the other way round as well."""
        return place if self._sorted[1] == Qt.SortOrder.AscendingOrder else count - 1 - place

    def entry(self, row: int) -> Entry:
        return self.shown[self._row(row, len(self.shown))]

    def row_of(self, path: str) -> int:
        """The row of a file, -1 where it is not shown."""
        entry = self.results.entries.get(path)
        if entry is None:
            return -1
        place = bisect_left(self._keys, columns.key(entry, self._sorted[0]))
        found = place < len(self.shown) and self.shown[place].path == path
        return self._row(place, len(self.shown)) if found else -1

    def in_order(self) -> list[Entry]:
        """The entries as the table shows them."""
        return self.shown if self._sorted[1] == Qt.SortOrder.AscendingOrder else self.shown[::-1]

    def set_filter(self, chosen: Filter) -> None:
        if chosen != self.filter:
            self.filter = chosen
            self._show()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column."""
        if column < 0 or column in columns.UNSORTED:
            return
        again, self._sorted = column == self._sorted[0], (column, order)
        if not again:
            self.show_all()
            return
        self.beginResetModel()  # the same, from the other end
        self.endResetModel()

    # --- what Qt asks -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry, column = self.entry(index.row()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return columns.text(entry, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in FIGURES else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(self._hint(entry))
        return entry if role == ENTRY else None

    def _hint(self, entry: Entry) -> str:
        scores = [f"{label}  {columns.percent(share)}" for label, share in entry.top]
        return "\n".join(filter(None, [entry.path, entry.row.error, *scores]))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return columns.heading(section) + self._mark(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(columns.hint(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in FIGURES else _LEFT
        return None

    def _mark(self, section: int) -> str:
        column, order = self._sorted
        return MARKS[order == Qt.SortOrder.DescendingOrder] if section == column else ""
