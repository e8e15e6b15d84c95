"""Buttons for where pictures come from; those there is no room for are in a menu, above the samples."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from resviz.gui.icons import Icons
from resviz.gui.panels.controls import repolish, row

#: By which keys they are reached; the window's menus have the same.
KEYS = {"open": "Ctrl+O", "paste": "Ctrl+V", "camera": "Alt+C", "screen": "Alt+S", "sketch": "Alt+K", "freeze": "Space"}
_ICON = 18
_SPACING = 4


class SourceLinks(QWidget):
    """`wanted` carries a name of `KEYS`. Shows what fits, from the left; words until `set_icons` was called."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = self._frozen = False
        self._samples = 0
        self._line = row(self, _SPACING)
        self._line.addStretch(1)
        self.menu = QMenu(self)
        self.buttons: dict[str, QToolButton] = {}
        self._actions: dict[str, QAction] = {}
        for name, text, tip in self._words():
            self._add(name, text, tip)
        self._separator = self.menu.addSeparator()
        self.buttons["camera"].setCheckable(True)
        self.buttons["freeze"].setCheckable(True)
        self.more = self._button(self.tr("More ▾"), self.tr("More places to take a picture from"))
        self.more.clicked.connect(self._pop_up)
        # Buttons and the graph want the space bar too, but not while the camera is on.
        self.freeze_key = QShortcut(QKeySequence(KEYS["freeze"]), self, lambda: self.wanted.emit("freeze"))
        self.freeze_key.setEnabled(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    def _words(self) -> list[tuple[str, str, str]]:
        tr = self.tr
        return [
            ("freeze", tr("Freeze"), tr("Keep this picture of the camera, or go on")),
            ("open", tr("Open…"), tr("Open a picture, a spec or a checkpoint")),
            ("paste", tr("Paste"), tr("Paste a picture")),
            ("camera", tr("Camera"), tr("Look through the camera, live")),
            ("screen", tr("Screen"), tr("Take a region of the screen")),
            ("sketch", tr("Sketch"), tr("Draw a digit and have it recognised")),
        ]

    def _add(self, name: str, text: str, tip: str) -> None:
        keys = QKeySequence(KEYS[name]).toString(QKeySequence.SequenceFormat.NativeText)
        button = self.buttons[name] = self._button(text, f"{tip} ({keys})")
        button.clicked.connect(partial(self._ask, name))
        action = self._actions[name] = self.menu.addAction(text)
        action.triggered.connect(partial(self._ask, name))

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text.rstrip(" ▾…"))
        button.setProperty("role", "link")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._line.addWidget(button)
        return button

    def _ask(self, name: str, _checked: bool = False) -> None:
        self._show_checked()  # what is on is said by whoever does it, not by the click
        self.wanted.emit(name)

    def _pop_up(self) -> None:
        # Not `setMenu`: its arrow is drawn over the button's text.
        self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def add_sample(self, icon: QIcon, title: str, choose: Callable[[], None]) -> None:
        """A sample picture for the menu."""
        self._samples += 1
        self.menu.addAction(icon, title).triggered.connect(lambda _checked=False: choose())
        self.more.setText(self.tr("Samples ▾"))
        self.more.setAccessibleName(self.tr("Samples"))
        self.more.setToolTip(self.tr("The pictures that come with ResViz"))
        self._fit()

    def set_icons(self, icons: Icons) -> None:
        """Icons in place of words; the menu has both."""
        for name, button in self.buttons.items():
            button.setText("")
            button.setIconSize(QSize(_ICON, _ICON))
            button.setProperty("role", "icon")
            repolish(button)
            icons.put(button, name)
            icons.put(self._actions[name], name)
        self._fit()

    def show_live(self, live: bool, frozen: bool) -> None:
        """Whether the camera is on, and whether its picture stands still."""
        if (live, frozen) != (self._live, self._frozen):
            self._live, self._frozen = live, frozen
            self.freeze_key.setEnabled(live)
            self._show_checked()
            self._fit()

    def _show_checked(self) -> None:
        self.buttons["camera"].setChecked(self._live)
        self.buttons["freeze"].setChecked(self._live and self._frozen)

    # --- fitting -----------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """The buttons that there is room for; the menu has the others, and is left out if it would be empty."""
        for button in (*self.buttons.values(), self.more):
            button.ensurePolished()  # hidden ones do not know how wide they are in the window's style
        names = [name for name in self.buttons if name != "freeze" or self._live]
        widths = [self.buttons[name].sizeHint().width() + _SPACING for name in names]
        more = self.more.sizeHint().width()
        room = self.width() - _SPACING
        whole = sum(widths) + (more if self._samples else 0)
        shown = set(names) if whole <= room else _first(names, widths, room - more)
        for name, button in self.buttons.items():
            button.setVisible(name in shown)
            self._actions[name].setVisible(name in names and name not in shown)
        hidden = len(shown) < len(names)
        self._separator.setVisible(hidden and self._samples > 0)
        self.more.setVisible(hidden or self._samples > 0)
        self._line.activate()  # now, or one frame shows the former buttons' places

    def minimumSizeHint(self) -> QSize:
        return QSize(self.more.sizeHint().width(), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        wide = sum(button.sizeHint().width() + _SPACING for button in self.buttons.values())
        return QSize(wide + self.more.sizeHint().width(), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)


def _first(names: list[str], widths: list[int], room: int) -> set[str]:
    """As many of the first as there is room for."""
    shown = set()
    for name, width in zip(names, widths, strict=True):
        room -= width
        if room < 0:
            break
        shown.add(name)
    return shown
