"""What a training leaves behind: the weights as safetensors, and a card in JSON that says what they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from resviz.arch.notation import to_json
from resviz.arch.presets import title_of
from resviz.errors import DataError
from resviz.nets.data import Dataset, Split
from resviz.nets.evaluate import Normalise, accuracy, confusion
from resviz.nets.model import build_model
from resviz.nets.train import Trainer
from resviz.paths import write_atomic

FORMAT = 1
STORES = ("fp16", "fp32")
RESIZE = "the centre square, shrunk or enlarged to the input size with antialiasing (bilinear)"
_LIMITS = (
    "It answers with one of its {classes} labels whatever it is shown, and sees {size}×{size} pixels of the "
    "centre square. Its accuracy holds for pictures like those in {data}; elsewhere expect less."
)


def rounded(weights: Mapping[str, Tensor], store: str) -> dict[str, Tensor]:
    """`weights` as stored: with fp16, kernels and matrices are rounded, batch norm and biases never."""
    stored = {}
    for key, value in weights.items():
        half = value.half() if store == "fp16" and value.ndim > 1 else value
        # A value beyond what fp16 can hold keeps its tensor as it is.
        stored[key] = (half if bool(torch.isfinite(half).all()) else value).contiguous().clone()
    return stored


def write(trainer: Trainer, path: Path, *, store: str, command: str, digest: str | None = None) -> dict[str, Any]:
    """Writes the best weights to `path` and their card beside it (.json), each whole or not at all.

    Returns the card. What is evaluated is what is stored: weights after rounding, in fp32 arithmetic, on the
    test split (where there is none, on the pictures held out). `digest` is the SHA-256 of the data. Raises
    DataError where the files cannot be written.
    """
    weights = rounded(trainer.best, store)
    counts, split = _evaluate(trainer, weights)
    # One key only: safetensors writes several in random order, and the same training would give other bytes.
    blob = safetensors.torch.save(weights, metadata={"spec": json.dumps(to_json(trainer.spec))})
    card = {
        "format": FORMAT,
        "name": path.stem,
        "title": title_of(trainer.spec),
        "file": path.name,
        "sha256": hashlib.sha256(blob).hexdigest(),
        "bytes": len(blob),
        "store": f"{store}, batch norm and biases fp32" if store == "fp16" else store,
        "spec": to_json(trainer.spec),
        "labels": list(trainer.data.labels),
        "mean": list(trainer.mean),
        "std": list(trainer.std),
        "resize": RESIZE,
        "data": {**_data(trainer), "sha256": digest},
        "recipe": _recipe(trainer),
        "seed": trainer.recipe.seed,
        "command": command,
        "accuracy": {split: accuracy(counts), "images": int(counts.sum())},
        "confusion": counts.tolist(),
        "limits": _LIMITS.format(classes=trainer.spec.classes, size=trainer.spec.size, data=trainer.data.name),
    }
    try:
        write_atomic(path, blob)
        write_atomic(path.with_suffix(".json"), text(card).encode())
    except OSError as error:
        raise DataError("train_output", path=path, reason=error.strerror or str(error)) from error
    return card


def text(card: Mapping[str, Any]) -> str:
    """The card as JSON that people can read: rows of the confusion matrix on a line each."""
    plain = {key: value for key, value in card.items() if key != "confusion"}
    rows = ",\n".join(f"    {json.dumps(row)}" for row in card["confusion"])
    body = json.dumps(plain, indent=2, ensure_ascii=False)
    return f'{body[:-2]},\n  "confusion": [\n{rows}\n  ]\n}}\n'


def _evaluate(trainer: Trainer, weights: Mapping[str, Tensor]) -> tuple[Tensor, str]:
    test = trainer.data.test
    split: Split = trainer.val if test is None else test
    model = build_model(trainer.spec)
    model.load_state_dict(weights)
    normalise = Normalise(trainer.mean, trainer.std).to(trainer.device)
    return confusion(model.to(trainer.device), split, normalise), "validation" if test is None else "test"


def _data(trainer: Trainer) -> dict[str, Any]:
    data: Dataset = trainer.data
    return {
        "name": data.name,
        "train": len(trainer.train),
        "validation": len(trainer.val),
        "test": 0 if data.test is None else len(data.test),
        "broken": data.broken,
    }


def _recipe(trainer: Trainer) -> dict[str, Any]:
    recipe = asdict(trainer.recipe)
    del recipe["seed"]
    return {
        "optimizer": "SGD, Nesterov momentum",
        "schedule": "linear warm-up, cosine to zero",
        **recipe,
        "epochs": trainer.epoch,
        "best_epoch": trainer.best_epoch,
        "best_validation": trainer.best_accuracy,
        "minutes": round(trainer.seconds / 60, 1),
        "torch": torch.__version__,
    }
