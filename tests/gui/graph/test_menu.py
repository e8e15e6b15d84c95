"""Editing on the graph itself: by its menu and by keys; what is refused, undone, selected and copied."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from resviz.arch.graph import network
from resviz.arch.layout.fold import LEVELS, Fold
from resviz.arch.notation import format_spec, parse
from resviz.arch.reading.keys import state_shapes
from resviz.arch.spec import ResNetSpec
from resviz.gui.document import Document, has_layer
from resviz.gui.graph.menu import GraphMenu, keys_of
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs
from resviz.gui.panels.builder.panel import BuilderPanel
from resviz.gui.theme import Theme
from tests.gui.graph.test_always_in_step import afresh

KEY, NONE = Qt.Key, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
#: Entries that the view adds.
OF_THE_VIEW = {"Unfold", "Fold", "Find…", "Whole network", "Switch off by clicking"}
START = ResNetSpec("basic", (2, 3, 2), 8, stem="cifar", classes=10, size=32)


@pytest.fixture
def view(qtbot: QtBot, document: Document, theme: Theme) -> GraphView:
    """A view one can edit on, in front."""
    document.set_spec(START, "start")
    document.undo_stack.clear()
    widget = GraphView(document, theme)
    widget.menu = GraphMenu(document, widget.look, widget)
    widget.resize(824, 750)
    widget.animation_ms = 0
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is widget)
    return widget


@pytest.fixture
def builder(qtbot: QtBot, document: Document) -> Iterator[BuilderPanel]:
    jobs = Jobs(document)  # never started
    shown = BuilderPanel(document, jobs)
    qtbot.addWidget(shown)
    shown.resize(300, 1000)
    shown.show()
    yield shown
    jobs.close()


def actions(menu: QMenu) -> Iterator[QAction]:
    """All entries, those of submenus among them."""
    for action in menu.actions():
        if action.menu() is not None:
            yield from actions(action.menu())
        elif not action.isSeparator():
            yield action


def entry(menu: QMenu, text: str) -> QAction:
    """The entry that says so, or else begins so."""
    exact = [action for action in actions(menu) if name_of(action) == text]
    return exact[0] if exact else next(action for action in actions(menu) if action.text().startswith(text))


def name_of(action: QAction) -> str:
    return action.text().partition("\t")[0]


def says(menu: QMenu) -> list[str]:
    return [name_of(action) for action in actions(menu)]


def keys_in(menu: QMenu) -> dict[str, str]:
    """The entries beside which a key stands, and the key."""
    said = (action.text().partition("\t") for action in actions(menu))
    return {name: key for name, _, key in said if key and name not in OF_THE_VIEW}


def choose(view: GraphView, part: str, text: str, layer: str | None = None) -> None:
    """Open the menu of a part and trigger an entry."""
    menu = view.menu_for(part, layer)
    entry(menu, text).trigger()
    menu.close()
    menu.deleteLater()


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "held", "blocks", "selected"),
    [
        (KEY.Key_D, CTRL, (2, 4, 2), "layer2.2.conv1"),
        (KEY.Key_Insert, NONE, (2, 4, 2), "layer2.2.conv1"),
        (KEY.Key_Delete, NONE, (2, 2, 2), "layer2.1.conv1"),
        (KEY.Key_Insert, SHIFT, (2, 3, 3, 2), "layer3.0.conv1"),
        (KEY.Key_Delete, SHIFT, (2, 2), "layer2.0.conv1"),
    ],
)
def test_keys_act_on_the_block_or_stage_of_the_selection(
    qtbot: QtBot,
    view: GraphView,
    document: Document,
    key: Qt.Key,
    held: Qt.KeyboardModifier,
    blocks: tuple[int, ...],
    selected: str,
) -> None:
    document.select("layer2.1.conv1")
    qtbot.keyClick(view, key, held)
    assert document.spec.blocks == blocks
    assert document.selection == selected
    assert view.plan == afresh(view, document)
    document.undo_stack.undo()
    assert document.spec == START
    assert not document.undo_stack.canUndo()


def test_on_a_folded_stage_the_keys_act_on_the_stage(qtbot: QtBot, view: GraphView, document: Document) -> None:
    view.look.set_fold(Fold("layer").put("layer2", "stage"))
    document.select("layer2.1.conv1")
    qtbot.keyClick(view, KEY.Key_D, CTRL)
    assert document.spec.blocks == (2, 3, 3, 2)
    assert document.selection == "layer3.0.conv1"
    qtbot.keyClick(view, KEY.Key_Delete)  # layer3 is open: of it, only a block goes
    assert document.spec.blocks == (2, 3, 2, 2)
    document.select("layer2.0.conv1")
    qtbot.keyClick(view, KEY.Key_Delete)
    assert document.spec.blocks == (2, 2, 2)


@pytest.mark.qt_log_ignore("does not support raise")
@pytest.mark.parametrize("layer", [None, "conv1", "fc"])
def test_keys_only_say_so_where_no_block_is_selected(
    qtbot: QtBot, view: GraphView, document: Document, layer: str | None
) -> None:
    document.select(layer)
    for key, held in ((KEY.Key_D, CTRL), (KEY.Key_Delete, NONE), (KEY.Key_Insert, SHIFT), (KEY.Key_Delete, SHIFT)):
        qtbot.keyClick(view, key, held)
        assert QToolTip.text() == "Select a block or a stage first."
        QToolTip.hideText()
    assert document.spec == START
    assert document.selection == layer


def test_a_run_of_equal_blocks_loses_and_wins_one(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.set_spec(parse("resnet152"), "deep")
    view.look.set_fold(Fold("block", repeats=True))
    document.select("layer3.7.conv2")
    qtbot.keyClick(view, KEY.Key_D, CTRL)
    assert document.spec.blocks == (3, 8, 37, 3)
    assert document.selection == "layer3.8.conv2"
    qtbot.keyClick(view, KEY.Key_Delete)
    qtbot.keyClick(view, KEY.Key_Delete)
    assert document.spec.blocks == (3, 8, 35, 3)
    assert document.selection == "layer3.8.conv2"


def test_each_press_undoes_alone(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.select("layer1.0.conv1")
    for _ in range(4):
        qtbot.keyClick(view, KEY.Key_D, CTRL)
    assert document.spec.blocks == (6, 3, 2)
    for left in (5, 4, 3, 2):
        document.undo_stack.undo()
        assert document.spec.blocks == (left, 3, 2)
    for blocks in (3, 4, 5, 6):
        document.undo_stack.redo()
        assert document.spec.blocks == (blocks, 3, 2)


def test_the_same_step_twice_is_two_steps(view: GraphView, document: Document) -> None:
    for blocks in (3, 4, 5):
        choose(view, "layer1.0", "Duplicate layer1.0")
        assert document.spec.blocks == (blocks, 3, 2)
    for blocks in (4, 3, 2):
        document.undo_stack.undo()
        assert document.spec.blocks == (blocks, 3, 2)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_last_block_and_the_last_stage_stay(qtbot: QtBot, view: GraphView, document: Document) -> None:
    document.set_spec(parse("basic:1,stem=cifar"), "one")
    document.select("layer1.0.conv2")
    qtbot.keyClick(view, KEY.Key_Delete)
    assert QToolTip.text() == "layer1 has only one block; remove the stage instead"
    qtbot.keyClick(view, KEY.Key_Delete, SHIFT)
    assert QToolTip.text() == "a ResNet has at least one stage"
    QToolTip.hideText()
    assert document.spec.blocks == (1,)
    assert document.selection == "layer1.0.conv2"


# --- the menu ---------------------------------------------------------------------------------------------------------


def test_a_block_has_its_own_entries_first(view: GraphView) -> None:
    menu = view.menu_for("layer2.1", "layer2.1.conv1")
    said = says(menu)
    assert said[:2] == ["Duplicate layer2.1", "Remove layer2.1"]
    assert {"Duplicate layer2", "Add a stage of one block after layer2", "Remove layer2"} <= set(said)
    assert {"Id: layer2.1.conv1", "Its keys in the state_dict", "Notation of the network"} <= set(said)


def test_a_key_stands_where_it_does_just_that(view: GraphView, document: Document) -> None:
    """Keys act on what is selected: of another part's menu they do something else."""
    assert keys_in(view.menu_for("layer2.1", None)) == {}
    document.select("layer2.1.conv1")
    of_stage = {"Duplicate layer2": "Shift+Ins", "Remove layer2": "Shift+Del"}
    both = {"Duplicate layer2.1": "Ctrl+D", "Remove layer2.1": "Del", **of_stage}
    assert keys_in(view.menu_for("layer2.1", "layer2.1.conv1")) == both
    assert keys_in(view.menu_for("layer2", None)) == of_stage  # the band: the stage is open
    assert keys_in(view.menu_for("layer2.0", None)) == of_stage
    assert keys_in(view.menu_for("layer3.0", None)) == {}
    view.look.set_fold(Fold("stage"))
    folded = {"Duplicate layer2": "Ctrl+D", "Remove layer2": "Del"}
    assert keys_in(view.menu_for("layer2", "layer2.1.conv1")) == folded
    assert keys_in(view.menu_for("layer1", None)) == {}


def test_of_a_run_the_menu_means_the_block_of_the_layer(view: GraphView, document: Document) -> None:
    document.set_spec(parse("resnet152"), "deep")
    view.look.set_fold(Fold("block", repeats=True))
    document.select("layer3.7.conv2")
    menu = view.menu_for("layer3.1", "layer3.7.conv2")
    assert says(menu)[:2] == ["Duplicate layer3.7", "Remove layer3.7"]
    assert keys_in(menu)["Duplicate layer3.7"] == "Ctrl+D"
    assert says(view.menu_for("layer3.1", None))[:2] == ["Duplicate layer3.1", "Remove layer3.1"]
    assert says(view.menu_for("layer3.0", "layer3.7.conv2"))[0] == "Duplicate layer3.0"
    choose(view, "layer3.1", "Duplicate layer3.7", "layer3.7.conv2")
    assert document.spec.blocks == (3, 8, 37, 3)
    assert document.selection == "layer3.8.conv2"


@pytest.mark.parametrize("part", ["", "stem", "head"])
def test_elsewhere_it_is_about_the_network(view: GraphView, document: Document, part: str) -> None:
    said = says(view.menu_for(part, None))
    assert said[:2] == ["Duplicate layer3", "Add a stage of one block after layer3"]
    assert not any(text.startswith("Remove") for text in said)
    choose(view, part, "Duplicate layer3")
    assert document.spec.blocks == (2, 3, 2, 2)
    assert document.selection is None
    choose(view, part, "C: project everywhere")
    assert document.spec.shortcut == "C"


@pytest.mark.parametrize(
    ("part", "text", "blocks", "selected"),
    [
        ("layer2.0", "Duplicate layer2.0", (2, 4, 2), "layer2.1.bn2"),
        ("layer2.1", "Remove layer2.1", (2, 2, 2), "layer2.1.bn2"),
        ("layer2.2", "Remove layer2.2", (2, 2, 2), "layer2.1.bn2"),
        ("layer2.1", "Duplicate layer2", (2, 3, 3, 2), "layer3.0.bn2"),
        ("layer2", "Add a stage of one block", (2, 3, 1, 2), "layer3.0.bn2"),
        ("layer2", "Remove layer2", (2, 2), "layer2.0.bn2"),
        ("layer3", "Remove layer3", (2, 3), "layer2.0.bn2"),
        ("layer1.0", "Remove layer1", (3, 2), "layer1.0.bn2"),
    ],
)
def test_what_an_entry_does_and_what_is_selected_then(
    view: GraphView, document: Document, part: str, text: str, blocks: tuple[int, ...], selected: str
) -> None:
    document.select("layer2.2.bn2")
    choose(view, part, text)
    assert document.spec.blocks == blocks
    assert document.selection == selected
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == entry_text(text, part)
    document.undo_stack.undo()
    assert document.spec == START


def entry_text(text: str, part: str) -> str:
    return f"{text} after {part}" if text.startswith("Add") else text.strip()


def test_what_cannot_be_is_grey_and_says_why(view: GraphView, document: Document) -> None:
    document.set_spec(parse("basic:1,1,1,1,1,1,1,1000,stem=cifar,width=2"), "full")
    menu = view.menu_for("layer1.0", None)
    assert reason(menu, "Remove layer1.0") == "layer1 has only one block; remove the stage instead"
    for text in ("Duplicate layer1", "Add a stage"):
        assert reason(menu, text) == "a ResNet has 1 to 8 stages, not 9"
    assert entry(menu, "Duplicate layer1.0").isEnabled()
    assert entry(menu, "Remove layer1").isEnabled()
    assert reason(view.menu_for("layer8.999", None), "Duplicate layer8.999") == "a stage has 1 to 1000 blocks, not 1001"
    document.set_spec(parse("basic:2,stem=cifar"), "one stage")
    assert reason(view.menu_for("layer1", None), "Remove layer1") == "a ResNet has at least one stage"


def reason(menu: QMenu, text: str) -> str:
    action = entry(menu, text)
    assert not action.isEnabled()
    assert menu.toolTipsVisible()
    return action.toolTip()


def test_a_stage_has_a_shortcut_of_its_own(view: GraphView, document: Document) -> None:
    def checked(part: str) -> list[str]:
        return [action.text()[0] for action in actions(view.menu_for(part, None)) if action.isChecked()]

    assert "Shortcut of layer2" in [action.text() for action in view.menu_for("layer2.1", None).actions()]
    assert checked("layer2") == ["B"]
    choose(view, "layer2", "A: pad")
    assert document.spec.shortcut == ("B", "A", "B")
    assert document.undo_stack.undoText() == "Shortcut of layer2: A"
    assert [checked(part) for part in ("layer1", "layer2.1", "layer3", "")] == [["B"], ["A"], ["B"], []]
    choose(view, "layer2.0", "A: pad")  # chosen already
    assert document.undo_stack.count() == 1
    choose(view, "layer3", "None: plain")
    assert document.spec.shortcut == ("B", "A", "none")
    document.undo_stack.undo()
    assert document.spec.shortcut == ("B", "A", "B")
    choose(view, "", "A: pad")
    assert document.spec.shortcut == "A"
    assert view.plan == afresh(view, document)


def test_what_is_copied(view: GraphView, document: Document) -> None:
    clip = QGuiApplication.clipboard()
    choose(view, "layer2.1", "Id:", "layer2.1.bn2")
    assert clip.text() == "layer2.1.bn2"
    choose(view, "layer2.1", "Its keys", "layer2.1.bn2")
    ends = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    assert clip.text().split("\n") == [f"layer2.1.bn2.{end}" for end in ends]
    choose(view, "layer2", "Id:")
    assert clip.text() == "layer2"
    choose(view, "", "Notation")
    assert parse(clip.text()) == START
    assert "Its keys in the state_dict" not in says(view.menu_for("layer2.1", "layer2.1.add"))
    assert not any(text.startswith("Id:") for text in says(view.menu_for("", None)))


@pytest.mark.parametrize(
    "text",
    [
        "resnet50",
        "resnet50d",
        "seresnet50",
        "resnet20-cifar",
        "resnet18,norm=group",
        "resnet18,attention=eca",
        "resnet50,order=pre",
        "resnet18,stem_pool=conv,antialias=blur",
    ],
)
def test_the_keys_of_all_layers_are_those_of_the_state_dict(text: str) -> None:
    spec = parse(text)
    assert [key for layer in network(spec).layers for key in keys_of(layer)] == list(state_shapes(spec))


# --- the mouse --------------------------------------------------------------------------------------------------------


def right_click(view: GraphView, at: QPoint) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_right_click_on_a_layer_selects_it_and_a_click_on_the_entry_does_it(
    qtbot: QtBot, view: GraphView, document: Document
) -> None:
    view.reveal("layer2.1.conv1")
    at = view.position_of("layer2.1.conv1")
    assert at is not None
    menu = right_click(view, at.toPoint())
    assert document.selection == "layer2.1.conv1"
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry(menu, "Duplicate layer2.1")).center())
    assert document.spec.blocks == (2, 4, 2)
    assert document.selection == "layer2.2.conv1"
    assert QApplication.activePopupWidget() is None


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_right_click_on_a_stages_band_is_about_the_stage(qtbot: QtBot, view: GraphView, document: Document) -> None:
    view.fit()
    band = next(band for band in view.plan.bands if band.id == "layer2")
    at = view._camera.rect_to_view(band.rect).topLeft().toPoint() + QPoint(3, 3)
    menu = right_click(view, at)
    assert says(menu)[0] == "Duplicate layer2"
    qtbot.keyClick(menu, KEY.Key_Escape)
    assert document.spec == START


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_on_the_network_beside_nothing_of_it_can_be_edited(qtbot: QtBot, view: GraphView, document: Document) -> None:
    """The reference may have stages that the network has not; what is done is done to the network."""
    document.set_reference(parse("basic:2,2,2,2,2,stem=cifar,width=8"))
    view.look.set_fold(Fold("block"))
    view.fit()
    beside = view.plan.beside
    assert beside is not None
    for cell in beside.cells:
        at = view._camera.rect_to_view(cell.rect).center().toPoint()
        menu = right_click(view, at)
        said = says(menu)
        assert not any(text.startswith("Remove") for text in said), cell.id
        assert said[0] == "Duplicate layer3"
        qtbot.keyClick(menu, KEY.Key_Escape)
    assert document.spec == START


# --- in step ----------------------------------------------------------------------------------------------------------


def check(view: GraphView, document: Document, builder: BuilderPanel, did: list[str]) -> None:
    spec = document.spec
    assert builder.notation.line.text() == format_spec(spec), did[-4:]
    shown = [row for row in builder.stages.rows if row.name.isVisibleTo(builder)]
    assert tuple(row.stepper.value() for row in shown) == spec.blocks, did[-4:]
    rows = builder.stage_shortcuts.rows
    options = [
        row.value() for row, name in zip(rows, builder.stage_shortcuts.names, strict=True) if not name.isHidden()
    ]
    assert options == [spec.shortcut_of(stage) for stage in range(len(spec.blocks))], did[-4:]
    assert builder.shortcut.value() == (spec.shortcut if isinstance(spec.shortcut, str) else None), did[-4:]
    assert view.plan == afresh(view, document), did[-4:]
    assert document.selection is None or has_layer(spec, document.selection), did[-4:]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_done_all_stay_in_step(
    qtbot: QtBot, view: GraphView, document: Document, builder: BuilderPanel, seed: int
) -> None:
    pick, did = Random(seed), [""]
    kept = [START]
    for _ in range(200):
        way = pick.choices(["menu", "undo", "redo", "fold", "select"], [10, 3, 2, 1, 2])[0]
        before, count = (document.spec, document.off), document.undo_stack.index()
        if way in ("undo", "redo"):
            getattr(document.undo_stack, way)()
        elif way == "fold":
            view.look.set_fold(Fold(pick.choice(LEVELS), repeats=pick.random() < 0.5))
        elif way == "select":
            document.select(pick.choice([None, *(layer.id for layer in network(document.spec).layers)]))
        else:
            part = pick.choice(["", *(cell.id for cell in view.plan.cells), *(band.id for band in view.plan.bands)])
            menu = view.menu_for(part, document.selection)
            doable = [one for one in actions(menu) if one.isEnabled() and name_of(one) not in OF_THE_VIEW]
            action = pick.choice([one for one in doable if not one.text().startswith("Fold")])
            did.append(f"{part}: {action.text()}")
            action.trigger()
            menu.deleteLater()
            changed = (document.spec, document.off) != before
            assert document.undo_stack.index() == count + changed
            if changed:
                document.undo_stack.undo()
                assert (document.spec, document.off) == before
                document.undo_stack.redo()
                kept.append(document.spec)
        did.append(way)
        check(view, document, builder, did)
    assert len(set(kept)) > 30
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert document.spec == START
    check(view, document, builder, did)
