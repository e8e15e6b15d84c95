"""The exact and the fast forward pass against plain torchvision, and with a visible layer captured.

Run: python -m tests.benchmarks.bench_forward [cpu|cuda]. All are timed in turn, so that a machine that slows down slows
all of them; what counts is the ratio of medians. torchvision has no network of the default's shape: that one is
compared with its own modules run one after the other, which is the exact way without its guards.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the engine sets it, before torch loads

import torch
import torchvision

from resviz.arch.presets import DEFAULT, PRESETS
from resviz.nets.capture import capture
from resviz.nets.classifier import UNTRAINED, Classifier
from resviz.nets.fast import largest_difference
from resviz.ways import Compute

NAMES = (DEFAULT, "resnet18", "resnet50")
LAYER = "layer2.0.relu2"
ROUNDS, WARM = 40, 3


def main(device: str = "cpu") -> None:
    """Print the ratios for each network."""
    for name in NAMES:
        ours = Classifier(PRESETS[name].spec, None if name == DEFAULT else UNTRAINED, device, compute=Compute("fast"))
        plain = _plain(name, ours)
        x = torch.randn((1, 3, ours.spec.size, ours.spec.size), device=ours.device)

        def captured(ours: Classifier = ours, x: torch.Tensor = x) -> None:
            with capture(ours.model, [LAYER]) as outputs:
                ours.exact(x)
            outputs[LAYER].cpu()

        steps: list[Callable[[], object]] = [
            lambda plain=plain, x=x: plain(x),
            lambda ours=ours, x=x: ours.exact(x),
            captured,
            lambda ours=ours, x=x: ours.runner(x),
        ]
        times = _in_turn(steps, device)
        base, exact, hooked, fast = (statistics.median(each) * 1e3 for each in times)
        off = largest_difference(*(run(x).softmax(1) for run in (ours.runner, ours.exact)))
        print(
            f"{name} on {device}: {'its modules' if name == DEFAULT else 'torchvision'} {base:.2f} ms\n"
            f"  exact    {exact:7.2f} ms  {exact / base:.3f}x  (promise 1.03)\n"
            f"  captured {hooked:7.2f} ms  {hooked / exact:.3f}x of exact  (promise 1.1)\n"
            f"  fast     {fast:7.2f} ms  {fast / base:.3f}x  (promise 1.0)  {ours.way}; off by {off:.1e}"
        )


def _plain(name: str, ours: Classifier) -> torch.nn.Module:
    if name == DEFAULT:
        return ours.model
    theirs: torch.nn.Module = getattr(torchvision.models, name)().eval().to(ours.device)
    theirs.load_state_dict(ours.model.state_dict())
    return theirs


def _in_turn(steps: list[Callable[[], object]], device: str) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in steps]
    with torch.inference_mode():
        for turn in range(ROUNDS + WARM):
            for step, collected in zip(steps, times, strict=True):
                start = time.perf_counter()
                step()
                if device != "cpu":
                    torch.cuda.synchronize()
                if turn >= WARM:
                    collected.append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    main(*sys.argv[1:])
