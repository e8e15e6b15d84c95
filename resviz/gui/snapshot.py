"""The real main window, painted to a file as soon as it shows what was asked for."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from resviz import paths
from resviz.arch.graph import network
from resviz.arch.notation import name_of
from resviz.engine import messages as m
from resviz.errors import ResVizError, SpecError, UsageError
from resviz.gui.app import application, open_window
from resviz.gui.collecting import Collector
from resviz.gui.document import Document
from resviz.gui.settings import Settings
from resviz.gui.view import View
from resviz.gui.window import MainWindow

#: An engine that has not answered by then is taken for stuck.
PATIENCE_MS = 300_000


def paint(view: View, target: Path, size: tuple[int, int], select: str | None, show: str | None) -> None:
    """Paint the window to `target`. Raises `ResVizError` when what was asked for cannot be shown."""
    application()
    with tempfile.TemporaryDirectory() as folder:
        # Settings of its own: a snapshot shows the program, not what its user has moved about.
        window = open_window(view, Settings(Path(folder) / "resviz.ini"))
        collector = Collector(window)
        collector.start()
        try:
            late = view.spec is None and view.weights is not None  # the engine says which network it is
            _prepare(window, size, None if late else select, show)
            _await_answer(window, window.jobs.start)
            if late and select is not None:
                _check_layer(window.document, select)
                window.document.select(select)
                if window.document.image is not None:  # the layer's maps
                    _await_answer(window, lambda: None)
            if view.metric == "time":
                _await_profile(window)
            _await_tasks(window)
            window.graph.settle()
            _save(window, target)
        finally:
            collector.stop()
            window.close()


def _prepare(window: MainWindow, size: tuple[int, int], select: str | None, show: str | None) -> None:
    window.resize(*size)
    if select is not None:
        _check_layer(window.document, select)
    window.show()
    QApplication.processEvents()  # a panel comes to the front of those that are laid out
    if show is not None:
        window.show_panel(show)
    if select is not None:
        window.document.select(select)


def _check_layer(document: Document, layer: str) -> None:
    known = [each.id for each in network(document.spec).layers]
    if layer not in known:
        near = difflib.get_close_matches(layer, known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SpecError("layer_unknown", spec=name_of(document.spec), layer=layer, hint=hint)


def _await_answer(window: MainWindow, begin: Callable[[], None]) -> None:
    """Until the engine has answered what the document asks; its failures are raised here."""
    loop, jobs = QEventLoop(), window.jobs
    failures: list[m.Failed] = []
    jobs.failed.connect(failures.append)
    jobs.busy.connect(lambda busy: None if busy else loop.quit())
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    begin()
    loop.exec()
    if failures:
        raise _as_error(failures[0])
    if jobs.is_busy:
        raise UsageError("snapshot_late", seconds=PATIENCE_MS // 1000)


def _await_tasks(window: MainWindow) -> None:
    """Until what panels asked for by themselves is there, and the icons, and shown."""
    loop = QEventLoop()
    check = QTimer(interval=50)
    check.timeout.connect(lambda: None if window.jobs.is_asking or window.early.is_active else loop.quit())
    check.start()
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    loop.exec()
    QApplication.processEvents()


def _await_profile(window: MainWindow) -> None:
    """Until the layers are timed."""
    loop, jobs = QEventLoop(), window.jobs
    answers: list[m.Profiled | m.Failed] = []
    jobs.profiling.ended.connect(answers.append)
    jobs.profiling.ended.connect(loop.quit)
    if jobs.profiling.found is None:
        if not jobs.profiling.is_running:
            jobs.profiling.start()
        QTimer.singleShot(PATIENCE_MS, loop.quit)
        loop.exec()
    if answers and isinstance(answers[-1], m.Failed):
        raise _as_error(answers[-1])
    if jobs.profiling.found is None:
        raise UsageError("snapshot_late", seconds=PATIENCE_MS // 1000)


def _as_error(failed: m.Failed) -> ResVizError:
    try:
        return ResVizError(failed.code, **failed.values)
    except (KeyError, IndexError):
        return UsageError("engine_said", message=failed.message)


def _save(window: QWidget, target: Path) -> None:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    try:
        paths.write_atomic(target, bytes(buffer.data().data()))
    except OSError as error:
        raise UsageError("snapshot_write", path=str(target), reason=error.strerror or str(error)) from None
