"""Layer report against torchinfo, in process and as whole processes; its growth with blocks; imports.

Run: python -m tests.benchmarks.bench_report
"""

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
from resviz.arch.spec import ResNetSpec
from resviz.nets.model import build_model

#: With how often torchinfo is timed; torchvision has no ResNet-1202, so the model with its layout is ours.
NAMES = {"resnet18": 5, "resnet50": 5, "resnet152": 5, "resnet1202-cifar": 2}
#: Blocks a stage, eight stages.
GROWTH = (125, 250, 500, 1000)


def main() -> None:
    """Print every figure."""
    _against_torchinfo()
    _growth()
    _imports()


def _against_torchinfo() -> None:
    for name, repeats in NAMES.items():
        ours, theirs = _median(lambda n=name: _ours(n), 50), _median(lambda n=name: _torchinfo(n), repeats)
        print(
            f"{name:16s} report {ours * 1e3:7.2f} ms   torchvision on meta + torchinfo {theirs * 1e3:8.1f} ms   "
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


def _growth() -> None:
    """Time a block, at one to eight thousand blocks: the same where growth is linear."""
    base = 0.0
    for blocks in GROWTH:
        spec = ResNetSpec("bottleneck", (blocks,) * 8, 4)
        block = _median(lambda s=spec: _fresh(s), 7) / (8 * blocks)
        base = base or block
        print(f"{8 * blocks:5d} blocks: report {block * 1e6:6.2f} µs a block, {block / base:4.2f} of that at 1,000")


def _imports() -> None:
    """Whole processes that do nothing but import."""
    empty, arch, torch_ = (
        _median(lambda c=code: _process(["-c", c]), 7)
        for code in ("pass", "import resviz.arch.analysis, resviz.arch.layout", "import torch")
    )
    times = f"arch {arch - empty:.3f} s above an empty process, torch {torch_ - empty:.2f} s"
    print(f"imports: {times}: {(torch_ - empty) / (arch - empty):.0f} times")


def _ours(name: str) -> None:
    _fresh(PRESETS[name].spec)


def _fresh(spec: ResNetSpec) -> None:
    graph.network.cache_clear()
    analysis.report.cache_clear()
    analysis.report(spec)


def _torchinfo(name: str) -> None:
    spec = PRESETS[name].spec
    with torch.device("meta"):
        builder = getattr(torchvision.models, name, None)
        model = builder() if builder else build_model(spec, device="meta")
    torchinfo.summary(model, (1, spec.channels, spec.size, spec.size), device="meta", depth=5, verbose=0)


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
