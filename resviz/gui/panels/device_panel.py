"""Where and how to compute: the way, the devices with their memory, and the forward pass timed on each of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QWidget

from resviz.arch.notation import name_of
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.jobs import Jobs
from resviz.gui.panels.compute import ComputeControls
from resviz.gui.panels.controls import CopyLink, caption, column, hairline, repolish, row
from resviz.gui.panels.devices_table import RaceRows
from resviz.gui.panels.figures import size

_PARTS = 1000
_MARGIN = 16


class DevicePanel(QWidget):
    """Asks the engine for a race; a change of the network ends it and takes its figures away."""

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self.task = jobs.new_task(self)
        self.compute = ComputeControls(document, jobs)
        self.memory = QLabel()
        self.measure = QPushButton(self.tr("Measure"))
        self.copy = CopyLink(self.tr("Copy"), self.tr("Copy the table as text"))
        self.progress = QProgressBar()
        self.says = QLabel()
        self.table = RaceRows()
        self.legend = QLabel()
        self._build()
        self._connect()
        self._show_memory()
        self._show_idle()

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        for label in (self.memory, self.says, self.legend):
            label.setProperty("role", "muted")
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.memory.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.legend.setText(
            self.tr(
                "Bar: the median. Line across it: the middle half of the passes. ×: times as fast as exact on the"
                " CPU. Δ: the largest difference of a probability from that."
            )
        )
        self.progress.setRange(0, _PARTS)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        body = QWidget()
        inner = column(body, spacing=8, margins=(_MARGIN, 8, _MARGIN, 12))
        inner.addWidget(self.compute)
        inner.addSpacing(4)
        inner.addWidget(hairline())
        inner.addWidget(caption(self.tr("Memory")))
        inner.addWidget(self.memory)
        inner.addSpacing(4)
        inner.addWidget(hairline())
        inner.addLayout(self._head())
        for widget in (self.progress, self.says, self.table, self.legend):
            inner.addWidget(widget)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        column(self).addWidget(area)

    def _head(self) -> QHBoxLayout:
        head = row(spacing=8)
        head.addWidget(caption(self.tr("Forward pass on each")))
        head.addStretch(1)
        head.addWidget(self.copy)
        head.addWidget(self.measure)
        return head

    def _connect(self) -> None:
        document, jobs, task = self.document, self.jobs, self.task
        self.measure.clicked.connect(self._on_measure)
        self.copy.clicked.connect(lambda: self.copy.copy(self.table.as_text()))
        task.progress.connect(self._on_progress)
        task.ended.connect(self._on_ended)
        jobs.ready.connect(lambda _ready: self._show_memory())
        jobs.engine_lost.connect(self._show_idle)
        for change in (document.spec_changed, document.weights_changed):
            change.connect(self._drop)

    # --- measuring -----------------------------------------------------------------------------------------

    def _on_measure(self) -> None:
        if self.task.is_running:
            self.task.cancel()
            return
        document = self.document
        self.task.start(lambda number: _race(number, document))
        self.measure.setText(self.tr("Cancel"))
        self.progress.setValue(0)
        self.progress.show()
        self._tell(self.tr("Waiting for the engine"))

    def _on_progress(self, done: float, text: str) -> None:
        self.progress.setValue(round(done * _PARTS))
        self._tell(f"{text} …")

    def _on_ended(self, message: m.Raced | m.Failed) -> None:
        if isinstance(message, m.Raced):
            self.table.show_rows(message.rows)
        self._show_idle()
        if isinstance(message, m.Failed) and message.code != m.CANCELLED:
            self._tell(sentence(message.code, message.values, message.message), "error")

    def _drop(self) -> None:
        """Figures of another network are not this one's."""
        self.task.cancel()
        self.table.show_rows(())
        self._show_idle()

    # --- showing -------------------------------------------------------------------------------------------

    def _show_idle(self) -> None:
        has_rows = bool(self.table.rows)
        self.measure.setText(self.tr("Measure"))
        self.progress.hide()
        for widget in (self.table, self.legend, self.copy):
            widget.setVisible(has_rows)
        invitation = self.tr("Measure times {network} on every device there is, in the exact and in the fast way.")
        self._tell("" if has_rows else invitation.format(network=name_of(self.document.spec)))

    def _tell(self, text: str, role: str = "muted") -> None:
        self.says.setText(text)
        self.says.setVisible(bool(text))
        if role != self.says.property("role"):
            self.says.setProperty("role", role)
            repolish(self.says)

    def _show_memory(self) -> None:
        lines = [self._memory(device) for device in self.jobs.devices]
        self.memory.setText("\n".join(lines) or self.tr("PyTorch is still loading."))

    def _memory(self, device: m.DeviceInfo) -> str:
        if not device.available:
            return f"{device.title}: {device.reason}"
        if not device.total:
            return device.title
        text = self.tr("{title}: {free} of {total} free").format(
            title=device.title, free=size(device.free), total=size(device.total)
        )
        return text + self.tr(", {count} cores").format(count=device.cores) if device.cores else text


def _race(number: int, document: Document) -> m.Race:
    return m.Race(number, document.spec, document.weights, document.image, document.choices)
