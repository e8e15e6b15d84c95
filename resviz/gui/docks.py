"""The panels around the graph: which there are, where they stand at first, and their slim titles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from resviz.gui.icons import Icons

#: Changes when the docks change, so that an old remembered state is not forced on a new window.
LAYOUT_VERSION = 3
#: In a window lower than this the panels at the right share one place.
_LOW = 860
#: As high as panels that look into a network are made, px; where there is more, this share of it.
_TALL, _SHARE = 460, 0.68
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class Panel(NamedTuple):
    """A panel and its place; `behind` names the dock that it shares a tab with, and it is folded away at first.

    One that is folded away at first may be made when it is first seen, by `widget`.
    """

    name: str
    title: str
    widget: QWidget | Callable[[], QWidget]
    area: Qt.DockWidgetArea
    behind: str = ""
    keys: str = ""


class Docks(dict[str, QDockWidget]):
    """The docks of a window by name."""

    def __init__(self, window: QMainWindow, panels: Sequence[Panel], icons: Icons) -> None:
        super().__init__()
        self._window, self._panels = window, panels
        self._shared = False
        self._tidy = QTimer(window, singleShot=True, interval=0)
        self._tidy.timeout.connect(self._tidy_tabs)
        for area in (LEFT, RIGHT):
            window.setTabPosition(area, QTabWidget.TabPosition.North)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            window.setCorner(corner, BOTTOM)
        for panel in panels:
            dock = self[panel.name] = self._dock(panel, icons)
            self._put(panel)
            dock.visibilityChanged.connect(self._tidy.start)
        self._first = window.saveState()

    def _dock(self, panel: Panel, icons: Icons) -> QDockWidget:
        dock = QDockWidget(panel.title, self._window)
        dock.setObjectName(panel.name)
        if isinstance(panel.widget, QWidget):
            dock.setWidget(panel.widget)
        else:
            dock.visibilityChanged.connect(lambda shown: self.panel(panel.name) if shown else None)
        if panel.area == BOTTOM:
            # A title along the side: height is what the window has least of.
            dock.setFeatures(dock.features() | QDockWidget.DockWidgetFeature.DockWidgetVerticalTitleBar)
        dock.setTitleBarWidget(DockTitle(dock, icons))
        return dock

    def _put(self, panel: Panel) -> None:
        dock = self[panel.name]
        self._window.addDockWidget(panel.area, dock)
        if panel.behind:
            self._window.tabifyDockWidget(self[panel.behind], dock)
            dock.hide()

    def panel(self, name: str) -> QWidget:
        """A panel by its name, made if it is not there yet."""
        dock = self[name]
        if dock.widget() is None:
            make = next(panel.widget for panel in self._panels if panel.name == name)
            assert not isinstance(make, QWidget)
            dock.setWidget(make())
        return dock.widget()

    def toggle(self, name: str) -> None:
        """Fold away a panel that can be seen; bring any other to the front."""
        dock = self[name]
        if dock.isVisible() and not dock.visibleRegion().isEmpty():
            dock.hide()
        else:
            self.show_panel(name)

    def keys_of(self, name: str) -> str:
        """What shows a panel or folds it away."""
        return next(panel.keys for panel in self._panels if panel.name == name)

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front, in the larger part of its side if it needs height."""
        self.panel(name)
        dock, layers = self[name], self["layers"]
        dock.show()
        dock.raise_()
        behind = next(panel.behind for panel in self._panels if panel.name == name)
        other = {"maps": layers, "layers": self["maps"]}.get(behind)
        if other is not None and other.isVisible() and not (dock.isFloating() or other.isFloating()):
            self._give_height(dock, other)

    def _give_height(self, dock: QDockWidget, other: QDockWidget) -> None:
        both = other.height() + dock.height()
        tall = max(_TALL, round(_SHARE * both))
        if dock.height() < _TALL and other not in self._window.tabifiedDockWidgets(dock):
            self._window.resizeDocks([dock, other], [tall, both - tall], Qt.Orientation.Vertical)

    def _tidy_tabs(self) -> None:
        """Qt makes bars of tabs as docks come together, and leaves some in sight when they part."""
        shown = {dock.windowTitle() for dock in self.values() if not dock.isHidden() and not dock.isFloating()}
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)
            titles = [bar.tabText(at) for at in range(bar.count())]
            bar.setVisible(len(titles) > 1 and shown.issuperset(titles))

    def reset(self) -> None:
        """Where they are when the program opens for the first time."""
        for panel in self._panels:
            self[panel.name].setFloating(False)
        self._window.restoreState(self._first)
        self.size()

    def fit(self, height: int) -> None:
        """In a low window all panels at the right share one place, and part again in a higher one."""
        window, layers, maps = self._window, self["layers"], self["maps"]
        together = maps in window.tabifiedDockWidgets(layers)
        stacked = all(window.dockWidgetArea(each) == RIGHT and not each.isFloating() for each in (layers, maps))
        if height < _LOW and stacked and not together:
            self._shared, front = True, self._front()
            self._gather(layers, maps, *self._behind("maps"))
            (layers if front is None or front is maps else front).raise_()
        elif height >= _LOW and self._shared:
            self._shared = False
            if stacked and together:
                front = self._front()
                window.addDockWidget(RIGHT, maps)  # splitDockWidget leaves tabs as they are
                self._gather(maps, *self._behind("maps"))
                if front is not None:
                    front.raise_()
                QTimer.singleShot(0, self._window, self._part_evenly)

    def _part_evenly(self) -> None:
        """Once they stand below one another: what was shown last has the larger part, as when it was asked for."""
        front = self._front()
        if front is not None and self["layers"].isVisible():
            self._give_height(front, self["layers"])

    def _front(self) -> QDockWidget | None:
        """The one that is seen of those that share a place."""
        shown = (dock for dock in (self["maps"], *self._behind("maps")) if not dock.visibleRegion().isEmpty())
        return next(shown, None)

    def _behind(self, name: str) -> list[QDockWidget]:
        """The docks that share a place with one at first and are where they were."""
        docks = [self[panel.name] for panel in self._panels if panel.behind == name]
        return [dock for dock in docks if self._window.dockWidgetArea(dock) == RIGHT and not dock.isFloating()]

    def _gather(self, first: QDockWidget, *others: QDockWidget) -> None:
        """Behind one another; who was folded away stays so."""
        for dock in others:
            hidden = dock.isHidden()
            self._window.tabifyDockWidget(first, dock)
            dock.setHidden(hidden)

    def size(self) -> None:
        """As large as they are at first."""
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        resize = self._window.resizeDocks
        resize([self["builder"], self["layers"]], [288, 420], horizontal)
        resize([self["layers"], self["maps"]], [380, 460], vertical)
        resize([self["run"]], [188], vertical)


class DockTitle(QWidget):
    """A slim title: icon, caption, fold away. Dragging it moves the dock, as Qt does for any title bar widget."""

    def __init__(self, dock: QDockWidget, icons: Icons) -> None:
        super().__init__(dock)
        upright = bool(dock.features() & QDockWidget.DockWidgetFeature.DockWidgetVerticalTitleBar)
        icon = QLabel()
        icon.setFixedSize(16, 16)
        icons.put(icon, dock.objectName())
        row = QVBoxLayout(self) if upright else QHBoxLayout(self)
        row.setContentsMargins(*((6, 6, 2, 8) if upright else (16, 0, 6, 0)))
        row.setSpacing(8)
        if upright:
            row.addWidget(self._close(dock, icons))
            row.addStretch(1)
            row.addWidget(icon, 0, Qt.AlignmentFlag.AlignHCenter)
            icon.setToolTip(dock.windowTitle())
            return
        label = QLabel(dock.windowTitle().upper())
        label.setProperty("role", "caption")
        row.addWidget(icon)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self._close(dock, icons))

    def _close(self, dock: QDockWidget, icons: Icons) -> QToolButton:
        close = QToolButton()
        icons.put(close, "close")
        close.setToolTip(_tr("Fold away (the View menu brings it back)"))
        close.setAccessibleName(_tr("Fold away: {panel}").format(panel=dock.windowTitle()))
        close.setProperty("role", "small")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(dock.hide)
        return close


def _tr(text: str) -> str:
    return QCoreApplication.translate("DockTitle", text)
