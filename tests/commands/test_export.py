"""`resviz export` as one types it."""

from __future__ import annotations

import csv
import json
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import safetensors.torch
import torch

from resviz.arch.export.source import source
from resviz.arch.notation import load_spec_file
from resviz.arch.presets import PRESETS
from resviz.cli import main
from resviz.nets.model import build_model
from tests.nets.small import SPEC, write_weights

SMALL = "basic:1,1,width=4,stem=cifar,classes=3,size=16"


def export(spec: str, path: Path, *more: str) -> int:
    return main(["export", spec, "-o", str(path), *more])


def test_a_pytorch_file_runs_by_itself(tmp_path: Path) -> None:
    assert export("resnet20-cifar", tmp_path / "model.py") == 0
    done = subprocess.run(
        [sys.executable, "model.py"], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout == "output: (1, 10)\nparameters: 269,722\n"


def test_text_forms_need_no_torch_in_the_process(tmp_path: Path) -> None:
    code = (
        "import sys; from resviz.cli import main\n"
        "for name in sys.argv[2:]: assert main(['export', sys.argv[1], '-o', name]) == 0\n"
        "sys.exit('torch' in sys.modules)"
    )
    names = ["model.py", "spec.json", "report.csv", "report.md", "report.tex"]
    paths = [str(tmp_path / name) for name in names]
    subprocess.run([sys.executable, "-c", code, "resnet50d", *paths], check=True)
    assert load_spec_file(tmp_path / "spec.json") == PRESETS["resnet50d"].spec
    assert (tmp_path / "model.py").read_text("utf-8") == source(PRESETS["resnet50d"].spec)
    with (tmp_path / "report.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["params"]) for row in rows) == 25_576_264
    assert (tmp_path / "report.md").read_text("utf-8").startswith("**ResNet-50-D**")
    assert "\\begin{longtable}" in (tmp_path / "report.tex").read_text("utf-8")


def test_onnx_of_a_checkpoint_has_its_weights(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = build_model(SPEC, seed=3)
    torch.save(
        {"state_dict": {f"module.{key}": value for key, value in model.state_dict().items()}}, tmp_path / "a.pth"
    )
    assert export(str(tmp_path / "a.pth"), tmp_path / "a.onnx") == 0
    out, err = capfd.readouterr()
    assert out == ""
    assert "untrained" not in err
    session = onnxruntime.InferenceSession(tmp_path / "a.onnx", providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    assert given.shape[:2] == ["batch", 3]
    size = given.shape[-1]
    x = torch.randn(5, 3, size, size)
    with torch.inference_mode():
        expected = model(x).numpy()
    (logits,) = session.run(None, {"input": x.numpy()})
    assert np.abs(logits - expected).max() <= 1e-5


def test_an_untrained_export_says_so_and_nothing_of_the_exporter(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert export(SMALL, tmp_path / "a.onnx") == 0
    assert capfd.readouterr() == ("", "resviz: untrained: predictions mean nothing\n")


def test_weights_by_name_go_into_the_file(tmp_path: Path) -> None:
    assert export("resnet18-w16-cifar", tmp_path / "a.safetensors", "--weights", "resnet18-w16-cifar10") == 0
    assert export("resnet18-w16-cifar", tmp_path / "b.safetensors", "--weights", "untrained") == 0
    trained, fresh = (safetensors.torch.load_file(tmp_path / f"{name}.safetensors") for name in "ab")
    assert trained.keys() == fresh.keys() == build_model(PRESETS["resnet18-w16-cifar"].spec).state_dict().keys()
    assert not torch.equal(trained["conv1.weight"], fresh["conv1.weight"])


def test_exported_weights_are_a_checkpoint_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = write_weights(tmp_path)
    assert export(str(first), tmp_path / "again.safetensors") == 0
    one, two = (safetensors.torch.load_file(path) for path in (first, tmp_path / "again.safetensors"))
    assert all(torch.equal(one[key], two[key]) for key in one)
    capsys.readouterr()
    assert main(["summary", str(tmp_path / "again.safetensors"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["spec"]["width"] == SPEC.width


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("model.pt", [], "must end in .py, .json, .csv, .md, .tex, .onnx or .safetensors"),
        ("model", [], "must end in"),
        ("folder.py", [], "it is a folder"),
        ("folder.onnx", [], "it is a folder"),
        ("missing/model.py", [], "No such file"),
        ("missing/model.onnx", [], "No such file"),
        ("file/model.json", [], "Not a directory"),
        ("report.md", ["--weights", "untrained"], "--weights goes with"),
        ("a.onnx", ["--weights", "nonsense"], "neither weights by name"),
        ("\0.py", [], "cannot be written"),
        ("n" * 300 + ".csv", [], "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_one_line_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, more: list[str], said: str
) -> None:
    for folder in ("folder.py", "folder.onnx"):
        (tmp_path / folder).mkdir()
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    assert main(["export", SMALL, "-o", f"{tmp_path}/{name}", *more]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.startswith("resviz: error: ")
    assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_wrong_spec_is_told_and_the_file_before_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.py"
    path.write_text("mine")
    assert export("resnet19", path) == 2
    assert "resnet19" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert export("resnet18", path) == 0
    assert path.read_text("utf-8") == source(PRESETS["resnet18"].spec)
    assert stat.S_IMODE(path.stat().st_mode) & 0o600 == 0o600


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    """In a process in which `import onnx` fails, as it does where the extra is not installed."""
    code = (
        "import sys; sys.modules['onnx'] = None\n"
        "from resviz.cli import main; sys.exit(main(['export', 'resnet18', '-o', sys.argv[1]]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.onnx")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "resviz: error: writing ONNX needs the onnx package: pip install 'resviz[onnx]'\n"
    assert list(tmp_path.iterdir()) == []


def test_summary_in_every_form_and_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "resnet50", "--batch", "4", "--dtype", "fp16", "--format", "json"]) == 0
    many = json.loads(capsys.readouterr().out)
    assert main(["summary", "resnet50", "--format", "json"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert many["activation_bytes"] == 2 * one["activation_bytes"]
    assert (many["batch"], many["dtype"], many["macs"]) == (4, "fp16", one["macs"])
    assert main(["summary", "resnet50", "--format", "latex"]) == 0
    assert "\\begin{longtable}" in capsys.readouterr().out
    assert main(["summary", "resnet50", "--batch", "4"]) == 0
    table = capsys.readouterr().out
    assert "fp32, batch of 4" in table
    assert "peak memory" in table
    assert "One MAC is one multiply-add" in table


@pytest.mark.parametrize("words", [["--batch", "0"], ["--batch", "-3"], ["--batch", "10000000"], ["--dtype", "fp8"]])
def test_a_wrong_setting_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "resnet18", *words]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert words[1] in err
