"""Where the network computes: Auto, CPU, every CUDA device, MPS. What is not there says why."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.controls import Choice, Segmented
from resviz.gui.panels.figures import size

#: More devices than this are a list to open, not buttons in a row.
MOST_BUTTONS = 5
AUTO = "auto"


class _Row(NamedTuple):
    """One device as the switch offers it."""

    name: str
    text: str
    hint: str
    available: bool


class DeviceSwitch(QWidget):
    """Shows the document's device and asks it to change."""

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.control: Segmented | QComboBox | None = None
        self._rows: list[_Row] = []
        document.device_changed.connect(self._show_choice)
        jobs.ready.connect(lambda _ready: self._rebuild())
        jobs.model_ready.connect(self._show_auto)
        self._rebuild()

    def text(self) -> str:
        """What the chosen device is called."""
        return next((row.text for row in self._rows if row.name == self._chosen()), "")

    def _rebuild(self) -> None:
        rows = self._known() if self.jobs.devices else self._loading()
        if rows == self._rows:
            return
        self._rows = rows
        if self.control is not None:
            self._box.removeWidget(self.control)
            self.control.hide()
            self.control.deleteLater()
        self.control = self._buttons() if len(rows) <= MOST_BUTTONS else self._list()
        self._box.addWidget(self.control)
        self._show_choice()

    # --- what there is -------------------------------------------------------------------------------------

    def _loading(self) -> list[_Row]:
        later = self.tr("PyTorch is still loading.")
        rows = [self._auto(), _Row("cpu", "CPU", self._hint("CPU"), True)]
        return [*rows, *(_Row(name, text, later, False) for name, text in (("cuda", "CUDA"), ("mps", "MPS")))]

    def _known(self) -> list[_Row]:
        devices = [device for device in self.jobs.devices if device.name != AUTO]
        several = sum(device.name.startswith("cuda") for device in devices) > 1
        return [self._auto(), *(self._row(device, several) for device in devices)]

    def _row(self, device: m.DeviceInfo, several: bool) -> _Row:
        kind, _, number = device.name.partition(":")
        text = f"{kind.upper()} {number}" if number and several else kind.upper()
        missing = self.tr("{title} is not available: {reason}").format(title=device.title, reason=device.reason)
        return _Row(
            device.name, text, self._hint(self._titled(device)) if device.available else missing, device.available
        )

    def _titled(self, device: m.DeviceInfo) -> str:
        """With the memory that was free when the engine started, where a device has its own."""
        if not device.total or device.cores:
            return device.title
        return self.tr("{title} ({free} of {total} free)").format(
            title=device.title, free=size(device.free), total=size(device.total)
        )

    def _auto(self) -> _Row:
        return _Row(AUTO, self.tr("Auto"), self.tr("Take the fastest device there is"), True)

    def _hint(self, title: str) -> str:
        return self.tr("Compute on {title}").format(title=title)

    # --- how it is offered ---------------------------------------------------------------------------------

    def _buttons(self) -> Segmented:
        buttons = Segmented([Choice(row.name, row.text, row.hint) for row in self._rows], self.tr("Device"))
        for row in self._rows:
            buttons.set_available(row.name, row.available, row.hint)
        buttons.chosen.connect(self.document.set_device)
        return buttons

    def _list(self) -> QComboBox:
        combo = ArrowBox(self.tr("Device"))
        model = QStandardItemModel(combo)
        for row in self._rows:
            item = QStandardItem(row.text)
            item.setToolTip(row.hint)
            item.setData(row.name, Qt.ItemDataRole.UserRole)
            item.setEnabled(row.available)
            model.appendRow(item)
        combo.setModel(model)
        combo.activated.connect(lambda index: self.document.set_device(self._rows[index].name))
        return combo

    # --- what is chosen ------------------------------------------------------------------------------------

    def _chosen(self) -> str | None:
        """The row of the document's device; `cuda` is the first CUDA device."""
        names = [row.name for row in self._rows]
        wanted = self.document.device
        return next((name for name in (wanted, f"{wanted}:0", wanted.partition(":")[0]) if name in names), None)

    def _show_choice(self) -> None:
        name = self._chosen()
        if isinstance(self.control, Segmented) and name is not None:
            self.control.set_value(name)
        elif isinstance(self.control, QComboBox):
            self.control.setCurrentIndex([row.name for row in self._rows].index(name) if name else -1)

    def _show_auto(self, model: m.ModelReady) -> None:
        """Which device Auto took."""
        if isinstance(self.control, Segmented) and self.document.device == AUTO:
            taken = self.tr("Take the fastest device there is: now {device}")
            self.control.button(AUTO).setToolTip(taken.format(device=model.device.upper().replace(":", " ")))
