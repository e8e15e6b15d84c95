"""The bar above the graph: what it does, and that nothing in it is ever cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from resviz.gui.app import open_window
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.settings import Settings
from resviz.gui.view import View
from resviz.gui.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    shown = open_window(View(theme="light"), Settings(tmp_path / "resviz.ini"))
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()


def more(window: MainWindow) -> list[QAction]:
    """What is in the menu of what does not fit."""
    menu = window.top.more.menu()
    menu.aboutToShow.emit()
    return menu.actions()


@pytest.mark.parametrize("width", [800, 1024, 1280, 1600, 1920])
def test_nothing_is_cut(qtbot: QtBot, window: MainWindow, width: int) -> None:
    window.resize(width, 800)
    qtbot.waitUntil(lambda: window.top._content.width() == width)
    for kind in (QAbstractButton, QComboBox, QLabel):
        for each in window.top._content.findChildren(kind):
            if each.isVisible() and not isinstance(each, ElidedLabel):
                place = each.mapTo(window.top, each.rect().topLeft())
                assert place.x() >= 0
                assert place.x() + each.width() <= width
                assert each.width() >= each.sizeHint().width() or each.parentWidget().width() >= each.width()
    assert window.top._title.width() >= min(100, window.top._title.sizeHint().width())
    hidden = [part for part in window.top._parts if part.title and part.widget.isHidden()]
    assert window.top.more.isVisible() == bool(hidden)
    assert bool(hidden) == (width < 1280) or width == 1024


def test_what_does_not_fit_is_in_the_menu_and_works(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(800, 600)
    qtbot.waitUntil(window.top.more.isVisible)
    device = next(action for action in more(window) if action.text() == "Device")
    cpu = next(action for action in device.menu().actions() if action.text() == "CPU")
    cpu.trigger()
    assert window.document.device == "cpu"


def test_fold_repeats_and_direction_follow_the_look(qtbot: QtBot, window: MainWindow) -> None:
    top, look, actions = window.top, window.look, window.menus.actions
    qtbot.mouseClick(top.fold.button("block"), Qt.MouseButton.LeftButton)
    assert look.fold.level == "block"
    assert actions["fold:block"].isChecked()
    qtbot.mouseClick(top.repeats, Qt.MouseButton.LeftButton)
    assert look.fold.repeats
    assert actions["repeats"].isChecked()
    actions["right"].trigger()
    assert look.direction == "right"
    assert top.direction.value() == "right"
    actions["fold:stage"].trigger()
    assert top.fold.value() == "stage"
    assert look.fold.repeats, "another level is no reason to draw equal blocks one by one"


def test_what_is_chosen_is_there_at_the_next_start(qtbot: QtBot, window: MainWindow) -> None:
    window.look.set_direction("right")
    window.look.set_colour("params", False)
    window.remember()
    again = open_window(View(theme="light"), Settings(window.settings.path))
    qtbot.addWidget(again)
    assert (again.look.direction, again.look.metric, again.look.log) == ("right", "params", False)
    assert again.top.direction.value() == "right"
    again.look.set_colour("time")
    again.remember()
    last = open_window(View(theme="light"), Settings(window.settings.path))
    qtbot.addWidget(last)
    assert last.look.metric == "", "times are measured anew, or not shown"


def test_icons_come_after_the_first_paint_and_take_the_themes_colours(qtbot: QtBot, window: MainWindow) -> None:
    undo = window.menus.actions["undo"]
    find = window.menus.actions["find"]
    qtbot.waitUntil(lambda: not find.icon().isNull())

    def ink() -> int:
        image = find.icon().pixmap(QSize(32, 32), 2.0).toImage()
        assert image.width() == 64, "sharp where the screen has two pixels for one"
        colours = [image.pixelColor(x, y) for x in range(64) for y in range(64)]
        return min((colour for colour in colours if colour.alpha() > 250), key=lambda c: c.lightness()).lightness()

    assert ink() < 60
    window.choose_theme("dark")
    assert ink() > 150
    assert not undo.icon().isNull()
    window.choose_theme("light")


def test_every_button_says_what_it_is_and_its_key(qtbot: QtBot, window: MainWindow) -> None:
    for button in window.top._content.findChildren(QToolButton):
        assert button.accessibleName() or button.text(), button
        assert button.toolTip(), button.accessibleName()
    assert "Ctrl+F" in window.menus.actions["find"].toolTip()
    assert "Ctrl+Z" in window.menus.actions["undo"].toolTip()
