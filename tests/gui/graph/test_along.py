"""Thumbnails, strengths and lesions along the graph: beside it, over nothing, in step with it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.layout.fold import Fold
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.drawing.palette import LIGHT
from resviz.engine import messages as m
from resviz.engine.messages import ImageSource
from resviz.gui.document import Document
from resviz.gui.graph.along import Column
from resviz.gui.graph.along_paint import Frames, colour_of, share_of
from resviz.gui.graph.notes import Note
from resviz.gui.graph.overlays import core_of
from resviz.gui.graph.view import GraphView
from resviz.gui.off_words import passages
from resviz.ways import Off
from tests.gui.graph.test_view import pixels

SPEC = parse("basic:2,3,width=8,stem=cifar,classes=10,size=32")


def know(view: GraphView, document: Document) -> None:
    """As if a prediction and a sweep had come."""
    blocks = list(passages(document.spec))
    view.look.set_film(True)
    view.look.set_ribbon(True)
    view.set_film({block: np.arange(64, dtype=np.uint8).reshape(8, 8) * 4 for block in blocks})
    view.set_strengths([m.Strength(block, 0.5, -0.2) for block in blocks])
    view.set_sweep([m.LesionRow(block, "identity", 0.7, 0.3, "cat", "dog") for block in blocks])


@pytest.fixture
def known(view: GraphView, document: Document) -> GraphView:
    document.set_spec(SPEC, "start")
    know(view, document)
    return view


def columns(view: GraphView) -> list[Column]:
    return view._columns(view._camera, view._captions(view._camera))


@pytest.mark.parametrize("name", ["resnet18", "resnet101", "resnet1202-cifar"])
@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("level", ["layer", "block", "stage"])
def test_nothing_covers_anything(view: GraphView, document: Document, name: str, direction: str, level: str) -> None:
    document.set_spec(PRESETS[name].spec, name)
    view.look.set_direction("right" if direction == "right" else "down")
    view.set_level(level)
    know(view, document)
    window = view._window()
    for look in (view.home, view.fit, view.zoom_out, view.zoom_out, view.actual_size):
        look()
        window = view._window()
        found = columns(view)
        names = [caption.rect for caption in view._captions(view._camera)]
        drawn = [view._camera.rect_to_view(band.rect) for band in view.plan.bands]
        drawn += [view._camera.rect_to_view(cell.rect) for cell in view.plan.visible(window)]
        for column in found:
            for slot in column.slots:
                assert not any(slot.rect.intersects(rect) for rect in (*names, *drawn)), (column.name, slot)
            frames = column.slots if column.name == "film" else ()
            assert not any(one.rect.intersects(other.rect) for one, other in combinations(frames[:60], 2))
        assert not any(one.rect.intersects(other.rect) for one, other in combinations(found, 2))


def test_at_first_all_columns_are_in_sight(known: GraphView) -> None:
    known.home()
    assert [column.name for column in columns(known)] == ["film", "ribbon", "sweep"]
    assert all(known.rect().contains(column.rect.toRect().adjusted(0, 0, -1, -1)) for column in columns(known))
    assert known.zoom >= 0.66


@pytest.mark.parametrize("size", [(570, 500), (560, 720), (1300, 620)])
def test_in_a_narrow_view_the_columns_come_before_the_overview(known: GraphView, size: tuple[int, int]) -> None:
    known.resize(*size)
    known.home()
    shown = columns(known)
    assert [column.name for column in shown] == ["film", "ribbon", "sweep"]
    assert all(known.rect().contains(column.rect.toRect().adjusted(0, 0, -1, -1)) for column in shown)
    overview = known.minimap
    assert overview.isHidden() or not any(column.rect.intersects(QRectF(overview.geometry())) for column in shown)
    known.zoom_in()
    known.fit()
    assert all(
        overview.isHidden() or not column.rect.intersects(QRectF(overview.geometry())) for column in columns(known)
    )


def test_what_is_printed_has_no_empty_room(known: GraphView, view: GraphView) -> None:
    assert known._plan.bounds.w > known.plan.bounds.w
    view.look.set_film(False)
    view.look.set_ribbon(False)
    view.set_sweep(())
    assert known._plan is known.plan


def test_every_block_has_its_slot_at_its_card(known: GraphView) -> None:
    known.fit()
    for column in columns(known):
        assert [slot.block for slot in column.slots] == list(passages(SPEC))
        for block, rect in column.slots:
            place = known.plan.place(f"{block}.conv1")
            assert place is not None
            assert place.cell.body.card is not None
            card = known._camera.rect_to_view(place.cell.body.card.moved(place.cell.x, place.cell.y))
            assert card.top() <= rect.center().y() <= card.bottom()


def test_a_folded_stage_has_one_thumbnail_and_a_bar_a_block(known: GraphView) -> None:
    known.look.set_fold(Fold("stage"))
    known.home()
    by_name = {column.name: [slot.block for slot in column.slots] for column in columns(known)}
    assert by_name["film"] == ["layer1.1", "layer2.2"]
    assert by_name["ribbon"] == by_name["sweep"] == list(passages(SPEC))


def test_a_click_selects_the_block_and_the_card_tells_its_figures(
    qtbot: QtBot, known: GraphView, document: Document
) -> None:
    known.home()
    at = columns(known)[0].slots[1].rect.center().toPoint()
    assert known.block_along(at.toPointF()) == "layer1.1"
    qtbot.mouseClick(known, Qt.MouseButton.LeftButton, pos=at)
    assert document.selection == "layer1.1.relu2"
    QApplication.sendEvent(known, QHelpEvent(QEvent.Type.ToolTip, at, known.mapToGlobal(at)))
    said = known.card.text().replace("<br>", " ")
    assert "‖F(x)‖ / ‖x‖ = 0.5; cosine of F(x) with x: −0.20" in said
    assert "Without it cat goes from 70.0 % to 30.0 %; the answer is dog." in said
    conv = known.position_of("layer1.1.conv1")
    assert conv is not None
    QApplication.sendEvent(known, QHelpEvent(QEvent.Type.ToolTip, conv.toPoint(), known.mapToGlobal(conv.toPoint())))
    assert "parameters" in known.card.text()
    assert "0.5; cosine" in known.card.text()


def test_a_click_on_a_slot_switches_the_block_while_one_switches(
    qtbot: QtBot, known: GraphView, document: Document
) -> None:
    known.set_live(True)
    known.home()
    qtbot.mouseClick(known, Qt.MouseButton.LeftButton, pos=columns(known)[1].slots[0].rect.center().toPoint())
    assert document.off == Off(frozenset({"layer1.0"}))


@pytest.mark.parametrize("change", ["image", "off", "spec"])
def test_what_is_of_another_picture_is_dim_unless_the_next_comes_soon(
    qtbot: QtBot, known: GraphView, document: Document, change: str
) -> None:
    known.home()
    if change == "image":
        document.set_image(ImageSource(path="x.png"))
    elif change == "off":
        document.set_off(Off(frozenset({"layer1.0"})), "off")
    else:
        document.set_spec(parse("basic:2,3,width=9,stem=cifar,classes=10,size=32"), "wider")
    rect = columns(known)[0].slots[1].rect.toRect()
    clear = pixels(known).copy(rect)
    qtbot.waitUntil(lambda: pixels(known).copy(rect) != clear)
    know(known, document)
    assert pixels(known).copy(rect) == clear
    assert not known._late.isActive()


def test_bars_of_another_picture_say_so(known: GraphView) -> None:
    rows = tuple(known._along.sweep.values())
    clear = pixels(known)
    known.set_sweep(rows, stale=True)
    assert pixels(known) != clear
    known.set_sweep(rows)
    assert pixels(known) == clear


def test_what_is_not_wanted_is_not_shown(known: GraphView, document: Document) -> None:
    def said() -> list[str]:
        return [line.text for line in known.legend_bar._entries if isinstance(line, Note)]

    assert said() == [
        "mean of the output",
        "‖F‖/‖x‖, log; ┊ is 1",
        "cosine −½ · 0 · ½",
        "cat, block off",
        "lost, won",
    ]
    known.look.set_film(False)
    known.set_sweep(())
    assert [column.name for column in columns(known)] == ["ribbon"]
    assert len(said()) == 2
    rows = [m.LesionRow(block, "identity", 0.7, 0.3, images=50) for block in passages(SPEC)]
    known.set_sweep(rows)
    assert "accuracy, block off" in said()


def test_before_the_first_picture_there_is_room_and_nothing_in_it(view: GraphView, document: Document) -> None:
    view.look.set_film(True)
    assert view._plan.bounds.w > view.plan.bounds.w
    bare = pixels(view)
    view.set_film({block: np.zeros((4, 4), np.uint8) for block in passages(document.spec)})
    assert pixels(view) != bare


def test_a_view_on_the_same_look_has_the_same_columns(known: GraphView, document: Document) -> None:
    fresh = GraphView(document, known._theme, known.look)
    fresh.set_sweep(tuple(known._along.sweep.values()))
    assert fresh._plan == known._plan
    fresh.deleteLater()


@pytest.mark.parametrize("along", [60, 150, 260, 400])
def test_a_block_that_is_partly_in_sight_has_its_thumbnail_in_sight(known: GraphView, along: int) -> None:
    known.actual_size()
    known._go_to_height(along)
    shown = {slot.block: slot.rect for slot in columns(known)[0].slots}
    for cell in known.plan.visible(known._window()):
        frame = known._camera.rect_to_view(core_of(cell))
        if cell.id in shown and min(frame.bottom(), known.height()) - max(frame.top(), 20) > shown[cell.id].height():
            assert shown[cell.id].top() >= 20
            assert shown[cell.id].bottom() <= known.height()


def test_scales() -> None:
    assert [share_of(ratio) for ratio in (0, 0.001, 0.01, 10, 1e9)] == [0, 0, 0, 1, 1]
    assert share_of(1.0) == pytest.approx(2 / 3)
    assert colour_of(0.5, LIGHT).name().upper() == colour_of(1.0, LIGHT).name().upper() == LIGHT.conv
    assert colour_of(-0.9, LIGHT).name().upper() == LIGHT.fc
    assert colour_of(0.0, LIGHT).name().upper() == LIGHT.identity


def test_a_thumbnail_is_made_once_and_in_colours(qapp: object) -> None:
    frames = Frames({"layer1.0": np.array([[0, 128, 255]], np.uint8)})
    image = frames.of("layer1.0")
    assert image is not None
    assert image is frames.of("layer1.0")
    assert frames.of("layer9.9") is None
    lights = [image.pixelColor(x, 0).lightnessF() for x in range(3)]
    assert lights == sorted(lights)
    assert image.pixelColor(0, 0).name() == "#440154"


def test_it_moves_with_the_pointer_over_it(qtbot: QtBot, known: GraphView) -> None:
    known.home()
    qtbot.mouseMove(known, columns(known)[0].slots[0].rect.center().toPoint())
    assert known.cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.mouseMove(known, QPoint(3, 3))
    assert known.cursor().shape() == Qt.CursorShape.ArrowCursor
