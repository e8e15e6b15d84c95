"""Two networks compared: chosen by hand or as a pair, read part by part, in step with the document."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from resviz.arch.diff.align import diff
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.gui.document import Document
from resviz.gui.panels.compare.model import Column, DiffModel, Row
from resviz.gui.panels.compare.pairs import pairs
from resviz.gui.panels.compare.panel import ComparePanel
from tests.strategies import specs

LEFT = Qt.MouseButton.LeftButton
PAIRS = {pair.name: pair for pair in pairs()}


@pytest.fixture
def document(qapp: object) -> Document:
    made = Document()
    made.set_spec(PRESETS["resnet34"].spec, "start")
    made.undo_stack.clear()
    return made


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> ComparePanel:
    shown = ComparePanel(document)
    qtbot.addWidget(shown)
    shown.resize(420, 520)
    shown.show()
    return shown


def names(panel: ComparePanel, parent: QModelIndex | None = None) -> list[str]:
    """The rows in the tree below a row."""
    above, model = parent or QModelIndex(), panel.model
    return [model.data(model.index(at, 0, above)) for at in range(model.rowCount(above))]  # type: ignore[misc]


def every(rows: list[Row]) -> list[Row]:
    return [each for row in rows for each in (row, *every(row.children()))]


def test_it_says_what_to_do_until_there_is_another_network(panel: ComparePanel) -> None:
    assert panel.empty.isVisible()
    assert not panel.stop.isEnabled()


@pytest.mark.qt_log_ignore("does not support raise", "grabbing the keyboard")
def test_a_preset_is_chosen_and_the_differences_listed(qtbot: QtBot, document: Document, panel: ComparePanel) -> None:
    qtbot.mouseClick(panel.with_button, LEFT)
    panel.popup.chosen.emit("resnet18")
    assert document.reference == PRESETS["resnet18"].spec
    assert (panel.a.text(), panel.b.text()) == ("ResNet-18", "ResNet-34")
    assert names(panel) == ["≠ layer1", "≠ layer2", "≠ layer3", "≠ layer4"]
    third = panel.model.index(2, 0)
    assert names(panel, third) == ["+ layer3.2 – 5"]
    assert panel.model.data(panel.model.index(2, Column.PARAMS)) == "+4.72 M"
    qtbot.mouseClick(panel.only, LEFT)
    assert names(panel) == ["stem", "≠ layer1", "≠ layer2", "≠ layer3", "≠ layer4", "head"]
    assert names(panel, panel.model.index(3, 0)) == ["layer3.0", "layer3.1", "+ layer3.2 – 5"]


def test_the_figures_are_those_of_the_reports(qtbot: QtBot, document: Document, panel: ComparePanel) -> None:
    document.set_reference(PRESETS["resnet18"].spec)
    qtbot.mouseClick(panel.view.button("figures"), LEFT)
    assert panel.totals.isVisible()
    said = [[cell.text() for cell in row] for row in panel.totals.cells]
    assert said[0] == ["18", "34", "+16", "+88.9 %"]
    assert said[1] == ["11.7 M", "21.8 M", "+10.1 M", "+86.5 %"]
    assert said[5] == ["435 px", "899 px", "+464 px", "×2.07"]
    assert "blocks: 2,2,2,2 → 3,4,6,3" in panel.gist.text()


def test_one_keeps_the_open_network_and_edits_it(qtbot: QtBot, document: Document, panel: ComparePanel) -> None:
    qtbot.mouseClick(panel.keep, LEFT)
    assert document.reference == document.spec
    assert names(panel) == []
    document.set_spec(parse("basic:3,4,6,3,shortcut=C"), "Shortcut")
    assert names(panel)
    document.undo_stack.undo()
    assert names(panel) == []


def test_swapping_is_undone_and_stopping_ends_it(qtbot: QtBot, document: Document, panel: ComparePanel) -> None:
    document.set_reference(PRESETS["resnet18"].spec)
    qtbot.mouseClick(panel.swap, LEFT)
    assert (document.reference, document.spec) == (PRESETS["resnet34"].spec, PRESETS["resnet18"].spec)
    document.undo_stack.undo()
    assert document.spec == PRESETS["resnet34"].spec
    qtbot.mouseClick(panel.stop, LEFT)
    assert document.reference is None
    assert panel.empty.isVisible()


def test_the_notation_of_a_may_be_typed(qtbot: QtBot, document: Document, panel: ComparePanel) -> None:
    document.set_reference(PRESETS["resnet18"].spec)
    panel.notation.line.setText("basic:2,2")
    qtbot.keyClick(panel.notation.line, Qt.Key.Key_Return)
    assert document.reference == parse("basic:2,2")
    panel.notation.line.setText("basic:")
    qtbot.keyClick(panel.notation.line, Qt.Key.Key_Return)
    assert document.reference == parse("basic:2,2")
    assert panel.notation.said.text()


def test_a_row_selects_its_layer_and_the_selection_its_row(
    qtbot: QtBot, document: Document, panel: ComparePanel
) -> None:
    document.set_reference(parse("basic:3,4,6,3,shortcut=A"))
    document.select("layer2.0.downsample.0")
    row = panel.model.row(panel.tree.currentIndex())
    assert row.facts.layer == "layer2.0.downsample.0"
    assert document.selection == "layer2.0.downsample.0"
    above = panel.tree.currentIndex().parent()
    panel.tree.setCurrentIndex(above.siblingAtColumn(0))
    assert document.selection == "layer2.0.relu2"
    document.select("layer1.0.conv1")  # the same in both: there is no row
    assert not panel.tree.selectionModel().hasSelection()


def test_a_block_within_a_run_selects_the_run(document: Document, panel: ComparePanel) -> None:
    document.set_reference(PRESETS["resnet18"].spec)
    document.select("layer3.4.conv2")
    at = panel.tree.currentIndex()
    row = panel.model.row(at)
    assert row.facts.name == "conv2" or row.facts.name.startswith("layer3.2")
    assert document.selection == "layer3.4.conv2"


def test_rows_are_copied_with_exact_figures(document: Document, panel: ComparePanel) -> None:
    document.set_reference(PRESETS["resnet18"].spec)
    panel.tree.clearSelection()
    panel.copy_rows.trigger()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0] == ["part", "status", "what", "params A", "params B", "MACs A", "MACs B"]
    stage = next(line for line in lines if line[0] == "layer4")
    assert stage[3:5] == ["8393728", "13114368"]


@pytest.mark.parametrize("name", PAIRS)
def test_every_pair_differs_and_undoes(name: str, document: Document, panel: ComparePanel) -> None:
    panel.take(PAIRS[name])
    assert document.reference is not None
    assert names(panel)
    document.undo_stack.undo()
    assert document.spec == PRESETS["resnet34"].spec


@given(specs())
@settings(max_examples=60, deadline=None)
def test_every_pair_can_be_made_of_any_network(spec: ResNetSpec) -> None:
    for pair in PAIRS.values():
        a, b = pair.of(spec)
        assert a != b, pair.name


def test_the_pairs_are_what_they_say() -> None:
    spec = PRESETS["resnet50"].spec
    plain, residual = PAIRS["plain"].of(spec)
    assert (plain.shortcut, residual) == ("none", spec)
    a, b = PAIRS["v1"].of(spec)
    assert (a.stride_in, b.stride_in) == ("1x1", "3x3")
    a, b = PAIRS["v2"].of(spec)
    assert (a.order, b.order) == ("post", "pre")
    assert [spec.shortcut for spec in PAIRS["BC"].of(spec)] == ["B", "C"]
    assert [spec.block for spec in PAIRS["blocks"].of(PRESETS["resnet18"].spec)] == ["basic", "bottleneck"]


@given(specs(), specs())
@settings(max_examples=80, deadline=None)
def test_the_tree_adds_up(a: ResNetSpec, b: ResNetSpec) -> None:
    found = diff(a, b)
    model = DiffModel()
    model.show(found, only=False)
    assert sum(row.facts.params.delta for row in model.roots) == found.totals.costs.params.delta
    for row in every(model.roots):
        inside = row.children()
        if inside and " – " not in row.facts.name:
            assert sum(one.facts.macs.delta for one in inside) == row.facts.macs.delta
    model.show(found, only=True)
    assert all(row.facts.status != "same" for row in every(model.roots))
    assert bool(model.roots) == found.rebuilt


def test_what_differs_is_told_in_full_below_the_table(document: Document, panel: ComparePanel) -> None:
    document.set_reference(PRESETS["resnet18"].spec)
    assert not panel.told.isVisible()
    panel.tree.setCurrentIndex(panel.model.index(2, 0))
    what = panel.model.data(panel.model.index(2, Column.WHAT))
    assert panel.told.isVisible()
    assert panel.told.text() == f"layer3: {what}"
    panel._show_sheet("figures")
    assert not panel.told.isVisible()
    panel._show_sheet("parts")
    assert panel.told.isVisible()
    document.select(None)
    assert not panel.told.isVisible()


def test_the_keys_go_up_from_a_block_to_its_stage(qtbot: QtBot, document: Document, panel: ComparePanel) -> None:
    document.set_reference(PRESETS["resnet18"].spec)
    panel.tree.setCurrentIndex(panel.model.index(0, 0, panel.model.index(2, 0)))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Up)
    assert panel.model.data(panel.tree.currentIndex()) == "≠ layer3"
    qtbot.keyClick(panel.tree, Qt.Key.Key_Up)
    assert panel.model.data(panel.tree.currentIndex()) == "+ layer2.2 – 3"
    assert document.selection is not None
    assert document.selection.startswith("layer2.2.")


def test_columns_of_figures_leave_room_for_words(document: Document, panel: ComparePanel) -> None:
    document.set_reference(PRESETS["resnet18"].spec)
    for column in (Column.PARAMS, Column.MACS):
        wide = panel.tree.fontMetrics().horizontalAdvance("+888.88 M")
        assert panel.tree.columnWidth(column) >= wide
    assert panel.tree.columnWidth(Column.WHAT) >= 120
    for column in Column:
        assert panel.model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
