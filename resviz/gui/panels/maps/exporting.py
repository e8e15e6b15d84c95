"""Pictures and values of maps to files: written in a thread of their own, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QMenu, QWidget

from resviz import paths
from resviz.engine import messages as m
from resviz.gui.background import Background
from resviz.gui.picking import Picker
from resviz.gui.settings import Settings
from resviz.maps import kept


class Content(NamedTuple):
    """What can be kept: under which name, as which picture (None: there is none), as which arrays."""

    name: str
    picture: Callable[[], QImage] | None
    arrays: Callable[[], dict[str, object]]


class Exports(QObject):
    """Asks where to and writes; `said` tells in one line how it went."""

    said = Signal(str)

    def __init__(self, widget: QWidget, settings: Settings | None) -> None:
        super().__init__(widget)
        self.background = Background(self)
        self._widget, self._settings = widget, settings

    def menu(self, content: Content) -> QMenu:
        """Copy and save."""
        menu = QMenu(self._widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if (picture := content.picture) is not None:
            menu.addAction(self.tr("Copy picture"), lambda: self.copy(content))
            menu.addAction(self.tr("Save picture as PNG…"), lambda: self.ask_png(content.name, picture()))
        menu.addAction(self.tr("Save values as NPZ…"), lambda: self.ask_npz(content.name, content.arrays()))
        return menu

    def copy(self, content: Content) -> None:
        """To the clipboard."""
        if content.picture is not None:
            QGuiApplication.clipboard().setImage(content.picture())

    def ask_png(self, name: str, image: QImage) -> None:
        title = self.tr("Save picture")
        self._picker().ask_save(title, f"{name}.png", ["PNG (*.png)"], "png", lambda path: self.save_png(path, image))

    def ask_npz(self, name: str, arrays: Mapping[str, object]) -> None:
        title = self.tr("Save values")
        self._picker().ask_save(
            title, f"{name}.npz", ["NumPy (*.npz)"], "npz", lambda path: self.save_npz(path, arrays)
        )

    def _picker(self) -> Picker:
        return Picker(self._settings or Settings(), self._widget.window())

    def save_png(self, path: Path, image: QImage) -> None:
        self._write(path, lambda: png(image))

    def save_npz(self, path: Path, arrays: Mapping[str, object]) -> None:
        self._write(path, lambda: kept.npz(arrays))

    def _write(self, path: Path, make: Callable[[], bytes]) -> None:
        def then(outcome: object) -> None:
            if isinstance(outcome, OSError):
                said = self.tr("{path} cannot be written: {reason}")
                self.said.emit(said.format(path=path, reason=outcome.strerror or outcome))
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                self.said.emit(self.tr("{name} is written").format(name=path.name))

        self.background.run(lambda: paths.write_atomic(path, make()), then)


def png(image: QImage) -> bytes:
    """A picture as a file's bytes."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def of_maps(maps: m.FeatureMaps, prediction: m.Prediction | None) -> dict[str, object]:
    """What a file of maps holds: the raw values, and what they are of."""
    shape = maps.shape or maps.data.shape
    if prediction is None:
        return kept.arrays(maps.data, maps.layer, shape, maps.stride)
    speaks = prediction.speaks.get(maps.layer)
    name, weights = prediction.name, prediction.weights
    return kept.arrays(maps.data, maps.layer, shape, maps.stride, picture=name, weights=weights, speaks=speaks)


def of_kernels(found: m.KernelsFound) -> dict[str, object]:
    """What a file of kernels holds."""
    return {"kernels": found.weights, "layer": found.layer, "shape": found.shape, "stride": found.stride}
