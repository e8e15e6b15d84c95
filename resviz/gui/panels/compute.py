"""How the network computes: exactly, fast, or as chosen; and which of them the last prediction took."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.controls import Choice, Segmented, caption, column, row
from resviz.gui.panels.devices_table import difference
from resviz.ways import PRECISIONS, Compute, Precision

#: `Failed.code` of a precision that the device does not do.
NO_PRECISION = "device_precision"
WAYS: tuple[Literal["exact", "fast", "chosen"], ...] = ("exact", "fast", "chosen")


class ComputeControls(QWidget):
    """Shows the document's `compute` and asks it to change."""

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self.way = Segmented(self._ways(), self.tr("Way to compute"))
        self.precision = Segmented([Choice(name, name) for name in PRECISIONS], self.tr("Precision"))
        self.channels_last = QToolButton()
        self.threads = ArrowBox(self.tr("Threads of the CPU"))
        self.says = QLabel()
        self._build()
        self._connect()
        self._show()
        self._say()

    def _ways(self) -> list[Choice]:
        exact = self.tr("fp32, layer by layer: equal to torchvision to the bit")
        fast = self.tr("Whatever was measured fastest for this network on this device, once")
        chosen = self.tr("The precision and the layout that you choose")
        return [
            Choice("exact", self.tr("Exact"), exact),
            Choice("fast", self.tr("Fast"), fast),
            Choice("chosen", self.tr("Chosen"), chosen),
        ]

    def _build(self) -> None:
        self.channels_last.setText(self.tr("Channels last"))
        self.channels_last.setToolTip(self.tr("Keep the channels of a pixel side by side in memory (NHWC)"))
        self.channels_last.setCheckable(True)
        self.channels_last.setProperty("role", "toggle")
        self.threads.setToolTip(self.tr("Threads of the CPU; auto is PyTorch's own number"))
        self.says.setProperty("role", "muted")
        self.says.setWordWrap(True)
        self.says.setTextFormat(Qt.TextFormat.PlainText)
        threads = QLabel(self.tr("Threads"))
        threads.setProperty("role", "muted")
        threads.setBuddy(self.threads)
        head = row(spacing=8)
        head.addWidget(caption(self.tr("Way to compute")))
        head.addStretch(1)
        head.addWidget(threads)
        head.addWidget(self.threads)
        self.choices = QWidget()
        choices = row(self.choices, spacing=8)
        choices.addWidget(self.precision, 1)
        choices.addWidget(self.channels_last)
        whole = column(self, spacing=8)
        whole.addLayout(head)
        whole.addWidget(self.way)
        whole.addWidget(self.choices)
        whole.addWidget(self.says)

    def _connect(self) -> None:
        document, jobs = self.document, self.jobs
        self.way.chosen.connect(self._on_way)
        self.precision.chosen.connect(self._on_precision)
        self.channels_last.clicked.connect(lambda on: self._set(replace(document.compute, channels_last=on)))
        self.threads.activated.connect(lambda at: self._on_threads(self.threads.itemData(at)))
        document.compute_changed.connect(self._show)
        for change in (document.compute_changed, document.selection_changed, document.image_changed):
            change.connect(self._say)
        jobs.ready.connect(lambda _ready: self._show())
        jobs.predicted.connect(lambda _prediction: self._say())
        jobs.failed.connect(self._on_failed)

    def _set(self, compute: Compute) -> None:
        self.document.set_compute(compute)

    def _on_way(self, name: str) -> None:
        way = next(way for way in WAYS if way == name)
        self._set(replace(self.document.compute, way=way))

    def _on_precision(self, name: str) -> None:
        precision: Precision = next(each for each in PRECISIONS if each == name)
        self._set(replace(self.document.compute, precision=precision))

    def _on_threads(self, count: int) -> None:
        self._set(replace(self.document.compute, threads=count))

    def _on_failed(self, failed: m.Failed) -> None:
        """What the device cannot do is put back, so that the next picture is looked at."""
        if failed.code == NO_PRECISION:
            self._set(replace(self.document.compute, precision="fp32"))

    # --- showing -------------------------------------------------------------------------------------------

    def _show(self) -> None:
        compute = self.document.compute
        self.way.set_value(compute.way)
        self.precision.set_value(compute.precision)
        self.channels_last.setChecked(compute.channels_last)
        self._show_threads(compute.threads)
        self.choices.setVisible(compute.way == "chosen")

    def _show_threads(self, chosen: int) -> None:
        """As many as there are cores, and each power of two below."""
        cores = next((device.cores for device in self.jobs.devices if device.cores), 1)
        counts = sorted({0, chosen, cores, *(1 << power for power in range(cores.bit_length()))})
        if [self.threads.itemData(at) for at in range(self.threads.count())] != counts:
            self.threads.clear()
            for count in counts:
                self.threads.addItem(str(count) if count else self.tr("auto"), count)
        self.threads.setCurrentIndex(counts.index(chosen))

    def _say(self) -> None:
        text = self._says()
        self.says.setText(text)
        self.says.setVisible(bool(text))

    def _says(self) -> str:
        """Which way ran, and why, where it is not the one that was asked for."""
        wanted, prediction = self.document.compute.way, self.jobs.prediction
        layer = self.document.selection
        if wanted != "exact" and layer is not None and self.jobs.wanted.maps:
            why = self.tr("The exact way is in force while the maps of {layer} show; select nothing for the other one.")
            return why.format(layer=layer)
        if prediction is None or self.document.image is None:
            return self.tr("In force from the first picture on.") if wanted != "exact" else ""
        ran = self.tr("Last picture: {way}").format(way=self._translated(prediction.way))
        if prediction.difference is None:
            return ran
        off = self.tr("on noise no probability differs by more than {value}")
        off = off.format(value=difference(prediction.difference))
        return f"{ran}; {off}"

    def _translated(self, way: str) -> str:
        """`fast: BN folded, bf16` with its first word in the window's language."""
        head, colon, rest = way.partition(":")
        names = {"exact": self.tr("exact"), "fast": self.tr("fast"), "chosen": self.tr("chosen")}
        return names.get(head, head) + colon + rest
