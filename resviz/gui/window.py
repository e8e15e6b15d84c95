"""The main window: docks, menus, the action table. What the actions do is in `document`, `files` and the panels."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QVBoxLayout, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.drop import DropArea
from resviz.gui.feedback import MessageBar
from resviz.gui.files import Files
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.panels.builder.panel import BuilderPanel
from resviz.gui.panels.feature_maps import FeatureMapsPanel
from resviz.gui.panels.layers.table import LayerTablePanel
from resviz.gui.panels.run_panel import RunPanel
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from resviz.gui.topbar import DockTitle, TopBar

#: Changes when the docks change, so that an old remembered state is not forced on a new window.
LAYOUT_VERSION = 1
SIZE = (1440, 900)


class _Action(NamedTuple):
    """A row of the action table; an empty text is a separator."""

    text: str = ""
    slot: Callable[[], object] | None = None
    keys: str | QKeySequence.StandardKey | None = None
    tip: str = ""


class MainWindow(QMainWindow):
    """Knows all panels; no panel knows it."""

    def __init__(self, document: Document, jobs: Jobs, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self.document, self.jobs, self.theme, self.settings = document, jobs, theme, settings
        self.messages = MessageBar()
        self.look = Look(self)
        self.graph = GraphView(document, theme, self.look)
        self.files = Files(document, jobs, self.graph, theme, self.messages, self)
        self._build_centre()
        self.docks = self._build_docks()
        self.top = TopBar(document, jobs, self.graph, self)
        self.addToolBar(self.top)
        self._build_menus()
        self.drop = DropArea(self)
        self.drop.dropped.connect(self.files.take)
        self.drop.hovering.connect(self.run.set_hovering)
        self.run.image_wanted.connect(self.files.take)
        self.run.open_wanted.connect(self.files.open_any)
        self.files.taken.connect(self.run.message.clear)
        jobs.failed.connect(self._on_failed)
        jobs.engine_lost.connect(self._on_engine_lost)
        document.spec_changed.connect(self._show_title)
        self._show_title()
        self.setMinimumSize(800, 560)
        self._restore()

    # --- building ----------------------------------------------------------------------------------------------------

    def _build_centre(self) -> None:
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setSpacing(0)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.messages)
        column.addWidget(self.graph, 1)
        self.setCentralWidget(centre)

    def _build_docks(self) -> dict[str, QDockWidget]:
        self.builder = BuilderPanel(self.document, self.jobs, settings=self.settings)
        self.layers = LayerTablePanel(self.document, self.jobs, settings=self.settings)
        self.maps = FeatureMapsPanel(self.document, self.jobs, self.theme)
        self.run = RunPanel(self.document, self.jobs, self.theme)
        left, right, bottom = (
            Qt.DockWidgetArea.LeftDockWidgetArea,
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            self.setCorner(corner, bottom)
        return {
            "builder": self._dock("builder", self.tr("Build"), self.builder, left),
            "layers": self._dock("layers", self.tr("Layers"), self.layers, right),
            "maps": self._dock("maps", self.tr("Feature maps"), self.maps, right),
            "run": self._dock("run", self.tr("Run"), self.run, bottom),
        }

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        if area == Qt.DockWidgetArea.BottomDockWidgetArea:
            # A title along the side: height is what the window has least of.
            dock.setFeatures(dock.features() | QDockWidget.DockWidgetFeature.DockWidgetVerticalTitleBar)
        dock.setTitleBarWidget(DockTitle(dock))
        self.addDockWidget(area, dock)
        return dock

    def _build_menus(self) -> None:
        keys = QKeySequence.StandardKey
        undo = self.document.undo_stack
        self._menu(
            self.tr("&File"),
            [
                _Action(self.tr("Open picture…"), self.files.open_picture, keys.Open),
                _Action(self.tr("Paste picture"), self.files.paste, keys.Paste),
                _Action(),
                _Action(self.tr("Open spec or checkpoint…"), self.files.open_network, "Ctrl+Shift+O"),
                _Action(self.tr("Save spec as…"), self.files.save_spec, keys.SaveAs),
                _Action(self.tr("Save drawing as…"), self.files.save_drawing, "Ctrl+E"),
                _Action(self.tr("Export…"), self.files.export, "Ctrl+Shift+E"),
                _Action(),
                _Action(self.tr("Quit"), self.close, keys.Quit),
            ],
        )
        edit = self._menu(self.tr("&Edit"), [])
        for action, key in (
            (undo.createUndoAction(self, self.tr("Undo")), keys.Undo),
            (undo.createRedoAction(self, self.tr("Redo")), keys.Redo),
        ):
            action.setShortcut(key)
            edit.addAction(action)
            self.addAction(action)
        self._fill(edit, [_Action(), _Action(self.tr("Copy notation"), self.files.copy_notation, "Ctrl+Shift+C")])
        copy = self.files.exporter.copy_report
        self._fill(
            edit.addMenu(self.tr("Copy report as")),
            [
                _Action("CSV", lambda: copy(".csv")),
                _Action("Markdown", lambda: copy(".md")),
                _Action("LaTeX", lambda: copy(".tex")),
            ],
        )
        self._build_view_menu()

    def _build_view_menu(self) -> None:
        graph = self.graph
        view = self._menu(
            self.tr("&View"),
            [
                _Action(self.tr("Whole network"), graph.fit, "Ctrl+0"),
                _Action(self.tr("Actual size"), graph.actual_size, "Ctrl+1"),
                _Action(self.tr("Zoom in"), graph.zoom_in, QKeySequence.StandardKey.ZoomIn),
                _Action(self.tr("Zoom out"), graph.zoom_out, QKeySequence.StandardKey.ZoomOut),
                _Action(),
            ],
        )
        for number, dock in enumerate(self.docks.values(), 1):
            action = dock.toggleViewAction()
            action.setShortcut(f"F{number + 4}")
            view.addAction(action)
            self.addAction(action)
        view.addAction(self.tr("Reset layout"), self.reset_layout)
        themes = view.addMenu(self.tr("Theme"))
        group = QActionGroup(themes)
        for name, text in (
            ("system", self.tr("System")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            action = QAction(text, group)
            action.setCheckable(True)
            action.setChecked(self.theme.choice == name)
            action.triggered.connect(lambda _checked, choice=name: self._choose_theme(choice))
            themes.addAction(action)

    def _menu(self, title: str, rows: list[_Action]) -> QMenu:
        menu = self.menuBar().addMenu(title)
        self._fill(menu, rows)
        return menu

    def _fill(self, menu: QMenu, rows: list[_Action]) -> None:
        for row in rows:
            if row.slot is None:
                menu.addSeparator()
                continue
            action = QAction(row.text, self)
            if row.keys is not None:
                action.setShortcut(QKeySequence(row.keys))
            action.triggered.connect(lambda _checked=False, slot=row.slot: slot())
            menu.addAction(action)

    # --- showing -----------------------------------------------------------------------------------------------------

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front: builder, layers, maps or run."""
        self.docks[name].show()
        self.docks[name].raise_()

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.top.title()} — ResViz")

    def _on_failed(self, failed: m.Failed) -> None:
        if not self.docks["run"].isVisible():
            self.messages.show_failed(failed)

    def _on_engine_lost(self) -> None:
        if not self.docks["run"].isVisible():
            self.messages.show_text(self.tr("The engine stopped; starting it again…"), "warning")

    def _choose_theme(self, choice: str) -> None:
        self.settings.put("theme", choice)
        self.theme.set_choice(choice)

    # --- remembering -------------------------------------------------------------------------------------------------

    def reset_layout(self) -> None:
        """Docks where they are when the program opens for the first time."""
        areas = {
            "builder": Qt.DockWidgetArea.LeftDockWidgetArea,
            "layers": Qt.DockWidgetArea.RightDockWidgetArea,
            "maps": Qt.DockWidgetArea.RightDockWidgetArea,
            "run": Qt.DockWidgetArea.BottomDockWidgetArea,
        }
        for name, area in areas.items():
            dock = self.docks[name]
            dock.setFloating(False)
            self.addDockWidget(area, dock)
            dock.show()
        self._size_docks()

    def _size_docks(self) -> None:
        docks = self.docks
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([docks["builder"], docks["layers"]], [288, 420], horizontal)
        self.resizeDocks([docks["layers"], docks["maps"]], [500, 420], vertical)
        self.resizeDocks([docks["run"]], [188], vertical)

    def _restore(self) -> None:
        self.resize(QSize(*SIZE).boundedTo(self.screen().availableSize()))
        self.restoreGeometry(self.settings.state("geometry"))
        self._sized = self.restoreState(self.settings.state("docks"), LAYOUT_VERSION)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._sized:  # docks take sizes only once they are laid out
            self._sized = True
            self._size_docks()

    def remember(self) -> None:
        """Sizes, docks and theme for the next start."""
        self.settings.put("geometry", self.saveGeometry())
        self.settings.put("docks", self.saveState(LAYOUT_VERSION))
        self.settings.save()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.remember()
        self.jobs.close()
        super().closeEvent(event)
