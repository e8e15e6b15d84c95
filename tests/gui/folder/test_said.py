"""What the window for many pictures says of itself: what was given to it, how many were right, how long each took."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.folder.columns import Column
from resviz.gui.folder.window import FolderWindow
from resviz.gui.settings import Settings
from resviz.gui.theme import BODY, font
from tests.gui.folder.rows import row
from tests.gui.panels.desk import deliver, desk


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> FolderWindow:
    document, jobs = desk()
    window = FolderWindow(document, jobs, Settings(tmp_path / "s.ini"))
    qtbot.addWidget(window)
    return window


def answer(window: FolderWindow, *rows: m.BatchRow) -> None:
    """All rows, and the end of the run."""
    request = window.run.task.request
    assert isinstance(request, m.Batch)
    count = len(rows)
    deliver(
        window.run.jobs,
        m.BatchPart(request.id, tuple(rows), count, count, 50.0),
        m.Batched(request.id, count, 0, 0.5),
    )


@pytest.mark.parametrize(
    ("paths", "title"),
    [
        (("/set/cat/1.png", "/set/dog/2.png", "/set/dog/3.png"), "3 files"),
        (("/set/cat", "/set/dog"), "2 folders"),
        (("/set/cat", "/set/dog/2.png", "/set/dog/3.png"), "2 files and 1 folder"),
        (("/set/cat", "/set/dog/2.png"), "1 file and 1 folder"),
    ],
)
def test_files_and_folders_are_counted_when_that_is_known(
    window: FolderWindow, paths: tuple[str, ...], title: str
) -> None:
    window.open_paths(paths)
    assert window.title.text() == f"{len(paths)} files or folders"
    answer(window, row("/set/cat/1.png", 3), row("/set/dog/2.png", 5), row("/set/dog/3.png", 3))
    assert window.title.text() == title


def test_at_the_end_the_accuracy_is_that_of_all_rows_at_once(window: FolderWindow) -> None:
    window.open_paths(["/set"])
    window._late.setInterval(60_000)
    rows = (row("/set/cat/1.png", 3), row("/set/dog/2.png", 5), row("/set/dog/3.png", 3))
    answer(window, *rows)
    assert window.progress.text.text().startswith("3 pictures")
    assert "2 of 3 right" in window.score.detail.text()
    assert not window._late.isActive()


def test_the_time_of_one_of_many_is_no_exact_one(window: FolderWindow) -> None:
    head = window.model.headerData(Column.MS, Qt.Orientation.Horizontal)
    hint = window.model.headerData(Column.MS, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert head == "≈ ms"
    assert isinstance(hint, str)
    assert "share of its" in hint
    window.table.sortByColumn(Column.MS, Qt.SortOrder.AscendingOrder)
    sorted_by = str(window.model.headerData(Column.MS, Qt.Orientation.Horizontal))
    wide = QFontMetrics(font(BODY)).horizontalAdvance(sorted_by)
    assert wide < window.table.columnWidth(Column.MS)
