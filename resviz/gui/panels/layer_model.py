"""The layers as rows: filtered and sorted here, because a proxy model asks Python for every row."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from resviz.arch.analysis import Report
from resviz.arch.graph import Layer
from resviz.gui.panels import figures

Index = QModelIndex | QPersistentModelIndex
#: The delegate asks for a row's layer with this role.
LAYER = Qt.ItemDataRole.UserRole
_WEIGHTED = ("conv", "fc")
#: After the heading of the column that is sorted by: ascending, descending.
MARKS = (" ↑", " ↓")


class Column(IntEnum):
    """The columns, left to right."""

    ID = 0
    OPERATOR = 1
    OUTPUT = 2
    PARAMS = 3
    MACS = 4


_KEYS: dict[int, Callable[[Layer], Any]] = {
    Column.ID: lambda layer: _natural(layer),
    Column.OPERATOR: lambda layer: (layer.op, layer.kernel, layer.stride),
    Column.OUTPUT: lambda layer: (_volume(layer), layer.out_shape),
    Column.PARAMS: lambda layer: layer.params,
    Column.MACS: lambda layer: layer.macs,
}
_TEXTS: dict[int, Callable[[Layer], str]] = {
    Column.ID: lambda layer: layer.id,
    Column.OPERATOR: figures.operator,
    Column.OUTPUT: lambda layer: figures.shape(layer.out_shape),
    Column.PARAMS: lambda layer: figures.exact(layer.params),
    Column.MACS: lambda layer: figures.count(layer.macs),
}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LayerModel(QAbstractTableModel):
    """Rows of one report, in execution order unless sorted; `shown` are the layers that pass the filter."""

    def __init__(self, result: Report, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.report = result
        self.largest, self.longest_id = 0, ""
        self.different: dict[int, set[str]] = {}
        self.shown: list[Layer] = []
        self._haystacks: list[str] = []
        self._terms: list[str] = []
        self._weighted_only = False
        self._sorted: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self.set_report(result)

    # --- what is shown ----------------------------------------------------------------------------------

    def set_report(self, result: Report) -> None:
        self.report = result
        self.largest = max([layer.params for layer in result.layers])
        self.longest_id = max([layer.id for layer in result.layers if layer.on == "trunk"], key=len)
        self.different = _different(result)
        self._haystacks = []
        self._show()

    def set_filter(self, text: str, weighted_only: bool) -> None:
        """Rows that hold every word of `text` in id, operator or shape; `3x3` finds 3×3."""
        self._terms = _plain(text).split()
        self._weighted_only = weighted_only
        self._show()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1 is execution order."""
        self._sorted = (column, order)
        self._show()

    def row_of(self, layer_id: str | None) -> int:
        """The row of a layer, -1 where it is not shown."""
        return next((row for row, layer in enumerate(self.shown) if layer.id == layer_id), -1)

    def _show(self) -> None:
        self.beginResetModel()
        self.shown = self._in_order(self._passing())
        self.endResetModel()

    def _passing(self) -> list[Layer]:
        layers = self.report.layers
        if self._terms:
            if not self._haystacks:
                self._haystacks = [_haystack(layer) for layer in layers]
            pairs = zip(layers, self._haystacks, strict=True)
            layers = tuple(layer for layer, text in pairs if all(term in text for term in self._terms))
        if self._weighted_only:
            return [layer for layer in layers if is_weighted(layer)]
        return list(layers)

    def _in_order(self, layers: list[Layer]) -> list[Layer]:
        column, order = self._sorted
        if column >= 0:
            # Both directions keep execution order among equals.
            layers.sort(key=_KEYS[column], reverse=order == Qt.SortOrder.DescendingOrder)
        return layers

    # --- what Qt asks -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        layer, column = self.shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _TEXTS[column](layer)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(layer, column)
        return layer if role == LAYER else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heading(section) + self._mark(section)
        return alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def heading(self, column: int) -> str:
        headings = (
            self.tr("Layer"),
            self.tr("Operator"),
            self.tr("Output"),
            self.tr("Params"),
            self.tr("MACs"),
        )
        return headings[column]

    def _mark(self, column: int) -> str:
        sorted_by, order = self._sorted
        if column != sorted_by:
            return ""
        return MARKS[0] if order == Qt.SortOrder.AscendingOrder else MARKS[1]

    def _hint(self, layer: Layer, column: int) -> str:
        if column == Column.PARAMS:
            text = self.tr("{params} parameters, {share} of the network's")
            part = figures.share(layer.params, self.report.params)
            return text.format(params=figures.exact(layer.params), share=part)
        if column == Column.MACS:
            text = self.tr("{macs} MACs, {share} of the network's")
            return text.format(macs=figures.exact(layer.macs), share=figures.share(layer.macs, self.report.macs))
        text = self.tr("{id}: {operator}, from {before} to {after}")
        before, after = figures.shape(layer.in_shape), figures.shape(layer.out_shape)
        return text.format(id=layer.id, operator=figures.operator(layer), before=before, after=after)

    def tsv(self, rows: list[int]) -> str:
        """Tab-separated with a heading; figures bare, so that a spreadsheet takes them as numbers."""
        lines = [[self.heading(column) for column in Column]]
        lines += [_exact_cells(self.shown[row]) for row in rows]
        return "".join("\t".join(line) + "\n" for line in lines)


def _different(result: Report) -> dict[int, set[str]]:
    """The texts that decide how wide a column is: few, even of thousands of blocks. A maxpool is elided."""
    first = {(layer.op, layer.kernel, layer.stride): layer for layer in result.layers if layer.op == "conv"}
    shapes = {layer.out_shape for layer in result.layers}
    return {
        Column.OPERATOR: set(map(figures.operator, first.values())),
        Column.OUTPUT: set(map(figures.shape, shapes)),
    }


def is_weighted(layer: Layer) -> bool:
    """Whether the 18 in ResNet-18 counts it."""
    return layer.op in _WEIGHTED and layer.on == "trunk"


def alignment(column: int) -> Qt.AlignmentFlag:
    """Figures to the right, words to the left."""
    return _RIGHT if column >= Column.OUTPUT else _LEFT


def _exact_cells(layer: Layer) -> list[str]:
    shape = figures.shape(layer.out_shape)
    return [layer.id, figures.operator(layer), shape, str(layer.params), str(layer.macs)]


def _plain(text: str) -> str:
    return text.lower().replace("×", "x")


def _haystack(layer: Layer) -> str:
    return _plain(f"{layer.id} {figures.operator(layer)} {figures.shape(layer.out_shape)}")


def _natural(layer: Layer) -> tuple[str, int, str]:
    """By id, but `layer1.10` after `layer1.9`."""
    if layer.block is None:
        return layer.id, 0, ""
    stage, _, block = layer.block.partition(".")
    return stage, int(block), layer.id


def _volume(layer: Layer) -> int:
    return math.prod(layer.out_shape)
