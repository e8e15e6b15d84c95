from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.softmax import SoftmaxPanel
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from tests.gui.panels.desk import LABELS, PICTURE, PREDICTION, SPEC, built, deliver, desk, ready, wheel

LOGITS = np.array([-1.2, 0.4, 2.0, 7.1, 1.9, 5.2, 3.1, 0.8, -2.2, -0.7], np.float32)
ANSWER = replace(PREDICTION, logits=LOGITS, labels=LABELS)
Fixture = tuple[Document, Jobs, SoftmaxPanel]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def opened(qtbot: QtBot, settings: Settings) -> Fixture:
    Theme("light").apply()
    document, jobs = desk()
    panel = SoftmaxPanel(document, jobs, settings)
    qtbot.addWidget(panel)
    panel.resize(388, 560)
    with qtbot.waitExposed(panel):
        panel.show()
    deliver(jobs, ready(), built())
    return document, jobs, panel


@pytest.fixture
def panel(opened: Fixture) -> SoftmaxPanel:
    document, jobs, panel = opened
    document.set_image(PICTURE)
    deliver(jobs, ANSWER)
    return panel


def cells(panel: SoftmaxPanel, row: int) -> list[str]:
    return [cell.text for cell in panel.table.rows[row].cells]


def click(qtbot: QtBot, panel: SoftmaxPanel, row: int) -> None:
    where = panel.table.place(row).center().toPoint()
    qtbot.mouseClick(panel.table, Qt.MouseButton.LeftButton, pos=where)


def test_before_a_picture_a_sentence_says_what_to_do(opened: Fixture) -> None:
    *_, panel = opened
    assert panel.empty.isVisible()
    assert "Drop a picture" in panel.empty.text()


def test_every_step_has_its_figure(panel: SoftmaxPanel) -> None:
    assert panel.table.rows[0].name == "cat"
    assert cells(panel, 0) == ["7.10", "7.10", "1.000", "84.5 %"]
    assert cells(panel, 1) == ["5.20", "5.20", "0.150", "12.6 %"]
    assert panel.table.rows[5].name == "the other 5"
    assert cells(panel, 5) == ["≤ 0.80", "≤ 0.80", "0.004", "0.3 %"]
    assert panel.table.sum == ("sum of all 10", "1.183", "100 %")


def test_entropy_in_bits_and_in_classes(panel: SoftmaxPanel) -> None:
    assert panel.entropy.bits.text() == "0.78 of at most 3.32 bits"
    assert panel.entropy.words.text() == "as if choosing among 1.7 of 10 classes"


def test_the_margin_of_the_top_two(panel: SoftmaxPanel) -> None:
    assert panel.why.odds.text() == "e^(1.90) ≈ 6.69 : 1"
    assert panel.why.sentence.text() == (
        "cat is 1.90 logits ahead of dog: 6.69 times as likely at T = 1, whatever the other classes say."
    )
    assert not panel.why.back.isVisible()


def test_the_margin_has_the_digits_that_a_calculator_needs(panel: SoftmaxPanel, opened: Fixture) -> None:
    _, jobs, _ = opened
    logits = LOGITS.copy()
    logits[3] = logits[5] + np.float32(4.5043)
    deliver(jobs, replace(ANSWER, logits=logits))
    assert panel.why.odds.text() == "e^(4.5043) ≈ 90.4 : 1"
    assert f"{math.exp(4.5043):.1f}" == "90.4"
    assert "4.50 logits ahead" in panel.why.sentence.text()


def test_other_pairs_by_click_and_back(qtbot: QtBot, panel: SoftmaxPanel) -> None:
    click(qtbot, panel, 2)
    assert set(panel.table.pair) == {3, 6}
    assert "cat is 4.00 logits ahead of frog" in panel.why.sentence.text()
    click(qtbot, panel, 4)
    assert set(panel.table.pair) == {6, 4}
    assert "frog is 1.20 logits ahead of deer" in panel.why.sentence.text()
    click(qtbot, panel, 4)
    assert set(panel.table.pair) == {6, 4}
    click(qtbot, panel, 5)  # all others are no class
    assert set(panel.table.pair) == {6, 4}
    qtbot.mouseClick(panel.why.back, Qt.MouseButton.LeftButton)
    assert set(panel.table.pair) == {3, 5}
    assert not panel.why.back.isVisible()


def test_pairs_by_keys(qtbot: QtBot, panel: SoftmaxPanel) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Up, Qt.Key.Key_A):
        qtbot.keyClick(panel.table, key)
    assert set(panel.table.pair) == {3, 6}
    assert panel.table.current == 1


def test_picked_classes_stay_for_the_next_picture(qtbot: QtBot, opened: Fixture, panel: SoftmaxPanel) -> None:
    _, jobs, _ = opened
    click(qtbot, panel, 2)
    deliver(jobs, replace(ANSWER, logits=LOGITS[::-1].copy()))
    assert set(panel.table.pair) == {3, 6}
    deliver(jobs, replace(ANSWER, logits=LOGITS[:4], labels=LABELS[:4]))  # there is no class 6 any more
    assert set(panel.table.pair) == {3, 2}


def test_temperature_changes_every_step_but_the_first(qtbot: QtBot, panel: SoftmaxPanel) -> None:
    with qtbot.waitSignal(panel.temperature_changed) as changed:
        panel.temperature.slider.setValue(40)
    assert changed.args == [pytest.approx(20**0.4)]
    assert cells(panel, 0) == ["7.10", "2.14", "1.000", "35.7 %"]
    before, after = panel.table.rows[0].cells[:2]
    assert (after.high - after.low) / (before.high - before.low) == pytest.approx(1 / 20**0.4)
    assert panel.why.odds.text() == "e^(1.90 / 3.31) ≈ 1.77 : 1"
    assert panel.temperature.value.text() == "3.31"


@pytest.mark.parametrize("way", ["double click", "button"])
def test_back_to_one(qtbot: QtBot, panel: SoftmaxPanel, way: str) -> None:
    slider = panel.temperature.slider
    assert not panel.temperature.reset.isEnabled()
    slider.setValue(-30)
    if way == "button":
        qtbot.mouseClick(panel.temperature.reset, Qt.MouseButton.LeftButton)
    else:
        qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(3, slider.height() // 2))
    assert panel.temperature.temperature == 1.0
    assert cells(panel, 0)[3] == "84.5 %"


def test_the_slider_by_keys_from_end_to_end(qtbot: QtBot, panel: SoftmaxPanel) -> None:
    slider = panel.temperature.slider
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert panel.temperature.temperature == pytest.approx(20**0.01)
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert (panel.temperature.temperature, panel.temperature.value.text()) == (20.0, "20.0")
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert (panel.temperature.temperature, panel.temperature.value.text()) == (pytest.approx(0.05), "0.05")
    assert cells(panel, 0) == ["7.10", "142.00", "1.000", "100.0 %"]


def test_the_wheel_scrolls_the_panel_until_the_slider_has_the_keys(panel: SoftmaxPanel) -> None:
    slider = panel.temperature.slider
    slider.clearFocus()
    wheel(slider, 1)
    assert slider.value() == 0
    slider.setFocus()
    wheel(slider, 1)
    assert slider.value() > 0


def test_how_many_classes_is_remembered(qtbot: QtBot, panel: SoftmaxPanel, settings: Settings) -> None:
    qtbot.mouseClick(panel.count.button("10"), Qt.MouseButton.LeftButton)
    assert [row.name for row in panel.table.rows][-1] == "ship"
    again = SoftmaxPanel(*desk(), settings)
    qtbot.addWidget(again)
    assert again.count.value() == "10"


def test_a_thousand_classes(opened: Fixture, panel: SoftmaxPanel) -> None:
    _, jobs, _ = opened
    logits = np.zeros(1000, np.float32)
    logits[[7, 9]] = 14.0, 12.0
    deliver(jobs, replace(ANSWER, logits=logits, labels=()))
    assert panel.table.rows[0].name == "class 7"
    assert panel.table.rows[-1].name == "the other 995"
    assert panel.entropy.bits.text().endswith("of at most 9.97 bits")


def test_two_classes_and_one(opened: Fixture, panel: SoftmaxPanel) -> None:
    _, jobs, _ = opened
    deliver(jobs, replace(ANSWER, logits=np.array([1, 1], np.float32), labels=("no", "yes")))
    assert [row.name for row in panel.table.rows] == ["no", "yes"]
    assert "as likely as the other" in panel.why.sentence.text()
    assert panel.entropy.bits.text() == "1.00 of at most 1.00 bits"
    deliver(jobs, replace(ANSWER, logits=np.array([-3], np.float32), labels=("all",)))
    assert cells(panel, 0)[3] == "100.0 %"
    assert not panel.why.isVisible()
    assert panel.grab().width() == panel.width()


def test_no_chance_at_all(opened: Fixture, panel: SoftmaxPanel) -> None:
    _, jobs, _ = opened
    deliver(jobs, replace(ANSWER, logits=np.array([0, -math.inf], np.float32), labels=("no", "yes")))
    assert cells(panel, 1) == ["−∞", "−∞", "0.000", "0.0 %"]
    assert panel.why.odds.text() == "e^(∞) = ∞ : 1"
    assert "cannot be" in panel.why.sentence.text()


def test_numbers_that_overflowed_are_told(opened: Fixture, panel: SoftmaxPanel) -> None:
    _, jobs, _ = opened
    overflowed = replace(ANSWER, top=(), logits=np.full(10, np.nan, np.float32), note="the numbers overflowed")
    deliver(jobs, overflowed)
    assert panel.empty.isVisible()
    assert panel.empty.text() == "the numbers overflowed"
    deliver(jobs, ANSWER)
    assert not panel.empty.isVisible()


def test_untrained_is_said(opened: Fixture, panel: SoftmaxPanel) -> None:
    _, jobs, _ = opened
    assert not panel.warning.isVisible()
    deliver(jobs, replace(ANSWER, trained=False, weights=None))
    assert panel.warning.text() == "untrained: predictions mean nothing"
    assert panel.warning.isVisible()


def test_names_of_ones_own(opened: Fixture, panel: SoftmaxPanel) -> None:
    document, _, _ = opened
    document.set_labels(tuple(f"mine {index}" for index in range(10)))
    assert panel.table.rows[0].name == "mine 3"
    assert panel.why.sentence.text().startswith("mine 3 is")


def test_a_late_answer_dims_the_old_one(qtbot: QtBot, opened: Fixture, panel: SoftmaxPanel) -> None:
    document, jobs, _ = opened
    fresh = panel.grab().toImage()
    with qtbot.waitSignal(panel.waiting.changed):
        document.set_spec(replace(SPEC, blocks=(3, 4, 6, 3)), "Blocks")
    assert panel.grab().toImage() != fresh
    assert panel.table.rows[0].name == "cat"
    document.set_spec(SPEC, "Blocks again")
    jobs._again.timeout.emit()
    deliver(jobs, ANSWER)
    panel.count.setFocus()
    assert not panel.table._stale
    assert not any(dim.isEnabled() for dim in panel._dims)


def test_a_forgotten_picture_empties_it(opened: Fixture, panel: SoftmaxPanel) -> None:
    document, *_ = opened
    document.set_image(None)
    assert panel.empty.isVisible()


def test_the_table_as_text(qtbot: QtBot, panel: SoftmaxPanel) -> None:
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "\tlogit z\t÷ T z/T\texp z/T − max\t÷ sum p"
    assert lines[1] == "cat\t7.10\t7.10\t1.000\t84.5 %"


@pytest.mark.parametrize("width", [300, 388, 900])
def test_nothing_is_cut_off(panel: SoftmaxPanel, width: int) -> None:
    panel.resize(width, 300)
    assert panel.area.widget().width() <= panel.width()
    assert panel.table.width() <= panel.width()
    assert panel.area.verticalScrollBar().maximum() > 0
    assert panel.why.sentence.height() >= panel.why.sentence.heightForWidth(panel.why.sentence.width())


def test_hints_explain_the_steps(panel: SoftmaxPanel) -> None:
    table = panel.table
    said = []
    for column in range(4):
        where = table._cell(table.rect().toRectF(), column).center()
        where.setY(10)
        said.append(table._hint(where))
    assert said == list(table._hints)
    name = table.place(0).center()
    assert table._hint(name) == "cat · class 3"
    assert table._hint(table.place(5).center()) == "the other 5"


def test_an_answer_that_was_there_first_is_shown(qtbot: QtBot, settings: Settings) -> None:
    document, jobs = desk()
    document.set_image(PICTURE)
    deliver(jobs, ANSWER)
    panel = SoftmaxPanel(document, jobs, settings)
    qtbot.addWidget(panel)
    assert panel.table.rows[0].name == "cat"
    assert isinstance(jobs.prediction, m.Prediction)
