"""Profiles by a real engine: beside predictions, replaced by a newer one, cancelled like an export."""

from __future__ import annotations

from resviz.arch.graph import network
from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from tests.engine.conftest import Engine
from tests.nets.small import SPEC


def test_the_layers_of_a_network_are_timed(engine: Engine) -> None:
    engine.client.profile(SPEC, weights="untrained", device="cpu")
    found = engine.wait_for(m.Profiled)
    assert set(found.ms) == {layer.id for layer in network(SPEC).layers}
    assert found.bare_ms > 0
    assert found.device == "cpu"


def test_only_a_newer_profile_replaces_one(engine: Engine) -> None:
    deep = PRESETS["resnet152"].spec
    first = engine.client.profile(deep, weights="untrained", device="cpu")
    warm = engine.client.warm(SPEC, weights="untrained", device="cpu")
    second = engine.client.profile(SPEC, weights="untrained", device="cpu")
    answers = engine.answers(first, warm, second)
    assert isinstance(answers[warm], m.ModelReady)
    assert isinstance(answers[second], m.Profiled)
    replaced = answers[first]
    assert isinstance(replaced, m.Failed)
    assert replaced.code == m.CANCELLED


def test_a_cancelled_one_says_so(engine: Engine) -> None:
    request = engine.client.profile(PRESETS["resnet152"].spec, weights="untrained", device="cpu")
    engine.client.cancel(request)
    assert engine.wait_for(m.Failed, request).code == m.CANCELLED


def test_a_bad_picture_is_told(engine: Engine) -> None:
    request = engine.client.profile(SPEC, m.ImageSource(data=b"no picture"), weights="untrained", device="cpu")
    assert engine.wait_for(m.Failed, request).code.startswith("image_")
