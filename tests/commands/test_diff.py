"""`resviz diff` as a user runs it: what the first lines say, that it fits a terminal, and its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.cli import main
from resviz.commands.diff import WIDTH
from resviz.nets.model import build_model

FIGURES = {"params", "buffers", "macs", "activation_bytes", "weighted_layers"}


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["diff", *words]) == 0
    return capsys.readouterr().out


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    return json.loads(_said(capsys, *words, "--format", "json"))


@pytest.mark.parametrize(
    ("a", "b", "cost", "gist"),
    [
        (
            "resnet18",
            "resnet34",
            "parameters +10,108,160 (+86.5 %), MACs +1,849,688,064 (×2.02), receptive field 435 → 899 px",
            "blocks: 8 added, 8 the same; stem the same; head the same",
        ),
        (
            "resnet50",
            "resnet50,stride_in=1x1",
            "parameters the same, MACs -231,211,008 (-5.7 %), receptive field 427 → 483 px",
            "blocks: 3 changed, 13 the same; stem the same; head the same",
        ),
        (
            "resnet18",
            "resnet18,size=256",
            "parameters the same, MACs +555,171,840 (+30.6 %), receptive field 435 px in both",
            "blocks: 8 changed in shape only; stem changed in shape only; head changed in shape only",
        ),
        (
            "resnet18",
            "resnet18,zero_init=true",
            "parameters the same, MACs the same, receptive field 435 px in both",
            "no layer differs, only how the network is set up or trained",
        ),
    ],
)
def test_the_first_three_lines_say_it(a: str, b: str, cost: str, gist: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _said(capsys, a, b).splitlines()[:3] == [f"{a} → {b}", cost, gist]


def test_equal_networks(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _said(capsys, "resnet18", "basic:2,2,2,2").splitlines()
    assert lines == [
        "resnet18 → basic:2,2,2,2",
        "no difference: 11,689,512 parameters, 1,814,073,344 MACs in both",
    ]
    assert "no difference" in _said(capsys, "resnet18", "resnet18", "--format", "markdown")
    data = _json(capsys, "resnet18", "resnet18")
    assert data["same"]
    assert data["totals"]["macs"] == {"a": 1_814_073_344, "b": 1_814_073_344, "delta": 0, "ratio": 1.0}


def test_stage_by_stage(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {line.split()[0]: line.split() for line in _said(capsys, "resnet18", "resnet34").splitlines() if line}
    assert rows["layer3"][1:7] == ["2", "→", "6", "2,099,712", "6,822,400", "+4,722,688"]
    assert rows["layer3"][7:] == ["411.04", "1,335.89", "+924.84", "211", "→", "547"]
    assert rows["total"][4:7] == ["11,689,512", "21,797,672", "+10,108,160"]


def test_what_one_network_has_not_is_no_zero(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {line.split()[0]: line for line in _said(capsys, "basic:2,2,2", "basic:2,2,2,2").splitlines() if line}
    assert rows["layer4"].endswith("- → 435")
    assert rows["layer4"].split()[1:6] == ["0", "→", "2", "-", "8,393,728"]


@pytest.mark.parametrize("other", PRESETS)
def test_it_fits_a_terminal_of_100_columns(other: str, capsys: pytest.CaptureFixture[str]) -> None:
    for pair in (("resnet50", other), (other, "resnet20-cifar")):
        out = _said(capsys, *pair)
        assert max(map(len, out.splitlines())) <= WIDTH
        assert "\N{NO-BREAK SPACE}" not in out


def test_long_names_stand_one_below_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    a = "bottleneck:3,4,6,3,stem=deep,projection=avgpool,attention=se,reduction=8,activation=silu,classes=10"
    lines = _said(capsys, a, "resnet50").splitlines()
    assert lines[:2] == [f"A  {a}", "B  resnet50"]


def test_json_is_the_documented_form(capsys: pytest.CaptureFixture[str]) -> None:
    data = _json(capsys, "resnet18", "resnet34,classes=10")
    assert set(data) == {"a", "b", "same", "fields", "stages", "totals", "conventions"}
    assert set(data["a"]) == {"label", "name", "spec", "assumed"}
    assert data["a"]["label"] == data["a"]["name"] == "resnet18"
    assert data["b"]["spec"]["blocks"] == [3, 4, 6, 3]
    assert data["fields"][0] == {"field": "blocks", "a": [2, 2, 2, 2], "b": [3, 4, 6, 3]}
    assert set(data["totals"]) == FIGURES | {"peak_bytes", "receptive_field"}
    assert data["totals"]["receptive_field"] == {"a": 435, "b": 899, "delta": 464, "ratio": 899 / 435}
    assert [stage["id"] for stage in data["stages"]] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    stage = data["stages"][1]
    places = {"blocks_a", "blocks_b", "receptive_field_a", "receptive_field_b"}
    assert set(stage) == {"id", "status", "blocks"} | places | FIGURES
    assert (stage["blocks_a"], stage["blocks_b"], stage["receptive_field_b"]) == (2, 3, 59)
    block = stage["blocks"][2]
    assert set(block) == {"id_a", "id_b", "status", "shortcut_a", "shortcut_b", "layers"} | FIGURES
    assert (block["id_a"], block["id_b"], block["status"]) == (None, "layer1.2", "added")
    assert block["params"] == {"a": 0, "b": 73_984, "delta": 73_984, "ratio": None}
    assert block["layers"][0] == {"id_a": None, "id_b": "layer1.2.conv1", "status": "added", "changes": []}
    fc = data["stages"][-1]["blocks"][0]["layers"][-1]
    assert fc["changes"] == [{"what": "channels", "a": [512, 1000], "b": [512, 10]}]


def test_json_holds_every_layer(capsys: pytest.CaptureFixture[str]) -> None:
    data = _json(capsys, "resnet50", "bottleneck:3,4,6,order=pre,stem=deep,stem_pool=conv,antialias=blur")
    layers = [layer for stage in data["stages"] for block in stage["blocks"] for layer in block["layers"]]
    for side, name in (("id_a", "resnet50"), ("id_b", data["b"]["name"])):
        main(["summary", name, "--format", "json"])
        known = [layer["id"] for layer in json.loads(capsys.readouterr().out)["layers"]]
        assert sorted(layer[side] for layer in layers if layer[side]) == sorted(known)


def test_markdown_has_tables_of_one_width(capsys: pytest.CaptureFixture[str]) -> None:
    out = _said(capsys, "resnet18", "resnet50", "--format", "markdown")
    assert out.startswith("**`resnet18` → `resnet50`**\n\nparameters +13,867,520 (×2.19)")
    tables = [part.splitlines() for part in out.split("\n\n") if part.startswith("|")]
    assert [len(table) for table in tables] == [4, 9, 9]
    for table in tables:
        assert len({line.count("|") for line in table}) == 1
    assert "\n- layer3.2 … layer3.5: 4 blocks added" in out


def test_a_checkpoint_against_a_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = "basic:2,1,width=8,stem=cifar,classes=7"
    path = tmp_path / "best.safetensors"
    save_file(dict(build_model(parse(spec)).state_dict()), path)
    lines = _said(capsys, str(path), f"{spec},attention=se,activation=silu").splitlines()
    assert lines[0] == f"best.safetensors → {spec},attention=se,activation=silu"
    assert lines[1].startswith("parameters +")
    assert lines[3].startswith("assumed, as best.safetensors cannot tell: ")
    assert "activation=relu" in " ".join(lines[3:5])
    assert ["activation", "relu", "(assumed)", "silu"] in [line.split()[:4] for line in lines]
    assert any(line.startswith("every block") and "se added" in line for line in lines)


def test_two_checkpoints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / "one.safetensors", tmp_path / "two.pth"]
    state = build_model(parse("basic:2,1,width=8,stem=cifar,classes=7")).state_dict()
    save_file(dict(state), paths[0])
    torch.save(state, paths[1])
    lines = _said(capsys, *map(str, paths)).splitlines()
    assert lines[1].startswith("no difference")
    assert lines[2].startswith("assumed, as one.safetensors and two.pth cannot tell: ")
    data = _json(capsys, *map(str, paths))
    assert data["b"]["spec"]["blocks"] == [2, 1]
    assert {"field", "value", "others", "why"} == set(data["b"]["assumed"][0])
    assert {guess["field"] for guess in data["a"]["assumed"]} <= set(data["a"]["spec"])


@pytest.mark.parametrize(("a", "b"), [("nope", "resnet18"), ("resnet18", "basic:0"), ("resnet18", "no/such.pth")])
def test_what_cannot_be_read_ends_in_one_line(a: str, b: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", a, b]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("resviz: error: ")
    assert printed.err.count("\n") == 1


def test_help_says_what_the_exit_code_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--help"]) == 0
    assert "Exits with 0 whether the networks differ or not" in " ".join(capsys.readouterr().out.split())
