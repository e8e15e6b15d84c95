"""`resviz explain`, as others script against it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resviz.arch.spec import ResNetSpec
from resviz.cli import main
from resviz.commands.explain import laid, sheet
from resviz.heatmap import DIVERGING
from resviz.nets.model import build_model
from resviz.paths import resources

SAMPLE = str(resources() / "samples" / "cat.jpg")
Capture = pytest.CaptureFixture[str]
# What captum's import brings along.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("method", ["gradcam", "occlusion", "ig", "gradient"])
def test_an_explanation_is_a_picture_or_numbers(
    method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for suffix in (".png", ".npz"):
        words = ["explain", SAMPLE, "--method", method, "--class", "Dog", "-o", str(tmp_path / f"why{suffix}")]
        assert main(words) == 0
    assert "for dog" in capsys.readouterr().out
    picture = np.asarray(Image.open(tmp_path / "why.png").convert("RGB"))
    assert picture.shape[1] > picture.shape[0] > 448
    numbers = np.load(tmp_path / "why.npz")
    assert numbers["seen"].shape == (32, 32, 3)
    assert int(numbers["index"]) == 5
    assert str(numbers["method"]) == method
    assert str(numbers["layer"]) == ("layer4.1.relu2" if method == "gradcam" else "")
    assert numbers["values"].shape == ((4, 4) if method == "gradcam" else (32, 32))
    assert np.abs(numbers["values"]).max() > 0


def test_under_the_pictures_stands_what_they_are_and_what_the_colours_say() -> None:
    before, after = laid(np.full((32, 32, 3), 90, np.uint8), np.array([[1, -1]], np.float32))
    drawn = np.asarray(sheet(before, after, ["gradcam", "layer4.1.relu2", "cat 88.2%"], "cat"))
    below = drawn[12 + before.height + 1 :].reshape(-1, 3).tolist()
    assert list(DIVERGING[0]) in below
    assert list(DIVERGING[-1]) in below
    assert drawn.shape[1] == 2 * before.width + 36
    long = sheet(before, after, ["x" * 60] * 20, "y" * 60)
    assert long.width == drawn.shape[1]
    assert long.height > drawn.shape[0]


def test_plain_is_the_covered_picture_alone(tmp_path: Path) -> None:
    output = tmp_path / "why.png"
    assert main(["explain", SAMPLE, "-o", str(output), "--plain"]) == 0
    assert Image.open(output).size == (448, 448)


def test_random_weights_explain_nothing(tmp_path: Path, capsys: Capture) -> None:
    words = ["explain", SAMPLE, "-o", str(tmp_path / "why.png"), "--spec", "basic:1,width=4,stem=cifar,classes=4"]
    assert main(words) == 0
    assert "untrained: predictions mean nothing: this explains nothing" in capsys.readouterr().err


def test_a_network_that_says_nothing_has_nothing_explained(tmp_path: Path, capsys: Capture) -> None:
    state = build_model(ResNetSpec("basic", (1,), width=4, classes=4, stem="cifar", size=16)).state_dict()
    state["bn1.bias"].fill_(3e38)
    torch.save(state, tmp_path / "bare.pth")
    words = ["explain", SAMPLE, "--weights", str(tmp_path / "bare.pth"), "--class", "1"]
    assert main([*words, "-o", str(tmp_path / "why.png")]) == 2
    err = capsys.readouterr().err
    assert "no prediction" in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bare.pth"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "x.jpg"], ".png or .npz"),
        (["-o", "none/x.png"], "cannot be written"),
        (["-o", "x.npz", "--plain"], "--plain is about a PNG"),
        (["-o", "x.png", "--method", "ig", "--layer", "conv1"], "--layer goes with gradcam"),
        (["-o", "x.png", "--layer", "fc"], "no height and width"),
        (["-o", "x.png", "--layer", ""], "has no layer ''"),
        (["-o", "x.png", "--layer", "layer4.1.rel"], "near it: layer4.1.relu2"),
        (["-o", "x.png", "--class", "shp"], "no class 'shp'; near it: ship"),
        (["-o", "x.png", "--class", ""], "no class ''"),
        (["-o", "x.png", "--class", "zebra"], "it knows airplane, automobile, bird, cat,"),
        (["-o", "x.png", "--class", "99"], "classes 0 to 9"),
        (["-o", "x.png", "--class", "9" * 5000], "classes 0 to 9"),
    ],
)
def test_what_is_wrong_is_one_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explain", SAMPLE, *words]) == 2
    err = capsys.readouterr().err
    assert err.startswith("resviz: error: ")
    assert said in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())
