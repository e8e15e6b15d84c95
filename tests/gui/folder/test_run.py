"""Rows come in whatever lumps the engine sends them; the window gets them in such as it can take."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.folder import run as module
from resviz.gui.folder.run import FolderRun
from tests.gui.folder.rows import broken
from tests.gui.panels.desk import LABELS, deliver, desk

MANY = tuple(broken(f"/set/{number}.png") for number in range(1000))


class Taken(QObject):
    """A run with nobody but this to tell."""

    def __init__(self) -> None:
        super().__init__()
        document, jobs = desk()
        self.run = FolderRun(document, jobs, self)
        self.lumps: list[tuple[m.BatchRow, ...]] = []
        self.run.rows.connect(self.lumps.append)
        self.run.start(["/set"])

    def send(self, rows: tuple[m.BatchRow, ...]) -> None:
        request = self.run.task.request
        assert request is not None
        deliver(self.run.jobs, m.BatchPart(request.id, rows, self.run.done + len(rows), len(MANY), 50.0))

    def end(self) -> None:
        request = self.run.task.request
        assert request is not None
        deliver(self.run.jobs, m.Batched(request.id, len(MANY), 0, 2.0, LABELS, "tiny", True, "exact"))

    @property
    def rows(self) -> tuple[m.BatchRow, ...]:
        return tuple(row for lump in self.lumps for row in lump)


@pytest.fixture
def taken(qtbot: QtBot) -> Taken:
    return Taken()


def test_the_first_rows_come_at_once(taken: Taken) -> None:
    taken.send(MANY[:3])
    assert taken.lumps == [MANY[:3]]


def test_many_at_once_come_in_lumps_and_in_order(qtbot: QtBot, taken: Taken) -> None:
    taken.send(MANY)
    taken.end()
    assert taken.run.answer is not None
    qtbot.waitUntil(lambda: len(taken.rows) == len(MANY))
    assert taken.rows == MANY
    assert max(map(len, taken.lumps)) <= module._MOST


def test_many_small_parts_come_together(qtbot: QtBot, taken: Taken) -> None:
    for start in range(0, len(MANY), 2):
        taken.send(MANY[start : start + 2])
    qtbot.waitUntil(lambda: len(taken.rows) == len(MANY))
    assert taken.rows == MANY
    assert len(taken.lumps) < 20


def test_the_last_rows_come_before_the_end(taken: Taken) -> None:
    taken.send(MANY[:3])
    taken.send(MANY[3:5])
    ends: list[int] = []
    taken.run.changed.connect(lambda: ends.append(len(taken.rows)) if taken.run.answer else None)
    taken.end()
    assert ends == [5]


def test_rows_of_a_run_before_do_not_come(qtbot: QtBot, taken: Taken) -> None:
    taken.send(MANY)
    taken.run.start(["/other"])
    taken.lumps.clear()
    taken.send(MANY[:1])
    qtbot.waitUntil(lambda: taken.rows == MANY[:1])
    qtbot.waitUntil(lambda: not taken.run._beat.isActive())
    assert taken.rows == MANY[:1]
