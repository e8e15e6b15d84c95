"""Export: a dialog for all that a network can be written as; what needs its weights, the engine writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from resviz.arch.export import files as export
from resviz.arch.memory import ONE_IMAGE
from resviz.engine import messages as m
from resviz.errors import ResVizError, UsageError
from resviz.files import shown
from resviz.gui.document import Document
from resviz.gui.feedback import MessageBar
from resviz.gui.jobs import Jobs
from resviz.gui.picking import Picker
from resviz.gui.progress import Progress

DRAWINGS = (".svg", ".png", ".pdf")
MODELS = (".onnx", ".safetensors")
ALL = (*export.SUFFIXES, *MODELS, *DRAWINGS)


class Form(NamedTuple):
    """A row of the dialog's list of formats."""

    title: str
    suffix: str

    @property
    def filter(self) -> str:
        return f"{self.title} (*{self.suffix})"


def _bare(files: list[str]) -> str:
    """What was typed as a name, without a suffix of ours; empty where only the folder is given."""
    path = Path(files[0]) if files else Path()
    if path.is_dir():
        return ""
    return path.stem if path.suffix in ALL else path.name


class Exporter(QObject):
    """Writes the open network to files; `draw` writes the drawing, as it is on screen."""

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        draw: Callable[[Path], None],
        messages: MessageBar,
        picker: Picker,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.document, self.jobs, self.draw, self.messages = document, jobs, draw, messages
        self.picker, self.window = picker, parent
        self.progress: Progress | None = None
        jobs.exporting.connect(self._on_progress)
        jobs.exported.connect(self._on_exported)

    def forms(self) -> list[Form]:
        """What a network can be written as."""
        return [
            Form(self.tr("PyTorch file, on its own"), ".py"),
            Form(self.tr("ONNX, with the weights"), ".onnx"),
            Form(self.tr("Weights"), ".safetensors"),
            Form(self.tr("Spec"), ".json"),
            Form(self.tr("Report, CSV"), ".csv"),
            Form(self.tr("Report, Markdown"), ".md"),
            Form(self.tr("Report, LaTeX"), ".tex"),
            Form(self.tr("Drawing, SVG"), ".svg"),
            Form(self.tr("Drawing, PNG"), ".png"),
            Form(self.tr("Drawing, PDF"), ".pdf"),
        ]

    def ask(self, name: str) -> None:
        """Show the dialog; `name` is what the file is called, without a suffix."""
        self.picker.open(self.dialog(name), self.write)

    def dialog(self, name: str) -> QFileDialog:
        """A save dialog that gives a name without a suffix that of the chosen format."""
        dialog = QFileDialog(self.window, self.tr("Export"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([form.filter for form in self.forms()])

        def follow(chosen: str) -> None:
            suffix = re.findall(r"\*(\.\w+)", chosen)[-1]
            dialog.setDefaultSuffix(suffix)
            dialog.selectFile(f"{_bare(dialog.selectedFiles()) or name}{suffix}")

        dialog.selectFile(name)
        dialog.filterSelected.connect(follow)
        follow(dialog.selectedNameFilter())
        return dialog

    def copy_report(self, suffix: str) -> None:
        """The report onto the clipboard, in the form of a suffix."""
        QGuiApplication.clipboard().setText(export.TEXTS[suffix](self.document.spec, ONE_IMAGE))

    def write(self, path: Path) -> None:
        """Write the open network in the form that the suffix names."""
        self.messages.clear()
        try:
            self._write(path)
        except ResVizError as error:
            self.messages.show_error(error)

    def _write(self, path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix in MODELS:
            self._start(path)
            return
        if suffix in DRAWINGS:
            self.draw(path)
            return
        if suffix not in export.SUFFIXES:
            raise UsageError("export_suffix", name=shown(path.name), known=f"{', '.join(ALL[:-1])} or {ALL[-1]}")
        export.write(self.document.spec, path)
        self._say(path)

    def _say(self, path: Path, note: str = "") -> None:
        text = self.tr("{name} is written").format(name=shown(path.name))
        self.messages.show_text(f"{text}; {note}" if note else text, "warning" if note else "info")

    # --- with the engine --------------------------------------------------------------------------------

    def _start(self, path: Path) -> None:
        if self.progress is not None:
            self.messages.show_text(self.tr("An export is under way; let it end or cancel it first."), "warning")
            return
        writing = self.tr("Writing {name}…").format(name=shown(path.name))
        self.progress = Progress(self.tr("Export"), writing, self.jobs.cancel_export, self.window)
        self.jobs.export(str(path))

    def _on_progress(self, done: float, _text: str) -> None:
        if self.progress is not None:
            self.progress.show_part(done)

    def _on_exported(self, answer: m.Exported | m.Failed) -> None:
        if self.progress is not None:
            self.progress.end()
            self.progress = None
        if isinstance(answer, m.Exported):
            self._say(Path(answer.path), answer.note)
        elif answer.code == m.CANCELLED:
            self.messages.show_text(self.tr("The export was cancelled; nothing was written."), "info")
        else:
            self.messages.show_failed(answer)
