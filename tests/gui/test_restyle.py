"""A theme that was switched to looks as one that was there from the start, and as Qt by itself would have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QTableWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from resviz.drawing.palette import DARK, LIGHT
from resviz.gui.app import open_window
from resviz.gui.restyle import restyle
from resviz.gui.settings import Settings
from resviz.gui.theme import CAPTION, Theme, font, style_sheet
from resviz.gui.view import View
from resviz.gui.window import MainWindow


@pytest.fixture
def theme(qtbot: QtBot) -> Iterator[Theme]:
    made = Theme("light")
    made.apply()
    yield made
    made.set_choice("light")
    made.deleteLater()


class Sample(QWidget):
    """Some of everything; the last page is hidden behind the first."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[QEvent.Type] = []
        lines, self.pages = QVBoxLayout(self), QStackedWidget(self)
        caption, button, link = QLabel("CAPTION"), QPushButton("Push"), QToolButton()
        caption.setProperty("role", "caption")
        link.setProperty("role", "link")
        link.setText("link")
        own = QLabel("its own style")
        own.setStyleSheet("font-size: 17px; padding: 3px;")
        box, number, tabs = QComboBox(), QSpinBox(), QTabWidget()
        box.addItems(["one", "two"])
        tabs.addTab(QLineEdit("words"), "A tab")
        tabs.addTab(QLabel("another"), "Another")
        self.table = QTableWidget(2, 2)
        for widget in (caption, button, link, own, box, number, tabs):
            lines.addWidget(widget)
        self.behind = QPushButton("Behind")
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.behind)
        lines.addWidget(self.pages)
        self.menu = QMenu("Menu", self)
        self.menu.addAction("An action")
        self.menu.addAction("Another").setEnabled(False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        self.told.append(event.type())


def seen(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def sample(qtbot: QtBot) -> Sample:
    made = Sample()
    qtbot.addWidget(made)
    made.resize(400, 600)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()  # only one of two windows shows which part has it
    QApplication.processEvents()
    return made


def choose(qtbot: QtBot, theme: Theme, name: str) -> None:
    """And wait until that is done with what nobody sees, too."""
    theme.set_choice(name)
    qtbot.waitUntil(lambda: theme.is_settled)


def test_all_looks_as_it_would_in_a_fresh_window(qtbot: QtBot, theme: Theme) -> None:
    """Menus, what is behind, and back again, too."""
    old = sample(qtbot)
    bright = [seen(part) for part in (old, old.menu, old.behind)]
    choose(qtbot, theme, "dark")
    dark = [seen(part) for part in (old, old.menu, old.behind)]
    fresh = sample(qtbot)
    assert dark == [seen(part) for part in (fresh, fresh.menu, fresh.behind)]
    assert dark[0] != bright[0]
    choose(qtbot, theme, "light")
    assert [seen(part) for part in (old, old.menu, old.behind)] == bright


def test_what_one_sees_changes_at_once(qtbot: QtBot, theme: Theme) -> None:
    """Before any event is handled."""
    old = sample(qtbot)
    theme.set_choice("dark")
    assert not theme.is_settled
    assert seen(old) == seen(sample(qtbot))


def test_a_choice_in_the_middle_of_another(qtbot: QtBot, theme: Theme) -> None:
    """The first is not finished after the second."""
    old = sample(qtbot)
    bright = [seen(part) for part in (old, old.menu, old.behind)]
    theme.set_choice("dark")
    choose(qtbot, theme, "light")
    for _ in range(50):  # each would be a piece of the first
        QApplication.processEvents()
    assert [seen(part) for part in (old, old.menu, old.behind)] == bright


def test_it_is_what_qt_does(qtbot: QtBot, theme: Theme) -> None:
    ours = sample(qtbot)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for _ in restyle(app, style_sheet(DARK)):
        pass
    done = [seen(part) for part in (ours, ours.menu, ours.behind)]
    for _ in restyle(app, style_sheet(LIGHT)):
        pass
    app.setStyleSheet(style_sheet(DARK))
    assert done == [seen(part) for part in (ours, ours.menu, ours.behind)]


def test_what_was_hidden_shows_the_new_theme(qtbot: QtBot, theme: Theme) -> None:
    old, fresh = sample(qtbot), sample(qtbot)
    old.hide()
    choose(qtbot, theme, "dark")
    old.pages.setCurrentWidget(old.behind)
    fresh.pages.setCurrentWidget(fresh.behind)
    old.show()
    assert seen(old) == seen(fresh)


def test_each_widget_is_told_once(qtbot: QtBot, theme: Theme) -> None:
    inner = Sample()
    outer = QWidget()
    qtbot.addWidget(outer)
    QVBoxLayout(outer).addWidget(inner)
    outer.show()
    QApplication.processEvents()
    inner.told.clear()
    theme.set_choice("dark")
    assert inner.told.count(QEvent.Type.StyleChange) == 1


def test_a_type_that_was_chosen_late_stays(qtbot: QtBot, theme: Theme) -> None:
    """Qt takes it back when it styles the widget again."""
    old = sample(qtbot)
    small: QFont = font(CAPTION)
    old.table.setFont(small)
    theme.set_choice("dark")
    assert old.table.font() == small
    theme.set_choice("light")
    assert old.table.font() == small


class Ending(QWidget):
    """Deletes its child when the style changes."""

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            for child in self.findChildren(QLabel):
                child.setParent(None)


def test_a_widget_may_go_meanwhile(qtbot: QtBot, theme: Theme) -> None:
    window = Ending()
    qtbot.addWidget(window)
    QLabel("goes", window)
    window.show()
    theme.set_choice("dark")
    assert not window.findChildren(QLabel)


def test_the_whole_window_looks_as_one_that_opens_so(
    qtbot: QtBot, theme: Theme, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every dock and its panel, with what Qt has around them."""

    def window(name: str) -> MainWindow:
        made = open_window(View(theme=name), Settings(tmp_path_factory.mktemp(name) / "settings.ini"))
        qtbot.addWidget(made)
        made.resize(1600, 1000)
        made.show()
        for panel in ("compare", "softmax", "explain", "anatomy", "unravelled"):
            made.show_panel(panel)
            QApplication.processEvents()
        qtbot.waitUntil(lambda: not made.early.is_active)
        return made

    def parts(made: MainWindow) -> dict[str, QImage]:
        QApplication.processEvents()
        every: dict[str, QWidget] = {"window": made, **made.docks}
        return {name: seen(part) for name, part in every.items()}

    switched = window("light")
    for name in ("dark", "light", "dark"):
        switched.choose_theme(name)
        qtbot.waitUntil(lambda: switched.theme.is_settled)
    looks = parts(switched)
    switched.close()
    fresh = window("dark")
    assert [name for name, look in parts(fresh).items() if look != looks[name]] == []
    fresh.close()
