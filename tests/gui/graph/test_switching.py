"""Switching off by hand: clicks, keys, menus; hatched on the drawing, undoable."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.layout.fold import Fold
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.drawing.palette import DARK, LIGHT, Palette
from resviz.gui.document import Document
from resviz.gui.graph.hatching import tag_texts
from resviz.gui.graph.menu import GraphMenu
from resviz.gui.graph.notes import Note
from resviz.gui.graph.view import GraphView
from resviz.gui.images_qt import to_pixels
from resviz.gui.theme import Theme
from resviz.ways import NOTHING_OFF, Off
from tests.gui.graph.test_view import drag, pixels, spot

LEFT = Qt.MouseButton.LeftButton
SPEC = parse("basic:2,3,width=8,stem=cifar,classes=10,size=32")


@pytest.fixture
def live(view: GraphView, document: Document) -> GraphView:
    document.set_spec(SPEC, "start")
    view.set_live(True)
    view.home()
    return view


def lane(view: GraphView, block: str) -> QPoint:
    """A point of a block's shortcut beside its card."""
    cell = view.plan.cell_of(f"{block}.add")
    assert cell is not None
    route = next(route for route in cell.body.routes if route.kind != "trunk")
    (x0, y0), (x1, y1) = route.points[1], route.points[2]
    at = 0.3 if len(route.points) > 3 else 0.5
    return view._camera.to_view(cell.x + x0 + (x1 - x0) * at, cell.y + y0 + (y1 - y0) * at).toPoint()


def click(qtbot: QtBot, view: GraphView, at: QPoint) -> None:
    qtbot.mouseClick(view, LEFT, pos=at)


@pytest.mark.parametrize("layer", ["conv1", "bn2", "add", "relu2"])
def test_a_click_on_any_layer_switches_the_branch_off_and_on(
    qtbot: QtBot, live: GraphView, document: Document, layer: str
) -> None:
    click(qtbot, live, spot(live, f"layer1.0.{layer}"))
    assert document.off == Off(frozenset({"layer1.0"}))
    assert document.selection is None
    click(qtbot, live, spot(live, f"layer1.0.{layer}"))
    assert document.off == NOTHING_OFF


def test_a_click_in_a_gap_of_the_card_means_the_block(qtbot: QtBot, live: GraphView, document: Document) -> None:
    place = live.plan.place("layer1.0.conv1")
    assert place is not None
    click(qtbot, live, live._camera.to_view(place.rect.x - 10, place.rect.y).toPoint())
    assert document.off.branches == {"layer1.0"}


def test_a_click_on_the_line_cuts_the_shortcut(qtbot: QtBot, live: GraphView, document: Document) -> None:
    click(qtbot, live, lane(live, "layer1.1"))
    assert document.off == Off(shortcuts=frozenset({"layer1.1"}))
    document.undo_stack.undo()
    assert document.off == NOTHING_OFF


def test_a_click_on_a_projection_cuts_its_shortcut(qtbot: QtBot, live: GraphView, document: Document) -> None:
    live.reveal("layer2.0.downsample.0")
    click(qtbot, live, spot(live, "layer2.0.downsample.0"))
    assert document.off == Off(shortcuts=frozenset({"layer2.0"}))


def test_a_click_elsewhere_selects_and_a_drag_pans(qtbot: QtBot, live: GraphView, document: Document) -> None:
    click(qtbot, live, spot(live, "conv1"))
    assert (document.selection, document.off) == ("conv1", NOTHING_OFF)
    start = spot(live, "layer1.0.conv1")
    drag(qtbot, live, start, start + QPoint(-30, -40), LEFT)
    assert document.off == NOTHING_OFF
    assert live.cursor().shape() == Qt.CursorShape.CrossCursor


def test_two_quick_clicks_leave_all_as_it_was(qtbot: QtBot, live: GraphView, document: Document) -> None:
    at, fold = spot(live, "layer1.0.conv1"), live.fold
    click(qtbot, live, at)
    qtbot.mouseDClick(live, LEFT, pos=at)
    qtbot.mouseRelease(live, LEFT, pos=at)
    assert document.off == NOTHING_OFF
    assert live.fold == fold


def test_a_folded_stage_switches_all_its_blocks(qtbot: QtBot, live: GraphView, document: Document) -> None:
    document.set_off(Off(frozenset({"layer2.1"})), "one")
    live.set_level("stage")
    live.home()
    click(qtbot, live, spot(live, "layer2.0.conv1"))
    assert document.off.branches == {"layer2.0", "layer2.1", "layer2.2"}
    assert document.undo_stack.undoText() == "Switch the branches of 3 blocks off"
    click(qtbot, live, spot(live, "layer2.0.conv1"))
    assert document.off == NOTHING_OFF


def test_a_run_of_equal_blocks_is_switched_as_one(qtbot: QtBot, live: GraphView, document: Document) -> None:
    live.look.set_fold(Fold("block", repeats=True))
    live.home()
    click(qtbot, live, spot(live, "layer2.1.conv1"))
    assert document.off.branches == {"layer2.1", "layer2.2"}


def test_the_network_beside_is_not_switched(qtbot: QtBot, live: GraphView, document: Document) -> None:
    document.set_reference(SPEC)
    live.home()
    beside = live.plan.beside
    assert beside is not None
    place = beside.place("layer1.0.conv1")
    assert place is not None
    click(qtbot, live, live._camera.to_view(place.rect.cx, place.rect.cy).toPoint())
    assert document.off == NOTHING_OFF
    click(qtbot, live, spot(live, "layer1.0.conv1"))
    assert document.off.branches == {"layer1.0"}


def test_a_plain_network_has_blocks_and_no_shortcuts(qtbot: QtBot, live: GraphView, document: Document) -> None:
    document.set_spec(parse("basic:2,2,width=8,shortcut=none,stem=cifar,classes=10,size=32"), "plain")
    assert live.banner.text().startswith("Click a block to take it out")
    qtbot.mouseMove(live, spot(live, "layer1.0.conv1"))
    assert live.banner.text().startswith("Take layer1.0 out")
    click(qtbot, live, spot(live, "layer1.0.conv1"))
    assert document.off.branches == {"layer1.0"}
    assert document.undo_stack.undoText() == "Take layer1.0 out"
    assert live.banner.text().startswith("Put layer1.0 back")
    said = [action.text() for action in live.menu_for("layer1.0", None).actions()]
    assert not any("shortcut of layer1.0" in text for text in said)


# --- keys -------------------------------------------------------------------------------------------------------------


def test_delete_switches_off_only_while_one_switches(qtbot: QtBot, live: GraphView, document: Document) -> None:
    live.menu = GraphMenu(document, live.look, live)
    live.setFocus()
    document.select("layer2.1.conv2")
    qtbot.keyClick(live, Qt.Key.Key_Delete)
    assert document.off == Off(frozenset({"layer2.1"}))
    qtbot.keyClick(live, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert document.off == Off(frozenset({"layer2.1"}), frozenset({"layer2.1"}))
    assert document.spec == SPEC
    live.set_live(False)
    qtbot.keyClick(live, Qt.Key.Key_Delete)
    assert document.spec.blocks == (2, 2)


def test_l_enters_and_escape_leaves_before_it_deselects(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.select("layer1.0.conv1")
    qtbot.keyClick(view, Qt.Key.Key_L)
    assert view.look.live
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.look.live
    assert document.selection == "layer1.0.conv1"
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert document.selection is None


@pytest.mark.parametrize("on", [True, False])
def test_a_windows_escape_does_not_come_first_while_one_switches(live: GraphView, on: bool) -> None:
    live.set_live(on)
    event = QKeyEvent(QKeyEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(live, event)
    assert event.isAccepted() is on


# --- what is said -----------------------------------------------------------------------------------------------------


def test_the_banner_says_what_a_click_does_now(qtbot: QtBot, live: GraphView, document: Document) -> None:
    assert live.banner.isVisible()
    assert "Click a block" in live.banner.text()
    qtbot.mouseMove(live, spot(live, "layer1.0.conv1"))
    assert live.banner.text().startswith("Switch the residual branch of layer1.0 off")
    click(qtbot, live, spot(live, "layer1.0.conv1"))
    assert live.banner.text().startswith("Switch the residual branch of layer1.0 on")
    qtbot.mouseMove(live, lane(live, "layer1.1"))
    assert live.banner.text().startswith("Cut the shortcut of layer1.1")
    live.set_live(False)
    assert not live.banner.isVisible()


@pytest.mark.parametrize("width", [240, 420, 824, 1600])
def test_the_banner_fits_and_covers_no_mark_of_the_drawing_at_first(live: GraphView, width: int) -> None:
    live.resize(width, 600)
    live.home()
    assert live.rect().contains(live.banner.geometry())
    assert "Esc" in live.banner.text()
    pill = live.plan.cells[0].body.pills[0].rect.moved(live.plan.cells[0].x, live.plan.cells[0].y)
    assert live._camera.rect_to_view(pill).top() > live.banner.geometry().bottom()


def test_all_fits_below_the_banner(live: GraphView) -> None:
    live.fit()
    for edge in (live.plan.bounds.y, live.plan.bounds.bottom):
        assert live.banner.geometry().bottom() - 1 <= live._camera.to_view(0, edge).y() <= live.height()


@pytest.mark.parametrize("is_live", [True, False])
def test_the_menu_of_a_block_switches_it(live: GraphView, document: Document, is_live: bool) -> None:
    live.set_live(is_live)
    menu = live.menu_for("layer2.0", "layer2.0.conv1")
    texts = {action.text().partition("\t")[0]: action for action in menu.actions()}
    texts["Cut the shortcut of layer2.0"].trigger()
    texts["Switch the residual branch of layer2.0 off"].trigger()
    assert document.off == Off(frozenset({"layer2.0"}), frozenset({"layer2.0"}))
    assert "Switch everything on" not in texts
    texts = {action.text().partition("\t")[0]: action for action in live.menu_for("layer2", None).actions()}
    assert "Switch the branches of 3 blocks off" in texts
    texts["Switch everything on"].trigger()
    assert document.off == NOTHING_OFF


def test_keys_beside_entries_are_those_that_do_just_this(live: GraphView, document: Document) -> None:
    live.menu = GraphMenu(document, live.look, live)
    document.select("layer2.1.conv1")

    def keys() -> dict[str, str]:
        said = (action.text().partition("\t") for action in live.menu_for("layer2.1", "layer2.1.conv1").actions())
        return {name: key for name, _, key in said if "Del" in key}

    assert keys() == {"Switch the residual branch of layer2.1 off": "Del", "Cut the shortcut of layer2.1": "Shift+Del"}
    live.set_live(False)
    assert keys() == {"Remove layer2.1": "Del", "Remove layer2": "Shift+Del"}


def test_tags() -> None:
    assert tag_texts(1, 1, 0, 0) == ("off",)
    assert tag_texts(3, 2, 1, 4) == ("2 of 3 off", "1 of 3 cut", "4 channels off")
    assert tag_texts(1, 0, 1, 1) == ("shortcut cut", "1 channel off")


# --- what is painted --------------------------------------------------------------------------------------------------


def reds(image: QImage, palette: Palette) -> int:
    """How many dots of a picture are in the colour of what is off, more or less."""
    seen = to_pixels(image)[..., :3].astype(int)
    return int((np.abs(seen - QColor(palette.removed).getRgb()[:3]).sum(2) < 60).sum())


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("level", ["layer", "block", "stage"])
@pytest.mark.parametrize("direction", ["down", "right"])
def test_what_is_off_is_seen_in_every_drawing(
    view: GraphView, document: Document, theme: Theme, name: str, level: str, direction: str
) -> None:
    document.set_spec(SPEC, "start")
    theme.set_choice(name)
    view.look.set_direction("right" if direction == "right" else "down")
    view.set_level(level)
    view.fit()
    palette = DARK if name == "dark" else LIGHT
    plain = reds(pixels(view), palette)
    for off in (
        Off(frozenset({"layer1.0"})),
        Off(shortcuts=frozenset({"layer1.1"})),
        Off(frozenset({"layer2.0", "layer2.1", "layer2.2"})),
    ):
        document.set_off(off, "off")
        assert reds(pixels(view), palette) > plain + 4, off
    document.set_off(NOTHING_OFF, "on")
    assert reds(pixels(view), palette) == plain


def test_a_network_of_hundreds_of_blocks_seen_whole_shows_what_is_off(view: GraphView, document: Document) -> None:
    document.set_spec(PRESETS["resnet1202-cifar"].spec, "deep")
    view.fit()
    before = pixels(view)
    document.set_off(Off(frozenset(f"layer2.{block}" for block in range(200))), "off")
    assert pixels(view) != before


def test_while_one_presents_too(view: GraphView, document: Document) -> None:
    document.set_spec(SPEC, "start")
    document.select("layer1.0.conv1")
    view.set_presenting(True)
    before = pixels(view)
    document.set_off(Off(frozenset({"layer1.0"})), "off")
    assert pixels(view) != before
    assert "The residual branch is off" in view.card.text()
    assert "only what F(x) would have added is lost" in view.card.text().replace("<br>", " ")


def test_the_legend_names_it_only_then(view: GraphView, document: Document) -> None:
    def said() -> list[str]:
        return [line.text for line in view.legend_bar._entries if isinstance(line, Note)]

    assert said() == []
    document.set_off(Off(frozenset({"layer1.0"}), channels=frozenset({("conv1", 1)})), "off")
    assert said() == ["switched off", "has channels off"]
    document.set_off(Off(shortcuts=frozenset({"layer1.0"})), "cut")
    assert said() == ["shortcut is cut"]


def test_a_channel_that_is_off_frames_its_layer(view: GraphView, document: Document) -> None:
    before = pixels(view)
    document.set_off(Off(channels=frozenset({("conv1", 3)})), "off")
    at = spot(view, "conv1")
    place = view.plan.place("conv1")
    assert place is not None
    edge = QPointF(at) - QPointF(place.rect.w / 2 * view.zoom + 12, 24)
    size = (round(place.rect.w * view.zoom + 24), 48)
    area = (round(edge.x()), round(edge.y()), *size)
    assert pixels(view).copy(*area) != before.copy(*area)


# --- layers of plain blocks -------------------------------------------------------------------------------------------

PLAIN = parse("basic:2,2,width=8,shortcut=none,stem=cifar,classes=10,size=32")


@pytest.mark.parametrize("part", ["conv2", "bn2", "relu2"])
def test_a_layer_of_a_plain_block_is_taken_out_from_the_menu(live: GraphView, document: Document, part: str) -> None:
    document.set_spec(PLAIN, "plain")
    layer = f"layer1.0.{part}"
    document.select(layer)
    texts = {action.text(): action for action in live.menu_for("layer1.0", layer).actions()}
    texts["Take layer1.0.conv2 out, with its norm and activation\tShift+Del"].trigger()
    assert document.off == Off(layers=frozenset({"layer1.0.conv2"}))
    texts = {action.text(): action for action in live.menu_for("layer1.0", layer).actions()}
    texts["Put layer1.0.conv2 back, with its norm and activation\tShift+Del"].trigger()
    assert document.off == NOTHING_OFF


def test_of_a_residual_block_no_layer_is_taken_out(live: GraphView) -> None:
    said = [action.text() for action in live.menu_for("layer1.0", "layer1.0.conv2").actions()]
    assert not any("with its norm" in text for text in said)


def test_shift_delete_is_for_the_layer_where_there_is_no_shortcut(
    qtbot: QtBot, live: GraphView, document: Document
) -> None:
    document.set_spec(PLAIN, "plain")
    live.setFocus()
    document.select("layer2.1.conv1")
    qtbot.keyClick(live, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert document.off == Off(layers=frozenset({"layer2.1.conv1"}))
    document.select("layer2.1.bn2")
    qtbot.keyClick(live, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(live, Qt.Key.Key_Delete)
    assert document.off == Off(frozenset({"layer2.1"}), layers=frozenset({"layer2.1.conv1", "layer2.1.conv2"}))
    document.set_spec(SPEC, "residual")
    assert document.off == Off(frozenset({"layer2.1"}))


@pytest.mark.parametrize("level", ["layer", "block", "stage"])
@pytest.mark.parametrize("order", ["post", "pre"])
def test_a_layer_that_is_out_is_seen(view: GraphView, document: Document, level: str, order: str) -> None:
    document.set_spec(parse(f"basic:2,2,width=8,order={order},shortcut=none,stem=cifar,classes=10,size=32"), "plain")
    view.set_level(level)
    before = reds(pixels(view), LIGHT)
    document.set_off(Off(layers=frozenset({"layer1.0.conv1"})), "off")
    assert reds(pixels(view), LIGHT) > before + 4
    assert [line.text for line in view.legend_bar._entries if isinstance(line, Note)] == ["switched off"]
