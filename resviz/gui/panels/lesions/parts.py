"""The list of what is switched off, each with what stays of it and a button that switches it on again."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from resviz.arch.spec import ResNetSpec
from resviz.gui.off_words import PLAIN, passages, without_both, without_branch, without_layer, without_shortcut
from resviz.gui.panels.controls import wrapped
from resviz.ways import Off

Index = QModelIndex | QPersistentModelIndex
_ROW, _MOST_ROWS, _BUTTON = 26, 5, 30
_PART, _STAYS, _ON = range(3)


class Part(NamedTuple):
    """One thing that is off: `layer` is selected with it; `alone` is it and nothing else."""

    name: str
    stays: str
    layer: str
    alone: Off


def without(off: Off, part: Off) -> Off:
    """What is off once a part is on again."""
    return Off(
        off.branches - part.branches,
        off.shortcuts - part.shortcuts,
        off.channels - part.channels,
        off.layers - part.layers,
    )


class PartsModel(QAbstractTableModel):
    """Branches first, then shortcuts, layers and channels, each in the order of the trunk."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.parts: tuple[Part, ...] = ()

    def show_off(self, off: Off, spec: ResNetSpec) -> None:
        self.beginResetModel()
        self.parts = tuple(self._parts(off, spec)) if off else ()
        self.endResetModel()

    def _parts(self, off: Off, spec: ResNetSpec) -> list[Part]:
        order = {block: number for number, block in enumerate(passages(spec))}
        found = [
            Part(
                self._branch(each, spec),
                without_both() if each in off.shortcuts else without_branch(spec, each),
                each,
                Off(frozenset({each})),
            )
            for each in sorted(off.branches, key=lambda block: order.get(block, 0))
        ]
        found += [
            Part(
                self.tr("{0} shortcut").format(each),
                without_both() if each in off.branches else without_shortcut(spec, each),
                each,
                Off(shortcuts=frozenset({each})),
            )
            for each in sorted(off.shortcuts, key=lambda block: order.get(block, 0))
        ]
        found += [
            Part(self.tr("{0} layer").format(each), without_layer(), each, Off(layers=frozenset({each})))
            for each in sorted(off.layers)
        ]
        silent = self.tr("This channel is zero everywhere.")
        found += [
            Part(
                self.tr("{0} channel {1}").format(layer, channel),
                silent,
                layer,
                Off(channels=frozenset({(layer, channel)})),
            )
            for layer, channel in sorted(off.channels)
        ]
        return found

    def _branch(self, block: str, spec: ResNetSpec) -> str:
        """A plain block has none, and is off as a whole."""
        return (self.tr("{0} block") if passages(spec)[block].kind == PLAIN else self.tr("{0} branch")).format(block)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.parts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        part, column = self.parts[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (part.name, part.stays, "✕")[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("Switch it on again") if column == _ON else wrapped(f"{part.name}\n{part.stays}")
        if role == Qt.ItemDataRole.TextAlignmentRole and column == _ON:
            return Qt.AlignmentFlag.AlignCenter
        return None


class PartsView(QTableView):
    """As high as its rows, up to a few; ✕ or Delete switches a part on again, choosing one selects it in the graph."""

    switched_on = Signal(object)
    chosen = Signal(str)

    def __init__(self, model: PartsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAccessibleName(self.tr("What is switched off"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        head = self.horizontalHeader()
        head.hide()
        head.setMinimumSectionSize(_BUTTON)
        head.setSectionResizeMode(_PART, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(_STAYS, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(_ON, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(_ON, _BUTTON)
        self.clicked.connect(self._on_clicked)
        model.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(_ROW * min(len(self._parts.parts), _MOST_ROWS))

    def _on_clicked(self, index: QModelIndex) -> None:
        part = self._parts.parts[index.row()]
        if index.column() == _ON:
            self.switched_on.emit(part.alone)
        else:
            self.chosen.emit(part.layer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and 0 <= row < len(self._parts.parts):
            self.switched_on.emit(self._parts.parts[row].alone)
        else:
            super().keyPressEvent(event)
