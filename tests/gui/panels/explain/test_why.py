from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.engine import messages as m
from resviz.gui.panels.explain.asks import stage_outputs
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from resviz.ways import Off
from tests.gui.panels.desk import LABELS, PICTURE, PREDICTION, SPEC, UNTRAINED, built, deliver, ready
from tests.gui.panels.explain.bench import Bench

LOGITS = np.array([-1.2, 0.4, 2.0, 7.1, 1.9, 5.2, 3.1, 0.8, -2.2, -0.7], np.float32)
ANSWER = replace(PREDICTION, logits=LOGITS, labels=LABELS)
OUTPUTS = stage_outputs(SPEC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings) -> Bench:
    Theme("light").apply()
    made = Bench(settings)
    qtbot.addWidget(made.panel)
    made.panel.resize(420, 560)
    with qtbot.waitExposed(made.panel):
        made.panel.show()
    deliver(made.jobs, ready(), built())
    return made


@pytest.fixture
def opened(bench: Bench) -> Bench:
    """With a picture, its prediction, and Grad-CAM at all stages."""
    bench.document.set_image(PICTURE)
    deliver(bench.jobs, ANSWER)
    bench.answer_all()
    return bench


def test_before_a_picture_a_sentence_says_what_to_do(bench: Bench) -> None:
    assert bench.why.empty.isVisible()
    assert "Drop a picture" in bench.why.empty.text()
    assert bench.asked is None


def test_the_predicted_class_first_then_the_other_layers(bench: Bench) -> None:
    bench.document.set_image(PICTURE)
    deliver(bench.jobs, ANSWER)
    first, others = bench.answer_all()
    assert (first.method, first.index, first.layers) == ("gradcam", 3, OUTPUTS[-1:])
    assert (others.index, others.layers) == (3, OUTPUTS[:-1])
    assert bench.why.status.label.text() == "Grad-CAM · layer4 · for cat 84.5 %"
    assert not bench.why.view.is_stale
    assert [tile.item.name for tile in bench.why.layers.strip.tiles] == ["layer1", "layer2", "layer3", "layer4"]
    assert not any(tile.sheet.isNull() for tile in bench.why.layers.strip.tiles)


def test_another_class_and_back_at_once(qtbot: QtBot, opened: Bench) -> None:
    dog = opened.why.chips.button(5)
    assert dog is not None
    assert dog.text() == "dog 12.6 %"
    qtbot.mouseClick(dog, Qt.MouseButton.LeftButton)
    assert {asked.index for asked in opened.answer_all()} == {5}
    assert "for dog" in opened.why.status.label.text()
    cat = opened.why.chips.button(3)
    assert cat is not None
    cat.click()
    assert opened.asked is None
    assert "for cat" in opened.why.status.label.text()


def test_a_bad_picture_in_the_middle_is_no_end_of_it(opened: Bench) -> None:
    """What was being found out about the picture that is put back is asked for again."""
    opened.answer_all()
    opened.why.method.button("occlusion").click()
    first = opened.asked
    assert first is not None
    good = opened.document.image
    opened.document.set_image(m.ImageSource(path="bad.png", name="bad.png"))
    deliver(opened.jobs, m.Failed(first.id, m.CANCELLED, {}, ""))
    assert opened.asked is None
    opened.document.put_back_image(good)
    assert opened.asked is not None
    opened.answer_all()
    assert opened.why.shown is not None
    assert opened.why.shown.key.method == "occlusion"
    assert not opened.why.view.is_stale


def test_a_class_of_another_bar(opened: Bench) -> None:
    opened.panel.set_class(8)
    opened.answer_all()
    chips = opened.why.chips
    assert [score.label for score in chips.scores][-1] == "ship"
    chip = chips.button(8)
    assert chip is not None
    assert chip.isChecked()
    opened.panel.set_class(-1)
    assert len(chips.scores) == 5
    assert "for cat" in opened.why.status.label.text()


def test_a_bar_that_is_pointed_at_shows_its_grad_cam(qtbot: QtBot, opened: Bench) -> None:
    opened.why.method.button("gradient").click()
    opened.answer_all()
    opened.panel.hint_class(6)
    opened.panel.hint_class(5)
    qtbot.waitUntil(lambda: opened.asked is not None)
    asked = opened.answer()
    assert (asked.method, asked.index, asked.layers) == ("gradcam", 5, OUTPUTS[-1:])
    assert opened.asked is None  # the thumbnails are of the class that was picked
    assert "for dog" in opened.why.status.label.text()
    opened.panel.hint_class(-1)
    qtbot.waitUntil(lambda: "Input gradient · for cat" in opened.why.status.label.text())
    assert opened.asked is None


def test_the_method_is_remembered(opened: Bench, settings: Settings) -> None:
    opened.why.method.button("occlusion").click()
    asked = opened.answer()
    assert (asked.method, asked.layers) == ("occlusion", ())
    assert not opened.why.layers.isVisible()
    assert Bench(settings).why.method.value() == "occlusion"


def test_nothing_is_asked_while_the_panel_is_hidden(opened: Bench) -> None:
    opened.panel.hide()
    opened.document.set_image(replace(PICTURE))
    deliver(opened.jobs, ANSWER)
    assert opened.asked is None
    opened.panel.show()
    assert opened.asked is not None


def test_a_former_answer_is_dimmed(qtbot: QtBot, opened: Bench) -> None:
    opened.document.set_off(Off(branches=frozenset({"layer2.1"})), "off")
    qtbot.waitUntil(lambda: opened.why.view.is_stale)
    assert opened.asked is None  # not before it is known what the network says now
    deliver(opened.jobs, replace(ANSWER, off=opened.document.off))
    asked, *_others = opened.answer_all()
    assert asked.off == opened.document.off
    assert not opened.why.view.is_stale
    assert "parts switched off" in opened.why.status.label.text()
    opened.document.undo_stack.undo()
    deliver(opened.jobs, ANSWER)
    assert opened.asked is None
    assert not opened.why.view.is_stale


def test_a_camera_sees_its_former_picture_rather_than_none(opened: Bench) -> None:
    for level in (10, 20):
        opened.document.set_image(replace(PICTURE, name=str(level)))
        deliver(opened.jobs, replace(ANSWER, seen=np.full((32, 32, 3), level, np.uint8)))
    first = opened.answer()
    assert first.image.name == "10"
    assert opened.why.shown is not None
    assert opened.why.shown.scene.seen[0, 0, 0] == 10
    assert opened.answer().image.name == "20"
    assert opened.why.shown.scene.seen[0, 0, 0] == 20


def test_what_goes_wrong_is_said_and_can_be_tried_again(opened: Bench) -> None:
    opened.why.method.button("ig").click()
    asked = opened.asked
    assert asked is not None
    deliver(opened.jobs, m.Failed(asked.id, "device_memory", {"device": "cpu", "spec": "x"}, "no"))
    said = opened.why.status
    assert said.error.isVisible()
    assert "not enough memory" in said.error.text()
    assert opened.asked is None
    said.button.click()
    opened.answer()
    assert said.label.text().startswith("Integrated")


def test_it_can_be_given_up(qtbot: QtBot, opened: Bench) -> None:
    opened.why.method.button("occlusion").click()
    said = opened.why.status
    qtbot.waitUntil(lambda: said.button.text() == "Cancel")
    asked = opened.asked
    assert asked is not None
    deliver(opened.jobs, m.Progress(asked.id, 0.4, "Occlusion"))
    assert said.label.text() == "Occlusion · 40 %"
    said.button.click()
    deliver(opened.jobs, m.Failed(asked.id, m.CANCELLED, {}, ""))
    assert said.button.text() == "Compute"
    assert opened.asked is None
    said.button.click()
    assert opened.asked is not None


def test_an_untrained_network_explains_nothing(bench: Bench) -> None:
    bench.document.set_image(PICTURE)
    deliver(bench.jobs, replace(UNTRAINED, logits=LOGITS, labels=LABELS))
    bench.answer_all()
    assert bench.why.warning.isVisible()
    assert bench.why.warning.text() == "untrained: predictions mean nothing"
    assert "untrained" not in bench.why.status.label.text()  # once is enough
    assert bench.why.shown is not None
    assert bench.why.shown.whole_title.endswith(" · untrained: predictions mean nothing")


def test_numbers_that_overflowed_are_not_explained(bench: Bench) -> None:
    bench.document.set_image(PICTURE)
    deliver(bench.jobs, replace(PREDICTION, top=(), note="the numbers overflowed"))
    assert bench.why.empty.isVisible()
    assert bench.why.empty.text() == "the numbers overflowed"
    assert bench.asked is None


# --- which layer? ---------------------------------------------------------------------------------------------


def test_a_thumbnail_enlarges_and_selects(qtbot: QtBot, opened: Bench) -> None:
    qtbot.mouseClick(opened.why.layers.strip.tiles[1], Qt.MouseButton.LeftButton)
    assert opened.document.selection == OUTPUTS[1]
    assert opened.asked is None
    assert opened.why.shown is not None
    assert opened.why.shown.key.layer == OUTPUTS[1]


def test_the_selected_layer_is_beside_the_others(opened: Bench) -> None:
    opened.document.select("layer2.0.conv1")
    assert opened.answer().layers == ("layer2.0.conv1",)
    names = [tile.item.name for tile in opened.why.layers.strip.tiles]
    assert names == ["layer1", "layer2.0.conv1", "layer2", "layer3", "layer4"]
    opened.document.select("fc")
    assert len(opened.why.layers.strip.tiles) == 4
    assert opened.why.shown is not None
    assert opened.why.shown.key.layer == OUTPUTS[-1]


def test_layers_are_added_and_taken_out_as_long_as_the_spec_lasts(qtbot: QtBot, opened: Bench) -> None:
    row = opened.why.layers
    opened.document.select("layer2.0.conv1")
    row.menu.aboutToShow.emit()
    row.menu.actions()[0].trigger()
    opened.document.select(None)
    assert "layer2.0.conv1" in row.layers
    row.strip.tiles[0].setFocus()
    qtbot.keyClick(row.strip.tiles[0], Qt.Key.Key_Delete)
    assert OUTPUTS[0] not in row.layers
    row.menu.aboutToShow.emit()
    assert [action.text() for action in row.menu.actions()] == ["relu output", "layer1 output"]
    row.menu.actions()[1].trigger()
    assert OUTPUTS[0] in row.layers
    other = parse("basic:1,1,width=4,stem=cifar,classes=10,size=32")
    opened.document.set_spec(other, "other")
    assert row.layers == stage_outputs(other)


# --- reading and laying over ----------------------------------------------------------------------------------


def test_the_pointer_and_the_keys_read_values(qtbot: QtBot, opened: Bench) -> None:
    view, label = opened.why.view, opened.why.status.label
    rect = view.picture_rect()
    qtbot.mouseMove(view, rect.topRight().toPoint() + QPoint(-4, 4))
    qtbot.waitUntil(lambda: label.text() == "row 0, column 3 of 4×4: +4")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert label.text() == "row 2, column 2 of 4×4: +1.33"  # the first key goes to the middle
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert label.text() == "row 2, column 1 of 4×4: −1.33"
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert label.text() == "row 3, column 1 of 4×4: −1.33"


def test_how_strongly_it_is_laid_over(qtbot: QtBot, opened: Bench, settings: Settings) -> None:
    view = opened.why.view
    view.setFocus()
    for key in (Qt.Key.Key_Minus, Qt.Key.Key_Minus, Qt.Key.Key_Plus):
        qtbot.keyClick(view, key)
    assert opened.why.lay.slider.value() == 65
    assert view.strength == 0.65
    assert opened.why.scale.ends == ("−4", "+4")
    opened.why.lay.only.click()
    assert opened.why.scale.ends == ("0", "+4")
    assert view.sheet.pixelColor(0, 0).alpha() == 0
    again = Bench(settings).why
    assert (again.lay.slider.value(), again.lay.only_for) == (65, True)


def test_red_speaks_for_and_blue_against(opened: Bench) -> None:
    opened.why.lay.slider.setValue(100)
    view = opened.why.view
    image, rect = view.grab().toImage(), view.picture_rect()
    left = image.pixelColor(rect.topLeft().toPoint() + QPoint(3, 20))
    right = image.pixelColor(rect.topRight().toPoint() + QPoint(-3, 20))
    assert left.blue() > left.red()
    assert right.red() > right.blue()


# --- taking it away -------------------------------------------------------------------------------------------


def test_the_picture_is_copied_with_its_words(qtbot: QtBot, opened: Bench) -> None:
    opened.why.view.setFocus()
    qtbot.keyClick(opened.why.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    image = QGuiApplication.clipboard().image()
    assert image.width() > 640
    assert image.height() > image.width()
    assert opened.why.status.label.text() == "picture copied"


def test_picture_and_numbers_are_written(qtbot: QtBot, opened: Bench, tmp_path: Path) -> None:
    panel = opened.panel
    assert opened.why.name() == f"gradcam-{OUTPUTS[-1]}-cat"
    for save, suffix in ((panel.save_picture, ".png"), (panel.save_numbers, ".npz")):
        save()
        (dialog,) = panel.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(tmp_path / f"why{suffix}"))
        panel.saver.background.wait()
        qtbot.waitUntil(lambda suffix=suffix: f"why{suffix}" in opened.why.status.label.text())
        dialog.close()
        qtbot.waitUntil(lambda: not panel.findChildren(QFileDialog))
    assert not QImage(str(tmp_path / "why.png")).isNull()
    numbers = np.load(tmp_path / "why.npz")
    assert numbers["values"].shape == (4, 4)
    assert int(numbers["index"]) == 3
    assert numbers["seen"].shape == (32, 32, 3)
    panel.saver.write(tmp_path / "no" / "why.npz", lambda: b"")
    qtbot.waitUntil(lambda: "cannot be written" in opened.why.status.error.text())


def test_wide_the_picture_has_a_column_of_its_own(qtbot: QtBot, opened: Bench) -> None:
    opened.panel.resize(900, 600)
    why = opened.why
    qtbot.waitUntil(lambda: why.view.geometry().right() < why.method.geometry().left())
    assert why.view.width() > 400


def test_in_a_low_dock_all_layers_are_in_sight_beside_and_under_the_picture(qtbot: QtBot, opened: Bench) -> None:
    opened.panel.resize(420, 412)  # the lower of two docks in a window of 1920×1080
    why = opened.why
    opened.answer_all()
    qtbot.waitUntil(lambda: why.layers.geometry().bottom() < why.area.viewport().height())
    assert why.view.width() >= 160
    assert why.view.geometry().right() < why.chips.geometry().left()
    names = [chip.text() for chip in why.chips.findChildren(QToolButton)]
    assert not any("…" in name for name in names)
    opened.panel.resize(420, 560)
    qtbot.waitUntil(lambda: why.view.geometry().top() > why.chips.geometry().bottom())


def test_nothing_is_cut_off_in_a_narrow_dock(opened: Bench) -> None:
    opened.panel.resize(340, 700)
    opened.document.select("layer2.0.conv1")
    opened.answer_all()
    content = opened.why.area.widget()
    assert content is not None
    assert content.width() <= opened.why.area.viewport().width()


def test_a_bar_of_a_network_with_more_classes_is_no_class_of_this_one(qtbot: QtBot, opened: Bench) -> None:
    opened.panel.hint_class(700)
    opened.panel.hint_class(5)
    qtbot.waitUntil(lambda: opened.asked is not None)
    opened.answer()
    opened.panel.hint_class(700)
    qtbot.waitUntil(lambda: "for cat" in opened.why.status.label.text())
    assert opened.asked is None
