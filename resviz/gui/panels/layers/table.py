"""The layer table: every layer with its shape and cost, in step with the selection."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from resviz.arch.analysis import report
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.panels.controls import CopyLink, column, hairline, row, wrapped
from resviz.gui.panels.layers import columns as layer_columns
from resviz.gui.panels.layers.columns import OF_METRIC, SUMMED, USUAL, Column
from resviz.gui.panels.layers.model import LayerModel
from resviz.gui.panels.layers.scale import drawn_scale
from resviz.gui.panels.layers.view import LayerView, Totals
from resviz.gui.settings import Settings

#: Where the settings keep the columns that show.
_COLUMNS = "layers/columns"


class LayerTablePanel(QWidget):
    """Shows the report of the document's spec; its current row and the document's selection are one."""

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        parent: QWidget | None = None,
        settings: Settings | None = None,
        look: Look | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._settings = document, jobs, settings
        self._look = look or Look(self)
        #: The columns that were chosen; that of what colours the graph shows besides.
        self._chosen = _remembered(settings)
        self._following = False
        self.model = LayerModel(report(document.spec), self)
        self._make_bar()
        self.model.set_columns(self._chosen)
        self.table = LayerView(self.model, self)
        self.totals = Totals(self.table, self)
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
        for change in (self._look.fold_changed, self._document.reference_changed):
            change.connect(self._on_drawn_anew)
        self._look.colour_changed.connect(self._show_cost)
        self._jobs.profiling.ended.connect(self._show_cost)
        self._jobs.profiling.dropped.connect(self._show_cost)
        self.filter.textChanged.connect(self._on_filter)
        self.weighted.toggled.connect(self._on_filter)
        self.clear_link.clicked.connect(self.clear_filter)
        self.copy_link.clicked.connect(lambda: self.copy_link.copy(self.model.tsv(self._all_rows())))
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.modelAboutToBeReset.connect(lambda: self._set_following(True))
        self.model.modelReset.connect(self._after_reset)
        self.table.copy_rows.triggered.connect(self.copy_selection)
        self.table.customContextMenuRequested.connect(
            lambda where: self._pop_up(self.menu(), self.table.viewport().mapToGlobal(where))
        )
        header = self.table.horizontalHeader()
        header.customContextMenuRequested.connect(
            lambda where: self._pop_up(self.columns_menu(), header.mapToGlobal(where))
        )

    # --- showing the document ---------------------------------------------------------------------------

    def _show_report(self) -> None:
        self.model.set_report(report(self._document.spec))
        self._show_cost()
        self.table.fit_columns()
        self.totals.place()

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

    def _show_cost(self, *_: object) -> None:
        """The bars, and the column, of what colours the graph."""
        metric, profile = self._look.metric, self._jobs.profiling.found
        times = profile.ms if profile else {}
        scale = drawn_scale(self._document, self._look, times) if metric else None
        self.model.set_cost(metric, scale, times)
        extra = {OF_METRIC[metric]} if metric else set()
        columns = tuple(sorted({*self._chosen, *extra}))
        if columns != self.model.columns:
            if self.table.horizontalHeader().sortIndicatorSection() not in (-1, *columns):
                self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # nobody sees what it is sorted by
            self.model.set_columns(columns)
            self.table.fit_columns()
            self._show_totals()
        elif Column.MS in columns:
            self._show_totals()

    def _on_drawn_anew(self) -> None:
        """Folded another way, or beside another network: the graph's scale is another."""
        if self._look.metric:
            self._show_cost()

    def _show_totals(self) -> None:
        result, rows, facts = self.model.report, self.model.shown, self.model.facts
        everything = len(rows) == len(result.layers)
        text = self.tr("{count} layers") if everything else self.tr("{shown} of {count} layers")
        sums = {
            one: sum(layer_columns.key(facts, layer, one) for layer in rows)
            for one in SUMMED
            if one in self.model.columns and (one != Column.MS or self.model.times)
        }
        self.totals.show_sums(text.format(shown=len(rows), count=len(result.layers)), sums)

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

    def _pop_up(self, menu: QMenu, where: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def menu(self) -> QMenu:
        """The context menu: copy rows, copy the table, clear the filter, choose columns."""
        menu = QMenu(self)
        menu.addAction(self.table.copy_rows)
        menu.addAction(self.tr("Copy table"), self.copy_link.click)
        clear = menu.addAction(self.tr("Clear the filter"), self.clear_filter)
        clear.setEnabled(len(self.model.shown) < len(self.model.report.layers))
        menu.addSeparator()
        menu.addMenu(self.columns_menu(menu))
        return menu

    def columns_menu(self, parent: QWidget | None = None) -> QMenu:
        """Which columns show; the header's own menu."""
        menu = QMenu(self.tr("Columns"), parent or self)
        menu.setToolTipsVisible(True)
        for one in list(Column)[1:]:
            action = menu.addAction(self.model.words[one].name)
            action.setToolTip(wrapped(self.model.words[one].hint))
            action.setCheckable(True)
            action.setChecked(one in self.model.columns)
            action.toggled.connect(lambda shown, one=one: self.show_column(one, shown))
        menu.addSeparator()
        usual = menu.addAction(self.tr("Usual columns"), lambda: self._set_columns(USUAL))
        usual.setEnabled(self.model.columns != USUAL)
        return menu

    def show_column(self, which: Column, shown: bool) -> None:
        """Show a column, or put it away; the window remembers."""
        wanted = {*self._chosen, which} if shown else {*self._chosen} - {which}
        self._set_columns(tuple(sorted(wanted)))

    def _set_columns(self, columns: tuple[Column, ...]) -> None:
        self._chosen = columns
        self._show_cost()
        if self._settings is not None:
            self._settings.put(_COLUMNS, ",".join(one.name.lower() for one in columns))

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


def _remembered(settings: Settings | None) -> tuple[Column, ...]:
    """The columns of the last time; a settings file may hold anything."""
    names = settings.text(_COLUMNS).upper().split(",") if settings else []
    found = {Column[name] for name in names if name in Column.__members__}
    return tuple(sorted({Column.ID, *found})) if found else USUAL
