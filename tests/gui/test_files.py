"""New, Open, Save and what lies between: the file of a network, its mark, the question before it is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from resviz.arch.notation import load_spec_file, save_spec_file
from resviz.arch.presets import DEFAULT, PRESETS
from resviz.engine.messages import ImageSource
from resviz.gui import images_qt
from resviz.gui.app import open_window
from resviz.gui.recent import MOST, RecentMenu
from resviz.gui.settings import Settings
from resviz.gui.view import View
from resviz.gui.window import MainWindow

SPEC = replace(PRESETS["resnet18"].spec, classes=7)
OTHER = replace(PRESETS["resnet18"].spec, classes=8)
Button = QMessageBox.StandardButton


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """As `resviz` opens it: someone works with it."""
    shown = open_window(View(theme="light"), Settings(tmp_path / "settings" / "resviz.ini"))
    shown.files.unsaved.asks = True
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close_unasked()
    QGuiApplication.clipboard().clear()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.json"
    save_spec_file(path, SPEC)
    return path


def do(window: MainWindow, name: str) -> None:
    window.menus.actions[name].trigger()


def open_file(window: MainWindow, path: Path) -> None:
    window.files.take(images_qt.from_path(str(path)))


def answer(qtbot: QtBot, window: MainWindow, button: Button) -> None:
    box = window.files.unsaved.box
    assert box is not None
    qtbot.mouseClick(box.button(button), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.files.unsaved.box is not box)


def pick(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    """In the dialog that is open."""
    dialog = next(each for each in window.findChildren(QFileDialog) if each.isVisible())
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(str(path))
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_the_mark_follows_the_file(window: MainWindow, file: Path) -> None:
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("ResNet-18")
    open_file(window, file)
    assert window.windowTitle().startswith("net.json — ")
    assert "[*]" in window.windowTitle()
    assert not window.isWindowModified()
    window.document.set_spec(OTHER, "Classes")
    assert window.isWindowModified()
    window.document.undo_stack.undo()
    assert not window.isWindowModified()
    window.document.undo_stack.redo()
    do(window, "save")
    assert not window.isWindowModified()
    assert load_spec_file(file) == OTHER
    window.document.undo_stack.undo()
    assert window.isWindowModified(), "the file holds what was undone"


def test_an_untitled_network_is_modified_unless_it_is_a_preset(window: MainWindow) -> None:
    window.document.set_spec(PRESETS["resnet50"].spec, "Architecture")
    assert not window.isWindowModified()
    window.document.set_spec(SPEC, "Classes")
    assert window.isWindowModified()
    window.document.open(SPEC, "mine.pth", "Open")
    assert not window.isWindowModified(), "a checkpoint holds it"


def test_undo_past_an_opening_brings_the_former_file_back(window: MainWindow, file: Path, tmp_path: Path) -> None:
    open_file(window, file)
    save_spec_file(tmp_path / "other.json", OTHER)
    open_file(window, tmp_path / "other.json")
    window.document.undo_stack.undo()
    assert (window.document.path, window.document.is_modified) == (file, False)
    window.document.undo_stack.undo()
    assert window.document.path is None


def test_save_as_gives_the_network_its_file(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.document.set_spec(SPEC, "Classes")
    do(window, "save")  # an untitled one asks for a name
    pick(qtbot, window, tmp_path / "mine")
    path = tmp_path / "mine.json"
    assert load_spec_file(path) == SPEC
    assert (window.document.path, window.isWindowModified()) == (path, False)
    assert window.files.recent.paths() == [path]
    assert window.settings.text("folder") == str(tmp_path)
    window.document.set_spec(OTHER, "Classes")
    do(window, "save")
    assert load_spec_file(path) == OTHER


def test_a_failed_save_keeps_the_mark_and_says_why(window: MainWindow, file: Path, tmp_path: Path) -> None:
    open_file(window, file)
    window.document.set_spec(OTHER, "Classes")
    window.document.mark_saved(tmp_path / "gone" / "net.json")
    window.document.set_spec(SPEC, "Classes again")
    do(window, "save")
    assert "cannot be written" in window.messages.text
    assert window.isWindowModified()
    window.files._save(tmp_path / "net.txt", None)
    assert "must end in .json" in window.messages.text
    assert not (tmp_path / "net.txt").exists()


@pytest.mark.parametrize("name", ["new", "close", "open"])
@pytest.mark.parametrize("button", [Button.Save, Button.Discard, Button.Cancel])
def test_what_is_unsaved_is_asked_for(
    qtbot: QtBot, window: MainWindow, file: Path, tmp_path: Path, name: str, button: Button
) -> None:
    open_file(window, file)
    window.document.set_spec(OTHER, "Classes")
    save_spec_file(tmp_path / "third.json", PRESETS["plain18"].spec)
    steps = {
        "new": lambda: do(window, "new"),
        "close": window.close,
        "open": lambda: open_file(window, tmp_path / "third.json"),
    }
    steps[name]()
    assert window.isVisible()
    assert window.document.spec == OTHER
    answer(qtbot, window, button)
    went_on = {
        "new": window.document.spec == PRESETS[DEFAULT].spec,
        "close": not window.isVisible(),
        "open": window.document.spec == PRESETS["plain18"].spec,
    }
    assert went_on[name] == (button != Button.Cancel)
    assert load_spec_file(file) == (OTHER if button == Button.Save else SPEC)


def test_saving_an_untitled_network_on_the_way_out(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.document.set_spec(SPEC, "Classes")
    window.close()
    window.close()  # a second click asks no second time
    answer(qtbot, window, Button.Save)
    assert window.isVisible(), "the name is asked for first"
    pick(qtbot, window, tmp_path / "late.json")
    assert not window.isVisible()
    assert load_spec_file(tmp_path / "late.json") == SPEC


def test_pictures_and_what_is_saved_go_without_a_question(window: MainWindow, file: Path) -> None:
    open_file(window, file)
    do(window, "new")
    assert (window.document.spec, window.document.path) == (PRESETS[DEFAULT].spec, None)
    window.document.set_spec(SPEC, "Classes")
    window.files.take(ImageSource(path="red.png", name="red.png"))
    assert window.files.unsaved.box is None
    window.close_unasked()
    assert not window.isVisible()


def test_open_takes_a_spec_or_a_picture(qtbot: QtBot, window: MainWindow, file: Path, tmp_path: Path) -> None:
    do(window, "open")
    pick(qtbot, window, file)
    assert window.document.spec == SPEC
    (tmp_path / "red.png").write_bytes(b"no picture, but called one")
    do(window, "open")
    pick(qtbot, window, tmp_path / "red.png")
    assert window.document.image is not None
    assert window.document.image.name == "red.png"


def recent_menu(window: MainWindow) -> QMenu:
    (menu,) = (each for each in window.findChildren(QMenu) if isinstance(each, RecentMenu))
    menu.aboutToShow.emit()
    return menu


def test_recent_files_are_remembered_and_missing_ones_struck_off(
    qtbot: QtBot, window: MainWindow, file: Path, tmp_path: Path
) -> None:
    save_spec_file(tmp_path / "other & more.json", OTHER)
    open_file(window, file)
    open_file(window, tmp_path / "other & more.json")
    window.remember()
    assert Settings(window.settings.path).text("recent") == json.dumps([str(tmp_path / "other & more.json"), str(file)])
    entries = [each for each in recent_menu(window).actions() if not each.isSeparator()]
    assert [each.text().replace("&&", "&")[-8:] for each in entries] == ["ore.json", "net.json", "Clear"]
    entries[1].trigger()
    assert window.document.path == file
    (tmp_path / "other & more.json").unlink()
    recent_menu(window).actions()[1].trigger()
    assert "no longer there" in window.messages.text
    assert window.files.recent.paths() == [file]
    recent_menu(window).actions()[-1].trigger()
    assert window.files.recent.paths() == []


def test_no_more_than_ten_and_no_file_twice(window: MainWindow, tmp_path: Path) -> None:
    for number in [*range(MOST + 3), 5]:
        window.files.recent.add(tmp_path / f"{number}.json")
    paths = window.files.recent.paths()
    assert len(paths) == len(set(paths)) == MOST
    assert paths[0].name == "5.json"
    window.settings.put("recent", '{"not": "a list"}')
    assert window.files.recent.paths() == []


def test_a_file_on_the_command_line_is_the_windows(qtbot: QtBot, file: Path, tmp_path: Path) -> None:
    import argparse

    from resviz.commands.common import add_view_arguments, view_of

    parser = argparse.ArgumentParser()
    add_view_arguments(parser)
    shown = open_window(view_of(parser.parse_args(["--spec", str(file)])), Settings(tmp_path / "s.ini"))
    qtbot.addWidget(shown)
    assert (shown.document.path, shown.isWindowModified()) == (file, False)
    shown.close_unasked()


def test_a_large_pasted_picture_comes_from_the_background(qtbot: QtBot, window: MainWindow) -> None:
    mime = QMimeData()
    mime.setImageData(QImage(3000, 2000, QImage.Format.Format_RGB32))
    QGuiApplication.clipboard().setMimeData(mime)
    with qtbot.waitSignal(window.document.image_changed):
        window.files.paste()
        assert window.document.image is None
    assert window.document.image is not None
    assert window.document.image.pixels is not None
    assert window.document.image.pixels.shape == (2000, 3000, 4)


def test_what_is_taken_meanwhile_comes_before_a_large_picture(qtbot: QtBot, window: MainWindow) -> None:
    newer = ImageSource(path="newer.png", name="newer")
    window.files.take(images_qt.Raw(QImage(3000, 2000, QImage.Format.Format_RGB32), "older"))
    window.files.take(newer)
    window.files._background.wait()
    QApplication.processEvents()
    assert window.document.image is newer
