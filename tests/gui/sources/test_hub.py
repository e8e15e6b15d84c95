from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.errors import DeviceError
from resviz.gui.feedback import MessageBar
from resviz.gui.panels.image_panel import ImageZone
from resviz.gui.settings import Settings
from resviz.gui.sources.hub import Sources
from resviz.gui.sources.sketch import DIGITS
from resviz.gui.theme import Theme
from tests.gui.panels.desk import PREDICTION, deliver, desk

# The offscreen platform says this of every window that belongs to another.
pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)


class Office:
    """A window with a picture zone and all its sources."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.document, self.jobs = desk()
        self.window, self.messages = QMainWindow(), MessageBar()
        self.zone = ImageZone([])
        self.window.setCentralWidget(self.zone)
        self.settings = Settings(folder / "s.ini")
        theme = Theme("light")
        self.sources = Sources(self.document, self.jobs, theme, self.settings, self.zone, self.messages, self.window)
        self.sources.image_wanted.connect(self.document.set_image)
        self.zone.image_wanted.connect(self.document.set_image)
        self.jobs.predicted.connect(self.zone.show_prediction)
        qtbot.addWidget(self.window)
        qtbot.addWidget(self.messages)
        with qtbot.waitExposed(self.window):
            self.window.show()

    def answer(self, qtbot: QtBot, shade: int = 0) -> None:
        with qtbot.waitSignal(self.jobs.predicted):
            deliver(self.jobs, replace(PREDICTION, preview=np.full((50, 100, 3), shade, np.uint8)))

    def names(self) -> list[str]:
        return [entry.source.name for entry in self.sources.tray.entries]


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Office:
    return Office(qtbot, tmp_path)


def test_a_picture_that_was_answered_comes_into_the_tray(qtbot: QtBot, office: Office) -> None:
    office.document.set_image(m.ImageSource(path="/p/a.png", name="a.png"))
    assert office.names() == []
    office.answer(qtbot)
    assert office.names() == ["a.png"]


def test_one_that_fails_does_not(qtbot: QtBot, office: Office) -> None:
    office.document.set_image(m.ImageSource(path="/p/a.png", name="a.png"))
    with qtbot.waitSignal(office.jobs.failed):
        deliver(office.jobs, m.Failed(0, "image_damaged", {"name": "a.png", "reason": "x"}, "damaged"))
    assert office.names() == []


def test_a_file_that_is_gone_is_struck_off(qtbot: QtBot, office: Office) -> None:
    for name in ("a", "b"):
        office.document.set_image(m.ImageSource(path=f"/p/{name}", name=name))
        office.answer(qtbot)
    office.document.set_image(office.sources.tray.entries[1].source)
    with qtbot.waitSignal(office.jobs.failed):
        deliver(office.jobs, m.Failed(0, "image_no_file", {"name": "a"}, "there is no file a"))
    assert office.names() == ["b"]


def test_a_click_in_the_tray_goes_back_and_marks_it(qtbot: QtBot, office: Office) -> None:
    for shade, name in enumerate(("a", "b")):
        office.document.set_image(m.ImageSource(path=f"/p/{name}", name=name))
        office.answer(qtbot, shade)
    qtbot.mouseClick(office.zone.recent[1].viewport(), Qt.MouseButton.LeftButton, pos=QPoint(56 + 20, 20))
    assert office.document.image is office.sources.tray.entries[1].source
    office.answer(qtbot)
    assert office.names() == ["b", "a"]


def test_sketches_pass_and_the_last_one_is_kept(qtbot: QtBot, office: Office) -> None:
    pad = office.sources.pad
    with qtbot.waitExposed(pad):
        pad.show()
    with qtbot.waitSignal(pad.image_wanted):
        qtbot.mousePress(pad.paper, Qt.MouseButton.LeftButton)
    office.answer(qtbot, 1)
    with qtbot.waitSignal(pad.image_wanted):
        QTest.mouseMove(pad.paper, pad.paper.rect().center() + QPoint(30, 30))
    office.answer(qtbot, 2)
    assert office.names() == []
    qtbot.mouseRelease(pad.paper, Qt.MouseButton.LeftButton)
    office.answer(qtbot, 3) if office.jobs.is_busy else None
    pad.clear.click()
    assert office.names() == ["sketch"]


def test_the_pad_is_a_window_that_can_be_drawn_on_at_once(qtbot: QtBot, office: Office) -> None:
    pad = office.sources.pad
    assert not pad.isVisible()
    office.zone.sketch_wanted.emit()
    qtbot.waitUntil(pad.paper.hasFocus)
    assert pad.isWindow()
    assert pad.paper.width() > 200
    pad.move(40, 50)
    QTest.keyClick(pad.paper, Qt.Key.Key_Escape)
    assert not pad.isVisible()
    office.sources.show_pad()
    assert pad.isVisible()
    assert pad.pos() == QPoint(40, 50)
    office.sources.show_pad()


def test_the_digit_network_is_asked_for_by_name(qtbot: QtBot, office: Office) -> None:
    with qtbot.waitSignal(office.sources.network_wanted) as wanted:
        office.sources.pad.network.click()
    assert wanted.args == [DIGITS]


def test_what_goes_wrong_is_said(qtbot: QtBot, office: Office) -> None:
    office.sources.camera.failed.emit(DeviceError("camera_none"))
    assert "no camera" in office.messages.text


def test_the_screen_is_given_back_when_the_window_closes(qtbot: QtBot, office: Office) -> None:
    office.zone.screen_wanted.emit()
    qtbot.waitUntil(lambda: bool(office.sources.screen.shades))
    office.sources.close()
    assert office.sources.screen.shades == []
    assert office.window.isVisible()


# --- the camera -------------------------------------------------------------------------------------------


@pytest.mark.qt_log_ignore("Couldn.t (load|resolve)", "No RHI backend", extend=True)
def test_live_frames_pass_and_a_frozen_one_is_kept(qtbot: QtBot, office: Office) -> None:
    multimedia = pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    from PySide6.QtGui import QImage

    sink, camera, zone = multimedia.QVideoSink(), office.sources.camera, office.zone
    camera.watch(sink, "Eye")
    assert zone.is_live
    for shade in range(4):
        image = QImage(64, 48, QImage.Format.Format_RGB32)
        image.fill(shade * 50)
        with qtbot.waitSignal(camera.image_wanted):
            sink.setVideoFrame(multimedia.QVideoFrame(image))
        office.answer(qtbot, shade)
    assert office.names() == []
    assert "frames a second" in zone.foot.text()
    zone.activateWindow()
    QTest.keyClick(office.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: camera.is_frozen)
    assert office.names() == ["Eye"]
    assert "frozen" in zone.foot.text()
    QTest.keyClick(office.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not camera.is_frozen)
    office.sources.tray.remove(0)
    office.document.set_image(m.ImageSource(path="/p/a.png", name="a.png"))
    assert not camera.is_live
    assert not zone.is_live
    office.answer(qtbot)
    assert office.names() == ["a.png"]
