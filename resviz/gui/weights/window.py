"""The window of trained weights: what there is, what it is worth, and how to get it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFont, QFontMetrics, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.drop import DropArea
from resviz.gui.feedback import MessageBar
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import Choice, Segmented, column, hairline, row
from resviz.gui.panels.zone import ElidedLabel, upright
from resviz.gui.picking import Picker
from resviz.gui.settings import Settings
from resviz.gui.theme import BODY, font
from resviz.gui.weights.catalogue import Catalogue, fits
from resviz.gui.weights.details import Details
from resviz.gui.weights.model import Shown, WeightsModel
from resviz.gui.weights.view import WeightsView

Step = Callable[[], None]


class WeightsWindow(QDialog):
    """`dropped` carries what was dragged in; the window hands it on as it does its own drops."""

    dropped = Signal(object)

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        settings: Settings,
        parent: QWidget | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Weights"))
        self._document, self._jobs = document, jobs
        self.catalogue = catalogue or Catalogue(jobs, settings, self)
        #: What is asked before another network is opened: whether to save the one there is.
        self.guard: Callable[[Step], None] = lambda step: step()
        self._picker = Picker(settings, self)
        self._opening = False
        self.model = WeightsModel(self.catalogue, self)
        self.shown = Shown(self.model, document, self)
        self.message = MessageBar()
        self.table = WeightsView(self.model, self.shown)
        self.details = Details(self.catalogue)
        self._make_bar()
        self._make_foot()
        self._lay_out()
        self._connect()
        self._show_counts()

    def sizeHint(self) -> QSize:
        return QSize(1180, 680)

    # --- building ------------------------------------------------------------------------------------------

    def _make_bar(self) -> None:
        tr = self.tr
        self.segments = Segmented(
            [
                Choice("all", tr("All"), tr("Shipped, on this disk, and known to torchvision")),
                Choice("disk", tr("On disk"), tr("Those that work offline")),
                Choice("fits", tr("Fits this network"), tr("Trained for the network that is open")),
            ],
            tr("Which weights"),
        )
        self.segments.set_value("all")
        self.filter = QLineEdit()
        self.filter.setClearButtonEnabled(True)
        self.filter.setPlaceholderText(tr("Filter: resnet50, v2, cifar…"))
        self.filter.setToolTip(tr("Rows that hold every word (Ctrl+F; Esc clears)"))
        self.filter.setAccessibleName(tr("Filter weights"))
        self.filter.setAcceptDrops(False)  # a checkpoint's path is not what it is for
        self.filter.installEventFilter(self)

    def _make_foot(self) -> None:
        self.folder = ElidedLabel()
        self.choose = QPushButton(self.tr("&Folder…"))
        self.choose.setToolTip(self.tr("Where downloads go from now on; weights that lie there are listed"))
        self.usual = QToolButton()
        self.usual.setText(self.tr("Back to the usual one"))
        self.usual.setProperty("role", "link")
        self.choose.setAutoDefault(False)
        self.empty = QLabel()
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setMargin(24)

    def _lay_out(self) -> None:
        bar = row(None, 12, (12, 12, 12, 8))
        bar.addWidget(self.segments)
        bar.addWidget(self.filter, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.empty)
        foot = row(None, 12, (12, 8, 12, 12))
        foot.addWidget(self.folder, 1)
        foot.addWidget(self.usual)
        foot.addWidget(self.choose)
        left = column()
        left.addLayout(bar)
        left.addWidget(self.pages, 1)
        left.addWidget(hairline())
        left.addLayout(foot)
        self.details.setFixedWidth(312)
        both = row()
        both.addLayout(left, 1)
        both.addWidget(upright())
        both.addWidget(self.details)
        whole = column(self)
        whole.addWidget(self.message)
        whole.addLayout(both, 1)
        self.setMinimumSize(900, 440)

    def _connect(self) -> None:
        self.segments.chosen.connect(self._on_segment)
        self.filter.textChanged.connect(self._on_filter)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_details())
        self.table.chosen.connect(self._act)
        self.model.modelAboutToBeReset.connect(self._keep)
        self.model.modelReset.connect(self._restore)
        self.catalogue.changed.connect(self._show_counts)
        self.catalogue.failed.connect(self._on_failed)
        self.catalogue.fetched.connect(self._on_fetched)
        self.details.use_wanted.connect(self.use)
        self.details.show_wanted.connect(self._show_file)
        self.choose.clicked.connect(self._ask_folder)
        self.usual.clicked.connect(lambda: self._set_folder(""))
        self._document.spec_changed.connect(self._on_spec)
        self._jobs.model_ready.connect(self._on_model)
        self._jobs.failed.connect(self._on_refused)
        drop = DropArea(self)
        drop.dropped.connect(self.dropped)
        for keys, step in (
            (QKeySequence.StandardKey.Find, self._find),
            (QKeySequence.StandardKey.Refresh, self._again),
        ):
            QShortcut(QKeySequence(keys), self, step)

    # --- showing -------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catalogue.ensure_listed()
        self.table.setFocus()
        if not self.table.currentIndex().isValid():
            self._select(self._first_wanted())

    def show_fitting(self) -> None:
        """Open at the weights of the open network."""
        self.segments.set_value("fits")
        self._on_segment("fits")
        self.show()
        self.activateWindow()

    def _first_wanted(self) -> str:
        """What is in use, else the first row."""
        rows = self.model.rows
        used = next((info.name for info in rows if self.catalogue.is_used(info)), "")
        first = self.shown.info(self.shown.index(0, 0)) if self.shown.rowCount() else None
        return used if self.shown.row_of(used).isValid() else first.name if first else ""

    def _select(self, name: str) -> None:
        index = self.shown.row_of(name)
        if index.isValid():
            self.table.selectRow(index.row())
            self.table.scrollTo(index)
        self._show_details()

    def _show_details(self) -> None:
        info = self.shown.info(self.table.currentIndex())
        if info != self.details.info:
            self.details.show_info(info)

    def _show_counts(self) -> None:
        """The segments with how many they have; the page for none."""
        names = {"all": self.tr("All"), "disk": self.tr("On disk"), "fits": self.tr("Fits this network")}
        bold = QFontMetrics(font(BODY, QFont.Weight.DemiBold))
        for segment, name in names.items():
            button = self.segments.button(segment)
            count = self.shown.count(segment) if self.catalogue.is_answered else "…"
            button.setText(f"{name} {count}")
            button.setMinimumWidth(bold.horizontalAdvance(button.text()) + 24)
        came = self.shown.rowCount() > 0 and self.pages.currentWidget() is self.empty
        self.pages.setCurrentWidget(self.table if self.shown.rowCount() else self.empty)
        if came and not self.filter.hasFocus():
            self.table.setFocus()
        self.empty.setText(self._why_empty())
        self._show_folder()

    def _why_empty(self) -> str:
        if not self.model.rows:
            return self.tr("The engine is starting; the list comes with it.")
        if self.filter.text().strip():
            return self.tr("Nothing matches “{text}” (Esc clears it).").format(text=self.filter.text().strip())
        if self.segments.value() == "fits":
            return self.tr("Nobody offers weights for this very network. Train it with: resviz train")
        return self.tr("There are none.")

    def _show_folder(self) -> None:
        """What is under the table; while the list is not whole, that."""
        folder = self.catalogue.folder
        said = self.tr("Downloads go to {folder}").format(folder=folder or self.tr("ResViz's own folder"))
        self.folder.setText(said if self.catalogue.is_answered else self.tr("Reading the list of all weights…"))
        self.usual.setVisible(bool(folder))

    # --- what the user does --------------------------------------------------------------------------------

    def use(self, info: m.WeightsInfo) -> None:
        """Open the network with these weights; one that is open already keeps the size of its input."""
        self.message.clear()
        if fits(info, self._document.spec):
            self._open(info, self._document.spec)
        else:
            self.guard(lambda: self._open(info, info.spec))

    def _open(self, info: m.WeightsInfo, spec: ResNetSpec) -> None:
        self._opening = True
        self._jobs.open_weights(info.path, spec)

    def _act(self) -> None:
        """Return or a double click: use what is here, get what is not."""
        info = self.shown.info(self.table.currentIndex())
        if info is None:
            return
        if info.path:
            self.use(info)
        else:
            self.catalogue.download(info.name)

    def _on_segment(self, segment: str) -> None:
        self._keep()
        self.shown.set_segment(segment)
        self._restore()

    def _on_filter(self, text: str) -> None:
        self._keep()
        self.shown.set_words(text)
        self._restore()

    def _find(self) -> None:
        self.filter.setFocus()
        self.filter.selectAll()

    def _again(self) -> None:
        self.message.clear()
        self.catalogue.refresh()

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Where downloads go"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._picker.open(dialog, lambda path: self._set_folder(str(path)))

    def _set_folder(self, folder: str) -> None:
        self.catalogue.set_folder(folder)
        self._show_folder()

    def _show_file(self, info: m.WeightsInfo) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(info.path).parent)))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """In the filter: Esc clears it, Down and Enter go on to the rows."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape and self.filter.text():
            self.filter.clear()
            return True
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.shown.rowCount():
            self.table.setFocus()
            if not self.table.currentIndex().isValid():
                self.table.selectRow(0)
            return True
        return False

    # --- what comes ----------------------------------------------------------------------------------------

    def _keep(self) -> None:
        self._kept = self.details.info.name if self.details.info else ""

    def _restore(self) -> None:
        """After rows came or went: the selected one again, else the first."""
        self._show_counts()
        self._select(self._kept if self.shown.row_of(self._kept).isValid() else self._first_wanted())

    def _on_spec(self) -> None:
        if self.segments.value() == "fits":
            self._on_segment("fits")
        self._show_counts()

    def _on_model(self, _model: m.ModelReady) -> None:
        self._opening = False
        self.model.show_places()
        self.details.show_place()

    def _on_refused(self, failed: m.Failed) -> None:
        """Weights that were wanted from here cannot be used."""
        if self._opening:
            self._opening = False
            self.message.show_failed(failed)

    def _on_failed(self, name: str, failed: m.Failed) -> None:
        """Of the selected weights the details tell it."""
        self._show_counts()
        if not name or self.details.info is None or self.details.info.name != name:
            self.message.show_failed(failed)

    def _on_fetched(self, _info: m.WeightsInfo) -> None:
        self.message.clear()
        self._show_counts()
