"""The layer table, driven as a user drives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.analysis import CONVENTIONS, report
from resviz.arch.memory import intensity
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels import figures
from resviz.gui.panels.layers import columns as layer_columns
from resviz.gui.panels.layers.cells import short_id
from resviz.gui.panels.layers.columns import USUAL, Column
from resviz.gui.panels.layers.table import LayerTablePanel
from resviz.gui.settings import Settings

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
    shown = [column for column in Column if not panel.table.isColumnHidden(column) or column in USUAL]
    return [model.index(row, column).data() for column in shown]


def ids(panel: LayerTablePanel) -> list[str]:
    return [cells(panel, row)[0] for row in range(panel.table.model().rowCount())]


def click_row(qtbot: QtBot, panel: LayerTablePanel, layer: str) -> None:
    index = panel.model.index(panel.model.row_of(layer), 0)
    panel.table.scrollTo(index)
    qtbot.mouseClick(panel.table.viewport(), LEFT, pos=panel.table.visualRect(index).center())


def click_heading(qtbot: QtBot, panel: LayerTablePanel, column: Column) -> None:
    header = panel.table.horizontalHeader()
    panel.table.scrollTo(panel.model.index(0, column))
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
    hints = {c: panel.model.index(row, c).data(Qt.ItemDataRole.ToolTipRole) for c in Column}
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


# What was measured comes from the engine: see the tests of the box that asks for it.
@pytest.mark.parametrize("column", [column for column in Column if column != Column.MS])
def test_every_column_sorts(qtbot: QtBot, document: Document, panel: LayerTablePanel, column: Column) -> None:
    document.set_spec(parse("bottleneck:2,2,2,groups=2,output_stride=8"), "x")
    in_order = ids(panel)
    if column:
        panel.show_column(column, True)
    click_heading(qtbot, panel, column)
    assert sorted(ids(panel)) == sorted(in_order)
    values = [layer_columns.key(panel.model.facts, layer, column) for layer in panel.model.shown]
    assert values == sorted(values)
    click_heading(qtbot, panel, column)
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
        texts = {column: panel.model.index(row, column).data() for column in USUAL}
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


# --- columns that are chosen ---------------------------------------------------------------------------------

CHOSEN = {
    "Kernel": "3",
    "Stride": "2",
    "Padding": "2",
    "Dilation": "2",
    "Groups": "2",
    "Input shape": "8×8×8",
    "Buffers": "0",
    "Activation bytes": "512 B",
    "MACs per byte": "0.90",
    "Receptive field": "31",
    "Jump of the field": "8",
    "Start of the field": "-15",
}


def choose(panel: LayerTablePanel, *names: str) -> None:
    """Tick columns in the header's menu."""
    actions = {action.text(): action for action in panel.columns_menu().actions()}
    for name in names:
        actions[name].trigger()


def headings(panel: LayerTablePanel) -> list[str]:
    """The headings that show, left to right."""
    return [
        panel.model.headerData(column, Qt.Orientation.Horizontal)
        for column in Column
        if not panel.table.isColumnHidden(column)
    ]


def test_the_columns_menu_has_every_column_but_the_id(panel: LayerTablePanel) -> None:
    actions = {action.text(): action for action in panel.columns_menu().actions() if action.isCheckable()}
    assert len(actions) == len(Column) - 1
    assert [text for text, action in actions.items() if action.isChecked()] == [
        "Operator",
        "Output shape",
        "Parameters",
        "MACs",
    ]


def test_a_chosen_column_shows_what_the_report_says(document: Document, panel: LayerTablePanel) -> None:
    document.set_spec(parse("bottleneck:1,1,width=8,groups=2,size=16,stem_pool=none,output_stride=2"), "x")
    choose(panel, *CHOSEN)
    row = panel.model.row_of("layer2.0.conv2")
    layer, result = panel.model.shown[row], panel.model.report
    field = result.fields[layer.id]
    shown = dict(zip(headings(panel), cells(panel, row), strict=True))
    assert shown["Kernel"] == str(layer.kernel)
    assert (shown["Stride"], shown["Pad"], shown["Dil."]) == (
        str(layer.stride),
        str(layer.padding),
        str(layer.dilation),
    )
    assert shown["Groups"] == "2"
    assert shown["Input"] == "×".join(map(str, layer.in_shape))
    assert shown["Buffers"] == "0"
    assert shown["MACs/B"] == figures.ratio(intensity(layer))
    assert (shown["Field"], shown["Jump"], shown["Start"]) == (str(field.size), str(field.jump), str(field.start))
    add = dict(zip(headings(panel), cells(panel, panel.model.row_of("layer2.0.add")), strict=True))
    assert (add["Kernel"], add["Stride"], add["Pad"], add["Groups"]) == ("-", "-", "-", "-")


def test_a_chosen_column_is_copied_exactly_and_searched(qtbot: QtBot, panel: LayerTablePanel) -> None:
    choose(panel, "Input shape", "Activation bytes", "Parameters")
    qtbot.keyClicks(panel.filter, "3x32x32")
    assert ids(panel) == ["conv1"]
    qtbot.mouseClick(panel.copy_link, LEFT)
    assert QApplication.clipboard().text().splitlines() == [
        "Layer\tOperator\tInput\tOutput\tMACs\tBytes",
        "conv1\tconv 3×3\t3×32×32\t16×32×32\t442368\t65536",
    ]


def test_chosen_columns_have_sums_under_them(panel: LayerTablePanel) -> None:
    panel.resize(900, 500)
    choose(panel, "Buffers", "Activation bytes")
    result = panel.model.report
    assert panel.totals.sums[Column.BUFFERS].text() == f"{result.buffers:,}"
    assert panel.totals.sums[Column.BYTES].text() == "2.0 MB"
    assert f"{result.activation_bytes:,}" in panel.totals.sums[Column.BYTES].toolTip()
    header = panel.table.horizontalHeader()
    for column in (Column.BUFFERS, Column.MACS):
        label = panel.totals.sums[column]
        assert label.isVisible()
        assert label.x() + label.width() == header.sectionViewportPosition(column) + header.sectionSize(column)


def test_many_columns_scroll_sideways_and_the_sums_go_along(qtbot: QtBot, panel: LayerTablePanel) -> None:
    choose(panel, *CHOSEN)
    bar = panel.table.horizontalScrollBar()
    qtbot.waitUntil(bar.isVisible)
    header, params = panel.table.horizontalHeader(), panel.totals.params
    before = params.x()
    panel.table.scrollTo(panel.model.index(0, Column.PARAMS))
    right = header.sectionViewportPosition(Column.PARAMS) + header.sectionSize(Column.PARAMS)
    assert params.x() + params.width() == right < before
    bar.setValue(bar.maximum())
    assert not params.isVisible()  # it would lie over the count
    assert panel.totals.count.isVisible()
    choose(panel, "Usual columns")
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert headings(panel) == ["Layer", "Operator", "Output", "Params", "MACs"]


def test_columns_are_remembered(qtbot: QtBot, document: Document, tmp_path: Path) -> None:
    settings, jobs = Settings(tmp_path / "resviz.ini"), Jobs(document)
    first = LayerTablePanel(document, jobs, settings=settings)
    qtbot.addWidget(first)
    choose(first, "Jump of the field", "Operator")
    settings.save()
    second = LayerTablePanel(document, jobs, settings=Settings(tmp_path / "resviz.ini"))
    qtbot.addWidget(second)
    second.resize(600, 400)
    second.show()
    assert headings(second) == ["Layer", "Output", "Params", "MACs", "Jump"]
    jobs.close()


@pytest.mark.parametrize("found", ["", "nonsense", "jump,nonsense,,id"])
def test_remembered_columns_may_be_anything(document: Document, tmp_path: Path, qtbot: QtBot, found: str) -> None:
    settings, jobs = Settings(tmp_path / "resviz.ini"), Jobs(document)
    settings.put("layers/columns", found)
    panel = LayerTablePanel(document, jobs, settings=settings)
    qtbot.addWidget(panel)
    assert panel.model.columns == ((Column.ID, Column.JUMP) if "jump" in found else USUAL)
    jobs.close()


@pytest.mark.parametrize("column", list(Column))
def test_every_heading_says_what_it_is(panel: LayerTablePanel, column: Column) -> None:
    hint = panel.model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert panel.model.words[column].name in hint
    assert len(panel.model.words[column].hint) > 20


@pytest.mark.parametrize(
    ("column", "convention"),
    [
        (Column.PARAMS, "params"),
        (Column.BUFFERS, "params"),
        (Column.MACS, "macs"),
        (Column.BYTES, "activations"),
        (Column.INTENSITY, "intensity"),
        (Column.FIELD, "field"),
    ],
)
def test_headings_state_how_is_counted(panel: LayerTablePanel, column: Column, convention: str) -> None:
    assert CONVENTIONS[convention] in panel.model.words[column].hint


def test_a_field_of_paths_that_do_not_align_says_so(document: Document, panel: LayerTablePanel) -> None:
    document.set_spec(PRESETS["resnet50d"].spec, "x")
    result = panel.model.report
    apart = next(layer for layer in result.layers if layer.op == "add" and not result.fields[layer.id].aligned)
    hint = panel.model.index(panel.model.row_of(apart.id), Column.FIELD).data(Qt.ItemDataRole.ToolTipRole)
    assert "not concentric" in hint
    first = panel.model.index(0, Column.FIELD).data(Qt.ItemDataRole.ToolTipRole)
    assert first == "The first output of conv1.0 sees pixels -1 to 1, the next 2 further on"


@pytest.mark.parametrize(
    "name", ["resnet50_gn", "seresnextaa101d_32x8d", "ecaresnet50t", "resnetblur50", "resnet20-cifar"]
)
def test_every_operator_has_its_colour_and_is_found(
    qtbot: QtBot, document: Document, panel: LayerTablePanel, name: str
) -> None:
    document.set_spec(PRESETS[name].spec, name)
    assert not panel.grab().isNull()
    for op in {layer.op for layer in panel.model.report.layers}:
        panel.filter.setText(op)
        assert any(layer.op == op for layer in panel.model.shown)
