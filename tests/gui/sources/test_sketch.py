from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAction,
    QImage,
    QInputDevice,
    QKeySequence,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.images_qt import to_pixels
from resviz.gui.sources.paper import Paper
from resviz.gui.sources.sketch import DIGITS, LEAST_MS, SENT, SketchPad
from resviz.gui.sources.strokes import SIDE, Drawing
from tests.gui.panels.desk import LABELS, PREDICTION, SPEC, deliver, desk

THREE = replace(PREDICTION, top=(m.Score("3", 3, 0.981), m.Score("8", 8, 0.01)), weights=DIGITS)
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def dark(image: QImage) -> int:
    """Dots with ink."""
    return int((to_pixels(image)[..., 0] < 128).sum())


def line(drawing: Drawing, *points: tuple[float, float], width: float = 40, erases: bool = False) -> None:
    drawing.begin(QPointF(*points[0]), width, erases)
    for point in points[1:]:
        drawing.move(QPointF(*point))
    drawing.end()


# --- strokes ----------------------------------------------------------------------------------------------


def test_a_press_is_a_dot() -> None:
    drawing = Drawing()
    assert drawing.is_blank
    line(drawing, (280, 280))
    assert dark(drawing.image) == pytest.approx(np.pi * 20**2, rel=0.05)
    assert not drawing.is_blank


def test_a_line_goes_all_the_way_and_is_smooth() -> None:
    drawing = Drawing()
    line(drawing, (100, 280), (460, 280))
    assert dark(drawing.image) == pytest.approx(360 * 40 + np.pi * 20**2, rel=0.03)
    greys = set(to_pixels(drawing.image)[..., 0].ravel().tolist())
    assert len(greys) > 10  # antialiased


def test_a_bend_has_no_corner() -> None:
    """Between few points the line is a curve: it cuts the corner that straight lines would have."""
    drawing = Drawing()
    line(drawing, (100, 460), (280, 100), (460, 460), width=10)
    assert drawing.image.pixelColor(280, 104).lightness() > 200


def test_the_eraser_leaves_paper() -> None:
    drawing = Drawing()
    line(drawing, (100, 280), (460, 280))
    line(drawing, (100, 280), (460, 280), width=60, erases=True)
    assert dark(drawing.image) == 0


def test_steps_back_and_forth_give_the_same_paper() -> None:
    drawing, seen = Drawing(), []
    steps = [
        lambda: line(drawing, (100, 100), (200, 300), (400, 200)),
        lambda: line(drawing, (300, 100), (300, 500)),
        lambda: line(drawing, (300, 300), (400, 400), erases=True),
        drawing.clear,
        lambda: line(drawing, (50, 50)),
    ]
    for step in steps:
        seen.append(QImage(drawing.image))
        step()
    last = QImage(drawing.image)
    for image in reversed(seen):
        drawing.undo()
        assert drawing.image == image
    assert not drawing.can_undo
    for image in [*seen[1:], last]:
        drawing.redo()
        assert drawing.image == image
    assert not drawing.can_redo


def test_a_new_stroke_ends_redo() -> None:
    drawing = Drawing()
    line(drawing, (100, 100))
    drawing.undo()
    line(drawing, (200, 200))
    assert not drawing.can_redo


def test_clearing_an_empty_sheet_is_no_step() -> None:
    drawing = Drawing()
    drawing.clear()
    assert not drawing.can_undo


# --- the paper --------------------------------------------------------------------------------------------


@pytest.fixture
def paper(qtbot: QtBot) -> Paper:
    paper = Paper()
    qtbot.addWidget(paper)
    paper.resize(286, 286)
    with qtbot.waitExposed(paper):
        paper.show()
    return paper


def drag(paper: Paper, *points: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
    places = [QPoint(*point) for point in points]
    QTest.mousePress(paper, button, NO_KEY, places[0])
    for place in places[1:]:
        QTest.mouseMove(paper, place)
    QTest.mouseRelease(paper, button, NO_KEY, places[-1])


def test_the_mouse_draws_where_it_is(paper: Paper) -> None:
    drag(paper, (43, 143), (143, 143), (243, 143))
    assert paper.drawing.image.pixelColor(SIDE // 2, SIDE // 2).lightness() == 0
    assert paper.drawing.image.pixelColor(SIDE // 2, 40).lightness() == 255
    assert paper.grab().toImage().pixelColor(143, 143).lightness() == 0


def test_the_right_button_rubs_out(paper: Paper) -> None:
    drag(paper, (143, 143))
    paper.thickness = 80
    drag(paper, (143, 143), button=Qt.MouseButton.RightButton)
    assert dark(paper.drawing.image) == 0


def test_strokes_that_leave_the_sheet_do_no_harm(paper: Paper) -> None:
    drag(paper, (143, 143), (-500, 143), (900, 900), (143, 20))
    assert dark(paper.drawing.image) > 0


def test_a_flat_widget_keeps_the_sheet_square(paper: Paper) -> None:
    paper.resize(600, 200)
    assert paper.sheet().width() == paper.sheet().height() == 194
    assert paper.on_paper(paper.sheet().center()) == QPointF(SIDE / 2, SIDE / 2)


def tablet(paper: Paper, kind: QEvent.Type, at: tuple[int, int], pressure: float, eraser: bool = False) -> None:
    pens = QPointingDevice.PointerType
    device = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        pens.Eraser if eraser else pens.Pen,
        QInputDevice.Capability.Pressure | QInputDevice.Capability.Position,
        1,
        1,
        "",
        QPointingDeviceUniqueId(),
    )
    place = QPointF(*at)
    event = QTabletEvent(kind, device, place, place, pressure, 0, 0, 0, 0, 0, NO_KEY, LEFT, LEFT)
    QApplication.sendEvent(paper, event)
    assert event.isAccepted()


@pytest.mark.parametrize(("pressure", "least", "most"), [(1.0, 1400, 1700), (0.1, 150, 500)])
def test_a_pen_draws_as_thick_as_it_is_pressed(paper: Paper, pressure: float, least: int, most: int) -> None:
    tablet(paper, QEvent.Type.TabletPress, (143, 143), pressure)
    tablet(paper, QEvent.Type.TabletRelease, (143, 143), 0)
    assert least < dark(paper.drawing.image) < most


def test_the_other_end_of_a_pen_rubs_out(paper: Paper) -> None:
    tablet(paper, QEvent.Type.TabletPress, (143, 143), 0.5)
    tablet(paper, QEvent.Type.TabletRelease, (143, 143), 0)
    tablet(paper, QEvent.Type.TabletPress, (143, 143), 1.0, eraser=True)
    tablet(paper, QEvent.Type.TabletRelease, (143, 143), 0, eraser=True)
    assert dark(paper.drawing.image) == 0


def test_its_keys_come_before_the_windows(qtbot: QtBot) -> None:
    window, paper = QMainWindow(), Paper()
    qtbot.addWidget(window)
    window.setCentralWidget(paper)
    undo = QAction("Undo", window)
    undo.setShortcut(QKeySequence("Ctrl+Z"))
    window.addAction(undo)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    drag(paper, (50, 50), (90, 90))
    qtbot.waitUntil(paper.hasFocus)
    with qtbot.assertNotEmitted(undo.triggered):
        qtbot.keyClick(paper, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert paper.drawing.is_blank
    qtbot.keyClick(paper, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert not paper.drawing.is_blank
    qtbot.keyClick(paper, Qt.Key.Key_Delete)
    assert paper.drawing.is_blank


# --- the pad ----------------------------------------------------------------------------------------------


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.document, self.jobs = desk()
        self.pad = SketchPad(self.document, self.jobs)
        qtbot.addWidget(self.pad)
        self.sent: list[m.ImageSource] = []
        self.pad.image_wanted.connect(self.sent.append)
        self.pad.image_wanted.connect(self.document.set_image)
        with qtbot.waitExposed(self.pad):
            self.pad.show()


@pytest.fixture
def table(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def press(pad: SketchPad, at: QPoint) -> None:
    QTest.mousePress(pad.paper, LEFT, NO_KEY, at)


def test_a_digit_is_recognised_while_it_is_drawn(qtbot: QtBot, table: Desk) -> None:
    pad, middle = table.pad, table.pad.paper.rect().center()
    with qtbot.waitSignal(pad.image_wanted):
        press(pad, middle)
    pixels = table.sent[0].pixels
    assert pixels is not None
    assert pixels.shape == (SENT, SENT, 4)
    assert pixels.min() == 0
    assert pixels.max() == 255
    deliver(table.jobs, THREE)
    qtbot.waitUntil(lambda: pad.digit.text() == "3")
    assert pad.share.text() == "98.1 % sure"
    with qtbot.waitSignal(pad.image_wanted):  # the button is still down
        QTest.mouseMove(pad.paper, middle + QPoint(40, 40))
    assert pad.paper.drawing.is_drawing


def test_the_newest_drawing_waits_for_the_answer(qtbot: QtBot, table: Desk) -> None:
    pad, middle = table.pad, table.pad.paper.rect().center()
    with qtbot.waitSignal(pad.image_wanted):
        press(pad, middle)
    for step in range(1, 30):
        QTest.mouseMove(pad.paper, middle + QPoint(step, step))
    assert len(table.sent) == 1
    with qtbot.waitSignal(pad.image_wanted):
        deliver(table.jobs, THREE)
    assert len(table.sent) == 2
    assert table.sent[1].pixels is not None
    expected = QImage(pad.paper.drawing.image).scaled(SENT, SENT, mode=Qt.TransformationMode.SmoothTransformation)
    assert (table.sent[1].pixels == to_pixels(expected)).all()


def test_no_more_come_than_the_eye_can_tell(qtbot: QtBot, table: Desk) -> None:
    pad, middle, times = table.pad, table.pad.paper.rect().center(), []
    pad.image_wanted.connect(lambda _: times.append(time.monotonic()))
    pad.image_wanted.connect(lambda _: deliver(table.jobs, THREE))  # an engine that needs no time
    press(pad, middle)
    for step in range(1, 5):
        with qtbot.waitSignal(pad.image_wanted):
            QTest.mouseMove(pad.paper, middle + QPoint(step, step))
    assert np.diff(times).min() * 1000 > LEAST_MS * 0.8


def test_a_new_sheet_shows_no_digit(qtbot: QtBot, table: Desk) -> None:
    pad = table.pad
    with qtbot.waitSignal(pad.image_wanted):
        press(pad, pad.paper.rect().center())
    deliver(table.jobs, THREE)
    qtbot.waitUntil(lambda: pad.digit.text() == "3")
    source = table.document.image
    with qtbot.waitSignal(pad.kept) as kept:
        qtbot.mouseClick(pad.clear, LEFT)
    assert kept.args[0] is source
    assert pad.digit.text() == "–"
    assert pad.share.text() == ""
    assert not pad.clear.isEnabled()
    qtbot.mouseClick(pad.undo, LEFT)
    assert not pad.paper.drawing.is_blank


def test_untrained_weights_are_said_to_mean_nothing(qtbot: QtBot, table: Desk) -> None:
    pad = table.pad
    with qtbot.waitSignal(pad.image_wanted):
        press(pad, pad.paper.rect().center())
    deliver(table.jobs, replace(THREE, trained=False, weights=None))
    qtbot.waitUntil(lambda: "untrained" in pad.share.text())


def test_an_answer_to_another_picture_is_not_the_sketchs(qtbot: QtBot, table: Desk) -> None:
    table.document.set_image(m.ImageSource(path="cat.png"))
    with qtbot.waitSignal(table.jobs.predicted):
        deliver(table.jobs, PREDICTION)
    assert table.pad.digit.text() == "–"


def test_the_digit_network_is_offered_until_it_is_open(qtbot: QtBot, table: Desk) -> None:
    pad = table.pad
    assert pad.network.isVisible()
    with qtbot.waitSignal(pad.network_wanted):
        qtbot.mouseClick(pad.network, LEFT)
    deliver(table.jobs, m.ModelReady(0, DIGITS, True, LABELS, "cpu", SPEC))
    qtbot.waitUntil(lambda: not pad.network.isVisible())
    deliver(table.jobs, m.ModelReady(0, None, False, (), "cpu", SPEC))
    qtbot.waitUntil(pad.network.isVisible)


def test_pen_and_thickness_are_the_papers(qtbot: QtBot, table: Desk) -> None:
    pad = table.pad
    qtbot.mouseClick(pad.pens.button("eraser"), LEFT)
    assert pad.paper.erases
    qtbot.mouseClick(pad.pens.button("pen"), LEFT)
    assert not pad.paper.erases
    pad.thickness.setValue(80)
    assert pad.paper.thickness == 80


def test_a_hidden_pad_keeps_its_sheet_and_is_not_live(qtbot: QtBot, table: Desk) -> None:
    pad = table.pad
    with qtbot.waitSignal(pad.image_wanted):
        press(pad, pad.paper.rect().center())
    deliver(table.jobs, THREE)
    qtbot.waitUntil(lambda: pad.digit.text() == "3")
    with qtbot.waitSignal(pad.kept):
        pad.hide()
    assert not pad.paper.drawing.is_blank
    assert pad.last is None
    pad.show()
    assert pad.digit.text() == "3"
