"""The strip with the whole network: either way round, with what is selected and what was found."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from resviz.arch.presets import PRESETS
from resviz.gui.document import Document
from resviz.gui.graph.view import GraphView
from resviz.ways import Off

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(params=["down", "right"])
def turned(request: pytest.FixtureRequest, view: GraphView, document: Document) -> GraphView:
    document.set_spec(PRESETS["resnet50"].spec, "resnet50")
    view.look.set_direction(request.param)
    return view


def along(view: GraphView, part: float) -> QPoint:
    strip = view.minimap
    if view.plan.direction == "down":
        return QPoint(strip.width() // 2, round(strip.height() * part))
    return QPoint(round(strip.width() * part), strip.height() // 2)


def colours(view: GraphView) -> list[str]:
    image = view.minimap.grab().toImage()
    return [image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())]


def test_it_lies_along_the_trunk_within_the_view(turned: GraphView) -> None:
    strip = turned.minimap
    assert strip.isVisible()
    assert turned.rect().contains(strip.geometry())
    upright = strip.height() > strip.width()
    assert upright == (turned.plan.direction == "down")


def test_a_click_and_a_drag_go_there(qtbot: QtBot, turned: GraphView) -> None:
    qtbot.mousePress(turned.minimap, LEFT, pos=along(turned, 0.99))
    spot = turned.position_of("fc")
    assert spot is not None
    assert turned.rect().contains(spot.toPoint())
    qtbot.mouseMove(turned.minimap, along(turned, 0.01))
    qtbot.mouseRelease(turned.minimap, LEFT, pos=along(turned, 0.01))
    spot = turned.position_of("conv1")
    assert spot is not None
    assert turned.rect().contains(spot.toPoint())


def test_it_marks_the_selected_layer_and_the_hits(qtbot: QtBot, turned: GraphView, document: Document) -> None:
    palette = turned._theme.palette
    assert palette.warning.lower() not in colours(turned)
    turned.find()
    qtbot.keyClicks(turned.find_bar.edit, "projection")
    assert palette.warning.lower() in colours(turned)
    turned.find_bar.leave()
    assert palette.warning.lower() not in colours(turned)
    document.select(None)
    turned.fit()
    turned.zoom_in()
    here = turned.minimap.grab().toImage()
    document.select("layer3.2.conv2")
    turned.fit()
    turned.zoom_in()
    assert turned.minimap.grab().toImage() != here


def test_it_goes_where_all_is_in_sight_or_there_is_no_room(turned: GraphView) -> None:
    turned.fit()
    assert not turned.minimap.isVisible()
    turned.home()
    assert turned.minimap.isVisible()
    turned.resize(240, 200)
    assert turned.rect().contains(turned.minimap.geometry())


@pytest.mark.parametrize(
    "off",
    [
        Off(branches=frozenset({"layer2.1"})),
        Off(shortcuts=frozenset({"layer2.1"})),
        Off(channels=frozenset({("layer2.1.conv1", 3), ("conv1", 0)})),
    ],
)
def test_it_marks_what_is_off(turned: GraphView, document: Document, off: Off) -> None:
    removed = turned._theme.palette.removed.lower()
    assert removed not in colours(turned)
    document.set_off(off, "off")
    assert removed in colours(turned)
    document.undo_stack.undo()
    assert removed not in colours(turned)
