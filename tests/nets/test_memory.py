from __future__ import annotations

import pytest
import torch

from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import DeviceError
from resviz.nets import memory


def test_presets_fit_and_their_need_is_of_the_right_size() -> None:
    for preset in PRESETS.values():
        memory.check(preset.spec, torch.device("cpu"))
    need = memory.needed(PRESETS["resnet152"].spec)
    assert 60_192_808 * 4 < need < 2 * 60_192_808 * 4


@pytest.mark.parametrize(
    "spec",
    [
        ResNetSpec("bottleneck", (1000,) * 8),
        ResNetSpec("basic", (2, 2, 2, 2), width=4096),
        ResNetSpec("basic", (1,), width=4096, stem="cifar", size=4096),
    ],
)
def test_what_cannot_fit_is_refused_before_it_is_built(spec: ResNetSpec) -> None:
    with pytest.raises(DeviceError) as caught:
        memory.check(spec, torch.device("cpu"))
    assert caught.value.code == "model_memory"


def test_a_full_gpu_is_told_from_a_full_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (1 << 20, 1 << 30))
    with pytest.raises(DeviceError) as caught:
        memory.check(PRESETS["resnet50"].spec, torch.device("cuda:1"))
    assert (caught.value.code, caught.value.values["device"]) == ("device_memory", "cuda:1")


def test_sizes_read_well() -> None:
    assert [memory.in_words(size) for size in (12, 45_000, 3_210_000_000)] == [
        "12 bytes",
        "45.0 kB",
        "3.2 GB",
    ]


def test_free_memory_is_a_plausible_figure() -> None:
    free = memory.free_memory()
    assert free is not None
    assert 10_000_000 < free < 2**50
