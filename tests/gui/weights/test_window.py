from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.images_qt import WeightsFile
from resviz.gui.weights.model import Column
from resviz.gui.weights.window import WeightsWindow
from tests.gui.panels.desk import deliver
from tests.gui.weights.shelf import ALL, CIFAR, NEW, OLD, RESNET50, SHIPPED, SMALL, Shelf, shelf

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shelf:
    return shelf(monkeypatch, tmp_path)


@pytest.fixture
def window(qtbot: QtBot, desk: Shelf) -> WeightsWindow:
    """With the list of all weights."""
    made = WeightsWindow(desk.document, desk.jobs, desk.settings, None, desk.catalogue)
    qtbot.addWidget(made)
    made.resize(1180, 680)
    with qtbot.waitExposed(made):
        made.show()
    desk.listed()
    return made


def names(window: WeightsWindow) -> list[str]:
    return [str(window.shown.index(row, Column.NAME).data()) for row in range(window.shown.rowCount())]


def cell(window: WeightsWindow, name: str, column: Column) -> str:
    return str(window.shown.index(window.shown.row_of(name).row(), column).data())


def select(window: WeightsWindow, name: str) -> None:
    window.table.selectRow(window.shown.row_of(name).row())


def test_before_the_engine_is_there_it_says_so(qtbot: QtBot, desk: Shelf) -> None:
    window = WeightsWindow(desk.document, desk.jobs, desk.settings)
    qtbot.addWidget(window)
    assert window.pages.currentWidget() is window.empty
    assert "starting" in window.empty.text()


def test_all_weights_with_their_facts(window: WeightsWindow) -> None:
    assert names(window) == [info.name for info in ALL]
    row = [cell(window, NEW.name, column) for column in Column]
    assert row == ["resnet50.V2", "ResNet-50", "ImageNet-1K", "80.9 %", "102 MB", "ImageNet terms", "to download"]
    assert cell(window, SHIPPED.name, Column.PLACE) == "shipped"
    select(window, NEW.name)
    details = window.details
    assert details.headline.text == NEW.title
    values = {key: label.text() for key, label in details.values.items()}
    assert values["params"] == "25,557,032"
    assert (values["top1"], values["top5"]) == ("80.9 %", "92.9 %")
    assert values["sha256"] == "11ad3fa6…"
    assert details.classes.text().startswith("1,000: class 0, class 1")
    assert details.licence.text() == NEW.licence
    assert "https://example.org/how" in details.recipe.text()
    assert details.download.text() == "&Download 102 MB"
    assert not details.use.isVisible()


def test_segments_and_words_narrow_the_rows_and_say_how_many(qtbot: QtBot, desk: Shelf, window: WeightsWindow) -> None:
    segments = window.segments
    assert [segments.button(value).text() for value in segments.values] == ["All 4", "On disk 1", "Fits this network 1"]
    desk.document.open(RESNET50, None, "Open")
    assert segments.button("fits").text() == "Fits this network 2"
    qtbot.mouseClick(segments.button("fits"), LEFT)
    assert names(window) == [OLD.name, NEW.name]
    qtbot.mouseClick(segments.button("disk"), LEFT)
    assert names(window) == [SHIPPED.name]
    qtbot.mouseClick(segments.button("all"), LEFT)
    qtbot.keyClicks(window.filter, "imagenet V2")
    assert names(window) == [NEW.name]
    qtbot.keyClicks(window.filter, "x")
    assert window.pages.currentWidget() is window.empty
    assert "imagenet V2x" in window.empty.text()
    assert window.details.info is None
    qtbot.keyClick(window.filter, Qt.Key.Key_Escape)
    assert len(names(window)) == 4
    assert window.isVisible()


def test_a_network_nobody_offers_weights_for(desk: Shelf, window: WeightsWindow) -> None:
    desk.document.open(replace(RESNET50, width=32), None, "Open")
    window.show_fitting()
    assert "resviz train" in window.empty.text()


def test_columns_sort_by_value(window: WeightsWindow) -> None:
    window.table.sortByColumn(Column.TOP1, Qt.SortOrder.DescendingOrder)
    assert names(window) == [SHIPPED.name, NEW.name, OLD.name, SMALL.name]
    window.table.sortByColumn(Column.SIZE, Qt.SortOrder.AscendingOrder)
    assert names(window)[:2] == [SHIPPED.name, SMALL.name]


def test_downloads_at_the_same_time_each_with_its_bar(qtbot: QtBot, desk: Shelf, window: WeightsWindow) -> None:
    for name in (OLD.name, NEW.name):
        select(window, name)
        qtbot.mouseClick(window.details.download, LEFT)
    desk.comes(NEW.name, 41_000_000, 100_000_000, 12_300_000)
    desk.comes(OLD.name, 3_000_000, 100_000_000, 1_000_000)
    assert cell(window, NEW.name, Column.PLACE) == "41 %"
    assert cell(window, OLD.name, Column.PLACE) == "3 %"
    details = window.details
    assert details.bar.isVisible()
    assert details.bar.value() == 410
    assert details.pace.text() == "41.0 MB of 100 MB · 12.3 MB/s · 5 s left"
    window.grab()
    qtbot.mouseClick(details.cancel, LEFT)
    assert desk.sent[-1] == m.Cancel(desk.fetch(NEW.name).id)
    desk.fails(NEW.name, m.CANCELLED)
    assert cell(window, NEW.name, Column.PLACE) == "stopped, 41 %"
    assert details.download.text() == "&Go on"
    assert details.download.isVisible()
    assert not details.cancel.isVisible()
    assert window.message.text == ""
    desk.is_here(OLD.name)
    assert cell(window, OLD.name, Column.PLACE) == "on disk"
    assert details.info is not None
    assert details.info.name == NEW.name, "what is selected stays"
    assert window.segments.button("disk").text() == "On disk 2"


def test_what_goes_wrong_is_said_and_can_be_tried_again(qtbot: QtBot, desk: Shelf, window: WeightsWindow) -> None:
    select(window, NEW.name)
    qtbot.mouseClick(window.details.download, LEFT)
    desk.fails(NEW.name)
    assert window.details.trouble.isVisible()
    assert "example.org cannot be reached (no route to host)" in window.details.trouble.text()
    assert window.message.text == "", "once is enough"
    assert cell(window, NEW.name, Column.PLACE) == "try again"
    assert window.details.download.text() == "&Try again"
    qtbot.mouseClick(window.details.download, LEFT)
    desk.is_here(NEW.name)
    assert window.message.text == ""
    assert not window.details.trouble.isVisible()
    assert window.details.use.isVisible()


def test_what_goes_wrong_out_of_sight_is_said_above_the_table(qtbot: QtBot, desk: Shelf, window: WeightsWindow) -> None:
    select(window, NEW.name)
    qtbot.mouseClick(window.details.download, LEFT)
    select(window, OLD.name)
    desk.fails(NEW.name)
    assert "example.org cannot be reached (no route to host)" in window.message.text
    assert not window.details.trouble.isVisible()


def test_use_opens_the_network_with_its_weights(qtbot: QtBot, desk: Shelf, window: WeightsWindow) -> None:
    desk.catalogue.download(NEW.name)
    desk.is_here(NEW.name, "/w/new.pth")
    select(window, NEW.name)
    qtbot.mouseClick(window.details.use, LEFT)
    request = desk.sent[-1]
    assert isinstance(request, m.Warm)
    assert (request.spec, request.weights) == (RESNET50, "/w/new.pth")
    deliver(desk.jobs, m.ModelReady(request.id, "/w/new.pth", True, (), "cpu", RESNET50))
    assert desk.document.weights == "/w/new.pth"
    desk.model("/w/new.pth")
    assert cell(window, NEW.name, Column.PLACE) == "in use"
    assert not window.details.use.isEnabled()


def test_a_network_that_is_open_keeps_the_size_of_its_input(qtbot: QtBot, desk: Shelf, window: WeightsWindow) -> None:
    larger = replace(RESNET50, size=320)
    desk.document.open(larger, None, "Open")
    window.use(replace(OLD, path="/w/old.pth"))
    request = desk.sent[-1]
    assert isinstance(request, m.Warm)
    assert request.spec == larger


def test_another_network_is_opened_only_if_the_guard_lets_it(desk: Shelf, window: WeightsWindow) -> None:
    waiting: list[Callable[[], None]] = []
    window.guard = waiting.append
    window.use(replace(OLD, path="/w/old.pth"))
    assert not [request for request in desk.asked(m.Warm) if request.weights]  # type: ignore[union-attr]
    waiting[0]()
    assert desk.asked(m.Warm)[-1].weights == "/w/old.pth"  # type: ignore[union-attr]


def test_weights_that_cannot_be_used_are_told_here_too(desk: Shelf, window: WeightsWindow) -> None:
    window.use(SHIPPED)
    request = desk.sent[-1]
    assert isinstance(request, m.Warm)
    values = {"name": "tiny.safetensors"}
    deliver(desk.jobs, m.Failed(request.id, "checkpoint_no_file", values, "there is no file"))
    assert window.message.text == "there is no file tiny.safetensors"
    assert desk.document.spec == CIFAR


def test_the_keyboard_alone_will_do(qtbot: QtBot, desk: Shelf, window: WeightsWindow) -> None:
    assert window.table.hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.filter.hasFocus()
    qtbot.keyClicks(window.filter, "resnet50")
    qtbot.keyClick(window.filter, Qt.Key.Key_Down)
    assert window.table.hasFocus()
    qtbot.keyClick(window.table, Qt.Key.Key_Down)
    assert window.details.info == NEW
    qtbot.keyClick(window.table, Qt.Key.Key_Return)
    assert desk.fetch(NEW.name)
    desk.is_here(NEW.name, "/w/new.pth")
    qtbot.keyClick(window.table, Qt.Key.Key_Return)
    assert desk.asked(m.Warm)[-1].weights == "/w/new.pth"  # type: ignore[union-attr]
    before = len(desk.asked(m.ListWeights))
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert len(desk.asked(m.ListWeights)) == before + 1
    qtbot.keyClick(window.table, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_a_folder_is_chosen_and_left(qtbot: QtBot, desk: Shelf, window: WeightsWindow, tmp_path: Path) -> None:
    assert "own folder" in window.folder.text()
    assert not window.usual.isVisible()
    qtbot.mouseClick(window.choose, LEFT)
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    assert str(tmp_path) in window.folder.text()
    assert desk.catalogue.folder == str(tmp_path)
    qtbot.mouseClick(window.usual, LEFT)
    assert desk.catalogue.folder == ""


def test_a_checkpoint_can_be_dropped(qtbot: QtBot, window: WeightsWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/somewhere/net.safetensors")])
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(window.dropped) as caught:
        QApplication.sendEvent(window, QDragEnterEvent(QPoint(200, 200), action, mime, LEFT, none))
        QApplication.sendEvent(window, QDropEvent(QPointF(200, 200), action, mime, LEFT, none))
    assert caught.args == [WeightsFile("/somewhere/net.safetensors")]


def test_where_room_is_short_the_columns_that_matter_stay(window: WeightsWindow) -> None:
    window.resize(window.minimumSize())
    QApplication.processEvents()
    assert window.table.isColumnHidden(Column.LICENCE)
    assert not window.table.isColumnHidden(Column.PLACE)
    assert not window.table.horizontalScrollBar().isVisible()
