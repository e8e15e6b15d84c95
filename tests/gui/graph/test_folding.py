"""Folding by hand: double click, keys, what stays in place, and the way there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.graph import network
from resviz.arch.layout.fold import LEVELS, Fold, Level
from resviz.arch.layout.stack import Cell, layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.gui.document import Document
from resviz.gui.graph import folding
from resviz.gui.graph.view import GraphView
from tests.strategies import specs

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
REPEATING = ResNetSpec("basic", (6, 6), 8, stem="cifar", classes=10, size=32)


def spot(view: GraphView, layer: str) -> QPoint:
    found = view.position_of(layer)
    assert found is not None
    return found.toPoint()


def cell_of(view: GraphView, layer: str) -> Cell:
    place = view.plan.place(layer)
    assert place is not None
    return place.cell


def ids(view: GraphView) -> list[str]:
    return [cell.id for cell in view.plan.cells]


def test_a_double_click_opens_a_card_and_closes_it_again(qtbot: QtBot, view: GraphView) -> None:
    view.set_level("stage")
    at = spot(view, "layer2.0.conv1")
    qtbot.mouseDClick(view, LEFT, pos=at)
    assert ids(view) == ["stem", "layer1", "layer2.0", "layer2.1", "layer3", "layer4", "head"]
    band = next(band for band in view.plan.bands if band.id == "layer2")
    assert view._camera.rect_to_view(band.rect).contains(QPointF(at))
    block = spot(view, "layer2.0.conv1")
    qtbot.mouseDClick(view, LEFT, pos=block)
    assert cell_of(view, "layer2.0.conv1").layer_of(cell_of(view, "layer2.0.conv1").body.boxes[0]) == "layer2.0.conv1"
    qtbot.mouseDClick(view, LEFT, pos=spot(view, "layer2.0.conv1"))
    assert view.fold.of("layer2.0") == "block"


def test_a_double_click_on_a_band_folds_its_stage(qtbot: QtBot, view: GraphView) -> None:
    band = next(band for band in view.plan.bands if band.id == "layer1")
    corner = view._camera.to_view(band.rect.x + 6, band.rect.y + 120).toPoint()
    assert view.layer_at(QPointF(corner)) is None
    qtbot.mouseDClick(view, LEFT, pos=corner)
    assert "layer1" in ids(view)
    assert "layer2.0" in ids(view)


def test_the_second_press_of_a_double_click_selects_nothing_else(
    qtbot: QtBot, view: GraphView, document: Document
) -> None:
    view.set_level("stage")
    at = spot(view, "layer2.0.conv1")
    qtbot.mouseClick(view, LEFT, pos=at)
    qtbot.mouseDClick(view, LEFT, pos=at)
    assert document.selection == "layer2.1.relu2"


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_block_stays_under_the_pointer_to_the_pixel(
    qtbot: QtBot, view: GraphView, direction: str, part: float
) -> None:
    view.look.set_direction("right" if direction == "right" else "down")
    view.reveal("layer2.1.conv1")
    for _ in range(2):  # open to closed, closed to open
        card = view._camera.rect_to_view(card_of(view, "layer2.1.conv1"))
        along = card.height() if direction == "down" else card.width()
        step = QPointF(0, part * along) if direction == "down" else QPointF(part * along, 0)
        middle = QPointF(card.width() / 2, 0) if direction == "down" else QPointF(0, card.height() / 2)
        at = (card.topLeft() + step + middle).toPoint()
        qtbot.mouseDClick(view, LEFT, pos=at)
        after = view._camera.rect_to_view(card_of(view, "layer2.1.conv1"))
        length, start = (
            (after.height(), at.y() - after.top()) if direction == "down" else (after.width(), at.x() - after.left())
        )
        assert -1 <= start <= length + 1, "the pointer is on it still"


def card_of(view: GraphView, layer: str):
    cell = cell_of(view, layer)
    assert cell.body.card is not None
    return cell.body.card.moved(cell.x, cell.y)


def test_a_stage_too_long_for_the_view_opens_at_its_start(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.set_spec(PRESETS["resnet1202-cifar"].spec, "deep")
    view.set_level("stage")
    top = view._camera.rect_to_view(card_of(view, "layer2.0.conv1")).top()
    qtbot.mouseDClick(view, LEFT, pos=spot(view, "layer2.0.conv1"))
    assert view._camera.rect_to_view(card_of(view, "layer2.0.conv1")).top() == pytest.approx(top, abs=1)


def test_keys_fold_and_unfold_the_selected_step_by_step(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.select("layer2.0.conv2")
    middle = spot(view, "layer2.0.conv2")
    qtbot.keyClick(view, KEY.Key_Minus)
    assert view.fold.parts == {("layer2.0", "block")}
    assert (spot(view, "layer2.0.conv2") - middle).manhattanLength() <= 2
    qtbot.keyClick(view, KEY.Key_Minus)
    assert view.fold.parts == {("layer2", "stage")}
    qtbot.keyClick(view, KEY.Key_Minus)
    assert view.fold.parts == {("layer2", "stage")}
    qtbot.keyClick(view, KEY.Key_Plus)
    qtbot.keyClick(view, KEY.Key_Return)
    assert view.fold.of("layer2.0") == "layer"
    assert view.fold.of("layer2.1") == "block"
    assert document.selection == "layer2.0.conv2"
    qtbot.keyClick(view, KEY.Key_Return)
    assert view.fold.of("layer2.0") == "block"


def test_stem_and_head_fold_too(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.select("conv1")
    qtbot.keyClick(view, KEY.Key_Minus)
    assert view.fold.of("stem") == "stage"
    qtbot.keyClick(view, KEY.Key_Plus)
    assert view.fold == Fold()


def test_with_nothing_selected_the_keys_fold_all(qtbot: QtBot, view: GraphView) -> None:
    scale = view.zoom
    for key, level in ((KEY.Key_Minus, "block"), (KEY.Key_Minus, "stage"), (KEY.Key_Minus, "stage")):
        qtbot.keyClick(view, key)
        assert view.fold == Fold(level)
    for level in ("block", "layer", "layer"):
        qtbot.keyClick(view, KEY.Key_Plus)
        assert view.fold == Fold(level)
    assert view.zoom == scale


def test_a_run_comes_apart_and_together(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.set_spec(REPEATING, "equal blocks")
    view.look.set_fold(Fold("block", repeats=True))
    run = cell_of(view, "layer1.2.conv1")
    assert run.times > 1
    qtbot.mouseDClick(view, LEFT, pos=spot(view, "layer1.2.conv1"))
    assert cell_of(view, "layer1.2.conv1").times == 1
    assert cell_of(view, "layer2.2.conv1").times > 1
    document.select("layer1.2.conv1")
    qtbot.keyClick(view, KEY.Key_Minus)
    assert cell_of(view, "layer1.2.conv1") == run


def test_an_open_run_closes_as_a_run(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.set_spec(REPEATING, "equal blocks")
    view.look.set_fold(Fold("layer", repeats=True))
    before = cell_of(view, "layer1.2.conv1")
    document.select("layer1.2.conv1")
    qtbot.keyClick(view, KEY.Key_Minus)
    after = cell_of(view, "layer1.2.conv1")
    assert (after.times, after.id) == (before.times, before.id)
    assert after.body.boxes[0].parts


def test_an_edit_forgets_what_it_removed(view: GraphView, document: Document) -> None:
    document.set_spec(REPEATING, "long")
    fold = Fold("layer", frozenset({("layer1.5", "block"), ("layer2", "stage"), ("stem", "stage")}), True)
    view.look.set_fold(fold._replace(but=frozenset({"layer2"})))
    document.set_spec(ResNetSpec("basic", (5,), 8, stem="cifar", classes=10, size=32), "short")
    assert view.fold == Fold("layer", frozenset({("stem", "stage")}), True)


LEVEL = st.sampled_from(LEVELS)


@given(specs(max_blocks=5), LEVEL, st.booleans(), st.data())
def test_opening_shows_more_and_closing_shows_less(
    spec: ResNetSpec, level: Level, repeats: bool, data: st.DataObject
) -> None:
    fold = Fold(level, repeats=repeats)
    plan = layout(spec, fold)
    cell = data.draw(st.sampled_from(plan.cells))
    more, less = layout(spec, folding.opened(fold, cell)), layout(spec, folding.closed(fold, cell))
    boxes = [sum(len(each.body.boxes) for each in one.cells) for one in (less, plan, more)]
    assert boxes == sorted(boxes)
    closed = less.place(cell.layers[0])
    assert closed is not None
    assert set(cell.layers) <= set(closed.cell.layers)
    assert boxes[2] > boxes[1] or folding.opened(fold, cell) == fold or len(cell.layers) == 1 or cell.body.boxes


@given(specs(max_blocks=5), LEVEL, st.booleans(), st.data())
def test_what_is_shown_has_a_box_of_its_own(spec: ResNetSpec, level: Level, repeats: bool, data: st.DataObject) -> None:
    plan = layout(spec, Fold(level, repeats=repeats))
    layer = data.draw(st.sampled_from(network(spec).layers)).id
    fold = folding.showing(plan.fold, plan, layer)
    place = layout(spec, fold).place(layer)
    assert place is not None
    assert place.cell.layer_of(place.box) == layer


# --- the way there ---------------------------------------------------------------------------------------------------


@pytest.fixture
def slow(view: GraphView) -> GraphView:
    view.animation_ms = 60_000  # ends only because somebody ends it
    return view


def test_a_fold_is_seen_on_its_way_and_arrives(qtbot: QtBot, view: GraphView) -> None:
    view.animation_ms = 40
    view.set_level("block")
    on_the_way = view.grab().toImage()
    qtbot.waitUntil(lambda: not view.moving)
    there = view.grab().toImage()
    assert on_the_way != there
    view.animation_ms = 0
    view.set_level("layer")
    view.set_level("block")
    assert view.grab().toImage() == there


def test_without_animation_all_is_there_at_once(view: GraphView) -> None:
    view.set_level("stage")
    assert not view.moving


@pytest.mark.parametrize("how", ["wheel", "drag", "fold", "edit", "undo", "resize", "theme"])
def test_an_interruption_ends_in_the_right_picture(
    qtbot: QtBot, slow: GraphView, document: Document, theme, how: str
) -> None:
    document.set_spec(PRESETS["resnet34"].spec, "other")
    slow.set_level("block")
    assert slow.moving
    if how == "wheel":
        at = QPointF(300, 300)
        turn = QWheelEvent(
            at, slow.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(slow, turn)
    elif how == "drag":
        qtbot.mousePress(slow, LEFT, pos=QPoint(5, 300))
        qtbot.mouseMove(slow, QPoint(30, 340))
        qtbot.mouseRelease(slow, LEFT, pos=QPoint(30, 340))
    elif how == "fold":
        slow.set_level("stage")
        slow.grab()
    elif how == "edit":
        document.set_spec(PRESETS["resnet50"].spec, "edit")
    elif how == "undo":
        document.undo_stack.undo()
    elif how == "resize":
        slow.resize(700, 600)
    else:
        theme.choice = "dark"
        theme.changed.emit()
    slow.settle()
    fresh = GraphView(document, theme, slow.look)
    qtbot.addWidget(fresh)
    fresh.resize(slow.size())
    fresh.show()
    qtbot.waitExposed(fresh)
    for each in (slow, fresh):
        each.home()
    assert slow.grab().toImage() == fresh.grab().toImage()
