"""Channels: chosen, sorted, compared, shown large; what is asked of the engine, and when."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from resviz.arch.analysis import report
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import colours
from resviz.gui.panels.feature_maps import FeatureMapsPanel
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from resviz.maps import plots
from resviz.maps.mosaic import GAP
from resviz.ways import OWN, Off
from tests.gui.panels.desk import PICTURE, SPEC, deliver, desk, maps
from tests.gui.panels.test_feature_maps import CONV, RELU, move, ramp, select

Stage = tuple[Document, Jobs, FeatureMapsPanel]
FIELD = report(SPEC).fields[RELU]


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    document, jobs = desk()
    theme = Theme("light")
    theme.apply()
    panel = FeatureMapsPanel(document, jobs, theme)
    qtbot.addWidget(panel)
    panel.resize(420, 420)
    with qtbot.waitExposed(panel):
        panel.show()
    return document, jobs, panel


def uneven(channels: int = 6) -> np.ndarray:
    """Channel 2 is dead, channel 4 the strongest."""
    data = ramp(channels) / 64
    data[2] = 0
    data[4] *= 10
    return data


def press(qtbot: QtBot, panel: FeatureMapsPanel, *keys: Qt.Key) -> None:
    page = panel.pages.currentWidget()
    for key in keys:
        qtbot.keyClick(page, key)


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_keys_go_through_the_channels(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    columns, keys = panel.view.columns, Qt.Key
    for key, at in (
        (keys.Key_Right, 1),
        (keys.Key_BracketRight, 2),
        (keys.Key_Left, 1),
        (keys.Key_Down, 1 + columns),
        (keys.Key_Up, 1),
        (keys.Key_BracketLeft, 0),
        (keys.Key_Left, 0),
        (keys.Key_End, 15),
        (keys.Key_Right, 15),
        (keys.Key_Home, 0),
    ):
        press(qtbot, panel, key)
        assert panel.channel == at
    panel.foot.after.click()
    assert panel.channel == 1
    assert panel.readout.text().startswith("channel 1 · mean 95.5")
    panel.foot.before.click()
    assert panel.channel == 0


def test_the_chosen_channel_keeps_its_place_when_the_layer_changes(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    panel.choose(9)
    select(document, jobs, CONV, ramp(12))
    assert panel.channel == 9
    select(document, jobs, "conv1", ramp(4))
    assert panel.channel == 3
    select(document, jobs, RELU, ramp(16))
    assert panel.channel == 9


def test_sorted_channels_are_gone_through_as_they_are_shown(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, uneven())
    panel.bar.sort.setCurrentIndex(1)
    assert panel.view.visible_channels() == [4, 5, 3, 1, 0, 2]
    press(qtbot, panel, Qt.Key.Key_Home)
    assert panel.channel == 4
    press(qtbot, panel, Qt.Key.Key_Right)
    assert panel.channel == 5
    move(panel.view.viewport(), panel.view.tile_rect(3).center())
    assert panel.readout.text().startswith("channel 3 ·")


def test_a_click_chooses_and_a_double_click_shows_large(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    at = panel.view.tile_rect(6).center().toPoint()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert panel.channel == 6
    qtbot.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert panel.one.isVisible()
    assert np.array_equal(panel.one.cells.values, ramp(16)[6])
    press(qtbot, panel, Qt.Key.Key_Escape)
    assert panel.view.isVisible()
    press(qtbot, panel, Qt.Key.Key_Return)
    assert panel.one.isVisible()
    press(qtbot, panel, Qt.Key.Key_Right)
    assert np.array_equal(panel.one.cells.values, ramp(16)[7])


def test_a_drag_pans_and_chooses_nothing(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(512))
    view = panel.view.viewport()
    panel.view.verticalScrollBar().setValue(200)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
    qtbot.mouseMove(view, QPoint(100, 120))
    qtbot.mouseMove(view, QPoint(100, 90))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 90))
    assert panel.view.verticalScrollBar().value() == 260
    assert panel.channel == 0


def test_a_key_far_down_brings_its_tile_into_view(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(512))
    press(qtbot, panel, Qt.Key.Key_End)
    assert 511 in panel.view.visible_channels()
    assert panel.view.viewport().rect().toRectF().contains(panel.view.tile_rect(511))


# --- colours and figures ----------------------------------------------------------------------------------------------


def test_the_key_and_the_button_change_gamma(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, uneven())
    pictures = [panel.view.picture.copy()]
    for gamma in (0.7, 0.5, 0.3, 1.0):
        press(qtbot, panel, Qt.Key.Key_G)
        assert panel.bar.gamma == gamma
        pictures.append(panel.view.picture.copy())
    assert (pictures[0] == pictures[-1]).all()
    assert all((one.astype(int) <= two).all() for one, two in itertools.pairwise(pictures[:4]))
    panel.bar.gamma_button.click()
    assert panel.bar.gamma_button.text() == "γ 0.7"


def test_a_dead_channel_is_marked_and_said(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, uneven())
    panel.choose(2)
    assert "dead: one value everywhere" in panel.readout.text()
    qtbot.waitUntil(lambda: "1 dead" in panel.foot.figures.text())
    assert panel.view.grid is not None
    x, y = panel.view.grid.corner(2)
    assert (np.diag(panel.view.picture[y : y + 8, x : x + 8][:, ::-1]) == GAP).all()


def test_a_channel_that_was_switched_off_says_so(stage: Stage) -> None:
    document, jobs, panel = stage
    document.set_image(PICTURE)
    document.select(RELU)
    deliver(jobs, replace(maps(RELU, uneven()), off=Off(channels=frozenset({(RELU, 2)}))))
    panel.choose(2)
    assert "switched off" in panel.readout.text()


def test_figures_and_histogram_come_after_the_picture(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, np.full((2, 4, 4), [[[0.0]], [[2.0]]], np.float32))
    qtbot.waitUntil(lambda: panel.foot.figures.text().startswith("mean 1 · σ 1 · 50 % zero"))
    histogram = panel.foot.histogram.histogram
    assert histogram is not None
    assert histogram.counts.sum() == 32
    panel.set_mode("one")
    qtbot.waitUntil(lambda: panel.foot.histogram.histogram is not histogram)
    assert panel.foot.histogram.histogram is not None
    assert panel.foot.histogram.histogram.counts.sum() == 16


def test_the_networks_range_is_asked_for_and_said(stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(4))
    assert not jobs.wanted.ranges
    panel.bar.scale.button("network").click()
    assert jobs.wanted.ranges
    assert "until the engine answers" in panel.note.text()
    assert panel.foot.scale_bar.high == "255"
    deliver(jobs, replace(maps(RELU, ramp(4)), ranges={RELU: (0.0, 255.0), CONV: (-1.0, 2550.0)}))
    assert "range of all 2 layers" in panel.note.text()
    assert panel.foot.scale_bar.high == "2.55e+03"
    panel.bar.scale.button("layer").click()
    assert not jobs.wanted.ranges
    assert panel.foot.scale_bar.high == "255"


# --- switched off -----------------------------------------------------------------------------------------------------


def test_the_key_switches_the_chosen_channel_off_and_on_undoably(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    panel.choose(3)
    press(qtbot, panel, Qt.Key.Key_Delete)
    assert document.off == Off(channels=frozenset({(RELU, 3)}))
    assert document.undo_stack.undoText() == f"Switch channel 3 of {RELU} off"
    panel.choose(5)
    edge = panel.view.tile_rect(3).topLeft().toPoint() + QPoint(1, 20)
    assert panel.view.viewport().grab().toImage().pixelColor(edge) == QColor(colours().removed)
    press(qtbot, panel, Qt.Key.Key_Delete)
    assert document.off.channels == {(RELU, 3), (RELU, 5)}
    press(qtbot, panel, Qt.Key.Key_Delete)
    assert document.off.channels == {(RELU, 3)}
    document.undo_stack.undo()
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert not document.off


def test_the_menu_switches_the_channel_under_the_pointer(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    menu = panel.menu(panel.view.tile_rect(7).center().toPoint())
    assert panel.channel == 7
    entries = {action.text().split("\t")[0]: action for action in menu.actions()}
    entries[f"Switch channel 7 of {RELU} off"].trigger()
    assert document.off == Off(channels=frozenset({(RELU, 7)}))
    entries = {action.text().split("\t")[0]: action for action in panel.menu().actions()}
    entries[f"Switch all channels of {RELU} on"].trigger()
    assert not document.off


def test_what_has_no_channels_is_not_switched(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    press(qtbot, panel, Qt.Key.Key_Delete)
    select(document, jobs, "fc", np.arange(10, dtype=np.float32))
    press(qtbot, panel, Qt.Key.Key_Delete)
    select(document, jobs, RELU, ramp(4))
    document.select(CONV)  # and the maps on screen are still the other layer's
    press(qtbot, panel, Qt.Key.Key_Delete)
    assert not document.off
    assert not any("Switch" in action.text() for action in panel.menu().actions())


# --- what is asked for ------------------------------------------------------------------------------------------------


def test_a_hidden_panel_has_nothing_captured(qtbot: QtBot) -> None:
    document, jobs = desk()
    panel = FeatureMapsPanel(document, jobs)
    qtbot.addWidget(panel)
    assert not jobs.wanted.maps
    panel.show()
    assert jobs.wanted.maps
    panel.hide()
    assert not jobs.wanted.maps


def test_how_channels_speak_is_asked_for_only_while_they_are_sorted_by_it(stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(3))
    assert not jobs.wanted.speaks
    panel.bar.sort.setCurrentIndex(4)
    assert jobs.wanted.speaks
    assert "until the engine answers" in panel.note.text()
    deliver(jobs, replace(maps(RELU, ramp(3)), speaks={RELU: np.array([0.5, -2, 3], np.float32)}))
    assert panel.view.visible_channels() == [2, 0, 1]
    assert panel.note.text() == "sorted by what speaks for cat"
    panel.choose(1)
    assert "· class −2" in panel.readout.text()
    panel.hide()
    assert not jobs.wanted.speaks
    panel.show()
    panel.bar.sort.setCurrentIndex(0)
    assert not jobs.wanted.speaks


def test_an_untrained_network_speaks_for_no_class(stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(3))
    panel.bar.sort.setCurrentIndex(4)
    answer = replace(maps(RELU, ramp(3)), trained=False, speaks={RELU: np.array([0.5, -2, 3], np.float32)})
    deliver(jobs, answer)
    assert panel.view.visible_channels() == [0, 1, 2]
    assert "untrained: predictions mean nothing" in panel.note.text()
    assert "· class" not in panel.readout.text()


# --- one channel ------------------------------------------------------------------------------------------------------


def steps(side: int = 32) -> m.Steps:
    """The input is the middle 160 pixels of a picture of 200."""
    return m.Steps(
        how="short",
        resize=side,
        interpolation="bilinear",
        box=(20, 20, 180, 180),
        resized=np.zeros((side, side, 3), np.uint8),
        resized_size=(side, side),
        tensor=np.zeros((3, side, side), np.float32),
        mean=(0, 0, 0),
        std=(1, 1, 1),
        own=OWN,
    )


def large(stage: Stage, data: np.ndarray, **more: object) -> None:
    document, jobs, panel = stage
    document.set_image(PICTURE)
    document.select(RELU)
    deliver(jobs, replace(maps(RELU, data, **more), steps=steps()))
    panel.set_mode("one")


def cell_point(panel: FeatureMapsPanel, row: int, column: int) -> QPointF:
    side = panel.one.cells.cell_size()
    return QPointF((column + 0.5) * side, (row + 0.5) * side)


def test_the_cell_under_the_pointer_shows_what_it_sees(stage: Stage) -> None:
    *_, panel = stage
    large(stage, ramp(4, side=32))
    one = panel.one
    assert one.place() == (31, 31)  # the strongest, while none is meant
    move(one.cells, cell_point(panel, 3, 5))
    assert one.place() == (3, 5)
    assert one.input.field is not None
    assert one.input.field == (FIELD.start + 5, FIELD.start + 3, FIELD.size, FIELD.size)
    assert one.input.cell == (5, 3, 1, 1)
    assert panel.readout.text() == f"channel 0 · y 3, x 5 · {3 * 32 + 5}"
    size, original = FIELD.size, FIELD.size * 5
    said = f"y 3, x 5 sees {size}×{size} px, {original}×{original} of the picture, partly padding"
    assert one.words.text() == said


def test_a_click_keeps_a_cell_and_another_lets_it_go(qtbot: QtBot, stage: Stage) -> None:
    *_, panel = stage
    large(stage, ramp(4, side=32))
    one, at = panel.one, cell_point(panel, 8, 9).toPoint()
    qtbot.mouseClick(one.cells, Qt.MouseButton.LeftButton, pos=at)
    panel.step(1)
    assert one.place() == (8, 9)
    qtbot.mouseClick(one.cells, Qt.MouseButton.LeftButton, pos=at)
    assert one.cells.mark is None


def test_values_are_written_only_where_they_can_be_read(stage: Stage) -> None:
    *_, panel = stage
    large(stage, ramp(4, side=32))
    assert panel.one.cells.written() == []
    panel.one.cells.region_wanted.emit(panel.one.cells.region.adjusted(0, 0, -27, -27))
    assert [text for *_, text in panel.one.cells.written()][:3] == ["0", "1.00", "2.00"]
    assert len(panel.one.cells.written()) == 25
    panel.grab()


def test_the_map_lies_over_the_picture_and_can_be_taken_away(stage: Stage) -> None:
    *_, panel = stage
    large(stage, ramp(4, side=16), stride=2, shape=(4, 32, 32))
    assert panel.one.input.over is not None
    assert panel.one.input.over.span == (0, 0, 32, 32)
    panel.one.over.click()
    assert panel.one.input.over is None


def test_the_effective_field_is_asked_for_once_and_drawn(qtbot: QtBot, stage: Stage) -> None:
    _, jobs, panel = stage
    large(stage, ramp(4, side=16), stride=2, shape=(4, 32, 32))
    one = panel.one
    qtbot.mouseClick(one.cells, Qt.MouseButton.LeftButton, pos=cell_point(panel, 3, 5).toPoint())
    one.effective.click()
    request = panel.field_source._task.request
    assert isinstance(request, m.FieldOf)
    assert (request.layer, request.place, request.image) == (RELU, (6, 10), PICTURE)
    assert not one.effective.isEnabled()
    heat = np.zeros((32, 32), np.float32)
    heat[5:8, 9:12] = 1
    deliver(jobs, m.FieldFound(request.id, RELU, heat))
    assert one.counts.text() == "95 % of it in 3×3"
    assert one.input.effective == (9, 5, 3, 3)
    assert not one.over.isChecked(), "what is not drawn is not lit"
    assert not one.over.isEnabled()
    move(one.cells, cell_point(panel, 9, 9))
    assert one.place() == (3, 5)  # the heat is that cell's
    one.effective.click()
    assert one.input.effective is None
    assert one.over.isChecked(), "as it was"
    assert one.over.isEnabled()
    assert one.input.over is not None
    assert one.place() == (9, 9)


def test_an_effective_field_goes_with_its_channel_and_its_failure_is_said(stage: Stage) -> None:
    _, jobs, panel = stage
    large(stage, ramp(4, side=32))
    panel.one.effective.click()
    request = panel.field_source._task.request
    assert request is not None
    panel.step(1)
    deliver(jobs, m.FieldFound(request.id, RELU, np.ones((32, 32), np.float32)))
    assert panel.one.effective.isEnabled()
    assert panel.one.input.effective is None
    panel.one.effective.click()
    request = panel.field_source._task.request
    assert request is not None
    deliver(jobs, m.Failed(request.id, "device_memory", {}, "no memory is left"))
    assert not panel.one.effective.isChecked()
    assert panel.note.text()


@pytest.mark.parametrize("height", [240, 260, 300, 420])
def test_in_a_low_panel_the_map_has_room_first(qtbot: QtBot, stage: Stage, height: int) -> None:
    *_, panel = stage
    large(stage, ramp(4, side=32))
    panel.resize(388, height)
    qtbot.waitUntil(lambda: panel.foot.geometry().bottom() < panel.height() == height)
    for view in (panel.one.cells, panel.one.input):
        qtbot.waitUntil(lambda view=view: min(view.picture_rect().width(), view.picture_rect().height()) >= height / 4)
    assert panel.foot.figures.isVisible() == panel.one.words.isVisible() == (height == 420)
    assert panel.readout.isVisible()
    panel.set_mode("all")
    assert panel.foot.figures.isVisible()


def test_the_figures_are_whole_in_a_narrow_dock(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    data = uneven(16) - np.float32(12.3456)
    data[2:12] = -0.123456
    select(document, jobs, RELU, data)
    panel.resize(388, 487)
    qtbot.waitUntil(lambda: "10 dead" in panel.foot.figures.text())
    figures = panel.foot.figures
    assert figures.fontMetrics().horizontalAdvance(figures.text()) <= figures.width()
    assert panel.foot.histogram.isVisible()


# --- kernels ----------------------------------------------------------------------------------------------------------


def kernels(panel: FeatureMapsPanel, jobs: Jobs, weights: np.ndarray, **more: object) -> m.Kernels:
    """The engine answers what the panel has asked."""
    request = panel.kernel_source._task.request
    assert isinstance(request, m.Kernels)
    shape = more.pop("shape", weights.shape)
    deliver(jobs, m.KernelsFound(request.id, request.layer, weights.astype(np.float32), shape=shape, **more))
    return request


def test_kernels_of_the_first_convolution_are_in_colours_and_need_no_picture(stage: Stage) -> None:
    document, jobs, panel = stage
    document.select("conv1")
    panel.set_mode("kernels")
    assert "waiting" in panel.pages.empty.text()
    assert not jobs.wanted.maps
    dice = np.random.default_rng(5)
    assert kernels(panel, jobs, dice.normal(size=(16, 3, 3, 3))).layer == "conv1"
    assert panel.kernels.isVisible()
    assert panel.title.text() == "conv1 · 16×3×3×3"
    assert panel.kernels.picture.shape[-1] == 4
    assert not panel.foot.scale_bar.isVisible()
    panel.step(3)
    assert panel.readout.text().startswith("filter 3 · mean")
    move(panel.kernels.viewport(), panel.kernels.tile_rect(2).center())
    assert panel.readout.text().startswith("filter 2 · y 1, x 1 · ")


def test_other_kernels_are_those_of_the_chosen_filter(qtbot: QtBot, stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, CONV, ramp(8))
    panel.choose(5)
    panel.set_mode("kernels")
    weights = np.random.default_rng(5).normal(size=(8, 4, 3, 3))
    kernels(panel, jobs, weights)
    assert panel.kernels.grid is not None
    assert panel.kernels.grid.channels == 4
    assert panel.foot.figures.text() == "filter 5 of 8: its kernels for 4 inputs"
    assert (panel.kernels.table == plots.table(plots.KERNELS)).all()
    press(qtbot, panel, Qt.Key.Key_Right)
    assert panel.foot.figures.text().startswith("filter 6")
    press(qtbot, panel, Qt.Key.Key_Escape)
    assert panel.view.isVisible()
    assert panel.channel == 6


def test_only_convolutions_have_kernels(stage: Stage) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(8))
    panel.set_mode("kernels")
    assert "no convolution" in panel.pages.empty.text()
    assert panel.kernel_source._task.request is None
    assert panel.mode.isVisible()
    document.select(CONV)
    assert panel.kernel_source._task.request is not None


def test_kernels_of_another_network_are_forgotten(stage: Stage) -> None:
    document, jobs, panel = stage
    document.select("conv1")
    panel.set_mode("kernels")
    kernels(panel, jobs, np.ones((16, 3, 3, 3)), trained=False)
    assert "untrained" in panel.foot.figures.text()
    document.open(SPEC, "/w/other.safetensors", "Open")
    assert panel.kernel_source.found is None


def test_thinned_kernels_say_so(stage: Stage) -> None:
    document, jobs, panel = stage
    document.select(CONV)
    panel.set_mode("kernels")
    kernels(panel, jobs, np.ones((4, 2, 3, 3)), stride=3, shape=(12, 2, 3, 3))
    assert "1 of 3 filters is here" in panel.foot.figures.text()
    panel.step(1)
    assert panel.channel == 3
    assert panel.kernels.filter == 1


# --- files ------------------------------------------------------------------------------------------------------------


def test_values_are_written_as_they_are(qtbot: QtBot, stage: Stage, tmp_path: Path) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, uneven())
    with qtbot.waitSignal(panel.exports.said) as said:
        panel.exports.save_npz(tmp_path / "maps.npz", panel._content().arrays())
    assert said.args == ["maps.npz is written"]
    with np.load(tmp_path / "maps.npz") as found:
        assert np.array_equal(found["maps"], uneven())
        assert (str(found["layer"]), found["shape"].tolist(), int(found["stride"])) == (RELU, [6, 8, 8], 1)
        assert str(found["weights"]) == "tiny"


def test_what_cannot_be_written_is_said(qtbot: QtBot, stage: Stage, tmp_path: Path) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(2))
    with qtbot.waitSignal(panel.exports.said) as said:
        panel.save_picture(tmp_path / "nowhere" / "maps.png")
    assert said.args is not None
    assert "cannot be written" in said.args[0]


def test_the_menu_asks_where_to(qtbot: QtBot, tmp_path: Path) -> None:
    document, jobs = desk()
    panel = FeatureMapsPanel(document, jobs, settings=Settings(tmp_path / "resviz.ini"))
    qtbot.addWidget(panel)
    select(document, jobs, RELU, ramp(2))
    menu = panel.menu()
    assert [action.text() for action in menu.actions()] == [
        "Copy picture",
        "Save picture as PNG…",
        "Save values as NPZ…",
        "Show all",
        "",
        f"Switch channel 0 of {RELU} off\tDel",
    ]
    menu.actions()[2].trigger()
    (dialog,) = panel.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith(f"{RELU}.npz")
    target = tmp_path / "values.npz"
    with qtbot.waitSignal(panel.exports.said):
        dialog.fileSelected.emit(str(target))
    dialog.close()
    assert target.is_file()


def test_an_effective_field_that_another_panel_has_replaced_can_be_asked_for_again(stage: Stage) -> None:
    _, jobs, panel = stage
    large(stage, ramp(4, side=32))
    panel.one.effective.click()
    request = panel.field_source._task.request
    assert request is not None
    deliver(jobs, m.Failed(request.id, m.CANCELLED, {}, "cancelled"))
    assert panel.one.effective.isEnabled()
    assert not panel.one.effective.isChecked()
