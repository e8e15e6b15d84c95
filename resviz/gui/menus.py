"""The action table: what can be done, by which keys, in which menu. What it does is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from resviz.arch.costs import METRICS
from resviz.gui.recent import RecentMenu

if TYPE_CHECKING:
    from resviz.gui.window import MainWindow

Keys = str | QKeySequence.StandardKey


class Row(NamedTuple):
    """A line of the table; without a name it is a separator. Of a checkable one, `slot` takes whether it is checked."""

    name: str = ""
    text: str = ""
    slot: Callable[..., object] | None = None
    keys: Keys = ""
    icon: str = ""
    tip: str = ""
    checkable: bool = False


_LINE = Row()


class Menus(QObject):
    """The menu bar of a window; `actions` has its actions by name, for buttons that do the same."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.actions: dict[str, QAction] = {}
        self._part: QMenu | None = None
        self._file()
        self._edit()
        self._view()
        window.look.fold_changed.connect(self._mirror)
        window.look.direction_changed.connect(self._mirror)
        window.look.colour_changed.connect(self._mirror)
        window.look.live_changed.connect(self._mirror)
        window.look.along_changed.connect(self._mirror)
        self._mirror()

    # --- the table -----------------------------------------------------------------------------------------

    def _file(self) -> None:
        files, drawings, keys, tr = self.window.files, self.window.drawings, QKeySequence.StandardKey, self.tr
        menu = self._menu(tr("&File"))
        self._fill(
            menu,
            [
                Row("new", tr("New"), files.new, keys.New, "new"),
                Row("open", tr("Open…"), files.open_any, keys.Open, "open", tr("Open a picture, spec or checkpoint")),
            ],
        )
        menu.addMenu(RecentMenu(files.recent, menu))
        sources = self.window.sources
        self._fill(
            menu.addMenu(tr("Picture from")),
            [
                Row("camera", tr("Camera"), sources.toggle_camera, "Alt+C", "camera"),
                Row("screen", tr("Screen region"), sources.grab_screen, "Alt+S", "screen"),
                Row("sketch", tr("Sketch pad"), sources.show_pad, "Alt+K", "sketch"),
            ],
        )
        self._fill(
            menu,
            [
                _LINE,
                Row("save", tr("Save"), files.save, keys.Save, "save"),
                Row("save_as", tr("Save as…"), files.save_as, "Ctrl+Shift+S"),
                _LINE,
                Row("classify", tr("Classify a folder…"), lambda: self.window.classify(), "Ctrl+Shift+O", "folder"),
                Row("weights", tr("Weights…"), self.window.show_weights, "Ctrl+Shift+W", "weights"),
                _LINE,
                Row("drawing", tr("Save drawing as…"), lambda: drawings.ask(files.picker, files.stem()), "Ctrl+E"),
                Row("export", tr("Export…"), files.export, "Ctrl+Shift+E", "export"),
                Row("print", tr("Print…"), drawings.print_out, keys.Print, "print"),
                Row("preview", tr("Print preview…"), drawings.preview, "Ctrl+Shift+P"),
                _LINE,
                Row("quit", tr("Quit"), self.window.quit, "Ctrl+Q", "quit"),
            ],
        )

    def _edit(self) -> None:
        window, keys, tr = self.window, QKeySequence.StandardKey, self.tr
        graph, files, undo = window.graph, window.files, window.document.undo_stack
        menu = self._menu(tr("&Edit"))
        self._put("undo", undo.createUndoAction(window, tr("Undo")), "Ctrl+Z", menu, "undo")
        self._put("redo", undo.createRedoAction(window, tr("Redo")), "Ctrl+Shift+Z", menu, "redo")
        menu.addSeparator()
        self._add_graph_actions(menu)
        self._fill(
            menu,
            [
                Row("find", tr("Find…"), lambda: graph.find(), keys.Find, "find", tr("Find layers")),
                Row("find_next", tr("Find next"), lambda: graph.find_next(), "F3"),
                Row("find_previous", tr("Find previous"), lambda: graph.find_previous(), "Shift+F3"),
                _LINE,
                Row("copy_notation", tr("Copy notation"), files.copy_notation, "Ctrl+Shift+C", "copy"),
                Row("copy_picture", tr("Copy drawing as picture"), window.drawings.copy, "Ctrl+Alt+C"),
                Row("copy_sight", tr("Copy what is in sight"), window.drawings.copy_sight, "Ctrl+Alt+Shift+C"),
            ],
        )
        copy = files.exporter.copy_report
        self._fill(
            menu.addMenu(tr("Copy report as")),
            [
                Row("copy_csv", "CSV", lambda: copy(".csv")),
                Row("copy_markdown", "Markdown", lambda: copy(".md")),
                Row("copy_latex", "LaTeX", lambda: copy(".tex")),
            ],
        )
        self._fill(menu, [_LINE, Row("paste", tr("Paste picture or spec"), files.paste, keys.Paste, "paste")])

    def _add_graph_actions(self, menu: QMenu) -> None:
        """What can be done to the selected block or stage: the graph's own menu, made when it is asked for."""
        part = menu.addMenu(self.tr("Selected block or stage"))
        part.aboutToShow.connect(lambda: self._fill_part(part))
        menu.addSeparator()

    def _fill_part(self, menu: QMenu) -> None:
        graph, selected = self.window.graph, self.window.document.selection
        place = graph.plan.place(selected) if selected else None
        if self._part is not None:
            self._part.deleteLater()
        self._part = graph.menu_for(place.cell.id if place else "", selected)
        menu.clear()
        menu.addActions(self._part.actions())

    def _view(self) -> None:
        window, keys, tr = self.window, QKeySequence.StandardKey, self.tr
        graph = window.graph
        menu = self._menu(tr("&View"))
        self._fill(
            menu,
            [
                Row("fit", tr("Whole network"), graph.fit, "Ctrl+0", "fit"),
                Row("actual_size", tr("Actual size"), graph.actual_size, "Ctrl+1"),
                Row("zoom_in", tr("Zoom in"), graph.zoom_in, keys.ZoomIn, "zoom-in"),
                Row("zoom_out", tr("Zoom out"), graph.zoom_out, keys.ZoomOut, "zoom-out"),
                _LINE,
            ],
        )
        fold = menu.addMenu(tr("Fold"))
        self._choose(
            fold,
            "fold",
            [(level, text, f"Alt+{number}") for number, (level, text) in enumerate(self._levels(), 1)],
            window.top.set_level,
        )
        tip = tr("Draw equal blocks in a row once")
        repeats = Row("repeats", tr("Repeated blocks as × n"), self._fold_repeats, "Alt+R", "repeats", tip, True)
        self._fill(fold, [_LINE, repeats])
        tip = tr("Have the trunk go to the right")
        self._fill(menu, [Row("right", tr("Left to right"), self._turn, "Alt+D", "right", tip, True)])
        colour = self.colours = menu.addMenu(tr("Colour by"))
        metrics = [("", tr("Operator"), "")] + [
            (name, QCoreApplication.translate("metrics", metric.title), "") for name, metric in METRICS.items()
        ]
        self._choose(colour, "colour", metrics, window.top.set_metric)
        self._fill(colour, [_LINE, Row("log", tr("Logarithmic scale"), self._scale, "", "", "", True)])
        tip = tr("Click a block or a shortcut to switch it off, and see what the network says then")
        self._fill(
            menu,
            [
                _LINE,
                Row("film", tr("Thumbnails along the graph"), window.look.set_film, "Alt+T", "film", "", True),
                Row("ribbon", tr("What each block adds"), window.look.set_ribbon, "Alt+B", "", "", True),
                Row("live", tr("Switch off by clicking"), window.look.set_live, "Alt+L", "lesions", tip, True),
            ],
        )
        self._fill(menu, [_LINE, Row("graph", tr("Go to the graph"), graph.setFocus, "Ctrl+G")])
        present = Row("present", tr("Presentation"), window.presentation.toggle, "F11", "present")
        self._fill(menu, [_LINE, present, _LINE])
        self._panels(menu)

    def _panels(self, menu: QMenu) -> None:
        window, tr = self.window, self.tr
        more = QMenu(tr("More panels"), menu)
        for name, dock in window.docks.items():
            keys = window.docks.keys_of(name)
            # Not Qt's own action: that folds away a panel that is behind another one's tab.
            action = QAction(dock.windowTitle(), window)
            action.setCheckable(True)
            action.triggered.connect(lambda _checked, name=name: window.docks.toggle(name))
            dock.visibilityChanged.connect(lambda _, dock=dock, it=action: it.setChecked(not dock.isHidden()))
            action.setChecked(not dock.isHidden())
            self._put(name, action, keys, more if keys.startswith("Ctrl") else menu, name)
        menu.addMenu(more)
        self._fill(menu, [Row("reset", tr("Reset layout"), window.docks.reset)])
        themes = menu.addMenu(tr("Theme"))
        names = [("system", tr("System"), ""), ("light", tr("Light"), ""), ("dark", tr("Dark"), "")]
        self._choose(themes, "theme", names, window.choose_theme)
        self.actions[f"theme:{window.theme.choice}"].setChecked(True)

    def _levels(self) -> list[tuple[str, str]]:
        return [("stage", self.tr("Stages")), ("block", self.tr("Blocks")), ("layer", self.tr("Layers"))]

    # --- making them ---------------------------------------------------------------------------------------

    def _menu(self, title: str) -> QMenu:
        menu = self.window.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        return menu

    def _fill(self, menu: QMenu, rows: Iterable[Row]) -> None:
        for row in rows:
            if row.slot is None:
                menu.addSeparator()
                continue
            action = QAction(row.text, self.window)
            action.setCheckable(row.checkable)
            slot = row.slot
            if row.checkable:
                action.triggered.connect(slot)
            else:
                action.triggered.connect(lambda _checked=False, slot=slot: slot())
            self._put(row.name, action, row.keys, menu, row.icon, row.tip)

    def _put(self, name: str, action: QAction, keys: Keys, menu: QMenu, icon: str = "", tip: str = "") -> None:
        """Into a menu, and to the window: its keys work where no menu is shown."""
        action.setShortcut(QKeySequence(keys))
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = tip or action.text().rstrip("…")
        action.setToolTip(f"{text} ({shown})" if shown else text)
        menu.addAction(action)
        self.window.addAction(action)
        self.actions[name] = action
        if icon:
            self.window.icons.put(action, icon)

    def _choose(
        self, menu: QMenu, name: str, rows: Iterable[tuple[str, str, str]], slot: Callable[[str], object]
    ) -> None:
        """One of several: value, text and keys of each."""
        group = QActionGroup(menu)
        for value, text, keys in rows:
            action = QAction(text, group)
            action.setCheckable(True)
            action.triggered.connect(lambda _checked, value=value: slot(value))
            self._put(f"{name}:{value}", action, keys, menu)

    # --- what the look says --------------------------------------------------------------------------------

    def _mirror(self) -> None:
        look = self.window.look
        self.actions[f"fold:{look.fold.level}"].setChecked(True)
        self.actions["repeats"].setChecked(look.fold.repeats)
        self.actions["right"].setChecked(look.direction == "right")
        self.actions[f"colour:{look.metric}"].setChecked(True)
        self.actions["log"].setChecked(look.log)
        self.actions["film"].setChecked(look.film)
        self.actions["ribbon"].setChecked(look.ribbon)
        self.actions["live"].setChecked(look.live)

    def _fold_repeats(self, folded: bool) -> None:
        look = self.window.look
        look.set_fold(look.fold._replace(repeats=folded, but=frozenset()))

    def _turn(self, right: bool) -> None:
        self.window.look.set_direction("right" if right else "down")

    def _scale(self, log: bool) -> None:
        self.window.look.set_colour(self.window.look.metric, log)
