"""The drawing leaves the window: the dialog and its preview, the clipboard, the printer."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from resviz.arch.layout.fold import Fold
from resviz.arch.presets import PRESETS
from resviz.drawing.paper import PAPERS
from resviz.errors import UsageError
from resviz.gui import printing
from resviz.gui.app import open_window
from resviz.gui.drawing_dialog import DrawingDialog
from resviz.gui.graph import export
from resviz.gui.settings import Settings
from resviz.gui.view import View
from resviz.gui.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    shown = open_window(View(spec=PRESETS["resnet18"].spec, theme="dark"), Settings(tmp_path / "resviz.ini"))
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    QGuiApplication.clipboard().clear()  # what Python made for it must not outlive Python


def dialog_of(qtbot: QtBot, window: MainWindow) -> DrawingDialog:
    window.menus.actions["drawing"].trigger()
    dialog = window.findChild(DrawingDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.preview.image is not None)
    return dialog


def click(qtbot: QtBot, dialog: DrawingDialog, **choices: str) -> None:
    for name, value in choices.items():
        qtbot.mouseClick(getattr(dialog, name).button(value), Qt.MouseButton.LeftButton)


def save(qtbot: QtBot, window: MainWindow, dialog: DrawingDialog, path: Path) -> list[Path]:
    """Press Save and name the file."""
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    files = next(each for each in window.findChildren(QFileDialog) if each.isVisible())
    field = files.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(str(path))
    with qtbot.waitSignal(window.drawings.written) as written:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    return list(written.args[0])


def test_as_on_screen_is_what_the_window_shows(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.look.set_fold(Fold("stage"))
    dialog = dialog_of(qtbot, window)
    assert (dialog.kind.value(), dialog.theme.value()) == ("screen", "dark")
    assert dialog.preview.image is not None
    assert dialog.preview.image.pixelColor(2, 2).name().upper() == window.theme.palette.ground
    (path,) = save(qtbot, window, dialog, tmp_path / "net")
    assert path == tmp_path / "net.svg"
    text = path.read_text("utf-8")
    assert window.theme.palette.ground in text
    assert 'id="layer2"' in text
    assert 'id="layer2.0"' not in text
    assert window.messages.text == "net.svg is written"


def test_a_png_has_the_size_that_was_said(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.look.set_fold(Fold("stage"))
    dialog = dialog_of(qtbot, window)
    assert not dialog.scale.isEnabled()
    click(qtbot, dialog, form="png", theme="light")
    dialog.scale.setValue(3)
    said = dialog.size_label.text()
    (path,) = save(qtbot, window, dialog, tmp_path / "net.png")
    image = QImage(str(path))
    assert said == f"{image.width():,} × {image.height():,} px"
    assert image.pixelColor(2, 2).lightness() > 200


def test_for_paper_is_white_pages(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = dialog_of(qtbot, window)
    click(qtbot, dialog, kind="paper", form="pdf", paper="a4")
    assert not dialog.theme.isEnabled()
    count = int(dialog.size_label.text().split()[0])
    (path,) = save(qtbot, window, dialog, tmp_path / "net.pdf")
    document = QPdfDocument()
    document.load(str(path))
    assert document.pageCount() == count > 1
    sizes = {round(side) for side in document.pagePointSize(0).toTuple()}
    assert sizes == {595, 842}
    assert f"1 / {count}" in document.getAllText(0).text()
    document.close()


def test_pages_of_a_form_without_pages_are_files(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = dialog_of(qtbot, window)
    click(qtbot, dialog, kind="paper", form="svg")
    assert "A file for each page" in dialog.size_label.text()
    paths = save(qtbot, window, dialog, tmp_path / "net.svg")
    assert [path.name for path in paths][:2] == ["net-1.svg", "net-2.svg"]
    for path in paths:
        ElementTree.fromstring(path.read_text("utf-8"))
    assert f"{len(paths)} pages are written" in window.messages.text


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_a_long_drawing_can_be_cancelled_and_leaves_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, suffix: str
) -> None:
    window.document.set_spec(PRESETS["resnet1202-cifar"].spec, "Architecture")
    paper = PAPERS["a4"] if suffix == ".pdf" else None
    with qtbot.waitSignal(window.drawings.written, timeout=60_000) as written:
        window.drawings.write(tmp_path / f"net{suffix}", window.drawings.now(paper=paper))
        window.drawings.write(tmp_path / f"second{suffix}")
        assert "being written" in window.messages.text
        progress = window.drawings.progress
        assert progress is not None
        cancel = progress.findChild(QPushButton)
        assert cancel is not None
        cancel.click()
    assert written.args == [[]]
    assert "Cancelled" in window.messages.text
    assert not list(tmp_path.glob(f"*{suffix}"))
    gc.collect()  # a painter left open would take the process with it here


def test_closing_in_the_middle_leaves_no_half_file(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.document.set_spec(PRESETS["resnet1202-cifar"].spec, "Architecture")
    window.drawings.write(tmp_path / "net.png")
    window.close()
    assert [path.name for path in tmp_path.iterdir() if "png" in path.name] == []


def test_the_drawing_is_copied_as_pixels_and_as_svg(qtbot: QtBot, window: MainWindow) -> None:
    window.look.set_fold(Fold("block"))
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    with qtbot.waitSignal(clipboard.dataChanged):
        window.menus.actions["copy_picture"].trigger()
    mime = clipboard.mimeData()
    image = mime.imageData()
    svg = ElementTree.fromstring(bytes(mime.data("image/svg+xml").data()))
    assert f"{image.width()} × {image.height()} px" in window.messages.text
    assert image.width() / image.height() == pytest.approx(float(svg.get("width")) / float(svg.get("height")), rel=0.01)
    assert image.width() >= float(svg.get("width"))


def test_of_a_drawing_too_large_to_copy_what_is_in_sight_is_taken(qtbot: QtBot, window: MainWindow) -> None:
    window.document.set_spec(PRESETS["resnet1202-cifar"].spec, "Architecture")
    window.menus.actions["copy_picture"].trigger()
    assert "in sight" in window.messages.text
    assert QGuiApplication.clipboard().image().width() == window.graph.width() * window.graph.devicePixelRatioF()


def test_printing_paints_the_pages(window: MainWindow, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    drawing = window.drawings.now(paper=printing.usual_paper())
    printing.paint(printer, drawing)
    document = QPdfDocument()
    document.load(str(tmp_path / "out.pdf"))
    assert document.pageCount() > 1
    assert "layer4.1" in document.getAllText(document.pageCount() - 1).text()
    document.close()
    printer.setFromTo(2, 2)
    printing.paint(printer, drawing)
    document.load(str(tmp_path / "out.pdf"))
    assert document.pageCount() == 1
    assert "layer4.1" not in document.getAllText(0).text() or document.pageCount() == 1
    document.close()


def test_the_print_dialog_opens_without_blocking(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.actions["print"].trigger()
    dialog = window.findChild(QPrintDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    dialog.close()


def test_the_preview_opens_without_blocking(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.actions["preview"].trigger()
    dialog = window.findChild(QPrintPreviewDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    dialog.close()


def test_pages_that_cannot_all_be_written_leave_none(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "net-2.svg").mkdir()
    (tmp_path / "net-1.svg").write_text("of old")
    window.document.set_spec(PRESETS["resnet152"].spec, "Architecture")
    drawing = window.drawings.now(paper=PAPERS["a4"])
    for was_there in (True, False):
        with pytest.raises(UsageError, match=r"net-2\.svg"):
            export.save(tmp_path / "net.svg", drawing)
        assert (tmp_path / "net-1.svg").exists() == was_there
        (tmp_path / "net-1.svg").unlink(missing_ok=True)


def test_what_was_copied_is_left_behind_as_a_picture(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.actions["copy_picture"].trigger()
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: bool((held := clipboard.mimeData()) and held.hasFormat("image/svg+xml")), timeout=20_000)
    window.close()
    assert clipboard.mimeData().hasImage()
    assert not clipboard.mimeData().hasFormat("image/svg+xml")  # what Python made is no longer there
