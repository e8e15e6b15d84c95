"""From the tensors of another layer to the painted maps, in the window's thread, against one frame of 60 Hz.

Run: python -m tests.benchmarks.bench_maps. No engine: the maps are noise after a ReLU, of a layer's shape. Painting is
into a picture of the panel's size, as Qt's own raster paints a window.
"""

from __future__ import annotations

import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from resviz.engine import messages as m
from resviz.gui.panels.feature_maps import FeatureMapsPanel
from resviz.gui.theme import Theme
from tests.gui.panels.desk import PICTURE, deliver, desk, maps

SHAPES = {
    "relu": (64, 112, 112),
    "layer4.2.relu3": (2048, 7, 7),
    "layer1.2.relu3": (256, 56, 56),
    "largest": (64, 256, 256),
}
SIZES = ((420, 420), (900, 900))
FRAME = 1000 / 60
ROUNDS, WARM = 24, 4


def main() -> None:
    """Print the milliseconds for each layer, way and size."""
    app = QApplication([])
    Theme("light").apply()
    document, jobs = desk()
    panel = FeatureMapsPanel(document, jobs)
    document.set_image(PICTURE)
    panel.show()
    for size in SIZES:
        panel.resize(*size)
        for mode in ("all", "one"):
            panel.set_mode(mode)
            for layer, shape in SHAPES.items():
                ways = (("channel", 1.0), ("layer", 0.5)) if mode == "all" else (("channel", 1.0),)
                for over, gamma in ways:
                    panel.bar.scale.set_value(over)
                    panel.bar.gamma = gamma
                    _time(app, panel, lambda reply: deliver(jobs, reply), layer, shape, f"{mode} {over} γ {gamma:g}")
    panel.close()


def _time(app: QApplication, panel: FeatureMapsPanel, send, layer: str, shape: tuple[int, ...], way: str) -> None:  # type: ignore[no-untyped-def]
    dice = np.random.default_rng(1)
    answers = [maps(layer, np.maximum(dice.standard_normal(shape, np.float32), 0)) for _ in range(4)]
    other: m.Prediction = maps("conv1", dice.standard_normal((8, 4, 4), np.float32))
    ready, late = [], []
    for turn in range(ROUNDS + WARM):
        panel.document.select("conv1")
        send(other)
        _settle(app)
        canvas = QImage(panel.size(), QImage.Format.Format_ARGB32_Premultiplied)
        panel.document.select(layer)
        start = time.perf_counter()
        send(answers[turn % len(answers)])
        panel.render(canvas)
        painted = time.perf_counter()
        panel._later.stop()
        panel._show_figures()
        if turn >= WARM:
            ready.append((painted - start) * 1e3)
            late.append((time.perf_counter() - painted) * 1e3)
    middle, worst = statistics.median(ready), sorted(ready)[int(len(ready) * 0.95)]
    print(
        f"{panel.width()}×{panel.height()} {'×'.join(map(str, shape)):>11} {way:18} painted {middle:5.1f} ms"
        f" (95 %: {worst:5.1f}; a frame {FRAME:.1f})  figures after it {statistics.median(late):5.1f} ms"
    )


def _settle(app: QApplication) -> None:
    for _ in range(3):
        app.processEvents()


if __name__ == "__main__":
    main()
