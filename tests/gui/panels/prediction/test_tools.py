from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from resviz.arch.presets import PRESETS, title_of
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.prediction import PredictionTools
from resviz.gui.panels.run_panel import RunPanel
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from tests.gui.panels.desk import LABELS, PICTURE, PREDICTION, SPEC, built, deliver, desk, ready

LOGITS = np.array([-1.2, 0.4, 2.0, 7.1, 1.9, 5.2, 3.1, 0.8, -2.2, -0.7], np.float32)
ANSWER = replace(PREDICTION, logits=LOGITS, labels=LABELS)
OTHER = PRESETS["resnet20-cifar"].spec
SECOND = m.Answer(OTHER, PREDICTION.top, LOGITS[::-1].copy(), LABELS, "b", True, 0.9, 5.3)
OWN = tuple(f"mine {index}" for index in range(10))


class Strip:
    """The strip with the tools of its prediction."""

    def __init__(self, qtbot: QtBot, path: Path) -> None:
        theme = Theme("light")
        theme.apply()
        self.document: Document
        self.jobs: Jobs
        self.document, self.jobs = desk()
        self.panel = RunPanel(self.document, self.jobs, theme, samples=[])
        self.zone = self.panel.prediction
        self.settings = Settings(path)
        self.tools = PredictionTools(self.zone, self.document, self.jobs, self.settings, self.panel.message)
        qtbot.addWidget(self.panel)
        self.panel.resize(1280, 196)
        with qtbot.waitExposed(self.panel):
            self.panel.show()
        deliver(self.jobs, ready(), built())
        self.document.set_image(PICTURE)
        deliver(self.jobs, ANSWER)

    def ask_beside(self, answer: m.Answer) -> None:
        self.document.set_reference(OTHER)
        self.document.set_beside(True)
        self.jobs._again.timeout.emit()
        deliver(self.jobs, replace(ANSWER, beside=answer))


@pytest.fixture
def strip(qtbot: QtBot, tmp_path: Path) -> Strip:
    return Strip(qtbot, tmp_path / "settings.ini")


@pytest.fixture
def labels_file(tmp_path: Path) -> Callable[[int], Path]:
    def write(count: int) -> Path:
        path = tmp_path / "names.txt"
        path.write_text("\n".join(f"mine {index}" for index in range(count)), encoding="utf-8")
        return path

    return write


def test_as_many_classes_as_are_chosen_now_and_next_time(qtbot: QtBot, strip: Strip) -> None:
    assert len(strip.zone.bars.scores) == 5
    strip.tools.rows[10].trigger()
    assert len(strip.zone.bars.scores) == 10
    again = Strip(qtbot, strip.settings.path)
    assert len(again.zone.bars.scores) == 10
    assert again.tools.rows[10].isChecked()
    again.tools.rows[3].trigger()
    assert [score.index for score in again.zone.bars.scores] == [3, 5, 6]


def test_garbage_in_the_settings_means_five(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    settings.put("classes-shown", "many")
    settings.save()
    assert len(Strip(qtbot, settings.path).zone.bars.scores) == 5


def test_another_temperature_is_said(strip: Strip) -> None:
    before = strip.zone.bars.scores[0].probability
    strip.zone.set_temperature(2.0)
    assert strip.zone.bars.scores[0].probability < before
    assert strip.zone.foot.text() == "at temperature 2"
    strip.zone.set_temperature(1.0)
    assert strip.zone.foot.text() == ""


def test_class_names_of_ones_own(qtbot: QtBot, strip: Strip, labels_file: Callable[[int], Path]) -> None:
    assert not strip.tools.own_labels.isEnabled()
    with qtbot.waitSignal(strip.document.labels_changed):
        strip.tools.read(labels_file(10))
    assert strip.zone.bars.scores[0].label == "mine 3"
    assert strip.zone.foot.text() == "your own class names"
    strip.tools.own_labels.trigger()
    assert strip.document.labels == ()
    assert strip.zone.bars.scores[0].label == "cat"


def test_a_file_with_too_few_names_changes_nothing_but_the_message(
    qtbot: QtBot, strip: Strip, labels_file: Callable[[int], Path]
) -> None:
    strip.document.set_labels(OWN)
    strip.tools.read(labels_file(9))
    qtbot.waitUntil(strip.panel.message.isVisible)
    assert "9 class names" in strip.panel.message.text
    assert strip.document.labels == OWN


def test_names_are_dropped_with_the_classes_they_are_of(strip: Strip) -> None:
    strip.document.set_labels(OWN)
    strip.document.set_spec(replace(SPEC, blocks=(1, 1, 1, 1)), "Blocks")
    assert strip.document.labels == OWN
    strip.document.set_spec(replace(SPEC, classes=12), "Classes")
    assert strip.document.labels == ()


def test_names_that_come_for_a_network_that_has_gone_are_read_again(
    qtbot: QtBot, strip: Strip, labels_file: Callable[[int], Path]
) -> None:
    path = labels_file(10)
    strip.tools.read(path)
    strip.document.set_spec(replace(SPEC, classes=12), "Classes")
    qtbot.waitUntil(strip.panel.message.isVisible)
    assert "12 classes" in strip.panel.message.text
    assert strip.document.labels == ()


def test_a_file_is_asked_for(qtbot: QtBot, strip: Strip, labels_file: Callable[[int], Path]) -> None:
    strip.tools.labels.trigger()
    dialog = strip.zone.findChild(QFileDialog)
    assert dialog is not None
    assert "*.json" in dialog.nameFilters()[0]
    with qtbot.waitSignal(strip.document.labels_changed):
        dialog.fileSelected.emit(str(labels_file(10)))
    dialog.close()


def test_two_networks_side_by_side(qtbot: QtBot, strip: Strip) -> None:
    zone = strip.zone
    assert not zone.beside.isEnabled()
    assert "Compare" in zone.beside.toolTip()
    strip.document.set_reference(OTHER)
    assert zone.beside.isEnabled()
    qtbot.mouseClick(zone.beside, Qt.MouseButton.LeftButton)
    assert strip.document.beside
    strip.ask_beside(SECOND)
    assert zone.second.isVisible()
    assert (zone.first.title.text(), zone.first.facts.text()) == (title_of(SPEC), "3.4 ms")
    assert (zone.second.title.text(), zone.second.facts.text()) == (title_of(OTHER), "5.3 ms")
    indices = [score.index for score in zone.bars.scores]
    assert indices == [score.index for score in zone.second.bars.scores]
    assert {3, 6} <= set(indices)  # what either is surest of
    assert [place.y() for place in zone.bars.places()] == [place.y() for place in zone.second.bars.places()]
    assert zone.bars._shared_track() == zone.second.bars._shared_track() > 40


def test_the_second_network_goes_when_it_is_asked_no_more(qtbot: QtBot, strip: Strip) -> None:
    strip.ask_beside(SECOND)
    assert strip.zone.beside.isChecked()
    qtbot.mouseClick(strip.zone.beside, Qt.MouseButton.LeftButton)
    strip.jobs._again.timeout.emit()
    deliver(strip.jobs, ANSWER)
    assert not strip.zone.second.isVisible()
    assert not strip.zone.first.head.isVisible()
    assert strip.panel.time.isVisible()


def test_a_second_network_without_weights_is_said_to_be(strip: Strip) -> None:
    strip.ask_beside(replace(SECOND, trained=False, labels=tuple("abcdefghij")))
    assert strip.zone.second.facts.text() == "untrained · 5.3 ms"
    assert strip.zone.second.bars.scores[0].label == "g"
    assert strip.zone.bars.peer is None


def test_why_a_second_network_says_nothing(strip: Strip) -> None:
    strip.ask_beside(m.Answer(OTHER, error="its weights cannot be read"))
    assert strip.zone.second.error.isVisible()
    assert strip.zone.second.error.text() == "its weights cannot be read"
    assert not strip.zone.second.bars.isVisible()
    assert strip.zone.second.facts.text() == ""
    assert len(strip.zone.bars.scores) == 5
    strip.ask_beside(SECOND)
    deliver(strip.jobs, replace(ANSWER, beside=SECOND))
    assert strip.zone.second.bars.isVisible()


def test_there_is_no_second_list_without_a_picture(strip: Strip) -> None:
    strip.ask_beside(SECOND)
    strip.document.set_image(None)
    assert not strip.zone.second.isVisible()


def test_a_class_chosen_in_one_list_is_marked_in_both(qtbot: QtBot, strip: Strip) -> None:
    strip.ask_beside(SECOND)
    bars = strip.zone.second.bars
    with qtbot.waitSignal(strip.zone.class_chosen) as chosen:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.places()[0].center().toPoint())
    assert chosen.args == [3]
    assert strip.zone.bars.chosen == 3


def test_a_class_that_the_network_has_not_is_not_chosen(qtbot: QtBot, strip: Strip) -> None:
    strip.zone.take(5)
    strip.document.set_spec(replace(SPEC, blocks=(1, 1, 1, 1)), "Blocks")
    assert strip.zone.bars.chosen == 5
    with qtbot.waitSignal(strip.zone.class_chosen) as chosen:
        strip.document.set_spec(replace(SPEC, classes=4), "Classes")
    assert chosen.args == [-1]
    assert strip.zone.bars.chosen == -1


def test_both_lists_dim_while_they_are_not_the_answer(strip: Strip) -> None:
    strip.ask_beside(SECOND)
    strip.zone.set_stale(True)
    assert strip.zone.bars._stale
    assert strip.zone.second.bars._stale


def test_which_way_was_taken_and_how_far_off_it_is(strip: Strip) -> None:
    fast = replace(ANSWER, way="fast: BN folded, channels-last, bf16", difference=0.0012)
    deliver(strip.jobs, fast)
    assert strip.panel.weights.values[2].text() == "CPU · fast"
    assert strip.panel.weights.foot.text() == "probabilities off by ≤ 0.12 % · BN folded, channels-last, bf16"
    deliver(strip.jobs, replace(fast, difference=None))
    assert strip.panel.weights.foot.text() == "BN folded, channels-last, bf16"
    deliver(strip.jobs, ANSWER)
    assert strip.panel.weights.values[2].text() == "CPU · exact"
    assert strip.panel.weights.foot.text() == ""


def test_frames_a_second_while_the_picture_is_live(strip: Strip) -> None:
    strip.panel.time.show_rate(24.04)
    assert strip.panel.time.foot.text() == "24.0 frames a second"
    strip.panel.time.show_rate(None)
    assert strip.panel.time.foot.text() == ""


@pytest.mark.parametrize(("width", "shown"), [(500, False), (1280, True)])
def test_a_narrow_zone_has_the_second_network_in_its_menu(strip: Strip, width: int, shown: bool) -> None:
    strip.panel.resize(width, 196)
    assert strip.zone.beside.isVisible() == shown
    assert strip.tools.beside in strip.zone.menu.actions()
    assert strip.zone.more.geometry().right() <= strip.zone.width()
