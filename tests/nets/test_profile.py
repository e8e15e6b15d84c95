"""A profile is a real pass: every layer has its time, and the numbers it computes are the plain pass's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from resviz.arch.graph import network
from resviz.arch.presets import PRESETS
from resviz.nets.classifier import UNTRAINED, Classifier
from resviz.nets.profile import FEWEST, profile
from tests.nets.small import SPEC
from tests.nets.test_classifier import picture


def test_every_layer_has_a_time_and_they_make_up_the_pass() -> None:
    spec = replace(PRESETS["resnet18"].spec, size=96)
    found = profile(Classifier(spec, UNTRAINED, "cpu"), runs=5)
    assert list(found.ms) == [layer.id for layer in network(spec).layers]
    assert min(found.ms.values()) > 0
    assert found.runs == 5
    # Layers run one after the other, so together they cannot take longer than the slowest passes with clocks on.
    assert 0.2 * found.timed_ms < sum(found.ms.values()) < 3 * found.timed_ms


def test_more_work_takes_longer() -> None:
    found = profile(Classifier(replace(PRESETS["resnet18"].spec, size=128), UNTRAINED, "cpu"), runs=5)
    convolutions = sum(ms for name, ms in found.ms.items() if name.rpartition(".")[2].startswith("conv"))
    assert convolutions > 0.5 * sum(found.ms.values())


def test_a_picture_is_looked_at_and_the_network_is_left_as_it_was() -> None:
    classifier = Classifier(SPEC, UNTRAINED, "cpu")
    before = classifier.predict(lambda _least: picture()).top
    seen: list[int] = []
    found = profile(classifier, lambda least: (seen.append(least), picture())[1])
    assert seen
    assert found.runs >= FEWEST
    assert classifier.predict(lambda _least: picture()).top == before
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in classifier.model.modules())


@contextmanager
def logits_of(classifier: Classifier) -> Iterator[list[Tensor]]:
    """What the network says while open, pass by pass."""
    told: list[Tensor] = []
    handle = classifier.model.register_forward_hook(lambda _module, _inputs, output: told.append(output.clone()))
    yield told
    handle.remove()


def test_a_pass_with_clocks_says_what_a_plain_one_says_to_the_bit() -> None:
    classifier = Classifier(SPEC, UNTRAINED, "cpu")
    with logits_of(classifier) as plain:
        classifier.predict(lambda _least: picture())
    with logits_of(classifier) as told:
        profile(classifier, lambda _least: picture(), runs=3)
    assert len(told) == 2 + 2 * 3, "two to warm up, then in turn without and with clocks"
    assert all(torch.equal(logits, plain[0]) for logits in told)


def test_a_prediction_between_two_passes_is_none_of_its_times() -> None:
    classifier = Classifier(SPEC, UNTRAINED, "cpu")
    predicted = []

    def predict() -> None:
        assert not torch.is_inference_mode_enabled()
        predicted.append(classifier.predict(lambda _least: picture()).top)

    found = profile(classifier, runs=3, between=predict)
    assert len(predicted) == 2 + 2 * 3
    assert len(set(predicted)) == 1
    assert found.runs == 3
    assert sum(found.ms.values()) < 3 * found.timed_ms


@pytest.mark.parametrize(
    "name", ["resnet50d", "seresnet50", "resnetblur50", "resnetv2_50", "plain34", "resnet20-cifar", "ecaresnet50t"]
)
def test_every_kind_of_layer_is_timed_once_a_pass(name: str) -> None:
    spec = replace(PRESETS[name].spec, width=8, size=32)
    assert list(profile(Classifier(spec, UNTRAINED, "cpu"), runs=1).ms) == [layer.id for layer in network(spec).layers]


def test_it_stops_between_two_blocks() -> None:
    classifier = Classifier(SPEC, UNTRAINED, "cpu")
    told: list[float] = []

    def stop(done: float, _text: str) -> None:
        told.append(done)
        if len(told) > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        profile(classifier, progress=stop, runs=1000)
    assert told == sorted(told)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in classifier.model.modules())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_a_gpu_the_layers_make_up_the_pass_and_say_the_same() -> None:
    classifier = Classifier(PRESETS["resnet50"].spec, UNTRAINED, "cuda:0")
    with logits_of(classifier) as told:
        found = profile(classifier, runs=10)
    assert list(found.ms) == [layer.id for layer in network(classifier.spec).layers]
    assert min(found.ms.values()) >= 0
    assert 0 < sum(found.ms.values()) < 2 * found.timed_ms
    assert all(torch.equal(logits, told[0]) for logits in told)
