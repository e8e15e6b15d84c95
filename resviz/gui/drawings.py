"""The drawing leaves the window: as files, on the clipboard, on paper. What takes time is done in the background."""

from __future__ import annotations

import math
from pathlib import Path
from threading import Event

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from resviz.arch.layout.stack import Layout, layout
from resviz.drawing.heat import Heat, heat_of
from resviz.drawing.output import Drawing, svgs
from resviz.drawing.palette import PALETTES
from resviz.drawing.paper import Paper
from resviz.errors import ResVizError
from resviz.files import shown
from resviz.gui.background import Background, Outcome
from resviz.gui.feedback import MessageBar
from resviz.gui.graph import export
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs
from resviz.gui.picking import Picker
from resviz.gui.progress import Progress
from resviz.gui.theme import Theme

#: Pixels of a picture on the clipboard: twice as fine as a plain screen where that is not too many, else coarser.
_MOST_COPIED = 1 << 24
_SVG = "image/svg+xml"
_COPY_SCALE, _LEAST_COPIED = 2.0, 0.6


class Drawings(QObject):
    """What the graph shows, ready to be written, copied and printed."""

    #: A drawing has been written (its files), or has not been.
    written = Signal(list)
    _told = Signal(float)

    def __init__(self, graph: GraphView, jobs: Jobs, theme: Theme, messages: MessageBar, window: QWidget) -> None:
        super().__init__(window)
        self._graph, self._jobs, self._theme = graph, jobs, theme
        self._messages, self._window = messages, window
        self._background = Background(self)
        self._stop = Event()
        self.progress: Progress | None = None
        #: What stands on the clipboard as picture and SVG.
        self._copied: tuple[QImage, bytes] | None = None
        self._told.connect(self._on_told)

    def now(self, theme: str | None = None, paper: Paper | None = None) -> Drawing:
        """As on screen (folded, coloured, compared), in a theme; or laid out for paper."""
        plan = self._graph.plan
        palette = PALETTES[theme or self._theme.name]
        return Drawing(plan if paper is None else flowing(plan), palette, self._heat(plan), paper)

    def _heat(self, plan: Layout) -> Heat | None:
        """What colours the layers, as on screen."""
        look, profile = self._graph.look, self._jobs.profiling.found
        return heat_of(plan, look.metric, look.log, profile.ms if profile else None) if look.metric else None

    # --- dialogs -------------------------------------------------------------------------------------------

    def ask(self, picker: Picker, name: str) -> None:
        """Save drawing as: choices with a preview, then where to; `name` is the file's, without a suffix."""
        from resviz.gui.drawing_dialog import DrawingDialog, Order

        def save(order: Order) -> None:
            filters = [f"{order.suffix[1:].upper()} (*{order.suffix})"]
            picker.ask_save(
                self.tr("Save drawing"),
                f"{name}{order.suffix}",
                filters,
                order.suffix,
                lambda path: self.write(path, order.drawing, order.scale),
            )

        dialog = DrawingDialog(self.now, self._theme.name, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.ordered.connect(save)
        dialog.open()

    def print_out(self) -> None:
        """On a printer, laid out for paper."""
        from resviz.gui import printing

        printing.print_dialog(self.now(paper=printing.usual_paper()), self._window)

    def preview(self) -> None:
        """How it would be printed."""
        from resviz.gui import printing

        printing.preview_dialog(self.now(paper=printing.usual_paper()), self._window)

    # --- files ---------------------------------------------------------------------------------------------

    def write(self, path: Path, drawing: Drawing | None = None, scale: float | None = None) -> None:
        """Write a drawing, as on screen unless another is given; the message bar says how it ended."""
        if self.progress is not None:
            self._messages.show_text(self.tr("A drawing is being written; let it end or cancel it first."), "warning")
            return
        order = drawing or self.now()
        self._stop.clear()
        writing = self.tr("Writing {name}…").format(name=shown(path.name))
        self.progress = Progress(self.tr("Save drawing"), writing, self._stop.set, self._window)
        self._background.run(lambda: export.save(path, order, scale, self._tell), self._on_written)

    def close(self) -> None:
        """Give up what is under way; nothing half-written stays."""
        self._stop.set()
        self._background.wait()
        self._leave_clipboard()
        if self.progress is not None:
            self.progress.end()
            self.progress = None

    def _tell(self, part: float) -> None:
        """Called in the background."""
        if self._stop.is_set():
            raise export.CancelledError
        self._told.emit(part)

    def _on_told(self, part: float) -> None:
        if self.progress is not None:
            self.progress.show_part(part)

    def _on_written(self, outcome: Outcome) -> None:
        if self.progress is not None:
            self.progress.end()
            self.progress = None
        if isinstance(outcome, list):
            self._say_written(outcome)
        elif isinstance(outcome, export.CancelledError):
            self._messages.show_text(self.tr("Cancelled; nothing was written."), "info")
        else:
            self._complain(outcome)
        self.written.emit(outcome if isinstance(outcome, list) else [])

    def _say_written(self, paths: list[Path]) -> None:
        if len(paths) == 1:
            text = self.tr("{name} is written").format(name=shown(paths[0].name))
        else:
            said = self.tr("{count} pages are written, {first} to {last}")
            text = said.format(count=len(paths), first=shown(paths[0].name), last=shown(paths[-1].name))
        self._messages.show_text(text, "info")

    def _complain(self, error: object) -> None:
        if not isinstance(error, ResVizError):
            assert isinstance(error, Exception)
            raise error
        self._messages.show_error(error)

    # --- the clipboard -------------------------------------------------------------------------------------

    def copy(self) -> None:
        """The whole drawing as a picture and as SVG; what is in sight, where the whole would be too large."""
        drawing = self.now()
        _, _, w, h = drawing.pages()[0].picture.bounds
        scale = min(_COPY_SCALE, math.sqrt(_MOST_COPIED / (w * h)), 32_000 / max(w, h))
        if scale < _LEAST_COPIED:
            self.copy_sight()
            return
        self._background.run(lambda: _copied(drawing, scale), self._on_copied)

    def copy_sight(self) -> None:
        """What the view shows."""
        image = self._graph.grab().toImage()
        QGuiApplication.clipboard().setImage(image)
        said = self.tr("What is in sight is on the clipboard ({width} × {height} px)")
        self._messages.show_text(said.format(width=image.width(), height=image.height()), "info")

    def _leave_clipboard(self) -> None:
        """What is on the clipboard outlives Python; what Python made must not, so Qt's own copy takes its place."""
        if self._copied is None:
            return
        image, svg = self._copied
        clipboard, self._copied = QGuiApplication.clipboard(), None
        held = clipboard.mimeData()
        if held is not None and held.hasFormat(_SVG) and held.data(_SVG).data() == svg:
            clipboard.setImage(image)

    def _on_copied(self, outcome: Outcome) -> None:
        if isinstance(outcome, Exception):
            raise outcome
        image, text = outcome
        mime = QMimeData()
        mime.setImageData(image)
        mime.setData(_SVG, text.encode())
        self._copied = image, text.encode()
        QGuiApplication.clipboard().setMimeData(mime)
        said = self.tr("The drawing is on the clipboard ({width} × {height} px, and as SVG)")
        self._messages.show_text(said.format(width=image.width(), height=image.height()), "info")


def flowing(plan: Layout) -> Layout:
    """The same drawing with its trunk going down, as paper has it."""
    if plan.direction == "down":
        return plan
    if plan.beside is None:
        return layout(plan.spec, plan.fold, "down")
    from resviz.arch.layout.pair import pair

    return pair(plan.beside.spec, plan.spec, plan.fold, "down")


def _copied(drawing: Drawing, scale: float) -> tuple[QImage, str]:
    return export.image(drawing.pages()[0].picture, drawing.ink, scale), svgs(drawing)[0]
