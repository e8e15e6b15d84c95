"""`resviz train`, from data on disk to weights that `nets` can use, and every way not to get there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from resviz.arch.notation import parse
from resviz.cli import main
from resviz.nets.checkpoints import load_model
from tests import pictures

SPEC = "basic:1,1,width=4,stem=cifar,classes=3,size=12"
QUICK = ["--epochs", "1", "--batch", "8", "--threads", "1", "--precision", "fp32", "--augment", "crop"]


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    content = pictures.files(train=12, test=4, size=12)
    return pictures.tar(tmp_path_factory.mktemp("data") / "shapes.tar.xz", content)


def arguments(data: Path, output: Path, *more: str) -> list[str]:
    return ["train", SPEC, "--data", str(data), "-o", str(output), *QUICK, *more]


def test_it_leaves_weights_and_card_and_nothing_else(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "shapes.safetensors"
    assert main(arguments(shapes, output)) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shapes.json", "shapes.safetensors"]
    load_model(parse(SPEC), output)
    out, err = capsys.readouterr()
    assert out == ""
    assert re.search(r"epoch 1/1  loss \d\.\d{3}  validation \d+\.\d\d%  [\d,]+ images/s  0 s left  best so far\n", err)
    assert "% of 12 test pictures right" in err


def test_the_command_on_the_card_does_the_same_again(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    assert main(arguments(shapes, first / "a.safetensors", "--seed", "7", "--store", "fp32")) == 0
    card = json.loads((first / "a.json").read_text("utf-8"))
    assert str(tmp_path) not in json.dumps(card)
    (second / shapes.name).write_bytes(shapes.read_bytes())
    monkeypatch.chdir(second)
    program, *words = card["command"].split()
    assert program == "resviz"
    assert main(words) == 0
    assert (second / "a.safetensors").read_bytes() == (first / "a.safetensors").read_bytes()
    assert json.loads((second / "a.json").read_text("utf-8"))["accuracy"] == card["accuracy"]


def test_folder_and_archive_make_the_same_weights(shapes: Path, tmp_path: Path) -> None:
    folder = pictures.folder(tmp_path / "shapes", pictures.files(train=12, test=4, size=12))
    assert main(arguments(shapes, tmp_path / "a.safetensors")) == 0
    assert main(arguments(folder, tmp_path / "b.safetensors")) == 0
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_interrupted_it_says_how_to_go_on_and_the_same_command_does(shapes: Path, tmp_path: Path) -> None:
    output = tmp_path / "a.safetensors"
    words = arguments(shapes, output, "--epochs", "60")
    command = [sys.executable, "-m", "resviz", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stderr is not None
        seen = [next(line for line in child.stderr if line.startswith("epoch 2/"))]
        child.send_signal(signal.SIGINT)
        seen += child.stderr.readlines()
        assert child.wait(60) == 130
    assert "the same command goes on from here (a.safetensors.resume)" in seen[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors.resume"]
    assert main(words) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.safetensors"]
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["recipe"]["epochs"] == 60


def test_an_interrupted_run_is_not_gone_on_with_otherwise_unless_asked(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.safetensors"
    (tmp_path / "a.safetensors.resume").write_bytes(b"not a state")
    assert main(arguments(shapes, output)) == 2
    assert "--restart begins anew" in capsys.readouterr().err
    assert not output.exists()
    assert main(arguments(shapes, output, "--restart")) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.safetensors"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--epochs", "0"], "--epochs must be 1 or more, not 0"),
        (["--batch", "1"], "--batch must be 2 or more"),
        (["--rate", "nan"], "--rate must be above 0"),
        (["--holdout", "1"], "--holdout must be between 0 and 1"),
        (["--max-minutes", "0"], "--max-minutes must be above 0"),
        (["--threads", "0"], "--threads must be 1 to"),
        (["--seed", "-1"], "--seed must be 0 to"),
        (["--device", "abacus"], "abacus"),
        (["-o", "weights.pth"], "weights are written as .safetensors"),
        (["-o", "nowhere/a.safetensors"], "nowhere/a.safetensors cannot be written"),
        (["--data", "nowhere.tar.xz"], "there is no file or folder nowhere.tar.xz"),
        (["--data", "flat"], "holds no pictures in folders named after classes"),
        (["-o", "n" * 300 + ".safetensors"], "File name too long"),
        (["-o", "n" * 240 + ".safetensors"], "File name too long"),  # its .resume is
        (["--data", "n" * 3000], "there is no file or folder nnn"),
        (["--augment", "much"], "invalid choice"),
    ],
)
def test_wrong_use_is_one_line_and_leaves_nothing(
    shapes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flat").mkdir()
    assert main(arguments(shapes, tmp_path / "a.safetensors", *more)) == 2
    err = capsys.readouterr().err
    complaint = err.splitlines()[-1]
    assert complaint.startswith("resviz: error: ")
    assert words in complaint
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["flat"]


def test_a_spec_with_other_classes_is_told_the_right_number(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "resnet20-cifar", "--data", str(shapes), "-o", str(tmp_path / "a.safetensors")]
    assert main(words) == 2
    assert "holds 3 classes, the spec has 10; write classes=3" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
