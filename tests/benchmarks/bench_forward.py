"""The exact forward pass against plain torchvision, bare and with a visible layer captured.

Run: python -m tests.benchmarks.bench_forward [cpu|cuda]. The three are timed in turn, so that a machine that
slows down slows all of them; what counts is the ratio of medians.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import torch
import torchvision

from resviz.arch.presets import PRESETS
from resviz.nets.capture import capture
from resviz.nets.model import build_model

NAMES = ("resnet18", "resnet50")
ROUNDS = 40


def main(device: str = "cpu") -> None:
    """Print the ratios for each network."""
    for name in NAMES:
        ours = build_model(PRESETS[name].spec, device=device)
        theirs = getattr(torchvision.models, name)().eval().to(device)
        theirs.load_state_dict(ours.state_dict())
        x = torch.randn(1, 3, 224, 224, device=device)

        def captured(model: torch.nn.Module = ours, x: torch.Tensor = x) -> None:
            with capture(model, ["layer2.0.relu2"]) as outputs:
                model(x)
            outputs["layer2.0.relu2"].cpu()

        times = _in_turn([lambda m=theirs, x=x: m(x), lambda m=ours, x=x: m(x), captured], device)
        plain, exact, hooked = (statistics.median(each) * 1e3 for each in times)
        print(
            f"{name} on {device}: torchvision {plain:.2f} ms, exact {exact:.2f} ms "
            f"({exact / plain:.3f}x, promise 1.03), "
            f"one layer captured {hooked:.2f} ms ({hooked / exact:.3f}x, promise 1.1)"
        )


def _in_turn(steps: list[Callable[[], object]], device: str) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in steps]
    with torch.inference_mode():
        for turn in range(ROUNDS + 3):
            for step, collected in zip(steps, times, strict=True):
                start = time.perf_counter()
                step()
                if device != "cpu":
                    torch.cuda.synchronize()
                if turn >= 3:
                    collected.append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    main(*sys.argv[1:])
