from __future__ import annotations

import argparse
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from resviz.arch.presets import PRESETS
from resviz.cli import main
from resviz.commands import display
from resviz.commands.common import view_of
from resviz.paths import weights_dir


def test_summary_json_is_the_documented_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "resnet18", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["params"], data["macs"], data["weighted_layers"]) == (11_689_512, 1_814_073_344, 18)
    assert data["formula"] == "18 = 1 + (2+2+2+2)×2 + 1"
    assert data["input"] == [3, 224, 224]
    kinds = [shortcut["kind"] for shortcut in data["shortcuts"]]
    assert (kinds.count("projection"), kinds.count("identity")) == (3, 5)
    layer = next(layer for layer in data["layers"] if layer["id"] == "layer2.0.downsample.0")
    known = {
        "id": "layer2.0.downsample.0",
        "op": "conv",
        "stage": "layer2",
        "block": "layer2.0",
        "in_shape": [64, 56, 56],
        "out_shape": [128, 28, 28],
        "params": 8192,
        "macs": 6_422_528,
        "receptive_field": 43,
    }
    assert layer.items() >= known.items()
    path = [edge for edge in data["edges"] if edge["kind"] == "projection" and "layer2.0" in edge["target"]]
    assert [(edge["source"], edge["target"]) for edge in path] == [
        ("layer1.1.relu2", "layer2.0.downsample.0"),
        ("layer2.0.downsample.0", "layer2.0.downsample.1"),
        ("layer2.0.downsample.1", "layer2.0.add"),
    ]
    assert {edge["source"] for edge in data["edges"]} >= {"input"}
    assert data["layers"][-1]["out_shape"] == [1000]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_summary_in_every_format(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["summary", name, "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    main(["summary", name, "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["id"] for row in rows] == [layer["id"] for layer in data["layers"]]
    assert sum(int(row["params"]) for row in rows) == data["params"]
    for form in ("table", "markdown"):
        main(["summary", name, "--format", form])
        assert f"{data['params']:,}" in capsys.readouterr().out


def test_image_size_changes_macs_but_no_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    main(["summary", "resnet18", "--image-size", "448", "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    assert data["params"] == 11_689_512
    assert data["macs"] == 4 * (1_814_073_344 - 512_000) + 512_000


WINDOWS = (["gui"], ["snapshot", "-o", "picture.png"])
WRONG_NETWORKS = (
    *(["--device", "foo"], ["--device", "cuda:x"]),
    *(["--weights", "nope"], ["--weights", "missing.safetensors"], ["--weights", "no/such.ckpt"]),
    *(["--weights", __file__], ["--weights", "x" * 5000]),
)


@pytest.mark.parametrize(
    "words",
    [
        ["summary"],
        ["summary", "resnet19"],
        ["summary", "basic:0,1"],
        ["summary", "basic:1000000000"],
        ["summary", "resnet18", "--image-size", "0"],
        ["summary", "resnet18", "--image-size", "big"],
        ["summary", "missing.json"],
        ["summary", "missing.safetensors"],
        ["summary", "resnet18", "--format", "xml"],
        ["frobnicate"],
        ["--frobnicate"],
        ["snapshot", "-o", "picture.jpg"],
        ["snapshot", "-o", "picture.png", "--size", "9x9"],
        ["snapshot", "-o", "picture.png", "--spec", "resnet19"],
        *([*command, *words] for command in WINDOWS for words in WRONG_NETWORKS),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("resviz: error: ")
    assert err.count("\n") == 1
    assert len(err) <= 301


def test_a_windows_network_is_checked_without_torch() -> None:
    code = (
        "import sys; from resviz.cli import main; code = main(['gui', '--weights', 'nope']); "
        "sys.exit(code if not {'torch', 'torchvision'} & set(sys.modules) else 1)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 2


@pytest.mark.parametrize("name", ["untrained", "small", "resnet50.IMAGENET1K_V2"])
def test_weights_by_name_are_left_to_the_engine(name: str) -> None:
    weights_dir().mkdir(parents=True)
    (weights_dir() / "a.json").write_text('{"name": "small"}')
    args = argparse.Namespace(spec=None, weights=name, device="cuda:0", image=None, theme=None, lang="en")
    assert (view_of(args).weights, view_of(args).device) == (name, "cuda:0")


def test_a_long_error_keeps_both_ends_and_is_printable(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "resnet18", "--format", "\x1b[31m" + "x" * 5000]) == 2
    err = capsys.readouterr().err
    assert len(err) <= 301
    assert "\\x1b[31m" in err
    assert err.endswith("see resviz summary --help\n")


@pytest.mark.parametrize("words", [["summary", "resnet18"], ["summary", "resnet1202-cifar"], ["--help"]])
def test_output_that_cannot_be_written_is_one_line(words: list[str]) -> None:
    with Path(os.devnull).open() as closed:  # for reading: writing to it fails, as to a full disk
        command = [sys.executable, "-m", "resviz", *words]
        env = {**os.environ, "PYTHONUNBUFFERED": ""}  # the buffer is what is written last
        done = subprocess.run(command, env=env, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("resviz: error: ")
    assert "Bad file descriptor" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_a_terminal_that_knows_only_ascii_gets_escapes(form: str) -> None:
    command = [sys.executable, "-m", "resviz", "summary", "resnet18", "--format", form]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert form != "json" or json.loads(done.stdout)["formula"] == "18 = 1 + (2+2+2+2)×2 + 1"


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--debug", "summary", "basic:0"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_summary_loads_no_torch() -> None:
    code = "import sys; from resviz.cli import main; main(['summary', 'resnet152']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_a_checkpoint_as_spec_is_left_to_the_engine(tmp_path: Path) -> None:
    """The window's process never loads torch, not even to read what network to show."""
    path = tmp_path / "mine.safetensors"
    path.write_bytes(b"the engine says what is wrong with it")
    code = (
        "import argparse, sys\n"
        "from resviz.commands import common\n"
        "parser = argparse.ArgumentParser(); common.add_view_arguments(parser)\n"
        f"view = common.view_of(parser.parse_args(['--spec', {str(path)!r}]))\n"
        "print(view.spec, view.weights, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"None {path} False"


def test_a_closed_pipe_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -m resviz summary resnet152 | head -n 1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert "ResNet-152" in done.stdout


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": "host:0"}, "linux", True),
        ({"DISPLAY": ":98765"}, "linux", False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_display_is_looked_up_before_qt_starts(environ: dict[str, str], platform: str, expected: bool) -> None:
    assert display.has_display(environ, platform) is expected


def test_an_empty_qt_platform_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    display.use_offscreen()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    display.use_offscreen()
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"
