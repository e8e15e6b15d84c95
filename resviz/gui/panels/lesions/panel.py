"""What is switched off, and a sweep that switches off every block in turn."""

from __future__ import annotations

from pathlib import Path, PurePath

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.graph import switching
from resviz.gui.graph.facts import last_layer
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.off_words import off_text, passages, without_branch
from resviz.gui.panels.controls import CopyLink, caption, column, hairline, repolish, row
from resviz.gui.panels.lesions.parts import PartsModel, PartsView, without
from resviz.gui.panels.lesions.rows import SweepModel, left
from resviz.gui.panels.lesions.sweep import SweepRun
from resviz.gui.panels.lesions.table import SweepTable
from resviz.gui.panels.prediction.words import percent
from resviz.gui.picking import Picker
from resviz.gui.settings import Settings
from resviz.ways import NOTHING_OFF, Off

_PARTS = 1000
_MARGIN = 16


class LesionPanel(QWidget):
    """Asks the document to switch on and off, and the engine for sweeps; the graph shows what `rows_shown` brings."""

    #: The rows that the graph shall show as bars (none while they mean nothing), and whether they are of another
    #: picture.
    rows_shown = Signal(object, bool)

    def __init__(
        self, document: Document, jobs: Jobs, settings: Settings, look: Look, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.jobs, self.look = document, jobs, look
        self.run = SweepRun(document, jobs, self)
        self.picker = Picker(settings, self)
        self.parts, self.model = PartsModel(self), SweepModel(self)
        self.list, self.table = PartsView(self.parts), SweepTable(self.model)
        self._selecting = False
        self._make_top()
        self._make_sweep()
        self._lay_out()
        self._connect()
        self._show_off()
        self._show_sweep()

    def sizeHint(self) -> QSize:
        return QSize(400, 520)

    def minimumSizeHint(self) -> QSize:
        """Sentences take more lines in a narrow dock; what is below them shall not pay for it."""
        layout = self.layout()
        return QSize(0, layout.totalMinimumHeightForWidth(self.width()) if layout is not None else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    # --- building ---------------------------------------------------------------------------------------------------

    def _make_top(self) -> None:
        self.live = QToolButton()
        self.live.setText(self.tr("Switch off by click"))
        self.live.setProperty("role", "toggle")
        self.live.setCheckable(True)
        self.live.setToolTip(self.tr("A click on a block or a shortcut switches it off (L in the graph)"))
        self.all_on = QPushButton(self.tr("All on"))
        self.all_on.setProperty("role", "quiet-link")
        self.all_on.setToolTip(self.tr("Switch everything on again"))
        self.effect, self.empty = QLabel(), QLabel()
        self.empty.setProperty("role", "muted")
        self.effect.setProperty("role", "muted")
        for label in (self.effect, self.empty):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)

    def _hint(self) -> str:
        """What to do now; a plain network has no shortcut to click."""
        live, residual = self.look.live, self.document.spec.residual
        said = self.tr("Nothing is switched off. Turn “Switch off by click” on, then click {parts} in the graph.")
        if live:
            said = self.tr("Nothing is switched off. Click {parts} in the graph, and it is.")
        return said.format(parts=self.tr("a block or a shortcut's line") if residual else self.tr("a block"))

    def _make_sweep(self) -> None:
        self.picture = QPushButton(self.tr("Sweep this picture"))
        self.folder = QPushButton(self.tr("Sweep a folder…"))
        self.folder.setToolTip(
            self.tr("Accuracy with each block off, on pictures in folders that are called like their classes")
        )
        self.cancel = QPushButton(self.tr("Cancel"))
        self.progress = QProgressBar()
        self.progress.setRange(0, _PARTS)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.says, self.stays = QLabel(), QLabel()
        for label in (self.says, self.stays):
            label.setProperty("role", "muted")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.on_graph = QToolButton()
        self.on_graph.setText(self.tr("On graph"))
        self.on_graph.setProperty("role", "toggle")
        self.on_graph.setCheckable(True)
        self.on_graph.setChecked(True)
        self.on_graph.setToolTip(self.tr("Show the rows as bars along the graph"))
        self.copy = CopyLink(self.tr("Copy CSV"), self.tr("Copy all rows with all figures"))

    def _lay_out(self) -> None:
        whole = column(self, 8, (0, 10, 0, 10))
        body = column(None, 8, (_MARGIN, 0, _MARGIN, 0))
        top = row(None, 8)
        top.addWidget(caption(self.tr("Switched off")))
        top.addStretch(1)
        top.addWidget(self.all_on)
        top.addWidget(self.live)
        body.addLayout(top)
        widgets: tuple[QWidget, ...] = (self.empty, self.list, self.effect, hairline())
        for widget in widgets:
            body.addWidget(widget)
        body.addLayout(self._sweep_head())
        body.addLayout(self._buttons())
        body.addWidget(self.progress)
        body.addWidget(self.says)
        whole.addLayout(body)
        whole.addWidget(self.table, 1)
        self.stays.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        whole.addWidget(self.stays)
        whole.addStretch(0)

    def _sweep_head(self) -> QHBoxLayout:
        head = row(None, 8)
        head.addWidget(caption(self.tr("Every block in turn")))
        head.addStretch(1)
        head.addWidget(self.copy)
        head.addWidget(self.on_graph)
        return head

    def _buttons(self) -> QHBoxLayout:
        line = row(None, 8)
        for button in (self.picture, self.folder, self.cancel):
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _connect(self) -> None:
        document, look, run = self.document, self.look, self.run
        self.live.clicked.connect(look.set_live)
        look.live_changed.connect(self._show_live)
        self._show_live()
        self.all_on.clicked.connect(lambda: document.set_off(NOTHING_OFF, self.tr("Switch everything on")))
        self.list.switched_on.connect(self.switch_on)
        self.list.chosen.connect(self._select)
        self.picture.clicked.connect(lambda: run.start())
        self.folder.clicked.connect(self.ask_folder)
        self.cancel.clicked.connect(run.cancel)
        self.on_graph.clicked.connect(self._hand_on)
        self.copy.clicked.connect(lambda: self.copy.copy(self.model.as_csv()))
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.activated.connect(self._on_activated)
        run.changed.connect(self._show_sweep)
        run.progress.connect(self._on_progress)
        run.failed.connect(self._on_failed)
        for change in (document.off_changed, document.spec_changed, self.jobs.predicted):
            change.connect(self._show_off)
        document.image_changed.connect(self._show_sweep)
        document.selection_changed.connect(self._follow)

    def _show_live(self) -> None:
        self.live.setChecked(self.look.live)
        self.empty.setText(self._hint())

    # --- what is off ------------------------------------------------------------------------------------------------

    def switch_on(self, part: Off) -> None:
        """Switch a part on again, undoably."""
        document = self.document
        document.set_off(without(document.off, part), self.tr("Switch on: {0}").format(off_text(part)))

    def _show_off(self) -> None:
        off = self.document.off
        self.parts.show_off(off, self.document.spec)
        self.list.setVisible(bool(off))
        self.empty.setVisible(not off)
        self.empty.setText(self._hint())
        self.all_on.setEnabled(bool(off))
        text, role = self._effect()
        self.effect.setText(text)
        self.effect.setVisible(bool(text))
        if role != self.effect.property("role"):
            self.effect.setProperty("role", role)
            repolish(self.effect)

    def _effect(self) -> tuple[str, str]:
        """What the network says now, beside what it says as a whole."""
        prediction = self.jobs.prediction
        if not self.document.off or prediction is None or prediction.off != self.document.off:
            return "", "muted"
        if not prediction.trained:
            return self.tr("untrained: predictions mean nothing"), "warning"
        whole = prediction.whole.top if prediction.whole is not None else ()
        if not whole or not prediction.top:
            return prediction.note, "muted"
        before, after = whole[0], prediction.top[0]
        said = self.tr("Whole network: {0} {1}. Now: {2} {3}.")
        return said.format(before.label, percent(before.probability), after.label, percent(after.probability)), "plain"

    # --- sweeps -----------------------------------------------------------------------------------------------------

    def ask_folder(self) -> None:
        """Ask for a folder with folders named after classes, and sweep it."""
        dialog = QFileDialog(self, self.tr("Sweep a folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self.picker.open(dialog, self.sweep_folder)

    def sweep_folder(self, path: Path) -> None:
        """Accuracy with each block off."""
        self.run.start((str(path),))

    def _on_progress(self, share: float, text: str) -> None:
        run = self.run
        self.progress.setValue(round(share * _PARTS))
        if run.paths:
            name = PurePath(run.paths[0]).name
            said = self.tr("{0}: every block off in turn, picture after picture … {1}").format(name, percent(share))
            if run.rows:
                so_far = self.tr("{0}: {1} of the first {2} pictures right … {3}")
                said = so_far.format(name, percent(run.rows[0].before), f"{run.rows[0].images:,}", percent(share))
            self._tell(said)
            return
        done, blocks = len(run.rows), len(passages(self.document.spec))
        self._tell(self.tr("{0} of {1} blocks …").format(done, blocks) if done else f"{text} …")

    def _on_failed(self, failed: m.Failed) -> None:
        self._tell(sentence(failed.code, failed.values, failed.message), "error")

    def _show_sweep(self) -> None:
        run, running = self.run, self.run.is_running
        if run.rows != self.model.rows or run.trained != self.model.trained:
            self.model.show_rows(run.rows, self.document.spec, run.trained)
            self._follow()
        self.picture.setVisible(not running)
        self.folder.setVisible(not running)
        self.cancel.setVisible(running)
        self.progress.setVisible(running)
        self.picture.setEnabled(self.document.image is not None)
        no_picture = self.tr("Open a picture first")
        does = self.tr("Switch off every block in turn and see what becomes of the prediction")
        self.picture.setToolTip(does if self.document.image is not None else no_picture)
        has_rows = bool(run.rows)
        self.table.setVisible(has_rows)
        self.copy.setVisible(has_rows)
        self.on_graph.setVisible(has_rows and run.trained)
        if not running:
            self.progress.setValue(0)
            self._tell(*self._gist())
        elif has_rows:
            self._on_progress(self.progress.value() / _PARTS, "")
        self._show_stays()
        self._hand_on()

    def _gist(self) -> tuple[str, str]:
        """What the rows are of, and what they say on the whole."""
        run = self.run
        if not run.rows:
            return self.tr(
                "A sweep switches off every block in turn: what the network says without it shows what it is worth."
            ), "muted"
        if not run.trained:
            return self.tr("untrained: predictions mean nothing"), "warning"
        first, worst = run.rows[0], min(run.rows, key=left)
        if run.paths:
            said = self.tr("{0}: {1} of {2} pictures right; the least without {3}: {4}.")
            name, count = PurePath(run.paths[0]).name, f"{first.images:,}"
            text = said.format(name, percent(first.before), count, worst.block, percent(worst.after))
        else:
            said = self.tr("{0} {1}; the least without {2}: {3}.")
            text = said.format(first.label, percent(first.before), worst.block, percent(worst.after))
        if not run.is_whole:
            text += " " + self.tr("It was stopped before the end.")
        if run.off:
            text += " " + self.tr("All the while {0}.").format(off_text(run.off))
        if run.is_outdated:
            return text + " " + self.tr("This was before something changed: sweep again."), "warning"
        return text, "muted"

    def _tell(self, text: str, role: str = "muted") -> None:
        self.says.setText(text)
        if role != self.says.property("role"):
            self.says.setProperty("role", role)
            repolish(self.says)

    def _hand_on(self) -> None:
        """The graph draws no conclusions from a network that has learned nothing."""
        run = self.run
        rows = run.rows if run.trained and self.on_graph.isChecked() else ()
        self.rows_shown.emit(rows, run.is_outdated)

    # --- blocks -----------------------------------------------------------------------------------------------------

    def _select(self, part: str) -> None:
        """A block, or a layer."""
        spec = self.document.spec
        self.document.select(last_layer(spec, part) if part in passages(spec) else part)

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._selecting:
            self._select(self.model.shown[current.row()].block)
        self._show_stays()

    def _on_activated(self, index: QModelIndex) -> None:
        """Off, or on again."""
        off, block = self.document.off, self.model.shown[index.row()].block
        target = switching.target_of(self.document.spec, block, None)
        if target is not None:
            self.document.set_off(switching.toggled(off, target), switching.words(off, target))

    def _block(self) -> str:
        """The block that is selected, empty for none."""
        selected = self.document.selection or ""
        block = ".".join(selected.split(".", 2)[:2])
        return block if block in passages(self.document.spec) else ""

    def _follow(self) -> None:
        """The row of the block that is selected in the graph."""
        at = self.model.row_of(self._block())
        self._selecting = True
        if at >= 0:
            self.table.selectRow(at)
            self.table.scrollTo(self.model.index(at, 0))
        else:
            self.table.clearSelection()
        self._selecting = False
        self._show_stays()

    def _show_stays(self) -> None:
        """What would stay of the selected block; where it is off already the list above says what does."""
        off, block = self.document.off, self._block()
        asks = bool(block) and block not in off.branches and block not in off.shortcuts
        text = without_branch(self.document.spec, block) if asks else ""
        self.stays.setText(self.tr("Without {0}: {1}").format(block, text) if asks else "")
        self.stays.setVisible(asks)
