"""The weights that would fit the open network, for the run strip: use them, or get them first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QToolButton, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels import figures
from resviz.gui.panels.controls import column, row
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.weights import words
from resviz.gui.weights.catalogue import Catalogue, fits

_PARTS = 1000


class WeightsOffer(QWidget):
    """Shows only while there is something to offer. `all_wanted` asks for the window; `failed` carries `Failed`."""

    all_wanted = Signal()
    failed = Signal(object)

    def __init__(
        self, document: Document, jobs: Jobs, catalogue: Catalogue | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.catalogue = catalogue or Catalogue(jobs, parent=self)
        self.info: m.WeightsInfo | None = None
        #: What is to be used as soon as it is here.
        self._wanted = ""
        self._build()
        self.catalogue.changed.connect(self.show_offer)
        self.catalogue.moved.connect(self._on_moved)
        self.catalogue.fetched.connect(self._on_fetched)
        self.catalogue.failed.connect(self._on_failed)
        document.spec_changed.connect(self.show_offer)
        document.weights_changed.connect(self.show_offer)
        jobs.model_ready.connect(self._on_model)
        self.show_offer()

    def _build(self) -> None:
        self.text = ElidedLabel()
        self.act, self.cancel, self.more = self._link(), self._link(), self._link()
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("What came is kept; the next download goes on from there"))
        self.more.setText(self.tr("Others…"))
        self.more.setToolTip(self.tr("All weights there are"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.act.clicked.connect(self._on_act)
        self.cancel.clicked.connect(lambda: self.catalogue.cancel(self.info.name) if self.info else None)
        self.more.clicked.connect(self.all_wanted)
        links = row(None, 12)
        for link in (self.act, self.cancel, self.more):
            links.addWidget(link)
        links.addStretch(1)
        lines = column(self, 2)
        lines.addWidget(self.text)
        lines.addWidget(self.bar)
        lines.addLayout(links)

    def _link(self) -> QToolButton:
        link = QToolButton()
        link.setProperty("role", "link")
        return link

    # --- showing -------------------------------------------------------------------------------------------

    def best(self) -> m.WeightsInfo | None:
        """The most accurate of the fitting weights, if they are better than what is in use."""
        model = self._jobs.model
        if model is None:
            return None
        used = self.catalogue.find(model.weights or "")
        if model.trained and used is None:
            return None  # a file of the user's own choice
        least = (used.accuracy or 0.0) if used else -1.0
        fitting = [info for info in self.catalogue.weights if fits(info, self._document.spec)]
        best = max(fitting, key=lambda info: info.accuracy or 0.0, default=None)
        return (
            best if best is not None and (best.accuracy or 0.0) > least and not self.catalogue.is_used(best) else None
        )

    def show_offer(self) -> None:
        """After a change of the network, its weights or the catalogue."""
        self.info = self.best()
        self.setVisible(self.info is not None)
        if self.info is not None:
            self._show(self.info)

    def _show(self, info: m.WeightsInfo) -> None:
        transfer = self.catalogue.transfers.get(info.name)
        self.act.setVisible(transfer is None)
        self.bar.setVisible(transfer is not None)
        self.cancel.setVisible(transfer is not None)
        if transfer is not None:
            self.text.setText(words.brief(transfer))
            self.text.setToolTip(words.pace(transfer))
            self.bar.setRange(0, _PARTS if transfer.want else 0)
            self.bar.setValue(round(_PARTS * transfer.share))
            return
        said = self.tr("{title} fits: {accuracy}") if info.accuracy is not None else self.tr("{title} fits")
        self.text.setText(said.format(title=words.short_title(info), accuracy=words.percent(info.accuracy)))
        self.text.setToolTip(f"{info.title}\n{info.licence}")
        size = figures.size(info.size)
        self.act.setText(self.tr("Use") if info.path else self.tr("Download {size}").format(size=size))
        self.act.setToolTip(self.tr("Use {name}").format(name=info.name) if info.path else info.url)

    # --- what happens --------------------------------------------------------------------------------------

    def _on_act(self) -> None:
        if self.info is None:
            return
        if self.info.path:
            self._use(self.info)
        else:
            self._wanted = self.info.name
            self.catalogue.download(self.info.name)

    def _use(self, info: m.WeightsInfo) -> None:
        self._jobs.open_weights(info.path, self._document.spec)

    def _on_model(self, model: m.ModelReady) -> None:
        used = self.catalogue.find(model.weights or "")
        if not model.trained or (used is not None and not used.shipped):
            self.catalogue.ensure_listed()  # what there is elsewhere matters now
        self.show_offer()

    def _on_moved(self, name: str) -> None:
        if self.info is not None and name == self.info.name:
            self._show(self.info)

    def _on_fetched(self, info: m.WeightsInfo) -> None:
        if info.name == self._wanted:
            self._wanted = ""
            if fits(info, self._document.spec):  # else another network was opened meanwhile
                self._use(info)

    def _on_failed(self, name: str, failed: m.Failed) -> None:
        if name and name == self._wanted:
            self._wanted = ""
            self.failed.emit(failed)
