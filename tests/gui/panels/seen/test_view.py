from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.controls import Segmented
from resviz.gui.panels.seen.view import StepsView
from resviz.gui.panels.seen.zone import SeenZone
from resviz.gui.theme import Theme
from resviz.ways import OWN, Preparation
from tests.gui.panels.desk import PICTURE, PREDICTION, deliver, desk
from tests.gui.panels.seen.steps import HEIGHT, MEAN, SIDE, STD, WIDTH, predicted

Stage = tuple[Document, Jobs, StepsView]


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    """A panel with a picture in it."""
    document, jobs = desk()
    theme = Theme("light")
    theme.apply()
    view = StepsView(document, jobs, theme)
    qtbot.addWidget(view)
    view.resize(420, 800)
    with qtbot.waitExposed(view):
        view.show()
    document.set_image(PICTURE)
    answer(jobs)
    return document, jobs, view


def answer(jobs: Jobs, prediction: object = None) -> None:
    """The engine answers what was asked."""
    jobs._again.stop()
    jobs._open = True
    deliver(jobs, predicted() if prediction is None else prediction)


def shown(view: StepsView) -> tuple[float, ...]:
    square = view.original.view.square
    assert square is not None
    return tuple(square)


def screen(view: StepsView, x: float, y: float) -> QPoint:
    """Where a pixel of the original is on the widget."""
    crop = view.original.view
    rect = crop.picture_rect()
    return QPointF(x * rect.width() / WIDTH, y * rect.height() / HEIGHT).toPoint()


def drag(view: StepsView, start: QPoint, *stops: QPoint, release: bool = True) -> None:
    crop = view.original.view
    QTest.mousePress(crop, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for stop in stops:
        QTest.mouseMove(crop, stop)
    if release:
        QTest.mouseRelease(crop, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, stops[-1])


# --- what is shown ------------------------------------------------------------------------------------------


def test_without_a_picture_it_says_what_to_do(stage: Stage) -> None:
    document, _jobs, view = stage
    assert view.area.isVisible()
    document.set_image(None)
    assert view.empty.isVisible()
    assert "Drop a picture" in view.empty.text()


def test_an_answer_without_steps_leaves_it_empty(stage: Stage) -> None:
    _document, jobs, view = stage
    answer(jobs, PREDICTION)
    assert view.empty.isVisible()


def test_each_step_is_shown_with_its_figures(stage: Stage) -> None:
    _document, _jobs, view = stage
    assert shown(view) == (120, 20, 160)
    assert view.original.foot.text() == "400×200 · looks at 160×160"
    assert view.original.way.currentData() == "short"
    assert view.resized.foot.text() == "20×10 · bilinear"
    assert view.resized.side.field.value() == 10
    assert view.cropped.view.image.width() == SIDE
    assert view.cropped.foot.text() == "8×8 · point at a pixel"
    assert [field.text() for field in view.normalised.values.mean] == ["0.5", "0.4", "0.3"]
    assert [field.text() for field in view.normalised.values.std] == ["0.2", "0.3", "0.4"]
    assert view.whose.text() == "As the card of these weights says"
    assert not view.reset.isVisible()


@pytest.mark.parametrize(
    ("source", "word"),
    [("torchvision", "torchvision"), ("file", "file beside"), ("assumed", "Assumed"), ("neutral", "untrained")],
)
def test_it_says_whose_values_they_are(stage: Stage, source: str, word: str) -> None:
    _document, jobs, view = stage
    answer(jobs, predicted(source=source))
    assert word in view.whose.text()


def test_hidden_it_does_nothing_and_shown_again_it_is_up_to_date(stage: Stage, qtbot: QtBot) -> None:
    _document, jobs, view = stage
    view.hide()
    answer(jobs, predicted(resized_size=(77, 33)))
    assert view.resized.foot.text() == "20×10 · bilinear"
    with qtbot.waitExposed(view):
        view.show()
    assert view.resized.foot.text() == "77×33 · bilinear"


@pytest.mark.parametrize(("width", "columns"), [(300, 1), (420, 2), (900, 4)])
def test_the_steps_wrap(stage: Stage, qtbot: QtBot, width: int, columns: int) -> None:
    _document, _jobs, view = stage
    view.resize(width, 900)

    def in_first_line() -> int:
        tops = [card.mapTo(view, QPoint()).y() for card in view.cards]
        return tops.count(min(tops))

    qtbot.waitUntil(lambda: in_first_line() == columns and view.area.widget().width() <= width)


# --- the square ---------------------------------------------------------------------------------------------


def test_the_square_is_dragged(stage: Stage) -> None:
    document, _jobs, view = stage
    drag(view, screen(view, 200, 100), screen(view, 240, 100))
    left, top, side = shown(view)
    assert side == 160
    assert left == pytest.approx(160, abs=3)
    assert top == pytest.approx(20, abs=3)
    assert document.prepare.box == pytest.approx(
        (left / WIDTH, top / HEIGHT, (left + 160) / WIDTH, (top + 160) / HEIGHT)
    )
    assert view.whose.text() == "Changed by you: the square"
    assert view.reset.isVisible()


def test_a_square_that_was_moved_is_no_longer_called_the_centre(stage: Stage) -> None:
    document, jobs, view = stage
    way = view.original.way
    assert way.currentText() == "Short side, centre"
    count = way.count()
    drag(view, screen(view, 200, 100), screen(view, 240, 100))
    assert way.currentText() == "Your square"
    way.activated.emit(way.currentIndex())
    assert document.prepare.box is not None
    way.activated.emit(way.findData("square"))
    assert document.prepare == Preparation(how="square")
    assert way.currentText() == "Centre square"
    answer(jobs, predicted(how="square"))
    assert way.currentText() == "Centre square"
    assert way.count() == count
    document.set_prepare(Preparation(how="digit", box=(0.1, 0.1, 0.5, 0.5)))
    assert way.currentText() == "Digit in your square"
    view.reset.click()
    assert way.currentText() == "Short side, centre"


def test_a_size_that_cannot_be_changed_says_why(stage: Stage) -> None:
    _document, jobs, view = stage
    assert view.resized.side.isEnabled()
    assert "cut out" in view.resized.side.toolTip()
    answer(jobs, predicted(how="square"))
    assert not view.resized.side.isEnabled()
    assert "Short side, centre" in view.resized.side.toolTip()
    answer(jobs, predicted(how="digit", resize=6))
    assert "MNIST" in view.resized.side.toolTip()


def test_four_digits_fit_a_field_and_the_tooltip_has_them_all(stage: Stage) -> None:
    _document, jobs, view = stage
    answer(jobs, predicted(mean=(0.4914, 0.4822, 0.44653124)))
    for field in view.normalised.values.mean[:2]:
        # Qt keeps two pixels on either side of the text, and the frame is one.
        assert field.fontMetrics().horizontalAdvance(field.text()) <= field.width() - 6
    assert view.normalised.values.mean[2].toolTip().endswith("mean B 0.446531")


def test_it_stays_in_the_picture(stage: Stage) -> None:
    _document, _jobs, view = stage
    drag(view, screen(view, 200, 100), screen(view, 2000, 2000))
    assert shown(view) == (WIDTH - 160, HEIGHT - 160, 160)


def test_a_corner_resizes_it_and_the_opposite_one_stays(stage: Stage) -> None:
    _document, _jobs, view = stage
    drag(view, screen(view, 280, 180), screen(view, 200, 100))
    left, top, side = shown(view)
    assert (left, top) == (120, 20)
    assert side == pytest.approx(80, abs=4)
    drag(view, screen(view, left, top), screen(view, -500, -500))
    assert view.original.view.square is not None
    assert (view.original.view.square.right, view.original.view.square.bottom) == pytest.approx(
        (left + side, top + side)
    )
    assert shown(view)[1] == pytest.approx(0)


def test_in_the_hand_it_goes_on_while_answers_come(stage: Stage) -> None:
    _document, jobs, view = stage
    drag(view, screen(view, 200, 100), screen(view, 210, 100), screen(view, 260, 100), release=False)
    where = shown(view)
    answer(jobs)
    assert shown(view) == where
    QTest.mouseRelease(
        view.original.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, screen(view, 260, 100)
    )
    answer(jobs)
    assert shown(view) == pytest.approx(where)


def test_dragging_asks_for_the_next_only_when_the_last_is_answered(stage: Stage, qtbot: QtBot) -> None:
    document, jobs, view = stage
    changes: list[Preparation] = []
    document.prepare_changed.connect(lambda: changes.append(document.prepare))
    start = screen(view, 200, 100)
    drag(view, start, *(start + QPoint(step, 0) for step in range(1, 40)), release=False)
    assert len(changes) == 1
    answer(jobs)
    qtbot.waitUntil(lambda: len(changes) == 2, timeout=2000)
    assert changes[-1].box is not None
    assert changes[-1].box[0] * WIDTH == pytest.approx(shown(view)[0])
    QTest.mouseMove(view.original.view, start + QPoint(2, 0))
    QTest.mouseRelease(
        view.original.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(2, 0)
    )
    assert len(changes) == 3  # the hand rests: at once


def test_an_answer_that_does_not_come_is_not_waited_for_forever(stage: Stage, qtbot: QtBot) -> None:
    document, _jobs, view = stage
    start = screen(view, 200, 100)
    drag(view, start, *(start + QPoint(step, 0) for step in range(1, 9)), release=False)
    with qtbot.waitSignal(document.prepare_changed, timeout=5000):
        pass


def test_keys_move_and_resize_it(stage: Stage) -> None:
    document, jobs, view = stage
    crop = view.original.view
    QTest.keyClick(crop, Qt.Key.Key_Right)
    assert shown(view) == (128, 20, 160)
    QTest.keyClick(crop, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert shown(view) == (128, 19, 160)
    QTest.keyClick(crop, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert shown(view) == (136, 27, 144)
    answer(jobs)
    QTest.keyClick(crop, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert shown(view)[2] == 158
    view.pacer.flush()
    assert document.prepare.box is not None


def test_a_double_click_looks_at_the_centre_again(stage: Stage, qtbot: QtBot) -> None:
    document, _jobs, view = stage
    QTest.keyClick(view.original.view, Qt.Key.Key_Right)
    view.pacer.flush()
    qtbot.mouseDClick(view.original.view, Qt.MouseButton.LeftButton, pos=screen(view, 200, 100))
    assert document.prepare == OWN
    assert shown(view) == (120, 20, 160)


# --- the other choices --------------------------------------------------------------------------------------


def test_interpolation_size_and_way_are_chosen(stage: Stage) -> None:
    document, jobs, view = stage
    view.resized.interpolation.activated.emit(view.resized.interpolation.findData("lanczos"))
    assert document.prepare == Preparation(interpolation="lanczos")
    view.resized.side.field.setValue(24)
    assert document.prepare.resize == 24
    answer(jobs, predicted(resize=24, interpolation="lanczos"))
    view.resized.side.field.setValue(10)  # the weights' own again
    assert document.prepare == Preparation(interpolation="lanczos")
    view.original.way.activated.emit(view.original.way.findData("digit"))
    assert document.prepare.how == "digit"
    answer(jobs, predicted(how="digit", resize=6))
    assert not view.resized.side.isEnabled()
    assert "what is looked at" in view.whose.text()
    view.reset.click()
    assert document.prepare == OWN


def test_another_size_looks_at_the_centre(stage: Stage) -> None:
    document, _jobs, view = stage
    QTest.keyClick(view.original.view, Qt.Key.Key_Right)
    view.resized.side.field.setValue(30)
    assert document.prepare == Preparation(resize=30)


def test_mean_and_std_are_typed(stage: Stage) -> None:
    document, jobs, view = stage
    field = view.normalised.values.mean[1]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0,45")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert document.prepare.mean == (MEAN[0], 0.45, MEAN[2])
    assert document.prepare.std == ()
    answer(jobs, predicted(mean=(MEAN[0], 0.45, MEAN[2])))
    assert "mean" in view.whose.text()
    field.selectAll()
    QTest.keyClicks(field, "0.4")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert document.prepare == OWN


@pytest.mark.parametrize("typed", ["0", "-1", "nan", "1e-40", "inf", "abc", "", "1 2"])
def test_nonsense_is_refused_in_the_panel(stage: Stage, typed: str) -> None:
    document, jobs, view = stage
    field = view.normalised.values.std[0]
    field.setFocus()
    field.setText(typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert document.prepare == OWN
    assert field.text() == "0.2"
    assert "standard deviation" in view.whose.text()
    answer(jobs)
    assert "card" in view.whose.text()


def test_escape_brings_a_value_back(stage: Stage) -> None:
    document, _jobs, view = stage
    field = view.normalised.values.mean[0]
    field.setFocus()
    QTest.keyClicks(field, "9")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.5"
    assert document.prepare == OWN


def test_digits_that_are_not_shown_are_kept(stage: Stage) -> None:
    document, jobs, view = stage
    exact = (1 / 3, 0.4, 0.3)
    answer(jobs, predicted(mean=exact, own=replace(predicted().steps.own, mean=exact)))  # type: ignore[union-attr]
    field = view.normalised.values.mean[2]
    field.setFocus()
    field.setText("0.25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert document.prepare.mean == (1 / 3, 0.4, 0.25)


def test_a_network_of_many_channels_has_all_numbers_in_a_line(stage: Stage) -> None:
    document, jobs, view = stage
    answer(jobs, predicted(channels=6))
    assert len(view.normalised.values.mean) == 1
    field = view.normalised.values.mean[0]
    assert field.text() == "0.5 0.4 0.3 0.5 0.4 0.3"
    field.setText("0.5 0.4 0.3 0.5 0.4 0.9")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert document.prepare.mean == (0.5, 0.4, 0.3, 0.5, 0.4, 0.9)
    assert isinstance(view.numbers.channels, ArrowBox)
    assert view.numbers.channels.count() == 6
    answer(jobs, predicted(channels=1))
    assert view.numbers.channels is None
    assert view.normalised.values.std[0].text() == "0.2"


# --- numbers ------------------------------------------------------------------------------------------------


def cell(view: StepsView, row: int, column: int) -> str:
    model = view.numbers.table.model()
    return str(model.data(model.index(row, column)))


def test_the_table_has_one_channel_in_three_forms(stage: Stage) -> None:
    _document, _jobs, view = stage
    seen = predicted().seen
    view.numbers.form.button("raw").click()
    assert cell(view, 3, 5) == str(seen[3, 5, 0])
    assert isinstance(view.numbers.channels, Segmented)
    view.numbers.channels.button("2").click()
    assert cell(view, 3, 5) == str(seen[3, 5, 2])
    view.numbers.form.button("share").click()
    assert cell(view, 3, 5) == f"{seen[3, 5, 2] / 255:.3f}"
    view.numbers.form.button("tensor").click()
    value = (seen[3, 5, 2] / 255 - MEAN[2]) / STD[2]
    assert float(cell(view, 3, 5).replace("−", "-")) == pytest.approx(value, abs=6e-4)
    assert view.numbers.table.model().rowCount() == view.numbers.table.model().columnCount() == SIDE


def test_only_cells_in_sight_are_made(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    _document, jobs, view = stage
    made: list[object] = []
    text = type(view._inputs).text
    monkeypatch.setattr(type(view._inputs), "text", lambda self, *at: made.append(at) or text(self, *at))
    answer(jobs, predicted(side=256))
    view.numbers.table.grab()
    assert 0 < len(made) < 5000


def test_the_pixel_under_the_pointer_tells_its_numbers(stage: Stage) -> None:
    _document, _jobs, view = stage
    pixels = view.cropped.view
    width = pixels.picture_rect().width() / SIDE
    QTest.mouseMove(pixels, QPointF(5.5 * width, 3.5 * width).toPoint())
    assert view.cropped.foot.text() == "x 5, y 3"
    red = int(predicted().seen[3, 5, 0])
    line = view.cropped.told()[0]
    assert line[:3] == ["R", str(red), f"{red / 255:.3f}"]
    assert float(line[3].replace("−", "-")) == pytest.approx((red / 255 - MEAN[0]) / STD[0], abs=6e-4)
    assert len(view.cropped.told()) == 3
    assert view.normalised.view.mark == pixels.mark == (3, 5)


def test_a_click_goes_to_the_cell_and_a_cell_to_the_pixel(stage: Stage, qtbot: QtBot) -> None:
    _document, jobs, view = stage
    table, pixels = view.numbers.table, view.normalised.view
    width = pixels.picture_rect().width() / SIDE
    qtbot.mouseClick(pixels, Qt.MouseButton.LeftButton, pos=QPointF(2.5 * width, 6.5 * width).toPoint())
    assert (table.currentIndex().row(), table.currentIndex().column()) == (6, 2)
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert view.cropped.foot.text() == "x 3, y 6"
    assert view.cropped.view.mark == (6, 3)
    answer(jobs)
    assert view.cropped.view.mark == (6, 3)
    answer(jobs, predicted(side=4))  # a smaller network has no such pixel
    assert view.cropped.view.mark is None


def test_numbers_are_copied(stage: Stage, qtbot: QtBot) -> None:
    _document, _jobs, view = stage
    tensor = predicted().steps.tensor  # type: ignore[union-attr]
    view.numbers.copy.click()
    view.numbers.table._background.wait()
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.text().count("\n") == SIDE - 1)
    lines = [[float(part) for part in line.split("\t")] for line in clipboard.text().split("\n")]
    assert np.array(lines) == pytest.approx(tensor[0], rel=1e-5)
    table = view.numbers.table
    table.setCurrentIndex(table.model().index(2, 2))
    QTest.keyClick(table, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: clipboard.text().count("\t") == 1)
    assert [float(part) for part in clipboard.text().split("\t")] == pytest.approx(tensor[0, 2, 2:4], rel=1e-5)


def test_a_double_click_magnifies_both(stage: Stage, qtbot: QtBot) -> None:
    _document, jobs, view = stage
    answer(jobs, predicted(side=96))
    pixels = view.cropped.view
    qtbot.mouseDClick(pixels, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert pixels.region == view.normalised.view.region
    assert (pixels.region.left(), pixels.region.width()) == (0, 24)
    place = pixels.place_at(QPointF(pixels.picture_rect().width() - 1, 1))
    assert place == (0, 23)
    answer(jobs, predicted(side=96))
    assert pixels.region.width() == 24
    qtbot.mouseDClick(pixels, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert pixels.image.width() == 96


def test_values_that_are_no_numbers_can_be_shown(stage: Stage) -> None:
    _document, jobs, view = stage
    tensor = np.full((3, SIDE, SIDE), math.nan, np.float32)
    answer(jobs, predicted(tensor=tensor))
    assert cell(view, 0, 0) == "nan"
    view.grab()


def test_another_theme_has_other_colours(stage: Stage) -> None:
    _document, _jobs, view = stage
    before = view.normalised.view.image.copy()
    try:
        theme = Theme("dark")
        theme.changed.connect(view._retint)
        theme.apply()
        assert view.normalised.view.image != before
    finally:
        Theme("light").apply()


# --- the small form -----------------------------------------------------------------------------------------


def test_the_zone_tells_the_way_and_opens_the_steps(qtbot: QtBot) -> None:
    zone = SeenZone()
    qtbot.addWidget(zone)
    zone.show_prediction(predicted(how="digit"))
    assert zone.foot.text() == "digit → 8×8, normalised"
    zone.show_prediction(predicted(how="square"))
    assert zone.foot.text() == "square → 8×8, normalised"
    with qtbot.waitSignal(zone.detail_wanted):
        zone.detail.click()
