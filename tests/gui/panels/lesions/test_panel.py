"""The list of what is off and the table of a sweep: undoable, sortable, honest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.off_words import passages, without_both
from resviz.gui.panels.lesions import LesionPanel
from resviz.gui.panels.lesions.rows import Column
from resviz.gui.settings import Settings
from resviz.ways import NOTHING_OFF, Off
from tests.gui.panels.desk import LABELS, PICTURE, PREDICTION, SPEC, UNTRAINED, built, deliver, desk

ALL = Off(frozenset({"layer2.0", "layer1.1"}), frozenset({"layer3.0"}), frozenset({("layer1.0.conv1", 3)}))
BLOCKS = list(passages(SPEC))


def row(block: str, after: float, then: str = "cat") -> m.LesionRow:
    return m.LesionRow(block, passages(SPEC)[block].kind, 0.7, after, "cat", then)


ROWS = tuple(row(block, 0.05 + 0.1 * number) for number, block in enumerate(BLOCKS))


@pytest.fixture
def on_desk(qapp: object) -> Iterator[tuple[Document, Jobs]]:
    document, jobs = desk()
    yield document, jobs
    jobs.close()


@pytest.fixture
def panel(qtbot: QtBot, on_desk: tuple[Document, Jobs], tmp_path: Path) -> LesionPanel:
    document, jobs = on_desk
    panel = LesionPanel(document, jobs, Settings(tmp_path / "resviz.ini"), Look())
    qtbot.addWidget(panel)
    panel.resize(400, 560)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def sent(panel: LesionPanel) -> m.Sweep:
    request = panel.run.task.request
    assert isinstance(request, m.Sweep)
    return request


def swept(qtbot: QtBot, panel: LesionPanel, rows: tuple[m.LesionRow, ...] = ROWS, trained: bool = True) -> m.Sweep:
    """Sweep the picture; returns the request."""
    panel.document.set_image(PICTURE)
    qtbot.mouseClick(panel.picture, Qt.MouseButton.LeftButton)
    request = sent(panel)
    deliver(panel.jobs, m.Swept(request.id, rows, trained))
    return request


# --- what is off ------------------------------------------------------------------------------------------------------


def names(panel: LesionPanel) -> list[str]:
    return [part.name for part in panel.parts.parts]


def press_cross(qtbot: QtBot, panel: LesionPanel, at: int) -> None:
    where = panel.list.visualRect(panel.parts.index(at, 2)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_all_that_is_off_is_listed_and_goes_on_again_one_by_one(qtbot: QtBot, panel: LesionPanel) -> None:
    document = panel.document
    assert panel.empty.isVisible()
    assert not panel.list.isVisible()
    document.set_off(ALL, "all")
    assert names(panel) == ["layer1.1 branch", "layer2.0 branch", "layer3.0 shortcut", "layer1.0.conv1 channel 3"]
    assert not panel.empty.isVisible()
    press_cross(qtbot, panel, 2)
    assert document.off == replace(ALL, shortcuts=frozenset())
    press_cross(qtbot, panel, 0)
    assert document.off.branches == {"layer2.0"}
    document.undo_stack.undo()
    assert document.off.branches == {"layer2.0", "layer1.1"}
    qtbot.mouseClick(panel.all_on, Qt.MouseButton.LeftButton)
    assert document.off == NOTHING_OFF
    assert panel.empty.isVisible()


def test_delete_in_the_list_switches_on(qtbot: QtBot, panel: LesionPanel) -> None:
    panel.document.set_off(ALL, "all")
    panel.list.setFocus()
    panel.list.selectRow(1)
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert panel.document.off.branches == {"layer1.1"}


def test_a_part_is_selected_in_the_graph(qtbot: QtBot, panel: LesionPanel) -> None:
    panel.document.set_off(ALL, "all")
    for at, layer in ((1, "layer2.0.relu2"), (3, "layer1.0.conv1")):
        where = panel.list.visualRect(panel.parts.index(at, 0)).center()
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
        assert panel.document.selection == layer


def test_every_part_says_what_stays(panel: LesionPanel) -> None:
    panel.document.set_off(ALL, "all")
    said = [part.stays for part in panel.parts.parts]
    assert said[0] == "x goes on as it came; only what F(x) would have added is lost."
    assert "only through the 1×1 convolution" in said[1]
    assert "Only F(x) goes on" in said[2]
    tip = panel.parts.data(panel.parts.index(1, 1), Qt.ItemDataRole.ToolTipRole)
    assert isinstance(tip, str)
    assert "16 × 32 × 32 → 32 × 16 × 16" in tip


def test_a_long_list_scrolls(panel: LesionPanel) -> None:
    panel.document.set_off(Off(frozenset(BLOCKS), frozenset(BLOCKS)), "all")
    assert panel.list.height() <= 5 * 26
    assert panel.table.isHidden()


@pytest.mark.parametrize("prediction", [PREDICTION, UNTRAINED])
def test_before_and_after_side_by_side(panel: LesionPanel, prediction: m.Prediction) -> None:
    off = Off(frozenset({"layer2.0"}))
    panel.document.set_image(PICTURE)
    panel.document.set_off(off, "off")
    assert not panel.effect.isVisible()
    whole = m.Answer(SPEC, (m.Score("dog", 5, 0.9),), labels=LABELS, trained=True)
    deliver(panel.jobs, replace(prediction, off=off, whole=whole))
    if prediction.trained:
        assert panel.effect.text() == "Whole network: dog 90.0 %. Now: cat 70.0 %."
    else:
        assert panel.effect.text() == "untrained: predictions mean nothing"
    panel.document.set_off(NOTHING_OFF, "on")
    assert not panel.effect.isVisible()


def test_the_mode_is_the_looks(qtbot: QtBot, panel: LesionPanel) -> None:
    qtbot.mouseClick(panel.live, Qt.MouseButton.LeftButton)
    assert panel.look.live
    panel.look.set_live(False)
    assert not panel.live.isChecked()


def test_the_hint_says_what_is_to_do_now(qtbot: QtBot, panel: LesionPanel) -> None:
    assert "Turn “Switch off by click” on, then click a block or a shortcut's line" in panel.empty.text()
    qtbot.mouseClick(panel.live, Qt.MouseButton.LeftButton)
    assert panel.empty.text() == "Nothing is switched off. Click a block or a shortcut's line in the graph, and it is."
    panel.document.set_spec(replace(SPEC, shortcut="none"), "plain")
    assert panel.empty.text() == "Nothing is switched off. Click a block in the graph, and it is."


def test_a_sweep_says_what_was_off_all_the_while(qtbot: QtBot, panel: LesionPanel) -> None:
    panel.document.set_off(Off(frozenset({"layer4.1"})), "off")
    swept(qtbot, panel)
    assert panel.says.text() == "cat 70.0 %; the least without layer1.0: 5.0 %. All the while layer4.1 is off."
    panel.document.set_off(NOTHING_OFF, "on")
    assert "All the while layer4.1 is off. This was before something changed" in panel.says.text()


def test_a_part_that_the_network_has_no_more_is_not_listed(panel: LesionPanel) -> None:
    panel.document.set_off(Off(frozenset({"layer4.1"})), "off")
    panel.document.set_spec(replace(SPEC, blocks=(2, 2, 2)), "shorter")
    assert names(panel) == []
    panel.document.undo_stack.undo()
    assert names(panel) == ["layer4.1 branch"]


# --- sweeps -----------------------------------------------------------------------------------------------------------


def test_a_sweep_needs_a_picture(panel: LesionPanel) -> None:
    assert not panel.picture.isEnabled()
    assert panel.picture.toolTip() == "Open a picture first"
    panel.document.set_image(PICTURE)
    assert panel.picture.isEnabled()


def test_rows_come_one_by_one_and_can_be_cancelled(qtbot: QtBot, panel: LesionPanel) -> None:
    panel.document.set_image(PICTURE)
    panel.document.set_off(Off(frozenset({"layer4.1"})), "off")
    qtbot.mouseClick(panel.picture, Qt.MouseButton.LeftButton)
    request = sent(panel)
    assert (request.image, request.paths, request.off) == (PICTURE, (), Off(frozenset({"layer4.1"})))
    assert panel.cancel.isVisible()
    assert not panel.picture.isVisible()
    deliver(panel.jobs, m.Progress(request.id, 0.5, "layer2.1"), m.SweepPart(request.id, ROWS[:1]))
    deliver(panel.jobs, m.SweepPart(request.id, ROWS[1:3]))
    qtbot.waitUntil(lambda: panel.model.rows == ROWS[:3])
    assert panel.progress.value() == 500
    assert panel.says.text() == "3 of 8 blocks …"
    deliver(panel.jobs, m.Progress(request.id, 0.75, "layer4.0"))
    assert panel.progress.value() == 750
    assert panel.says.text() == "3 of 8 blocks …"
    qtbot.mouseClick(panel.cancel, Qt.MouseButton.LeftButton)
    deliver(panel.jobs, m.Failed(request.id, m.CANCELLED, {}, "cancelled"))
    assert panel.picture.isVisible()
    assert not panel.progress.isVisible()
    assert panel.model.rows == ROWS[:3]


def test_rows_are_shown_in_order_and_on_the_graph(qtbot: QtBot, panel: LesionPanel) -> None:
    with qtbot.waitSignal(panel.rows_shown, check_params_cb=lambda rows, stale: rows == ROWS and not stale):
        swept(qtbot, panel)
    assert panel.says.text() == "cat 70.0 %; the least without layer1.0: 5.0 %."
    assert [panel.model.shown[at].block for at in range(3)] == BLOCKS[:3]
    panel.table.sortByColumn(Column.CHANGE, Qt.SortOrder.DescendingOrder)
    assert panel.model.shown[0].block == BLOCKS[-1]
    assert panel.model.headerData(Column.CHANGE, Qt.Orientation.Horizontal) == "Points ↓"
    with qtbot.waitSignal(panel.rows_shown, check_params_cb=lambda rows, _stale: rows == ()):
        qtbot.mouseClick(panel.on_graph, Qt.MouseButton.LeftButton)


def test_every_column_sorts(qtbot: QtBot, panel: LesionPanel) -> None:
    swept(qtbot, panel, tuple(replace(each, top_after=f"class {9 - at}") for at, each in enumerate(ROWS)))
    for column in Column:
        panel.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        up = [each.block for each in panel.model.shown]
        panel.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
        assert sorted(up) == sorted(each.block for each in panel.model.shown) == BLOCKS
        assert column == Column.KIND or up == [each.block for each in reversed(panel.model.shown)]


def test_of_an_untrained_network_the_rows_are_grey_and_no_bars_are_drawn(qtbot: QtBot, panel: LesionPanel) -> None:
    got: list[object] = []
    panel.rows_shown.connect(lambda rows, _stale: got.append(rows))
    swept(qtbot, panel, trained=False)
    assert panel.says.text() == "untrained: predictions mean nothing"
    assert panel.says.property("role") == "warning"
    assert panel.table.isVisible()
    assert not panel.on_graph.isVisible()
    assert all(rows == () for rows in got)
    inks = {panel.model.data(panel.model.index(at, 2), Qt.ItemDataRole.ForegroundRole).name() for at in range(3)}  # type: ignore[attr-defined]
    assert len(inks) == 1


def test_a_row_selects_its_block_and_the_block_its_row(qtbot: QtBot, panel: LesionPanel) -> None:
    swept(qtbot, panel)
    where = panel.table.visualRect(panel.model.index(2, 0)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert panel.document.selection == "layer2.0.relu2"
    assert panel.stays.text().startswith("Without layer2.0: x reaches the next block only")
    panel.document.select("layer4.1.conv1")
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [7]
    assert panel.document.selection == "layer4.1.conv1"
    panel.document.select("conv1")
    assert not panel.table.selectionModel().hasSelection()
    assert not panel.stays.isVisible()


def test_a_row_switches_its_block(qtbot: QtBot, panel: LesionPanel) -> None:
    swept(qtbot, panel)
    for off in (Off(frozenset({"layer1.1"})), NOTHING_OFF):
        panel.table.activated.emit(panel.model.index(1, 0))
        assert panel.document.off == off


def test_csv_has_all_figures(qtbot: QtBot, panel: LesionPanel) -> None:
    swept(qtbot, panel)
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "block,shortcut,class,before,after,change,class_after,pictures"
    assert lines[1] == "layer1.0,identity,cat,0.7,0.05,-0.65,cat,1"
    assert len(lines) == len(BLOCKS) + 1


@pytest.mark.parametrize("change", ["image", "off", "spec"])
def test_rows_of_something_else_say_so_or_go(qtbot: QtBot, panel: LesionPanel, change: str) -> None:
    swept(qtbot, panel)
    got: list[tuple[object, bool]] = []
    panel.rows_shown.connect(lambda rows, stale: got.append((rows, stale)))
    if change == "spec":
        panel.document.set_spec(replace(SPEC, width=8), "narrower")
        assert panel.model.rows == ()
        assert got[-1] == ((), False)
        return
    if change == "image":
        panel.document.set_image(m.ImageSource(path="other.png"))
    else:
        panel.document.set_off(Off(frozenset({"layer1.0"})), "off")
    assert "sweep again" in panel.says.text()
    assert got[-1] == (ROWS, True)
    panel.document.set_image(PICTURE)
    panel.document.set_off(NOTHING_OFF, "on")
    assert "sweep again" not in panel.says.text()
    assert got[-1] == (ROWS, False)


def test_rows_are_of_the_picture_that_is_put_back(qtbot: QtBot, panel: LesionPanel) -> None:
    swept(qtbot, panel)
    panel.document.set_image(m.ImageSource(path="bad.png", name="bad.png"))
    assert "sweep again" in panel.says.text()
    with qtbot.waitSignal(panel.rows_shown, check_params_cb=lambda rows, stale: rows == ROWS and not stale):
        panel.document.put_back_image(PICTURE)
    assert "sweep again" not in panel.says.text()


def test_a_change_of_the_network_ends_a_sweep(qtbot: QtBot, panel: LesionPanel) -> None:
    panel.document.set_image(PICTURE)
    panel.run.start()
    request = sent(panel)
    panel.document.set_spec(replace(SPEC, width=8), "narrower")
    deliver(panel.jobs, m.SweepPart(request.id, ROWS[:2]), m.Swept(request.id, ROWS))
    assert panel.model.rows == ()
    assert not panel.cancel.isVisible()


def test_an_error_is_said(panel: LesionPanel) -> None:
    panel.sweep_folder(Path("nowhere"))
    request = sent(panel)
    assert (request.image, request.paths) == (None, ("nowhere",))
    failed = m.Failed(request.id, "images_no_labels", {"name": "nowhere"}, "nothing is labelled")
    deliver(panel.jobs, failed)
    assert panel.says.property("role") == "error"
    assert "nowhere" in panel.says.text()


def test_a_folder_gives_accuracy(qtbot: QtBot, panel: LesionPanel, tmp_path: Path) -> None:
    qtbot.mouseClick(panel.folder, Qt.MouseButton.LeftButton)
    dialog = panel.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "pictures"))
    dialog.close()
    request = sent(panel)
    assert request.paths == (str(tmp_path / "pictures"),)
    deliver(panel.jobs, m.Progress(request.id, 0.9, "18 pictures"))
    assert panel.says.text() == "pictures: every block off in turn, picture after picture … 90.0 %"
    assert panel.progress.value() == 900
    assert not panel.table.isColumnHidden(Column.TOP)
    rows = tuple(replace(each, label="", top_after="", images=20) for each in ROWS)
    deliver(panel.jobs, m.Swept(request.id, rows))
    assert panel.says.text() == "pictures: 70.0 % of 20 pictures right; the least without layer1.0: 5.0 %."
    assert panel.table.isColumnHidden(Column.TOP), "accuracy has no class"
    for width, last in ((400, Column.KIND), (300, Column.CHANGE)):
        panel.resize(width, 560)
        assert (
            panel.table.columnViewportPosition(last) + panel.table.columnWidth(last) == panel.table.viewport().width()
        )
    assert "stopped" not in panel.says.text()
    panel.document.set_image(PICTURE)  # another picture on the desk changes nothing about a folder
    assert "sweep again" not in panel.says.text()


def test_accuracy_so_far_is_shown_and_stays_when_it_is_stopped(qtbot: QtBot, panel: LesionPanel) -> None:
    panel.jobs.model = built()
    panel.sweep_folder(Path("pictures"))
    request = sent(panel)
    for images in (640, 1280):
        rows = tuple(replace(each, label="", top_after="", before=images / 2000, images=images) for each in ROWS)
        deliver(panel.jobs, m.SweepPart(request.id, rows), m.Progress(request.id, 0.128, ""))
        qtbot.waitUntil(lambda rows=rows: panel.model.rows == rows)  # type: ignore[misc]
    assert panel.says.text() == "pictures: 64.0 % of the first 1,280 pictures right … 12.8 %"
    panel.cancel.click()
    deliver(panel.jobs, m.Failed(request.id, m.CANCELLED, {}, ""))
    said = "pictures: 64.0 % of 1,280 pictures right; the least without layer1.0: 5.0 %. It was stopped before the end."
    assert panel.says.text() == said
    assert len(panel.model.rows) == len(ROWS)


def test_a_block_without_which_nothing_is_said(qtbot: QtBot, panel: LesionPanel) -> None:
    """A dash where there is no number; and nothing is worse."""
    nothing = replace(ROWS[3], after=math.nan, top_after="")
    swept(qtbot, panel, (*ROWS[:3], nothing, *ROWS[4:]))
    cells = [panel.model.index(3, column).data() for column in (Column.BLOCK, Column.AFTER, Column.CHANGE, Column.TOP)]
    assert cells == [BLOCKS[3], "-", "-", ""]
    assert panel.says.text() == f"cat 70.0 %; the least without {BLOCKS[3]}: -."
    panel.table.sortByColumn(Column.AFTER, Qt.SortOrder.AscendingOrder)
    assert panel.model.shown[0] == nothing


@pytest.mark.parametrize("width", [300, 340, 480])
def test_it_fits_a_narrow_dock(qtbot: QtBot, panel: LesionPanel, width: int) -> None:
    swept(qtbot, panel)
    panel.document.set_off(ALL, "all")
    panel.resize(max(width, panel.minimumSizeHint().width()), 500)
    assert panel.minimumSizeHint().width() <= 360
    last = panel.table.columnViewportPosition(Column.TOP) + panel.table.columnWidth(Column.TOP)
    assert last <= panel.table.viewport().width() + 1
    assert panel.table.columnAt(QPoint(5, 0).x()) == Column.BLOCK


def test_parts_of_a_plain_network_are_blocks_and_layers(qtbot: QtBot, panel: LesionPanel) -> None:
    panel.document.set_spec(parse("basic:2,2,width=8,shortcut=none,stem=cifar,classes=10,size=32"), "plain")
    panel.document.set_off(Off(frozenset({"layer1.0"}), layers=frozenset({"layer2.1.conv2"})), "off")
    assert names(panel) == ["layer1.0 block", "layer2.1.conv2 layer"]
    press_cross(qtbot, panel, 1)
    assert panel.document.off == Off(frozenset({"layer1.0"}))
    assert panel.document.undo_stack.undoText() == "Switch on: layer2.1.conv2 is off"


def test_a_block_that_is_cut_both_ways_lets_nothing_past(panel: LesionPanel) -> None:
    panel.document.select("layer2.1.conv1")
    panel.document.set_off(Off(frozenset({"layer2.1"}), frozenset({"layer2.1"})), "both")
    assert {part.stays for part in panel.parts.parts} == {without_both()}
    assert panel.stays.isHidden(), "the list says it"
    panel.document.undo_stack.undo()
    assert panel.stays.text() == "Without layer2.1: x goes on as it came; only what F(x) would have added is lost."
