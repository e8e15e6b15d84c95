"""The drawing of ResNet-152 as SVG, against torchview and Graphviz. Run: python -m tests.benchmarks.bench_export

Ours: spec to the bytes of an SVG file, every layer with its shape's border, in process; a new spec each time, so that
nothing is remembered. Theirs: torchview traces torchvision's model on `meta` and Graphviz's `dot` lays the graph out
and writes the SVG; each part is timed once. Needs `.[bench]` and Graphviz's `dot`.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

PROMISE = 50.0
TIMES = 20


def main() -> None:
    """Print the times and their ratio."""
    ours = _ours()
    print(f"ours: spec -> layout -> SVG file           {ours * 1000:9.1f} ms  median of {TIMES}")
    if shutil.which("dot") is None:
        print("Graphviz's dot is not installed: nothing to compare with")
        return
    built, traced, drawn, size = _theirs()
    print(f"torchvision: the model, on `meta`          {built * 1000:9.1f} ms")
    print(f"torchview: trace of torchvision's model    {traced * 1000:9.1f} ms")
    print(f"Graphviz: dot -Tsvg                        {drawn * 1000:9.1f} ms  ({size / 1e6:.1f} MB)")
    print(f"ratio, the model at hand                   {(traced + drawn) / ours:9.0f} x  promise {PROMISE:.0f} x")
    print(f"ratio, from the network's name on          {(built + traced + drawn) / ours:9.0f} x")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ours() -> float:
    from resviz.arch.layout.stack import layout
    from resviz.arch.presets import PRESETS
    from resviz.drawing.palette import LIGHT
    from resviz.drawing.sheet import sheet
    from resviz.drawing.svg import svg
    from resviz.paths import write_atomic

    spec, widths = PRESETS["resnet152"].spec, count(65)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "resnet152.svg"

        def draw() -> None:
            write_atomic(path, svg(sheet(layout(replace(spec, width=next(widths)))), LIGHT).encode())

        draw()
        return statistics.median(_timed(draw) for _ in range(TIMES))


def _theirs() -> tuple[float, float, float, int]:
    """Seconds of building the model, of tracing it, of drawing it; bytes of the SVG."""
    import torch
    import torchvision
    from torchview import draw_graph

    start = time.perf_counter()
    with torch.device("meta"):
        model = torchvision.models.resnet152()
    built = time.perf_counter() - start
    start = time.perf_counter()
    graph = draw_graph(model, input_size=(1, 3, 224, 224), device="meta", depth=4, expand_nested=True)
    traced = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        path = graph.visual_graph.render(str(Path(folder) / "resnet152"), format="svg", cleanup=True)
        return built, traced, time.perf_counter() - start, Path(path).stat().st_size


if __name__ == "__main__":
    main()
