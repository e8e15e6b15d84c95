"""The torch model against `arch` and against torchvision."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torchvision
from hypothesis import given, settings
from torch.utils.flop_counter import FlopCounterMode

from resviz.arch.analysis import report
from resviz.arch.graph import network
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.nets.model import build_model
from tests.strategies import specs

BUILDERS = (
    *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
    *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2"),
)


def assert_parity(spec: ResNetSpec) -> None:
    """Counts, ids, order, shapes and MACs of `arch` are those of the model, seen by hooks and torch's own counter."""
    model = build_model(spec, device="meta")
    result = report(spec)
    assert sum(p.numel() for p in model.parameters()) == result.params
    assert sum(b.numel() for b in model.buffers()) == result.buffers
    seen: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []

    def record(layer_id: str):
        def hook(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...], out: torch.Tensor) -> None:
            seen.append((layer_id, tuple(inputs[0].shape[1:]), tuple(out.shape[1:])))

        return hook

    for layer in result.layers:
        module = model.get_submodule(layer.id)
        assert sum(p.numel() for p in module.parameters()) == layer.params
        assert sum(b.numel() for b in module.buffers()) == layer.buffers
        module.register_forward_hook(record(layer.id))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, spec.channels, spec.size, spec.size, device="meta"))
    assert seen == [(layer.id, layer.in_shape, layer.out_shape) for layer in result.layers]
    flops = {name: sum(counts.values()) for name, counts in counter.get_flop_counts().items()}
    assert flops["Global"] == 2 * result.macs
    for layer in result.layers:
        assert flops.get(f"ResNet.{layer.id}", 0) == 2 * layer.macs, layer.id


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_agrees_with_its_model(name: str) -> None:
    assert_parity(PRESETS[name].spec)


@settings(max_examples=60, deadline=None)
@given(specs())
def test_any_spec_agrees_with_its_model(spec: ResNetSpec) -> None:
    assert_parity(spec)


@pytest.mark.parametrize("name", BUILDERS)
def test_state_dict_is_torchvisions(name: str) -> None:
    ours = build_model(PRESETS[name].spec, device="meta").state_dict()
    with torch.device("meta"):
        theirs = getattr(torchvision.models, name)().state_dict()
    assert {k: v.shape for k, v in ours.items()} == {k: v.shape for k, v in theirs.items()}
    assert list(ours) == list(theirs)


def assert_equal_outputs(spec: ResNetSpec, theirs: torch.nn.Module) -> None:
    """The same weights give the same logits, to the last bit."""
    # Running statistics away from 0 and 1, as a trained network has them.
    for module in theirs.eval().modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    ours = build_model(spec, device="meta")
    ours.load_state_dict(theirs.state_dict(), assign=True)
    x = torch.randn(2, 3, 96, 96)
    with torch.inference_mode():
        assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize("name", BUILDERS)
def test_output_is_torchvisions_to_the_last_bit(name: str) -> None:
    assert_equal_outputs(PRESETS[name].spec, getattr(torchvision.models, name)())


@pytest.mark.parametrize(("stride", "dilate"), [(16, [False, False, True]), (8, [False, True, True])])
def test_dilated_output_is_torchvisions_to_the_last_bit(stride: int, dilate: list[bool]) -> None:
    theirs = torchvision.models.resnet50(replace_stride_with_dilation=dilate)
    assert_equal_outputs(replace(PRESETS["resnet50"].spec, output_stride=stride), theirs)


def test_zero_init_starts_every_branch_at_zero_and_training_only_fields_change_no_prediction() -> None:
    plain = PRESETS["resnet20-cifar"].spec
    x = torch.randn(2, 3, 32, 32)
    for order in ("post", "pre"):
        spec = replace(plain, order=order)
        zeroed = build_model(replace(spec, zero_init=True))
        with torch.inference_mode():
            assert not zeroed.layer2[1].residual(torch.randn(1, 32, 8, 8)).any()
            dropping = build_model(replace(spec, dropout=0.5, drop_path=0.9))
            assert torch.equal(dropping(x), build_model(spec)(x))
            assert not torch.equal(dropping.train()(x), dropping(x))


def test_every_layer_is_computed_by_the_module_of_its_id() -> None:
    """The add's module adds what its two neighbours in the graph gave."""
    spec = PRESETS["resnet20-cifar"].spec
    model, out = build_model(spec), {}
    for layer in network(spec).layers:
        model.get_submodule(layer.id).register_forward_hook(
            lambda _module, _inputs, value, key=layer.id: out.__setitem__(key, value)
        )
    with torch.inference_mode():
        model(torch.randn(1, 3, 32, 32))
    added = out["layer2.0.bn2"] + out["layer2.0.downsample"]
    assert torch.equal(out["layer2.0.add"], added)
    assert torch.equal(out["layer2.0.relu2"], added.clamp(min=0))
    # Option A: new channels are zero, on both sides; the old ones are every second pixel.
    pad, before = out["layer2.0.downsample"], out["layer1.2.relu2"]
    assert torch.equal(pad[:, 8:24], before[:, :, ::2, ::2])
    assert not pad[:, :8].any()
    assert not pad[:, 24:].any()


def test_random_weights_repeat_with_their_seed_and_leave_torchs_generator_alone() -> None:
    spec = PRESETS["resnet20-cifar"].spec
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first, again, other = (build_model(spec, seed=seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["conv1.weight"], other["conv1.weight"])
