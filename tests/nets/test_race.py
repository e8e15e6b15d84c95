"""Every device, in both ways, timed in turn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from resviz.arch.spec import ResNetSpec
from resviz.errors import DeviceError, ImageError
from resviz.nets import images
from resviz.nets import race as racing
from resviz.nets.devices import Device, devices
from resviz.nets.fast import TOLERANCE
from resviz.nets.images import Picture
from resviz.nets.race import race
from resviz.paths import weights_dir
from tests.nets.small import SPEC, write_weights


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(racing, "SECONDS", 0.02)


def picture() -> Picture:
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    return Picture("noise", Image.fromarray(noise), (60, 40))


def test_every_device_there_is_runs_both_ways_and_the_others_say_why_not() -> None:
    write_weights(weights_dir())
    rows = race(SPEC, "small", load=lambda _least: picture())
    assert [row.way for row in rows if row.device == "cpu"] == ["exact", "fast"]
    for device in devices():
        found = [row for row in rows if row.device == device.name]
        if not device.available:
            assert [(row.way, row.error) for row in found] == [("", device.reason)]
    for row in rows:
        assert row.title
        if not row.error:
            assert 0 < row.low <= row.ms <= row.high
            assert racing.FEWEST <= row.runs <= racing.MOST
            assert row.difference is not None
            assert row.difference <= 2 * TOLERANCE
            assert row.how
    assert (rows[0].difference, rows[0].how) == (0, "fp32")


def test_all_are_timed_equally_often_and_others_may_go_first() -> None:
    told: list[float] = []
    calls: list[int] = []
    rows = race(SPEC, "untrained", progress=lambda done, _text: told.append(done), between=lambda: calls.append(1))
    timed = [row for row in rows if not row.error]
    assert len({row.runs for row in timed}) == 1
    assert len(calls) == sum(row.runs + racing._WARM for row in timed)
    assert all(0 <= done <= 1 for done in told)


@pytest.mark.parametrize("word", ["Measuring the fast way", "Timing the devices"])
def test_it_can_be_given_up(word: str) -> None:
    def stop(_done: float, text: str) -> None:
        if text == word:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        race(SPEC, "untrained", progress=stop)


def test_a_picture_that_cannot_be_read_and_a_network_too_large_are_errors() -> None:
    with pytest.raises(ImageError):
        race(SPEC, "untrained", load=lambda least: images.decode_bytes(b"no picture", least=least))
    with pytest.raises(DeviceError, match="memory"):
        race(ResNetSpec("bottleneck", (1000,) * 8), "untrained")


def test_a_device_that_is_gone_when_its_turn_comes_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Device("cuda:7", "CUDA 7 · gone", True)
    monkeypatch.setattr(racing, "devices", lambda: (Device("cpu", "CPU", True), gone))
    rows = race(SPEC, "untrained")
    assert rows[-1].device == "cuda:7"
    assert "not available" in rows[-1].error
    assert rows[0].ms > 0


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_gpu_is_timed_and_agrees_with_the_cpu() -> None:
    rows = [row for row in race(SPEC, "untrained") if row.device == "cuda:0"]
    assert [row.way for row in rows] == ["exact", "fast"]
    for row in rows:
        assert row.error or (row.difference is not None and row.difference <= 2 * TOLERANCE)
