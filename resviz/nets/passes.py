"""What every forward pass here has in common: exactness, waiting for the device, cancelling, failures in words."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from resviz.arch.notation import name_of
from resviz.arch.spec import ResNetSpec
from resviz.errors import DeviceError
from resviz.files import reason, shown
from resviz.nets.model import ResidualBlock

Progress = Callable[[float, str], None]
"""Called with 0 to 1 and what is being done; what it raises stops the job, between two layers."""


def silent(done: float, text: str) -> None:
    """No progress wanted."""


def finish(device: torch.device) -> None:
    """Wait until the device has done all it was given: GPUs compute behind the program's back."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


@contextlib.contextmanager
def exact() -> Iterator[None]:
    """fp32 means fp32: no TF32 in convolutions, and algorithms that give the same bits each time."""
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
        yield


@contextlib.contextmanager
def reporting(model: nn.Module, progress: Progress) -> Iterator[None]:
    """Calls `progress` before each block: often enough to cancel, too seldom to cost anything."""
    blocks = [module for module in model.modules() if isinstance(module, ResidualBlock)]

    def report(share: float) -> Callable[[nn.Module, Any], None]:
        return lambda *_: progress(share, "Forward pass")

    handles = [
        block.register_forward_pre_hook(report(index / len(blocks)))
        for index, block in enumerate(blocks)
        if progress is not silent
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextlib.contextmanager
def failures_told(spec: ResNetSpec, device: torch.device) -> Iterator[None]:
    """Out of memory and a failing device become `DeviceError`."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        if device.type == "cuda":
            torch.cuda.empty_cache()
        raise DeviceError("device_memory", device=str(device), spec=shown(name_of(spec), 80)) from error
    except RuntimeError as error:
        text = str(error)
        if "can't allocate memory" in text or "out of memory" in text:
            raise DeviceError("device_memory", device=str(device), spec=shown(name_of(spec), 80)) from error
        if device.type == "cpu":
            raise
        raise DeviceError("device_failed", device=str(device), reason=reason(error)) from error
