"""Pictures as PNG and PDF. Needs a QGuiApplication, no window."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Layout
from resviz.drawing.palette import Palette
from resviz.drawing.primitives import Picture
from resviz.drawing.sheet import sheet
from resviz.drawing.svg import svg
from resviz.errors import UsageError
from resviz.gui.graph.painter import paint
from resviz.paths import write_atomic

#: Pixels of a PNG: at most, and as many as it gets without being asked for more.
MOST_PIXELS, USUAL_PIXELS = 1 << 28, 1 << 26
#: Sides of a PNG that image libraries can be expected to read.
MOST_SIDE = 1_000_000
USUAL_SCALE = 2.0
#: One strip of a PNG is painted at a time, well below the 32,767 px that Qt's raster engine can address.
_STRIP_BYTES, _STRIP_ROWS = 1 << 25, 4096
#: PDF readers stop at 14,400 points a side.
_MOST_POINTS = 14_400.0
_POINTS_PER_PX = 0.75


def save(path: Path, plan: Layout, palette: Palette) -> None:
    """Write a drawing in the form the suffix names. Raises `UsageError`."""
    drawing = sheet(plan)
    forms = {
        ".svg": lambda: svg(drawing, palette).encode(),
        ".png": lambda: png(drawing, palette, usual_scale(drawing)),
        ".pdf": lambda: pdf(drawing, palette),
    }
    form = forms.get(path.suffix.lower())
    if form is None:
        raise UsageError("render_suffix", name=path.name)
    try:
        write_atomic(path, form())
    except OSError as error:
        raise UsageError("output_write", name=path.name, reason=error.strerror or str(error)) from None


def largest_scale(picture: Picture) -> float:
    """The largest scale a PNG of this picture can have, rounded down to two figures after the point."""
    _, _, w, h = picture.bounds
    scale = min(math.sqrt(MOST_PIXELS / (w * h)), MOST_SIDE / max(w, h), 32_000 / w)
    return math.floor(scale * 100) / 100


def usual_scale(picture: Picture) -> float:
    """Twice as fine as a plain screen, less for a drawing that would grow huge."""
    _, _, w, h = picture.bounds
    return min(USUAL_SCALE, max(1.0, math.sqrt(USUAL_PIXELS / (w * h))), largest_scale(picture))


def png(picture: Picture, palette: Palette, scale: float) -> bytes:
    """The picture as a PNG, painted strip by strip: never the whole in memory, never cut, never enlarged."""
    wide, high = (max(1, round(side * scale)) for side in picture.bounds[2:])
    packer = zlib.compressobj(6)
    data = bytearray()
    for strip in _strips(picture, palette, scale, wide, high):
        data += packer.compress(strip)
    data += packer.flush()
    header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    dots = struct.pack(">IIB", *[round(96 * scale / 0.0254)] * 2, 1)
    chunks = ((b"IHDR", header), (b"pHYs", dots), (b"IDAT", bytes(data)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _strips(picture: Picture, palette: Palette, scale: float, wide: int, high: int) -> Iterator[bytes]:
    """Rows of RGB, each after a filter byte of 0, some thousand rows at a time."""
    rows = min(_STRIP_ROWS, max(1, _STRIP_BYTES // (4 * wide)))
    x, y = picture.bounds.x, picture.bounds.y
    for top in range(0, high, rows):
        image = QImage(wide, min(rows, high - top), QImage.Format.Format_RGB32)
        image.fill(QColor(palette.ground))
        painter = QPainter(image)
        painter.translate(0, -top)
        painter.scale(scale, scale)
        painter.translate(-x, -y)
        clip = Rect(x, y + top / scale, wide / scale + 1, image.height() / scale + 1)
        paint(painter, picture, palette, scale, clip)
        painter.end()
        image.convertTo(QImage.Format.Format_RGB888)
        pixels, line = image.constBits(), image.bytesPerLine()
        yield b"".join(b"\0" + pixels[at * line : at * line + 3 * wide] for at in range(image.height()))


def pdf(picture: Picture, palette: Palette) -> bytes:
    """The picture as a one-page PDF with vector text; the page is the drawing."""
    x, y, w, h = picture.bounds
    scale = min(_POINTS_PER_PX, _MOST_POINTS / max(w, h))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(picture.title)
    writer.setCreator("ResViz")
    size = QPageSize(QSizeF(w * scale, h * scale), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    painter = QPainter(writer)
    dots = writer.resolution() / 72 * scale
    painter.scale(dots, dots)
    painter.translate(-x, -y)
    # All detail: a reader of the page can zoom.
    paint(painter, picture, palette, math.inf)
    painter.end()
    return bytes(buffer.data().data())
