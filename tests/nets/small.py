"""A network small enough to make in a test, with weights in a file and a card beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import safetensors.torch

from resviz.arch.notation import to_json
from resviz.arch.spec import ResNetSpec
from resviz.nets.model import build_model

SPEC = ResNetSpec("basic", (1, 1), width=4, stem="cifar", classes=3, size=16)
LABELS = ("cat", "dog", "ship")


def card(name: str = "small", **changes: Any) -> dict[str, Any]:
    """A valid card, with `changes`."""
    return {
        "format": 1,
        "name": name,
        "title": "A small one",
        "file": f"{name}.safetensors",
        "bytes": 1234,
        "spec": to_json(SPEC),
        "labels": list(LABELS),
        "mean": [0.5, 0.4, 0.3],
        "std": [0.2, 0.2, 0.25],
        "accuracy": {"test": 0.875, "images": 8},
    } | changes


def write_weights(folder: Path, name: str = "small", *, seed: int = 7, with_card: bool = True) -> Path:
    """Random weights, as if trained; returns the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    safetensors.torch.save_file(build_model(SPEC, seed=seed).state_dict(), path)
    if with_card:
        path.with_suffix(".json").write_text(json.dumps(card(name)))
    return path
