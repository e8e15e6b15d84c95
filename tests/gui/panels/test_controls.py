"""The shared controls, driven as a user drives them: by mouse, wheel and keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from resviz.gui.panels import figures
from resviz.gui.panels.builder.stepper import NumberField, Stepper
from resviz.gui.panels.controls import Choice, CopyLink, FitLabel, Segmented, StatCard
from tests.gui.panels.desk import wheel

LEFT = Qt.MouseButton.LeftButton


def show(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """Put widgets into an active window, as the keyboard needs one."""
    window = QWidget()
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def focus(qtbot: QtBot, widget: QWidget) -> None:
    widget.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)


@pytest.fixture
def shortcut(qtbot: QtBot) -> Iterator[Segmented]:
    choices = [Choice("none", "None", "plain"), Choice("A", "A pad"), Choice("B", "B"), Choice("C", "C all")]
    control = Segmented(choices, "Shortcut")
    control.set_value("B")
    window = show(qtbot, control)
    yield control
    window.close()


@pytest.fixture
def stepper(qtbot: QtBot) -> Iterator[Stepper]:
    control = Stepper(1, 1000, "Blocks of layer1")
    control.set_value(2)
    window = show(qtbot, control)
    yield control
    window.close()


def test_a_click_chooses_once(qtbot: QtBot, shortcut: Segmented) -> None:
    heard: list[str] = []
    shortcut.chosen.connect(heard.append)
    qtbot.mouseClick(shortcut.button("C"), LEFT)
    qtbot.mouseClick(shortcut.button("C"), LEFT)
    assert heard == ["C"]
    assert shortcut.value() == "C"


def test_arrow_keys_move_the_choice(qtbot: QtBot, shortcut: Segmented) -> None:
    focus(qtbot, shortcut.button("B"))
    with qtbot.waitSignal(shortcut.chosen) as heard:
        qtbot.keyClick(shortcut.button("B"), Qt.Key.Key_Left)
    assert heard.args == ["A"]
    assert shortcut.button("A").hasFocus()


def test_a_choice_that_is_set_is_not_heard(qtbot: QtBot, shortcut: Segmented) -> None:
    with qtbot.assertNotEmitted(shortcut.chosen):
        shortcut.set_value("none")
    assert shortcut.value() == "none"


def test_after_an_undo_the_same_choice_is_heard_again(qtbot: QtBot, shortcut: Segmented) -> None:
    heard: list[str] = []
    shortcut.chosen.connect(heard.append)
    qtbot.mouseClick(shortcut.button("C"), LEFT)
    shortcut.set_value("B")
    qtbot.mouseClick(shortcut.button("C"), LEFT)
    assert heard == ["C", "C"]


def test_a_missing_choice_is_grey_and_says_why(qtbot: QtBot, shortcut: Segmented) -> None:
    shortcut.set_available("C", False, "no CUDA device")
    with qtbot.assertNotEmitted(shortcut.chosen):
        qtbot.mouseClick(shortcut.button("C"), LEFT)
    assert shortcut.button("C").toolTip() == "no CUDA device"
    assert shortcut.value() == "B"


def test_plus_and_minus_step_and_leave_the_keyboard_on_the_number(qtbot: QtBot, stepper: Stepper) -> None:
    heard: list[int] = []
    stepper.edited.connect(heard.append)
    qtbot.mouseClick(stepper.plus, LEFT)
    qtbot.mouseClick(stepper.plus, LEFT)
    qtbot.mouseClick(stepper.minus, LEFT)
    assert heard == [3, 4, 3]
    assert stepper.field.hasFocus()


def test_a_held_button_goes_on(qtbot: QtBot, stepper: Stepper) -> None:
    qtbot.mousePress(stepper.plus, LEFT)
    qtbot.waitUntil(lambda: stepper.value() >= 5)
    qtbot.mouseRelease(stepper.plus, LEFT)


@pytest.mark.parametrize(
    ("key", "value"),
    [(Qt.Key.Key_Up, 3), (Qt.Key.Key_Down, 1), (Qt.Key.Key_PageUp, 12), (Qt.Key.Key_PageDown, 1)],
)
def test_keys_step(qtbot: QtBot, stepper: Stepper, key: Qt.Key, value: int) -> None:
    focus(qtbot, stepper)
    qtbot.keyClick(stepper.field, key)
    assert stepper.value() == value


def test_tab_stops_once_at_the_choice(qtbot: QtBot, shortcut: Segmented) -> None:
    stops = [value for value in ("none", "A", "B", "C") if _is_tab_stop(shortcut, value)]
    assert stops == ["B"]
    qtbot.mouseClick(shortcut.button("A"), LEFT)
    assert _is_tab_stop(shortcut, "A")
    assert not _is_tab_stop(shortcut, "B")


def _is_tab_stop(control: Segmented, value: str) -> bool:
    return bool(control.button(value).focusPolicy() & Qt.FocusPolicy.TabFocus)


def test_the_wheel_steps_over_the_number_and_over_its_buttons(stepper: Stepper) -> None:
    assert wheel(stepper.field, 1).isAccepted()
    assert stepper.value() == 3
    wheel(stepper, -1)
    assert stepper.value() == 2


def test_a_typed_number_counts_once_it_is_finished(qtbot: QtBot, stepper: Stepper) -> None:
    heard: list[int] = []
    stepper.edited.connect(heard.append)
    focus(qtbot, stepper)
    stepper.field.selectAll()
    qtbot.keyClicks(stepper.field, "18")
    assert heard == []
    qtbot.keyClick(stepper.field, Qt.Key.Key_Return)
    assert heard == [18]


def test_a_step_finishes_what_was_typed(qtbot: QtBot, stepper: Stepper) -> None:
    heard: list[int] = []
    stepper.edited.connect(heard.append)
    focus(qtbot, stepper)
    stepper.field.selectAll()
    qtbot.keyClicks(stepper.field, "5")
    qtbot.keyClick(stepper.field, Qt.Key.Key_Up)
    assert heard == [5, 6]


def test_escape_takes_typing_back(qtbot: QtBot, stepper: Stepper) -> None:
    focus(qtbot, stepper)
    stepper.field.selectAll()
    with qtbot.assertNotEmitted(stepper.edited):
        qtbot.keyClicks(stepper.field, "77")
        qtbot.keyClick(stepper.field, Qt.Key.Key_Escape)
    assert stepper.field.text() == "2"


def test_steps_end_at_the_limits(qtbot: QtBot, stepper: Stepper) -> None:
    stepper.set_value(1)
    assert not stepper.minus.isEnabled()
    with qtbot.assertNotEmitted(stepper.edited):
        wheel(stepper.field, -3)
    stepper.set_value(1000)
    assert not stepper.plus.isEnabled()
    assert stepper.minus.isEnabled()


def test_a_number_beyond_the_limits_can_be_typed_for_its_owner_to_refuse(qtbot: QtBot, stepper: Stepper) -> None:
    focus(qtbot, stepper)
    stepper.field.selectAll()
    qtbot.keyClicks(stepper.field, "5000")
    with qtbot.waitSignal(stepper.edited) as heard:
        qtbot.keyClick(stepper.field, Qt.Key.Key_Return)
    assert heard.args == [5000]


def test_steps_of_a_number_land_on_multiples(qtbot: QtBot) -> None:
    field = NumberField(1, 100, 8)
    window = show(qtbot, field)
    assert window.isVisible()
    field.set_value(10)
    seen = []
    for steps in (1, 1, -1, -1, -1, 1, 99, -1):
        field.stepBy(steps)
        seen.append(field.value())
    assert seen == [16, 24, 16, 8, 1, 8, 100, 96]


def test_the_wheel_passes_over_a_number_without_the_keyboard(qtbot: QtBot) -> None:
    field, other = NumberField(1, 100), QLineEdit()
    window = show(qtbot, field, other)
    assert window.isVisible()
    field.set_value(5)
    focus(qtbot, other)
    assert not wheel(field, 1).isAccepted()
    assert field.value() == 5
    focus(qtbot, field)
    wheel(field, 1)
    assert field.value() == 6


def test_undo_in_a_field_is_the_windows_undo_unless_one_is_typing(qtbot: QtBot) -> None:
    window, field = QMainWindow(), NumberField(1, 100)
    undo = QAction(window)
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    window.addAction(undo)
    window.setCentralWidget(field)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    focus(qtbot, field)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    with qtbot.waitSignal(undo.triggered):
        qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, "7")
    with qtbot.assertNotEmitted(undo.triggered):
        qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_a_fitting_label_shrinks_before_it_is_elided(qtbot: QtBot) -> None:
    label = FitLabel(22, 13)
    qtbot.addWidget(label)
    label.set_text("1202 = 1 + 600×2 + 1")
    label.resize(600, 30)
    assert label.fitting()[0].pixelSize() == 22
    label.resize(label.fontMetrics().horizontalAdvance(label.text()) + 30, 30)
    used, text = label.fitting()
    assert 13 <= used.pixelSize() < 22
    assert text == label.text()
    label.resize(60, 30)
    assert label.fitting()[1].endswith("…")


def test_a_card_reads_out_its_figure(qtbot: QtBot) -> None:
    card = StatCard("MACs")
    qtbot.addWidget(card)
    assert card.figure.text() == "-"
    card.show_figure("35.1 M", "35,046,656 MACs")
    assert card.accessibleName() == "MACs: 35.1 M"
    assert card.toolTip() == "35,046,656 MACs"


def test_a_copy_link_says_that_it_has_copied_until_one_leaves_it(qtbot: QtBot) -> None:
    link, other = CopyLink("Copy", "hint"), QLineEdit()
    window = show(qtbot, link, other)
    assert window.isVisible()
    focus(qtbot, link)
    link.copy("basic:2,2")
    assert QApplication.clipboard().text() == "basic:2,2"
    assert link.text() == "Copied"
    focus(qtbot, other)
    qtbot.waitUntil(lambda: link.text() == "Copy")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (432, "432"),
        (9_408, "9.41 k"),
        (33_088, "33.1 k"),
        (99_999, "100 k"),
        (131_072, "0.13 M"),
        (701_466, "0.70 M"),
        (11_689_512, "11.7 M"),
        (999_960_000, "1.00 G"),
        (1_814_073_344, "1.81 G"),
        (3_038_275_551_232, "3.04 T"),
    ],
)
def test_counts_have_three_figures(number: int, text: str) -> None:
    assert figures.count(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(512, "512 B"), (2_032_680, "2.0 MB"), (318_035_872, "318 MB"), (11_581_357_984, "11.6 GB")],
)
def test_bytes_are_decimal(number: int, text: str) -> None:
    assert figures.size(number) == text


@pytest.mark.parametrize(("part", "whole", "text"), [(1, 4, "25.0 %"), (0, 4, "0.0 %"), (1, 10**6, "< 0.1 %")])
def test_shares_never_hide_the_smallest(part: int, whole: int, text: str) -> None:
    assert figures.share(part, whole) == text


def test_a_share_of_nothing_is_no_figure() -> None:
    assert figures.share(0, 0) == "-"
