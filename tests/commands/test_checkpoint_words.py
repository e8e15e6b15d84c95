"""What the commands say of a file of weights: whose names, what was assumed, and how another value is taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from resviz.arch.notation import parse
from resviz.cli import main
from resviz.nets.model import build_model
from resviz.paths import resources

SPEC = "bottleneck:1,1,width=8,stem=cifar,classes=10"
PICTURE = str(resources() / "samples" / "cat.jpg")


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "best.pth.tar"
    state = build_model(parse(SPEC)).state_dict()
    torch.save({"epoch": 3, "state_dict": {f"module.{key}": value for key, value in state.items()}}, path)
    return str(path)


def test_summary_says_what_was_read_and_what_was_assumed(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", file]) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "best.pth.tar, in the names of torchvision\nassumed, as names and shapes cannot tell: stride_in"
    )
    assert "ResNet-8" in said
    assert main(["summary", file, "--format", "json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["dialect"] == "torchvision"
    stride = result["assumed"][0]
    assert (stride["field"], stride["value"], stride["others"]) == ("stride_in", "3x3", ["1x1"])
    assert main(["summary", "resnet18", "--format", "json"]) == 0
    assert "assumed" not in json.loads(capsys.readouterr().out)


def _top(file: str, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    assert main(["classify", PICTURE, "--weights", file, "--format", "json", *words]) == 0
    top: list[dict[str, object]] = json.loads(capsys.readouterr().out)[0]["top"]
    return top


def test_another_value_can_be_taken(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assumed = _top(file, capsys)
    assert _top(file, capsys, "--assume", "stride_in=3x3") == assumed
    for words in (["stride_in=1x1"], ["activation=silu"], ["mean/std=ImageNet"], ["stem_pool=max", "size=64"]):
        other = _top(file, capsys, *(part for word in words for part in ("--assume", word)))
        assert [score["probability"] for score in other] != [score["probability"] for score in assumed]
    numbered = _top(file, capsys, "--assume", "labels=numbers")
    assert [score["label"] for score in numbered] == [f"class {score['index']}" for score in assumed]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("mean/std=nonsense", "it can be CIFAR-10, "),
        ("labels=cats", "it can be CIFAR-10, numbers"),
        ("width=16", "does not fit"),
        ("depth=3", "no spec field"),
        ("stride_in=2x2", "stride_in must be 3x3 or 1x1"),
    ],
)
def test_a_value_that_cannot_be_is_told(file: str, capsys: pytest.CaptureFixture[str], word: str, said: str) -> None:
    assert main(["classify", PICTURE, "--weights", file, "--assume", word]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_of_weights_with_a_card_nothing_is_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", PICTURE, "--assume", "labels=numbers"]) == 2
    assert "only what their card says" in capsys.readouterr().err
