from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.feature_maps import FeatureMapsPanel
from resviz.gui.panels.mosaic_view import READABLE
from resviz.gui.theme import Theme
from resviz.maps import plots
from resviz.maps.mosaic import LAST
from tests.gui.panels.desk import LABELS, PICTURE, PREDICTION, built, deliver, desk, failed, maps, ready

RELU = "layer1.1.relu2"
CONV = "layer1.1.conv2"


@pytest.fixture
def stage(qtbot: QtBot) -> tuple[Document, Jobs, FeatureMapsPanel]:
    document, jobs = desk()
    theme = Theme("light")
    theme.apply()
    panel = FeatureMapsPanel(document, jobs, theme)
    qtbot.addWidget(panel)
    panel.resize(420, 380)
    with qtbot.waitExposed(panel):
        panel.show()
    return document, jobs, panel


def ramp(channels: int, side: int = 8) -> np.ndarray:
    return np.arange(channels * side * side, dtype=np.float32).reshape(channels, side, side)


def select(document: Document, jobs: Jobs, layer: str, data: np.ndarray, **more: object) -> None:
    """A layer is clicked and the engine answers."""
    if document.image is None:
        document.set_image(PICTURE)
    document.select(layer)
    deliver(jobs, maps(layer, data, **more))


def point(panel: FeatureMapsPanel, x: float, y: float) -> None:
    """The mouse at a point of the mosaic."""
    move(panel.view.viewport(), panel.view.to_view(x, y))


def move(widget: QWidget, at: QPointF) -> None:
    """The mouse at a point of a widget."""
    no = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), no, no, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def test_the_empty_panel_says_what_to_do(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    assert "Drop a picture" in panel.pages.empty.text()
    document.set_image(PICTURE)
    deliver(jobs, PREDICTION)
    assert "Click a layer" in panel.pages.empty.text()
    assert panel.pages.empty.isVisible()
    assert not panel.bar.isVisible()


def test_the_selected_layer_is_shown(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    assert panel.title.text() == f"{RELU} · 16×8×8"
    assert panel.view.isVisible()
    assert panel.view.grid is not None
    assert panel.view.grid.channels == 16
    assert panel.view.numbered() == list(range(16))


def test_maps_already_there_are_shown_without_asking(
    qtbot: QtBot, stage: tuple[Document, Jobs, FeatureMapsPanel]
) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    document.select(None)
    assert "Click a layer" in panel.pages.empty.text()
    with qtbot.assertNotEmitted(jobs.busy):
        document.select(RELU)
    assert panel.view.isVisible()


def test_the_last_maps_stay_until_the_next_are_there(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    document.select(CONV)
    assert panel.view.isVisible()
    assert panel.title.text().startswith(RELU)
    deliver(jobs, maps(CONV, ramp(4)))
    assert panel.title.text() == f"{CONV} · 4×8×8"


def test_maps_of_another_layer_are_dimmed_when_no_answer_comes(
    qtbot: QtBot, stage: tuple[Document, Jobs, FeatureMapsPanel]
) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    assert not panel.view.stale
    with qtbot.waitSignal(panel.waiting.changed):
        document.select(CONV)
    assert panel.view.stale
    deliver(jobs, failed())
    assert panel.view.stale
    document.select(RELU)
    deliver(jobs, maps(RELU, ramp(16)))
    assert not panel.view.stale


def test_scale_and_colours_change_the_picture_and_ask_nobody(
    qtbot: QtBot, stage: tuple[Document, Jobs, FeatureMapsPanel]
) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    own = panel.view.picture.copy()
    assert panel.foot.scale_bar.high == "high"
    with qtbot.assertNotEmitted(jobs.busy):
        qtbot.mouseClick(panel.bar.scale.button("layer"), Qt.MouseButton.LeftButton)
        common = panel.view.picture.copy()
        panel.bar.colours.setCurrentIndex(panel.bar.colours.findData("grey"))
    assert (own != common).any()
    assert (own == LAST).sum() == 16
    assert (common == LAST).sum() < 16  # only the last channel reaches the top of the common scale
    assert panel.foot.scale_bar.high == "1.02e+03"
    assert (panel.view.table == plots.table("grey")).all()


def test_colours_follow_the_sign_of_the_values(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(4))
    assert (panel.view.table == plots.table("viridis")).all()
    select(document, jobs, CONV, ramp(4) - 100)
    assert (panel.view.table == plots.table(plots.SIGNED)).all()


def test_before_a_relu_colours_diverge_even_where_no_value_is_negative(
    stage: tuple[Document, Jobs, FeatureMapsPanel],
) -> None:
    document, jobs, panel = stage
    select(document, jobs, CONV, ramp(4))
    assert (panel.view.table == plots.table(plots.SIGNED)).all()
    select(document, jobs, "layer1.0.add", ramp(4) + 1)
    assert (panel.view.table == plots.table(plots.SIGNED)).all()


def test_zero_is_dark_on_a_dark_ground(qtbot: QtBot) -> None:
    document, jobs = desk()
    theme = Theme("light")
    theme.apply()
    panel = FeatureMapsPanel(document, jobs, theme)
    qtbot.addWidget(panel)
    select(document, jobs, CONV, ramp(4) - 100)
    assert panel.view.table is not None
    assert panel.view.table[128, :3].min() > 200
    theme.set_choice("dark")
    assert panel.view.table[128, :3].max() < 60


def test_the_mouse_reads_values(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    data = ramp(16)
    select(document, jobs, RELU, data)
    assert panel.view.grid is not None
    x, y = panel.view.grid.corner(5)
    point(panel, x + 2.5, y + 3.5)
    assert panel.readout.text() == f"channel 5 · y 3, x 2 · {data[5, 3, 2]:g}"
    point(panel, -50, -50)
    assert panel.readout.text().startswith("channel 0 · mean 31.5")


def test_a_thinned_layer_says_so_and_counts_in_its_own_pixels(
    stage: tuple[Document, Jobs, FeatureMapsPanel],
) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(4), stride=3, shape=(4, 24, 24))
    assert panel.title.text() == f"{RELU} · 4×24×24"
    assert "3×3" in panel.note.text()
    point(panel, 2.5, 1.5)
    assert "y 3, x 6" in panel.readout.text()


def test_a_zoom_is_kept_for_the_next_picture_and_undone_by_a_double_click(
    qtbot: QtBot, stage: tuple[Document, Jobs, FeatureMapsPanel]
) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    whole = panel.view.scale
    panel.view.zoom(4, QPointF(100, 100))
    assert panel.view.scale == pytest.approx(4 * whole)
    near = panel.view.origin()
    deliver(jobs, maps(RELU, ramp(16) * 2))
    assert panel.view.scale == pytest.approx(4 * whole)
    assert panel.view.origin() == near
    qtbot.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton)
    assert panel.view.scale == whole


def test_tiles_stay_readable_and_only_those_on_screen_have_numbers(
    stage: tuple[Document, Jobs, FeatureMapsPanel],
) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(2048, side=7))
    assert panel.view.tile_width() >= READABLE
    assert panel.view.verticalScrollBar().maximum() > 5000
    assert 0 < len(panel.view.visible_channels()) < 200
    first = panel.view.visible_channels()
    panel.view.zoom(0.3, QPointF(100, 100))
    assert panel.view.numbered() == []
    panel.view.fit()
    panel.view.verticalScrollBar().setValue(3000)
    assert not set(panel.view.visible_channels()) & set(first)


def test_another_size_of_the_panel_lays_the_tiles_out_anew(
    qtbot: QtBot, stage: tuple[Document, Jobs, FeatureMapsPanel]
) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(16))
    panel.resize(900, 260)
    qtbot.waitUntil(lambda: panel.view.grid is not None and panel.view.grid.columns >= 6)


def test_classes_are_named_bars(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    deliver(jobs, ready(), built())
    select(document, jobs, "fc", np.linspace(-3, 6, 10).astype(np.float32))
    assert panel.bars.isVisible()
    assert not panel.bar.isVisible()
    assert panel.bars.lies
    assert [panel.bars.label(index) for index in range(10)] == list(LABELS)
    panel.bars.pointed.emit(9)
    assert panel.readout.text() == "9 · truck · 6"


def test_many_values_are_numbered_bars(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    select(document, jobs, "flatten", np.arange(128, dtype=np.float32))
    assert panel.title.text() == "flatten · 128"
    assert not panel.bars.lies
    at = panel.bars.getViewBox().mapViewToScene(QPointF(70.2, 1))
    panel.bars.scene().sigMouseMoved.emit(at)
    assert panel.readout.text() == "70 · 70"


def test_bars_and_grid_take_turns(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    for _ in range(2):
        select(document, jobs, "flatten", np.arange(128, dtype=np.float32))
        assert panel.bars.isVisible()
        select(document, jobs, "fc", np.zeros(10, np.float32))
        low, high = panel.bars.getViewBox().viewRange()[1]
        assert low < 0 < 9 < high
        select(document, jobs, RELU, ramp(3))
        assert panel.view.isVisible()


def test_the_picture_can_be_copied_and_saved(stage: tuple[Document, Jobs, FeatureMapsPanel], tmp_path: Path) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(4))
    panel.copy_picture()
    copied = QGuiApplication.clipboard().image()
    assert copied.width() > 500
    panel.save_picture(tmp_path / "maps.png")
    panel.exports.background.wait()
    saved = QImage(str(tmp_path / "maps.png"))
    assert saved.size() == copied.size()
    assert saved.pixelColor(0, 0).getRgb()[:3] == tuple(int(part) for part in plots.table("viridis")[1, :3])


def test_a_forgotten_picture_empties_the_panel(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    document, jobs, panel = stage
    select(document, jobs, RELU, ramp(4))
    document.set_image(None)
    assert panel.pages.empty.isVisible()
    assert panel.title.text() == ""


def test_drops_over_the_maps_are_the_windows(stage: tuple[Document, Jobs, FeatureMapsPanel]) -> None:
    *_, panel = stage
    takers = (panel.view, panel.view.viewport(), panel.one.cells, panel.bars, panel.bars.viewport())
    assert not any(taker.acceptDrops() for taker in takers)


def test_a_layer_of_another_shape_with_no_numbers_at_all(
    stage: tuple[Document, Jobs, FeatureMapsPanel],
) -> None:
    document, jobs, panel = stage
    select(document, jobs, CONV, np.full((3, 4, 4), np.nan, np.float32))
    assert panel.view.isVisible()
    select(document, jobs, "fc", np.full(10, np.nan, np.float32))
    assert panel.bars.isVisible()
    assert panel.shown is not None
    assert panel.shown.layer == "fc"
