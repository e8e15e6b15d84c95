"""Exports by a real engine: they stand beside predictions, and are cancelled like them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import onnx
import safetensors.torch

from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from tests.engine.conftest import Engine
from tests.nets.small import SPEC


def test_a_network_is_written_with_its_weights(engine: Engine, tmp_path: Path) -> None:
    paths = [tmp_path / "a.onnx", tmp_path / "a.safetensors"]
    for path in paths:
        request = engine.client.export(SPEC, str(path), weights="small", device="cpu")
        assert engine.wait_for(m.Exported) == m.Exported(request, str(path), "")
    said = {entry.key: entry.value for entry in onnx.load(paths[0]).metadata_props}
    assert said["weights"] == "small"
    assert "fc.weight" in safetensors.torch.load_file(paths[1])


def test_an_untrained_one_says_so(engine: Engine, tmp_path: Path) -> None:
    engine.client.export(SPEC, str(tmp_path / "a.onnx"), weights="untrained", device="cpu")
    assert "untrained" in engine.wait_for(m.Exported).note


def test_neither_replaces_nor_is_replaced(engine: Engine, tmp_path: Path) -> None:
    first = engine.client.warm(PRESETS["resnet18"].spec, weights="untrained", device="cpu")
    one = engine.client.export(SPEC, str(tmp_path / "one.onnx"), device="cpu")
    two = engine.client.export(SPEC, str(tmp_path / "two.onnx"), device="cpu")
    last = engine.client.warm(SPEC, device="cpu")
    answers = engine.answers(first, one, two, last)
    assert isinstance(answers[one], m.Exported)
    assert isinstance(answers[two], m.Exported)
    assert isinstance(answers[last], m.ModelReady)
    assert {path.name for path in tmp_path.iterdir()} == {"one.onnx", "two.onnx"}


def test_a_cancelled_export_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    spec = replace(PRESETS["resnet1202-cifar"].spec, blocks=(400, 400, 400))
    request = engine.client.export(spec, str(tmp_path / "a.onnx"), device="cpu")
    engine.client.cancel(request)
    assert engine.wait_for(m.Failed, request).code == m.CANCELLED
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told(engine: Engine, tmp_path: Path) -> None:
    request = engine.client.export(SPEC, str(tmp_path / "missing" / "a.onnx"), device="cpu")
    assert engine.wait_for(m.Failed, request).code == "output_write"
