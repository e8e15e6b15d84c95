"""Ways and devices by a real engine: the fast way, a race, changing the way while pictures come."""

from __future__ import annotations

import multiprocessing
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.engine import wire
from resviz.engine.addresses import Addresses
from resviz.engine.inbox import Inbox
from resviz.engine.lane import Lane
from resviz.engine.outlet import Outlet
from resviz.errors import DeviceError
from resviz.nets import classifier
from resviz.ways import EXACT, Compute
from tests.engine.conftest import Engine
from tests.nets.small import SPEC

PICTURE = m.ImageSource(pixels=np.random.default_rng(3).integers(0, 255, (20, 30, 4), np.uint8), name="noise")
FAST = Compute("fast")
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def ask(engine: Engine, compute: Compute, device: str = "cpu", capture: tuple[str, ...] = ()) -> int:
    return engine.client.predict(SPEC, PICTURE, weights="untrained", device=device, capture=capture, compute=compute)


def answer(engine: Engine, request: int) -> m.Prediction:
    found = engine.wait_for(m.Prediction | m.Failed, request)  # type: ignore[arg-type]
    assert isinstance(found, m.Prediction), found
    return found


def test_the_cpu_tells_its_memory_and_cores(engine: Engine) -> None:
    assert engine.ready is not None
    cpu = engine.ready.devices[0]
    assert 0 < cpu.free <= cpu.total
    assert cpu.cores > 0


def test_a_prediction_says_its_way_and_with_a_layer_it_is_exact(engine: Engine) -> None:
    exact, fast = (answer(engine, ask(engine, way)) for way in (EXACT, FAST))
    assert (exact.way, exact.difference) == ("exact", None)
    assert fast.way.startswith("fast: ")
    assert fast.difference is not None
    looked = answer(engine, ask(engine, FAST, capture=("layer1.0.add",)))
    assert looked.way == "exact"
    assert set(looked.maps) == {"layer1.0.add"}
    assert np.array_equal(looked.logits, exact.logits)


def test_a_way_that_changes_while_pictures_come_loses_none(engine: Engine) -> None:
    ways = [EXACT, FAST, Compute("chosen", "bf16"), Compute("chosen", channels_last=True), Compute(threads=1)]
    asked = [ask(engine, ways[turn % len(ways)]) for turn in range(20)]
    answers = engine.answers(*asked)
    assert isinstance(answers[asked[-1]], m.Prediction)
    for each in answers.values():  # answered, or replaced by a newer one
        assert isinstance(each, m.Prediction) or (isinstance(each, m.Failed) and each.code == m.CANCELLED)


def race(engine: Engine, name: str) -> int:
    request = engine.client.next_id()
    engine.client.send(m.Race(request, PRESETS[name].spec if name else SPEC, "untrained", PICTURE))
    return request


def test_the_devices_race(engine: Engine) -> None:
    request = race(engine, "")
    found = engine.wait_for(m.Raced, request)
    assert [(row.device, row.way) for row in found.rows[:2]] == [("cpu", "exact"), ("cpu", "fast")]
    assert all(row.error or row.ms > 0 for row in found.rows)


def test_a_race_lets_a_picture_go_first_and_can_be_cancelled(engine: Engine) -> None:
    request = race(engine, "resnet50")
    engine.wait_for(m.Progress, request)
    assert answer(engine, ask(engine, EXACT)).top
    engine.client.cancel(request)
    ended = engine.wait_for(m.Failed, request)
    assert ended.code == m.CANCELLED


def test_out_of_memory_falls_back_to_the_cpu_with_a_word_and_frees_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lane in this process, with a device of which there is none here: it has no memory left."""

    class Crowded(classifier.Classifier):
        def __init__(self, spec: ResNetSpec, weights: str | None, device: str, *rest: Any) -> None:
            if device != "cpu":
                raise DeviceError("device_memory", device=device, spec="small")
            super().__init__(spec, weights, device, *rest)

    monkeypatch.setattr(classifier, "Classifier", Crowded)
    here, there = multiprocessing.Pipe()
    with here, there:
        outlet = Outlet(there)
        lane = Lane(outlet, Inbox(outlet), Addresses())
        predict = m.Predict(1, SPEC, "untrained", "cpu", PICTURE)
        answers = []
        for job in (predict, replace(predict, device="cuda:0"), replace(predict, device="cuda:0", compute=FAST)):
            lane.work(job, threading.Event())
            said = iter(lambda: wire.receive(here), None)
            answers.append(next(message for message in said if not isinstance(message, m.Progress)))
    calm, *others = answers
    for found in others:
        assert found.device == "cpu"
        assert found.note.startswith("cuda:0 is out of memory: computed on the CPU; ")
        np.testing.assert_allclose(found.logits, calm.logits, atol=0.1)
    assert "out of memory" not in calm.note
    assert len(lane._models) == 1  # those from before were let go


@pytest.mark.gpu
@needs_gpu
def test_toggling_the_device_under_load_loses_nothing(engine: Engine) -> None:
    asked = [ask(engine, (EXACT, FAST)[turn // 2 % 2], ("cpu", "cuda:0")[turn % 2]) for turn in range(40)]
    answers = engine.answers(*asked)
    last = answers[asked[-1]]
    assert isinstance(last, m.Prediction)
    assert last.device == "cuda:0"
    cpu = answer(engine, ask(engine, EXACT, "cpu"))
    np.testing.assert_allclose(last.logits, cpu.logits, atol=0.1)


@pytest.mark.gpu
@needs_gpu
def test_where_the_gpu_has_no_memory_left_the_cpu_answers_with_a_word(engine: Engine) -> None:
    before, _ = torch.cuda.mem_get_info(0)
    taken = torch.empty(before - (64 << 20), dtype=torch.uint8, device="cuda:0")
    try:
        spec = PRESETS["resnet152"].spec
        request = engine.client.predict(spec, PICTURE, weights="untrained", device="cuda:0")
        found = engine.wait_for(m.Prediction | m.Failed, request)  # type: ignore[arg-type]
        assert isinstance(found, m.Prediction), found
        assert found.device == "cpu"
        assert "computed on the CPU" in found.note
    finally:
        del taken
        torch.cuda.empty_cache()
    assert answer(engine, ask(engine, EXACT, "cuda:0")).device == "cuda:0"
