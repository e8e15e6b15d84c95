"""`resviz devices`: what there is, and a race of all of it."""

from __future__ import annotations

import json

import pytest

from resviz.cli import main
from resviz.nets import race as racing

SPEC = "basic:1,1,width=4,stem=cifar,classes=3,size=8"


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(racing, "SECONDS", 0.02)


def test_without_a_network_the_devices_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["device", "title", "free"]
    assert lines[1].split()[:2] == ["cpu", "CPU"]
    assert main(["devices", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found[0]["name"] == "cpu"
    assert found[0]["total"] > 0


def test_with_a_network_they_race(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", SPEC, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found[0]["device"], found[0]["way"]) == ("cpu", "exact")
    assert found[0]["difference"] == 0
    assert main(["devices", SPEC, "--weights", "untrained"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["device", "way", "median"]
    assert lines[1].split()[:2] == ["cpu", "exact"]
    assert "1.00x" in lines[1]


@pytest.mark.parametrize("words", [["nothing-like-it"], [SPEC, "--weights", "nobody.knows"], [SPEC, "--format", "csv"]])
def test_wrong_words_are_an_error_in_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
