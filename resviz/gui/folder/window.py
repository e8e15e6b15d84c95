"""The window for many pictures: what the network says of each, how often it is right, and what it takes for what."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path, PurePath

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from resviz.engine import messages as m
from resviz.errors import ResVizError
from resviz.files import shown
from resviz.gui import images_qt
from resviz.gui.background import Background, Outcome
from resviz.gui.document import Document
from resviz.gui.drop import DropArea
from resviz.gui.feedback import MessageBar
from resviz.gui.folder import columns
from resviz.gui.folder.bars import FilterBar, ProgressLine
from resviz.gui.folder.cells import PictureView
from resviz.gui.folder.model import Filter, PictureModel
from resviz.gui.folder.results import Entry, Results
from resviz.gui.folder.run import FolderRun
from resviz.gui.folder.score import ScorePanel
from resviz.gui.folder.text import write_csv
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import column, hairline, row
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.picking import Picker
from resviz.gui.settings import Settings

SIZE = QSize(1180, 740)
#: The figures follow the rows so often at most; more seldom where that takes long, as of a thousand classes.
_SCORE_MS = 250
_SHARE = 15


class FolderWindow(QWidget):
    """Beside the main window; closing it stops what it does. `image_wanted` carries the `ImageSource` of a row."""

    image_wanted = Signal(object)

    def __init__(self, document: Document, jobs: Jobs, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._document, self._settings = document, settings
        self.results = Results()
        self.results.labels = document.labels
        self.model = PictureModel(self.results, self)
        self.run = FolderRun(document, jobs, self)
        self.picker, self.background = Picker(settings, self), Background(self)
        self.messages = MessageBar(self)
        self.table, self.filter = PictureView(self.model, self), FilterBar(self)
        self.progress, self.score = ProgressLine(self.run, self), ScorePanel(self.results, self)
        self._late = QTimer(self, singleShot=True, interval=_SCORE_MS)
        self._make_head()
        self._make_empty()
        self._lay_out()
        self._connect()
        self.setWindowTitle(self.tr("Classify a folder — ResViz"))
        self.resize(SIZE)
        self.restoreGeometry(settings.state("folder/geometry"))
        self._show_run()
        self._show_score()

    # --- putting it together ----------------------------------------------------------------------------

    def _make_head(self) -> None:
        self.title, self.note = ElidedLabel("title", self), QLabel(self)
        self.note.setProperty("role", "warning")
        self.choose = QPushButton(self.tr("Choose folder…"), self)
        self.choose.setToolTip(self.tr("Classify all pictures in and below a folder ({keys})").format(keys="Ctrl+O"))
        self.save = QPushButton(self.tr("Save CSV…"), self)
        self.save.setToolTip(self.tr("Write the rows shown, each with its five likeliest classes ({keys})"))
        self.save.setToolTip(self.save.toolTip().format(keys="Ctrl+S"))

    def _make_empty(self) -> None:
        self.empty = QWidget(self)
        self.empty_title, self.empty_text = QLabel(self.empty), QLabel(self.empty)
        self.empty_title.setProperty("role", "title")
        self.empty_text.setProperty("role", "muted")
        self.empty_button = QPushButton(self.tr("Choose folder…"), self.empty)
        lines = column(self.empty, 10, (32, 32, 32, 32))
        lines.addStretch(2)
        for label in (self.empty_title, self.empty_text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            lines.addWidget(label)
        lines.addWidget(self.empty_button, 0, Qt.AlignmentFlag.AlignCenter)
        lines.addStretch(3)

    def _lay_out(self) -> None:
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.empty)
        left = QWidget(self)
        below = column(left)
        below.addWidget(self.filter)
        self._line = hairline(self)
        below.addWidget(self._line)
        below.addWidget(self.pages, 1)
        self.parts = QSplitter(Qt.Orientation.Horizontal, self)
        self.parts.addWidget(left)
        self.parts.addWidget(self.score)
        self.parts.setStretchFactor(0, 2)
        self.parts.setStretchFactor(1, 1)
        self.parts.setCollapsible(0, False)
        self.parts.setSizes([SIZE.width() - 376, 376])
        self.score.setMinimumWidth(300)
        whole: QVBoxLayout = column(self)
        whole.addWidget(self.messages)
        whole.addLayout(self._head())
        whole.addWidget(self.progress)
        whole.addWidget(hairline(self))
        whole.addWidget(self.parts, 1)
        self.setMinimumSize(720, 420)

    def _head(self) -> QHBoxLayout:
        line = row(None, 12, (16, 12, 16, 8))
        line.addWidget(self.title, 1)
        line.addWidget(self.note)
        line.addWidget(self.choose)
        line.addWidget(self.save)
        return line

    def _connect(self) -> None:
        self.run.rows.connect(self._on_rows)
        self.run.changed.connect(self._show_run)
        self.run.failed.connect(self.messages.show_failed)
        self._late.timeout.connect(self._show_score)
        self._document.labels_changed.connect(self._on_labels)
        self.filter.changed.connect(self._on_filter)
        self.score.chosen.connect(self.filter.set_cell)
        self.progress.again.clicked.connect(self.again)
        self.table.wanted.connect(self._on_wanted)
        self.table.copy_rows.triggered.connect(self.copy_selection)
        self.table.customContextMenuRequested.connect(self._pop_up)
        self.choose.clicked.connect(self.ask)
        self.empty_button.clicked.connect(self._on_empty_button)
        self.save.clicked.connect(self.ask_save)
        self.drop = DropArea(self)
        self.drop.dropped.connect(self._on_dropped)
        keys = QKeySequence.StandardKey
        for key, step in ((keys.Open, self.ask), (keys.Save, self.ask_save), (keys.Find, self.filter.words.setFocus)):
            QShortcut(QKeySequence(key), self, step)

    # --- what the user does -----------------------------------------------------------------------------

    def open_paths(self, paths: Sequence[str]) -> None:
        """Classify these files, and all pictures below these folders; what was shown before goes."""
        if not paths:
            return
        self.messages.clear()
        self.results.clear(paths)
        self.filter.clear()
        self.model.show_all()
        self.run.start(paths)
        self._show_score()
        self.show()
        self.activateWindow()

    def again(self) -> None:
        """The same pictures with the network as it is now; what is filtered stays so."""
        self.messages.clear()
        self.results.clear(self.run.paths)
        self.model.show_all()
        self.run.start(self.run.paths)
        self._show_score()

    def ask(self) -> QFileDialog:
        """Choose a folder."""
        dialog = QFileDialog(self, self.tr("Classify folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        return self.picker.open(dialog, lambda path: self.open_paths([str(path)]))

    def ask_save(self) -> QFileDialog | None:
        """Choose where the CSV file goes."""
        if not self.model.shown:
            return None
        only = PurePath(self.run.paths[0]).stem if len(self.run.paths) == 1 else ""
        name = f"{only or 'pictures'}.csv"
        return self.picker.ask_save(self.tr("Save CSV"), name, [self.tr("CSV (*.csv)")], ".csv", self.write)

    def write(self, path: Path) -> None:
        """Write the rows shown, in the background."""
        entries = list(self.model.in_order())
        self.background.run(lambda: write_csv(path, entries), lambda said: self._on_written(path, len(entries), said))

    def _on_written(self, path: Path, count: int, said: Outcome) -> None:
        if isinstance(said, ResVizError):
            self.messages.show_error(said)
        elif isinstance(said, Exception):
            self.messages.show_text(str(said), "error")
        else:
            text = self.tr("{name} is written: {count} of {whole} rows")
            whole = len(self.results.entries)
            text = text.format(name=shown(path.name), count=f"{count:,}", whole=f"{whole:,}")
            self.messages.show_text(text, "info")

    def copy_selection(self) -> None:
        """The selected rows, for a spreadsheet."""
        seen = [each for each in columns.Column if each and not self.table.isColumnHidden(each)]
        lines = [[columns.heading(each) for each in seen]]
        lines += [[columns.copied(entry, each) for each in seen] for entry in self.table.chosen()]
        if len(lines) > 1:
            QGuiApplication.clipboard().setText("".join("\t".join(line) + "\n" for line in lines))

    def _on_wanted(self, entry: Entry) -> None:
        self.image_wanted.emit(m.ImageSource(path=entry.path, name=PurePath(entry.path).name))

    def menu(self) -> QMenu:
        """What can be done with the selected rows."""
        menu, chosen = QMenu(self), self.table.chosen()
        if len(chosen) == 1:
            menu.addAction(self.tr("Show in the main window"), lambda: self._on_wanted(chosen[0]))
            copy = QGuiApplication.clipboard().setText
            menu.addAction(self.tr("Copy path"), lambda: copy(chosen[0].path))
            if chosen[0].is_right is False:
                cell = chosen[0].true, chosen[0].guess
                text = self.tr("Only {true} taken for {guess}").format(true=cell[0], guess=cell[1])
                menu.addAction(text.replace("&", "&&"), lambda: self.filter.set_cell(cell))
        menu.addAction(self.table.copy_rows)
        return menu

    def _pop_up(self, where: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(where))

    def _on_dropped(self, found: images_qt.Dropped) -> None:
        if isinstance(found, images_qt.Several):
            self.open_paths(found.paths)
        elif isinstance(found, images_qt.Folder) or (isinstance(found, m.ImageSource) and found.path):
            self.open_paths([str(found.path)])
        else:
            self.messages.show_text(self.tr("Drop a folder or picture files here."), "warning")

    def _on_empty_button(self) -> None:
        self.filter.clear() if self.results.entries else self.ask()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.run.cancel()
        self._settings.put("folder/geometry", self.saveGeometry())
        super().closeEvent(event)

    # --- showing ----------------------------------------------------------------------------------------

    def _on_rows(self, rows: Sequence[m.BatchRow]) -> None:
        self.model.add(rows)
        if not self._late.isActive():
            self._late.start()
        self._show_page()

    def _on_labels(self) -> None:
        """The user calls the classes otherwise: folders may be named after these."""
        self.results.set_labels(self._document.labels)
        self.filter.clear()
        self.model.show_all()
        self._show_score()

    def _on_filter(self, chosen: Filter) -> None:
        self.model.set_filter(chosen)
        self.score.set_cell((chosen.true, chosen.guess) if chosen.true and chosen.guess else None)
        self._show_page()

    def _show_run(self) -> None:
        if self._late.isActive() and self._is_whole():
            self._late.stop()
            self._show_score()  # at the end the figures do not lag behind the rows; it comes back here
            return
        self.progress.show_run(self.results.errors)
        self.progress.setVisible(self.run.network is not None)
        untrained = self.run.trained is False
        self.note.setText(self.tr("untrained: predictions mean nothing") if untrained else "")
        self.note.setVisible(untrained)
        self.title.setText(self._name() or self.tr("Many pictures at once"))
        self.title.setToolTip("\n".join(self.run.paths[:10]))
        self._show_page()

    def _is_whole(self) -> bool:
        """Whether all rows are here; the last ones may come after the run's end."""
        run = self.run
        return not run.is_running and not run.cancelled and len(self.results.entries) >= run.done

    def _name(self) -> str:
        paths = self.run.paths
        if len(paths) == 1:
            return shown(PurePath(paths[0]).name or paths[0])
        return self._counted(paths) if paths else ""

    def _counted(self, paths: Sequence[str]) -> str:
        """Which of them are files is known when the rows are there: a file has one of its own."""
        if not self._is_whole():
            return self.tr("{count} files or folders").format(count=f"{len(paths):,}")
        entries = self.results.entries
        files = sum(path in entries or str(PurePath(path)) in entries for path in paths)
        one_file, one_folder = self.tr("1 file"), self.tr("1 folder")
        said = []
        if files:
            said.append(one_file if files == 1 else self.tr("{count} files").format(count=f"{files:,}"))
        if rest := len(paths) - files:
            said.append(one_folder if rest == 1 else self.tr("{count} folders").format(count=f"{rest:,}"))
        return self.tr(" and ").join(said)

    def _show_score(self) -> None:
        began = time.perf_counter()
        known = self.results.score is not None
        names = self._document.labels or self.run.labels
        classes = self.results.classes(names)
        self.score.setVisible(known)
        if self.results.entries:
            self.filter.show_classes(classes, known)
        self.table.show_columns(known, self.results.errors > 0)
        network = self.run.network
        self.score.show_results(names, network.spec.classes if network else 0)
        self._show_run()
        self._late.setInterval(max(_SCORE_MS, round(_SHARE * 1000 * (time.perf_counter() - began))))

    def _show_page(self) -> None:
        empty = not self.model.shown
        self.pages.setCurrentWidget(self.empty if empty else self.table)
        for part in (self.filter, self._line):
            part.setVisible(bool(self.results.entries))
        self.choose.setVisible(self.run.network is not None)
        self.save.setEnabled(not empty)
        if empty:
            self._show_empty()

    def _show_empty(self) -> None:
        if self.results.entries:
            title, text = self.tr("No picture passes the filter"), ""
            button = self.tr("Show all")
        elif self.run.is_running:
            title, text, button = self.tr("Looking at the first pictures…"), "", ""
        else:
            title = self.tr("Drop a folder of pictures here")
            text = self.tr(
                "Each picture becomes a row with its likeliest classes. Folders that are named after classes "
                "(cat/1.jpg, dog/2.jpg) tell how often the network is right."
            )
            button = self.tr("Choose folder…")
        self.empty_title.setText(title)
        self.empty_text.setText(text)
        self.empty_text.setVisible(bool(text))
        self.empty_button.setText(button)
        self.empty_button.setVisible(bool(button))
