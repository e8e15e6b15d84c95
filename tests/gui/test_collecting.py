from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from resviz.gui import collecting
from resviz.gui.collecting import Collector


class Ring:
    """Garbage as soon as nobody else knows it, that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    made = Collector()
    made.start()
    yield made
    made.stop()


def test_garbage_goes_between_events(qtbot: QtBot, collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    collector._timer.setInterval(1)
    monkeypatch.setattr(collecting, "_OFTEN_MS", 1)
    gone = weakref.ref(Ring())
    assert gone() is not None
    qtbot.waitUntil(lambda: gone() is None)


def test_old_garbage_goes_as_well(collector: Collector) -> None:
    ring = Ring()
    gone = weakref.ref(ring)
    for _ in range(3):
        collector.collect()
    del ring
    for _ in range(collecting._OLD):
        collector.collect()
    assert gone() is None


def test_python_does_not_meddle_meanwhile(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
