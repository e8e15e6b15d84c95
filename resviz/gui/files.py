"""Opening and saving: pictures, spec files, checkpoints, drawings. A failed step leaves all as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from resviz.arch import notation
from resviz.arch.presets import preset_of
from resviz.engine.messages import ImageSource
from resviz.errors import ResVizError, SpecError
from resviz.files import WEIGHTS_SUFFIXES
from resviz.gui import images_qt
from resviz.gui.document import Document
from resviz.gui.exporting import Exporter
from resviz.gui.feedback import MessageBar
from resviz.gui.graph import export
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs
from resviz.gui.theme import Theme

_PICTURES = "*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif"
_NETWORKS = " ".join(f"*{suffix}" for suffix in (".json", *WEIGHTS_SUFFIXES))


class Files(QObject):
    """What the File menu, a drop and the clipboard do; `taken` says that something new has come."""

    taken = Signal()

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        graph: GraphView,
        theme: Theme,
        messages: MessageBar,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.exporter = Exporter(document, jobs, self._draw, messages, parent)
        self.document, self.jobs, self.graph, self.messages, self.window = (
            document,
            jobs,
            graph,
            messages,
            parent,
        )

    def take(self, found: images_qt.Dropped) -> None:
        """Something dropped, pasted or chosen."""
        self.messages.clear()
        self.taken.emit()
        if isinstance(found, ImageSource):
            self.document.set_image(found)
        elif isinstance(found, images_qt.SpecFile):
            self._open_spec(Path(found.path))
        else:
            self._open_weights(found.path)

    def open_any(self) -> None:
        self._choose(self.tr("Open"), f"{_PICTURES} {_NETWORKS}")

    def open_picture(self) -> None:
        self._choose(self.tr("Open picture"), _PICTURES)

    def open_network(self) -> None:
        self._choose(self.tr("Open spec or checkpoint"), _NETWORKS)

    def _choose(self, title: str, patterns: str) -> None:
        chosen = self.tr("Files ({patterns})").format(patterns=patterns)
        path, _ = QFileDialog.getOpenFileName(self.window, title, "", f"{chosen};;{self.tr('All files')} (*)")
        if path:
            self.take(images_qt.from_path(path))

    def paste(self) -> None:
        """A picture, a file, or a spec as text."""
        mime = QGuiApplication.clipboard().mimeData()
        found = images_qt.from_mime(mime) if mime else None
        if found is not None:
            self.take(found)
        elif mime and mime.hasText():
            self._paste_notation(mime.text())
        else:
            self.messages.show_text(self.tr("The clipboard holds no picture and no spec."), "warning")

    def _paste_notation(self, text: str) -> None:
        try:
            self.document.open(notation.parse(text[:2000]), None, self.tr("Paste spec"))
            self.messages.clear()
        except SpecError:
            self.messages.show_text(self.tr("The clipboard holds text that is no spec, and no picture."), "warning")

    def _open_spec(self, path: Path) -> None:
        try:
            self.document.open(notation.load_spec_file(path), None, self.tr("Open spec"))
        except ResVizError as error:
            self.messages.show_error(error)

    def _open_weights(self, path: str) -> None:
        """The engine reads the file; the document changes only if it can be used."""
        self.jobs.open_weights(path)

    def save_spec(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self.window, self.tr("Save spec"), f"{self._stem()}.json", "*.json")
        if path:
            self._guarded(lambda: notation.save_spec_file(Path(path), self.document.spec))

    def save_drawing(self) -> None:
        """As on screen: the same fold level and theme."""
        path, _ = QFileDialog.getSaveFileName(
            self.window, self.tr("Save drawing"), f"{self._stem()}.svg", "SVG (*.svg);;PNG (*.png);;PDF (*.pdf)"
        )
        if path:
            self._guarded(lambda: self._draw(Path(path)))

    def _draw(self, path: Path) -> None:
        export.save(path, self.graph.plan, self.theme.palette)

    def export(self) -> None:
        """In any form: the model, the spec, the report, the drawing."""
        self.exporter.ask(self._stem())

    def _stem(self) -> str:
        """A file name for the open network: its preset's, or one of its depth."""
        preset = preset_of(self.document.spec)
        return preset.name if preset else f"resnet{self.document.spec.weighted_layers}"

    def copy_notation(self) -> None:
        QGuiApplication.clipboard().setText(notation.format_spec(self.document.spec))

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except ResVizError as error:
            self.messages.show_error(error)
