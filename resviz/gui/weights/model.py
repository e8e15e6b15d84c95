"""The rows of the table of weights, and which of them show."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from resviz.arch.presets import title_of
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.panels import figures
from resviz.gui.weights import words
from resviz.gui.weights.catalogue import Catalogue, fits

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole
#: The row's `Transfer`, or None.
TRANSFER = Qt.ItemDataRole.UserRole + 1


class Column(IntEnum):
    NAME, ARCHITECTURE, DATA, TOP1, SIZE, LICENCE, PLACE = range(7)


_FIGURES = (Column.TOP1, Column.SIZE)


class WeightsModel(QAbstractTableModel):
    """A row for each of the catalogue's weights."""

    def __init__(self, catalogue: Catalogue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self.rows = catalogue.weights
        tr = self.tr
        self.titles = {
            Column.NAME: (tr("name"), tr("What --weights takes on the command line")),
            Column.ARCHITECTURE: (tr("architecture"), tr("The network they are for")),
            Column.DATA: (tr("data"), tr("What they were trained on")),
            Column.TOP1: (tr("top-1"), tr("Published accuracy: how often the first guess is right")),
            Column.SIZE: (tr("size"), tr("Of the file")),
            Column.LICENCE: (tr("licence"), tr("In short; the whole note is beside the table")),
            Column.PLACE: (tr("where"), tr("On this disk, or how far the download is")),
        }
        catalogue.changed.connect(self.reload)
        catalogue.moved.connect(self._on_moved)

    def reload(self) -> None:
        """Other weights, or another place of them. Rows of the same names stay, with what is selected among them."""
        names = [info.name for info in self.rows]
        if names == [info.name for info in self._catalogue.weights]:
            self.rows = self._catalogue.weights
            self.show_places()
            return
        self.beginResetModel()
        self.rows = self._catalogue.weights
        self.endResetModel()

    def show_places(self) -> None:
        """Weights came into use, or on this disk."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(Column) - 1))

    def _on_moved(self, name: str) -> None:
        for row, info in enumerate(self.rows):
            if info.name == name:
                self.dataChanged.emit(self.index(row, Column.PLACE), self.index(row, Column.PLACE))

    # --- what Qt asks --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        title, hint = self.titles[Column(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        return {Qt.ItemDataRole.DisplayRole: title, Qt.ItemDataRole.ToolTipRole: hint}.get(Qt.ItemDataRole(role))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        info, column = self.rows[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(info, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(info, column)
        if role == SORT:
            return self._sorted_by(info, column)
        return self._catalogue.transfers.get(info.name) if role == TRANSFER else None

    def _text(self, info: m.WeightsInfo, column: Column) -> str:
        match column:
            case Column.NAME:
                return info.name
            case Column.ARCHITECTURE:
                return title_of(info.spec)
            case Column.DATA:
                return info.data or figures.NONE
            case Column.TOP1:
                return words.percent(info.accuracy)
            case Column.SIZE:
                return figures.size(info.size) if info.size else figures.NONE
            case Column.LICENCE:
                return words.licence(info)
            case Column.PLACE:
                return words.place(self._catalogue, info)

    def _hint(self, info: m.WeightsInfo, column: Column) -> str:
        if column is Column.PLACE:
            if (transfer := self._catalogue.transfers.get(info.name)) is not None:
                return words.pace(transfer)
            if (failed := self._catalogue.errors.get(info.name)) is not None:
                return sentence(failed.code, failed.values, failed.message)
            return info.path or info.url
        return self._text(info, column)

    def _sorted_by(self, info: m.WeightsInfo, column: Column) -> Any:
        if column is Column.TOP1:
            return info.accuracy if info.accuracy is not None else -1.0
        if column is Column.SIZE:
            return float(info.size)
        return self._text(info, column).casefold()


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _FIGURES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class Shown(QSortFilterProxyModel):
    """Rows that hold every word, of those in a segment: `all`, `disk` or `fits`."""

    def __init__(self, model: WeightsModel, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._document = model, document
        self._words: list[str] = []
        self._segment = "all"
        self.setSortRole(SORT)
        self.setSourceModel(model)

    def set_words(self, text: str) -> None:
        self._words = text.casefold().split()
        self.invalidate()

    def set_segment(self, segment: str) -> None:
        self._segment = segment
        self.invalidate()

    def info(self, index: Index) -> m.WeightsInfo | None:
        """The weights of a row that shows."""
        source = self.mapToSource(index)
        return self._model.rows[source.row()] if source.isValid() else None

    def row_of(self, name: str) -> QModelIndex:
        """Where weights are; an index that is not valid if they do not show."""
        rows = (self.index(row, 0) for row in range(self.rowCount()))
        return next((index for index in rows if (info := self.info(index)) and info.name == name), QModelIndex())

    def count(self, segment: str) -> int:
        """How many a segment has, whatever the words."""
        return sum(self._is_in(segment, info) for info in self._model.rows)

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:
        info = self._model.rows[row]
        said = " ".join((info.name, info.title, title_of(info.spec), info.data, info.licence)).casefold()
        return self._is_in(self._segment, info) and all(word in said for word in self._words)

    def _is_in(self, segment: str, info: m.WeightsInfo) -> bool:
        if segment == "disk":
            return bool(info.path)
        return fits(info, self._document.spec) if segment == "fits" else True
