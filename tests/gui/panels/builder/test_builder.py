"""The builder, driven as a user drives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resviz.arch.analysis import CONVENTIONS
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.builder import panel as builder
from resviz.gui.panels.builder.panel import BuilderPanel
from resviz.gui.panels.builder.stepper import NumberField
from tests.gui.panels.desk import wheel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document()


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> Iterator[BuilderPanel]:
    jobs = Jobs(document)  # never started: the builder needs no engine
    shown = BuilderPanel(document, jobs)
    qtbot.addWidget(shown)
    shown.resize(280, 800)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    jobs.close()


def type_into(qtbot: QtBot, field: NumberField, text: str) -> None:
    """Replace a number and press Enter."""
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def rows(panel: BuilderPanel) -> list[tuple[str, int, str, str]]:
    """What the visible stage rows say."""
    return [
        (row.name.text(), row.stepper.value(), row.channels.text(), row.resolution.text())
        for row in panel.stages.rows
        if row.name.isVisible()
    ]


def test_it_shows_the_document(panel: BuilderPanel) -> None:
    assert panel.presets.shown_text() == "ResNet-18 · ¼ width · CIFAR stem"
    assert (panel.block.value(), panel.shortcut.value(), panel.stem.value()) == ("basic", "B", "cifar")
    assert rows(panel) == [
        ("layer1", 2, "16 ch", "32×32"),
        ("layer2", 2, "32 ch", "16×16"),
        ("layer3", 2, "64 ch", "8×8"),
        ("layer4", 2, "128 ch", "4×4"),
    ]
    numbers = {name: field.value() for name, field in panel.numbers.items()}
    assert numbers == {"width": 16, "classes": 10, "size": 32, "channels": 3}


def test_the_formula_and_the_totals(panel: BuilderPanel) -> None:
    assert panel.formula.formula.text() == "18 = 1 + 8×2 + 1"
    assert panel.formula.origin.text() == "stem + (2+2+2+2) blocks × 2 + fc"
    figures = [card.figure.text() for card in panel.totals.cards]
    assert figures == ["0.70 M", "35.0 M", "2.0 MB", "197 kB", "109 px", "4.88"]
    assert "701,466" in panel.totals.params.toolTip()
    assert "35,046,656" in panel.totals.macs.toolTip()
    assert "2,032,680" in panel.totals.activations.toolTip()
    assert "196,608" in panel.totals.peak.toolTip()
    assert "layer4.1.relu2" in panel.totals.field.toolTip()


@pytest.mark.parametrize(
    ("card", "convention"),
    [
        ("params", "params"),
        ("macs", "macs"),
        ("activations", "activations"),
        ("peak", "peak"),
        ("field", "field"),
        ("intensity", "intensity"),
    ],
)
def test_each_total_says_how_it_is_counted(panel: BuilderPanel, card: str, convention: str) -> None:
    said = getattr(panel.totals, card).accessibleDescription()
    assert CONVENTIONS[convention] in said.replace("\n", " ")


def test_the_class_changes_2222_to_3463(qtbot: QtBot, document: Document, panel: BuilderPanel) -> None:
    for stage, count in enumerate((3, 4, 6, 3)):
        type_into(qtbot, panel.stages.rows[stage].stepper.field, str(count))
    qtbot.mouseClick(panel.block.button("bottleneck"), LEFT)
    assert document.spec.blocks == (3, 4, 6, 3)
    assert panel.formula.formula.text() == "50 = 1 + 16×3 + 1"
    assert panel.formula.origin.text() == "stem + (3+4+6+3) blocks × 3 + fc"
    assert rows(panel)[3] == ("layer4", 3, "512 ch", "4×4")


def test_stepping_a_stage_is_one_undo_and_keeps_the_keyboard(
    qtbot: QtBot, document: Document, panel: BuilderPanel
) -> None:
    stepper = panel.stages.rows[1].stepper
    before = document.spec
    qtbot.mouseClick(stepper.plus, LEFT)
    for _ in range(3):
        qtbot.keyClick(stepper.field, Qt.Key.Key_Up)
    assert document.spec.blocks == (2, 6, 2, 2)
    assert stepper.field.hasFocus()
    assert document.undo_stack.undoText() == "Blocks of layer2"
    document.undo_stack.undo()
    assert document.spec == before
    assert stepper.value() == 2


@pytest.mark.parametrize("typed", ["0", "1001", "999999999", "-3"])
def test_a_block_count_that_no_stage_has_is_refused_in_words(
    qtbot: QtBot, document: Document, panel: BuilderPanel, typed: str
) -> None:
    field = panel.stages.rows[2].stepper.field
    before = document.spec
    type_into(qtbot, field, typed)
    assert document.spec == before
    assert field.text() == "2"
    assert panel.blocks_error.isVisible()
    assert panel.blocks_error.text() == f"A stage has 1 to 1000 blocks, not {typed}"
    assert not document.undo_stack.canUndo()


def test_a_refusal_goes_with_the_next_good_edit(qtbot: QtBot, document: Document, panel: BuilderPanel) -> None:
    type_into(qtbot, panel.numbers["width"], "0")
    assert panel.numbers_error.isVisible()
    assert "width" in panel.numbers_error.text().lower()
    type_into(qtbot, panel.numbers["width"], "24")
    assert not panel.numbers_error.isVisible()
    assert document.spec.width == 24


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("width", 64, "Width"),
        ("classes", 1000, "Classes"),
        ("size", 224, "Input"),
        ("channels", 1, "Channels"),
    ],
)
def test_numbers_are_typed(
    qtbot: QtBot, document: Document, panel: BuilderPanel, field: str, value: int, text: str
) -> None:
    with qtbot.waitSignal(document.spec_changed):
        type_into(qtbot, panel.numbers[field], str(value))
    assert getattr(document.spec, field) == value
    assert document.undo_stack.undoText() == text


def test_half_typed_numbers_change_nothing(qtbot: QtBot, document: Document, panel: BuilderPanel) -> None:
    field = panel.numbers["size"]
    field.setFocus()
    field.selectAll()
    with qtbot.assertNotEmitted(document.spec_changed):
        qtbot.keyClicks(field, "22")
    with qtbot.waitSignal(document.spec_changed):
        panel.numbers["width"].setFocus()
    assert document.spec.size == 22


def test_the_segments_edit_their_fields(qtbot: QtBot, document: Document, panel: BuilderPanel) -> None:
    before = document.spec
    qtbot.mouseClick(panel.shortcut.button("none"), LEFT)
    qtbot.mouseClick(panel.block.button("bottleneck"), LEFT)
    assert document.spec == replace(before, shortcut="none", block="bottleneck")
    assert document.undo_stack.undoText() == "Block"
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert (panel.shortcut.value(), panel.block.value()) == ("B", "basic")


def test_the_stem_is_chosen_with_keys_and_never_with_the_wheel(
    qtbot: QtBot, document: Document, panel: BuilderPanel
) -> None:
    panel.stem.setFocus()
    wheel(panel.stem, -1)
    assert document.spec.stem == "cifar"
    qtbot.keyClick(panel.stem, Qt.Key.Key_Down)
    assert document.spec.stem == "deep"
    assert document.undo_stack.undoText() == "Stem"
    document.undo_stack.undo()
    assert panel.stem.value() == "cifar"


def test_stages_are_added_and_removed(qtbot: QtBot, document: Document, panel: BuilderPanel) -> None:
    qtbot.mouseClick(panel.stages.add, LEFT)
    assert document.spec.blocks == (2, 2, 2, 2, 2)
    assert rows(panel)[4] == ("layer5", 2, "256 ch", "2×2")
    for _ in range(3):
        qtbot.mouseClick(panel.stages.add, LEFT)
    assert len(document.spec.blocks) == 8
    assert not panel.stages.add.isEnabled()
    for _ in range(7):
        qtbot.mouseClick(panel.stages.remove, LEFT)
    assert document.spec.blocks == (2,)
    assert not panel.stages.remove.isEnabled()
    assert "at least one" in panel.stages.remove.toolTip()


def test_adding_two_stages_is_two_steps_back(qtbot: QtBot, document: Document, panel: BuilderPanel) -> None:
    qtbot.mouseClick(panel.stages.add, LEFT)
    qtbot.mouseClick(panel.stages.add, LEFT)
    document.undo_stack.undo()
    assert len(document.spec.blocks) == 5


def test_a_spec_of_no_name_is_custom_until_it_has_one(document: Document, panel: BuilderPanel) -> None:
    spec = parse("basic:2,2,3,width=24")
    document.set_spec(spec, "x")
    assert panel.presets.shown_text() == "Custom · basic:2,2,3,width=24"
    document.set_spec(PRESETS["plain34"].spec, "y")
    assert panel.presets.shown_text() == "Plain-34"


def test_showing_a_spec_edits_nothing(document: Document, panel: BuilderPanel) -> None:
    for name in ("resnet152", "plain20-cifar", "resnet1202-cifar"):
        document.set_spec(PRESETS[name].spec, name)
    assert document.undo_stack.count() == 3
    assert document.spec == PRESETS["resnet1202-cifar"].spec
    assert panel.formula.formula.text() == "1202 = 1 + 600×2 + 1"


def test_tab_goes_through_the_zones_from_top_to_bottom(qtbot: QtBot, panel: BuilderPanel) -> None:
    panel.presets.setFocus()
    stops = [panel.presets]
    for _ in range(22):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        stops.append(QApplication.focusWidget())
    expected = [
        panel.presets,
        panel.block.button("basic"),
        *(row.stepper.field for row in panel.stages.rows[:4]),
        panel.stages.add,
        panel.stages.remove,
        panel.stage_shortcuts.link,
        panel.shortcut.button("B"),
        panel.stem,
        *panel.numbers.values(),
        *(section.header for section in panel.details.sections.values()),
        panel.notation.copy_link,
        panel.notation.line,
    ]
    assert [stops.index(widget) for widget in expected] == list(range(len(expected)))


def test_the_results_stay_in_sight_where_the_window_is_low(panel: BuilderPanel, qtbot: QtBot) -> None:
    panel.resize(280, 1200)
    qtbot.waitUntil(lambda: not panel.area.scrolls())
    assert not panel.totals.compact
    panel.resize(280, 480)
    qtbot.waitUntil(panel.area.scrolls)
    assert panel.totals.compact
    bottom = panel.totals.mapTo(panel, QPoint(0, panel.totals.height())).y()
    assert bottom <= panel.height()
    assert panel.area.widget().width() <= panel.area.viewport().width()


def test_a_wheel_that_scrolls_the_panel_steps_nothing_on_its_way(
    panel: BuilderPanel, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "SCROLL_REST_MS", 3_600_000)
    stepper = panel.stages.rows[0].stepper
    wheel(stepper.field, 1)
    assert document.spec.blocks[0] == 3  # nothing has scrolled yet
    panel.resize(280, 480)
    qtbot.waitUntil(panel.area.scrolls)
    wheel(panel.area.viewport(), -1)
    assert panel.area.verticalScrollBar().value() > 0
    wheel(stepper.field, 1)
    assert document.spec.blocks[0] == 3


def test_what_an_edit_takes_with_it_is_said_and_undone_with_it(
    qtbot: QtBot, document: Document, panel: BuilderPanel
) -> None:
    resnext = PRESETS["resnext50_32x4d"].spec
    document.set_spec(resnext, "x")
    qtbot.mouseClick(panel.block.button("basic"), LEFT)
    assert document.spec == parse("basic:3,4,6,3")
    assert panel.status.isVisible()
    assert panel.status.text() == "Groups and group width were reset to fit."
    document.undo_stack.undo()
    assert document.spec == resnext
    assert not panel.status.isVisible()
    qtbot.mouseClick(panel.block.button("basic"), LEFT)
    qtbot.mouseClick(panel.shortcut.button("C"), LEFT)
    assert not panel.status.isVisible()


def test_what_is_made_to_fit_says_its_new_value(qtbot: QtBot, document: Document, panel: BuilderPanel) -> None:
    document.set_spec(PRESETS["resnet50_gn"].spec, "x")
    type_into(qtbot, panel.numbers["width"], "24")
    assert (document.spec.width, document.spec.norm_groups) == (24, 8)
    assert panel.status.text() == "Norm groups became 8 to fit."


def test_text_that_wraps_squeezes_no_row(qtbot: QtBot, document: Document, panel: BuilderPanel) -> None:
    panel.resize(264, 500)
    before = panel.presets.height(), panel.block.height(), panel.stages.rows[0].stepper.height()
    type_into(qtbot, panel.numbers["width"], "99999")
    assert panel.numbers_error.isVisible()
    assert panel.numbers_error.height() >= panel.numbers_error.heightForWidth(panel.numbers_error.width())
    assert (panel.presets.height(), panel.block.height(), panel.stages.rows[0].stepper.height()) == before


def test_the_wheel_never_changes_the_preset(panel: BuilderPanel, document: Document) -> None:
    before = document.spec
    panel.presets.setFocus()
    wheel(panel.presets, -1)
    assert document.spec == before


def test_everything_one_can_reach_has_a_name_and_a_tooltip(panel: BuilderPanel, document: Document) -> None:
    document.set_spec(
        parse("bottleneck:2,2,groups=2,order=pre,attention=se,reduction=4,output_stride=4,dropout=0.5"), "x"
    )
    for section in panel.details.sections.values():
        section.set_open(True)
    for widget in panel.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.focusProxy():
            named = widget.accessibleName() or getattr(widget, "text", str)()
            assert named, widget
            parent = widget.parentWidget()
            assert widget.toolTip() or parent.toolTip() or parent.parentWidget().toolTip(), widget
