"""A diff as a tree of stages, blocks and layers; equal blocks in a row are one line, layers come when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from resviz.arch.diff import words
from resviz.arch.diff.align import BlockDiff, Change, Diff, LayerDiff, StageDiff
from resviz.gui.panels import figures
from resviz.gui.panels.controls import colours

Index = QModelIndex | QPersistentModelIndex
#: What a row's status is called, beside its colour.
SIGNS = {"same": "", "changed": "≠", "added": "+", "removed": "−"}


class Column(IntEnum):
    """Left to right."""

    PART = 0
    WHAT = 1
    PARAMS = 2
    MACS = 3


class Facts(NamedTuple):
    """What a row shows."""

    name: str
    status: str
    what: str
    params: Change
    macs: Change
    layer: str | None


class Row:
    """A node; its children are made when they are asked for."""

    def __init__(
        self,
        facts: Facts,
        parent: Row | None,
        inside: Iterable[object] = (),
        stands_for: Iterable[BlockDiff] = (),
    ) -> None:
        self.facts, self.parent, self.inside = facts, parent, list(inside)
        #: the equal blocks of a line that stands for several
        self.stands_for = list(stands_for)
        self._children: list[Row] | None = None
        self.only = False

    def children(self) -> list[Row]:
        if self._children is None:
            self._children = list(_rows(self.inside, self, self.only))
        return self._children

    @property
    def at(self) -> int:
        return self.parent.children().index(self) if self.parent else 0


class DiffModel(QAbstractItemModel):
    """Rows of one diff; `only` leaves out what is the same."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._diff: Diff | None = None
        self._only = True
        self.roots: list[Row] = []

    def show(self, found: Diff | None, only: bool) -> None:
        """Another diff, or another choice of rows."""
        self.beginResetModel()
        self._diff, self._only = found, only
        self.roots = list(_rows(found.stages, None, only)) if found else []
        self.endResetModel()

    def path_to(self, layer_id: str) -> QModelIndex:
        """The row of a layer of B, or of the block or stage that stands for it."""
        rows, index = self.roots, QModelIndex()
        while True:
            found = next((at for at, row in enumerate(rows) if _holds(row, layer_id)), None)
            if found is None:
                return index
            index = self.index(found, 0, index)
            rows = rows[found].children()

    def row(self, index: Index) -> Row:
        found = index.internalPointer()
        assert isinstance(found, Row)
        return found

    def layer_of(self, index: Index) -> str | None:
        """The layer of B that a row is, or the last one of the block or stage it stands for; None where B has none."""
        row = self.row(index)
        if row.facts.layer is not None:
            return row.facts.layer
        return _last_layer(row.inside)

    def tsv(self, index: Index) -> str:
        """A row and all below it, or everything, tab-separated with a heading; figures bare."""
        lines = [["part", "status", "what", "params A", "params B", "MACs A", "MACs B"]]
        rows = [self.row(index)] if index.isValid() else self.roots
        for row in _walked(rows):
            facts = row.facts
            costs = [str(value) for change in (facts.params, facts.macs) for value in (change.a, change.b)]
            lines.append([facts.layer or facts.name, facts.status, facts.what, *costs])
        return "".join("\t".join(line) + "\n" for line in lines)

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def _children(self, parent: Index) -> list[Row]:
        return self.row(parent).children() if parent.isValid() else self.roots

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        rows = self._children(parent)
        return self.createIndex(row, column, rows[row]) if 0 <= row < len(rows) else QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = self.row(index).parent if index.isValid() else None
        if above is None:
            return QModelIndex()
        siblings = above.parent.children() if above.parent else self.roots
        return self.createIndex(siblings.index(above), 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.column() > 0 else len(self._children(parent))

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        facts, column = self.row(index).facts, index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(facts, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _hint(facts, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column >= Column.PARAMS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            theme = colours()
            if column == Column.PART and facts.status != "same":
                return QColor(getattr(theme, facts.status))
            return QColor(theme.muted) if column == Column.WHAT or facts.status == "same" else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Part"), self.tr("What differs"), self.tr("Δ params"), self.tr("Δ MACs"))[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hints()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= Column.PARAMS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _hints(self) -> tuple[str, str, str, str]:
        """Of the headings."""
        return (
            self.tr("A stage, block or layer: ≠ changed, + only in B, − only in A"),
            self.tr("In words; below the table in full for the row that is selected"),
            self.tr("Parameters of B less those of A"),
            self.tr("Multiply-adds of B less those of A"),
        )


def _walked(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        yield from _walked(row.children())


def _last_layer(parts: Iterable[object]) -> str | None:
    """The id of the last layer of B among stages', blocks' or a block's own parts."""
    found = None
    for part in parts:
        if isinstance(part, LayerDiff):
            found = part.b.id if part.b else found
        elif isinstance(part, BlockDiff):
            found = _last_layer(part.layers) or found
    return found


def _holds(row: Row, layer_id: str) -> bool:
    """Whether a row is, or stands for, a layer of B."""
    facts = row.facts
    name = facts.name.partition(" ")[0]
    if facts.layer == layer_id:
        return True
    if name in ("stem", "head"):
        return any(isinstance(pair, LayerDiff) and pair.b and pair.b.id == layer_id for pair in row.inside)
    if " – " in facts.name:
        return layer_id.startswith(tuple(f"{block.id_b}." for block in row.stands_for))
    return layer_id.startswith(name + ".")


def _rows(parts: Iterable[object], parent: Row | None, only: bool) -> Iterator[Row]:
    """Stages, blocks or layers as rows."""
    for row in _all_rows(parts, parent):
        if not only or row.facts.status != "same":
            row.only = only
            yield row


def _all_rows(parts: Iterable[object], parent: Row | None) -> Iterator[Row]:
    for key, run in groupby(parts, _alike):
        members = list(run)
        first = members[0]
        if isinstance(first, StageDiff):
            yield _stage(first)
        elif isinstance(first, LayerDiff):
            yield from (_layer(one, parent) for one in members if isinstance(one, LayerDiff))
        elif isinstance(first, BlockDiff):
            blocks = [one for one in members if isinstance(one, BlockDiff)]
            same_all = key is not None and len(blocks) > 1
            for run_of in [blocks] if same_all else [[one] for one in blocks]:
                yield _block(run_of, parent)


def _alike(part: object) -> object:
    """Blocks in a row that differ in the same way stand in one line."""
    if not isinstance(part, BlockDiff):
        return id(part) if isinstance(part, StageDiff) else None
    what = tuple((pair.status, pair.changes, pair.layer.name) for pair in part.layers if pair.status != "same")
    return part.status, part.shortcut_a, part.shortcut_b, what


def _stage(stage: StageDiff) -> Row:
    counts = f"{stage.count_a} → {stage.count_b} blocks" if stage.count_a != stage.count_b else ""
    seen = ""
    if stage.receptive_a != stage.receptive_b and None not in (stage.receptive_a, stage.receptive_b):
        seen = f"field {stage.receptive_a} → {stage.receptive_b} px"
    inside = stage.blocks[0].layers if stage.count_a is None and stage.count_b is None else stage.blocks
    what = ", ".join(filter(None, [counts, seen]))
    return Row(Facts(stage.id, stage.status, what, stage.costs.params, stage.costs.macs, None), None, inside)


def _block(blocks: list[BlockDiff], parent: Row | None) -> Row:
    first, last = blocks[0], blocks[-1]
    name = first.id_b or first.id_a or ""
    end = last.id_b or last.id_a or ""
    shown = name if name == end else f"{name} – {end.rpartition('.')[2]}"
    what = first.status if first.status in ("added", "removed") else words.told(first)
    costs = [block.costs for block in blocks]
    facts = Facts(shown, first.status, what, _sum(one.params for one in costs), _sum(one.macs for one in costs), None)
    return Row(facts, parent, first.layers, blocks)


def _layer(pair: LayerDiff, parent: Row | None) -> Row:
    params = Change(pair.a.params if pair.a else 0, pair.b.params if pair.b else 0)
    macs = Change(pair.a.macs if pair.a else 0, pair.b.macs if pair.b else 0)
    what = words.layer_told(pair)
    return Row(Facts(pair.layer.name, pair.status, what, params, macs, pair.b.id if pair.b else None), parent)


def _sum(changes: Iterable[Change]) -> Change:
    held = list(changes)
    return Change(sum(one.a for one in held), sum(one.b for one in held))


def _text(facts: Facts, column: int) -> str:
    if column == Column.PART:
        return f"{SIGNS[facts.status]} {facts.name}".strip()
    if column == Column.WHAT:
        return facts.what
    return delta(facts.params if column == Column.PARAMS else facts.macs)


def _hint(facts: Facts, column: int) -> str:
    if column in (Column.PARAMS, Column.MACS):
        change = facts.params if column == Column.PARAMS else facts.macs
        return f"A {figures.exact(change.a)}\nB {figures.exact(change.b)}\n{change.delta:+,} ({words.relative(change)})"
    return facts.what or facts.name


def delta(change: Change) -> str:
    """`+2.36 M`, `−231 M`, `0`."""
    if not change.delta:
        return "0"
    return f"{'+' if change.delta > 0 else '−'}{figures.count(abs(change.delta))}"
