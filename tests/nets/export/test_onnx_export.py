"""What ONNX Runtime makes of an exported file, against the torch model."""

from __future__ import annotations

import json
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import assume, given, settings

from resviz.arch.graph import network
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import UsageError
from resviz.nets.classifier import Classifier
from resviz.nets.export import onnx_file as onnx_export
from resviz.nets.model import ResNet, build_model
from tests.nets.small import LABELS, SPEC, write_weights
from tests.strategies import specs

CLOSE = 1e-5


def lively(spec: ResNetSpec) -> ResNet:
    """A model whose running statistics are away from 0 and 1, as a trained network has them."""
    model = build_model(spec)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return model


def run(data: bytes, x: torch.Tensor) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    (logits,) = session.run(["logits"], {"input": x.numpy()})
    return logits


def assert_same(spec: ResNetSpec, batches: tuple[int, ...] = (1, 3)) -> None:
    model = lively(spec)
    proto = onnx_export.proto_of(model)
    onnx.checker.check_model(proto, full_check=True)
    for batch in batches:
        x = torch.randn(batch, spec.channels, spec.size, spec.size)
        with torch.inference_mode():
            expected = model(x).numpy()
        found = run(proto.SerializeToString(), x)
        if np.isfinite(expected).all():
            # Logits of untrained networks grow with depth: the distance counts against the largest.
            assert np.abs(found - expected).max() <= CLOSE * max(1.0, np.abs(expected).max())


@pytest.mark.parametrize(
    "text",
    [
        "resnet18",
        "resnet20-cifar",
        "plain20-cifar",
        "seresnet50",
        "ecaresnet50t",
        "resnext50_32x4d",
        "resnetblur50",
        "resnetaa50",
        "resnetrs50",
        "resnet50_gn",
        "resnet50,order=pre,output_stride=8",
        "resnet50d,output_stride=8",
        *(f"resnet18,activation={name}" for name in ("leaky_relu", "elu", "silu", "gelu", "mish", "hardswish")),
    ],
)
def test_outputs_are_the_models(text: str) -> None:
    spec = parse(text)
    assert_same(replace(spec, size=min(spec.size, 64), classes=10))


@settings(max_examples=40, deadline=None)
@given(specs(max_size=33))
def test_any_spec_gives_the_models_outputs(spec: ResNetSpec) -> None:
    # The variance of a few numbers can be rounding alone, which a norm then blows up: nothing to compare.
    groups = [layer for layer in network(spec).layers if layer.op == "gn"]
    assume(all(prod(layer.out_shape) // layer.groups >= 8 for layer in groups))
    assert_same(spec, batches=(2,))


def test_names_are_those_of_layers_and_weights() -> None:
    spec = PRESETS["resnet18"].spec
    model = build_model(spec)
    graph = onnx_export.proto_of(model).graph
    names = {node.name for node in graph.node}
    assert all(layer.id in names for layer in network(spec).layers)
    weights = {tensor.name for tensor in graph.initializer}
    assert weights == {key for key in model.state_dict() if not key.endswith("num_batches_tracked")}
    assert [value.name for value in graph.input] == ["input"]
    assert [value.name for value in graph.output] == ["logits"]


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    known = Classifier(SPEC, str(write_weights(tmp_path)), "cpu")
    path = tmp_path / "small.onnx"
    onnx_export.export(known.model, path, onnx_export.about(known))
    said = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    assert said["notation"] == "basic:1,1,width=4,stem=cifar,classes=3,size=16"
    assert json.loads(said["labels"]) == list(LABELS)
    assert (json.loads(said["mean"]), json.loads(said["std"])) == ([0.5, 0.4, 0.3], [0.2, 0.2, 0.25])
    assert said["weights"] == "small"
    x = torch.randn(2, 3, 16, 16)
    with torch.inference_mode():
        assert np.abs(run(path.read_bytes(), x) - known.model(x).numpy()).max() <= CLOSE


def test_an_untrained_network_is_called_so(tmp_path: Path) -> None:
    known = Classifier(SPEC, "untrained", "cpu")
    onnx_export.export(known.model, tmp_path / "a.onnx", onnx_export.about(known))
    said = {entry.key: entry.value for entry in onnx.load(tmp_path / "a.onnx").metadata_props}
    assert (said["weights"], said["labels"]) == ("untrained", "[]")


def test_more_than_two_gigabytes_are_refused(tmp_path: Path) -> None:
    spec = replace(PRESETS["resnet152"].spec, width=256)
    with pytest.raises(UsageError, match="at most 2 GB") as caught:
        onnx_export.export(build_model(spec, device="meta"), tmp_path / "big.onnx")
    assert caught.value.code == "onnx_size"
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    steps: list[float] = []

    def stop(done: float, _text: str) -> None:
        steps.append(done)
        if done > 0.3:
            raise StoppedError

    with pytest.raises(StoppedError):
        onnx_export.export(build_model(SPEC), tmp_path / "a.onnx", progress=stop)
    assert steps == sorted(steps)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        onnx_export.export(build_model(SPEC), tmp_path / "missing" / "a.onnx")
    assert caught.value.code == "output_write"
