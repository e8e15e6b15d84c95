"""What a student and a teacher do, in the order they do it, on the real window with the real engine."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from resviz import paths
from resviz.arch import notation
from resviz.arch.presets import DEFAULT, PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.gui.docks import LAYOUT_VERSION
from resviz.gui.panels.builder.stepper import Stepper
from resviz.gui.window import MainWindow
from tests.e2e.conftest import PATIENCE, drop, settle

SAMPLES = json.loads((paths.resources() / "samples" / "samples.json").read_text())["samples"]


def sample(label: str) -> Path:
    names = {each["label"]: each["file"] for each in SAMPLES}
    return paths.resources() / "samples" / names[label]


def show(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    with qtbot.waitSignal(window.jobs.predicted, timeout=PATIENCE):
        drop(window, path)
    settle(qtbot, window)


def test_it_opens_on_the_default_network_with_its_weights(qtbot: QtBot, engine_window: MainWindow) -> None:
    settle(qtbot, engine_window)
    assert engine_window.document.spec == PRESETS[DEFAULT].spec
    assert engine_window.jobs.model is not None
    assert engine_window.jobs.model.trained
    assert len(engine_window.jobs.model.labels) == 10


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: each["label"])
def test_a_dropped_sample_is_called_by_its_name(qtbot: QtBot, engine_window: MainWindow, each: dict[str, str]) -> None:
    show(qtbot, engine_window, paths.resources() / "samples" / each["file"])
    prediction = engine_window.jobs.prediction
    assert prediction is not None
    assert prediction.top[0].label == each["label"]
    assert prediction.top[0].probability > 0.5


def test_feature_maps_of_the_selected_layer_come_with_it(qtbot: QtBot, engine_window: MainWindow) -> None:
    show(qtbot, engine_window, sample("ship"))
    for layer, shape in (("layer1.0.add", (16, 32, 32)), ("layer4.1.relu2", (128, 4, 4)), ("fc", (10,))):
        engine_window.document.select(layer)
        settle(qtbot, engine_window)
        maps = engine_window.jobs.prediction.maps[layer]
        assert maps.data.shape == shape
        assert maps.data.std() > 0


def test_edits_are_followed_at_once_and_undone(qtbot: QtBot, engine_window: MainWindow) -> None:
    window = engine_window
    settle(qtbot, window)
    window.document.select(None)
    steppers = [each for each in window.builder.findChildren(Stepper) if each.isVisible()]
    for stepper, count in zip(steppers, (3, 4, 6, 3), strict=True):
        stepper.field.setFocus()
        stepper.field.selectAll()
        qtbot.keyClicks(stepper.field, str(count))
        qtbot.keyClick(stepper.field, Qt.Key.Key_Return)
    assert window.document.spec.blocks == (3, 4, 6, 3)
    settle(qtbot, window)
    assert window.jobs.model is not None
    assert not window.jobs.model.trained
    assert not window.jobs.prediction.trained
    while window.document.undo_stack.canUndo():
        window.document.undo_stack.undo()
    settle(qtbot, window)
    assert window.document.spec == PRESETS[DEFAULT].spec
    assert window.jobs.model.trained


def _broken_files(folder: Path) -> list[Path]:
    """Files that are no pictures, made on the spot."""
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(folder / "whole.jpg")
    whole = (folder / "whole.jpg").read_bytes()
    contents = {
        "empty.png": b"",
        "text.png": b"this is no picture",
        "cut.jpg": whole[: len(whole) // 2],
        "cut_header.png": b"\x89PNG\r\n\x1a\n\x00\x00",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def test_a_bad_picture_changes_nothing_but_the_message(qtbot: QtBot, engine_window: MainWindow, tmp_path: Path) -> None:
    window = engine_window
    show(qtbot, window, sample("ship"))
    before = window.jobs.prediction
    for path in _broken_files(tmp_path):
        with qtbot.waitSignal(window.jobs.failed, timeout=PATIENCE):
            drop(window, path)
        assert path.name in window.run.message.text
        assert window.jobs.prediction is before
    # What comes next goes on with the last good picture, and the message stays until there is a new one.
    with qtbot.waitSignal(window.jobs.predicted, timeout=PATIENCE):
        window.document.select("layer3.0.add")
    assert window.jobs.prediction.name == before.name
    assert path.name in window.run.message.text
    show(qtbot, window, sample("frog"))
    assert window.run.message.text == ""


def test_a_checkpoint_of_another_shape_is_told_and_changes_nothing(
    qtbot: QtBot, engine_window: MainWindow, tmp_path: Path
) -> None:
    from safetensors.numpy import save_file

    window = engine_window
    settle(qtbot, window)
    spec, weights = window.document.spec, window.document.weights
    save_file({"encoder.weight": np.zeros((3, 3), np.float32)}, tmp_path / "other.safetensors")
    (tmp_path / "garbage.pth").write_bytes(b"\x80\x02garbage")
    for name in ("other.safetensors", "garbage.pth"):
        with qtbot.waitSignal(window.jobs.failed, timeout=PATIENCE):
            drop(window, tmp_path / name)
        assert name in window.run.message.text
        settle(qtbot, window)
        assert (window.document.spec, window.document.weights) == (spec, weights)


def test_a_checkpoint_brings_its_architecture(qtbot: QtBot, engine_window: MainWindow, tmp_path: Path) -> None:
    window = engine_window
    settle(qtbot, window)
    spec = notation.parse("basic:1,2,width=8,stem=cifar,classes=3,size=32")
    path = _checkpoint(spec, tmp_path)
    drop(window, path)
    settle(qtbot, window)
    assert (window.document.spec, window.document.weights) == (spec, str(path))
    assert window.jobs.model.trained
    window.document.undo_stack.undo()
    settle(qtbot, window)
    assert window.document.spec == PRESETS[DEFAULT].spec


def test_weights_of_ones_own_bring_their_card(qtbot: QtBot, engine_window: MainWindow, tmp_path: Path) -> None:
    window = engine_window
    settle(qtbot, window)
    for file in (paths.resources() / "weights").glob("resnet18-w16-cifar10.*"):
        shutil.copy(file, tmp_path)
    drop(window, tmp_path / "resnet18-w16-cifar10.safetensors")
    settle(qtbot, window)
    card = json.loads((tmp_path / "resnet18-w16-cifar10.json").read_text())
    assert window.document.weights == str(tmp_path / "resnet18-w16-cifar10.safetensors")
    assert window.jobs.model.accuracy == card["accuracy"]["test"] > 0.85
    assert list(window.jobs.model.labels) == card["labels"]
    window.document.undo_stack.undo()
    settle(qtbot, window)


def test_a_checkpoint_that_leaves_its_architecture_open_fits_the_open_network(
    qtbot: QtBot, engine_window: MainWindow, tmp_path: Path
) -> None:
    """Option A has no parameters, so its files look like those of the plain twin."""
    window = engine_window
    settle(qtbot, window)
    spec = PRESETS["resnet20-cifar"].spec
    window.document.set_spec(spec, "ResNet-20")
    path = _checkpoint(spec, tmp_path)
    drop(window, path)
    settle(qtbot, window)
    assert (window.document.spec, window.document.weights) == (spec, str(path))
    window.document.undo_stack.setIndex(0)
    settle(qtbot, window)


def _checkpoint(spec: ResNetSpec, folder: Path) -> Path:
    from safetensors.numpy import save_file

    path = folder / "mine.safetensors"
    save_file({key: np.full(shape, 0.01, np.float32) for key, shape in _state_shapes(spec).items()}, path)
    return path


def _state_shapes(spec: ResNetSpec) -> dict[str, tuple[int, ...]]:
    """Keys and shapes of a state_dict, from a process of its own: this one never loads torch."""
    code = (
        "import json; from resviz.arch.notation import parse; from resviz.nets.model import build_model\n"
        f"model = build_model(parse({notation.format_spec(spec)!r}), device='meta')\n"
        "print(json.dumps({k: list(v.shape) for k, v in model.state_dict().items() if 'num_batches' not in k}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {key: tuple(shape) for key, shape in json.loads(done.stdout).items()}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{}", "is not a ResViz spec file"),
        (b'{"block": "basic", "blocks": [0]}', "1 to 1000 blocks"),
        (b'{"version": 9, "block": "basic", "blocks": [2]}', "newer ResViz"),
    ],
)
def test_a_wrong_spec_file_is_told(
    qtbot: QtBot, engine_window: MainWindow, tmp_path: Path, content: bytes, words: str
) -> None:
    settle(qtbot, engine_window)
    path = tmp_path / "net.json"
    path.write_bytes(content)
    drop(engine_window, path)
    assert words in engine_window.messages.text
    assert engine_window.document.spec == PRESETS[DEFAULT].spec
    path.write_text(json.dumps({"block": "bottleneck", "blocks": [1, 2], "size": 32, "classes": 10}))
    drop(engine_window, path)
    assert engine_window.messages.text == ""
    assert engine_window.document.spec.blocks == (1, 2)
    engine_window.document.undo_stack.undo()


def test_killed_in_the_middle_of_a_prediction_it_starts_again_and_goes_on(
    qtbot: QtBot, engine_window: MainWindow
) -> None:
    window = engine_window
    settle(qtbot, window)
    pid = multiprocessing.active_children()[0].pid
    with qtbot.waitSignal(window.jobs.predicted, timeout=PATIENCE):
        # Stopped first, so that it is certain to be killed before it has answered.
        os.kill(pid, signal.SIGSTOP)
        drop(window, sample("ship"))
        with qtbot.waitSignal(window.jobs.engine_lost, timeout=PATIENCE):
            os.kill(pid, signal.SIGKILL)
        assert "engine" in window.run.message.text.lower()
    assert window.jobs.prediction.top[0].label == "ship"
    (again,) = multiprocessing.active_children()
    assert again.pid != pid


def test_the_windows_process_never_loads_torch(qtbot: QtBot, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QEventLoop\n"
        "from resviz.gui.app import application, open_window\n"
        "from resviz.gui.settings import Settings\n"
        "from resviz.gui.view import View\n"
        "if __name__ == '__main__':\n"
        "    application()\n"
        f"    window = open_window(View(image={str(sample('ship'))!r}), Settings(Path({str(tmp_path / 's.ini')!r})))\n"
        "    window.show(); window.grab()\n"
        "    loop = QEventLoop(); window.jobs.predicted.connect(lambda _: loop.quit())\n"
        "    window.jobs.start(); loop.exec(); label = window.jobs.prediction.top[0].label; window.close()\n"
        "    print(label, [n for n in ('torch', 'torchvision', 'resviz.nets', 'captum') if n in sys.modules])\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, env=environ)
    assert done.stdout.strip() == "ship []", done.stderr


def test_what_the_window_remembers(qtbot: QtBot, engine_window: MainWindow) -> None:
    window = engine_window
    window.docks["maps"].hide()
    window.remember()
    state = window.settings.state("docks")
    window.docks["maps"].show()
    assert window.restoreState(state, LAYOUT_VERSION)
    assert window.docks["maps"].isHidden()
    window.docks.reset()
    assert not window.docks["maps"].isHidden()
