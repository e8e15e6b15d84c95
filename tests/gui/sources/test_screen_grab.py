from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.sources import screen_grab
from resviz.gui.sources.screen_grab import ScreenGrab
from resviz.gui.sources.shade import Shade

LEFT = Qt.MouseButton.LeftButton


def photo(ratio: float = 1.0) -> QPixmap:
    """Of the whole screen: red, with a green square from (100, 100) to (200, 200)."""
    size = QGuiApplication.primaryScreen().size()
    result = QPixmap(size * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(QColor("red"))
    painter = QPainter(result)
    painter.fillRect(100, 100, 100, 100, QColor(0, 255, 0))
    painter.end()
    return result


def shade(qtbot: QtBot, ratio: float = 1.0) -> Shade:
    result = Shade(QGuiApplication.primaryScreen(), photo(ratio))
    qtbot.addWidget(result)
    with qtbot.waitExposed(result):
        result.show()
    return result


def mark(shade: Shade, left: int, top: int, right: int, bottom: int) -> None:
    QTest.mousePress(shade, LEFT, pos=QPoint(left, top))
    QTest.mouseMove(shade, QPoint((left + right) // 2, bottom))
    QTest.mouseMove(shade, QPoint(right, bottom))
    QTest.mouseRelease(shade, LEFT, pos=QPoint(right, bottom))


@pytest.mark.parametrize("ratio", [1.0, 2.0, 1.5])
def test_a_region_is_cut_in_the_screens_own_dots(qtbot: QtBot, ratio: float) -> None:
    over = shade(qtbot, ratio)
    mark(over, 100, 100, 199, 149)
    assert over.region == QRect(100, 100, 100, 50)
    image = over.cut(over.region)
    assert (image.width(), image.height()) == (100 * ratio, 50 * ratio)
    corners = (0, 0), (image.width() - 1, image.height() - 1)
    assert [image.pixelColor(*corner).name() for corner in corners] == ["#00ff00"] * 2


def test_a_region_can_be_marked_backwards(qtbot: QtBot) -> None:
    over = shade(qtbot)
    mark(over, 300, 200, 100, 120)
    assert over.region.contains(QPoint(110, 130))
    assert over.region.contains(QPoint(290, 190))


def test_the_region_is_bright_and_the_rest_dim(qtbot: QtBot) -> None:
    over = shade(qtbot)
    mark(over, 110, 110, 189, 189)
    seen = over.grab().toImage()
    assert seen.pixelColor(150, 150).name() == "#00ff00"
    assert seen.pixelColor(20, 20).red() < 160


def test_enter_takes_the_region(qtbot: QtBot) -> None:
    over = shade(qtbot)
    mark(over, 100, 100, 199, 149)
    with qtbot.waitSignal(over.taken) as taken:
        QTest.keyClick(over, Qt.Key.Key_Return)
    assert taken.args[0] == QRect(100, 100, 100, 50)


def test_a_double_click_in_the_region_takes_it(qtbot: QtBot) -> None:
    over = shade(qtbot)
    mark(over, 100, 100, 199, 149)
    with qtbot.waitSignal(over.taken) as taken:
        QTest.mouseDClick(over, LEFT, pos=QPoint(120, 120))
    assert taken.args[0] == QRect(100, 100, 100, 50)


def test_a_double_click_outside_takes_nothing(qtbot: QtBot) -> None:
    over = shade(qtbot)
    with qtbot.assertNotEmitted(over.taken):
        QTest.mouseDClick(over, LEFT, pos=QPoint(20, 20))


def test_escape_and_the_right_button_leave(qtbot: QtBot) -> None:
    over = shade(qtbot)
    with qtbot.waitSignal(over.cancelled):
        QTest.keyClick(over, Qt.Key.Key_Escape)
    with qtbot.waitSignal(over.cancelled):
        QTest.mousePress(over, Qt.MouseButton.RightButton, pos=QPoint(5, 5))


def test_arrow_keys_move_and_size_the_region(qtbot: QtBot) -> None:
    over = shade(qtbot)
    mark(over, 100, 100, 199, 149)
    QTest.keyClick(over, Qt.Key.Key_Right)
    QTest.keyClick(over, Qt.Key.Key_Up)
    assert over.region == QRect(101, 99, 100, 50)
    QTest.keyClick(over, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert over.region == QRect(101, 99, 100, 51)
    over.set_region(QRect(0, 0, 10, 10))
    QTest.keyClick(over, Qt.Key.Key_Left)
    assert over.region == QRect(0, 0, 10, 10)


def test_a_click_is_no_region(qtbot: QtBot) -> None:
    over = shade(qtbot)
    mark(over, 100, 100, 101, 101)
    assert over.region.isEmpty()


# --- all screens ------------------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(200, 200)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def grab(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ScreenGrab:
    monkeypatch.setattr(screen_grab, "FADE_MS", 0)
    return ScreenGrab()


def test_every_screen_is_shaded_and_the_window_out_of_the_way(qtbot: QtBot, grab: ScreenGrab, window: QWidget) -> None:
    grab.begin(window)
    qtbot.waitUntil(lambda: len(grab.shades) == len(QGuiApplication.screens()))
    assert not window.isVisible()
    assert grab.shades[0].geometry() == QGuiApplication.primaryScreen().geometry()
    grab.begin(window)  # a second time changes nothing
    with qtbot.waitSignal(grab.ended):
        QTest.keyClick(grab.shades[0], Qt.Key.Key_Escape)
    assert window.isVisible()
    assert not grab.is_active
    assert grab.shades == []


def test_a_region_becomes_a_picture(qtbot: QtBot, grab: ScreenGrab, window: QWidget) -> None:
    grab.begin(window)
    qtbot.waitUntil(lambda: bool(grab.shades))
    mark(grab.shades[0], 10, 20, 109, 69)
    with qtbot.waitSignal(grab.image_wanted) as wanted:
        QTest.keyClick(grab.shades[0], Qt.Key.Key_Enter)
    source = wanted.args[0]
    assert isinstance(source, m.ImageSource)
    assert source.pixels is not None
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    assert source.pixels.shape == (50 * ratio, 100 * ratio, 4)
    assert window.isVisible()


def test_without_a_region_enter_takes_the_screen(qtbot: QtBot, grab: ScreenGrab) -> None:
    grab.begin()
    qtbot.waitUntil(lambda: bool(grab.shades))
    with qtbot.waitSignal(grab.image_wanted) as wanted:
        QTest.keyClick(grab.shades[0], Qt.Key.Key_Return)
    size = QGuiApplication.primaryScreen().size()
    assert wanted.args[0].pixels.shape[:2] == (size.height(), size.width())


def test_a_shade_closed_by_the_system_ends_it(qtbot: QtBot, grab: ScreenGrab, window: QWidget) -> None:
    grab.begin(window)
    qtbot.waitUntil(lambda: bool(grab.shades))
    with qtbot.waitSignal(grab.ended):
        grab.shades[0].close()
    assert window.isVisible()


def test_it_can_be_left_before_it_began(qtbot: QtBot, grab: ScreenGrab, window: QWidget) -> None:
    grab.begin(window)
    grab.cancel()
    assert window.isVisible()
    assert not grab.is_active


_ALONE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from resviz.gui.sources.screen_grab import ScreenGrab
app, window, grab = QApplication([]), QWidget(), ScreenGrab()
window.show()
def leave():
    grab.ended.connect(lambda: QTimer.singleShot(300, lambda: app.exit(0 if window.isVisible() else 3)))
    grab.shades[0].close()
QTimer.singleShot(0, lambda: grab.begin(window))
QTimer.singleShot(1500, leave)
app.exec()
print("alive" if window.isVisible() else "gone")
"""


def test_the_program_goes_on_when_the_shades_close() -> None:
    """A program ends when its last visible window closes, and its own is hidden meanwhile."""
    told = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, timeout=60, env=os.environ)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == "alive"
