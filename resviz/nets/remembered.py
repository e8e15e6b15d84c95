"""Which form of a network was fastest on this machine: measured once, kept in the user's cache."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from resviz.arch.notation import to_json
from resviz.arch.spec import ResNetSpec
from resviz.files import read_json_object
from resviz.nets.fast import TOLERANCE, Found
from resviz.nets.forms import Form
from resviz.paths import cache_dir, write_atomic
from resviz.ways import PRECISIONS

FORMAT = 1
MOST_KEPT = 500
_here: dict[tuple[Path, str], Found] = {}


def key_of(spec: ResNetSpec, weights: str | None, device: torch.device, threads: int) -> str:
    """What a measurement holds for: the network, its weights, the processor, torch, the threads."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    facts = [to_json(spec), _weights(weights), str(device), name, str(torch.__version__), threads or "default"]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def recall(key: str) -> Found | None:
    """What was measured, here or by an earlier run of the program."""
    place = path(), key
    if place not in _here and (found := _found(_file().get(key))) is not None:
        _here[place] = found
    return _here.get(place)


def remember(key: str, found: Found) -> None:
    """Keep a measurement; that it cannot be written is no failure."""
    _here[path(), key] = found
    kept = {**_file(), key: {**asdict(found.form), "share": found.share, "difference": found.difference}}
    newest = dict(list(kept.items())[-MOST_KEPT:])
    with contextlib.suppress(OSError):
        path().parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path(), json.dumps({"format": FORMAT, "ways": newest}, indent=1).encode())


def forget() -> None:
    """Forget what this process measured, not what is on the disk."""
    _here.clear()


def path() -> Path:
    """The file on the disk."""
    return cache_dir() / "fast.json"


def _file() -> dict[str, Any]:
    read = read_json_object(path()) or {}
    ways = read.get("ways") if read.get("format") == FORMAT else None
    return ways if isinstance(ways, dict) else {}


def _found(value: object) -> Found | None:
    """A measurement from the disk, where everything may stand."""
    if not isinstance(value, dict):
        return None
    switches = [value.get(name) for name in ("folded", "fused", "channels_last", "tuned")]
    precision, share, difference = (value.get(name) for name in ("precision", "share", "difference"))
    if precision not in PRECISIONS or not all(isinstance(switch, bool) for switch in switches):
        return None
    if not isinstance(share, float) or not isinstance(difference, float):
        return None
    if not (0 < share <= 1 and 0 <= difference <= TOLERANCE):  # nor is NaN between any two
        return None
    folded, fused, channels_last, tuned = map(bool, switches)
    return Found(Form(folded, fused, channels_last, precision, tuned), share, difference)


def _weights(weights: str | None) -> list[object]:
    """Weights by name are one file for ever; another file of the same path has another time."""
    if weights is None or not os.path.isfile(weights):  # noqa: PTH113  (an endless name is no file)
        return [weights]
    status = Path(weights).stat()
    return [weights, status.st_size, status.st_mtime_ns]


def _processor() -> str:
    return f"{platform.machine()} {platform.processor()} {torch.backends.cpu.get_cpu_capability()} {os.cpu_count()}"
