"""PNG and PDF come from the same picture, whole at any size."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument

from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.output import Drawing
from resviz.drawing.palette import DARK, LIGHT
from resviz.drawing.sheet import sheet
from resviz.gui.graph import export
from resviz.gui.graph.painter import paint

pytestmark = pytest.mark.usefixtures("qapp")


def read(data: bytes) -> QImage:
    image = QImage.fromData(data, "PNG")
    assert not image.isNull()
    return image.convertToFormat(QImage.Format.Format_RGB32)


def off_by(one: QImage, other: QImage) -> int:
    """The largest difference of any channel of any pixel."""
    assert one.size() == other.size()
    return max(abs(a - b) for a, b in zip(bytes(one.constBits()), bytes(other.constBits()), strict=True))


@pytest.mark.parametrize("rows", [1, 37, 500, 100_000])
def test_strips_join_without_a_seam(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    picture = sheet(layout(PRESETS["resnet18-w16-cifar"].spec, "stage"))
    monkeypatch.setattr(export, "_STRIP_ROWS", rows)
    _, _, w, h = picture.bounds
    whole = QImage(round(w), round(h), QImage.Format.Format_RGB32)
    painter = QPainter(whole)
    painter.translate(-picture.bounds.x, -picture.bounds.y)
    paint(painter, picture, LIGHT, 1.0)
    painter.end()
    assert off_by(read(export.png(picture, LIGHT, 1.0)), whole) <= 2, "no more than Qt's own rounding at a clip"


def test_a_long_drawing_is_not_cut_at_a_strip() -> None:
    picture = sheet(layout(PRESETS["resnet110-cifar"].spec))
    image = read(export.png(picture, DARK, 1.0))
    assert image.height() == round(picture.bounds.h) > 2 * export._STRIP_ROWS
    trunk = round(-picture.bounds.x)
    ground = image.pixel(1, 1)
    blank = [y for y in range(400, image.height() - 100) if image.pixel(trunk, y) == ground]
    assert not blank, "the trunk is unbroken"


def test_scale_scales() -> None:
    picture = sheet(layout(PRESETS["resnet18"].spec, "stage"))
    image = read(export.png(picture, LIGHT, 3.0))
    assert (image.width(), image.height()) == (round(picture.bounds.w * 3), round(picture.bounds.h * 3))


@pytest.mark.parametrize("name", PRESETS)
def test_the_usual_scale_is_within_the_largest(name: str) -> None:
    picture = sheet(layout(PRESETS[name].spec))
    assert 0 < export.usual_scale(picture) <= export.largest_scale(picture)
    assert picture.bounds.w * picture.bounds.h * export.largest_scale(picture) ** 2 <= export.MOST_PIXELS


@pytest.mark.parametrize("name", ["resnet18-w16-cifar", "resnet1202-cifar"])
def test_a_pdf_is_one_page_with_real_text(name: str) -> None:
    (page,) = Drawing(layout(PRESETS[name].spec), LIGHT).pages()
    picture = page.picture
    data = QByteArray(export.pdf([page], LIGHT))
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    assert document.pageCount() == 1
    size = document.pagePointSize(0)
    assert size.height() / size.width() == pytest.approx(picture.bounds.h / picture.bounds.w, rel=0.02)
    assert size.height() <= 14_401
    text = document.getAllText(0).text()
    assert picture.title.split(" ")[0] in text
    assert "layer2.0" in text
    document.close()


def test_the_longest_drawing_to_the_right_is_readable() -> None:
    """Tiles across, too: neither 32,767 px nor a scale of nothing."""
    drawing = sheet(layout(PRESETS["resnet1202-cifar"].spec, "layer", "right"))
    assert export.largest_scale(drawing) >= 1
    huge = ResNetSpec("basic", (1000,) * 8, width=1, size=32)
    assert 0 < export.largest_scale(sheet(layout(huge, "layer", "right"))) < 1


def test_tiles_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing, ink = sheet(layout(PRESETS["resnet18"].spec, "stage", "right")), LIGHT
    whole = read(export.png(drawing, ink, 1.0))
    monkeypatch.setattr(export, "_TILE", 97)
    tiled = read(export.png(drawing, ink, 1.0))
    pairs = zip(bytes(whole.constBits()), bytes(tiled.constBits()), strict=True)
    # At the edge of a tile Qt begins a dash anew; all else is as it was.
    assert sum(abs(a - b) > 8 for a, b in pairs) < whole.sizeInBytes() / 1000
