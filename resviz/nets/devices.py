"""Where torch can compute here: which devices there are, and why the others are not available."""

from __future__ import annotations

import os
import platform
import re
import warnings
from dataclasses import dataclass, replace

import torch

from resviz.errors import DeviceError
from resviz.files import reason, shown
from resviz.nets import memory


@dataclass(frozen=True)
class Device:
    """A device as `--device` names it (`cpu`, `cuda:0`, `mps`); `reason` says why it is not available.

    `free` and `total` are bytes of its memory, 0 where unknown; `cores` is how many threads a CPU has room for.
    """

    name: str
    title: str
    available: bool
    reason: str = ""
    free: int = 0
    total: int = 0
    cores: int = 0


def devices() -> tuple[Device, ...]:
    """CPU, every CUDA device (or CUDA with the reason why there is none), and MPS, with their memory as it is now."""
    return tuple(_with_memory(device) for device in _known())


def _known() -> tuple[Device, ...]:
    """The same without their memory: a CUDA device tells that only once it has been started, which takes a while."""
    return (Device("cpu", "CPU", True), *_cuda(), _mps())


def _with_memory(device: Device) -> Device:
    if not device.available:
        return device
    if device.name == "cpu":
        free, total = memory.free_memory() or 0, memory.total_memory() or 0
        return replace(device, free=free, total=total, cores=_cores())
    if device.name == "mps":
        total = torch.mps.recommended_max_memory()
        return replace(device, free=max(total - torch.mps.driver_allocated_memory(), 0), total=total)
    try:
        free, total = torch.cuda.mem_get_info(device.name)
    except RuntimeError as error:  # it is listed, but cannot be started: full, or somebody else's alone
        return replace(device, available=False, reason=reason(error))
    return replace(device, free=free, total=total)


def _cores() -> int:
    """Those this process may use, where the system tells."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 0


def resolve(name: str) -> torch.device:
    """The torch device of `auto`, `cpu`, `cuda`, `cuda:N` or `mps`. Raises `DeviceError`."""
    wanted = name.strip().lower()
    known = _known()
    if wanted == "auto":
        order = ("cuda:0", "mps", "cpu")
        here = {device.name for device in known if device.available}
        return torch.device(next(candidate for candidate in order if candidate in here))
    if not re.fullmatch(r"cpu|cuda(:[0-9]{1,4})?|mps", wanted):
        raise DeviceError("device_unknown", name=shown(name, 60))
    wanted = {"cuda": "cuda:0"}.get(wanted, wanted)
    for device in known:
        if device.name == wanted and device.available:
            return torch.device(wanted)
    raise DeviceError("device_missing", name=shown(name, 60), reason=_why_not(wanted, known))


def _why_not(wanted: str, known: tuple[Device, ...]) -> str:
    kind = wanted.partition(":")[0]
    for device in known:
        if device.name in (wanted, kind) and not device.available:
            return device.reason
    count = sum(device.name.startswith("cuda:") for device in known)
    return f"no such device; the last one is cuda:{count - 1}"


def _cuda() -> list[Device]:
    missing = _no_cuda()
    if missing:
        return [Device("cuda", "CUDA", False, missing)]
    names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return [Device(f"cuda:{index}", f"CUDA {index} · {name}", True) for index, name in enumerate(names)]


def _no_cuda() -> str:
    """Why CUDA cannot be used, empty if it can."""
    if torch.version.cuda is None and torch.version.hip is None:
        return "this build of PyTorch has no CUDA"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a driver that is too old is warned about; it is said below
        if torch.cuda.is_available():
            return ""
        try:
            torch.cuda.current_device()  # says why, where `is_available` only says no
        except (RuntimeError, AssertionError) as error:
            text = reason(error)
            return "no NVIDIA driver found" if "no NVIDIA driver" in text else text
    return "no such device"


def _mps() -> Device:
    title = "MPS (Apple GPU)"
    if torch.backends.mps.is_available():
        return Device("mps", title, True)
    if platform.system() != "Darwin":
        return Device("mps", title, False, "only on Macs")
    built = torch.backends.mps.is_built()
    why = "this Mac has no GPU that PyTorch can use" if built else "this build of PyTorch has no MPS"
    return Device("mps", title, False, why)


def empty_caches() -> None:
    """Give back the memory that devices keep for later."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
