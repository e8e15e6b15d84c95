"""The window with a real engine and a server that has the wrong file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.settings import Settings
from resviz.gui.weights.window import WeightsWindow
from resviz.nets.fetch import BASE_URL
from resviz.paths import weights_dir
from tests.nets.server import Server, running

PATIENCE = 120_000
NAME = "resnet18.IMAGENET1K_V1"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running() as made:
        made.files["/resnet18-f37072fd.pth"] = bytes(1_000_000)
        monkeypatch.setenv(BASE_URL, made.url)
        yield made


@pytest.fixture
def window(qtbot: QtBot, server: Server) -> Iterator[WeightsWindow]:
    document = Document()
    jobs = Jobs(document)
    jobs.start()
    made = WeightsWindow(document, jobs, Settings())
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    jobs.close()


def test_a_wrong_file_is_said_and_what_is_here_can_be_used(qtbot: QtBot, window: WeightsWindow) -> None:
    catalogue = window.catalogue
    qtbot.waitUntil(lambda: catalogue.is_listed, timeout=PATIENCE)
    assert window.shown.rowCount() >= 18
    with qtbot.waitSignal(catalogue.failed, timeout=PATIENCE):
        catalogue.download(NAME)
    assert "is not the file" in window.message.text
    assert not list(weights_dir().iterdir())
    shipped = next(info for info in catalogue.weights if info.shipped)
    with qtbot.waitSignal(window._document.weights_changed, timeout=PATIENCE):
        window.use(shipped)
    qtbot.waitUntil(lambda: catalogue.is_used(shipped), timeout=PATIENCE)
