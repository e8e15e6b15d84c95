"""The graph by keyboard alone: both directions, any fold, menu, and what a screen reader is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from resviz.arch.graph import network
from resviz.arch.layout.fold import LEVELS, Fold
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.gui.document import Document
from resviz.gui.graph import walk
from resviz.gui.graph.view import GraphView
from tests.strategies import specs

KEY = Qt.Key


@pytest.mark.parametrize(
    ("direction", "keys"),
    [
        ("down", (KEY.Key_Down, KEY.Key_Up, KEY.Key_Right, KEY.Key_Left)),
        ("right", (KEY.Key_Right, KEY.Key_Left, KEY.Key_Up, KEY.Key_Down)),
    ],
)
def test_arrows_follow_the_direction(
    qtbot: QtBot, view: GraphView, document: Document, direction, keys: tuple[KEY, ...]
) -> None:
    view.look.set_direction(direction)
    onward, back, aside, home = keys
    document.select("layer2.0.conv2")
    for key, layer in (
        (onward, "layer2.0.bn2"),
        (back, "layer2.0.conv2"),
        (aside, "layer2.0.downsample.0"),
        (onward, "layer2.0.downsample.1"),
        (onward, "layer2.0.add"),
        (aside, "layer2.0.downsample.0"),
        (home, "layer2.0.conv1"),
        (KEY.Key_End, "fc"),
        (onward, "fc"),
        (KEY.Key_Home, "conv1"),
        (back, "conv1"),
    ):
        qtbot.keyClick(view, key)
        assert document.selection == layer
        spot = view.position_of(layer)
        assert spot is not None
        assert view.rect().contains(spot.toPoint())


@pytest.mark.parametrize(("fold", "card"), [("block", "layer2.0.relu2"), ("stage", "layer2.1.relu2")])
def test_a_shortcut_that_is_folded_away_is_walked_too(
    qtbot: QtBot, view: GraphView, document: Document, fold, card: str
) -> None:
    view.look.set_fold(Fold(fold))
    document.select(card)
    before = view.grab().toImage()
    qtbot.keyClick(view, KEY.Key_Right)
    assert document.selection == "layer2.0.downsample.0"
    assert view.grab().toImage() != before, "its line is lit"
    qtbot.keyClick(view, KEY.Key_Left)
    place = view.plan.place("layer2.0.downsample.0")
    assert place is not None
    assert document.selection == place.cell.face


@given(specs(), st.sampled_from(LEVELS), st.booleans(), st.data())
def test_every_key_leads_to_a_layer_of_the_network(spec: ResNetSpec, level, repeats: bool, data: st.DataObject) -> None:
    plan = layout(spec, Fold(level, repeats=repeats))
    known = [layer.id for layer in network(spec).layers]
    here: str | None = data.draw(st.sampled_from(known))
    for step in data.draw(st.lists(st.sampled_from([walk.down, walk.up, walk.to_shortcut, walk.to_trunk]), max_size=9)):
        here = step(plan, here)
        assert here in known
    assert walk.first(plan) == walk.down(plan, None)
    assert walk.down(plan, walk.last(plan)) == walk.last(plan)


def test_pages_scroll_along_the_trunk(qtbot: QtBot, view: GraphView) -> None:
    before = view.position_of("conv1")
    qtbot.keyClick(view, KEY.Key_PageDown)
    after = view.position_of("conv1")
    assert before is not None
    assert after is not None
    assert after.y() == pytest.approx(before.y() - 0.8 * view.height())
    view.look.set_direction("right")
    before = view.position_of("conv1")
    qtbot.keyClick(view, KEY.Key_PageDown)
    after = view.position_of("conv1")
    assert before is not None
    assert after is not None
    assert after.x() == pytest.approx(before.x() - 0.8 * view.width())


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(
    ("key", "held"), [(KEY.Key_Menu, Qt.KeyboardModifier.NoModifier), (KEY.Key_F10, Qt.KeyboardModifier.ShiftModifier)]
)
def test_the_menu_key_opens_the_menu_of_the_selection(
    qtbot: QtBot, view: GraphView, document: Document, key: KEY, held: Qt.KeyboardModifier
) -> None:
    document.select("layer1.0.conv2")
    qtbot.keyClick(view, key, held)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.actions()
    spot = view.position_of("layer1.0.conv2")
    assert spot is not None
    assert (menu.pos() - view.mapToGlobal(spot.toPoint())).manhattanLength() < 60
    menu.close()


def test_a_screen_reader_is_told_what_is_selected(view: GraphView, document: Document) -> None:
    assert view.accessibleName() == "Network graph"
    document.set_spec(PRESETS["resnext50_32x4d"].spec, "grouped")
    document.select("layer1.0.conv2")
    reader = QAccessible.queryAccessibleInterface(view)
    said = reader.text(QAccessible.Text.Description)
    for fact in ("layer1.0.conv2", "conv 3×3", "32 groups", "128 × 56 × 56", "4,608 parameters", "in block layer1.0"):
        assert fact in said
    document.select(None)
    assert view.accessibleDescription() == ""
    for child in (view.find_bar.edit, view.minimap):
        assert child.accessibleName()
        assert child.toolTip()


def test_the_selection_is_announced_where_somebody_listens(view: GraphView, document: Document) -> None:
    heard: list[str] = []
    before = QAccessible.isActive()
    QAccessible.setActive(True)
    try:
        document.select("layer1.0.conv2")
        heard.append(view.accessibleDescription())
        document.select("layer1.0.bn2")
    finally:
        QAccessible.setActive(before)
    assert heard[0] != view.accessibleDescription()


def test_the_minimap_takes_keys(qtbot: QtBot, view: GraphView) -> None:
    for direction in ("down", "right"):
        view.look.set_direction("right" if direction == "right" else "down")
        assert view.minimap.isVisible()
        qtbot.keyClick(view.minimap, KEY.Key_End)
        end = view.position_of("fc")
        assert end is not None
        assert view.rect().contains(end.toPoint())
        qtbot.keyClick(view.minimap, KEY.Key_Home)
        start = view.position_of("conv1")
        assert start is not None
        assert view.rect().contains(start.toPoint())
