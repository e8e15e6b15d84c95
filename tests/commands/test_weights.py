from __future__ import annotations

import json

import pytest

from resviz.cli import main
from resviz.nets.fetch import BASE_URL
from resviz.paths import weights_dir
from tests.nets.small import write_weights

Capture = pytest.CaptureFixture[str]


def test_the_list_shows_what_is_here_and_what_can_be_had(capsys: Capture) -> None:
    write_weights(weights_dir())
    assert main(["weights", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "spec", "on", "disk", "accuracy", "size"]
    small = next(line for line in lines if line.startswith("small "))
    assert "yes" in small
    assert "87.50%" in small
    remote = next(line for line in lines if line.startswith("resnet50.IMAGENET1K_V2 "))
    assert " no " in remote
    assert "80.86%" in remote


def test_the_list_as_json(capsys: Capture) -> None:
    path = write_weights(weights_dir())
    assert main(["weights", "list", "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["small"]["path"] == str(path)
    assert rows["small"]["on_disk"] is True
    assert rows["resnet18.IMAGENET1K_V1"] == {
        "name": "resnet18.IMAGENET1K_V1",
        "title": "ResNet-18 · ImageNet-1K (V1)",
        "spec": "resnet18",
        "on_disk": False,
        "path": None,
        "accuracy": 0.69758,
        "bytes": rows["resnet18.IMAGENET1K_V1"]["bytes"],
        "classes": 1000,
    }


@pytest.mark.parametrize("arguments", [[], ["fetch"], ["fetch", "resnet9"], ["drop", "x"]])
def test_wrong_use_is_one_line_and_exit_2(arguments: list[str], capsys: Capture) -> None:
    assert main(["weights", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith("resviz: error: ")
    assert err.count("\n") == 1


def test_fetching_offline_is_told(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(BASE_URL, "http://127.0.0.1:9")
    assert main(["weights", "fetch", "resnet18.IMAGENET1K_V1"]) == 2
    assert "127.0.0.1 cannot be reached" in capsys.readouterr().err
