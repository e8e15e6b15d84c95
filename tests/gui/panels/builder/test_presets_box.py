"""The box of architectures and its list, driven as a user drives them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.arch.presets import DEFAULT, PRESETS
from resviz.gui.panels.builder.presets_box import PresetBox
from tests.gui.panels.desk import wheel

LEFT = Qt.MouseButton.LeftButton
# What the offscreen platform says of every popup.
pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[PresetBox]:
    shown = PresetBox()
    shown.show_spec(PRESETS["resnet50"].spec)
    qtbot.addWidget(shown)
    shown.resize(248, 30)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    shown.setFocus()
    yield shown
    shown.hidePopup()


def heard(box: PresetBox) -> list[str]:
    names: list[str] = []
    box.chosen.connect(names.append)
    return names


def listed(box: PresetBox) -> list[str]:
    """The names of the presets in the list."""
    return [row.preset.name for row in box.popup.model.rows if row.preset]


def search(qtbot: QtBot, box: PresetBox, text: str) -> None:
    box.popup.search.clear()
    qtbot.keyClicks(box.popup.search, text)


def current(box: PresetBox) -> str | None:
    return box.popup.list.currentIndex().data(Qt.ItemDataRole.UserRole)


def test_every_preset_is_listed_once_under_its_family(qtbot: QtBot, box: PresetBox) -> None:
    qtbot.mouseClick(box, LEFT)
    assert box.popup.isVisible()
    assert sorted(listed(box)) == sorted(PRESETS)
    family, headings = "", []
    for row in box.popup.model.rows:
        if row.preset is None:
            family = row.heading
            headings.append(family)
        else:
            assert row.preset.family == family
    assert len(headings) == len(set(headings)) == len({preset.family for preset in PRESETS.values()})
    assert headings[0] == "Trained here"


def test_the_list_opens_at_the_network_that_is_open(qtbot: QtBot, box: PresetBox) -> None:
    box.showPopup()
    assert current(box) == "resnet50"
    rect = box.popup.list.visualRect(box.popup.list.currentIndex())
    assert box.popup.list.viewport().rect().contains(rect)
    assert box.popup.search.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_F4])
def test_keys_open_it_and_escape_closes_it(qtbot: QtBot, box: PresetBox, key: Qt.Key) -> None:
    names = heard(box)
    qtbot.keyClick(box, key)
    assert box.popup.isVisible()
    qtbot.keyClick(box.popup.search, Qt.Key.Key_Escape)
    assert not box.popup.isVisible()
    assert names == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("resnet50d", ["resnet50d"]),
        ("RESNEXT101_32X8D", ["resnext101_32x8d", "seresnext101_32x8d"]),
        ("32×8d se", ["seresnext101_32x8d", "seresnext101d_32x8d", "seresnextaa101d_32x8d", "seresnextaa201d_32x8d"]),
        ("1001", ["resnetv2_1001-cifar"]),
        ("plain", ["plain18", "plain34", "plain20-cifar", "plain56-cifar"]),
        ("groupnorm", ["resnet50_gn"]),
    ],
)
def test_typing_searches_names_and_titles(qtbot: QtBot, box: PresetBox, typed: str, found: list[str]) -> None:
    box.showPopup()
    search(qtbot, box, typed)
    assert set(found) <= set(listed(box))
    words = typed.lower().split()
    for name in listed(box):
        preset = PRESETS[name]
        assert all(word in f"{name} {preset.title} {preset.family}".lower() for word in words)


def test_search_arrows_and_enter_choose(qtbot: QtBot, box: PresetBox) -> None:
    names = heard(box)
    qtbot.keyClicks(box, "w")  # typing on the closed box opens it and searches
    qtbot.keyClicks(box.popup.search, "rn")
    assert listed(box)[:2] == ["wrn16_4-cifar", "wrn16_8-cifar"]
    assert current(box) == "wrn16_4-cifar"
    qtbot.keyClick(box.popup.search, Qt.Key.Key_Down)
    qtbot.keyClick(box.popup.search, Qt.Key.Key_Return)
    assert names == ["wrn16_8-cifar"]
    assert not box.popup.isVisible()


def test_arrows_step_over_headings_and_stop_at_the_ends(qtbot: QtBot, box: PresetBox) -> None:
    box.popup.open_under(box, DEFAULT)
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(box.popup.search, key)
        seen.append(current(box))
    assert seen == [DEFAULT, "resnet18", "resnet34", "resnet18"]
    for _ in range(40):
        qtbot.keyClick(box.popup.search, Qt.Key.Key_PageDown)
    assert current(box) == listed(box)[-1]


def test_a_click_chooses_and_a_heading_does_not(qtbot: QtBot, box: PresetBox) -> None:
    names = heard(box)
    box.showPopup()
    search(qtbot, box, "resnetrs")
    view, model = box.popup.list, box.popup.model
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(model.index(0, 0)).center())
    assert names == []
    row = model.row_of("resnetrs152")
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(model.index(row, 0)).center())
    assert names == ["resnetrs152"]


def test_no_match_says_so_and_enter_does_nothing(qtbot: QtBot, box: PresetBox) -> None:
    names = heard(box)
    box.showPopup()
    search(qtbot, box, "transformer")
    assert box.popup.nothing.isVisible()
    assert "“transformer”" in box.popup.nothing.text()
    assert not box.popup.list.isVisible()
    qtbot.keyClick(box.popup.search, Qt.Key.Key_Return)
    qtbot.keyClick(box.popup.search, Qt.Key.Key_Down)
    assert names == []
    box.popup.search.clear()
    assert len(listed(box)) == len(PRESETS)


def test_a_search_is_forgotten_when_the_list_opens_again(qtbot: QtBot, box: PresetBox) -> None:
    box.showPopup()
    search(qtbot, box, "senet154")
    box.hidePopup()
    box.showPopup()
    assert len(listed(box)) == len(PRESETS)
    assert current(box) == "resnet50"


def test_arrows_on_the_closed_box_step_to_the_neighbours(qtbot: QtBot, box: PresetBox) -> None:
    names = heard(box)
    box.chosen.connect(lambda name: box.show_spec(PRESETS[name].spec))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(box, key)
    assert names == ["resnet101", "resnet50", "resnet34"]


def test_from_a_network_without_a_name_down_goes_to_the_first(qtbot: QtBot, box: PresetBox) -> None:
    names = heard(box)
    box.show_spec(parse("basic:1,2,3"))
    assert box.shown_text() == "Custom · basic:1,2,3"
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert names == [DEFAULT]


def test_a_row_tells_layers_and_parameters(qtbot: QtBot, box: PresetBox) -> None:
    model = box.popup.model
    hint = model.index(model.row_of("resnet50d"), 0).data(Qt.ItemDataRole.ToolTipRole)
    assert hint.splitlines()[0] == "resnet50d"
    assert hint.splitlines()[1] == "52 weighted layers, 25,576,264 parameters"
    assert parse(hint.splitlines()[2]) == PRESETS["resnet50d"].spec


def test_the_wheel_changes_nothing(box: PresetBox) -> None:
    names = heard(box)
    assert not wheel(box, -1).isAccepted()
    assert names == []


def test_shortcuts_of_the_window_pass_by(qtbot: QtBot, box: PresetBox) -> None:
    qtbot.keyClick(box, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(box, Qt.Key.Key_Tab)
    assert not box.popup.isVisible()
    assert QApplication.activePopupWidget() is None
