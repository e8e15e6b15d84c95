"""A document, jobs without an engine, and messages as the engine would send them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from resviz.arch.presets import DEFAULT, PRESETS
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.samples import Sample

SPEC = PRESETS[DEFAULT].spec
LABELS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
WEIGHTS = m.WeightsInfo("tiny", "Tiny · CIFAR-10", SPEC, LABELS, True, "/w/tiny.safetensors", 0.8731)
CPU = m.DeviceInfo("cpu", "CPU", True)
PICTURE = m.ImageSource(path="red.png", name="red.png")

#: Of a red picture, twice as wide as high.
PREDICTION = m.Prediction(
    id=0,
    name="red.png",
    top=tuple(m.Score(LABELS[at], at, share) for at, share in ((3, 0.7), (5, 0.2), (6, 0.06), (2, 0.03), (1, 0.01))),
    weights="tiny",
    trained=True,
    device="cpu",
    ms={"decode": 2.1, "preprocess": 0.62, "forward": 3.4},
    preview=np.full((50, 100, 3), (200, 10, 10), np.uint8),
    seen=np.full((32, 32, 3), (200, 10, 10), np.uint8),
    original_size=(400, 200),
)
UNTRAINED = replace(PREDICTION, weights=None, trained=False)


def desk() -> tuple[Document, Jobs]:
    """Requests go nowhere, because the engine is never started."""
    document = Document()
    return document, Jobs(document)


def deliver(jobs: Jobs, *replies: m.Reply) -> None:
    """As the engine's reader thread does."""
    for reply in replies:
        jobs._arrived.emit(reply)


def ready(*devices: m.DeviceInfo) -> m.Ready:
    return m.Ready(devices or (CPU,), (WEIGHTS,), "2.0")


def built(trained: bool = True) -> m.ModelReady:
    """The answer to the request that a start sends."""
    return m.ModelReady(0, "tiny" if trained else None, trained, LABELS, "cpu", SPEC)


def failed(code: str = "image_nothing") -> m.Failed:
    return m.Failed(0, code, {}, "something is wrong; do something else")


def maps(layer: str, data: NDArray[np.float32], stride: int = 1, shape: tuple[int, ...] = ()) -> m.Prediction:
    """A prediction that brings one layer's output."""
    return replace(PREDICTION, maps={layer: m.FeatureMaps(layer, data, stride, shape or data.shape)})


def sample(folder: Path, name: str, colour: str = "red") -> Sample:
    """A sample picture of one colour, on the disk."""
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    path = folder / f"{name}.png"
    assert image.save(str(path))
    return Sample(str(path), name.capitalize())


def wheel(widget: QWidget, notches: int) -> QWheelEvent:
    """Turn the wheel over the middle of a widget."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(widget.rect().center())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event
