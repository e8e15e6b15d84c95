"""Export from the real window, by the real engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from resviz.gui.window import MainWindow
from tests.e2e.conftest import PATIENCE, settle


def test_the_default_network_leaves_as_onnx_with_its_labels(
    qtbot: QtBot, engine_window: MainWindow, tmp_path: Path
) -> None:
    settle(qtbot, engine_window)
    path = tmp_path / "network.onnx"

    def accept() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        dialog.selectFile(str(path))
        dialog.accept()

    with qtbot.waitSignal(engine_window.jobs.exported, timeout=PATIENCE):
        QTimer.singleShot(0, accept)
        engine_window.files.export()
    assert engine_window.messages.text == "network.onnx is written"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert '"airplane"' in session.get_modelmeta().custom_metadata_map["labels"]
    (logits,) = session.run(None, {"input": np.zeros((3, 3, 32, 32), np.float32)})
    assert logits.shape == (3, 10)
