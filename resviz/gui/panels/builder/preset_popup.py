"""The list under the architecture box: a line to search in, the presets under their families."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from resviz.arch.graph import network
from resviz.arch.notation import format_spec
from resviz.arch.presets import PRESETS, Preset
from resviz.gui.panels import figures
from resviz.gui.panels.controls import colours, column
from resviz.gui.theme import CAPTION, font

Index = QModelIndex | QPersistentModelIndex
_WIDTH, _HEIGHT, _ROW, _HEADING = 330, 440, 26, 30
#: Room at the right for the parameters, and for the weighted layers before them.
_PARAMS, _LAYERS = 60, 40
_MOVES = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 12,
    Qt.Key.Key_PageUp: -12,
}


class Row(NamedTuple):
    """A preset, or the heading of those that follow."""

    heading: str = ""
    preset: Preset | None = None


class PresetModel(QAbstractListModel):
    """Presets by family, in the order in which families first come; those that hold every word typed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.set_filter("")

    def set_filter(self, text: str) -> None:
        """Words in any order and any case, in name, title or family."""
        terms = text.lower().split()
        families: dict[str, list[Preset]] = {}
        for preset in PRESETS.values():
            hay = f"{preset.name} {preset.title} {preset.family}".lower()
            if all(term in hay for term in terms):
                families.setdefault(preset.family, []).append(preset)
        self.beginResetModel()
        self.rows = []
        for family, members in families.items():
            self.rows += [Row(heading=family), *(Row(preset=preset) for preset in members)]
        self.endResetModel()

    def row_of(self, name: str | None) -> int:
        """Where a preset is listed, -1 where it is not."""
        return next((at for at, row in enumerate(self.rows) if row.preset and row.preset.name == name), -1)

    def next_from(self, at: int, by: int) -> int:
        """The preset `by` rows on, or the last there is that way; headings are stepped over."""
        places = [place for place, row in enumerate(self.rows) if row.preset]
        if not places:
            return -1
        before = sum(place < at for place in places)
        here = before if at in places else before - (by > 0)
        return places[min(max(here + by, 0), len(places) - 1)]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        heading, preset = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return preset.name if preset else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return preset.title if preset else heading
        if role == Qt.ItemDataRole.ToolTipRole and preset:
            return self._hint(preset)
        return None

    def _hint(self, preset: Preset) -> str:
        text = self.tr("{layers} weighted layers, {params} parameters")
        counts = text.format(layers=preset.spec.weighted_layers, params=figures.exact(params_of(preset.name)))
        return f"{preset.name}\n{counts}\n{format_spec(preset.spec)}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usable if self.rows[index.row()].preset else Qt.ItemFlag.NoItemFlags


class PresetPopup(QFrame):
    """`chosen` brings a preset's name. Arrows move, Enter chooses, Esc closes; what is typed searches."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.model = PresetModel(self)
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search architectures"))
        said = self.tr("Search {count} architectures: 50d, se, 32x4…")
        self.search.setPlaceholderText(said.format(count=len(PRESETS)))
        self.list = _List(self.model, self)
        self.heads = QLabel(self.tr("weighted layers · parameters"), self)
        self.heads.setProperty("role", "unit")
        self.heads.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.heads.setContentsMargins(0, 0, 20, 0)
        self.nothing = QLabel(self)
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        lines = column(self, 6, (8, 8, 4, 4))
        lines.addWidget(self.search)
        lines.addWidget(self.heads)
        lines.addWidget(self.list, 1)
        lines.addWidget(self.nothing, 1)
        self.setFocusProxy(self.search)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._on_typed)
        self.list.clicked.connect(self._choose)

    def open_under(self, box: QWidget, name: str | None, typed: str = "") -> None:
        """Show below `box` (above, where the screen ends), at the preset `name`; `typed` is searched for."""
        self.search.setText(typed)
        if not typed:
            self._on_typed("")
            self._go(self.model.row_of(name))
        size = QSize(max(box.width(), _WIDTH), _HEIGHT)
        screen = box.screen().availableGeometry()
        place = box.mapToGlobal(QPoint(0, box.height() + 2))
        if place.y() + size.height() > screen.bottom():
            above = box.mapToGlobal(QPoint(0, -2)).y() - size.height()
            place.setY(max(above, screen.top()) if above >= screen.top() else max(screen.bottom() - size.height(), 0))
        place.setX(max(min(place.x(), screen.right() - size.width()), screen.left()))
        self.setGeometry(QRect(place, size))
        self.show()
        self.search.setFocus()
        if not typed:
            self.list.scrollTo(self.list.currentIndex(), QListView.ScrollHint.PositionAtCenter)

    def _on_typed(self, text: str) -> None:
        self.model.set_filter(text)
        for shown in (self.heads, self.list):
            shown.setVisible(bool(self.model.rows))
        self.nothing.setHidden(bool(self.model.rows))
        said = self.tr("No architecture is called “{text}”.\nAny other can be built, or typed as notation.")
        self.nothing.setText(said.format(text=text.strip()))
        self._go(self.model.next_from(-1, 1))

    def _go(self, row: int) -> None:
        self.list.setCurrentIndex(self.model.index(row, 0) if row >= 0 else QModelIndex())
        if row == self.model.next_from(-1, 1):
            self.list.scrollToTop()  # the first one's heading shows as well

    def _choose(self, index: QModelIndex) -> None:
        name = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        if name:
            self.hide()
            self.chosen.emit(name)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys go to the search line; those that move go on to the list."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in _MOVES:
            self._go(self.model.next_from(self.list.currentIndex().row(), _MOVES[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True


class _List(QListView):
    """Rows that light up under the pointer."""

    def __init__(self, model: PresetModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._presets = model
        self.setModel(model)
        self.setItemDelegate(_Rows(self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Architectures"))
        self.setStyleSheet("border: none; padding: 0;")  # the style of a combo box's list reaches here too
        self.entered.connect(self._light)

    def _light(self, index: QModelIndex) -> None:
        if index.data(Qt.ItemDataRole.UserRole):
            self.setCurrentIndex(index)


@cache
def params_of(name: str) -> int:
    """Parameters of a preset; under a millisecond for most, and asked only of rows in sight."""
    return sum(layer.params for layer in network(PRESETS[name].spec).layers)


class _Rows(QStyledItemDelegate):
    """Title on the left; weighted layers and parameters on the right."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(10, _ROW if index.data(Qt.ItemDataRole.UserRole) else _HEADING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        name, theme = index.data(Qt.ItemDataRole.UserRole), colours()
        painter.save()
        area = option.rect.adjusted(10, 0, -10, 0)
        if name is None:
            painter.setFont(font(CAPTION, QFont.Weight.DemiBold))
            painter.setPen(QColor(theme.muted))
            bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
            painter.drawText(area.adjusted(0, 0, 0, -5), bottom, index.data())
        else:
            self._paint_preset(painter, option, name, area)
        painter.restore()

    def _paint_preset(self, painter: QPainter, option: QStyleOptionViewItem, name: str, area: QRect) -> None:
        theme = colours()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.tint))
            painter.drawRoundedRect(option.rect.adjusted(0, 0, -4, 0), 4, 4)
        small, large = font(CAPTION), font(CAPTION + 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        painter.drawText(area, right, figures.count(params_of(name)))
        painter.drawText(area.adjusted(0, 0, -_PARAMS, 0), right, str(PRESETS[name].spec.weighted_layers))
        painter.setFont(large)
        painter.setPen(QColor(theme.text))
        room = area.width() - _PARAMS - _LAYERS
        shown = QFontMetrics(large).elidedText(PRESETS[name].title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
