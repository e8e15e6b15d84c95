"""Presenting: larger type, one layer in the light, its card beside it, the camera behind it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from resviz.arch.presets import PRESETS
from resviz.gui.document import Document
from resviz.gui.graph.view import GraphView


@pytest.fixture
def stage(view: GraphView, document: Document) -> GraphView:
    document.set_spec(PRESETS["resnet50"].spec, "resnet50")
    view.resize(1280, 800)
    document.select("layer1.1.conv2")
    return view


def test_it_is_larger_and_goes_back(stage: GraphView) -> None:
    before, spot = stage.zoom, stage.position_of("conv1")
    picture = stage.grab().toImage()
    stage.set_presenting(True)
    assert stage.zoom > 1.3 * before
    stage.set_presenting(False)
    assert stage.zoom == before
    assert stage.position_of("conv1") == spot
    assert not stage.card.isVisible()
    assert stage.grab().toImage() == picture


def test_the_selected_layer_is_lit_and_the_rest_dim(stage: GraphView) -> None:
    stage.set_presenting(True)
    image = stage.grab().toImage()
    colours = []
    for layer in ("layer1.1.conv2", "layer1.1.conv1"):
        spot = stage.position_of(layer)
        place = stage.plan.place(layer)
        assert spot is not None
        assert place is not None
        edge = spot.toPoint()
        edge.setX(round(edge.x() - place.rect.w * stage.zoom / 2 + 6))
        colours.append(image.pixelColor(edge).lightness())
    assert colours[0] + 60 < colours[1]


@pytest.mark.parametrize("direction", ["down", "right"])
def test_the_card_stays_open_beside_the_layer_one_walks_to(
    qtbot: QtBot, stage: GraphView, document: Document, direction
) -> None:
    stage.look.set_direction(direction)
    stage.set_presenting(True)
    onward = Qt.Key.Key_Down if direction == "down" else Qt.Key.Key_Right
    for _ in range(12):
        selected = document.selection
        assert selected is not None
        place = stage.plan.place(selected)
        assert place is not None
        box = stage._camera.rect_to_view(place.rect).toAlignedRect()
        assert stage.card.isVisible()
        assert selected in stage.card.text()
        assert "18px" in stage.card.styleSheet()
        assert stage.rect().contains(stage.card.geometry())
        assert stage.rect().contains(box)
        assert not stage.card.geometry().intersects(box)
        qtbot.keyClick(stage, onward)


def test_the_camera_follows_smoothly(qtbot: QtBot, stage: GraphView, document: Document) -> None:
    stage.set_presenting(True)
    stage.settle()
    stage.animation_ms = 60
    here = stage.grab().toImage()
    document.select("layer2.1.conv2")
    assert stage.moving
    card = stage.card.pos()
    qtbot.waitUntil(lambda: not stage.moving)
    there = stage.grab().toImage()
    assert there != here
    assert stage.card.isVisible()
    stage.animation_ms = 0
    document.select("layer1.1.conv2")
    assert stage.grab().toImage() == here
    document.select("layer2.1.conv2")
    assert stage.grab().toImage() == there
    assert card is not None


def test_without_a_selection_there_is_no_card(stage: GraphView, document: Document) -> None:
    stage.set_presenting(True)
    document.select(None)
    assert not stage.card.isVisible()
    stage.grab()
    document.select("fc")
    assert stage.card.isVisible()
    assert "fc" in stage.card.text()


def test_folding_edits_and_themes_go_on(qtbot: QtBot, stage: GraphView, document: Document) -> None:
    stage.set_presenting(True)
    qtbot.keyClick(stage, Qt.Key.Key_Minus)
    place = stage.plan.place("layer1.1.conv2")
    assert place is not None
    assert place.box.parts
    assert stage.card.isVisible()
    assert "layer1.1" in stage.card.text()
    document.set_spec(PRESETS["resnet18"].spec, "smaller")
    stage.grab()
    assert stage.rect().contains(stage.card.geometry())


def test_on_a_larger_screen_the_layer_and_its_card_have_the_middle(stage: GraphView, document: Document) -> None:
    document.select("layer2.0.conv2")
    stage.set_presenting(True)
    stage.resize(1900, 1000)
    box = stage._camera.rect_to_view(stage.plan.bounds)
    assert stage.card.x() > box.right()
    spare = box.left(), stage.width() - stage.card.geometry().right()
    assert abs(spare[0] - spare[1]) <= 60
    document.set_reference(PRESETS["plain18"].spec)
    assert stage.plan.beside is not None
    document.select("layer2.0.conv1")
    assert stage._camera.rect_to_view(stage.plan.bounds).left() >= 0
