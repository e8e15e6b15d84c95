"""F11: the graph alone, and everything back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.gui.app import open_window
from resviz.gui.settings import Settings
from resviz.gui.view import View
from resviz.gui.window import MainWindow

#: What the offscreen platform says of every window that comes to the front, as a floating panel does.
pytestmark = pytest.mark.qt_log_ignore("raise")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    shown = open_window(View(theme="light"), Settings(tmp_path / "resviz.ini"))
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()


def chrome(window: MainWindow) -> dict[str, bool]:
    """What stands around the graph."""
    return {
        "menus": window.menuBar().isVisible(),
        "bar": window.top.isVisible(),
        **{name: dock.isVisible() for name, dock in window.docks.items()},
    }


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    window.activateWindow()
    window.graph.setFocus()
    qtbot.keyClick(window.graph, key)


@pytest.mark.parametrize("way_back", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_all_goes_and_comes_back(qtbot: QtBot, window: MainWindow, way_back: Qt.Key) -> None:
    window.docks["maps"].hide()
    window.docks["run"].setFloating(True)
    QApplication.processEvents()
    before, sizes = chrome(window), {name: dock.size() for name, dock in window.docks.items() if dock.isVisible()}
    press(qtbot, window, Qt.Key.Key_F11)
    assert not any(chrome(window).values())
    assert window.isFullScreen()
    press(qtbot, window, way_back)
    assert chrome(window) == before
    assert not window.isFullScreen()
    assert window.docks["run"].isFloating()
    assert not window.docks["maps"].isVisible()
    qtbot.waitUntil(lambda: {name: window.docks[name].size() for name in sizes} == sizes)


def test_a_maximised_window_is_maximised_again(qtbot: QtBot, window: MainWindow) -> None:
    window.showMaximized()
    window.presentation.toggle()
    assert window.isFullScreen()
    window.presentation.toggle()
    assert window.isMaximized()
    assert not window.isFullScreen()


def test_keys_work_while_the_menus_are_away(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_F11)
    window.activateWindow()
    qtbot.keyClick(window.graph, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert window.look.fold.level == "stage"
    qtbot.keyClick(window.graph, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.graph.find_bar.isVisible()
    qtbot.keyClick(window.graph.find_bar, Qt.Key.Key_Escape)
    assert not window.graph.find_bar.isVisible()
    assert window.presentation.is_on, "Esc closes what lies on top first"


def test_what_is_remembered_is_the_window_not_the_presentation(window: MainWindow) -> None:
    window.presentation.enter()
    window.remember()
    assert chrome(window)["builder"]
    assert Settings(window.settings.path).state("docks") == window.settings.state("docks")
    assert not window.presentation.is_on
