"""The main window: knows all panels and wires them. What they do is in `files`, `drawings`, `menus` and the panels."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from resviz.arch.costs import METRICS
from resviz.engine import messages as m
from resviz.gui.docks import BOTTOM, LAYOUT_VERSION, LEFT, RIGHT, Docks, Panel
from resviz.gui.document import Document
from resviz.gui.drawings import Drawings
from resviz.gui.drop import DropArea
from resviz.gui.early import charts, qt_classes
from resviz.gui.feedback import MessageBar
from resviz.gui.files import Files
from resviz.gui.graph.feed import Feed
from resviz.gui.graph.menu import GraphMenu
from resviz.gui.graph.view import GraphView
from resviz.gui.icons import Icons
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.menus import Menus
from resviz.gui.panels.builder.panel import BuilderPanel
from resviz.gui.panels.feature_maps import FeatureMapsPanel
from resviz.gui.panels.layers.table import LayerTablePanel
from resviz.gui.panels.prediction import PredictionTools
from resviz.gui.panels.run_panel import RunPanel
from resviz.gui.pieces import InPieces
from resviz.gui.presentation import Presentation
from resviz.gui.settings import Settings
from resviz.gui.sources.hub import Sources
from resviz.gui.theme import Theme
from resviz.gui.topbar import TopBar
from resviz.gui.weights.catalogue import Catalogue
from resviz.gui.weights.offer import WeightsOffer

if TYPE_CHECKING:
    from resviz.gui.folder.window import FolderWindow
    from resviz.gui.weights.window import WeightsWindow

SIZE = (1440, 900)


class MainWindow(QMainWindow):
    """Knows all panels; no panel knows it."""

    def __init__(self, document: Document, jobs: Jobs, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self.document, self.jobs, self.theme, self.settings = document, jobs, theme, settings
        self.icons = Icons(theme, self)
        self.early = InPieces(chain(qt_classes(), self.icons.load(), charts()), self)
        self.messages = MessageBar()
        self.look = Look(self)
        self._recall_look()
        self.graph = GraphView(document, theme, self.look)
        self.menu = GraphMenu(document, self.look, self.graph)
        self.graph.menu = self.menu
        self.drawings = Drawings(self.graph, jobs, theme, self.messages, self)
        self.files = Files(document, jobs, self.drawings, self.messages, settings, self)
        self.presentation = Presentation(self)
        self._build_centre()
        self.docks = Docks(self, self._panels(), self.icons)
        self.top = TopBar(document, jobs, self.look, self.icons, self)
        self.menus = Menus(self)
        self.top.build(self.menus.actions, self.menus.colours)
        self.addToolBar(self.top)
        self._wire()
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

    def _panels(self) -> list[Panel]:
        document, jobs, settings, tr = self.document, self.jobs, self.settings, self.tr
        self.builder = BuilderPanel(document, jobs, settings=settings)
        self.layers = LayerTablePanel(document, jobs, settings=settings, look=self.look)
        self.maps = FeatureMapsPanel(document, jobs, self.theme, settings=settings)
        self.run = RunPanel(document, jobs, self.theme)
        self.catalogue = Catalogue(jobs, settings, self)
        self.offer = WeightsOffer(document, jobs, self.catalogue)
        self.run.weights.body.addWidget(self.offer)
        self._weights: WeightsWindow | None = None
        self._folder: FolderWindow | None = None
        self.run.image.set_icons(self.icons)
        self.sources = Sources(document, jobs, self.theme, settings, self.run.image, self.messages, self)
        return [
            Panel("builder", tr("Build"), self.builder, LEFT, keys="F5"),
            Panel("layers", tr("Layers"), self.layers, RIGHT, keys="F6"),
            Panel("maps", tr("Feature maps"), self.maps, RIGHT, keys="F7"),
            Panel("run", tr("Run"), self.run, BOTTOM, keys="F8"),
            Panel("compare", tr("Compare"), self._compare, RIGHT, behind="layers", keys="F9"),
            Panel("softmax", tr("Prediction"), self._softmax, RIGHT, behind="layers", keys="Ctrl+F5"),
            Panel("seen", tr("What the network sees"), self._seen, RIGHT, behind="layers", keys="Ctrl+F6"),
            Panel("devices", tr("Devices"), self._devices, RIGHT, behind="layers", keys="Ctrl+F7"),
            Panel("explain", tr("Why this class"), self._explain, RIGHT, behind="maps", keys="Ctrl+F8"),
            Panel("anatomy", tr("Anatomy of a block"), self._anatomy, RIGHT, behind="maps", keys="Ctrl+F9"),
            Panel("lesions", tr("Switched off"), self._lesions, RIGHT, behind="maps", keys="Ctrl+F10"),
            Panel("unravelled", tr("Unravelled"), self._unravelled, RIGHT, behind="maps", keys="Ctrl+F12"),
        ]

    def _compare(self) -> QWidget:
        from resviz.gui.panels.compare.panel import ComparePanel

        return ComparePanel(self.document)

    def _softmax(self) -> QWidget:
        from resviz.gui.panels.softmax import SoftmaxPanel

        made = SoftmaxPanel(self.document, self.jobs, self.settings)
        made.temperature_changed.connect(self.run.prediction.set_temperature)
        return made

    def _explain(self) -> QWidget:
        from resviz.gui.panels.explain import ExplainPanel

        made, zone = ExplainPanel(self.document, self.jobs, self.settings), self.run.prediction
        zone.class_chosen.connect(made.set_class)
        zone.first.bars.class_pointed.connect(made.hint_class)
        return made

    def _lesions(self) -> QWidget:
        from resviz.gui.panels.lesions.panel import LesionPanel

        made = LesionPanel(self.document, self.jobs, self.settings, self.look)
        made.rows_shown.connect(self.graph.set_sweep)
        return made

    def _anatomy(self) -> QWidget:
        from resviz.gui.panels.anatomy import AnatomyPanel

        return AnatomyPanel(self.document, self.jobs, self.theme)

    def _unravelled(self) -> QWidget:
        from resviz.gui.panels.unravelled import UnravelledPanel

        return UnravelledPanel(self.document, self.jobs, self.theme)

    def _devices(self) -> QWidget:
        from resviz.gui.panels.device_panel import DevicePanel

        return DevicePanel(self.document, self.jobs)

    def _seen(self) -> QWidget:
        from resviz.gui.panels.seen.view import StepsView

        return StepsView(self.document, self.jobs, self.theme)

    def _wire(self) -> None:
        self.menu.put = lambda edit, text: self.builder.put(edit, text, merges=False)
        self.drop = DropArea(self)
        self.drop.dropped.connect(self.files.take)
        self.drop.hovering.connect(self.run.set_hovering)
        self.run.image_wanted.connect(self.files.take)
        self.run.open_wanted.connect(self.files.open_any)
        self.files.taken.connect(self.run.message.clear)
        self.run.message.toggled.connect(self._on_run_message)
        self.feed = Feed(self.graph, self.jobs)
        self.tools = PredictionTools(self.run.prediction, self.document, self.jobs, self.settings, self.run.message)
        self.run.seen.detail_wanted.connect(lambda: self.show_panel("seen"))
        self.run.image.paste_wanted.connect(self.files.paste)
        self.files.many_wanted.connect(self.classify)
        self.sources.image_wanted.connect(self.files.take)
        self.sources.network_wanted.connect(self.open_known)
        self.offer.all_wanted.connect(self.show_weights)
        self.offer.failed.connect(self.messages.show_failed)
        self.jobs.failed.connect(self._on_failed)
        self.jobs.engine_lost.connect(self._on_engine_lost)
        self.jobs.profiling.ended.connect(self._on_profiled)
        self.jobs.profiling.dropped.connect(lambda: self.graph.set_times(None))
        self.document.spec_changed.connect(self._show_title)
        self.document.weights_changed.connect(self._show_title)
        self.document.file_changed.connect(self._show_title)

    # --- showing -----------------------------------------------------------------------------------------------------

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front, by its dock's name."""
        self.docks.show_panel(name)

    def open_known(self, name: str) -> None:
        """A network of the catalogue, with its weights."""
        known = next((info for info in self.jobs.catalog if info.name == name), None)
        if known is not None:
            text = self.tr("Open {name}").format(name=name)
            self.files.unsaved.then(lambda: self.document.open(known.spec, name, text))

    def classify(self, paths: tuple[str, ...] = ()) -> None:
        """Many pictures as a job, in a window of its own; without paths it asks for a folder."""
        from resviz.gui.folder.window import FolderWindow

        if self._folder is None:
            self._folder = FolderWindow(self.document, self.jobs, self.settings, self)
            self._folder.image_wanted.connect(self.files.take)
        self._folder.show()
        self._folder.activateWindow()
        if paths:
            self._folder.open_paths(paths)

    def show_weights(self) -> None:
        """The catalogue, made when it is first wanted."""
        from resviz.gui.weights.window import WeightsWindow

        if self._weights is None:
            self._weights = WeightsWindow(self.document, self.jobs, self.settings, self, self.catalogue)
            self._weights.guard = self.files.unsaved.then
            self._weights.dropped.connect(self.files.take)
        self._weights.show()
        self._weights.activateWindow()

    def _show_title(self) -> None:
        path = self.document.path
        name = f"{path.name} — {self.top.title()}" if path else self.top.title()
        # Qt takes [*] for the place of the mark, and two of them for one as it stands in a name.
        self.setWindowTitle(f"{name.replace('[*]', '[*][*]')}[*] — ResViz")
        self.setWindowModified(self.document.is_modified)
        self.setWindowFilePath(str(path) if path else "")

    def _on_run_message(self, shown: bool) -> None:
        """The strip gives back the height that its message took."""
        dock, back = self.docks["run"], self.run.rest_height
        if not shown and back and not dock.isFloating():
            # Later: the strip still wants the height now.
            QTimer.singleShot(0, self, lambda: self.resizeDocks([dock], [back], Qt.Orientation.Vertical))

    def _on_failed(self, failed: m.Failed) -> None:
        if not self.docks["run"].isVisible():
            self.messages.show_failed(failed)

    def _on_profiled(self, answer: m.Profiled | m.Failed) -> None:
        if isinstance(answer, m.Profiled):
            self.graph.set_times(answer.ms)
        elif answer.code != m.CANCELLED:
            self.messages.show_failed(answer)

    def _on_engine_lost(self) -> None:
        if not self.docks["run"].isVisible():
            self.messages.show_text(self.tr("The engine stopped; starting it again…"), "warning")

    def choose_theme(self, choice: str) -> None:
        """`light`, `dark`, or `system`; remembered."""
        self.settings.put("theme", choice)
        self.theme.set_choice(choice)

    # --- remembering -------------------------------------------------------------------------------------------------

    def _recall_look(self) -> None:
        text = self.settings.text
        self.look.set_direction("right" if text("direction") == "right" else "down")
        metric = text("colour")
        # What was measured once is not known any more.
        self.look.set_colour(metric if metric in METRICS and metric != "time" else "", text("scale", "log") == "log")

    def _restore(self) -> None:
        self.resize(QSize(*SIZE).boundedTo(self.screen().availableSize()))
        self.restoreGeometry(self.settings.state("geometry"))
        self._sized = self.restoreState(self.settings.state("docks"), LAYOUT_VERSION)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._sized:  # docks take sizes only once they are laid out
            self._sized = True
            self.docks.size()
        self.docks.fit(self.height())
        self.early.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self.docks.fit(event.size().height())

    def remember(self) -> None:
        """Sizes, docks and how the network is looked at, for the next start."""
        self.presentation.leave()
        self.settings.put("geometry", self.saveGeometry())
        self.settings.put("docks", self.saveState(LAYOUT_VERSION))
        self.settings.put("direction", self.look.direction)
        self.settings.put("colour", self.look.metric)
        self.settings.put("scale", "log" if self.look.log else "linear")
        self.settings.save()

    # --- closing -----------------------------------------------------------------------------------------------------

    def quit(self) -> None:
        """Close, as the window's own button does."""
        self.close()

    def close_unasked(self) -> None:
        """Close whatever is unsaved: a signal or a program wants it."""
        self.files.unsaved.asks = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.files.unsaved.asks and self.document.is_modified:
            event.ignore()
            self.files.unsaved.then(self.close_unasked)
            return
        self.remember()
        self.drawings.close()
        self.sources.close()
        for other in (self._folder, self._weights):
            if other is not None:
                other.close()
        self.jobs.close()
        super().closeEvent(event)
