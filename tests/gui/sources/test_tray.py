from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.images_qt import to_qimage
from resviz.gui.settings import Settings
from resviz.gui.sources import tray as tray_module
from resviz.gui.sources.tray import CURRENT_ROLE, MOST, SIDE, Tray, small
from resviz.gui.sources.tray_view import SMALL, TrayView
from tests.gui.panels.desk import PREDICTION


def seen(shade: int, size: tuple[int, int] = (400, 200)) -> m.Prediction:
    return replace(PREDICTION, preview=np.full((50, 100, 3), shade, np.uint8), original_size=size)


def file(name: str) -> m.ImageSource:
    return m.ImageSource(path=f"/p/{name}", name=name)


def pasted(shade: int, side: int = 4) -> m.ImageSource:
    return m.ImageSource(pixels=np.full((side, side, 4), shade, np.uint8), name="pasted")


def names(tray: Tray) -> list[str]:
    return [entry.source.name for entry in tray.entries]


@pytest.fixture
def tray(qapp: object) -> Tray:
    return Tray()


@pytest.fixture
def three(tray: Tray) -> Tray:
    for shade, name in enumerate(("a", "b", "c")):
        tray.add(file(name), seen(80 * shade))
    return tray


def test_the_newest_is_first(three: Tray) -> None:
    assert names(three) == ["c", "b", "a"]
    assert three.entries[0].thumb.pixelColor(5, 5).red() == 160


def test_the_same_file_anew_comes_to_the_front_once(three: Tray) -> None:
    three.add(file("a"), seen(200))
    assert names(three) == ["a", "c", "b"]
    assert three.entries[0].thumb.pixelColor(5, 5).red() == 200


def test_one_that_is_gone_back_to_stays_where_it_is(three: Tray) -> None:
    three.add(three.entries[2].source, seen(0))
    assert names(three) == ["c", "b", "a"]


def test_the_same_picture_pasted_twice_is_one(tray: Tray) -> None:
    for shade in (10, 20, 10):
        tray.add(pasted(shade), seen(shade))
    assert len(tray.entries) == 2
    tray.add(pasted(10), seen(10, size=(40, 20)))
    assert len(tray.entries) == 3


def test_it_holds_the_last_of_many(tray: Tray) -> None:
    for number in range(300):
        tray.add(file(str(number)), seen(number % 256))
    assert names(tray) == [str(number) for number in range(299, 299 - MOST, -1)]


def test_large_pictures_in_memory_go_before_files(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tray_module, "MOST_BYTES", 100_000)
    tray.add(file("a"), seen(1))
    for shade in range(10, 20):
        tray.add(pasted(shade, side=100), seen(shade))
    assert [entry.bytes for entry in tray.entries] == [40_000, 40_000, 0]
    tray.add(pasted(200, side=400), seen(200))  # more than all there may be: the newest stays all the same
    assert [entry.bytes for entry in tray.entries] == [640_000, 0]


def test_one_and_all_can_be_forgotten(three: Tray) -> None:
    three.remove(1)
    assert names(three) == ["c", "a"]
    three.forget(three.entries[0].source)
    three.forget(file("z"))
    three.forget(None)
    assert names(three) == ["a"]
    three.clear()
    assert three.rowCount() == 0


def test_what_is_shown_now_is_marked(three: Tray, qtbot: QtBot) -> None:
    with qtbot.waitSignal(three.dataChanged):
        three.set_current(three.entries[1].source)
    assert [three.index(row).data(CURRENT_ROLE) for row in range(3)] == [False, True, False]


@pytest.mark.parametrize(
    ("shape", "size"), [((300, 600), (2, 1)), ((40, 50), None), ((3, 500), None), ((500, 3), None)]
)
def test_thumbnails_are_small_whatever_the_picture(shape: tuple[int, int], size: tuple[int, int] | None) -> None:
    thumb = small(to_qimage(np.zeros((*shape, 3), np.uint8)))
    assert not thumb.isNull()
    assert min(thumb.width(), thumb.height()) <= SIDE
    assert max(thumb.width(), thumb.height()) <= 3 * SIDE
    if size:
        assert (thumb.width(), thumb.height()) == (size[0] * SIDE, size[1] * SIDE)


# --- after a restart --------------------------------------------------------------------------------------


def test_files_are_known_after_a_restart(tmp_path: Path, qapp: object) -> None:
    settings = Settings(tmp_path / "s.ini")
    first = Tray()
    first.recall(settings)
    first.add(file("a 100%; b=c, 猫.png"), seen(90))
    first.add(pasted(5), seen(5))
    first.add(file("b"), seen(200))
    settings.save()

    again = Tray()
    again.recall(Settings(tmp_path / "s.ini"))
    assert names(again) == ["b", "a 100%; b=c, 猫.png"]
    assert again.entries[1].source.path == "/p/a 100%; b=c, 猫.png"
    assert again.entries[1].size == (400, 200)
    assert again.entries[1].thumb.pixelColor(5, 5).red() == pytest.approx(90, abs=3)


def test_those_seen_before_the_list_was_read_come_first(tmp_path: Path, qapp: object) -> None:
    settings = Settings(tmp_path / "s.ini")
    first = Tray()
    first.recall(settings)
    first.add(file("a"), seen(1))
    first.add(file("b"), seen(2))
    again = Tray()
    again.add(file("a"), seen(9))
    again.recall(settings)
    assert names(again) == ["a", "b"]


def test_what_was_forgotten_stays_forgotten(tmp_path: Path, qapp: object) -> None:
    settings = Settings(tmp_path / "s.ini")
    first = Tray()
    first.recall(settings)
    first.add(file("a"), seen(1))
    first.add(file("b"), seen(2))
    first.remove(0)
    again = Tray()
    again.recall(settings)
    assert names(again) == ["a"]
    first.clear()
    empty = Tray()
    empty.recall(settings)
    assert names(empty) == []


GOOD = {"path": "/p/a", "name": "a", "size": [4, 2], "thumb": ""}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1, null, []]",
        '{"path": 1}',
        json.dumps([GOOD]),
        json.dumps([{**GOOD, "size": []}]),
        json.dumps([{**GOOD, "thumb": "no base64!"}]),
        json.dumps([{**GOOD, "thumb": "AAAA"}]),
        json.dumps([{"path": "/p/a"}]),
    ],
)
def test_a_damaged_list_is_an_empty_one(tmp_path: Path, text: str, qapp: object) -> None:
    settings = Settings(tmp_path / "s.ini")
    settings.put("tray", text)
    tray = Tray()
    tray.recall(settings)
    assert tray.entries == ()
    tray.add(file("a"), seen(1))
    assert names(tray) == ["a"]


# --- the view ---------------------------------------------------------------------------------------------


@pytest.fixture
def view(qtbot: QtBot, three: Tray) -> TrayView:
    view = TrayView(three)
    qtbot.addWidget(view)
    view.resize(4 * (SMALL + 8) + 14, 130)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_a_click_goes_back_to_a_picture(qtbot: QtBot, view: TrayView, three: Tray) -> None:
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(three.index(1)).center())
    assert chosen.args[0] is three.entries[1].source


def test_arrows_and_enter_go_back_to_a_picture(qtbot: QtBot, view: TrayView, three: Tray) -> None:
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(view, key)
    with qtbot.waitSignal(view.chosen) as chosen:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args[0].name == "a"
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert names(three) == ["c", "b"]


def test_thumbnails_are_the_pictures_and_have_words(view: TrayView, three: Tray) -> None:
    picture = view.grab().toImage()
    shades = [
        picture.pixelColor(view.visualRect(three.index(row)).topLeft() + QPoint(24, 24)).red() for row in range(3)
    ]
    assert shades == [160, 80, 0]
    tip = three.index(2).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "a · 400×200"
    assert three.index(2).data(Qt.ItemDataRole.AccessibleTextRole) == tip


def test_the_menu_removes_and_clears(view: TrayView, three: Tray) -> None:
    menu = view.menu(0)
    next(each for each in menu.actions() if "Remove" in each.text()).trigger()
    assert names(three) == ["b", "a"]
    next(each for each in view.menu(-1).actions() if "Clear" in each.text()).trigger()
    assert names(three) == []


def test_a_narrow_view_shows_whole_thumbnails(view: TrayView, three: Tray) -> None:
    for number in range(20):
        three.add(file(str(number)), seen(number))
    view.resize(SMALL + 4, 130)
    assert view.viewport().width() >= SMALL
    view.setCurrentIndex(three.index(15))
    assert view.visualRect(three.index(15)).left() == 0
    assert view.viewport().rect().intersects(view.visualRect(three.index(15)))


def test_at_any_width_the_view_comes_to_rest(view: TrayView) -> None:
    """The bar takes from the thumbnails' width, which must not decide whether there is a bar."""
    view.show()
    for width in (*range(40, 420), *range(420, 40, -1)):
        view.resize(width, 60)
        QApplication.processEvents()
    assert view.width() == 41


def test_where_the_keys_are_looks_other_than_what_is_shown(qtbot: QtBot, view: TrayView, three: Tray) -> None:
    def look(row: int) -> bytes:
        """A thumbnail's outline: its picture's shade differs from row to row."""
        picture, place = view.grab().toImage(), view.visualRect(three.index(row)).topLeft()
        middle = picture.pixelColor(place + QPoint(24, 24))
        dots = (picture.pixelColor(place + QPoint(x, y)) for y in range(SMALL) for x in range(SMALL))
        return bytes(dot != middle for dot in dots)

    plain = look(2)
    three.set_current(three.entries[0].source)
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    view.setCurrentIndex(three.index(1))
    looks = [look(row) for row in range(3)]
    assert looks[2] == plain
    assert len(set(looks)) == 3
    view.setCurrentIndex(three.index(0))
    assert look(0) not in (*looks, plain)
    assert look(1) == plain
