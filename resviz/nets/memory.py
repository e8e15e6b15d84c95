"""Whether a network fits into the memory that is free, asked before it is built."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

import torch

from resviz.arch.analysis import report
from resviz.arch.memory import BYTES, activation_bytes
from resviz.arch.notation import name_of
from resviz.arch.spec import ResNetSpec
from resviz.errors import DeviceError
from resviz.files import shown

#: Of the free memory, what a network may take: the rest is for the window and everybody else.
SHARE = 0.8
#: Bytes of Python objects a layer costs, its module and its tensors' heads: measured on 8 stages of 1000 blocks.
LAYER_OVERHEAD = 24_000


def needed(spec: ResNetSpec) -> int:
    """Bytes to hold the network in fp32 and to run one image through it, by the figures of `arch`."""
    figures = report(spec)
    widest = max(activation_bytes(layer) for layer in figures.layers)
    weights = BYTES["fp32"] * (figures.params + figures.buffers)
    # The widest layer once more: a convolution may keep a copy of its output in another order.
    return weights + figures.peak_bytes + widest + LAYER_OVERHEAD * len(figures.layers)


def check(spec: ResNetSpec, device: torch.device) -> None:
    """Raises `DeviceError` when the network would not fit: refused, where it would have the machine swap.

    `device_memory` says that it fits into the machine's memory, and may be computed there.
    """
    need, free, name = needed(spec), free_memory(), shown(name_of(spec), 80)
    if free is not None and need > SHARE * free:
        raise DeviceError("model_memory", spec=name, need=in_words(need), free=in_words(free))
    if device.type == "cuda" and need > SHARE * torch.cuda.mem_get_info(device)[0]:
        raise DeviceError("device_memory", device=str(device), spec=name)


def in_words(size: int) -> str:
    """Bytes as people read them: `3.2 GB`."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"


def free_memory() -> int | None:
    """Bytes this process could still take without swapping, None where the system does not tell."""
    spaces = [space for space in (_system_free(), _group_free()) if space is not None]
    return min(spaces) if spaces else None


def total_memory() -> int | None:
    """Bytes of memory that the machine has, None where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _system_free() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    total = total_memory()  # macOS: no figure for what is free; half of all is a careful guess
    return None if total is None else total // 2


def _group_free() -> int | None:
    """What a container's limit (cgroup 2) leaves; pages of files it can drop count as free."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return limit - used + int(stat.get("inactive_file", 0))
    except (OSError, ValueError):  # no cgroup 2, or "max": no limit
        return None


def give_back() -> None:
    """Have the C library return what is free to the system; glibc keeps what threads had used for their next time."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library has no such call
        ctypes.CDLL(None).malloc_trim(0)
