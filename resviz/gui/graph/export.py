"""Drawings as files: PNG and PDF are painted here. Needs a QGuiApplication, no window."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QSizeF
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from resviz.arch.layout.cells import Rect
from resviz.drawing.output import Drawing, names, svgs
from resviz.drawing.palette import Palette
from resviz.drawing.paper import Page
from resviz.drawing.primitives import Picture
from resviz.errors import UsageError
from resviz.files import reason, shown
from resviz.gui.graph.painter import paint
from resviz.paths import write_atomic

#: Pixels of a PNG: at most, and as many as it gets without being asked for more.
MOST_PIXELS, USUAL_PIXELS = 1 << 28, 1 << 26
#: Sides of a PNG that image libraries can be expected to read.
MOST_SIDE = 1_000_000
USUAL_SCALE = 2.0
#: One strip of a PNG is painted at a time, in tiles well below the 32,767 px that Qt's raster engine can address.
_STRIP_BYTES, _STRIP_ROWS, _TILE = 1 << 25, 4096, 16_384
#: PDF readers stop at 14,400 points a side.
_MOST_POINTS = 14_400.0


class CancelledError(Exception):
    """Raised by whoever is told of the progress, to stop."""


#: Told how much is done, 0 to 1.
Told = Callable[[float], None]


def save(path: Path, drawing: Drawing, scale: float | None = None, told: Told | None = None) -> list[Path]:
    """Write a drawing in the form the suffix names; a file for each page where the form has none. Returns the files.

    `scale` is a PNG's, px for one px of the drawing. Raises `UsageError`, and what `told` raises.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError("render_suffix", name=shown(path.name))
    documents = form(drawing, scale, told or (lambda _part: None))
    paths = names(path, len(documents))
    _write_all(paths, documents)
    return paths


def _write_all(paths: Sequence[Path], documents: Sequence[bytes]) -> None:
    """All of them, or none that was not there before. Raises `UsageError`."""
    new: list[Path] = []
    for path, data in zip(paths, documents, strict=True):
        was_there = path.exists()
        try:
            write_atomic(path, data)
        except OSError as error:
            for each in new:
                each.unlink(missing_ok=True)
            raise UsageError("output_write", name=shown(path.name), reason=reason(error)) from None
        if not was_there:
            new.append(path)


def _svg(drawing: Drawing, _scale: float | None, _told: Told) -> list[bytes]:
    return [text.encode() for text in svgs(drawing)]


def _png(drawing: Drawing, scale: float | None, told: Told) -> list[bytes]:
    pages = drawing.pages()
    most = min(largest_scale(page.picture) for page in pages)
    if scale is not None and not (math.isfinite(scale) and 0 < scale <= most):
        raise UsageError("render_scale", scale=f"{scale:g}", most=f"{most:g}")

    def part_of(number: int) -> Told:
        return lambda part: told((number + part) / len(pages))

    return [
        png(page.picture, drawing.ink, scale or usual_scale(page.picture), part_of(number))
        for number, page in enumerate(pages)
    ]


def _pdf(drawing: Drawing, _scale: float | None, told: Told) -> list[bytes]:
    return [pdf(drawing.pages(), drawing.ink, told)]


FORMS: dict[str, Callable[[Drawing, float | None, Told], list[bytes]]] = {".svg": _svg, ".png": _png, ".pdf": _pdf}


def largest_scale(picture: Picture) -> float:
    """The largest scale a PNG of this picture can have, rounded down to two figures."""
    _, _, w, h = picture.bounds
    scale = min(math.sqrt(MOST_PIXELS / (w * h)), MOST_SIDE / max(w, h))
    digits = 2 - min(0, math.floor(math.log10(scale)) + 1)
    factor = float(10**digits)
    return math.floor(scale * factor) / factor


def usual_scale(picture: Picture) -> float:
    """Twice as fine as a plain screen, less for a drawing that would grow huge."""
    _, _, w, h = picture.bounds
    return min(USUAL_SCALE, max(1.0, math.sqrt(USUAL_PIXELS / (w * h))), largest_scale(picture))


def size_of(picture: Picture, scale: float) -> tuple[int, int]:
    """Width and height in px of a PNG."""
    wide, high = (max(1, round(side * scale)) for side in picture.bounds[2:])
    return wide, high


def png(picture: Picture, palette: Palette, scale: float, told: Told | None = None) -> bytes:
    """The picture as a PNG, painted strip by strip: never the whole in memory, never cut, never enlarged."""
    wide, high = size_of(picture, scale)
    packer = zlib.compressobj(6)
    data, rows = bytearray(), 0
    for strip in _strips(picture, palette, scale, wide, high):
        data += packer.compress(strip)
        rows += len(strip) // (3 * wide + 1)
        if told is not None:
            told(rows / high)
    data += packer.flush()
    header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    dots = struct.pack(">IIB", *[round(96 * scale / 0.0254)] * 2, 1)
    chunks = ((b"IHDR", header), (b"pHYs", dots), (b"IDAT", bytes(data)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def image(picture: Picture, palette: Palette, scale: float, lines: int = 32_000) -> QImage:
    """The picture in memory, or its upper `lines`; for one that is not too large."""
    wide, high = size_of(picture, scale)
    result = QImage(wide, min(high, lines), QImage.Format.Format_RGB32)
    with QPainter(result) as painter:
        painter.scale(scale, scale)
        painter.translate(-picture.bounds.x, -picture.bounds.y)
        paint(painter, picture, palette, 1.0, picture.bounds._replace(h=result.height() / scale + 1))
    return result


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _strips(picture: Picture, palette: Palette, scale: float, wide: int, high: int) -> Iterator[bytes]:
    """Rows of RGB, each after a filter byte of 0, some thousand rows at a time."""
    rows = min(_STRIP_ROWS, max(1, _STRIP_BYTES // (4 * wide)))
    for top in range(0, high, rows):
        height = min(rows, high - top)
        tiles = [
            _tile(picture, palette, scale, QRect(left, top, min(_TILE, wide - left), height))
            for left in range(0, wide, _TILE)
        ]
        yield b"".join(b"\0" + b"".join(tile[at] for tile in tiles) for at in range(height))


def _tile(picture: Picture, palette: Palette, scale: float, place: QRect) -> list[bytes]:
    """The lines of RGB of one tile."""
    image = QImage(place.size(), QImage.Format.Format_RGB32)
    image.fill(QColor(palette.ground))
    x, y = picture.bounds.x, picture.bounds.y
    with QPainter(image) as painter:
        painter.translate(-place.left(), -place.top())
        painter.scale(scale, scale)
        painter.translate(-x, -y)
        clip = Rect(x + place.left() / scale, y + place.top() / scale, place.width() / scale, place.height() / scale)
        paint(painter, picture, palette, scale, clip.grown(1))
    image.convertTo(QImage.Format.Format_RGB888)
    pixels, line = image.constBits(), image.bytesPerLine()
    return [bytes(pixels[at * line : at * line + 3 * place.width()]) for at in range(place.height())]


def pdf(pages: Sequence[Page], palette: Palette, told: Told | None = None) -> bytes:
    """Pages as a PDF with vector text, each as large as it says."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(pages[0].picture.title)
    writer.setCreator("ResViz")
    _set_page(writer, pages[0])
    with QPainter(writer) as painter:  # ends whatever `told` raises: a painter left open takes the process with it
        for number, page in enumerate(pages):
            if number:
                _set_page(writer, page)
                writer.newPage()
            paint_page(painter, page, palette, writer.resolution() / 72 * _fitting(page))
            if told is not None:
                told((number + 1) / len(pages))
    return bytes(buffer.data().data())


def paint_page(painter: QPainter, page: Page, palette: Palette, dots: float) -> None:
    """A page at `dots` device units for a point, with all detail: a reader of it can zoom."""
    x, y, w, _ = page.picture.bounds
    painter.save()
    painter.scale(dots * page.width / w, dots * page.width / w)
    painter.translate(-x, -y)
    paint(painter, page.picture, palette, math.inf)
    painter.restore()


def _fitting(page: Page) -> float:
    """Less than 1 for a page larger than PDF readers take."""
    return min(1.0, _MOST_POINTS / max(page.width, page.height))


def _set_page(writer: QPdfWriter, page: Page) -> None:
    points = QSizeF(page.width, page.height) * _fitting(page)
    # A portrait page as wide as it is said to be: with Landscape Qt would swap the sides.
    size = QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
