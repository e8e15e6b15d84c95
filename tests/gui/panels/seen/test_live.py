"""Dragging the square with a real engine behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resviz.engine.messages import ImageSource
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.seen.view import StepsView
from resviz.ways import OWN

PATIENCE_MS = 60_000


@pytest.fixture
def engine_jobs() -> Iterator[Jobs]:
    jobs = Jobs(Document())
    jobs.start()
    yield jobs
    jobs.close()


def halves(folder: Path) -> str:
    """Red at the left, blue at the right."""
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    painter = QPainter(image)
    painter.fillRect(100, 0, 100, 100, QColor("blue"))
    painter.end()
    path = folder / "halves.png"
    assert image.save(str(path))
    return str(path)


def test_what_the_network_sees_follows_the_hand(qtbot: QtBot, engine_jobs: Jobs, tmp_path: Path) -> None:
    jobs, document = engine_jobs, engine_jobs.document
    view = StepsView(document, jobs)
    qtbot.addWidget(view)
    view.resize(420, 800)
    with qtbot.waitExposed(view):
        view.show()
    with qtbot.waitSignal(jobs.predicted, timeout=PATIENCE_MS):
        document.set_image(ImageSource(path=halves(tmp_path), name="halves"))
    crop = view.original.view
    assert crop.square is not None
    assert tuple(crop.square) == pytest.approx((50, 0, 100))

    scale = crop.picture_rect().width() / 200
    start = QPoint(round(100 * scale), round(50 * scale))
    QTest.mousePress(crop, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 8):
        with qtbot.waitSignal(jobs.predicted, timeout=PATIENCE_MS):
            QTest.mouseMove(crop, start + QPoint(step * 7, 0))
    QTest.mouseRelease(crop, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(60, 0))

    def sees_blue() -> bool:  # but for the edge, where interpolation looks beyond the square
        prediction = jobs.prediction
        return prediction is not None and bool((prediction.seen[:, 1:, 2] == 255).all())

    qtbot.waitUntil(sees_blue, timeout=PATIENCE_MS)
    assert tuple(crop.square) == pytest.approx((100, 0, 100))
    with qtbot.waitSignal(jobs.predicted, timeout=PATIENCE_MS):
        view.reset.click()
    assert document.prepare == OWN
    assert tuple(crop.square) == pytest.approx((50, 0, 100))
    assert view.whose.text().startswith("As the card")
