"""Two networks compared: which, what differs, what that costs, part by part."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QTreeView,
    QWidget,
)

from resviz.arch.diff import words
from resviz.arch.diff.align import Diff, diff
from resviz.arch.presets import PRESETS, title_of
from resviz.arch.spec import ResNetSpec
from resviz.gui.document import Document
from resviz.gui.panels.builder.notation_field import NotationField
from resviz.gui.panels.builder.preset_popup import PresetPopup
from resviz.gui.panels.compare.model import Column, DiffModel
from resviz.gui.panels.compare.pairs import QuickPair, pairs
from resviz.gui.panels.compare.totals import TotalsTable
from resviz.gui.panels.controls import Choice, FitLabel, Segmented, column, hairline, row, wrapped
from resviz.gui.theme import BODY, CAPTION

#: Columns at first, px: the figures fit, and what differs has what is left.
_WIDTHS = ((Column.PART, 124), (Column.PARAMS, 70), (Column.MACS, 70))
#: Around what is said of the row that is selected, px.
_ABOUT = 8


class ComparePanel(QWidget):
    """A is the document's reference, B its network; asks the document to change either."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._found: Diff | None = None
        self._following = self._choosing = False
        self.model = DiffModel(self)
        self._make_header()
        self._make_empty()
        self._make_body()
        self._lay_out()
        self._connect()
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(420, 500)

    # --- putting it together ------------------------------------------------------------------------------------

    def _make_header(self) -> None:
        self.a = FitLabel(BODY, CAPTION, bold=True, parent=self)
        self.b = FitLabel(BODY, CAPTION, bold=True, parent=self)
        self.popup = PresetPopup(self)
        self.with_button = self._button(self.tr("Compare with…"), self.tr("Choose network A: type to search"))
        self.pair_button = self._button(self.tr("Pairs"), self.tr("Pairs for a lecture, made of the open network"))
        self.pair_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pair_button.setMenu(self._pairs_menu())
        self.keep = self._button(self.tr("Keep as A"), self.tr("Keep the open network as A, then change it: B"))
        self.swap = self._button("⇄", self.tr("Swap A and B"))
        self.stop = self._button("✕", self.tr("Stop comparing"))

    def _button(self, text: str, hint: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(hint)
        button.setAccessibleName(hint if len(text) == 1 else text)
        button.setProperty("role", "boxed")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _pairs_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for one in pairs():
            action = menu.addAction(one.title)
            action.setToolTip(wrapped(one.hint))
            action.triggered.connect(lambda _checked=False, one=one: self.take(one))
        return menu

    def _make_empty(self) -> None:
        self.empty = QLabel(
            self.tr(
                "Compare the open network (B) with another (A).\n\nChoose A above, take a pair, or keep the open"
                " network as A and change it: the graph shows both, and what differs is marked."
            ),
            self,
        )
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "muted")
        self.empty.setMargin(24)

    def _make_body(self) -> None:
        self.body = QWidget(self)
        self.notation = NotationField(self.body)
        self.notation.line.setAccessibleName(self.tr("Notation of A"))
        self.gist = QLabel(self.body)
        self.gist.setWordWrap(True)
        self.totals = TotalsTable(self.body)
        self.view = Segmented(
            [
                Choice("parts", self.tr("Parts"), self.tr("What differs, part by part")),
                Choice("figures", self.tr("Figures"), self.tr("Fields and totals of both")),
            ],
            self.tr("Show"),
            self.body,
        )
        self.told = QLabel(self.body)
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setProperty("role", "muted")
        self.told.setMargin(_ABOUT)
        self.told.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.only = QToolButton(self.body)
        self.only.setText(self.tr("Only differences"))
        self.only.setCheckable(True)
        self.only.setChecked(True)
        self.only.setProperty("role", "toggle")
        self.only.setToolTip(self.tr("Leave out what is the same in both"))
        self.tree = QTreeView(self.body)
        self.tree.setModel(self.model)
        self.tree.setUniformRowHeights(True)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.setAccessibleName(self.tr("What differs, part by part"))
        self.tree.setMinimumHeight(96)
        self.tree.setIndentation(14)
        self.tree.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.WHAT, QHeaderView.ResizeMode.Stretch)
        self.copy_rows = QAction(self.tr("Copy rows"), self, shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_rows.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.tree.addAction(self.copy_rows)

    def _lay_out(self) -> None:
        names = row(None, 8)
        for letter, label in (("A", self.a), ("B", self.b)):
            mark = QLabel(letter, self)
            mark.setProperty("role", "caption")
            names.addWidget(mark)
            names.addWidget(label, 1)
        tools = row(None, 6)
        for button in (self.with_button, self.pair_button, self.keep):
            tools.addWidget(button)
        tools.addStretch(1)
        tools.addWidget(self.swap)
        tools.addWidget(self.stop)
        top = column(None, 8, (16, 8, 16, 8))
        top.addLayout(names)
        top.addLayout(tools)
        inner = column(self.body, 8, (0, 0, 0, 0))
        choose = row(None, 8, (16, 8, 16, 0))
        choose.addWidget(self.view)
        choose.addStretch(1)
        choose.addWidget(self.only)
        inner.addLayout(choose)
        self.sheets = QStackedWidget(self.body)
        self.sheets.addWidget(self.tree)
        self.sheets.addWidget(self._scrolled())
        inner.addWidget(self.sheets, 1)
        inner.addWidget(self.told)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.body)
        parts = column(self)
        parts.addLayout(top)
        parts.addWidget(hairline(self))
        parts.addWidget(self.pages, 1)

    def _scrolled(self) -> QScrollArea:
        """Fields and totals, which may be higher than their place."""
        area, content = QScrollArea(self.body), QWidget()
        about = column(content, 10, (16, 4, 16, 12))
        about.addWidget(self.gist)
        about.addWidget(self.totals)
        about.addWidget(self.notation)
        about.addStretch(1)
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        return area

    def _show_sheet(self, name: str) -> None:
        self.view.set_value(name)
        self.sheets.setCurrentIndex(("parts", "figures").index(name))
        self.only.setVisible(name == "parts")
        self._show_told()

    def _connect(self) -> None:
        self.view.chosen.connect(self._show_sheet)
        self._show_sheet("parts")
        document = self._document
        document.spec_changed.connect(self._show)
        document.reference_changed.connect(self._show)
        document.selection_changed.connect(self._follow)
        self.with_button.clicked.connect(lambda: self.popup.open_under(self.with_button, None))
        self.popup.chosen.connect(lambda name: document.set_reference(PRESETS[name].spec))
        self.keep.clicked.connect(lambda: document.set_reference(document.spec))
        self.swap.clicked.connect(self._swap)
        self.stop.clicked.connect(lambda: document.set_reference(None))
        self.notation.entered.connect(document.set_reference)
        self.only.toggled.connect(self._show_rows)
        self.tree.selectionModel().currentRowChanged.connect(self._on_row)
        self.tree.customContextMenuRequested.connect(self._pop_up)
        self.copy_rows.triggered.connect(self.copy)

    # --- showing ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        a, b = self._document.reference, self._document.spec
        self._found = diff(a, b) if a is not None else None
        self.a.set_text(title_of(a) if a else self.tr("none yet"))
        self.b.set_text(title_of(b))
        for button in (self.swap, self.stop):
            button.setEnabled(a is not None)
        self.pages.setCurrentWidget(self.body if self._found else self.empty)
        if a is not None and self._found is not None:
            self.notation.show_spec(a)
            self._show_gist(self._found)
            self.totals.show_totals(self._found)
        self._show_rows()

    def _show_gist(self, found: Diff) -> None:
        fields = [f"{field.field}: {field.a} → {field.b}" for field in words.fields(found)]
        self.gist.setText("\n".join([words.gist(found), *fields]))

    def _show_rows(self) -> None:
        self._following = True
        self.model.show(self._found, self.only.isChecked())
        for name, wide in _WIDTHS:
            self.tree.setColumnWidth(name, wide)
        if len(self.model.roots) < 12:
            self.tree.expandToDepth(0)
        self._following = False
        self._follow()

    def _follow(self) -> None:
        """The selected layer's row, if there is one; not while it is a row that has selected it."""
        if self._choosing:
            return
        selected = self._document.selection
        index = self.model.path_to(selected) if selected and self._found else QModelIndex()
        self._following = True
        if index.isValid():
            self.tree.setCurrentIndex(index)
        else:
            self.tree.clearSelection()
        self._following = False
        self._show_told()

    def _show_told(self) -> None:
        """What differs in the selected row, in full: its column is narrow."""
        index = self.tree.currentIndex()
        selected = index.isValid() and self.tree.selectionModel().hasSelection()
        what = self.model.row(index).facts if selected else None
        self.told.setText(f"{what.name}: {what.what}" if what is not None and what.what else "")
        self.told.setVisible(bool(self.told.text()) and self.view.value() == "parts")

    # --- what the user does -------------------------------------------------------------------------------------

    def take(self, one: QuickPair) -> None:
        """Compare a pair: B becomes the open network, undoably."""
        a, b = one.of(self._document.spec)
        self._put(a, b, one.title)

    def _swap(self) -> None:
        a = self._document.reference
        if a is not None:
            self._put(self._document.spec, a, self.tr("Swap A and B"))

    def _put(self, a: ResNetSpec, b: ResNetSpec, text: str) -> None:
        self._document.set_reference(a)
        self._document.set_spec(b, text, merges=False)

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._show_told()
        if self._following or not current.isValid():
            return
        layer = self.model.layer_of(current)
        if layer is not None:
            self._choosing = True  # the row stays: its layer has a row of its own below it, which would take the keys
            self._document.select(layer)
            self._choosing = False

    def copy(self) -> None:
        """The selected row and all it holds that is unfolded, for a spreadsheet; everything where none is selected."""
        index = self.tree.currentIndex()
        rows = self.model.tsv(index if index.isValid() and self.tree.selectionModel().hasSelection() else QModelIndex())
        QGuiApplication.clipboard().setText(rows)

    def _pop_up(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.copy_rows)
        menu.addAction(self.tr("Unfold all"), self.tree.expandAll)
        menu.addAction(self.tr("Fold all"), self.tree.collapseAll)
        menu.popup(self.tree.viewport().mapToGlobal(where))
