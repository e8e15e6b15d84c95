"""The layer table: every layer with its shape and cost, in step with the selection."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTableView,
    QToolButton,
    QWidget,
)

from resviz.arch.analysis import report
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels import figures
from resviz.gui.panels.controls import CopyLink, column, hairline, row
from resviz.gui.panels.layer_cells import LayerCells, column_widths
from resviz.gui.panels.layer_model import Column, LayerModel
from resviz.gui.theme import CAPTION, font

_ROW_HEIGHT = 28


class LayerTablePanel(QWidget):
    """Shows the report of the document's spec; its current row and the document's selection are one."""

    # Every panel is made of document and jobs, whether it asks the engine for anything or not.
    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:  # noqa: ARG002
        super().__init__(parent)
        self._document = document
        self._following = False
        self.model = LayerModel(report(document.spec), self)
        self._make_bar()
        self.table = _LayerView(self.model, self)
        self.totals = _Totals(self.table, self)
        self._make_empty()
        self._lay_out()
        self._connect()
        self._show_report()

    def sizeHint(self) -> QSize:
        return QSize(420, 500)

    def minimumSizeHint(self) -> QSize:
        """The filter, the heading, two rows and the totals."""
        return QSize(240, 190)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A selected row that is in sight stays in sight."""
        super().resizeEvent(event)
        index = self.table.selectionModel().currentIndex()
        if index.isValid() and self.table.selectionModel().hasSelection():
            self.table.scrollTo(index)

    # --- putting it together ----------------------------------------------------------------------------

    def _make_bar(self) -> None:
        self.filter = QLineEdit(self)
        self.filter.setClearButtonEnabled(True)
        self.filter.setPlaceholderText(self.tr("Filter: conv, 3x3, layer2, add…"))
        self.filter.setToolTip(self.tr("Rows that hold every word, in id, operator or output shape (Esc clears)"))
        self.filter.setAccessibleName(self.tr("Filter layers"))
        self.filter.installEventFilter(self)
        self.weighted = QToolButton(self)
        self.weighted.setText(self.tr("Weighted"))
        self.weighted.setCheckable(True)
        self.weighted.setProperty("role", "toggle")
        self.weighted.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.weighted.setToolTip(self.tr("Only the weighted layers: what the formula counts"))
        self.copy_link = CopyLink(self.tr("Copy table"), self.tr("Copy the rows shown, for a spreadsheet"), self)

    def _make_empty(self) -> None:
        self._nothing = QWidget(self)
        self.empty = QLabel(self._nothing)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "muted")
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.clear_link = QPushButton(self.tr("Clear the filter (Esc)"), self._nothing)
        lines = column(self._nothing, 12, (24, 24, 24, 24))
        lines.addStretch(1)
        lines.addWidget(self.empty)
        lines.addWidget(self.clear_link, 0, Qt.AlignmentFlag.AlignCenter)
        lines.addStretch(2)

    def _lay_out(self) -> None:
        bar = row(None, 8, (12, 8, 12, 8))
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.weighted)
        bar.addWidget(self.copy_link)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self._nothing)
        parts = column(self)
        parts.addLayout(bar)
        parts.addWidget(self.pages, 1)
        parts.addWidget(hairline(self))
        parts.addWidget(self.totals)

    def _connect(self) -> None:
        self._document.spec_changed.connect(self._show_report)
        self._document.selection_changed.connect(self._follow)
        self.filter.textChanged.connect(self._on_filter)
        self.weighted.toggled.connect(self._on_filter)
        self.clear_link.clicked.connect(self.clear_filter)
        self.copy_link.clicked.connect(lambda: self.copy_link.copy(self.model.tsv(self._all_rows())))
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.modelAboutToBeReset.connect(lambda: self._set_following(True))
        self.model.modelReset.connect(self._after_reset)
        self.table.copy_rows.triggered.connect(self.copy_selection)
        self.table.customContextMenuRequested.connect(self._show_menu)

    # --- showing the document ---------------------------------------------------------------------------

    def _show_report(self) -> None:
        self.model.set_report(report(self._document.spec))
        self.table.fit_columns()

    def _after_reset(self) -> None:
        """A reset has emptied the table's own selection: the document's is put back."""
        self._set_following(False)
        self._show_totals()
        self._show_page()
        self._follow()

    def _set_following(self, following: bool) -> None:
        self._following = following

    def _follow(self) -> None:
        """Select the document's layer and bring it into view."""
        index = self.model.index(self.model.row_of(self._document.selection), Column.ID)
        selection = self.table.selectionModel()
        if index.isValid() and index.row() == selection.currentIndex().row() and selection.hasSelection():
            return
        self._following = True
        if index.isValid():
            whole = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            in_sight = self.table.shows(index)
            selection.setCurrentIndex(index, whole)
            if not in_sight:  # Qt has put it at the edge; its neighbours should show as well
                self.table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        else:
            selection.clear()
        self._following = False

    def _show_totals(self) -> None:
        result, rows = self.model.report, self.model.shown
        if len(rows) == len(result.layers):
            text, params, macs = self.tr("{count} layers"), result.params, result.macs
        else:
            text = self.tr("{shown} of {count} layers")
            params, macs = sum(layer.params for layer in rows), sum(layer.macs for layer in rows)
        self.totals.show_sums(text.format(shown=len(rows), count=len(result.layers)), params, macs)

    def _show_page(self) -> None:
        self.pages.setCurrentWidget(self.table if self.model.shown else self._nothing)
        self.empty.setText(self.tr("No layer matches “{text}”.").format(text=self.filter.text().strip()))

    # --- what the user does -----------------------------------------------------------------------------

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._following and current.isValid():
            self._document.select(self.model.shown[current.row()].id)

    def _on_filter(self) -> None:
        self.model.set_filter(self.filter.text(), self.weighted.isChecked())

    def clear_filter(self) -> None:
        """Show every layer again."""
        self.weighted.setChecked(False)
        self.filter.clear()
        self.filter.setFocus()

    def copy_selection(self) -> None:
        """Copy the selected rows; all rows shown where none is selected."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        self.copy_link.copy(self.model.tsv(rows or self._all_rows()))

    def _all_rows(self) -> list[int]:
        return list(range(len(self.model.shown)))

    def _show_menu(self, where: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(where))

    def menu(self) -> QMenu:
        """The context menu: copy rows, copy the table, clear the filter."""
        menu = QMenu(self)
        menu.addAction(self.table.copy_rows)
        menu.addAction(self.tr("Copy table"), self.copy_link.click)
        clear = menu.addAction(self.tr("Clear the filter"), self.clear_filter)
        clear.setEnabled(len(self.model.shown) < len(self.model.report.layers))
        return menu

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """In the filter: Esc clears it, Down and Enter go on to the rows."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape and self.filter.text():
            self.filter.clear()
            return True
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.model.shown:
            self._enter_rows()
            return True
        return False

    def _enter_rows(self) -> None:
        self.table.setFocus()
        if not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)


class _LayerView(QTableView):
    """Rows of one height, columns that fit without a horizontal scroll bar."""

    def __init__(self, model: LayerModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._layers = model
        self.setModel(model)
        self.setItemDelegate(LayerCells(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAccessibleName(self.tr("Layers"))
        self._set_headers()
        self.copy_rows = QAction(self.tr("Copy rows"), self, shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_rows.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.addAction(self.copy_rows)

    def _set_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(24)
        columns.setHighlightSections(False)
        columns.setToolTip(self.tr("Click to sort; a third click restores the order of execution"))
        columns.setSortIndicatorClearable(True)
        columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def shows(self, index: QModelIndex) -> bool:
        """Whether a row is in sight."""
        return self.viewport().rect().contains(self.visualRect(index).center())

    def fit_columns(self) -> None:
        """Figures get the room they need, the id the rest; where that is little the type is smaller."""
        room = self.viewport().width()
        widths = column_widths(self._layers, room, font(CAPTION + 1))
        tight = widths[Column.OPERATOR] == 0
        if tight:
            widths = column_widths(self._layers, room, font(CAPTION))
        self.setFont(font(CAPTION if tight else CAPTION + 1))
        self._let_scroll(sum(widths.values()) > room)
        for section, width in widths.items():
            self.setColumnWidth(section, width)
            self.setColumnHidden(section, width == 0)

    def _let_scroll(self, needed: bool) -> None:
        """Sideways only where huge figures leave no other way: else a bar would flash on resizing."""
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(policy.ScrollBarAsNeeded if needed else policy.ScrollBarAlwaysOff)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()


class _Totals(QWidget):
    """The sums, each under its column."""

    def __init__(self, table: QTableView, parent: QWidget) -> None:
        super().__init__(parent)
        self._header = table.horizontalHeader()
        self.count, self.params, self.macs = (QLabel(self) for _ in range(3))
        for label in (self.count, self.params, self.macs):
            label.setProperty("role", "sum")
            label.setIndent(0)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.macs.setProperty("end", True)
        self.setFixedHeight(34)
        self._header.sectionResized.connect(self._place)

    def show_sums(self, text: str, params: int, macs: int) -> None:
        self.count.setText(text)
        self.params.setText(figures.exact(params))
        self.macs.setText(figures.count(macs))
        self.params.setToolTip(self.tr("{params} parameters in the rows shown").format(params=figures.exact(params)))
        self.macs.setToolTip(self.tr("{macs} MACs in the rows shown").format(macs=figures.exact(macs)))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Right-aligned to the columns; a sum may be wider than any figure above it."""
        self.count.move(12, 0)
        for label, section in ((self.params, Column.PARAMS), (self.macs, Column.MACS)):
            right = self._header.sectionViewportPosition(section) + self._header.sectionSize(section)
            label.resize(label.sizeHint().width(), self.height())
            label.move(right - label.width(), 0)
        self.count.resize(max(self.params.x() - 12, 0), self.height())
