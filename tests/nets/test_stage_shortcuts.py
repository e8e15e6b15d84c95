"""Torch models whose stages have different shortcuts: what `arch` says of them, and what is read off their weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings

from resviz.arch.analysis import report
from resviz.arch.graph import network
from resviz.arch.reading.infer import infer
from resviz.arch.reading.keys import Shape, state_shapes
from resviz.arch.spec import ResNetSpec
from resviz.nets.checkpoints import load_model, reading_of_checkpoint
from resviz.nets.model import build_model
from tests.arch.test_stage_shortcuts import mixtures
from tests.nets.test_model import assert_parity

MIXED = {
    "B/C/none": ResNetSpec("basic", (2, 2, 1), width=8, shortcut=("B", "C", "none"), stem="cifar", size=32),
    "C/B/B": ResNetSpec("bottleneck", (2, 2, 2), width=8, shortcut=("C", "B", "B"), classes=7),
    "none/B": ResNetSpec("basic", (3, 1), width=8, shortcut=("none", "B"), stem="cifar", size=32),
    "A/B/C": ResNetSpec("basic", (1, 2, 2), width=8, shortcut=("A", "B", "C"), stem="cifar", size=32),
    "B/A, pre": ResNetSpec("bottleneck", (2, 2), width=8, order="pre", shortcut=("B", "A"), size=64),
    "C/none, avgpool": ResNetSpec("basic", (2, 2), width=8, shortcut=("C", "none"), projection="avgpool", size=64),
}


def shapes(model: torch.nn.Module) -> dict[str, Shape]:
    return {key: tuple(value.shape) for key, value in model.state_dict().items()}


@pytest.mark.parametrize("name", MIXED)
def test_a_mixture_agrees_with_its_model(name: str) -> None:
    assert_parity(MIXED[name])
    assert state_shapes(MIXED[name]) == shapes(build_model(MIXED[name], device="meta"))


@settings(max_examples=40, deadline=None)
@given(mixtures())
def test_any_mixture_agrees_with_its_model(spec: ResNetSpec) -> None:
    assert_parity(spec)


def test_a_plain_stage_adds_nothing_and_a_residual_one_does() -> None:
    spec = MIXED["B/C/none"]
    model, out = build_model(spec, seed=1), {}
    for layer in network(spec).layers:
        model.get_submodule(layer.id).register_forward_hook(
            lambda _module, _inputs, value, key=layer.id: out.__setitem__(key, value)
        )
    with torch.inference_mode():
        model(torch.randn(1, 3, 32, 32))
    assert torch.equal(out["layer1.0.add"], out["layer1.0.bn2"] + out["relu"])
    assert torch.equal(out["layer2.1.add"], out["layer2.1.bn2"] + out["layer2.1.downsample.1"])
    assert "layer3.0.add" not in out
    assert torch.equal(out["layer3.0.relu2"], out["layer3.0.bn2"].clamp(min=0))


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_checkpoint_of_a_mixture_is_read_back(tmp_path: Path, name: str, suffix: str) -> None:
    spec = MIXED[name]
    weights = build_model(spec, seed=3).state_dict()
    path = tmp_path / f"mixed{suffix}"
    if suffix == ".pth":
        torch.save(weights, path)
    else:
        import safetensors.torch

        safetensors.torch.save_file(weights, path)
    found = reading_of_checkpoint(path)
    built = build_model(found.spec, device="meta")
    assert shapes(built) == {key: tuple(value.shape) for key, value in weights.items()}
    loaded = load_model(found.spec, path)
    assert all(torch.equal(value, weights[key]) for key, value in loaded.state_dict().items())


def test_options_that_weights_tell_are_read() -> None:
    spec = MIXED["C/B/B"]
    assert infer(state_shapes(spec)).spec.shortcut == ("C", "B", "B")
    spec = MIXED["A/B/C"]
    # Where nothing changes its shape, A and B are one and the same network.
    assert infer(state_shapes(spec)).spec.shortcut == ("B", "B", "C")
    assert report(replace(spec, shortcut=("B", "B", "C"))).params == report(spec).params


@settings(max_examples=100, deadline=None)
@given(mixtures())
def test_what_is_read_of_a_mixture_has_its_shapes(spec: ResNetSpec) -> None:
    found = infer(state_shapes(spec))
    assert state_shapes(found.spec) == state_shapes(spec)
