"""Pictures a second of a folder against a plain loop over torchvision's own model, one picture after the other.

Run: python -m tests.benchmarks.bench_batch [FOLDER] [cpu|cuda]. Without a folder, pictures are made. Both read the same
files, in turns, so that a machine that slows down slows both; what counts is the ratio of medians.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision.transforms import v2

from resviz.arch.presets import DEFAULT, PRESETS
from resviz.nets.batch import classify_many
from resviz.nets.classifier import UNTRAINED, Classifier
from resviz.nets.model import ResNet
from resviz.nets.walk import pictures
from resviz.ways import EXACT, Compute

ROUNDS = 3
COUNTS = {"resnet18": 60, DEFAULT: 600}


def main(folder: str = "", device: str = "cpu") -> None:
    """Print pictures a second for ResNet-18 at 224, with random weights, and the default network at its 32."""
    with tempfile.TemporaryDirectory() as made:
        for name, count in COUNTS.items():
            size = (500, 375) if name == "resnet18" else (32, 32)
            files = [found.path for found in pictures([folder])] if folder else _made(Path(made) / name, count, size)
            _compare(name, files[:: max(1, len(files) // count)][:count], device)


def _compare(name: str, files: list[str], device: str) -> None:
    spec = PRESETS[name].spec
    weights = UNTRAINED if name == "resnet18" else None
    exact = Classifier(spec, weights, device, compute=EXACT)
    fast = Classifier(spec, weights, device, compute=Compute(way="fast"))
    steps: dict[str, Callable[[], object]] = {
        "plain loop": _loop(exact, name, files, device),
        "exact": lambda: classify_many(exact, files, on_rows=lambda *_: None),
        "fast": lambda: classify_many(fast, files, on_rows=lambda *_: None),
    }
    seconds = _in_turn(steps)
    plain = seconds["plain loop"]
    for step, took in seconds.items():
        print(f"{name} on {device}, {step}: {len(files) / took:.1f} pictures a second ({plain / took:.2f}x)")
    print(f"  fast is {fast.way}")


def _loop(ours: Classifier, name: str, files: list[str], device: str) -> Callable[[], None]:
    """As people write it: open, transform, forward, softmax, top five."""
    spec = ours.spec
    model = torchvision.models.resnet18() if name == "resnet18" else ours.model
    if not isinstance(model, ResNet):
        model.load_state_dict(ours.model.state_dict())
    model = model.eval().to(device)
    prepare = v2.Compose(
        [
            v2.Resize(256 if spec.size == 224 else spec.size),
            v2.CenterCrop(spec.size),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )

    def run() -> None:
        with torch.inference_mode():
            for path in files:
                with Image.open(path) as image:
                    batch = prepare(image.convert("RGB"))[None].to(device)
                model(batch).softmax(1).topk(5).values.tolist()

    return run


def _in_turn(steps: dict[str, Callable[[], object]]) -> dict[str, float]:
    times: dict[str, list[float]] = {step: [] for step in steps}
    for turn in range(ROUNDS + 1):
        for step, work in steps.items():
            began = time.perf_counter()
            work()
            if turn:  # the first is for warming up
                times[step].append(time.perf_counter() - began)
    return {step: statistics.median(each) for step, each in times.items()}


def _made(folder: Path, count: int, size: tuple[int, int]) -> list[str]:
    """JPEGs of smooth noise, which decode like photographs."""
    folder.mkdir()
    dice = np.random.default_rng(0)
    paths = []
    for number in range(count):
        small = Image.fromarray(dice.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        path = folder / f"{number:04}.jpg"
        small.resize(size, Image.Resampling.BICUBIC).save(path, quality=90)
        paths.append(str(path))
    return paths


if __name__ == "__main__":
    main(*sys.argv[1:])
