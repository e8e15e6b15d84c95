"""A network with its weights as a file for other programs: ONNX, or its weights under our names as safetensors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import safetensors.torch

from resviz.arch.notation import to_json
from resviz.errors import UsageError
from resviz.files import reason, shown
from resviz.nets.classifier import Classifier
from resviz.nets.export import onnx_file as onnx_export
from resviz.nets.model import ResNet
from resviz.paths import write_atomic

Progress = Callable[[float, str], None]
"""Called with 0 to 1 and what is being done; what it raises stops the export, and nothing is written."""


def _silent(done: float, text: str) -> None:
    """No progress wanted."""


def write(network: Classifier, path: Path, progress: Progress = _silent) -> None:
    """Write `.onnx` or `.safetensors`, whole or not at all. Raises `UsageError`."""
    if path.suffix.lower() == ".onnx":
        onnx_export.export(network.model, path, onnx_export.about(network), progress)
    else:
        save_weights(network.model, path, progress)


def save_weights(model: ResNet, path: Path, progress: Progress = _silent) -> None:
    """The state_dict as safetensors: torchvision's keys (timm's for what torchvision lacks), and the spec beside them.

    Raises `UsageError` where it cannot be written.
    """
    progress(0.2, "Writing the weights")
    state = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items()}
    # One key only: safetensors writes several in random order, and the same weights would give other bytes.
    data = safetensors.torch.save(state, metadata={"spec": json.dumps(to_json(model.spec))})
    progress(0.8, "Writing the weights")
    try:
        write_atomic(path, data)
    except OSError as error:
        raise UsageError("output_write", name=shown(path), reason=reason(error)) from None
