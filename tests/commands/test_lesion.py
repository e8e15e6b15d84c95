"""`resviz lesion` and `resviz explain`, as others script against them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resviz.cli import main
from resviz.nets.classifier import Classifier
from resviz.nets.lesion import sweep
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
    assert main(["lesion", str(tmp_path), "--blocks", "layer1.0, layer4.1", "--format", "csv"]) == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [(row["block"], row["images"], row["accuracy_before"]) for row in rows] == [
        ("layer1.0", "2", "1.0"),
        ("layer4.1", "2", "1.0"),
    ]
    assert "broken.png" in said.err


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
        (["lesion", "no-such-file.png"], "there is no file"),
        (["explain", SAMPLE, "-o", "x.jpg"], ".png or .npz"),
        (["explain", SAMPLE, "-o", "x.png", "--method", "ig", "--layer", "conv1"], "--layer goes with gradcam"),
        (["explain", SAMPLE, "-o", "x.png", "--layer", "fc"], "no height and width"),
        (["explain", SAMPLE, "-o", "x.png", "--class", "shp"], "no class 'shp'; near it: ship"),
        (["explain", SAMPLE, "-o", "x.png", "--class", "99"], "classes 0 to 9"),
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


@pytest.mark.filterwarnings("ignore")  # what captum's import brings along
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
    assert numbers["values"].shape == ((4, 4) if method == "gradcam" else (32, 32))
    assert np.abs(numbers["values"]).max() > 0
