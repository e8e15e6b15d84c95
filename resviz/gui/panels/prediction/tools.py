"""What can be done with the prediction: how many classes, by whose names, and a second network beside."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup

from resviz.arch.presets import title_of
from resviz.errors import ResVizError
from resviz.gui.background import Background, Outcome
from resviz.gui.document import Document
from resviz.gui.feedback import MessageBar
from resviz.gui.jobs import Jobs
from resviz.gui.panels.prediction.bars import ROWS
from resviz.gui.panels.prediction.zone import PredictionZone
from resviz.gui.picking import Picker
from resviz.gui.settings import Settings
from resviz.labels import SUFFIXES, read_labels

CHOICES = (3, 5, 10)
_KEY = "classes-shown"


class PredictionTools(QObject):
    """The buttons of a `PredictionZone`; errors go to `message`. How many classes are shown is remembered."""

    def __init__(
        self, zone: PredictionZone, document: Document, jobs: Jobs, settings: Settings, message: MessageBar
    ) -> None:
        super().__init__(zone)
        self.zone, self._document, self._jobs = zone, document, jobs
        self._settings, self._message = settings, message
        self._picker, self._background = Picker(settings, zone), Background(self)
        self.rows = {rows: self._row_action(rows) for rows in CHOICES}
        self.beside = QAction(self.tr("The reference network beside"), self, checkable=True)
        self.labels = QAction(self.tr("Labels from a file…"), self)
        self.own_labels = QAction(self.tr("The weights' own labels"), self)
        self._fill_menu()
        self._connect()
        self._recall_rows()
        self._show_beside()
        self._show_labels()
        self._show_title()

    def _row_action(self, rows: int) -> QAction:
        action = QAction(self.tr("{count} classes").format(count=rows), self, checkable=True)
        action.triggered.connect(partial(self.choose_rows, rows))
        return action

    def _fill_menu(self) -> None:
        group = QActionGroup(self)
        first = self.zone.menu.actions()[0]
        for action in self.rows.values():
            group.addAction(action)
        for each in (*self.rows.values(), None, self.beside, None, self.labels, self.own_labels, None):
            self.zone.menu.insertAction(first, each) if each else self.zone.menu.insertSeparator(first)
        self.zone.more.show()
        self.zone.beside.show()

    def _connect(self) -> None:
        document, zone = self._document, self.zone
        zone.beside.clicked.connect(document.set_beside)
        self.beside.triggered.connect(document.set_beside)
        self.labels.triggered.connect(self.ask_labels)
        self.own_labels.triggered.connect(lambda: document.set_labels(()))
        document.labels_changed.connect(self._show_labels)
        document.beside_changed.connect(self._show_beside)
        document.reference_changed.connect(self._show_beside)
        document.spec_changed.connect(self._on_spec_changed)
        self._jobs.predicted.connect(self._show_title)

    # --- how many classes ----------------------------------------------------------------------------------

    def choose_rows(self, rows: int) -> None:
        """Show so many classes, now and the next time."""
        self._settings.put(_KEY, str(rows))
        self._put_rows(rows)

    def _recall_rows(self) -> None:
        text = self._settings.text(_KEY)
        self._put_rows(next((rows for rows in CHOICES if str(rows) == text), ROWS))

    def _put_rows(self, rows: int) -> None:
        self.rows[rows].setChecked(True)
        self.zone.set_rows(rows)

    # --- two networks --------------------------------------------------------------------------------------

    def _show_beside(self) -> None:
        reference = self._document.reference
        hint = self.tr("Choose a network to compare with in the Compare panel; it then predicts beside this one")
        if reference is not None:
            hint = self.tr("{network} predicts beside this one").format(network=title_of(reference))
        for target in (self.zone.beside, self.beside):
            target.setEnabled(reference is not None)
            target.setChecked(reference is not None and self._document.beside)
            target.setToolTip(hint)

    def _show_title(self) -> None:
        """Predictions are handed on only if they are of the document's network."""
        self.zone.set_title(title_of(self._document.spec))

    # --- names of classes ----------------------------------------------------------------------------------

    def ask_labels(self) -> None:
        """Ask for a file of class names."""
        ends = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        filters = [self.tr("Class names ({ends})").format(ends=ends), self.tr("All files (*)")]
        self._picker.ask_open(self.tr("Labels from a file"), filters, self.read)

    def read(self, path: Path) -> None:
        """Take the class names of a file; on an error nothing changes but the message."""
        classes = self._document.spec.classes
        self._background.run(lambda: read_labels(path, classes), partial(self._take, path))

    def _take(self, path: Path, outcome: Outcome) -> None:
        if isinstance(outcome, ResVizError):
            self._message.show_error(outcome)
        elif isinstance(outcome, Exception):
            raise outcome
        elif len(outcome) != self._document.spec.classes:  # another network has been opened meanwhile
            self.read(path)
        else:
            self._message.clear()
            self._document.set_labels(outcome)

    def _show_labels(self) -> None:
        self.zone.set_labels(self._document.labels)
        self.own_labels.setEnabled(bool(self._document.labels))

    def _on_spec_changed(self) -> None:
        """Names of other classes than the network has are none, and a class that it has not is not chosen."""
        classes = self._document.spec.classes
        if self._document.labels and len(self._document.labels) != classes:
            self._document.set_labels(())
        if self.zone.bars.chosen >= classes:
            self.zone.take(-1)
