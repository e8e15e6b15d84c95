from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resviz.engine.messages import ImageSource
from resviz.gui.icons import Icons
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.image_panel import ImageZone, SeenZone
from resviz.gui.panels.picture import PictureView
from resviz.gui.samples import Sample, samples
from resviz.gui.sources.links import KEYS
from resviz.gui.theme import Theme
from tests.gui.panels.desk import PREDICTION, sample


@pytest.fixture
def three(tmp_path: Path) -> list[Sample]:
    return [sample(tmp_path, name, name) for name in ("red", "green", "blue")]


def zone(qtbot: QtBot, found: list[Sample], width: int = 600) -> ImageZone:
    result = ImageZone(found)
    qtbot.addWidget(result)
    result.resize(width, 196)
    with qtbot.waitExposed(result):
        result.show()
    return result


def painted(view: PictureView) -> QImage:
    return view.grab().toImage()


# --- samples ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
def test_titles_and_order_come_from_the_list_beside_the_pictures(tmp_path: Path) -> None:
    rows = [
        {"file": "red.png", "title": "A fire", "label": "fire"},
        {"file": "gone.png", "title": "No such file"},
    ]
    (tmp_path / "samples.json").write_text(json.dumps({"samples": rows}))
    found = samples(tmp_path)
    assert [(Path(each.path).name, each.title) for each in found] == [
        ("red.png", "A fire"),
        ("blue.png", "Blue"),
        ("green.png", "Green"),
    ]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("text", ["{", "[1]", "\x00", '{"samples": [1, {"file": "red.png"}]}'])
def test_a_broken_list_costs_only_the_titles(tmp_path: Path, text: str) -> None:
    (tmp_path / "samples.json").write_text(text)
    assert sorted(each.title for each in samples(tmp_path)) == ["Blue", "Green", "Red"]


def test_an_empty_folder_and_a_missing_one_have_no_samples(tmp_path: Path) -> None:
    assert samples(tmp_path) == ()
    assert samples(tmp_path / "none") == ()


def test_the_first_sight_invites_and_shows_samples(qtbot: QtBot, three: list[Sample]) -> None:
    panel = zone(qtbot, three)
    assert "Drop a picture" in panel.invitation.text()
    assert "sample" in panel.invitation.text()
    assert [button.isVisible() for button in panel.large.buttons] == [True] * 3


def test_without_samples_nothing_promises_one(qtbot: QtBot) -> None:
    panel = zone(qtbot, [])
    assert "Drop a picture" in panel.invitation.text()
    assert "sample" not in panel.invitation.text()
    assert not panel.more.isVisible()


def test_a_sample_that_cannot_be_read_is_left_out(qtbot: QtBot, three: list[Sample], tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    panel = zone(qtbot, [*three, Sample(str(broken), "Broken")])
    assert len(panel.large.buttons) == 3


def test_a_click_on_a_sample_hands_its_picture_on(qtbot: QtBot, three: list[Sample]) -> None:
    panel = zone(qtbot, three)
    with qtbot.waitSignal(panel.image_wanted) as wanted:
        qtbot.mouseClick(panel.large.buttons[1], Qt.MouseButton.LeftButton)
    source = wanted.args[0]
    assert isinstance(source, ImageSource)
    assert (source.path, source.name) == (three[1].path, "Green")


def test_samples_can_be_reached_and_pressed_by_keyboard(qtbot: QtBot, three: list[Sample]) -> None:
    panel = zone(qtbot, three)
    panel.activateWindow()
    panel.more.setFocus()
    qtbot.waitUntil(panel.more.hasFocus)
    for _ in range(3):
        QTest.keyClick(panel.window().focusWidget(), Qt.Key.Key_Tab)
    assert panel.large.buttons[2].hasFocus()
    with qtbot.waitSignal(panel.image_wanted) as wanted:
        QTest.keyClick(panel.large.buttons[2], Qt.Key.Key_Space)
    assert wanted.args[0].name == "Blue"


def offered(panel: ImageZone) -> list[str]:
    """What the menu shows."""
    return [each.text() for each in panel.menu.actions() if each.isVisible() and not each.isSeparator()]


def test_samples_stay_in_reach_beside_a_picture(qtbot: QtBot, three: list[Sample]) -> None:
    panel = zone(qtbot, three)
    panel.show_prediction(PREDICTION)
    assert panel.more.isVisible()
    assert offered(panel)[-3:] == ["Red", "Green", "Blue"]
    with qtbot.waitSignal(panel.image_wanted) as wanted:
        panel.menu.actions()[-1].trigger()
    assert wanted.args[0].path == three[2].path


# --- where pictures come from -----------------------------------------------------------------------------

SOURCES = ("open", "paste", "camera", "screen", "sketch")


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_has_a_button_that_says_its_keys(qtbot: QtBot, three: list[Sample], name: str) -> None:
    panel = zone(qtbot, three, width=900)
    button = panel.links.buttons[name]
    assert button.isVisible()
    assert KEYS[name] in button.toolTip()
    assert button.accessibleName()
    with qtbot.waitSignal(getattr(panel, f"{name}_wanted")):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isChecked()  # the camera is on when it says so


@pytest.mark.parametrize("iconic", [False, True])
@pytest.mark.parametrize("with_samples", [False, True])
def test_what_does_not_fit_is_in_the_menu(qtbot: QtBot, three: list[Sample], with_samples: bool, iconic: bool) -> None:
    panel = zone(qtbot, three if with_samples else [], width=900)
    if iconic:
        icons = Icons(Theme("light"))
        panel.set_icons(icons)
    titles = {name: text for name, text, _ in panel.links._words()}
    hidden = set()
    for width in range(900, 219, -17):
        panel.resize(width, 196)
        for name in SOURCES:
            button = panel.links.buttons[name]
            assert button.isVisible() is (titles[name] not in offered(panel))
            if button.isVisible():
                assert button.width() >= button.sizeHint().width()
            else:
                hidden.add(name)
        assert panel.more.isVisible() is (with_samples or len(offered(panel)) > 0)
        assert panel.links.geometry().right() <= panel.width() - 16
    assert "sketch" in hidden
    with qtbot.waitSignal(panel.sketch_wanted):
        next(each for each in panel.menu.actions() if each.text() == titles["sketch"]).trigger()


def test_a_live_camera_is_said_and_can_be_frozen(qtbot: QtBot, three: list[Sample]) -> None:
    panel = zone(qtbot, three, width=900)
    freeze, camera = panel.links.buttons["freeze"], panel.links.buttons["camera"]
    panel.show_prediction(PREDICTION)
    assert not freeze.isVisible()
    panel.show_live("24 frames a second")
    assert panel.is_live
    assert freeze.isVisible()
    assert camera.isChecked()
    assert panel.foot.text() == "24 frames a second · red.png · 400×200"
    panel.activateWindow()
    panel.open.setFocus()
    qtbot.waitUntil(panel.open.hasFocus)
    with qtbot.waitSignal(panel.freeze_wanted), qtbot.assertNotEmitted(panel.open_wanted):
        qtbot.keyClick(panel.open, Qt.Key.Key_Space)
    panel.show_live("frozen", frozen=True)
    assert freeze.isChecked()
    panel.show_live("")
    assert panel.foot.text() == "red.png · 400×200"
    assert not camera.isChecked()
    with qtbot.waitSignal(panel.open_wanted), qtbot.assertNotEmitted(panel.freeze_wanted):
        qtbot.keyClick(panel.open, Qt.Key.Key_Space)


def test_pictures_seen_lately_stand_beside_the_samples_and_the_picture(qtbot: QtBot, three: list[Sample]) -> None:
    panel = zone(qtbot, three)
    invited, beside = panel.recent
    assert not invited.isVisible()
    source = ImageSource(path="red.png", name="red.png")
    panel.tray.add(source, PREDICTION)
    assert invited.isVisible()
    panel.show_prediction(PREDICTION)
    assert beside.isVisible()
    with qtbot.waitSignal(panel.image_wanted) as wanted:
        qtbot.mouseClick(beside.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert wanted.args[0] is source


def test_no_thumbnail_is_cut_off(qtbot: QtBot, tmp_path: Path) -> None:
    panel = zone(qtbot, [sample(tmp_path, f"s{number}") for number in range(9)])
    for width in (240, 333, 480, 700):
        panel.resize(width, 196)
        shown = [button for button in panel.large.buttons if button.isVisible()]
        assert shown
        assert all(panel.large.rect().contains(button.geometry()) for button in shown)


def test_open_asks_for_a_dialog(qtbot: QtBot) -> None:
    panel = zone(qtbot, [])
    with qtbot.waitSignal(panel.open_wanted):
        qtbot.mouseClick(panel.open, Qt.MouseButton.LeftButton)


def test_the_picture_has_its_name_and_its_own_size(qtbot: QtBot) -> None:
    panel = zone(qtbot, [])
    panel.show_prediction(PREDICTION)
    assert panel.foot.text() == "red.png · 400×200"
    assert panel.picture.isVisible()
    panel.show_empty()
    assert panel.foot.text() == ""
    assert panel.invitation.isVisible()


def test_a_drag_over_the_window_lights_the_zone_up(qtbot: QtBot) -> None:
    panel = zone(qtbot, [])
    edge = QPoint(3, panel.height() // 2), QPoint(12, panel.height() - 20)
    before = [panel.grab().toImage().pixelColor(point) for point in edge]
    panel.set_hovering(True)
    during = [panel.grab().toImage().pixelColor(point) for point in edge]
    assert before[1] != during[1]
    panel.set_hovering(False)
    assert [panel.grab().toImage().pixelColor(point) for point in edge] == before


# --- pictures ---------------------------------------------------------------------------------------------


def view_of(qtbot: QtBot, pixels: np.ndarray, width: int, height: int) -> PictureView:
    view = PictureView()
    qtbot.addWidget(view)
    view.resize(width, height)
    view.set_image(to_qimage(pixels))
    return view


def test_the_networks_input_is_shown_in_equal_squares(qtbot: QtBot) -> None:
    checks = (np.indices((32, 32)).sum(axis=0) % 2 * 255).astype(np.uint8)
    view = view_of(qtbot, checks, 110, 130)
    assert view.picture_rect().width() == view.picture_rect().height() == 96
    image = painted(view)
    shown = np.array([[image.pixelColor(x, y).red() for x in range(96)] for y in range(96)])
    inner = slice(9, 87)  # the corners are round
    assert (shown[inner, inner] == checks.repeat(3, axis=0).repeat(3, axis=1)[inner, inner]).all()


@pytest.mark.parametrize(("pixels", "width", "height"), [((512, 256), 64, 128), ((3, 512), 160, 1), ((1, 1), 128, 128)])
def test_pictures_of_any_shape_fit(qtbot: QtBot, pixels: tuple[int, int], width: int, height: int) -> None:
    view = view_of(qtbot, np.full((*pixels, 3), 90, np.uint8), 160, 128)
    rect = view.picture_rect()
    assert (rect.width(), rect.height()) == (width, height)
    assert painted(view).pixelColor(width // 2, height // 2).red() == 90


def test_a_stale_picture_is_dimmed_and_comes_back(qtbot: QtBot) -> None:
    view = view_of(qtbot, np.zeros((8, 8, 3), np.uint8), 64, 64)
    fresh = painted(view).pixelColor(32, 32)
    assert fresh == QColor("black")
    view.set_stale(True)
    assert painted(view).pixelColor(32, 32).lightness() > 40
    view.set_stale(False)
    assert painted(view).pixelColor(32, 32) == fresh


def test_what_the_network_sees_is_captioned(qtbot: QtBot) -> None:
    panel = SeenZone()
    qtbot.addWidget(panel)
    panel.show_prediction(PREDICTION)
    assert panel.foot.text() == "centre crop → 32×32, normalised"
    assert panel.picture.image.width() == 32
    panel.show_empty()
    assert panel.foot.text() == ""
    assert panel.picture.image.isNull()
