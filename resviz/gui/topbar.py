"""The bar above the graph: what network, how it is looked at, where it runs. What does not fit goes into a menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from resviz.arch.layout.fold import LEVELS
from resviz.arch.presets import title_of
from resviz.gui.document import Document
from resviz.gui.graph.colour_box import ColourBox
from resviz.gui.icons import Icons
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.panels.controls import Choice, Segmented
from resviz.gui.panels.devices import DeviceSwitch
from resviz.gui.panels.zone import ElidedLabel

_ICON = 18
_SPACING, _MARGIN = 6, 16
#: Room that the network's name keeps however narrow the window is.
_TITLE = 110


class _Part(NamedTuple):
    """Something in the bar that gives way: the highest rank goes first. A caption goes without a trace."""

    widget: QWidget
    rank: int
    title: str = ""
    menu: QMenu | None = None


class TopBar(QToolBar):
    """Name of the network and its weights on the left; how it is looked at, and the device, on the right."""

    def __init__(self, document: Document, jobs: Jobs, look: Look, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.jobs, self.look, self._icons = document, jobs, look, icons
        self.setObjectName("topbar")
        self.setWindowTitle(self.tr("Top bar"))
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        self._title, self._state = ElidedLabel("title"), ElidedLabel("muted")
        for label in (self._title, self._state):
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.fold, self.direction = self._folds(), self._directions()
        self.repeats = self._toggle(self.tr("× n"), self.tr("Draw equal blocks in a row once (Alt+R)"))
        self.repeats.toggled.connect(self._fold_repeats)
        self.colour = ColourBox(look, jobs, document)
        self.device = DeviceSwitch(document, jobs)
        self.more = self._more()
        self._parts: list[_Part] = []
        document.spec_changed.connect(self.show_network)
        jobs.model_ready.connect(self.show_network)
        jobs.busy.connect(self.show_network)
        look.fold_changed.connect(self._mirror)
        look.direction_changed.connect(self._mirror)

    def title(self) -> str:
        """What the document's network is called."""
        return title_of(self.document.spec)

    # --- building ------------------------------------------------------------------------------------------

    def build(self, actions: dict[str, QAction], colours: QMenu) -> None:
        """Put everything in its place: buttons for the menus' actions; `colours` stands in for the colour box."""
        # One widget with a row of its own: QToolBar's spacing wastes height that the panels need.
        self._content = _Content(self._fit)
        row = QHBoxLayout(self._content)
        row.setContentsMargins(_MARGIN, 3, _MARGIN - 4, 3)
        row.setSpacing(_SPACING)
        for label in (self._title, self._state):
            row.addWidget(label)
        for name, rank in (("undo", 1), ("redo", 1), ("find", 2), ("compare", 3)):
            self._add(row, self._button(actions[name]), rank, actions[name].text())
        row.addStretch(1)
        self._add(row, self.direction, 4, self.tr("Direction"))
        self._add(row, self._caption(self.tr("Fold")), 9)
        self._add(row, self.fold, 2, self.tr("Fold"))
        self._add(row, self.repeats, 5, self.tr("Repeated blocks"))
        self._add(row, self._caption(self.tr("Colour")), 9)
        self._add(row, self.colour, 6, self.tr("Colour"), colours)
        self._add(row, self._caption(self.tr("Device")), 9)
        self._add(row, self.device, 7, self.tr("Device"))
        row.addWidget(self.more)
        self.addWidget(self._content)
        self._mirror()
        self.show_network()

    def _add(self, row: QHBoxLayout, widget: QWidget, rank: int, title: str = "", menu: QMenu | None = None) -> None:
        widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row.addWidget(widget)
        self._parts.append(_Part(widget, rank, title, menu))

    def _caption(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "muted")
        return label

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().rstrip("…"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setProperty("role", "icon")
        return button

    def _toggle(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        button.setProperty("role", "toggle")
        return button

    def _more(self) -> QToolButton:
        """Opens the menu of what did not fit."""
        button = QToolButton()
        button.setAccessibleName(self.tr("More"))
        button.setToolTip(self.tr("What does not fit into the bar"))
        button.setIconSize(QSize(_ICON, _ICON))
        button.setProperty("role", "icon")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._icons.put(button, "more")
        menu = QMenu(button)
        menu.aboutToShow.connect(self._fill_more)
        button.setMenu(menu)
        button.hide()
        return button

    def _folds(self) -> Segmented:
        fold = Segmented(
            [
                Choice("stage", self.tr("Stage"), self.tr("One box a stage (Alt+1)")),
                Choice("block", self.tr("Block"), self.tr("One box a block (Alt+2)")),
                Choice("layer", self.tr("Layer"), self.tr("Every layer (Alt+3)")),
            ],
            self.tr("Fold"),
        )
        fold.chosen.connect(self.set_level)
        return fold

    def _directions(self) -> Segmented:
        choices = [
            Choice("down", "", self.tr("Top to bottom (Alt+D)")),
            Choice("right", "", self.tr("Left to right (Alt+D)")),
        ]
        ways = Segmented(choices, self.tr("Direction"))
        for choice in choices:
            button = ways.button(choice.value)
            button.setIconSize(QSize(16, 16))
            button.setAccessibleName(choice.hint.partition(" (")[0])
            self._icons.put(button, choice.value)
        ways.chosen.connect(lambda way: self.look.set_direction("right" if way == "right" else "down"))
        return ways

    # --- fitting -------------------------------------------------------------------------------------------

    def _fit(self, width: int) -> None:
        """Show what fits; the rest is in the menu at the right end."""
        hints = [part.widget.sizeHint().width() + _SPACING for part in self._parts]
        room = width - 2 * _MARGIN - _TITLE - self._state.minimumWidth() - 2 * _SPACING
        shown = [True] * len(hints)
        order = sorted(range(len(hints)), key=lambda at: -self._parts[at].rank)
        for at in order:
            more = self._is_cut(shown) * (self.more.sizeHint().width() + _SPACING)
            if sum(hint for hint, is_shown in zip(hints, shown, strict=True) if is_shown) + more <= room:
                break
            shown[at] = False
        for part, is_shown in zip(self._parts, shown, strict=True):
            part.widget.setVisible(is_shown)
        self.more.setVisible(self._is_cut(shown))

    def _is_cut(self, shown: list[bool]) -> bool:
        """Whether something more than a caption is left out."""
        return any(part.title and not is_shown for part, is_shown in zip(self._parts, shown, strict=True))

    def _fill_more(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for part in self._parts:
            if part.title and part.widget.isHidden():
                self._offer(menu, part)

    def _offer(self, menu: QMenu, part: _Part) -> None:
        """In the menu: the same choices."""
        widget = part.widget
        if part.menu is not None:
            menu.addMenu(part.menu)
        elif isinstance(widget, QToolButton) and widget.defaultAction() is not None:
            menu.addAction(widget.defaultAction())
        elif isinstance(widget, QToolButton):
            action = menu.addAction(widget.accessibleName())
            action.setCheckable(True)
            action.setChecked(widget.isChecked())
            action.toggled.connect(widget.setChecked)
        else:
            self._offer_choices(menu, part)

    def _offer_choices(self, menu: QMenu, part: _Part) -> None:
        """The segments of a widget as a menu of their own."""
        sub = menu.addMenu(part.title)
        inner = part.widget.control if isinstance(part.widget, DeviceSwitch) else part.widget
        if isinstance(inner, Segmented):
            for value in inner.values:
                button = inner.button(value)
                action = sub.addAction(button.text() or button.accessibleName())
                action.setCheckable(True)
                action.setChecked(button.isChecked())
                action.setEnabled(button.isEnabled())
                action.triggered.connect(button.click)

    # --- showing -------------------------------------------------------------------------------------------

    def set_level(self, level: str) -> None:
        """Everything at one level of folding."""
        self.look.set_fold(self.look.fold.to(next(each for each in LEVELS if each == level)))

    def _fold_repeats(self, folded: bool) -> None:
        if folded != self.look.fold.repeats:
            self.look.set_fold(self.look.fold._replace(repeats=folded, but=frozenset()))

    def set_metric(self, metric: str) -> None:
        """Colour by a metric; empty: by operator."""
        self.look.set_colour(metric)

    def _mirror(self) -> None:
        self.fold.set_value(self.look.fold.level)
        self.direction.set_value(self.look.direction)
        self.repeats.setChecked(self.look.fold.repeats)

    def show_network(self, _busy: bool = False) -> None:
        """Name and weights; a network without trained weights is always called untrained."""
        self._title.setText(self.title())
        model = self.jobs.model
        if model is None:
            text, role = ("…", "muted") if self.jobs.is_busy else (self.tr("not built"), "warning")
        elif model.trained:
            text, role = self.tr("trained · {weights}").format(weights=model.weights), "muted"
        else:
            text, role = self.tr("untrained"), "warning"
        self._state.setText(text)
        self._state.set_role(role)
        # "untrained" is never cut; the name of weights may be.
        self._state.setMinimumWidth(self._state.sizeHint().width() if role == "warning" else 24)
        self._fit(self._content.width())


class _Content(QWidget):
    """A row that may be narrower than what is in it: it then shows less."""

    def __init__(self, fit: Callable[[int], None]) -> None:
        super().__init__()
        self._fit = fit
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # something in it wants more room, or less
            self._fit(self.width())
        return done
