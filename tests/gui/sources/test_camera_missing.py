from __future__ import annotations

import sys

import pytest
from pytestqt.qtbot import QtBot

from resviz.errors import DeviceError
from resviz.gui.sources.camera import Camera
from tests.gui.panels.desk import desk


def test_a_missing_library_is_told_and_costs_only_the_camera(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)  # as Python marks what cannot be imported
    document, jobs = desk()
    camera = Camera(document, jobs)
    with qtbot.waitSignal(camera.failed) as told:
        camera.start()
    assert isinstance(told.args[0], DeviceError)
    assert told.args[0].code == "camera_library"
    assert not camera.is_live
    with pytest.raises(DeviceError, match="a library"):
        camera.devices()
    camera.stop()
