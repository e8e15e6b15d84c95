"""The find bar: what one types is lit, counted, selected and shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.find import find
from resviz.arch.layout.fold import Fold
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.gui.document import Document
from resviz.gui.graph.view import GraphView

KEY, NONE, SHIFT = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def resnet50(document: Document) -> tuple[str, ...]:
    document.set_spec(PRESETS["resnet50"].spec, "resnet50")
    return find(document.spec, "layer3 conv s=2")


def type_in(qtbot: QtBot, view: GraphView, words: str) -> None:
    qtbot.keyClick(view, KEY.Key_F, CONTROL)
    view.find_bar.edit.clear()
    qtbot.keyClicks(view.find_bar.edit, words)


def test_typing_selects_the_first_hit_and_counts(
    qtbot: QtBot, view: GraphView, document: Document, resnet50: tuple[str, ...]
) -> None:
    type_in(qtbot, view, "layer3 conv s=2")
    assert view.find_bar.isVisible()
    assert view.find_bar.hits == resnet50
    assert document.selection == resnet50[0]
    assert view.find_bar.count.text() == "1 of 2"
    spot = view.position_of(resnet50[0])
    assert spot is not None
    assert view.rect().contains(spot.toPoint())


def test_next_and_previous_go_round(
    qtbot: QtBot, view: GraphView, document: Document, resnet50: tuple[str, ...]
) -> None:
    type_in(qtbot, view, "layer3 conv s=2")
    for key, held, number in (
        (KEY.Key_Return, NONE, 1),
        (KEY.Key_Return, NONE, 0),
        (KEY.Key_Return, SHIFT, 1),
        (KEY.Key_F3, NONE, 0),
        (KEY.Key_F3, SHIFT, 1),
    ):
        qtbot.keyClick(view.find_bar.edit, key, held)
        assert document.selection == resnet50[number]
        assert view.find_bar.count.text() == f"{number + 1} of 2"


def test_next_goes_on_from_what_is_selected(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.set_spec(PRESETS["resnet50"].spec, "resnet50")
    type_in(qtbot, view, "add")
    document.select("layer3.2.conv1")
    assert view.find_bar.count.text() == "16 found"
    view.find_next()
    assert document.selection == "layer3.2.add"
    document.select("layer3.2.conv1")
    view.find_previous()
    assert document.selection == "layer3.1.add"


def test_escape_closes_and_gives_the_focus_back(qtbot: QtBot, view: GraphView, resnet50: tuple[str, ...]) -> None:
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    before = view.grab().toImage()
    type_in(qtbot, view, "layer4.2.conv")
    assert view.find_bar.edit.hasFocus()
    qtbot.keyClick(view.find_bar.edit, KEY.Key_Escape)
    assert not view.find_bar.isVisible()
    assert view.hasFocus()
    assert view.find_bar.hits == ()
    view._document.select(None)
    view.home()
    assert view.grab().toImage() == before, "nothing is lit any more"


def test_nothing_found_says_so_and_keeps_the_selection(
    qtbot: QtBot, view: GraphView, document: Document, resnet50: tuple[str, ...]
) -> None:
    document.select("layer1.0.conv2")
    type_in(qtbot, view, "9x9")
    assert view.find_bar.count.text() == "Nothing found"
    qtbot.keyClick(view.find_bar.edit, KEY.Key_Return)
    assert document.selection == "layer1.0.conv2"
    view.find_bar.edit.clear()
    assert view.find_bar.count.text() == ""


def test_a_hit_that_is_folded_away_is_unfolded_and_the_one_before_folded_back(
    qtbot: QtBot, view: GraphView, document: Document, resnet50: tuple[str, ...]
) -> None:
    view.look.set_fold(Fold("stage"))
    type_in(qtbot, view, "conv s=2 layer")
    seen = []
    for _ in range(len(view.find_bar.hits)):
        selected = document.selection
        assert selected is not None
        place = view.plan.place(selected)
        assert place is not None
        assert place.cell.layer_of(place.box) == selected, "a box of its own"
        assert view.rect().contains(view._camera.to_view(place.rect.cx, place.rect.cy).toPoint())
        assert len([cell for cell in view.plan.cells if not cell.body.boxes[0].parts]) == 1, "the others are folded"
        seen.append(selected)
        qtbot.keyClick(view.find_bar.edit, KEY.Key_F3)
    assert tuple(seen) == view.find_bar.hits


def test_a_hit_within_a_run_gets_its_own_box(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.set_spec(ResNetSpec("basic", (6,), 8, stem="cifar", classes=10, size=32), "run")
    view.look.set_fold(Fold("block", repeats=True))
    type_in(qtbot, view, "layer1.4.conv2")
    place = view.plan.place("layer1.4.conv2")
    assert place is not None
    assert place.cell.layer_of(place.box) == "layer1.4.conv2"


def test_all_hits_are_lit_on_boxes_and_on_cards(qtbot: QtBot, view: GraphView, document: Document) -> None:
    def amber() -> int:
        image = view.grab().toImage()
        colour = view._theme.palette.warning.lower()
        return sum(
            image.pixelColor(x, y).name() == colour for x in range(0, image.width(), 2) for y in range(image.height())
        )

    document.set_spec(PRESETS["resnet50"].spec, "resnet50")
    assert amber() == 0
    type_in(qtbot, view, "bn")
    open_ones = amber()
    assert open_ones > 100
    view.find_bar.leave()
    assert amber() == 0
    view.set_level("stage")
    type_in(qtbot, view, "fc")
    view.find_bar.edit.setText("add")
    assert amber() > 50


def test_an_edit_looks_again(qtbot: QtBot, view: GraphView, document: Document, resnet50: tuple[str, ...]) -> None:
    type_in(qtbot, view, "add")
    assert len(view.find_bar.hits) == 16
    document.set_spec(PRESETS["resnet18"].spec, "resnet18")
    assert len(view.find_bar.hits) == 8
    document.undo_stack.undo()
    assert len(view.find_bar.hits) == 16


def test_f3_without_a_bar_opens_it(qtbot: QtBot, view: GraphView) -> None:
    qtbot.keyClick(view, KEY.Key_F3)
    assert view.find_bar.isVisible()


def test_tab_leads_from_the_graph_to_the_bar_and_the_minimap(qtbot: QtBot, view: GraphView) -> None:
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    view.find()
    order = []
    view.setFocus()
    for _ in range(6):
        order.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
    assert order[0] is view
    assert order[1] is view.find_bar.edit
    assert order.index(view.minimap) > 1


def test_the_bar_stays_within_a_narrow_view(view: GraphView) -> None:
    view.resize(260, 300)
    view.find()
    assert view.rect().contains(view.find_bar.geometry())
