"""Opening and saving: pictures, spec files, checkpoints. A failed step leaves all as it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from resviz.arch import notation
from resviz.arch.presets import DEFAULT, PRESETS, preset_of
from resviz.engine.messages import ImageSource
from resviz.errors import ResVizError, SpecError, UsageError
from resviz.files import WEIGHTS_SUFFIXES, holds_weights, shown
from resviz.gui import images_qt
from resviz.gui.background import Background, Outcome
from resviz.gui.document import Document
from resviz.gui.drawings import Drawings
from resviz.gui.exporting import Exporter
from resviz.gui.feedback import MessageBar
from resviz.gui.jobs import Jobs
from resviz.gui.picking import Picker
from resviz.gui.recent import Recent
from resviz.gui.settings import Settings
from resviz.gui.unsaved import Step, Unsaved

_PICTURES = "*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif"
_NETWORKS = " ".join(f"*{suffix}" for suffix in (".json", *WEIGHTS_SUFFIXES))
_SUFFIX = ".json"


class Files(QObject):
    """What the File menu, a drop and the clipboard do; `taken` says that something new has come."""

    taken = Signal()
    #: Paths of pictures and folders that came at once.
    many_wanted = Signal(tuple)

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        drawings: Drawings,
        messages: MessageBar,
        settings: Settings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._newest: images_qt.Dropped | None = None
        self.document, self.jobs, self.messages = document, jobs, messages
        self.picker = Picker(settings, parent)
        self.exporter = Exporter(document, jobs, drawings.write, messages, self.picker, parent)
        self.unsaved = Unsaved(document, self.save, parent)
        self.recent = Recent(settings, self)
        self.recent.chosen.connect(lambda path: self.take(images_qt.from_path(str(path))))
        self.recent.missing.connect(self._say_missing)
        document.weights_changed.connect(self._remember_weights)

    # --- opening -------------------------------------------------------------------------------------------

    def take(self, found: images_qt.Dropped) -> None:
        """Something dropped, pasted or chosen."""
        self.messages.clear()
        self.taken.emit()
        self._newest = found
        if isinstance(found, images_qt.Raw):
            self._background.run(lambda: images_qt.to_source(found.image, found.name), partial(self._on_source, found))
        elif isinstance(found, ImageSource):
            self.document.set_image(found)
        elif isinstance(found, images_qt.SpecFile):
            self.unsaved.then(lambda: self._open_spec(Path(found.path)))
        elif isinstance(found, images_qt.Several):
            self.many_wanted.emit(found.paths)
        elif isinstance(found, images_qt.Folder):
            self.many_wanted.emit((found.path,))
        else:  # the engine reads the file; the document changes only if it can be used
            self.unsaved.then(lambda: self.jobs.open_weights(found.path))

    def _on_source(self, raw: images_qt.Raw, outcome: Outcome) -> None:
        """A picture that was made in the background; what was taken since comes before it."""
        if isinstance(outcome, Exception):
            raise outcome
        if self._newest is raw:
            self.document.set_image(outcome)

    def new(self) -> None:
        """The network that the program opens with."""
        self.unsaved.then(lambda: self.document.open(PRESETS[DEFAULT].spec, None, self.tr("New")))

    def open_any(self) -> None:
        """A picture, a spec file or a checkpoint: whichever is chosen."""
        patterns = [f"{_PICTURES} {_NETWORKS}", _NETWORKS, _PICTURES, "*"]
        titles = [
            self.tr("Pictures, specs and checkpoints"),
            self.tr("Specs and checkpoints"),
            self.tr("Pictures"),
            self.tr("All files"),
        ]
        filters = [f"{title} ({pattern})" for title, pattern in zip(titles, patterns, strict=True)]
        self.picker.ask_open(self.tr("Open"), filters, lambda path: self.take(images_qt.from_path(str(path))))

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
            spec = notation.parse(text[:2000])
        except SpecError:
            self.messages.show_text(self.tr("The clipboard holds text that is no spec, and no picture."), "warning")
            return
        self.messages.clear()
        self.unsaved.then(lambda: self.document.open(spec, None, self.tr("Paste spec")))

    def _open_spec(self, path: Path) -> None:
        def step() -> None:
            self.document.open(notation.load_spec_file(path), None, self.tr("Open {name}").format(name=path.name), path)
            self.recent.add(path)

        self._guarded(step)

    def _remember_weights(self) -> None:
        weights = self.document.weights
        if weights is not None and holds_weights(weights):
            self.recent.add(Path(weights))

    def _say_missing(self, path: Path) -> None:
        said = self.tr("{name} is no longer there, and no longer in the list.")
        self.messages.show_text(said.format(name=shown(path)), "warning")

    # --- saving --------------------------------------------------------------------------------------------

    def save(self, then: Step | None = None) -> None:
        """Into the network's file; an untitled one asks for a name. `then` is what waits for it."""
        if self.document.path is None:
            self.save_as(then)
        else:
            self._save(self.document.path, then)

    def save_as(self, then: Step | None = None) -> None:
        """Into a file to be chosen, which is the network's from then on."""
        name = self.document.path.name if self.document.path else f"{self.stem()}{_SUFFIX}"
        filters = [self.tr("ResViz spec (*.json)")]
        self.picker.ask_save(self.tr("Save spec"), name, filters, _SUFFIX, lambda path: self._save(path, then))

    def _save(self, path: Path, then: Step | None) -> None:
        def step() -> None:
            if path.suffix.lower() != _SUFFIX:  # another name would not open as a spec
                raise UsageError("spec_suffix", name=shown(path.name))
            notation.save_spec_file(path, self.document.spec)
            self.document.mark_saved(path)
            self.recent.add(path)
            if then is not None:
                then()

        self._guarded(step)

    # --- text and the rest ---------------------------------------------------------------------------------

    def export(self) -> None:
        """In any form: the model, the spec, the report, the drawing."""
        self.exporter.ask(self.stem())

    def stem(self) -> str:
        """A file name for the open network: its preset's, or one of its depth."""
        preset = preset_of(self.document.spec)
        return preset.name if preset else f"resnet{self.document.spec.weighted_layers}"

    def copy_notation(self) -> None:
        """The spec as text onto the clipboard."""
        QGuiApplication.clipboard().setText(notation.format_spec(self.document.spec))

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except ResVizError as error:
            self.messages.show_error(error)
