from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.folder.bars import duration
from resviz.gui.folder.columns import Column
from resviz.gui.folder.window import FolderWindow
from resviz.gui.jobs import Jobs
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from resviz.paths import weights_dir
from resviz.ways import Compute, Preparation
from tests.gui.folder.rows import broken, row
from tests.gui.panels.desk import LABELS, built, deliver, desk
from tests.nets.small import SPEC, write_weights
from tests.pictures import folder, png, shape

ROWS = (
    row("/set/cat/1.png", 3, 0.9),
    row("/set/cat/2.png", 5, 0.5),
    row("/set/dog/1.png", 5, 0.7),
    broken("/set/dog/2.png"),
)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[FolderWindow]:
    document, jobs = desk()
    made = FolderWindow(document, jobs, Settings())
    qtbot.addWidget(made)
    made.show()
    yield made
    made.background.wait()


def request(window: FolderWindow) -> m.Batch:
    job = window.run.task.request
    assert isinstance(job, m.Batch)
    return job


def send(window: FolderWindow, *rows: m.BatchRow, whole: int = 4) -> None:
    done = window.run.done + len(rows)
    deliver(window.run.jobs, m.BatchPart(request(window).id, rows, done, whole, 50.0))


def end(window: FolderWindow, trained: bool = True) -> None:
    deliver(window.run.jobs, m.Batched(request(window).id, 4, 1, 2.0, LABELS, "tiny", trained, "exact"))


def move(widget: QWidget, point: QPoint) -> None:
    """The mouse, without a button."""
    none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    place, whole = QPointF(point), QPointF(widget.mapToGlobal(point))
    QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseMove, place, whole, none, none, keys))


def classified(window: FolderWindow, qtbot: QtBot) -> None:
    """The four rows, all done."""
    window.open_paths(["/set"])
    send(window, *ROWS)
    end(window)
    qtbot.waitUntil(lambda: not window._late.isActive())


def test_it_begins_with_what_to_do_next(window: FolderWindow) -> None:
    assert window.pages.currentWidget() is window.empty
    assert "Drop a folder" in window.empty_title.text()
    assert not window.save.isEnabled()
    window.empty_button.click()
    dialog = window.findChild(type(window.ask()))
    assert dialog is not None
    window.open_paths([])
    assert window.run.network is None


def test_it_asks_the_engine_with_the_document_s_network(window: FolderWindow) -> None:
    document = window.run.document
    document.set_compute(Compute(way="fast"))
    document.set_prepare(Preparation(resize=40, box=(0.1, 0.1, 0.5, 0.5)))
    window.open_paths(["/set", "/more.png"])
    job = request(window)
    assert (job.spec, job.paths, job.compute.way) == (document.spec, ("/set", "/more.png"), "fast")
    assert job.prepare == Preparation(resize=40)  # the box is one picture's
    assert window.title.text() == "2 files or folders"


def test_rows_show_as_they_come(window: FolderWindow, qtbot: QtBot) -> None:
    window.open_paths(["/set"])
    assert "engine" in window.progress.text.text()
    deliver(window.run.jobs, m.Progress(request(window).id, 0.0, "Looking for pictures"))
    assert window.progress.text.text() == "Looking for pictures"
    send(window, *ROWS[:2])
    assert window.model.rowCount() == 2
    assert window.pages.currentWidget() is window.table
    assert window.progress.text.text() == "2 of 4 · 50 a second · 0.0 s left"
    assert window.progress.cancel.isVisible()
    send(window, *ROWS[2:])
    end(window)
    assert window.progress.text.text() == "4 pictures · in 2.0 s, 2.0 a second · exact · 1 could not be read"
    assert not window.progress.cancel.isVisible()
    qtbot.waitUntil(lambda: not window._late.isActive())
    assert window.score.isVisible()
    assert window.score.figure.text() == "66.7 %"
    assert "2 of 3 right" in window.score.detail.text()
    assert "top-5" in window.score.detail.text()
    assert not window.table.isColumnHidden(Column.MARK)
    assert not window.table.isColumnHidden(Column.ERROR)


def test_without_classes_nothing_is_said_of_accuracy(window: FolderWindow, qtbot: QtBot) -> None:
    window.open_paths(["/set"])
    send(window, row("/set/1.png", 3), whole=1)
    qtbot.waitUntil(lambda: not window._late.isActive())
    assert not window.score.isVisible()
    assert window.score.matrix is None
    assert window.table.isColumnHidden(Column.TRUE)
    assert window.table.isColumnHidden(Column.ERROR)
    assert not window.filter.true.isVisible()
    assert not window.filter.kind.button("wrong").isEnabled()


def test_the_matrix_opens_the_pictures_of_a_cell(window: FolderWindow, qtbot: QtBot) -> None:
    classified(window, qtbot)
    matrix = window.score.matrix
    assert matrix is not None
    assert matrix.names == ("cat", "dog")
    assert matrix.counts.tolist() == [[1, 1], [0, 1]]
    qtbot.waitUntil(lambda: matrix.place_of(("cat", "dog")).width() > 10)
    point = matrix.mapFromScene(matrix.place_of(("cat", "dog")).center())
    move(matrix.viewport(), point)
    assert window.score.said.text() == "cat taken for dog: 1 of 2 (50.0 %)"
    with qtbot.waitSignal(matrix.chosen):
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert [entry.path for entry in window.model.shown] == ["/set/cat/2.png"]
    assert matrix.cell == ("cat", "dog")
    assert window.filter.true.currentText() == "True class: cat"
    matrix.chosen.emit(("cat", "dog"))  # a second click lets it go
    assert window.model.rowCount() == 4
    assert matrix.cell is None


def test_the_matrix_shows_shares_or_counts(window: FolderWindow, qtbot: QtBot) -> None:
    classified(window, qtbot)
    matrix = window.score.matrix
    assert matrix is not None
    assert matrix.parts().tolist() == [[0.5, 0.5], [0.0, 1.0]]
    window.score.by.button("count").click()
    assert matrix.parts().tolist() == [[1.0, 1.0], [0.0, 1.0]]
    assert matrix.cell_at(QPointF(-5, -5)) is None
    assert not matrix.grab().isNull()


def test_filters_and_the_way_back(window: FolderWindow, qtbot: QtBot) -> None:
    classified(window, qtbot)
    window.filter.kind.button("wrong").click()
    assert [entry.path for entry in window.model.shown] == ["/set/cat/2.png"]
    window.filter.kind.button("errors").click()
    assert [entry.path for entry in window.model.shown] == ["/set/dog/2.png"]
    qtbot.keyClicks(window.filter.words, "cat")
    assert window.pages.currentWidget() is window.empty
    assert window.empty_title.text() == "No picture passes the filter"
    window.empty_button.click()
    assert window.model.rowCount() == 4
    assert window.pages.currentWidget() is window.table
    window.filter.true.setCurrentIndex(window.filter.true.findData("dog"))
    assert window.model.rowCount() == 1
    assert window.filter.clear_link.isVisible()
    window.filter.clear_link.click()
    assert window.model.rowCount() == 4
    assert not window.filter.clear_link.isVisible()


def test_a_row_shows_in_the_main_window(window: FolderWindow, qtbot: QtBot) -> None:
    classified(window, qtbot)
    window.table.selectRow(1)
    with qtbot.waitSignal(window.image_wanted) as told:
        qtbot.keyClick(window.table, Qt.Key.Key_Return)
    assert told.args[0].path == "/set/cat/2.png"
    where = window.table.visualRect(window.model.index(2, Column.TOP)).center()
    with qtbot.waitSignal(window.image_wanted) as told:
        qtbot.mouseClick(window.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
        qtbot.mouseDClick(window.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert (told.args[0].path, told.args[0].name) == ("/set/dog/1.png", "1.png")


def test_the_menu_of_a_wrong_row(window: FolderWindow, qtbot: QtBot) -> None:
    classified(window, qtbot)
    window.table.selectRow(1)
    menu = window.menu()
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy path"].trigger()
    assert QGuiApplication.clipboard().text() == "/set/cat/2.png"
    actions["Only cat taken for dog"].trigger()
    assert window.model.rowCount() == 1
    menu.deleteLater()


def test_selected_rows_are_copied_as_they_show(window: FolderWindow, qtbot: QtBot) -> None:
    classified(window, qtbot)
    window.copy_selection()
    window.table.selectAll()
    qtbot.keyClick(window.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["File", "Top-1", "Confidence"]
    assert lines[1].split("\t")[:5] == ["cat/1.png", "cat", "0.900000", "airplane  2.0 %", "cat"]
    assert len(lines) == 5


def test_a_csv_of_the_rows_shown(window: FolderWindow, qtbot: QtBot, tmp_path: Path) -> None:
    assert window.ask_save() is None
    classified(window, qtbot)
    window.filter.kind.button("wrong").click()
    dialog = window.ask_save()
    assert dialog is not None
    assert dialog.defaultSuffix() == "csv"
    dialog.fileSelected.emit(str(tmp_path / "rows.csv"))
    qtbot.waitUntil(lambda: "is written" in window.messages.text)
    assert window.messages.text == "rows.csv is written: 1 of 4 rows"
    (line,) = csv.DictReader((tmp_path / "rows.csv").read_text().splitlines())
    assert (line["image"], line["true_class"], line["right"]) == ("/set/cat/2.png", "cat", "false")
    dialog.close()
    window.write(tmp_path / "none" / "rows.csv")
    qtbot.waitUntil(lambda: "cannot be written" in window.messages.text)


def test_cancelling_keeps_what_is_there(window: FolderWindow) -> None:
    window.open_paths(["/set"])
    send(window, *ROWS[:2])
    window.progress.cancel.click()
    deliver(window.run.jobs, m.Failed(request(window).id, m.CANCELLED, {}, "cancelled"))
    assert window.progress.text.text() == "stopped after 2 of 4"
    assert window.model.rowCount() == 2
    assert window.messages.text == ""
    assert window.progress.again.isVisible()
    window.progress.again.click()
    assert window.model.rowCount() == 0
    assert request(window).paths == ("/set",)


def test_a_failure_is_said(window: FolderWindow) -> None:
    window.open_paths(["/set"])
    deliver(window.run.jobs, m.Failed(request(window).id, m.INTERNAL, {}, "it broke"))
    assert window.messages.text == "it broke"
    assert not window.run.is_running


def test_closing_stops_it(window: FolderWindow) -> None:
    window.open_paths(["/set"])
    number = request(window).id
    window.close()
    assert [cancel.id for cancel in window.run.jobs._client._late_cancels] == [number]


def test_another_network_offers_to_begin_again(window: FolderWindow, qtbot: QtBot) -> None:
    classified(window, qtbot)
    assert not window.progress.again.isVisible()
    window.filter.kind.button("wrong").click()
    window.run.document.set_spec(PRESETS["resnet20-cifar"].spec, "edit")
    assert window.progress.again.isVisible()
    assert "the network has changed since" in window.progress.text.text()
    window.progress.again.click()
    assert request(window).spec == PRESETS["resnet20-cifar"].spec
    send(window, *ROWS)
    qtbot.waitUntil(lambda: [entry.path for entry in window.model.shown] == ["/set/cat/2.png"])


def test_an_engine_that_began_again_sends_rows_again(window: FolderWindow, qtbot: QtBot) -> None:
    window.open_paths(["/set"])
    send(window, *ROWS[:3])
    number = request(window).id
    deliver(window.run.jobs, m.Died(-9), m.Restarted(), m.BatchPart(number, ROWS, 4, 4, 50.0))
    qtbot.waitUntil(lambda: window.model.rowCount() == 4)
    assert window.results.score is not None
    assert window.results.score.count == 3


def test_untrained_networks_say_so(window: FolderWindow) -> None:
    deliver(window.run.jobs, built(trained=False))
    window.open_paths(["/set"])
    assert window.note.text() == "untrained: predictions mean nothing"
    send(window, *ROWS)
    end(window, trained=True)
    assert not window.note.isVisible()


def test_other_names_for_the_classes(window: FolderWindow, qtbot: QtBot) -> None:
    classified(window, qtbot)
    names = tuple("hound" if label == "dog" else label for label in LABELS)
    window.run.document.set_labels(names)
    assert window.results.entries["/set/dog/1.png"].guess == "hound"
    assert window.results.entries["/set/dog/1.png"].true == ""
    window.run.document.set_labels(())
    assert window.results.entries["/set/dog/1.png"].true == "dog"


def test_a_dropped_folder_is_classified(window: FolderWindow, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    copy, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(9, 9), copy, mime, button, keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), copy, mime, button, keys))
    assert request(window).paths == (str(tmp_path),)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_painted_in_both_themes(window: FolderWindow, qtbot: QtBot, theme: str) -> None:
    classified(window, qtbot)
    chosen = Theme(theme)
    chosen.apply()
    assert not window.grab().isNull()
    matrix = window.score.matrix
    assert matrix is not None
    assert matrix.backgroundBrush().color().name().upper() == chosen.palette.panel


def test_durations() -> None:
    assert [duration(s) for s in (0.83, 42.2, 185, 7800)] == ["0.8 s", "42 s", "3 min 05 s", "2 h 10 min"]


def test_a_real_folder_from_end_to_end(qtbot: QtBot, tmp_path: Path) -> None:
    write_weights(weights_dir())
    names = [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(20)]
    root = folder(tmp_path / "set", {name: png(shape("disc", at)) for at, name in enumerate(names)})
    (root / "cat" / "x.png").write_text("no picture")
    document = Document()
    document.open(SPEC, "small", "test")
    jobs = Jobs(document)
    window = FolderWindow(document, jobs, Settings())
    qtbot.addWidget(window)
    try:
        jobs.start()
        window.open_paths([str(root)])
        qtbot.waitUntil(lambda: window.run.answer is not None, timeout=60_000)
        qtbot.waitUntil(lambda: not window._late.isActive())
        assert window.model.rowCount() == 41
        assert window.results.score is not None
        assert window.results.score.count == 40
        assert window.results.errors == 1
        assert window.messages.text == ""
    finally:
        window.close()
        jobs.close()
