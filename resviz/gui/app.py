"""The application: theme, settings, engine, window, wired together."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from resviz.arch.layout.fold import Fold
from resviz.engine.messages import ImageSource
from resviz.gui.collecting import Collector
from resviz.gui.document import Document
from resviz.gui.images_qt import from_path
from resviz.gui.jobs import Jobs
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from resviz.gui.view import View
from resviz.gui.window import MainWindow

log = logging.getLogger(__name__)


def application() -> QApplication:
    """The one QApplication, made if there is none."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("ResViz")
    app.setDesktopFileName("resviz")
    return app


def open_window(view: View, settings: Settings) -> MainWindow:
    """A window on what `view` asks for; neither shown nor running yet. The engine starts with `window.jobs.start()`."""
    theme = Theme(view.theme or settings.text("theme", "system"))
    theme.apply()
    document = Document()
    window = MainWindow(document, Jobs(document), theme, settings)
    theme.setParent(window)
    document.setParent(window)
    window.jobs.setParent(window)
    _show(view, window)
    if settings.put_aside is not None:
        said = window.tr("The settings file was damaged; it is now {name}, and settings start afresh.")
        window.messages.show_text(said.format(name=settings.put_aside.name), "warning")
    return window


def _show(view: View, window: MainWindow) -> None:
    document = window.document
    if view.spec is not None:
        document.open(view.spec, None, "", view.path)
        document.undo_stack.clear()
    document.set_reference(view.reference)
    window.look.set_fold(Fold(view.fold))
    if view.metric:
        window.look.set_colour(view.metric)
    document.set_device(view.device)
    if view.weights:
        window.jobs.open_weights(view.weights, view.spec)
    if view.image:
        found = from_path(view.image)
        document.set_image(found if isinstance(found, ImageSource) else ImageSource(path=view.image))


def run(view: View) -> int:
    """Open the window and stay until it is closed."""
    app = application()
    sys.excepthook = _report_fault
    _close_on_signals(app)
    window = open_window(view, Settings())
    window.files.unsaved.asks = True
    window.show()
    # The engine is spawned after the first paint: the window is up before anything else is loaded.
    QTimer.singleShot(0, window.jobs.start)
    collector = Collector()
    QTimer.singleShot(0, collector.start)
    try:
        return app.exec()
    finally:
        collector.stop()


def _close_on_signals(app: QApplication) -> None:
    """Ctrl-C and SIGTERM close the window, without a question; Qt's loop would not let Python see them."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _close_all(app))
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, app)
    # Reading is Python code, before which the handlers above run. The sockets live as long as the notifier's slot.
    notifier.activated.connect(lambda *_: (ours.recv(64), theirs))


def _close_all(app: QApplication) -> None:
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow):
            window.close_unasked()
    app.closeAllWindows()


def _report_fault(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """A fault in a slot is told in the window, and the program goes on."""
    traceback.print_exception(kind, fault, trace)
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow):
            said = window.tr("A fault in ResViz ({fault}). Your network is intact; please report this.")
            window.messages.show_text(said.format(fault=f"{kind.__name__}: {fault}"))
