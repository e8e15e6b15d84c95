"""Light and dark: the system's word, unless one was chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.gui.theme import Theme


@pytest.fixture
def theme(qtbot: QtBot) -> Iterator[Theme]:
    made = Theme("system")
    made.apply()
    yield made
    made.set_choice("light")
    made.deleteLater()


def ground() -> str:
    return QApplication.palette().color(QPalette.ColorRole.Window).name().upper()


def test_it_follows_the_system_while_it_runs(qtbot: QtBot, theme: Theme) -> None:
    """The offscreen platform has no dark scheme to change to; it can say that there is another."""
    hints = QGuiApplication.styleHints()
    with qtbot.waitSignal(theme.changed):
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    dark = hints.colorScheme() == Qt.ColorScheme.Dark
    assert theme.name == ("dark" if dark else "light")
    assert ground() == theme.palette.panel


def test_a_choice_stays_whatever_the_system_says(qtbot: QtBot, theme: Theme) -> None:
    theme.set_choice("dark")
    with qtbot.assertNotEmitted(theme.changed):
        QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.name == "dark"
