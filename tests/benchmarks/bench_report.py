"""Layer report against torchinfo, in process and as whole processes. Run: python -m tests.benchmarks.bench_report"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import torch
import torchinfo
import torchvision

from resviz.arch import analysis, graph
from resviz.arch.presets import PRESETS

NAMES = ("resnet18", "resnet50", "resnet152")


def main() -> None:
    """Print every figure."""
    for name in NAMES:
        ours, theirs = _median(lambda n=name: _ours(n), 50), _median(lambda n=name: _torchinfo(n), 5)
        print(
            f"{name:10s} report {ours * 1e3:7.2f} ms   torchvision on meta + torchinfo {theirs * 1e3:8.1f} ms   "
            f"{theirs / ours:6.0f} times faster"
        )
    code = (
        "import torch, torchvision, torchinfo\n"
        "with torch.device('meta'): model = torchvision.models.resnet152()\n"
        "print(torchinfo.summary(model, (1, 3, 224, 224), device='meta', depth=5, verbose=0))"
    )
    ours = _median(lambda: _process(["-m", "resviz", "summary", "resnet152"]), 5)
    theirs = _median(lambda: _process(["-c", code]), 5)
    print(f"whole process: resviz summary resnet152 {ours:.2f} s, torchinfo {theirs:.2f} s: {theirs / ours:.0f} times")


def _ours(name: str) -> None:
    graph.network.cache_clear()
    analysis.report.cache_clear()
    analysis.report(PRESETS[name].spec)


def _torchinfo(name: str) -> None:
    with torch.device("meta"):
        model = getattr(torchvision.models, name)()
    torchinfo.summary(model, (1, 3, 224, 224), device="meta", depth=5, verbose=0)


def _median(step: Callable[[], None], repeats: int) -> float:
    step()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _process(words: list[str]) -> None:
    subprocess.run([sys.executable, *words], check=True, capture_output=True)


if __name__ == "__main__":
    main()
