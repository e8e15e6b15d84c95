"""Pictures from a browser and from the pad, with a real engine behind them."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resviz.engine.messages import ImageSource
from resviz.gui.document import Document
from resviz.gui.images_qt import from_mime
from resviz.gui.jobs import Jobs
from resviz.gui.sources.sketch import SENT, SketchPad
from tests.pictures import png, shape

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def engine_jobs() -> Iterator[Jobs]:
    jobs = Jobs(Document())
    jobs.start()
    yield jobs
    jobs.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None: ...


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A web server of this folder, on this machine."""
    (tmp_path / "my disc.png").write_bytes(png(shape("disc", 1, size=40)))
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def show(qtbot: QtBot, jobs: Jobs, mime: QMimeData) -> None:
    found = from_mime(mime)
    assert isinstance(found, ImageSource)
    with qtbot.waitSignal(jobs.predicted, timeout=PATIENCE_MS):
        jobs.document.set_image(found)


def test_a_picture_dragged_out_of_a_page_is_fetched(qtbot: QtBot, engine_jobs: Jobs, server: str) -> None:
    mime = QMimeData()
    mime.setHtml(f'<a href="{server}/"><img src="{server}/my%20disc.png"></a>')
    show(qtbot, engine_jobs, mime)
    assert engine_jobs.prediction is not None
    assert engine_jobs.prediction.original_size == (40, 40)
    assert engine_jobs.prediction.name == "my disc.png"


def test_a_data_address_is_decoded(qtbot: QtBot, engine_jobs: Jobs) -> None:
    mime = QMimeData()
    mime.setText("data:image/png;base64," + b64encode(png(shape("ring", 1, size=32))).decode())
    show(qtbot, engine_jobs, mime)
    assert engine_jobs.prediction is not None
    assert engine_jobs.prediction.original_size == (32, 32)


def test_a_drawing_is_answered_while_the_hand_moves(qtbot: QtBot, engine_jobs: Jobs) -> None:
    jobs = engine_jobs
    pad = SketchPad(jobs.document, jobs)
    pad.image_wanted.connect(jobs.document.set_image)
    qtbot.addWidget(pad)
    with qtbot.waitExposed(pad):
        pad.show()
    middle = pad.paper.rect().center()
    QTest.mousePress(pad.paper, Qt.MouseButton.LeftButton, pos=middle)
    for step in range(1, 5):
        with qtbot.waitSignal(jobs.predicted, timeout=PATIENCE_MS):
            QTest.mouseMove(pad.paper, middle + QPoint(10 * step, 5 * step))
    QTest.mouseRelease(pad.paper, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: not jobs.is_busy, timeout=PATIENCE_MS)
    assert jobs.prediction is not None
    assert jobs.prediction.original_size == (SENT, SENT)
    assert pad.digit.text() == jobs.prediction.top[0].label
