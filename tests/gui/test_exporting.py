"""File > Export: what is written, what the window says of it; the engine's part is told by its messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from resviz.arch.export.source import source
from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from resviz.gui.app import open_window
from resviz.gui.exporting import ALL, Exporter
from resviz.gui.settings import Settings
from resviz.gui.view import View
from resviz.gui.window import MainWindow
from tests.gui.panels.desk import deliver


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    shown = open_window(View(spec=PRESETS["resnet18"].spec, theme="light"), Settings(tmp_path / "resviz.ini"))
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    QGuiApplication.clipboard().clear()  # what Python made for it must not outlive Python


@pytest.fixture
def exporter(window: MainWindow) -> Exporter:
    return window.files.exporter


@pytest.fixture
def sent(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[m.Request]:
    """What would go to the engine."""
    requests: list[m.Request] = []
    monkeypatch.setattr(window.jobs._client, "send", requests.append)
    return requests


def action(window: MainWindow, text: str) -> QAction:
    return next(each for each in window.findChildren(QAction) if each.text() == text)


@pytest.mark.parametrize("suffix", [suffix for suffix in ALL if suffix not in (".onnx", ".safetensors")])
def test_what_needs_no_weights_is_written_without_the_engine(
    qtbot: QtBot, window: MainWindow, exporter: Exporter, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"network{suffix}"
    exporter.write(path)
    qtbot.waitUntil(lambda: window.messages.text != "")  # a drawing is written in the background
    assert path.stat().st_size > 100
    assert window.messages.text == f"network{suffix} is written"
    if suffix == ".py":
        assert path.read_text("utf-8") == source(PRESETS["resnet18"].spec)
    if suffix == ".json":
        assert json.loads(path.read_text("utf-8"))["blocks"] == [2, 2, 2, 2]


def test_a_failed_export_is_told_and_leaves_nothing(
    qtbot: QtBot, window: MainWindow, exporter: Exporter, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    refused = "cannot be written"
    for name, said in (("missing/a.md", refused), ("missing/a.svg", refused), ("a.docx", "must end in .py")):
        exporter.write(tmp_path / name)
        qtbot.waitUntil(lambda said=said: said in window.messages.text)
    assert sorted(tmp_path.rglob("*")) == before


def test_onnx_is_the_engines_job(
    qtbot: QtBot, window: MainWindow, exporter: Exporter, sent: list[m.Request], tmp_path: Path
) -> None:
    window.document.set_spec(replace(PRESETS["resnet18"].spec, classes=7), "Architecture")
    path = str(tmp_path / "a.onnx")
    exporter.write(Path(path))
    (request,) = [each for each in sent if isinstance(each, m.Export)]
    assert (request.path, request.spec.classes) == (path, 7)
    assert exporter.progress is not None
    deliver(window.jobs, m.Progress(request.id, 0.5, "Writing the layers"))
    assert exporter.progress.value() == exporter.progress.maximum() // 2
    deliver(window.jobs, m.Exported(request.id, path, "untrained: predictions mean nothing"))
    assert exporter.progress is None
    assert window.messages.text == "a.onnx is written; untrained: predictions mean nothing"


def test_an_export_can_be_cancelled_and_a_second_one_waits(
    window: MainWindow, exporter: Exporter, sent: list[m.Request], tmp_path: Path
) -> None:
    exporter.write(tmp_path / "a.onnx")
    exporter.write(tmp_path / "b.onnx")
    assert "under way" in window.messages.text
    (request,) = [each for each in sent if isinstance(each, m.Export)]
    assert exporter.progress is not None
    button = exporter.progress.findChild(QPushButton)
    assert button is not None
    button.click()
    assert sent[-1] == m.Cancel(request.id)
    deliver(window.jobs, m.Failed(request.id, m.CANCELLED, {}, "cancelled"))
    assert exporter.progress is None
    assert "cancelled" in window.messages.text
    exporter.write(tmp_path / "b.onnx")
    assert isinstance(sent[-1], m.Export)


def test_what_the_engine_cannot_do_is_told(
    window: MainWindow, exporter: Exporter, sent: list[m.Request], tmp_path: Path
) -> None:
    exporter.write(tmp_path / "a.onnx")
    deliver(window.jobs, m.Failed(sent[-1].id, "onnx_missing", {}, ""))
    assert "pip install 'resviz[onnx]'" in window.messages.text


def choose(qtbot: QtBot, dialog: QFileDialog, suffix: str) -> None:
    """As a hand does it: in the list of formats."""
    formats = dialog.findChild(QComboBox, "fileTypeCombo")
    assert formats is not None
    formats.setFocus()
    while f"(*{suffix})" not in formats.currentText():
        qtbot.keyClick(formats, Qt.Key.Key_Down)


def test_the_dialog_gives_names_the_suffix_of_their_format(qtbot: QtBot, exporter: Exporter, tmp_path: Path) -> None:
    dialog = exporter.dialog("resnet18")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.open()
    typed = dialog.findChild(QLineEdit, "fileNameEdit")
    assert typed is not None
    assert typed.text() == "resnet18.py"
    choose(qtbot, dialog, ".tex")
    assert typed.text() == "resnet18.tex"
    typed.setText("mine")
    with qtbot.waitSignal(dialog.fileSelected) as chosen:
        qtbot.keyClick(typed, Qt.Key.Key_Return)
    assert Path(chosen.args[0]).name == "mine.tex"
    dialog.deleteLater()


def test_the_dialog_offers_every_form(exporter: Exporter) -> None:
    assert {form.suffix for form in exporter.forms()} == set(ALL)


def test_the_menus_reach_it(window: MainWindow) -> None:
    assert action(window, "Export…").shortcut().toString() == "Ctrl+Shift+E"
    for name, start in (("CSV", "id,op,"), ("Markdown", "**ResNet-18**"), ("LaTeX", "% ResNet-18")):
        action(window, name).trigger()
        assert QGuiApplication.clipboard().text().startswith(start)
