from __future__ import annotations

import pytest
import torch

from resviz.errors import DeviceError
from resviz.nets.devices import devices, empty_caches, resolve

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def test_the_cpu_is_always_there_and_others_are_there_or_say_why_not() -> None:
    known = devices()
    assert known[0].name == "cpu"
    assert known[0].available
    assert {device.name.partition(":")[0] for device in known} == {"cpu", "cuda", "mps"}
    for device in known:
        assert device.available != bool(device.reason), device


def test_every_available_device_resolves_to_itself() -> None:
    for device in devices():
        if device.available:
            assert str(resolve(device.name)) == device.name


def test_auto_is_a_device_that_is_there() -> None:
    available = {device.name for device in devices() if device.available}
    assert str(resolve("auto")) in available
    assert str(resolve(" AUTO ")) in available


@pytest.mark.parametrize("name", ["", "tpu", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "cuda:99999", "cpu\nmps"])
def test_what_is_no_device_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(DeviceError) as caught:
        resolve(name)
    assert caught.value.code == "device_unknown"
    assert "\n" not in str(caught.value)


def test_a_device_that_is_not_there_is_refused_with_the_reason() -> None:
    with pytest.raises(DeviceError) as caught:
        resolve("cuda:999")
    assert caught.value.code == "device_missing"
    cuda = [device for device in devices() if device.name.startswith("cuda")]
    expected = cuda[0].reason or f"the last one is cuda:{len(cuda) - 1}"
    assert expected in str(caught.value)


@pytest.mark.gpu
@needs_gpu
def test_cuda_devices_carry_their_names() -> None:
    assert torch.cuda.get_device_name(0) in next(d.title for d in devices() if d.name == "cuda:0")
    assert resolve("auto") == resolve("cuda") == torch.device("cuda:0")


def test_devices_tell_their_memory_and_the_cpu_its_cores() -> None:
    cpu = devices()[0]
    assert 0 < cpu.free <= cpu.total
    assert cpu.cores >= 1
    for device in devices()[1:]:
        assert device.cores == 0
        assert (device.total > 0) == device.available


@pytest.mark.gpu
@needs_gpu
def test_the_memory_of_a_gpu_shrinks_when_it_is_taken_and_comes_back() -> None:
    def free() -> int:
        return next(device.free for device in devices() if device.name == "cuda:0")

    before = free()
    taken = torch.zeros(1 << 30, dtype=torch.uint8, device="cuda:0")
    assert before - free() >= 1 << 29
    del taken
    empty_caches()
    assert before - free() < 1 << 29
