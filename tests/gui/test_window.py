"""The main window around its panels; the engine is not started here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QTabBar
from pytestqt.qtbot import QtBot

from resviz.arch.notation import format_spec, parse, save_spec_file
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.gui import images_qt
from resviz.gui.app import open_window
from resviz.gui.settings import Settings
from resviz.gui.view import View
from resviz.gui.window import MainWindow
from tests.gui.panels.desk import PREDICTION, UNTRAINED, WEIGHTS, built, deliver, failed, ready


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    shown = open_window(View(theme="light"), Settings(tmp_path / "resviz.ini"))
    qtbot.addWidget(shown)
    shown.resize(1280, 800)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    QGuiApplication.clipboard().clear()  # what Python made for it must not outlive Python


def state(window: MainWindow) -> str:
    return window.top._state.text()


def test_an_untrained_network_is_called_so_and_never_cut(window: MainWindow) -> None:
    deliver(window.jobs, built(trained=False))
    window.resize(800, 560)
    assert state(window) == "untrained"
    assert window.top._state.width() >= window.top._state.sizeHint().width()


def test_a_network_that_was_refused_is_called_not_built(window: MainWindow) -> None:
    deliver(window.jobs, built())
    assert state(window).startswith("trained")
    window.document.set_spec(PRESETS["resnet152"].spec, "Architecture")
    assert state(window) == "…"
    window.jobs.cancel()
    assert state(window) == "not built"


def test_a_message_takes_no_room_from_the_prediction(qtbot: QtBot, window: MainWindow) -> None:
    before = window.run.prediction.height()
    deliver(window.jobs, failed())
    qtbot.waitUntil(lambda: window.run.message.height() > 20)
    qtbot.waitUntil(lambda: window.run.prediction.height() >= min(before, 160))


def test_pasting_an_empty_clipboard_says_so(window: MainWindow) -> None:
    QGuiApplication.clipboard().clear()
    window.files.paste()
    assert "holds no picture" in window.messages.text


def test_pasted_notation_opens_and_garbage_is_told(window: MainWindow) -> None:
    spec = replace(PRESETS["resnet50"].spec, width=32)
    QGuiApplication.clipboard().setText("nothing of the kind")
    window.files.paste()
    assert "no spec" in window.messages.text
    window.files.copy_notation()
    QGuiApplication.clipboard().setText(format_spec(spec))
    window.files.paste()
    assert window.document.spec == spec
    assert window.messages.text == ""


def test_what_is_pasted_as_a_file_is_opened(window: MainWindow, tmp_path: Path) -> None:
    save_spec_file(tmp_path / "net.json", PRESETS["plain18"].spec)
    mime = QMimeData()
    mime.setUrls([(tmp_path / "net.json").as_uri()])
    QGuiApplication.clipboard().setMimeData(mime)
    window.files.paste()
    assert window.document.spec == PRESETS["plain18"].spec


def test_a_count_left_typed_in_a_stage_that_goes_is_dropped(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    field = window.builder.stages.rows[3].stepper.field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    save_spec_file(tmp_path / "two.json", ResNetSpec("basic", (1, 1)))
    window.files.take(images_qt.SpecFile(str(tmp_path / "two.json")))
    assert window.document.spec == ResNetSpec("basic", (1, 1))


def test_a_new_try_clears_both_messages(window: MainWindow, tmp_path: Path) -> None:
    deliver(window.jobs, failed())
    assert window.run.message.text
    (tmp_path / "bad.json").write_text("{}")
    window.files.take(images_qt.SpecFile(str(tmp_path / "bad.json")))
    assert not window.run.message.text
    assert window.messages.text


def test_maps_of_the_former_network_are_dimmed(window: MainWindow) -> None:
    window.document.set_image(images_qt.ImageSource(path="red.png", name="red.png"))
    deliver(window.jobs, PREDICTION)
    assert not window.run.prediction.bars._stale
    window.document.set_spec(PRESETS["plain20-cifar"].spec, "Architecture")
    window.jobs.cancel()
    assert window.run.prediction.bars._stale
    deliver(window.jobs, UNTRAINED)
    assert not window.run.prediction.bars._stale


def test_every_action_of_the_menus_has_a_text_and_no_key_is_given_twice(window: MainWindow) -> None:
    actions = [action for menu in window.menuBar().actions() for action in menu.menu().actions()]
    keys = [action.shortcut().toString() for action in actions if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys)) > 10
    assert all(action.text() for action in actions if not action.isSeparator())


def test_the_edit_menu_has_what_the_graph_offers_for_the_selection(window: MainWindow) -> None:
    edit = window.menuBar().actions()[1].menu()
    part = next(each.menu() for each in edit.actions() if each.menu() and "Selected" in each.text())
    for selected in (None, "layer2.0.conv1", "fc"):
        window.document.select(selected)
        part.aboutToShow.emit()
        assert [each for each in part.actions() if each.text()]
    find = next(each for each in part.actions() if "Find" in each.text())
    find.trigger()
    assert window.graph.find_bar.isVisible()


def test_the_drawing_is_saved_as_it_is_on_screen(window: MainWindow, tmp_path: Path) -> None:
    from resviz.drawing.output import Drawing
    from resviz.gui.graph import export

    for name, start in (("net.svg", b"<svg"), ("net.png", b"\x89PNG"), ("net.pdf", b"%PDF")):
        export.save(tmp_path / name, Drawing(window.graph.plan, window.theme.palette))
        assert start in (tmp_path / name).read_bytes()[:200]


def test_panels_fold_away_and_come_back(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.docks["compare"].isVisible()
    for name, dock in window.docks.items():
        window.show_panel(name)
        dock.toggleViewAction().trigger()
        assert not dock.isVisible()
        window.show_panel(name)
        assert dock.isVisible()
    assert window.graph.isVisible()


def test_theme_choice_is_remembered(window: MainWindow) -> None:
    window.choose_theme("dark")
    window.remember()
    assert Settings(window.settings.path).text("theme") == "dark"
    assert window.theme.name == "dark"
    window.choose_theme("light")


def test_an_idle_window_rests(qtbot: QtBot, window: MainWindow) -> None:
    """Nothing asks for another layout once the window has settled: an endless round of them eats a core."""
    asked: list[QEvent] = []

    class Counter(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.LayoutRequest:
                asked.append(event)
            return False

    for width, height in ((1280, 800), (1600, 1200), (900, 600)):
        window.resize(width, height)
        for _ in range(50):
            QApplication.processEvents()
        counter = Counter()
        QApplication.instance().installEventFilter(counter)
        asked.clear()
        for _ in range(200):
            QApplication.processEvents()
        QApplication.instance().removeEventFilter(counter)
        assert len(asked) < 20


def test_a_click_in_the_gap_of_a_block_selects_what_is_near(qtbot: QtBot, window: MainWindow) -> None:
    from PySide6.QtCore import QPointF

    place = window.graph.position_of("layer1.0.conv2")
    while window.graph.layer_at(place) == "layer1.0.conv2":
        place -= QPointF(0, 1)
    assert window.graph.layer_at(place) is None
    qtbot.mouseClick(window.graph, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert window.document.selection in ("layer1.0.conv2", "layer1.0.bn1", "layer1.0.relu1")


def test_zooming_out_ends_where_all_is_in_sight(window: MainWindow) -> None:
    for _ in range(100):
        window.graph.zoom_out()
    least = window.graph.zoom
    window.graph.fit()
    assert 0.6 * window.graph.zoom < least < window.graph.zoom


def test_escape_in_the_graph_clears_the_selection(qtbot: QtBot, window: MainWindow) -> None:
    window.document.select("layer1.0.add")
    qtbot.keyClick(window.graph, Qt.Key.Key_Escape)
    assert window.document.selection is None


def test_an_edit_on_the_graph_says_what_gave_way(window: MainWindow) -> None:
    window.document.set_spec(parse("basic:2,2,projection=avgpool"), "start")
    menu = window.graph.menu_for("", None)
    shortcuts = next(each.menu() for each in menu.actions() if each.text().startswith("Shortcut of all"))
    assert isinstance(shortcuts, QMenu)
    next(each for each in shortcuts.actions() if each.text().startswith("None")).trigger()
    assert window.document.spec == parse("basic:2,2,shortcut=none")
    assert "projection" in window.builder.status.text().lower()
    window.document.undo_stack.undo()
    assert window.document.spec == parse("basic:2,2,projection=avgpool")


# --- panels and windows that are made when they are first wanted -----------------------------------------------------


@pytest.mark.parametrize("name", ["softmax", "seen", "devices"])
def test_a_panel_is_made_when_it_is_first_seen(qtbot: QtBot, window: MainWindow, name: str) -> None:
    dock = window.docks[name]
    assert dock.widget() is None
    assert not dock.isVisible()
    window.menus.actions[name].trigger()
    assert dock.isVisible()
    made = dock.widget()
    assert made is not None
    window.show_panel("layers")
    window.show_panel(name)
    assert dock.widget() is made
    window.docks.reset()
    assert not dock.isVisible()


@pytest.mark.qt_log_ignore("does not support raise", "grabbing the keyboard", extend=True)
def test_pictures_dropped_together_and_folders_are_a_job(window: MainWindow, tmp_path: Path) -> None:
    window.files.take(images_qt.Folder(str(tmp_path)))
    assert window._folder is not None
    assert window._folder.isVisible()
    assert window._folder.run.paths == (str(tmp_path),)
    window.files.take(images_qt.Several((str(tmp_path / "a.png"), str(tmp_path / "b.png"))))
    assert len(window._folder.run.paths) == 2
    window.close()
    assert not window._folder.isVisible()


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_the_catalogue_opens_and_lists_what_is_on_disk(window: MainWindow) -> None:
    window.menus.actions["weights"].trigger()
    assert window._weights is not None
    assert window._weights.isVisible()
    window.close()
    assert not window._weights.isVisible()


def test_the_sketch_pads_network_is_opened_by_its_name(window: MainWindow) -> None:
    known = replace(WEIGHTS, name="digits", spec=PRESETS["plain18"].spec)
    deliver(window.jobs, replace(ready(), catalog=(known,)))
    window.sources.network_wanted.emit("digits")
    assert (window.document.spec, window.document.weights) == (known.spec, "digits")
    window.sources.network_wanted.emit("nobody")
    assert window.document.weights == "digits"
    window.document.undo_stack.undo()
    assert window.document.weights is None


def tabs_in_sight(window: MainWindow) -> list[list[str]]:
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    seen = [bar for bar in bars if bar.isVisible() and window.rect().intersects(bar.geometry())]
    return [[bar.tabText(at) for at in range(bar.count())] for bar in seen]


def test_after_a_reset_no_tab_is_left_over(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("softmax", "lesions", "unravelled", "seen"):
        window.show_panel(name)
    window.docks["layers"].hide()
    QApplication.processEvents()
    window.docks.reset()
    QApplication.processEvents()
    shown = [name for name, dock in window.docks.items() if dock.isVisible()]
    assert shown == ["builder", "layers", "maps", "run"]
    qtbot.waitUntil(lambda: not tabs_in_sight(window))
    window.show_panel("seen")
    qtbot.waitUntil(lambda: tabs_in_sight(window) == [["Layers", "What the network sees"]])


def test_the_strip_gives_back_what_a_message_took(qtbot: QtBot, window: MainWindow) -> None:
    QApplication.processEvents()
    before = window.docks["run"].height()
    deliver(window.jobs, failed())
    qtbot.waitUntil(lambda: window.run.message.isVisible())
    QApplication.processEvents()
    window.run.message.clear()
    qtbot.waitUntil(lambda: abs(window.docks["run"].height() - before) <= 2)


def test_the_key_of_a_panel_behind_a_tab_brings_it_to_the_front(qtbot: QtBot, window: MainWindow) -> None:
    action = window.menus.actions["seen"]
    action.trigger()
    assert action.isChecked()
    window.show_panel("layers")
    QApplication.processEvents()
    action.trigger()
    QApplication.processEvents()
    assert window.docks["seen"].isVisible()
    assert not window.docks["seen"].visibleRegion().isEmpty()
    action.trigger()
    assert not window.docks["seen"].isVisible()
    assert not action.isChecked()


@pytest.mark.parametrize("name", ["lesions", "explain", "unravelled"])
def test_a_panel_keeps_its_room_when_the_window_grows(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.resize(1280, 800)
    window.show_panel(name)
    window.show_panel("anatomy")
    window.show_panel(name)
    qtbot.waitUntil(lambda: not window.docks[name].visibleRegion().isEmpty())
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: window.docks[name].height() >= 460)
    assert window.docks["layers"].isVisible()
    assert window.docks["layers"].height() >= 150
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.docks[name].height() > 480)
    assert not window.docks[name].visibleRegion().isEmpty(), "what was looked at stays in front"
