"""Pictures between numpy, Qt and the document; what a drop or the clipboard holds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QImage

from resviz.engine.messages import ImageSource, Pixels
from resviz.files import WEIGHTS_SUFFIXES, holds_weights
from resviz.gui.sources import addresses

_NETWORKS = (".json", *WEIGHTS_SUFFIXES)
#: Clipboards offer the same picture many times over; these the engine's decoder reads, best first.
_MIME_TYPES = ("image/png", "image/jpeg", "image/webp", "image/tiff", "image/gif", "image/bmp")
#: A 5K screen fits. Larger pictures from a clipboard are reduced: they cross to the engine as raw pixels.
MOST_PIXELS = 1 << 24
#: So many are made into an `ImageSource` within a millisecond or two.
_FEW_PIXELS = 1 << 20
_FORMATS = {
    1: (QImage.Format.Format_Grayscale8, 1),
    3: (QImage.Format.Format_RGB888, 3),
    4: (QImage.Format.Format_RGBA8888, 4),
}


@dataclass(frozen=True)
class SpecFile:
    """A dropped spec file; the window opens it."""

    path: str


@dataclass(frozen=True)
class WeightsFile:
    """A dropped checkpoint; the window opens it."""

    path: str


@dataclass(frozen=True)
class Several:
    """Pictures, and folders of them, dropped at once; at least two paths."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class Folder:
    """A dropped folder, of pictures."""

    path: str


@dataclass(frozen=True)
class Raw:
    """A large picture as pixels: `to_source` takes its time with it, and belongs in the background."""

    image: QImage
    name: str


Dropped = ImageSource | SpecFile | WeightsFile | Several | Folder | Raw


def to_qimage(pixels: Pixels) -> QImage:
    """`(H, W)`, `(H, W, 1)`, `(H, W, 3)` or `(H, W, 4)` uint8 to a QImage that owns its memory."""
    height, width = pixels.shape[:2]
    form, channels = _FORMATS[pixels.shape[2] if pixels.ndim == 3 else 1]
    data = np.ascontiguousarray(pixels)
    return QImage(data.data, width, height, width * channels, form).copy()


def to_pixels(image: QImage) -> Pixels:
    """A QImage as `(H, W, 4)` uint8 RGBA, copied."""
    return _resized(image, image.width(), image.height())


def _resized(image: QImage, width: int, height: int) -> Pixels:
    """Strip by strip: Qt lets no other thread of Python run while it converts."""
    pixels = np.empty((height, width, 4), np.uint8)
    strips = max(1, image.width() * image.height() // _FEW_PIXELS)
    bounds = sorted({height * part // strips for part in range(strips + 1)})
    for top, bottom in itertools.pairwise(bounds):
        first, last = top * image.height() // height, bottom * image.height() // height
        strip = image.copy(0, first, image.width(), last - first)
        strip = strip.scaled(width, bottom - top).convertToFormat(QImage.Format.Format_RGBA8888)
        rows = np.frombuffer(strip.constBits(), np.uint8).reshape(bottom - top, strip.bytesPerLine())
        pixels[top:bottom] = rows[:, : width * 4].reshape(-1, width, 4)
    return pixels


def to_source(image: QImage, name: str = "") -> ImageSource:
    """Pixels for the engine; a picture of more than `MOST_PIXELS` is reduced, and its name says so."""
    count = image.width() * image.height()
    if count <= MOST_PIXELS:
        return ImageSource(pixels=to_pixels(image), name=name)
    shrink = (MOST_PIXELS / count) ** 0.5
    width, height = max(1, int(image.width() * shrink)), max(1, int(image.height() * shrink))
    said = QCoreApplication.translate("images", "{name}, reduced from {width}×{height}")
    said = said.format(name=name, width=image.width(), height=image.height())
    return ImageSource(pixels=_resized(image, width, height), name=said)


def from_path(path: str) -> Dropped:
    """What a dropped file is, by its suffix: all that is neither spec nor weights is taken for a picture."""
    if _is_picture(path):
        return ImageSource(path=path, name=Path(path).name)
    return WeightsFile(path) if holds_weights(path) else SpecFile(path)


def _is_picture(path: str) -> bool:
    """Asked of thousands of files at once, so without pathlib."""
    return not path.rstrip("/").lower().endswith(_NETWORKS)


def from_paths(paths: Sequence[str]) -> Dropped:
    """What one or more dropped files are: a network if that comes first, else every picture and folder among them."""
    first = _from_file(paths[0])
    if isinstance(first, SpecFile | WeightsFile):
        return first
    pictures = tuple(path for path in paths if _is_picture(path))
    return Several(pictures) if len(pictures) > 1 else first


def _from_file(path: str) -> Dropped:
    return Folder(path) if Path(path).is_dir() else from_path(path)


def from_mime(mime: QMimeData) -> Dropped | None:
    """What was dropped or pasted: files, else an encoded picture, else pixels, else a picture's address; None if none.

    Encoded bytes come before pixels, because asking Qt for pixels decodes them in the window's thread. A browser gives
    an address as well, which names the picture, and stands for it where nothing else is given.
    """
    if files := [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]:
        return from_paths(files)
    address = addresses.find(mime)
    name = (addresses.name(address) if address else "") or _pasted()
    return _encoded(mime, name) or _pixels(mime, name) or (ImageSource(url=address, name=name) if address else None)


def may_hold(mime: QMimeData) -> bool:
    """Whether `from_mime` can find something, asked as a drag comes in: fetches no data but addresses and text."""
    if any(url.isLocalFile() for url in mime.urls()) or mime.hasImage():
        return True
    return any(mime.hasFormat(kind) for kind in _MIME_TYPES) or addresses.find(mime) is not None


def _pasted() -> str:
    return QCoreApplication.translate("images", "pasted picture")


def _encoded(mime: QMimeData, name: str) -> ImageSource | None:
    for kind in _MIME_TYPES:
        if mime.hasFormat(kind) and (data := mime.data(kind).data()):
            return ImageSource(data=bytes(data), name=name)
    return None


def _pixels(mime: QMimeData, name: str) -> ImageSource | Raw | None:
    image = mime.imageData() if mime.hasImage() else None
    if image is not None and hasattr(image, "toImage"):  # a QPixmap
        image = image.toImage()
    if not isinstance(image, QImage) or image.isNull():
        return None
    few = image.width() * image.height() <= _FEW_PIXELS
    return to_source(image, name) if few else Raw(image, name)
