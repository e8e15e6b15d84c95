"""The real window with a real engine; one for a whole module, because each loads torch."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resviz.gui.app import application, open_window
from resviz.gui.settings import Settings
from resviz.gui.view import View
from resviz.gui.window import MainWindow

#: An engine start on a busy machine takes seconds; nothing is asserted about how many.
PATIENCE = 120_000


@pytest.fixture(scope="module")
def engine_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """A shown window whose engine runs."""
    application()
    window = open_window(View(theme="light"), Settings(tmp_path_factory.mktemp("settings") / "resviz.ini"))
    window.show()
    window.jobs.start()
    yield window
    window.close()
    window.deleteLater()
    gc.collect()
    assert multiprocessing.active_children() == []


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the engine has answered everything."""
    qtbot.waitUntil(lambda: window.jobs.engine_ready and not window.jobs.is_busy, timeout=PATIENCE)


def drop(window: MainWindow, path: Path) -> None:
    """Drop a file on the middle of the window, as a file manager does."""
    from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
    from PySide6.QtGui import QDragEnterEvent, QDropEvent
    from PySide6.QtWidgets import QApplication

    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = window.rect().center()
    target = window.childAt(place) or window
    while target is not window and not target.acceptDrops():  # Qt asks the parents in turn
        target = target.parentWidget()
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    actions = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, actions, mime, buttons, keys)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(place), actions, mime, buttons, keys)
    QApplication.sendEvent(target, event)
    assert event.isAccepted()
