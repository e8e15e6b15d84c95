from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QImageWriter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resviz.engine.messages import ImageSource
from resviz.gui import images_qt
from resviz.gui.drop import DropArea
from resviz.gui.images_qt import Folder, Raw, Several, SpecFile, WeightsFile, from_mime
from resviz.gui.sources import addresses


def urls(*addresses: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(address) for address in addresses])
    return mime


def painted(width: int = 3, height: int = 2) -> QImage:
    """Transparent, but for one half-transparent pixel at (1, 0)."""
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    image.setPixelColor(1, 0, QColor(10, 20, 30, 128))
    return image


def encoded(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def test_arrays_become_images_and_come_back() -> None:
    # A width of 5 makes rows that Qt pads and numpy does not.
    pixels = np.arange(5 * 3 * 4, dtype=np.uint8).reshape(3, 5, 4)
    pixels[..., 3] = 255
    assert (images_qt.to_pixels(images_qt.to_qimage(pixels)) == pixels).all()
    colour = images_qt.to_qimage(np.ascontiguousarray(pixels[..., :3]))
    assert colour.pixelColor(4, 2).getRgb()[:3] == tuple(int(value) for value in pixels[2, 4, :3])
    grey = images_qt.to_qimage(pixels[..., 0])
    assert grey.pixelColor(3, 1).red() == pixels[1, 3, 0]


def test_an_image_outlives_its_array() -> None:
    pixels = np.full((4, 4, 3), 7, np.uint8)
    image = images_qt.to_qimage(pixels)
    pixels[:] = 99
    assert image.pixelColor(0, 0).red() == 7


def test_several_pictures_come_together() -> None:
    assert from_mime(urls("file:///a/cat.PNG", "file:///a/dog.jpg")) == Several(("/a/cat.PNG", "/a/dog.jpg"))


def test_of_a_picture_and_a_spec_the_picture_is_taken() -> None:
    found = from_mime(urls("file:///a/cat.PNG", "file:///a/net.json"))
    assert isinstance(found, ImageSource)
    assert (found.path, found.name) == ("/a/cat.PNG", "cat.PNG")


def test_a_network_that_comes_first_is_opened() -> None:
    assert from_mime(urls("file:///a/net.json", "file:///a/1.png", "file:///a/2.png")) == SpecFile("/a/net.json")


def test_a_folder_is_told_from_a_picture(tmp_path: Path) -> None:
    address = QUrl.fromLocalFile(str(tmp_path)).toString()
    assert from_mime(urls(address)) == Folder(str(tmp_path))
    assert from_mime(urls(f"{address}/")) == Folder(f"{tmp_path}/")
    assert from_mime(urls(address, "file:///a/cat.png")) == Several((str(tmp_path), "/a/cat.png"))


@pytest.mark.parametrize("name", ["net.json", "NET.JSON"])
def test_a_spec_file_is_told_from_a_picture(name: str) -> None:
    assert from_mime(urls(f"file:///a/{name}")) == SpecFile(f"/a/{name}")


@pytest.mark.parametrize("name", ["w.pth", "w.pt", "w.th", "w.safetensors"])
def test_a_checkpoint_is_told_from_a_picture(name: str) -> None:
    assert from_mime(urls(f"file:///a/{name}")) == WeightsFile(f"/a/{name}")


def test_a_name_with_spaces_and_other_letters_is_kept() -> None:
    found = from_mime(urls(QUrl.fromLocalFile("/a/my 猫 100%.jpg").toString()))
    assert isinstance(found, ImageSource)
    assert found.path == "/a/my 猫 100%.jpg"


# --- out of a browser ---------------------------------------------------------------------------------------


def dragged(html: str = "", text: str = "", *addresses: str) -> QMimeData:
    mime = urls(*addresses)
    if html:
        mime.setHtml(html)
    if text:
        mime.setText(text)
    return mime


def address_of(mime: QMimeData) -> str | None:
    found = from_mime(mime)
    assert images_qt.may_hold(mime) is (found is not None)
    if found is None:
        return None
    assert isinstance(found, ImageSource)
    assert (found.path, found.data, found.pixels) == (None, None, None)
    return found.url


DATA = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC"


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<meta charset="utf-8"><img src="https://a.org/c.png" alt="a cat">', "https://a.org/c.png"),
        ("<IMG class=big SRC='http://a.org/c.png?w=1&amp;h=2'>", "http://a.org/c.png?w=1&h=2"),
        ("<img src=https://a.org/c.png>", "https://a.org/c.png"),
        ('<img src="//a.org/c.png">', "https://a.org/c.png"),
        ('<img data-src="https://a.org/late.png" src="https://a.org/now.png">', "https://a.org/now.png"),
        ('<img src="/relative.png"><img src="https://a.org/c.png">', "https://a.org/c.png"),
        (f'<img src="{DATA}">', DATA),
        ('<a href="https://a.org/page">words</a>', None),
        ('<img src="javascript:alert(1)">', None),
        ('<img src="">', None),
        ("<img", None),
    ],
)
def test_the_picture_in_html_is_found(html: str, address: str | None) -> None:
    assert address_of(dragged(html)) == address


def test_a_picture_in_a_link_is_the_picture_and_not_the_page() -> None:
    html = '<a href="https://a.org/page"><img src="https://a.org/c.png"></a>'
    assert address_of(dragged(html, "https://a.org/page", "https://a.org/page")) == "https://a.org/c.png"


@pytest.mark.parametrize("address", ["https://example.org/my%20cat.png", "HTTP://example.org/a", DATA])
def test_a_bare_address_is_one_of_a_picture(address: str) -> None:
    found = address_of(dragged("", "", address))
    assert found is not None
    assert found.lower() == address.lower()


def test_a_picture_is_called_what_its_address_ends_in() -> None:
    found = from_mime(urls("https://example.org/pets/my%20cat.png?width=3"))
    assert isinstance(found, ImageSource)
    assert found.name == "my cat.png"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.org/c.png", "https://a.org/c.png"),
        ("  https://a.org/c.png\n", "https://a.org/c.png"),
        ("Look (https://a.org/c.png), a cat.", "https://a.org/c.png"),
        (DATA, DATA),
        ("basic:2,2,2,2", None),
        ("ftp://a.org/c.png", None),
        ("data:text/plain,hello", None),
        ("https://", None),
        ("", None),
    ],
)
def test_an_address_in_text_is_found(text: str, address: str | None) -> None:
    assert address_of(dragged("", text)) == address


def test_a_file_comes_before_an_address() -> None:
    found = from_mime(dragged('<img src="https://a.org/c.png">', "", "file:///tmp/c.png"))
    assert isinstance(found, ImageSource)
    assert found.path == "/tmp/c.png"


def test_encoded_bytes_come_before_an_address_and_take_its_name() -> None:
    mime = dragged('<img src="https://a.org/c.png">')
    mime.setData("image/png", QByteArray(encoded(painted())))
    found = from_mime(mime)
    assert isinstance(found, ImageSource)
    assert (found.data, found.url, found.name) == (encoded(painted()), None, "c.png")


def test_a_long_page_is_searched_as_far_as_a_page_goes() -> None:
    html = "<p>" + "<img alt='' " * 50_000  # for an expression that looks back it would take hours
    assert addresses.in_html(html) is None
    assert addresses.in_html(f"{html}<img src='https://a.org/c.png'>") == "https://a.org/c.png"
    assert addresses.in_html(f"{html * 3}<img src='https://a.org/c.png'>") is None


@pytest.mark.usefixtures("qapp")
def test_a_remote_address_with_the_picture_beside_it_is_the_picture() -> None:
    mime = urls("https://example.org/cat.png")
    mime.setImageData(painted())
    found = from_mime(mime)
    assert isinstance(found, ImageSource)
    assert found.pixels is not None


def test_text_is_nothing() -> None:
    mime = QMimeData()
    mime.setText("basic:2,2,2,2")
    assert from_mime(mime) is None
    assert not images_qt.may_hold(mime)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("kind", [QImage, QPixmap])
def test_pixels_come_with_their_transparency(kind: type) -> None:
    mime = QMimeData()
    mime.setImageData(painted() if kind is QImage else QPixmap.fromImage(painted()))
    found = from_mime(mime)
    assert isinstance(found, ImageSource)
    assert found.pixels is not None
    assert found.pixels.shape == (2, 3, 4)
    assert found.pixels[0, 1].tolist() == [10, 20, 30, 128]
    assert found.pixels[1, 2, 3] == 0


def test_encoded_pictures_stay_encoded() -> None:
    data = encoded(painted())
    mime = QMimeData()
    mime.setData("image/png", QByteArray(data))
    found = from_mime(mime)
    assert isinstance(found, ImageSource)
    assert found.data == data
    assert found.name


@pytest.mark.usefixtures("qapp")
def test_an_empty_promise_of_a_png_falls_back_to_the_pixels() -> None:
    mime = QMimeData()
    mime.setData("image/png", QByteArray())
    mime.setImageData(painted())
    found = from_mime(mime)
    assert isinstance(found, ImageSource)
    assert found.pixels is not None


def test_a_huge_clipboard_picture_is_reduced_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images_qt, "MOST_PIXELS", 5000)
    found = images_qt.to_source(QImage(400, 50, QImage.Format.Format_RGB32), "pasted")
    assert found.pixels is not None
    height, width = found.pixels.shape[:2]
    assert 4000 < width * height <= 5000
    assert width / height == pytest.approx(8, rel=0.05)
    assert "400×50" in found.name


def test_a_long_thin_picture_keeps_a_pixel_of_height(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images_qt, "MOST_PIXELS", 100)
    found = images_qt.to_source(QImage(4000, 1, QImage.Format.Format_RGB32))
    assert found.pixels is not None
    assert found.pixels.shape[0] == 1


def test_a_large_picture_is_left_for_the_background() -> None:
    mime = QMimeData()
    mime.setImageData(QImage(2000, 1000, QImage.Format.Format_RGB32))
    found = from_mime(mime)
    assert isinstance(found, Raw)
    assert found.name == "pasted picture"
    pixels = images_qt.to_source(found.image, found.name).pixels
    assert pixels is not None
    assert pixels.shape == (1000, 2000, 4)


def test_a_large_picture_comes_strip_by_strip_as_a_whole() -> None:
    """Not a multiple of a strip high; rows are padded where Qt pads them."""
    noise = np.random.default_rng(1).integers(0, 256, (2503, 1001, 3), np.uint8)
    image = QImage(noise.tobytes(), 1001, 2503, 3003, QImage.Format.Format_RGB888)
    pixels = images_qt.to_pixels(image)
    assert (pixels[..., :3] == noise).all()
    assert (pixels[..., 3] == 255).all()


def test_a_reduced_picture_shows_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images_qt, "MOST_PIXELS", 10_000)
    tall = np.repeat(np.arange(250, dtype=np.uint8), 20)[:, None].repeat(2000, 1)
    found = images_qt.to_source(images_qt.to_qimage(np.ascontiguousarray(tall)))
    assert found.pixels is not None
    height, width = found.pixels.shape[:2]
    assert width / height == pytest.approx(0.4, rel=0.05)
    shown = found.pixels[:, 0, 0].astype(int)
    assert abs(shown - np.linspace(0, 249, height)).max() < 4


def test_thousands_of_files_are_told_apart() -> None:
    paths = [*(f"/a/{number}.JPG" for number in range(5000)), "/a/net.json", "/a/net.pth.tar", "/a/w.PT", "/a/readme"]
    found = images_qt.from_paths(paths)
    assert isinstance(found, Several)
    assert found.paths == (*paths[:5000], "/a/readme")


# --- dropping on a widget ---------------------------------------------------------------------------------


@pytest.fixture
def widget(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def area(widget: QWidget) -> DropArea:
    return DropArea(widget)


def enter(area: DropArea, mime: QMimeData) -> bool:
    copy, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(1, 1), copy, mime, button, key)
    QApplication.sendEvent(area.parent(), event)
    return event.isAccepted()


def drop(area: DropArea, mime: QMimeData) -> None:
    copy, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(area.parent(), QDropEvent(QPointF(1, 1), copy, mime, button, key))


def test_a_dropped_file_is_handed_on(qtbot: QtBot, area: DropArea, tmp_path: Path) -> None:
    mime = urls(QUrl.fromLocalFile(str(tmp_path / "net.json")).toString())
    with qtbot.waitSignal(area.hovering) as hovering:
        assert enter(area, mime)
    assert hovering.args == [True]
    with qtbot.waitSignal(area.hovering) as hovering, qtbot.waitSignal(area.dropped) as dropped:
        drop(area, mime)
    assert hovering.args == [False]
    assert dropped.args == [SpecFile(str(tmp_path / "net.json"))]


def test_what_cannot_be_used_is_refused_while_it_is_dragged(qtbot: QtBot, area: DropArea) -> None:
    mime = QMimeData()
    mime.setText("hello")
    with qtbot.assertNotEmitted(area.hovering):
        assert not enter(area, mime)


def test_what_is_dragged_is_asked_for_once(qtbot: QtBot, area: DropArea) -> None:
    """Every question goes to the other program."""
    mime = _Counting()
    mime.setText("https://a.org/c.png")
    assert enter(area, mime)
    asked = mime.asked
    assert asked
    copy, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for x in range(20):
        event = QDragMoveEvent(QPoint(x, 1), copy, mime, button, key)
        QApplication.sendEvent(area.parent(), event)
        assert event.isAccepted()
    assert mime.asked == asked


class _Counting(QMimeData):
    """Counts how often its data is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def formats(self) -> list[str]:
        return ["text/plain"]

    def hasFormat(self, mimetype: str) -> bool:  # noqa: N802
        return mimetype == "text/plain"

    def retrieveData(self, _mimetype: str, _preferred: object) -> object:  # noqa: N802
        self.asked += 1
        return "https://a.org/c.png"
