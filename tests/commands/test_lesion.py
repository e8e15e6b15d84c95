"""`resviz lesion`, as others script against it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from resviz.arch.spec import ResNetSpec
from resviz.cli import main
from resviz.nets.classifier import Classifier
from resviz.nets.lesion import sweep
from resviz.nets.model import build_model
from resviz.paths import resources

SAMPLE = str(resources() / "samples" / "cat.jpg")


def test_a_picture_gives_an_object_for_each_block(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesion", SAMPLE, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["block"] for row in rows] == [f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1)]
    assert set(rows[0]) == {"block", "kind", "label", "probability_before", "probability_after", "top_after"}
    assert [row["kind"] for row in rows][:3] == ["identity", "identity", "projection"]
    assert {row["label"] for row in rows} == {"cat"}
    from resviz.arch.presets import DEFAULT, PRESETS
    from resviz.nets.images import decode_file

    classifier = Classifier(PRESETS[DEFAULT].spec, device="cpu")
    found = sweep(classifier.model, classifier.batch(lambda least: decode_file(SAMPLE, least=least)))
    assert [row["probability_after"] for row in rows] == [lesion.after for lesion in found]


def test_a_folder_gives_the_accuracy_without_each_block(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for label in ("cat", "ship", "no class"):
        (tmp_path / label).mkdir()
    for name in ("cat", "ship"):
        picture = Image.open(resources() / "samples" / f"{name}.jpg")
        picture.save(tmp_path / name / "one.png")
        picture.save(tmp_path / "no class" / f"{name}.png")
    (tmp_path / "cat" / "broken.png").write_bytes(b"no picture")
    assert main(["lesion", str(tmp_path), "--blocks", "layer1.0, layer4.1", "--format", "csv"]) == 1
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [(row["block"], row["images"], row["accuracy_before"]) for row in rows] == [
        ("layer1.0", "2", "1.0"),
        ("layer4.1", "2", "1.0"),
    ]
    assert "broken.png" in said.err
    (tmp_path / "cat" / "broken.png").unlink()
    assert main(["lesion", str(tmp_path), "--blocks", "layer1.0"]) == 0
    assert "accuracy after" in capsys.readouterr().out


def test_random_weights_conclude_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesion", SAMPLE, "--spec", "basic:1,1,width=4,stem=cifar,classes=10"]) == 0
    said = capsys.readouterr()
    assert "nothing can be concluded" in said.err
    assert "probability after" in said.out


def test_layers_of_a_plain_network_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesion", SAMPLE, "--weights", "plain18-w16-cifar10", "--blocks", "layers", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 16
    assert (rows[1]["block"], rows[1]["kind"]) == ("layer1.0.conv2", "none")
    words = ["lesion", SAMPLE, "--weights", "plain18-w16-cifar10", "--blocks", "layer1.0.conv2,layer1.0"]
    assert main([*words, "--format", "json"]) == 0
    one, block = json.loads(capsys.readouterr().out)
    assert one == rows[1]
    assert block["block"] == "layer1.0"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lesion", SAMPLE, "--blocks", "layers"], "has no plain blocks"),
        (["lesion", SAMPLE, "--blocks", "layer1.0.conv1"], "cannot be taken out by itself"),
        (["lesion", SAMPLE, "--blocks", "layer9.0"], "has no block 'layer9.0'"),
        (["lesion", SAMPLE, "--blocks", "layer2.0.downsample.0"], "cannot be taken out by itself"),
        (["lesion", SAMPLE, "--blocks", "layer2"], "has no block 'layer2'"),
        (["lesion", SAMPLE, "--blocks", ""], "'' is none of these"),
        (["lesion", SAMPLE, "--blocks", " , "], "is none of these"),
        (["lesion", SAMPLE, "--blocks", "all,layer1.0"], "'all,layer1.0' is none of these"),
        (["lesion", "no-such-file.png"], "there is no file"),
        (["lesion", ""], "there is no file"),
    ],
)
def test_what_is_wrong_is_one_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.startswith("resviz: error: ")
    assert said in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_without_classes_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    assert main(["lesion", str(tmp_path)]) == 2
    assert "called like the network's classes" in capsys.readouterr().err


def test_a_block_that_is_named_twice_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesion", SAMPLE, "--blocks", "layer2.0,layer1.0, layer2.0,", "--format", "json"]) == 0
    assert [row["block"] for row in json.loads(capsys.readouterr().out)] == ["layer2.0", "layer1.0"]


def test_numbers_beyond_fp32_are_no_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the whole network says nothing there is no answer; where it does without a block, JSON has null."""
    spec = ResNetSpec("basic", (1, 1), width=4, classes=4, stem="cifar", size=16)
    state = build_model(spec).state_dict()
    path = tmp_path / "bare.pth"
    words = ["lesion", SAMPLE, "--weights", str(path), "--format", "json"]
    state["fc.weight"].fill_(2)
    state["layer2.0.downsample.1.bias"].fill_(3e38)
    torch.save(state, path)
    assert main(words) == 2
    said = capsys.readouterr()
    assert "no prediction" in said.err
    assert said.err.count("\n") == 1
    state["layer2.0.bn2.bias"].fill_(-3e38)  # the branch and the shortcut together are small
    torch.save(state, path)
    assert main(words) == 0
    said = capsys.readouterr()
    whole, cut = json.loads(said.out)
    assert (cut["probability_after"], cut["top_after"]) == (None, None)
    assert whole["probability_after"] is not None
    assert "beyond fp32" in said.err
    assert main([*words[:-1], "table"]) == 0


def test_weights_that_have_seen_no_picture_conclude_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = ResNetSpec("basic", (1,), width=4, classes=4, stem="cifar", size=16)
    path = tmp_path / "bare.pth"
    torch.save(build_model(spec).state_dict(), path)
    assert main(["lesion", SAMPLE, "--weights", str(path), "--format", "json"]) == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)) == 1
    assert "nothing can be concluded" in said.err


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_an_interrupt_ends_a_folder_in_one_line(tmp_path: Path) -> None:
    """The first picture is broken: when that is told, the sweep is under way."""
    (tmp_path / "class 0").mkdir()
    (tmp_path / "class 0" / "0.png").write_bytes(b"no picture")
    picture = Image.effect_noise((64, 64), 80)
    for number in range(1, 2000):
        picture.save(tmp_path / "class 0" / f"{number:04}.png", compress_level=1)
    command = [sys.executable, "-m", "resviz", "lesion", str(tmp_path), "--spec", "resnet110-cifar"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        assert child.stdout is not None
        assert "0.png" in child.stderr.readline()
        child.send_signal(signal.SIGINT)
        assert child.stderr.read() == "resviz: interrupted\n"
        assert child.stdout.read() == ""
        assert child.wait() == 130
