"""The graph's promises against one 60 Hz frame. Run: python -m tests.benchmarks.bench_graph

Prints figures; asserts nothing about time, because machines differ. Needs no display.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from resviz.arch.layout.frame import Direction
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec

if TYPE_CHECKING:
    from resviz.gui.document import Document
    from resviz.gui.graph.view import GraphView

FRAME_MS = 1000 / 60
SIZE = (1600, 1000)
EDITS = 40


def main() -> None:
    """Print every figure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    _report("layout and SVG, resnet152", _drawn(PRESETS["resnet152"].spec), None)
    for name, promise in (("resnet152", 16.0), ("resnet1202-cifar", 100.0)):
        _report(f"edit to painted, {name}", _edits(PRESETS[name].spec), promise)
    for zoom in (0.003, 0.01, 0.03, 0.049, 0.051, 0.1, 0.16, 0.3, 0.58, 0.66, 1.0, 2.0):
        frames = list(_moves(PRESETS["resnet1202-cifar"].spec, zoom))
        _report(f"pan and zoom, resnet1202-cifar, {zoom:g}", frames, 16.0, tail=True)
    _more()
    eight_thousand = ResNetSpec("basic", (1000,) * 8, 2, stem="cifar", classes=10, size=32)
    _report("edit to painted, 8000 blocks", _edits(eight_thousand), None)
    for zoom in (0.0006, 0.05, 1.0):
        _report(f"pan and zoom, 8000 blocks, {zoom:g}", list(_moves(eight_thousand, zoom)), None, tail=True)
    _report("find, 8000 blocks", _finds(eight_thousand), None)
    app.quit()


def _more() -> None:
    """What else is done to the graph, one frame each, on the networks of a lecture."""
    deep, deeper = PRESETS["resnet152"].spec, PRESETS["resnet1202-cifar"].spec
    _report("fold or unfold all, resnet152", _folds(deep, whole=True), 16.0)
    _report("fold or unfold all, resnet1202-cifar", _folds(deeper, whole=True), 100.0)
    _report("fold or unfold one stage, resnet152", _folds(deep, whole=False), 16.0)
    _report("edit to painted, coloured by MACs, resnet152", _edits(deep, metric="macs"), 16.0)
    _report("edit to painted, to the right, resnet152", _edits(deep, direction="right"), 16.0)
    beside = _edits(PRESETS["resnet101"].spec, reference=PRESETS["resnet50"].spec)
    _report("edit to painted, resnet101 beside resnet50", beside, 16.0)
    for zoom in (0.003, 0.05, 0.3, 1.0):
        frames = list(_moves(deeper, zoom, known=True))
        _report(f"the same with film, bars, blocks off, {zoom:g}", frames, 16.0, tail=True)
    _report("edit to painted with all that, resnet152", _edits(deep, known=True), 16.0)
    frames = list(_moves(deeper, 0.3, metric="field"))
    _report("pan and zoom, by receptive field, resnet1202", frames, 16.0, tail=True)


def _report(name: str, times: list[float], promise: float | None, tail: bool = False) -> None:
    figure = statistics.quantiles(times, n=20)[-1] if tail else statistics.median(times)
    kind = "95th" if tail else "median"
    limit = f"promise {promise:.0f} ms" if promise else ""
    print(f"{name:44} {figure:7.2f} ms {kind:6} {figure / FRAME_MS:6.2f} frames  {limit}")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _drawn(spec: ResNetSpec) -> list[float]:
    """Spec to SVG text, nothing remembered from the time before."""
    from resviz.drawing.palette import LIGHT
    from resviz.drawing.sheet import sheet
    from resviz.drawing.svg import svg

    widths = count(spec.width + 1)
    return [_timed(lambda: svg(sheet(layout(replace(spec, width=next(widths)))), LIGHT)) for _ in range(EDITS)]


def _view(
    spec: ResNetSpec,
    metric: str = "",
    direction: Direction = "down",
    reference: ResNetSpec | None = None,
    known: bool = False,
) -> tuple[Document, GraphView]:
    from resviz.gui.document import Document
    from resviz.gui.graph.view import GraphView
    from resviz.gui.theme import Theme

    document = Document()
    document.set_spec(spec, "start")
    view = GraphView(document, Theme("light"))
    view.resize(*SIZE)
    view.look.set_direction(direction)
    view.look.set_colour(metric)
    document.set_reference(reference)
    if known:
        _know(document, view)
    return document, view


def _know(document: Document, view: GraphView) -> None:
    """A thumbnail and bars at every block, every third one switched off, every third shortcut cut."""
    import numpy as np

    from resviz.engine import messages as m
    from resviz.gui.off_words import passages
    from resviz.ways import Off

    blocks = list(passages(document.spec))
    view.look.set_film(True)
    view.look.set_ribbon(True)
    frame = np.arange(1024, dtype=np.uint8).reshape(32, 32)
    view.set_film(dict.fromkeys(blocks, frame))
    view.set_strengths([m.Strength(block, 0.4, 0.1) for block in blocks])
    view.set_sweep([m.LesionRow(block, "identity", 0.7, 0.3, "cat", "dog") for block in blocks])
    document.set_off(Off(frozenset(blocks[::3]), frozenset(blocks[1::3])), "off")
    view.set_live(True)


def _folds(spec: ResNetSpec, whole: bool) -> list[float]:
    """All levels in turn, or one stage closed and opened; each time another network, so that nothing is remembered."""
    from PySide6.QtGui import QImage

    from resviz.arch.layout.fold import LEVELS

    image, times = QImage(*SIZE, QImage.Format.Format_RGB32), []
    document, view = _view(spec)
    for i in range(24):
        document.set_spec(replace(spec, width=spec.width + 1 + i), str(i))
        view.render(image)
        fold = view.fold.to(LEVELS[i % 3]) if whole else view.fold.put("layer3", LEVELS[i % 3])
        times.append(_timed(lambda fold=fold: (view.look.set_fold(fold), view.render(image))))  # type: ignore[misc]
    return times


def _finds(spec: ResNetSpec) -> list[float]:
    from resviz.arch.find import find

    words = ("conv", "layer5 conv 3x3", "add", "s=2", "downsample", "layer8.999.bn2", "64x4x4", "nothing at all")
    return [_timed(partial(find, spec, text)) for text in words * 3]


def _edits(spec: ResNetSpec, **looked: Any) -> list[float]:
    """One block more in the second stage, or one less, each time of another width: nothing is in a cache."""
    from PySide6.QtGui import QImage

    document, view = _view(spec, **looked)
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    changed = [
        replace(spec, width=spec.width + i, blocks=(spec.blocks[0], spec.blocks[1] - i % 2, *spec.blocks[2:]))
        for i in range(1, EDITS + 1)
    ]

    def edit(new: ResNetSpec) -> None:
        document.set_spec(new, str(new))
        view.render(image)

    return [_timed(partial(edit, new)) for new in changed]


def _moves(spec: ResNetSpec, zoom: float, **looked: Any) -> Iterator[float]:
    """Frames of a pan down the whole network, each also zoomed by a hair so that no glyph is remembered."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QImage

    _, view = _view(spec, **looked)
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    view._zoom(zoom / view.zoom, QPointF(0, 0))
    view._go_to_height(0)
    bounds = view._scene.plan.bounds
    for i in range(60):
        yield _timed(lambda: (view._zoom(1.004, QPointF(800, 500)), view.render(image)))
        view._go_to_height(bounds.h * i / 60)


if __name__ == "__main__":
    main()
