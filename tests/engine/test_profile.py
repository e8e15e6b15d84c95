"""Profiles by a real engine: beside predictions, replaced by a newer one, cancelled like an export."""

from __future__ import annotations

import numpy as np

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


PICTURE = m.ImageSource(pixels=np.full((20, 30, 3), 90, np.uint8), name="grey")


def test_a_picture_does_not_wait_for_a_profile_and_does_not_end_it(engine: Engine) -> None:
    deep = PRESETS["resnet152"].spec
    long = engine.client.profile(deep, weights="untrained", device="cpu")
    engine.wait_for(m.Progress, long)
    order: list[int] = []
    asked = [
        engine.client.predict(spec, PICTURE, weights="untrained", device="cpu", capture=("layer1.0.conv1",))
        for spec in (SPEC, deep, SPEC)  # a newer picture replaces an older one
    ]
    while len(order) < 4:
        answer = engine.wait_for(m.Prediction | m.Profiled | m.Failed)  # type: ignore[arg-type]
        order.append(answer.id)
        if answer.id == asked[-1]:
            assert isinstance(answer, m.Prediction)
            assert answer.maps
        if answer.id == long:
            assert isinstance(answer, m.Profiled)
            assert set(answer.ms) == {layer.id for layer in network(deep).layers}
    assert sorted(order) == sorted([long, *asked])
    assert order[-1] == long


def test_it_is_cancelled_while_a_picture_is_looked_at(engine: Engine) -> None:
    long = engine.client.profile(PRESETS["resnet152"].spec, weights="untrained", device="cpu")
    engine.wait_for(m.Progress, long)
    picture = engine.client.predict(SPEC, PICTURE, weights="untrained", device="cpu")
    engine.client.cancel(long)
    answers = engine.answers(long, picture)
    assert isinstance(answers[picture], m.Prediction)
    stopped = answers[long]
    assert isinstance(stopped, m.Failed)
    assert stopped.code == m.CANCELLED


def test_a_bad_picture_on_the_way_does_not_end_it(engine: Engine) -> None:
    long = engine.client.profile(PRESETS["resnet50"].spec, weights="untrained", device="cpu")
    engine.wait_for(m.Progress, long)
    bad = engine.client.predict(SPEC, m.ImageSource(data=b"no picture"), weights="untrained", device="cpu")
    answers = engine.answers(long, bad)
    failed = answers[bad]
    assert isinstance(failed, m.Failed)
    assert failed.code.startswith("image_")
    assert isinstance(answers[long], m.Profiled)


def test_a_cancelled_one_says_so(engine: Engine) -> None:
    request = engine.client.profile(PRESETS["resnet152"].spec, weights="untrained", device="cpu")
    engine.client.cancel(request)
    assert engine.wait_for(m.Failed, request).code == m.CANCELLED


def test_a_bad_picture_is_told(engine: Engine) -> None:
    request = engine.client.profile(SPEC, m.ImageSource(data=b"no picture"), weights="untrained", device="cpu")
    assert engine.wait_for(m.Failed, request).code.startswith("image_")
