"""`resviz profile`: every layer, in each format; wrong usage in one line."""

from __future__ import annotations

import csv
import io
import json

import pytest

from resviz.arch.graph import network
from resviz.arch.notation import parse
from resviz.cli import main

SPEC = "basic:1,1,width=4,stem=cifar,classes=3,size=8"
IDS = [layer.id for layer in network(parse(SPEC)).layers]


def test_json_holds_every_layer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", SPEC, "--runs", "3", "--device", "cpu", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [layer["id"] for layer in found["layers"]] == IDS
    assert sum(layer["share"] for layer in found["layers"]) == pytest.approx(1)
    assert (found["runs"], found["device"]) == (3, "cpu")


def test_csv_and_table_say_the_same_layers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", SPEC, "--runs", "1", "--device", "cpu", "--format", "csv"]) == 0
    assert [row["id"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == IDS
    assert main(["profile", SPEC, "--runs", "1", "--device", "cpu"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(IDS)]] == IDS
    assert "median of 1 passes" not in lines[-1]
    assert "one pass of one image on cpu" in lines[-1]


@pytest.mark.parametrize("runs", ["0", "-1", "10001"])
def test_an_impossible_number_of_runs_is_an_error(runs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", SPEC, "--runs", runs]) == 2
    assert f"runs must be from 1 to 10000, not {runs}" in capsys.readouterr().err
