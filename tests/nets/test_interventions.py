"""Lesions equal the same edit made by hand on torchvision's model; the anatomy adds up; paths and fields are right."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from resviz.arch.graph import network
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError
from resviz.nets.anatomy import parts, strengths
from resviz.nets.effective_field import effective_field
from resviz.nets.interventions import blocks_of, plain_layers, switched_off
from resviz.nets.lesion import sweep, sweep_accuracy
from resviz.nets.model import ResNet, build_model
from resviz.nets.unravelled import gradient_by_length
from resviz.ways import NOTHING_OFF, Off
from tests.strategies import specs

SMALL = parse("basic:2,1,2,width=4,stem=cifar,classes=5,size=12")


def noise(spec: ResNetSpec, count: int = 1, seed: int = 0) -> Tensor:
    made = torch.Generator().manual_seed(seed)
    return torch.randn((count, spec.channels, spec.size, spec.size), generator=made)


def lively(spec: ResNetSpec, seed: int = 0) -> ResNet:
    """A model whose batch norms are not all alike."""
    model = build_model(spec, seed=seed)
    dice = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5, generator=dice)
            module.bias.data.uniform_(-0.3, 0.3, generator=dice)
    return model.requires_grad_(False)


def said(model: nn.Module, batch: Tensor, off: Off = NOTHING_OFF) -> Tensor:
    with torch.inference_mode():
        if not isinstance(model, ResNet):
            answer: Tensor = model(batch)
            return answer
        with switched_off(model, off):
            answer = model(batch)
    return answer


# --- switching off ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["resnet18", "resnet50"])
def pair(request: pytest.FixtureRequest) -> tuple[ResNet, Any]:
    """Ours, and torchvision's with the same weights."""
    theirs = getattr(torchvision.models, request.param)().eval().requires_grad_(False)
    ours = build_model(replace(PRESETS[request.param].spec, size=64)).requires_grad_(False)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


@pytest.mark.parametrize("block", ["layer1.0", "layer2.0", "layer4.1"])
def test_a_branch_that_is_off_equals_the_edit_by_hand(pair: tuple[ResNet, Any], block: str) -> None:
    ours, theirs = pair
    batch = noise(ours.spec)
    by_hand = theirs.get_submodule(block)
    former = by_hand.forward

    def shortcut_alone(x: Tensor) -> Tensor:
        return torch.relu(x if by_hand.downsample is None else by_hand.downsample(x))

    by_hand.forward = shortcut_alone
    try:
        expected = said(theirs, batch)
    finally:
        by_hand.forward = former
    assert torch.equal(said(ours, batch, Off(branches=frozenset({block}))), expected)
    assert torch.equal(said(ours, batch), said(theirs, batch))


def test_a_shortcut_that_is_cut_equals_the_edit_by_hand(pair: tuple[ResNet, Any]) -> None:
    ours, theirs = pair
    batch, block = noise(ours.spec), theirs.layer2[0]
    handle = block.downsample.register_forward_hook(lambda _module, _inputs, output: torch.zeros_like(output))
    expected = said(theirs, batch)
    handle.remove()
    assert torch.equal(said(ours, batch, Off(shortcuts=frozenset({"layer2.0"}))), expected)


def test_a_channel_that_is_off_equals_a_filter_of_zeros() -> None:
    model, batch = lively(SMALL), noise(SMALL)
    off = said(model, batch, Off(channels=frozenset({("layer1.0.bn1", 2), ("layer1.0.bn1", 0)})))
    for channel in (0, 2):
        model.get_submodule("layer1.0.bn1").weight.data[channel] = 0
        model.get_submodule("layer1.0.bn1").bias.data[channel] = 0
    assert torch.equal(off, said(model, batch))


@settings(max_examples=40, deadline=None)
@given(specs(max_stages=3, max_blocks=2, max_size=24), st.data())
def test_whatever_is_off_the_network_runs_and_is_as_before_afterwards(spec: ResNetSpec, data: st.DataObject) -> None:
    model, batch = build_model(spec).requires_grad_(False), noise(spec)
    before = said(model, batch)
    known = st.frozensets(st.sampled_from(blocks_of(spec)), max_size=3)
    shortcuts = [shortcut.block for shortcut in network(spec).shortcuts]
    cut = data.draw(st.frozensets(st.sampled_from(shortcuts), max_size=2)) if shortcuts else frozenset()
    layer = data.draw(st.sampled_from([layer for layer in network(spec).layers if layer.op != "fc"]))
    channel = data.draw(st.integers(0, layer.out_shape[0] - 1))
    off = Off(data.draw(known), cut, frozenset({(layer.id, channel)}))
    assert said(model, batch, off).shape == before.shape
    assert torch.equal(said(model, batch), before)


def test_a_plain_block_lets_through_what_comes() -> None:
    spec = replace(SMALL, shortcut="none")
    model, batch = lively(spec), noise(spec)
    kept: list[Tensor] = []
    model.get_submodule("layer2.0").register_forward_pre_hook(lambda _module, inputs: kept.append(inputs[0]))
    model.get_submodule("layer3.0").register_forward_pre_hook(lambda _module, inputs: kept.append(inputs[0]))
    said(model, batch, Off(branches=frozenset({"layer2.0"})))
    came, left = kept
    assert torch.equal(left[:, 2:6], came[:, :, ::2, ::2])
    assert not left[:, :2].any()
    assert not left[:, 6:].any()


@pytest.mark.parametrize("extra", ["", ",order=pre", ",activation=silu", ",attention=se", ",antialias=blur"])
def test_a_plain_layer_that_is_off_equals_the_edit_by_hand(extra: str) -> None:
    spec = parse(f"basic:2,1,2,width=4,stem=cifar,classes=5,size=12,shortcut=none{extra}")
    model, batch = lively(spec), noise(spec)
    off = said(model, batch, Off(layers=frozenset({"layer1.1.conv2"})))
    for name in ("conv2", "bn2", "relu2", "act2"):
        if hasattr(model.get_submodule("layer1.1"), name):
            setattr(model.get_submodule("layer1.1"), name, nn.Identity())
    assert torch.equal(off, said(model, batch))
    assert plain_layers(spec)[:2] == ("layer1.0.conv1", "layer1.0.conv2")
    for layer in plain_layers(spec):
        assert said(model, batch, Off(layers=frozenset({layer}))).shape == off.shape


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (Off(branches=frozenset({"layer9.0"})), "block_unknown"),
        (Off(layers=frozenset({"layer1.0.conv1"})), "layer_not_plain"),
        (Off(layers=frozenset({"layer1.0.conv7"})), "layer_unknown"),
        (Off(shortcuts=frozenset({"layer1"})), "block_unknown"),
        (Off(channels=frozenset({("conv1", 4)})), "channel_range"),
        (Off(channels=frozenset({("conv1", -1)})), "channel_range"),
        (Off(channels=frozenset({("conv9", 0)})), "layer_unknown"),
    ],
)
def test_what_is_not_there_cannot_be_switched_off(off: Off, code: str) -> None:
    with pytest.raises(SpecError) as error, switched_off(build_model(SMALL), off):
        pass
    assert error.value.code == code
    plain = build_model(replace(SMALL, shortcut="none"))
    with pytest.raises(SpecError, match="no shortcut"), switched_off(plain, Off(shortcuts=frozenset({"layer1.0"}))):
        pass


# --- sweeps ----------------------------------------------------------------------------------------------------------


def test_a_sweep_is_each_lesion_by_itself() -> None:
    model, batch = lively(SMALL), noise(SMALL)
    found = sweep(model, batch)
    assert [lesion.block for lesion in found] == list(blocks_of(SMALL))
    assert [lesion.kind for lesion in found] == ["identity", "identity", "projection", "projection", "identity"]
    before = said(model, batch).softmax(1)[0]
    for lesion in found:
        after = said(model, batch, Off(branches=frozenset({lesion.block}))).softmax(1)[0]
        assert lesion.index == int(before.argmax())
        assert (lesion.before, lesion.after) == (float(before.max()), float(after[lesion.index]))
        assert lesion.top_after == int(after.argmax())
    assert [lesion.block for lesion in sweep(model, batch, ["layer3.1"])] == ["layer3.1"]
    plain = lively(replace(SMALL, shortcut="none"))
    (layer,) = sweep(plain, batch, ["layer3.1.conv2"])
    after = said(plain, batch, Off(layers=frozenset({"layer3.1.conv2"}))).softmax(1)[0]
    assert (layer.kind, layer.after) == ("none", float(after[layer.index]))


@given(specs(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_a_sweep_in_any_order_with_anything_off_is_pass_by_pass(spec: ResNetSpec, dice: Random) -> None:
    """To the bit, though what comes before a block is not computed anew."""
    spec = replace(spec, size=min(spec.size, 64))
    model, batch = lively(spec), noise(spec, 2)
    blocks, layers = blocks_of(spec), plain_layers(spec)
    names = dice.sample(blocks, len(blocks)) + list(layers[:3]) + list(blocks[:1])
    channel = (dice.choice([layer.id for layer in network(spec).layers if layer.block]), 0)
    off = Off(branches=frozenset(dice.sample(blocks, 1)), channels=frozenset({channel}))
    whole = said(model, batch, off).float().softmax(1)
    for picture in range(2):
        for name, lesion in zip(names, sweep(model, batch[picture : picture + 1], names, off=off), strict=True):
            one = batch[picture : picture + 1]
            index = int(said(model, one, off).float().softmax(1)[0].argmax())
            layer = name in layers
            also = replace(off, layers=frozenset({name})) if layer else replace(off, branches=off.branches | {name})
            after = said(model, one, also).float().softmax(1)[0]
            assert (lesion.block, lesion.index, lesion.top_after) == (name, index, int(after.argmax()))
            assert lesion.after == float(after[index])
    (first, *_) = sweep_accuracy(model, lambda: [(batch, whole.argmax(1))], names, off=off)
    assert first.before == float(whole.isfinite().all(1).float().mean())


def test_a_sweep_can_be_stopped() -> None:
    def stop(done: float, _text: str) -> None:
        if done > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        sweep(lively(SMALL), noise(SMALL), progress=stop)


def test_accuracy_by_block_counts_what_is_right() -> None:
    model, batch = lively(SMALL), noise(SMALL, 40)
    labels = said(model, batch).argmax(1)
    labels[:10] = (labels[:10] + 1) % 5
    found = sweep_accuracy(
        model, lambda: [(batch[:25], labels[:25]), (batch[25:], labels[25:])], ["layer1.1", "layer3.0"]
    )
    assert {(each.before, each.images) for each in found} == {(0.75, 40)}
    for each in found:
        after = said(model, batch, Off(branches=frozenset({each.block}))).argmax(1)
        assert each.after == float((after == labels).float().mean())
    assert sweep_accuracy(model, lambda: []) == ()


def test_accuracy_so_far_is_told_batch_by_batch() -> None:
    model, batch = lively(SMALL), noise(SMALL, 40)
    labels = said(model, batch).argmax(1)
    labels[:10] = (labels[:10] + 1) % 5
    pairs, told = [(batch[:25], labels[:25]), (batch[25:], labels[25:])], list[tuple[Any, ...]]()
    found = sweep_accuracy(model, lambda: pairs, on_batch=told.append)
    assert told[0] == sweep_accuracy(model, lambda: pairs[:1])
    assert {(each.before, each.images) for each in told[0]} == {(0.6, 25)}
    assert told[1:] == [found]


def test_progress_is_of_the_whole_and_never_goes_back() -> None:
    model, batch = lively(SMALL), noise(SMALL, 40)
    labels = said(model, batch).argmax(1)
    shares: list[float] = []
    pairs = [(batch[:25], labels[:25]), (batch[25:], labels[25:])]
    sweep_accuracy(model, lambda: pairs, progress=lambda share, _text: shares.append(share), expected=40)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.9 < shares[-1] < 1
    assert max(shares[i + 1] - shares[i] for i in range(len(shares) - 1)) < 0.2
    shares.clear()
    sweep(model, batch[:1], progress=lambda share, _text: shares.append(share))
    assert shares == sorted(shares)
    assert 0.7 < shares[-1] < 1


# --- anatomy ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", ["", ",order=pre", ",attention=se", ",shortcut=A", ",shortcut=C"])
@pytest.mark.parametrize("block", ["layer1.0", "layer2.0", "layer3.1"])
def test_the_parts_add_up_in_every_pixel(block: str, extra: str) -> None:
    spec = parse(f"basic:2,1,2,width=4,stem=cifar,classes=5,size=12{extra}")
    model, batch = lively(spec), noise(spec)
    found = parts(model, batch, block)
    assert np.array_equal(found.branch.data + found.shortcut.data, found.total.data)
    after = found.total.data if "pre" in extra else np.maximum(found.total.data, 0)
    assert np.array_equal(found.after.data, after)
    if found.kind == "identity":
        assert np.array_equal(found.shortcut.data, found.x.data)
    strength = next(each for each in strengths(model, batch) if each.block == block)
    f, x = (maps.data.astype(np.float64).ravel() for maps in (found.branch, found.shortcut))
    assert strength.ratio == pytest.approx(np.linalg.norm(f) / np.linalg.norm(x), rel=1e-6)
    assert strength.cosine == pytest.approx(f @ x / np.linalg.norm(f) / np.linalg.norm(x), rel=1e-6)
    assert strength.projected == (found.kind != "identity")


def test_anatomy_of_what_has_none_says_so() -> None:
    plain = build_model(replace(SMALL, shortcut="none"))
    assert strengths(plain, noise(SMALL)) == ()
    with pytest.raises(SpecError) as error:
        parts(plain, noise(SMALL), "layer1.0")
    assert error.value.code == "block_plain"
    with pytest.raises(SpecError) as error:
        parts(build_model(SMALL), noise(SMALL), "layer1")
    assert error.value.code == "block_unknown"


def test_a_branch_that_is_off_has_no_strength() -> None:
    found = strengths(lively(SMALL), noise(SMALL), off=Off(branches=frozenset({"layer1.1"})))
    assert [(each.block, each.ratio, each.cosine) for each in found if not each.ratio] == [("layer1.1", 0.0, 0.0)]


def test_numbers_beyond_fp32_have_no_strength() -> None:
    model = lively(SMALL)
    model.layer2[0].conv1.weight *= 1e30  # type: ignore[index, operator, union-attr]
    model.layer2[0].conv2.weight *= 1e30  # type: ignore[index, operator, union-attr]
    found = strengths(model, noise(SMALL))
    assert [each.block for each in found] == ["layer1.0", "layer1.1"]
    assert all(math.isfinite(each.ratio) and math.isfinite(each.cosine) for each in found)


# --- paths and fields ------------------------------------------------------------------------------------------------


def test_gradients_by_all_paths_of_a_linear_network_add_up_to_the_whole() -> None:
    """Without nonlinearities the gradient is the sum over all paths: two blocks have four."""
    spec = parse("basic:2,width=4,stem=cifar,classes=3,size=6")
    model = build_model(spec).requires_grad_(False)
    found = gradient_by_length(model, noise(spec), 1, samples=4)
    assert [(each.length, each.paths) for each in found] == [(0, 1), (1, 2), (2, 1)]
    assert [each.samples for each in found] == [1, 2, 1]
    assert all(each.gradient > 0 for each in found)
    # The path around both blocks: only the ReLUs after the adds, the pool, fc and the softmax are on it.
    start: list[Tensor] = []
    model.get_submodule("layer1.0").register_forward_pre_hook(lambda _m, inputs: start.append(inputs[0].detach()))
    logits = said(model, noise(spec))
    error = logits.softmax(1)[0] - torch.tensor([0.0, 1.0, 0.0])
    through = (error @ model.fc.weight / 36).view(1, 4, 1, 1).expand(1, 4, 6, 6)
    assert len(start) == 1
    assert found[0].gradient <= float(through.norm()) * (1 + 1e-5)


def test_the_number_of_paths_is_binomial() -> None:
    spec = parse("basic:3,3,width=4,stem=cifar,classes=3,size=8")
    found = gradient_by_length(build_model(spec), noise(spec), 0, samples=2)
    assert [each.paths for each in found] == [math.comb(6, length) for length in range(7)]
    assert sum(each.paths for each in found) == 2**6
    with pytest.raises(SpecError) as error:
        gradient_by_length(build_model(replace(spec, shortcut="none")), noise(spec), 0)
    assert error.value.code == "paths_plain"


def test_paths_of_a_length_are_different_ones() -> None:
    from resviz.nets.unravelled import _drawn

    dice = torch.Generator().manual_seed(3)
    for blocks, length, samples in ((3, 1, 8), (4, 2, 6), (5, 2, 9), (9, 0, 8), (30, 11, 8)):
        drawn = _drawn(blocks, length, samples, dice)
        assert len(drawn) == len(set(drawn)) == min(samples, math.comb(blocks, length))
        assert {len(set(path)) for path in drawn} == {length}
        assert all(0 <= block < blocks for path in drawn for block in path)


def test_the_mean_over_few_paths_is_that_over_all_of_them() -> None:
    """Where all paths are taken, another seed changes nothing."""
    spec = parse("basic:2,1,width=4,stem=cifar,classes=3,size=8")
    model = lively(spec)
    first, second = (gradient_by_length(model, noise(spec), 0, seed=seed) for seed in (0, 1))
    assert [each.samples for each in first] == [1, 3, 3, 1]
    assert [each.gradient for each in first] == pytest.approx([each.gradient for each in second], rel=1e-5)


def test_an_effective_field_beyond_fp32_is_an_error() -> None:
    model = lively(SMALL)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1e20)
    with pytest.raises(SpecError, match="beyond what fp32 can hold"):
        effective_field(model, "layer3.1.add", runs=1)


def test_the_effective_field_lies_within_the_theoretical_one() -> None:
    from resviz.arch.analysis import report

    spec = parse("basic:1,1,width=4,stem=cifar,classes=3,size=40")
    found = effective_field(build_model(spec), "layer1.0.relu2", runs=4)
    assert found.shape == (40, 40)
    assert found.max() == 1
    side = report(spec).fields["layer1.0.relu2"].size
    rows = np.flatnonzero(found.any(1))
    assert rows.max() - rows.min() + 1 <= side
    corner = effective_field(build_model(spec), "layer1.0.relu2", (0, 0), runs=2)
    assert np.flatnonzero(corner.any(1)).max() <= side // 2
    for layer, place, code in (
        ("fc", None, "layer_flat"),
        ("conv1", (40, 0), "place_outside"),
        ("no", None, "layer_unknown"),
    ):
        with pytest.raises(SpecError) as error:
            effective_field(build_model(spec), layer, place, runs=1)
        assert error.value.code == code


def test_numbers_beyond_fp32_recognise_nothing() -> None:
    """The largest of what is no number would be the first class."""
    model, batch = lively(SMALL), noise(SMALL, 4)
    labels = torch.zeros(4, dtype=torch.long)
    model.fc.bias.data.fill_(float("inf"))
    (found,) = sweep_accuracy(model, lambda: [(batch, labels)], ["layer1.1"])
    assert (found.before, found.after) == (0.0, 0.0)
