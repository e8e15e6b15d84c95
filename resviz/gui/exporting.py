"""Export: a dialog for all that a network can be written as; what needs its weights, the engine writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from resviz.arch.export import files as export
from resviz.arch.memory import ONE_IMAGE
from resviz.engine import messages as m
from resviz.errors import ResVizError, UsageError
from resviz.files import shown
from resviz.gui.document import Document
from resviz.gui.feedback import MessageBar
from resviz.gui.jobs import Jobs

DRAWINGS = (".svg", ".png", ".pdf")
MODELS = (".onnx", ".safetensors")
ALL = (*export.SUFFIXES, *MODELS, *DRAWINGS)
#: Milliseconds before the progress shows: small networks are written faster than one can read it.
_LATE_MS = 400
_PARTS = 1000


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
        self, document: Document, jobs: Jobs, draw: Callable[[Path], None], messages: MessageBar, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.document, self.jobs, self.draw, self.messages, self.window = document, jobs, draw, messages, parent
        self.progress: QProgressDialog | None = None
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
        dialog = self.dialog(name)
        if dialog.exec():
            self.write(Path(dialog.selectedFiles()[0]))
        dialog.deleteLater()

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
        elif suffix in export.SUFFIXES:
            export.write(self.document.spec, path)
        else:
            raise UsageError("export_suffix", name=shown(path.name), known=f"{', '.join(ALL[:-1])} or {ALL[-1]}")
        self._say(path)

    def _say(self, path: Path, note: str = "") -> None:
        text = self.tr("{name} is written").format(name=shown(path.name))
        self.messages.show_text(f"{text}; {note}" if note else text, "warning" if note else "info")

    # --- with the engine --------------------------------------------------------------------------------

    def _start(self, path: Path) -> None:
        if self.progress is not None:
            self.messages.show_text(self.tr("An export is under way; let it end or cancel it first."), "warning")
            return
        dialog = QProgressDialog(
            self.tr("Writing {name}…").format(name=shown(path.name)), self.tr("Cancel"), 0, _PARTS, self.window
        )
        dialog.setWindowTitle(self.tr("Export"))
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setMinimumDuration(_LATE_MS)
        dialog.setAutoReset(False)
        dialog.setAutoClose(False)
        dialog.setValue(0)
        dialog.canceled.connect(self.jobs.cancel_export)
        self.progress = dialog
        self.jobs.export(str(path))

    def _on_progress(self, done: float, _text: str) -> None:
        if self.progress is not None:
            self.progress.setValue(round(done * _PARTS))

    def _on_exported(self, answer: m.Exported | m.Failed) -> None:
        if self.progress is not None:
            self.progress.canceled.disconnect()
            self.progress.close()
            self.progress.deleteLater()
            self.progress = None
        if isinstance(answer, m.Exported):
            self._say(Path(answer.path), answer.note)
        elif answer.code == m.CANCELLED:
            self.messages.show_text(self.tr("The export was cancelled; nothing was written."), "info")
        else:
            self.messages.show_failed(answer)
