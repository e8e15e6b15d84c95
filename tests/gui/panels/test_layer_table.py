"""The layer table, driven as a user drives it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.analysis import report
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.layer_cells import short_id
from resviz.gui.panels.layer_model import Column
from resviz.gui.panels.layer_table import LayerTablePanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document()


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> Iterator[LayerTablePanel]:
    jobs = Jobs(document)
    shown = LayerTablePanel(document, jobs)
    qtbot.addWidget(shown)
    shown.resize(420, 500)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    jobs.close()


def cells(panel: LayerTablePanel, row: int) -> list[str]:
    """What the cells of a row say."""
    model = panel.table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def ids(panel: LayerTablePanel) -> list[str]:
    return [cells(panel, row)[0] for row in range(panel.table.model().rowCount())]


def click_row(qtbot: QtBot, panel: LayerTablePanel, layer: str) -> None:
    index = panel.model.index(panel.model.row_of(layer), 0)
    panel.table.scrollTo(index)
    qtbot.mouseClick(panel.table.viewport(), LEFT, pos=panel.table.visualRect(index).center())


def click_heading(qtbot: QtBot, panel: LayerTablePanel, column: Column) -> None:
    header = panel.table.horizontalHeader()
    middle = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(middle, header.height() // 2))


def totals(panel: LayerTablePanel) -> tuple[str, str, str]:
    return panel.totals.count.text(), panel.totals.params.text(), panel.totals.macs.text()


def test_it_shows_every_layer_in_order_of_execution(panel: LayerTablePanel, document: Document) -> None:
    assert ids(panel) == [layer.id for layer in report(document.spec).layers]
    assert cells(panel, 0) == ["conv1", "conv 3×3", "16×32×32", "432", "0.44 M"]
    row = panel.model.row_of("layer2.0.conv1")
    assert cells(panel, row) == ["layer2.0.conv1", "conv 3×3 s2", "32×16×16", "4,608", "1.18 M"]
    assert cells(panel, len(ids(panel)) - 1) == ["fc", "fc", "10", "1,290", "1.28 k"]


def test_the_totals_row_is_the_networks(panel: LayerTablePanel) -> None:
    assert totals(panel) == ("68 layers", "701,466", "35.0 M")
    assert "35,046,656" in panel.totals.macs.toolTip()


def test_figures_are_exact_in_tooltips(panel: LayerTablePanel) -> None:
    row = panel.model.row_of("layer4.1.conv2")
    hints = [panel.model.index(row, c).data(Qt.ItemDataRole.ToolTipRole) for c in Column]
    assert hints[Column.ID] == "layer4.1.conv2: conv 3×3, from 128×4×4 to 128×4×4"
    assert hints[Column.PARAMS] == "147,456 parameters, 21.0 % of the network's"
    assert hints[Column.MACS] == "2,359,296 MACs, 6.7 % of the network's"


@pytest.mark.parametrize(
    ("typed", "first", "count"),
    [
        ("3x3", "conv1", 17),
        ("conv", "conv1", 20),
        ("1×1 conv", "layer2.0.downsample.0", 3),
        ("LAYER2 add", "layer2.0.add", 2),
        ("32x16x16", "layer2.0.conv1", 16),
    ],
)
def test_the_filter_finds_by_id_operator_and_shape(
    qtbot: QtBot, panel: LayerTablePanel, typed: str, first: str, count: int
) -> None:
    qtbot.keyClicks(panel.filter, typed)
    assert ids(panel)[0] == first
    assert totals(panel)[0] == f"{count} of 68 layers"
    assert len(ids(panel)) == count
    shown = sum(layer.params for layer in panel.model.shown)
    assert totals(panel)[1] == f"{shown:,}"


def test_weighted_layers_are_those_of_the_formula(qtbot: QtBot, panel: LayerTablePanel) -> None:
    qtbot.mouseClick(panel.weighted, LEFT)
    assert totals(panel)[0] == "18 of 68 layers"
    assert not any("downsample" in layer for layer in ids(panel))
    qtbot.keyClicks(panel.filter, "layer3")
    assert totals(panel)[0] == "4 of 68 layers"


def test_no_match_says_so_and_how_to_go_back(qtbot: QtBot, panel: LayerTablePanel) -> None:
    qtbot.keyClicks(panel.filter, "attention")
    assert panel.empty.isVisible()
    assert panel.empty.text() == "No layer matches “attention”."
    assert totals(panel) == ("0 of 68 layers", "0", "0")
    qtbot.mouseClick(panel.clear_link, LEFT)
    assert panel.table.isVisible()
    assert totals(panel)[0] == "68 layers"
    assert panel.filter.hasFocus()


def test_escape_clears_the_filter_and_down_goes_to_the_rows(
    qtbot: QtBot, panel: LayerTablePanel, document: Document
) -> None:
    panel.filter.setFocus()
    qtbot.keyClicks(panel.filter, "fc")
    qtbot.keyClick(panel.filter, Qt.Key.Key_Down)
    assert panel.table.hasFocus()
    assert document.selection == "fc"
    panel.filter.setFocus()
    qtbot.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert len(ids(panel)) == 68
    assert document.selection == "fc"


def test_headings_sort_up_down_and_back(qtbot: QtBot, panel: LayerTablePanel) -> None:
    in_order = ids(panel)
    click_heading(qtbot, panel, Column.PARAMS)
    ascending = [layer.params for layer in panel.model.shown]
    assert ascending == sorted(ascending)
    click_heading(qtbot, panel, Column.PARAMS)
    assert ids(panel)[0] == "layer4.0.conv2"
    assert panel.model.headerData(Column.PARAMS, Qt.Orientation.Horizontal) == "Params ↓"
    click_heading(qtbot, panel, Column.PARAMS)
    assert ids(panel) == in_order


@pytest.mark.parametrize("column", list(Column))
def test_every_column_sorts(qtbot: QtBot, panel: LayerTablePanel, column: Column) -> None:
    in_order = ids(panel)
    click_heading(qtbot, panel, column)
    assert sorted(ids(panel)) == sorted(in_order)
    assert ids(panel) != in_order


def test_blocks_sort_by_their_number(document: Document, panel: LayerTablePanel) -> None:
    document.set_spec(parse("basic:12,width=4,stem=cifar,size=8"), "x")
    panel.table.sortByColumn(Column.ID, Qt.SortOrder.AscendingOrder)
    blocks = list(dict.fromkeys(layer.block for layer in panel.model.shown if layer.block))
    assert blocks == [f"layer1.{number}" for number in range(12)]


def test_a_click_selects_for_the_document(qtbot: QtBot, panel: LayerTablePanel, document: Document) -> None:
    with qtbot.waitSignal(document.selection_changed):
        click_row(qtbot, panel, "layer3.1.add")
    assert document.selection == "layer3.1.add"
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    assert document.selection == "layer3.1.relu2"


def test_the_documents_selection_comes_into_view_once(panel: LayerTablePanel, document: Document) -> None:
    heard: list[None] = []
    document.selection_changed.connect(lambda: heard.append(None))
    document.select("layer4.1.conv2")
    current = panel.table.currentIndex()
    assert current.data() == "layer4.1.conv2"
    assert panel.table.viewport().rect().contains(panel.table.visualRect(current))
    assert len(heard) == 1
    document.select(None)
    assert not panel.table.selectionModel().hasSelection()
    assert document.selection is None


def test_the_selection_outlives_filter_sort_and_edit(qtbot: QtBot, panel: LayerTablePanel, document: Document) -> None:
    document.select("layer2.0.conv1")
    panel.table.sortByColumn(Column.MACS, Qt.SortOrder.DescendingOrder)
    assert panel.table.currentIndex().data() == "layer2.0.conv1"
    qtbot.keyClicks(panel.filter, "fc")
    assert document.selection == "layer2.0.conv1"
    assert not panel.table.selectionModel().hasSelection()
    panel.clear_filter()
    assert panel.table.currentIndex().data() == "layer2.0.conv1"
    document.set_spec(PRESETS["resnet50"].spec, "x")
    assert panel.table.currentIndex().data() == "layer2.0.conv1"
    document.set_spec(parse("basic:2"), "y")
    assert document.selection is None
    assert not panel.table.selectionModel().hasSelection()


def test_an_edit_shows_the_new_network(document: Document, panel: LayerTablePanel) -> None:
    document.set_spec(PRESETS["resnet152"].spec, "x")
    assert totals(panel) == ("515 layers", "60,192,808", "11.5 G")
    document.undo_stack.undo()
    assert totals(panel)[0] == "68 layers"


def test_selected_rows_are_copied_as_tsv(qtbot: QtBot, panel: LayerTablePanel) -> None:
    click_row(qtbot, panel, "conv1")
    qtbot.keyClick(panel.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines == [
        "Layer\tOperator\tOutput\tParams\tMACs",
        "conv1\tconv 3×3\t16×32×32\t432\t442368",
        "bn1\tbn\t16×32×32\t32\t0",
    ]


def test_copy_table_takes_the_rows_shown(qtbot: QtBot, panel: LayerTablePanel) -> None:
    qtbot.keyClicks(panel.filter, "downsample.0")
    qtbot.mouseClick(panel.copy_link, LEFT)
    lines = QApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in lines] == [
        "Layer",
        "layer2.0.downsample.0",
        "layer3.0.downsample.0",
        "layer4.0.downsample.0",
    ]


def test_the_menu_copies_and_clears(qtbot: QtBot, panel: LayerTablePanel) -> None:
    actions = {action.text(): action for action in panel.menu().actions()}
    assert not actions["Clear the filter"].isEnabled()
    actions["Copy rows"].trigger()
    assert len(QApplication.clipboard().text().splitlines()) == 69
    qtbot.keyClicks(panel.filter, "fc")
    actions = {action.text(): action for action in panel.menu().actions()}
    actions["Copy table"].trigger()
    assert len(QApplication.clipboard().text().splitlines()) == 2
    actions["Clear the filter"].trigger()
    assert totals(panel)[0] == "68 layers"


@pytest.mark.parametrize("name", ["resnet18-w16-cifar", "resnet50", "resnet152", "resnet1202-cifar"])
@pytest.mark.parametrize("width", [330, 400, 430])
def test_columns_fill_the_width_and_clip_no_figure(
    panel: LayerTablePanel, document: Document, name: str, width: int
) -> None:
    document.set_spec(PRESETS[name].spec, name)
    panel.resize(width, 500)
    header, metrics = panel.table.horizontalHeader(), QFontMetrics(panel.table.font())
    assert header.length() <= panel.table.viewport().width()
    assert not panel.table.horizontalScrollBar().isVisible()
    for row in range(panel.model.rowCount()):
        texts = cells(panel, row)
        for column in (Column.OUTPUT, Column.PARAMS, Column.MACS):
            assert metrics.horizontalAdvance(texts[column]) <= header.sectionSize(column) - 12


def test_a_long_id_loses_what_says_least(panel: LayerTablePanel) -> None:
    metrics = QFontMetrics(panel.table.font())
    longest = "layer2.0.conv1"
    full = metrics.horizontalAdvance(longest)
    assert short_id(longest, longest, metrics, full) == longest
    assert short_id(longest, longest, metrics, full - 5) == "…2.0.conv1"
    assert short_id("conv1", longest, metrics, full - 5) == "conv1"


def test_eight_thousand_blocks_are_rows_and_no_widgets(document: Document, panel: LayerTablePanel) -> None:
    widgets = len(panel.findChildren(object))
    document.set_spec(parse("basic:" + ",".join(["1000"] * 8)), "x")
    assert totals(panel)[0] == "56021 layers"
    document.select("layer8.999.conv2")
    assert panel.table.currentIndex().row() == panel.model.row_of("layer8.999.conv2")
    assert len(panel.findChildren(object)) == widgets
