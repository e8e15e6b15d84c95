"""The generated file as a program: the model's keys and its outputs, to the last bit."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torchvision
from hypothesis import given, settings

from resviz.arch.analysis import report
from resviz.arch.export.source import source
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.nets.model import build_model
from tests.strategies import specs


def generated(spec: ResNetSpec) -> torch.nn.Module:
    """A network made by the file, as whoever imports it gets one."""
    names: dict[str, object] = {"__name__": "generated"}
    exec(compile(source(spec), "generated.py", "exec"), names)
    resnet = names["ResNet"]
    assert isinstance(resnet, type)
    return resnet().eval()


def assert_same_keys(spec: ResNetSpec) -> None:
    with torch.device("meta"):
        theirs = generated(spec).state_dict()
    ours = build_model(spec, device="meta").state_dict()
    assert [(key, value.shape) for key, value in theirs.items()] == [(key, value.shape) for key, value in ours.items()]


def assert_same_output(spec: ResNetSpec) -> None:
    ours, theirs = build_model(spec), generated(spec)
    for module in ours.modules():
        # Running statistics away from 0 and 1, as a trained network has them.
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, spec.channels, spec.size, spec.size)
    with torch.inference_mode():
        assert torch.equal(torch.nan_to_num(ours(x)), torch.nan_to_num(theirs(x)))


@pytest.mark.parametrize("name", PRESETS)
def test_keys_of_every_preset_are_the_models(name: str) -> None:
    assert_same_keys(PRESETS[name].spec)


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
        "resnet50,order=pre",
        "resnet50,stride_in=1x1,output_stride=8",
        "resnet50d,output_stride=8",
    ],
)
def test_outputs_are_the_models_to_the_last_bit(text: str) -> None:
    spec = parse(text)
    assert_same_output(replace(spec, size=min(spec.size, 64)))


@settings(max_examples=60, deadline=None)
@given(specs(max_size=40))
def test_any_spec_gives_the_models_keys_and_outputs(spec: ResNetSpec) -> None:
    assert_same_keys(spec)
    assert_same_output(spec)


def test_torchvisions_weights_load_as_they_are() -> None:
    theirs = torchvision.models.resnet18().eval()
    ours = generated(PRESETS["resnet18"].spec)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(ours(x), theirs(x))


def test_it_trains() -> None:
    """Stochastic depth, dropout and the zero start included: one step changes every parameter that has a gradient."""
    spec = parse("resnet20-cifar,drop_path=0.25,dropout=0.5,zero_init=true")
    torch.manual_seed(0)
    net = generated(spec).train()
    for name, parameter in net.named_parameters():
        if name.endswith("bn2.weight"):
            assert not parameter.any()
    net(torch.randn(8, 3, 32, 32)).sum().backward()
    assert all(parameter.grad is not None for parameter in net.parameters())


@pytest.mark.parametrize("text", ["resnet18", "ecaresnet50t,size=64", "basic:2,2,width=8,stem=cifar,classes=3"])
def test_it_runs_on_its_own(text: str, tmp_path: Path) -> None:
    spec = parse(text)
    path = tmp_path / "network.py"
    path.write_text(source(spec), encoding="utf-8")
    # -I: neither this folder nor the environment; what it imports is installed.
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", str(path)], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    expected = f"output: (1, {spec.classes})\nparameters: {report(spec).params:,}\n"
    assert (done.stdout, done.stderr) == (expected, "")
