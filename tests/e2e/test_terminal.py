"""The program as a process: without a display, and as a painter of itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.cli import main
from resviz.nets.model import build_model
from resviz.paths import resources


def run(words: list[str], cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {key: value for key, value in os.environ.items() if key not in hidden}
    root = Path(__file__).parents[2]
    env.update(environ, PYTHONPATH=str(root))
    command = [sys.executable, "-m", "resviz", *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_without_a_display_it_does_the_same_on_the_terminal(tmp_path: Path) -> None:
    done = run([], tmp_path)
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.strip().splitlines()
    assert "no display" in first
    assert last.endswith(str(tmp_path / "resviz.png"))
    with Image.open(tmp_path / "resviz.png") as picture:
        assert picture.size == (1600, 1000)
        assert len(np.unique(np.asarray(picture.convert("RGB").resize((80, 50))).reshape(-1, 3), axis=0)) > 100


def test_without_a_display_the_network_is_the_one_asked_for(tmp_path: Path) -> None:
    done = run(["--spec", "basic:1,width=4,stem=cifar,classes=2,size=16", "--device", "cpu"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "class 1" in done.stdout
    assert "untrained" in done.stdout
    assert (tmp_path / "resviz.png").exists()


@pytest.mark.parametrize(
    "words", [["--spec", "resnet19"], ["--weights", "nope"], ["--device", "foo"], ["--device", "cuda:99"]]
)
def test_without_a_display_wrong_usage_is_one_line_as_well(words: list[str], tmp_path: Path) -> None:
    done = run(words, tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_and_leaves_nothing_behind(
    number: signal.Signals, qtbot: QtBot, tmp_path: Path
) -> None:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen([sys.executable, "-m", "resviz"], cwd=tmp_path, env=env, start_new_session=True) as window:
        try:
            qtbot.waitUntil(lambda: bool(_children(window.pid)), timeout=60_000)  # the engine starts: the window is up
            children = _children(window.pid)
            window.send_signal(number)
            assert window.wait(60) == 0
        finally:
            window.kill()
    qtbot.waitUntil(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), timeout=60_000)
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "resviz" / "resviz.ini"
    assert "geometry" in settings.read_text()


def _children(pid: int) -> list[str]:
    """The engine of a window, whichever of its threads started it."""
    try:
        lists = [task.read_text().split() for task in Path(f"/proc/{pid}/task").glob("*/children")]
        return [child for child in chain(*lists) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
    except OSError:  # one of them ended while we looked
        return []


def test_a_snapshot_shows_what_was_asked_for(tmp_path: Path) -> None:
    words = ["snapshot", "--spec", "plain20-cifar", "--select", "layer2.0.conv1", "--theme", "dark"]
    done = run([*words, "--size", "1280x800", "-o", "dark.png"], tmp_path)
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "dark.png") as picture:
        assert picture.size == (1280, 800)
        assert np.asarray(picture.convert("RGB")).mean() < 80


def test_a_layer_can_be_selected_in_a_network_that_is_read_off_a_file(tmp_path: Path) -> None:
    spec = parse("basic:1,1,width=8,stem=cifar,classes=3,attention=se")
    torch.save(build_model(spec).state_dict(), tmp_path / "best.pth")
    picture = str(resources() / "samples" / "cat.jpg")
    words = ["snapshot", "--spec", "best.pth", "--image", picture, "-o", "a.png"]
    done = run([*words, "--select", "layer2.0.se"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "a.png").is_file()
    done = run([*words, "--select", "layer3.0.se"], tmp_path)
    assert done.returncode == 2
    assert "has no layer 'layer3.0.se'" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--select", "layer9.0.conv1"], "has no layer 'layer9.0.conv1'"),
        (["--image", "missing.png"], "missing.png"),
        (["--weights", "missing.safetensors"], "missing.safetensors"),
        (["--spec", "basic:2,glow=1"], "no spec field"),
    ],
)
def test_a_snapshot_of_what_cannot_be_shown_is_one_line(
    words: list[str],
    says: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["snapshot", "-o", "out.png", *words]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("resviz: error: ")
    assert says in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_of_qt_is_named_with_its_package(tmp_path: Path) -> None:
    code = (
        "from resviz.commands import display\n"
        "display._LIBRARIES['libnothere.so.1'] = 'libnothere1'\n"
        "import sys; from resviz.cli import main; sys.exit(main(['snapshot', '-o', 'x.png']))"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "libnothere.so.1" in done.stderr
    assert "apt install libnothere1" in done.stderr
