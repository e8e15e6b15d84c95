"""The graph under hand: zoom, pan, select, walk, fold, and staying in step with the document."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch import notation
from resviz.arch.layout.fold import Fold, Level
from resviz.arch.presets import PRESETS
from resviz.drawing.palette import DARK, LIGHT
from resviz.gui.document import Document
from resviz.gui.graph.facts import card
from resviz.gui.graph.view import GraphView
from resviz.gui.theme import Theme

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


def spot(view: GraphView, layer: str) -> QPoint:
    found = view.position_of(layer)
    assert found is not None
    return found.toPoint()


def wheel(view: GraphView, at: QPoint, turn: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def drag(qtbot: QtBot, view: GraphView, start: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
    qtbot.mousePress(view, button, pos=start)
    for part in (0.3, 0.6, 1.0):
        qtbot.mouseMove(view, start + (end - start) * part)
    qtbot.mouseRelease(view, button, pos=end)


def pixels(view: GraphView) -> QImage:
    return view.grab().toImage()


def test_opens_at_the_top_in_readable_size(view: GraphView) -> None:
    assert 0.66 <= view.zoom <= 1.1
    top = view.position_of("conv1")
    assert top is not None
    assert 0 < top.y() < 200


def test_click_selects_and_click_on_ground_clears(qtbot: QtBot, view: GraphView, document: Document) -> None:
    qtbot.mouseClick(view, LEFT, pos=spot(view, "layer1.0.conv2"))
    assert document.selection == "layer1.0.conv2"
    qtbot.mouseClick(view, LEFT, pos=QPoint(view.width() - 3, 3))
    assert document.selection is None


def test_a_press_on_a_layer_that_moves_is_a_pan(qtbot: QtBot, view: GraphView, document: Document) -> None:
    start = spot(view, "layer1.0.conv1")
    drag(qtbot, view, start, start + QPoint(-40, -60), LEFT)
    assert document.selection is None
    moved = spot(view, "layer1.0.conv1") - start
    assert moved == QPoint(-40, -60)


def test_the_middle_button_pans_anywhere(qtbot: QtBot, view: GraphView) -> None:
    start = spot(view, "layer1.0.conv1")
    drag(qtbot, view, start, start + QPoint(10, -50), MIDDLE)
    assert spot(view, "layer1.0.conv1") - start == QPoint(10, -50)


@pytest.mark.parametrize(
    "modifiers", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier], ids=["plain", "ctrl"]
)
def test_the_wheel_zooms_to_the_pointer(view: GraphView, modifiers: Qt.KeyboardModifier) -> None:
    at, before = spot(view, "layer1.1.conv1"), view.zoom
    wheel(view, at, QPoint(0, 120), modifiers)
    assert view.zoom > before
    assert (spot(view, "layer1.1.conv1") - at).manhattanLength() <= 2


def test_shift_and_wheel_scroll(view: GraphView) -> None:
    at, before = spot(view, "layer1.1.conv1"), view.zoom
    wheel(view, at, QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier)
    assert view.zoom == before
    assert spot(view, "layer1.1.conv1").y() < at.y()


def test_the_drawing_cannot_be_lost(view: GraphView) -> None:
    for _ in range(60):
        wheel(view, QPoint(10, 10), QPoint(0, 1200), Qt.KeyboardModifier.ShiftModifier)
    last = view.position_of("conv1")
    assert last is not None
    assert last.y() <= view.height()


def test_fit_shows_all_and_home_the_top(qtbot: QtBot, view: GraphView) -> None:
    with qtbot.waitSignal(view.scale_changed):
        view.fit()
    for layer in ("conv1", "layer4.1.relu2", "fc"):
        assert view.rect().contains(spot(view, layer))
    view.home()
    assert not view.rect().contains(spot(view, "fc"))


def test_zoom_keys(qtbot: QtBot, view: GraphView) -> None:
    before, control = view.zoom, Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(view, Qt.Key.Key_Plus, control)
    assert view.zoom > before
    qtbot.keyClick(view, Qt.Key.Key_Minus, control)
    assert view.zoom == pytest.approx(before)
    qtbot.keyClick(view, Qt.Key.Key_1)
    assert view.zoom == pytest.approx(1.0)
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert view.rect().contains(spot(view, "fc"))


def test_selection_from_elsewhere_is_scrolled_to_only_if_out_of_sight(view: GraphView, document: Document) -> None:
    before = spot(view, "conv1")
    document.select("layer1.0.conv1")
    assert spot(view, "conv1") == before
    document.select("layer4.1.conv2")
    assert view.rect().contains(spot(view, "layer4.1.conv2"))
    said = "layer4.1.conv2, conv 3×3, stride 1, padding 1, 128 × 4 × 4 to 128 × 4 × 4, 147,456 parameters"
    assert view.accessibleDescription().startswith(said)
    assert view.accessibleDescription().endswith("in block layer4.1, layer 62 of 68")


def test_a_selection_made_before_the_first_showing_is_in_sight(qtbot: QtBot, document: Document, theme: Theme) -> None:
    document.select("layer4.0.conv1")
    widget = GraphView(document, theme)
    qtbot.addWidget(widget)
    widget.resize(600, 500)
    widget.show()
    qtbot.waitExposed(widget)
    assert widget.rect().contains(spot(widget, "layer4.0.conv1"))


def test_selection_is_marked(view: GraphView, document: Document) -> None:
    before = pixels(view)
    document.select("layer1.0.conv1")
    after = pixels(view)
    edge = spot(view, "layer1.0.conv1") - QPoint(0, round((13 + 2.5) * view.zoom))
    assert before.pixelColor(edge) != after.pixelColor(edge)


def test_editing_the_spec_keeps_scale_and_place(view: GraphView, document: Document) -> None:
    wheel(view, QPoint(300, 300), QPoint(0, 240), Qt.KeyboardModifier.NoModifier)
    scale, at = view.zoom, spot(view, "layer1.0.conv1")
    document.set_spec(notation.parse("basic:3,2,2,2,width=16,stem=cifar,classes=10,size=32"), "edit")
    assert view.zoom == scale
    assert spot(view, "layer1.0.conv1") == at
    assert view.position_of("layer1.2.conv1") is not None
    document.undo_stack.undo()
    assert view.position_of("layer1.2.conv1") is None


def test_the_view_equals_one_made_afresh(qtbot: QtBot, view: GraphView, document: Document, theme: Theme) -> None:
    for name in ("resnet50", "plain18", "resnet20-cifar", "resnet18-w16-cifar", "resnet152", "resnet34"):
        document.set_spec(PRESETS[name].spec, name)
        view.grab()
    fresh = GraphView(document, theme)
    fresh.resize(view.size())
    qtbot.addWidget(fresh)
    assert pixels(view) == pixels(fresh)


def test_folding_keeps_the_selected_layer_in_place(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.select("layer3.0.conv1")
    wheel(view, QPoint(300, 300), QPoint(0, 1), Qt.KeyboardModifier.NoModifier)
    before = spot(view, "layer3.0.conv1")
    with qtbot.waitSignal(view.look.fold_changed):
        view.set_level("block")
    assert view.fold == Fold("block")
    assert abs(spot(view, "layer3.0.conv1").y() - before.y()) <= 1


def test_a_click_on_a_folded_block_selects_its_output(qtbot: QtBot, view: GraphView, document: Document) -> None:
    view.set_level("stage")
    qtbot.mouseClick(view, LEFT, pos=spot(view, "layer2.0.conv1"))
    assert document.selection == "layer2.1.relu2"


def test_the_tooltip_names_all_figures(qtbot: QtBot, view: GraphView) -> None:
    at = spot(view, "layer1.0.conv1")
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert view.card.isVisible()
    text = view.card.text()
    for fact in (
        "layer1.0.conv1",
        "conv 3×3",
        "16 × 32 × 32",
        "3×3×16×16 = 2,304",
        "2,304×32×32 = 2,359,296",
        "65,536 bytes (64 KiB)",
        "5 px",
    ):
        assert fact in text
    assert view.rect().contains(view.card.geometry())
    qtbot.mouseMove(view, QPoint(view.width() - 3, 3))
    assert not view.card.isVisible()


@pytest.mark.parametrize(
    ("text", "layer", "facts"),
    [
        ("resnext50_32x4d", "layer1.0.conv2", ["conv 3×3", "stride 1", "padding 1", "32 groups"]),
        ("resnet50,output_stride=8", "layer4.1.conv2", ["conv 3×3", "padding 4", "dilation 4"]),
        ("resnet50,attention=se", "layer1.0.se", ["se 256 → 16 → 256", "sigmoid", "scales each channel"]),
        ("resnet50,attention=eca", "layer1.0.se", ["eca k=5", "neighbours, 5 channels in all"]),
        ("resnet50,antialias=blur", "layer2.0.aa", ["blur 3×3, stride 2", "binomial", "Keeps every second pixel."]),
        ("resnet20-cifar", "layer2.0.downsample", ["pad", "Keeps every second pixel.", "16 channels of zeros"]),
    ],
)
def test_the_tooltip_says_what_a_layer_does(text: str, layer: str, facts: list[str]) -> None:
    said = card(notation.parse(text), layer, LIGHT).replace("<br>", " ")
    for fact in facts:
        assert fact in said


def test_the_theme_switches(view: GraphView, theme: Theme) -> None:
    corner = QPoint(view.width() - 2, 2)
    assert pixels(view).pixelColor(corner).name().upper() == LIGHT.ground
    theme.choice = "dark"
    theme.changed.emit()
    assert pixels(view).pixelColor(corner).name().upper() == DARK.ground


def test_the_minimap_moves_the_view_and_hides_when_all_fits(qtbot: QtBot, view: GraphView) -> None:
    minimap = view.minimap
    assert minimap.isVisible()
    qtbot.mouseClick(minimap, LEFT, pos=QPoint(minimap.width() // 2, minimap.height() - 10))
    assert view.rect().contains(spot(view, "fc"))
    view.set_level("stage")
    view.fit()
    assert not minimap.isVisible()


def test_very_far_out_and_very_near(view: GraphView, document: Document) -> None:
    document.set_spec(PRESETS["resnet1202-cifar"].spec, "deep")
    view.fit()
    assert view.zoom < 0.01
    ground = pixels(view).pixelColor(2, view.height() - 2)
    assert pixels(view).pixelColor(view.width() // 2, view.height() // 2) != ground
    for _ in range(20):
        wheel(view, QPoint(400, 300), QPoint(0, 1200), Qt.KeyboardModifier.NoModifier)
    assert view.zoom == 4.0
    view.grab()


@pytest.mark.parametrize("size", [(240, 200), (300, 900), (1400, 300)])
def test_odd_sizes(view: GraphView, size: tuple[int, int]) -> None:
    view.resize(*size)
    assert view.zoom > 0
    view.grab()


@pytest.mark.parametrize("level", ["stage", "block"])
def test_from_afar_a_fold_comes_near(view: GraphView, document: Document, level: Level) -> None:
    document.set_spec(PRESETS["resnet1202-cifar"].spec, "deep")
    view.fit()
    view.look.set_fold(Fold(level, repeats=True))
    bounds = view.plan.bounds
    assert view.zoom >= min(0.66, 0.99 * view.width() / bounds.w, 0.99 * (view.height() - 80) / bounds.h)
    assert view.position_of("conv1") is not None
    assert any(view.rect().contains(view.position_of(layer).toPoint()) for layer in ("conv1", "layer2.3.conv1", "fc"))


def test_where_it_is_narrow_the_legend_is_a_line_below(view: GraphView) -> None:
    view.resize(1100, 700)
    assert not view.legend_bar.isVisible()
    view.resize(520, 600)
    assert view.legend_bar.isVisible()
    assert view.legend_bar.geometry().bottom() == view.rect().bottom()
    view.home()
    assert view.minimap.geometry().bottom() < view.legend_bar.y()
    lower = view.legend_bar.y()
    assert all(caption.rect.top() < lower for caption in view._captions(view._camera))
    view.look.set_colour("macs")
    assert view.legend_bar.isVisible()
    assert "projection" in view.legend_bar.accessibleDescription()
