"""The input as numbers: a table of one channel, each cell in its colour, made as it is scrolled to."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from resviz.engine.messages import Pixels
from resviz.gui.background import Background
from resviz.gui.panels.seen.pixels import Form, Inputs, Place, is_dark
from resviz.gui.theme import CAPTION, font

_ROW = 22
#: Wide enough for `+1.414` and `255`.
_WIDTH = {"raw": 36, "share": 46, "tensor": 56}
_Index = QModelIndex | QPersistentModelIndex
#: Above this luminance (0 to 1) text is black.
_LIGHT = 0.45


class NumbersModel(QAbstractTableModel):
    """One channel; a cell is made when it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._inputs: Inputs | None = None
        self.channel = 0
        self.form: Form = "tensor"
        self._colours: Pixels | None = None

    def show_inputs(self, inputs: Inputs | None, channel: int, form: Form) -> None:
        """Other numbers; of the same size they change in place, so that the table does not jump."""
        same = inputs is not None and self._inputs is not None and inputs.size == self._inputs.size
        if not same:
            self.beginResetModel()
        self._inputs, self.channel, self.form = inputs, channel, form
        self._colours = inputs.coloured(channel, is_dark()) if inputs is not None else None
        if not same:
            self.endResetModel()
        elif self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    @property
    def inputs(self) -> Inputs | None:
        return self._inputs

    def rowCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return self._inputs.size[0] if self._inputs is not None else 0

    def columnCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return self._inputs.size[1] if self._inputs is not None else 0

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self._inputs is None or not index.isValid():
            return None
        place = (index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._inputs.text(self.form, self.channel, place)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role == Qt.ItemDataRole.BackgroundRole:
            return self.colour(place)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor("black") if _luminance(self.colour(place)) > _LIGHT else QColor("white")
        return None

    def colour(self, place: Place) -> QColor:
        """As in the pictures: a raw number's grey, a normalised one's colour."""
        assert self._inputs is not None
        assert self._colours is not None
        if self.form != "tensor":
            grey = int(self._inputs.raw(self.channel)[place])
            return QColor(grey, grey, grey)
        return QColor(*(int(part) for part in self._colours[place]))

    def headerData(self, section: int, _orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return str(section) if role == Qt.ItemDataRole.DisplayRole else None


class NumbersTable(QTableView):
    """`picked` carries the place that the user went to. Copies what is selected."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = NumbersModel()
        self.setModel(self.numbers)
        self.setAccessibleName(self.tr("The input as numbers"))
        self.setFont(font(CAPTION))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setStyleSheet("QTableCornerButton::section { background: palette(window); border: none; }")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(16)
            header.setHighlightSections(False)
            header.setSectionsClickable(True)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._background = Background(self)
        self.selectionModel().currentChanged.connect(self._on_current)
        self._quiet = False

    def show_inputs(self, inputs: Inputs | None, channel: int, form: Form) -> None:
        self.horizontalHeader().setDefaultSectionSize(_WIDTH[form])
        self.numbers.show_inputs(inputs, channel, form)

    def go_to(self, place: Place) -> None:
        """Bring a pixel's cell into sight, without `picked`."""
        index = self.numbers.index(*place)
        self._quiet = True
        self.setCurrentIndex(index)
        self._quiet = False
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def copy(self, whole: bool = False) -> None:
        """The selected cells, or the whole channel, as lines with tabs; made in the background, as they are many."""
        inputs, numbers = self.numbers.inputs, self.numbers
        if inputs is None:
            return
        rows, columns = slice(None), slice(None)
        if not whole and (selected := self._selected()) is not None:
            rows, columns = selected
        channel, form = numbers.channel, numbers.form
        self._background.run(lambda: inputs.copied(form, channel, rows, columns), _to_clipboard)

    def _selected(self) -> tuple[slice, slice] | None:
        selection: QItemSelection = self.selectionModel().selection()
        if selection.isEmpty():
            return None
        ranges = selection.toList()
        return (
            slice(min(part.top() for part in ranges), max(part.bottom() for part in ranges) + 1),
            slice(min(part.left() for part in ranges), max(part.right() for part in ranges) + 1),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def _on_current(self, index: QModelIndex) -> None:
        if not self._quiet and index.isValid():
            self.picked.emit((index.row(), index.column()))


def _to_clipboard(text: object) -> None:
    if isinstance(text, str):
        QGuiApplication.clipboard().setText(text)


def _luminance(colour: QColor) -> float:
    return 0.2126 * colour.redF() + 0.7152 * colour.greenF() + 0.0722 * colour.blueF()
