"""The layers as rows: filtered and sorted here, because a proxy model asks Python for every row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from resviz.arch import costs
from resviz.arch.analysis import Report
from resviz.arch.costs import Scale
from resviz.arch.graph import Layer
from resviz.drawing.palette import heat_role
from resviz.gui.panels import figures
from resviz.gui.panels.controls import wrapped
from resviz.gui.panels.layers import columns as layer_columns
from resviz.gui.panels.layers.columns import USUAL, Column, Facts

Index = QModelIndex | QPersistentModelIndex
#: The delegate asks for a row's layer with this role.
LAYER = Qt.ItemDataRole.UserRole
_WEIGHTED = ("conv", "fc")
#: After the heading of the column that is sorted by: ascending, descending.
MARKS = (" ↑", " ↓")


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


_NO_TIMES: Mapping[str, float] = {}


class Heat(NamedTuple):
    """What stands as bars: in which column, and on which scale."""

    column: Column
    values: Mapping[str, float]
    scale: Scale


class Bar(NamedTuple):
    """How long a bar is, 0 to 1, and its colour's role."""

    part: float
    role: str


class LayerModel(QAbstractTableModel):
    """Rows of one report, in execution order unless sorted; `shown` are the layers that pass the filter."""

    def __init__(self, result: Report, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.report, self.times = result, _NO_TIMES
        self.heat: Heat | None = None
        self.longest_id = ""
        self.columns: tuple[Column, ...] = USUAL
        self._largest = result, max([layer.params for layer in result.layers])
        self.words = layer_columns.words()
        self._widest: dict[int, set[str]] = {}
        self.shown: list[Layer] = []
        self._haystacks: list[str] = []
        self._terms: list[str] = []
        self._weighted_only = False
        self._sorted: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self.set_report(result)

    # --- what is shown ----------------------------------------------------------------------------------

    def set_report(self, result: Report) -> None:
        self.report, self.times, self.heat = result, _NO_TIMES, None
        self.longest_id = max([layer.id for layer in result.layers if layer.on == "trunk"], key=len)
        self._widest, self._haystacks = {}, []
        self._show()

    @property
    def facts(self) -> Facts:
        """What the cells tell."""
        return Facts(self.report, self.times)

    def set_cost(self, metric: str, scale: Scale | None, times: Mapping[str, float]) -> None:
        """The measure that stands as bars on a scale, empty for parameters by their square root; what was measured."""
        again = self._sorted[0] == Column.MS and times != self.times
        self.times = times
        values = times if metric == "time" else costs.values(self.report, metric) if metric else {}
        self.heat = Heat(layer_columns.OF_METRIC[metric], values, scale) if scale else None
        if again:
            self._show()
        elif self.shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.shown) - 1, len(Column) - 1))

    def bar(self, layer: Layer, column: int) -> Bar | None:
        """The bar under a figure."""
        if self.heat is not None:
            value = self.heat.values.get(layer.id)
            part = self.heat.scale.part(value) if value else 0.0
            return Bar(part, heat_role(part)) if column == self.heat.column and part else None
        if column != Column.PARAMS or not layer.params:
            return None
        # Parameters grow fourfold a stage: by their square root every stage can be told from the next.
        return Bar(math.sqrt(layer.params / self._most_params()), "accent")

    def _most_params(self) -> int:
        if self._largest[0] is not self.report:
            self._largest = self.report, max([layer.params for layer in self.report.layers])
        return self._largest[1]

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        """The columns that show, left to right: those that are copied, and searched."""
        self.columns, self._haystacks = columns, []
        if self._terms:
            self._show()

    def widest(self, column: int) -> set[str]:
        """Texts that decide how wide a column is."""
        if column not in self._widest:
            self._widest[column] = layer_columns.widest(self.facts, column)
        return self._widest[column]

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
                self._haystacks = [self._haystack(layer) for layer in layers]
            pairs = zip(layers, self._haystacks, strict=True)
            layers = tuple(layer for layer, text in pairs if all(term in text for term in self._terms))
        if self._weighted_only:
            return [layer for layer in layers if is_weighted(layer)]
        return list(layers)

    def _haystack(self, layer: Layer) -> str:
        shapes = [layer.out_shape, *([layer.in_shape] if Column.INPUT in self.columns else [])]
        return _plain(" ".join([layer.id, figures.operator(layer), *map(figures.shape, shapes)]))

    def _in_order(self, layers: list[Layer]) -> list[Layer]:
        column, order = self._sorted
        if column >= 0:
            # Both directions keep execution order among equals.
            layers.sort(
                key=lambda layer: layer_columns.key(self.facts, layer, column),
                reverse=order == Qt.SortOrder.DescendingOrder,
            )
        return layers

    # --- what Qt asks -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        layer, column = self.shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return layer_columns.text(self.facts, layer, column)
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
        if role == Qt.ItemDataRole.ToolTipRole:
            sorts = self.tr(
                "Click to sort; a third click restores the order of execution. Right-click for more columns."
            )
            return wrapped(f"{self.words[section].name}\n{self.words[section].hint}\n{sorts}")
        return alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def heading(self, column: int) -> str:
        return self.words[column].heading

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
        if column == Column.MS:
            return self._time_hint(layer)
        if column in (Column.FIELD, Column.JUMP, Column.START):
            return self._field_hint(layer)
        text = self.tr("{id}: {operator}, from {before} to {after}")
        before, after = figures.shape(layer.in_shape), figures.shape(layer.out_shape)
        return text.format(id=layer.id, operator=figures.operator(layer), before=before, after=after)

    def _time_hint(self, layer: Layer) -> str:
        if layer.id not in self.times:
            return self.tr("Not measured: colour the graph by Time to measure it")
        took, whole = self.times[layer.id], sum(self.times.values())
        text = self.tr("{ms} ms, {share} of all layers")
        return text.format(ms=f"{took:.3f}", share=figures.share(took, whole))

    def _field_hint(self, layer: Layer) -> str:
        field = self.report.fields[layer.id]
        text = self.tr("The first output of {id} sees pixels {start} to {end}, the next {jump} further on")
        end = field.start + field.size - 1
        said = text.format(id=layer.id, start=field.start, end=end, jump=field.jump)
        apart = self.tr("The two paths before it are not concentric: this square holds both.")
        return said if field.aligned else f"{said}\n{apart}"

    def tsv(self, rows: list[int]) -> str:
        """Tab-separated with a heading, the columns that show; figures bare, so that a spreadsheet takes them."""
        lines = [[self.heading(column) for column in self.columns]]
        for row in rows:
            lines.append([layer_columns.copied(self.facts, self.shown[row], column) for column in self.columns])
        return "".join("\t".join(line) + "\n" for line in lines)


def is_weighted(layer: Layer) -> bool:
    """Whether the 18 in ResNet-18 counts it."""
    return layer.op in _WEIGHTED and layer.on == "trunk"


def alignment(column: int) -> Qt.AlignmentFlag:
    """Figures to the right, words to the left."""
    return _RIGHT if column > Column.OPERATOR else _LEFT


def _plain(text: str) -> str:
    return text.lower().replace("×", "x")
