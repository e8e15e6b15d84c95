"""Which channel: by number, by a slider, in the network's order or that of how much F(x) there is in each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from resviz.gui.panels.builder.stepper import Stepper
from resviz.gui.panels.controls import Choice, Segmented, column, row


class _Slider(QSlider):
    """The wheel turns it only where it has the keys, or a panel could not be scrolled."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class ChannelChooser(QWidget):
    """`changed` carries the channel; the slider goes through them in the chosen order."""

    changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = QLabel(self.tr("Channel"))
        name.setProperty("role", "muted")
        self.number, self.slider, self.count = Stepper(0, 0, self.tr("Channel")), _Slider(), QLabel()
        self.slider.setOrientation(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Channel"))
        self.number.field.setMinimumWidth(44)
        self.count.setProperty("role", "muted")
        name.setBuddy(self.number.field)
        self.order = self._order_choice()
        self._channels: tuple[int, ...] = (0,)
        self._by_branch: tuple[int, ...] = (0,)
        self.channel = 0
        self._is_chosen = False
        line = row(spacing=8)
        for widget in (name, self.number, self.count):
            line.addWidget(widget)
        line.addWidget(self.slider, 1)
        column(self).addLayout(line)
        self.number.edited.connect(self._on_number)
        self.slider.valueChanged.connect(lambda at: self._go(self._channels[at]))

    def _order_choice(self) -> Segmented:
        choices = (
            Choice(
                "number", self.tr("By number"), self.tr("The slider goes through the channels as they are numbered")
            ),
            Choice("branch", self.tr("By |F|"), self.tr("The slider begins at the channel in which F(x) is longest")),
        )
        order = Segmented(choices, self.tr("Order of the channels"))
        order.set_value("number")
        order.set_tight()
        order.chosen.connect(lambda _: self._arrange())
        return order

    def show_channels(self, by_branch: Sequence[int], first: int = 0) -> None:
        """So many channels, those first in which F(x) is longest; the chosen one stays where there is one, and `first`
        is shown as long as none was chosen.
        """
        self._by_branch = tuple(by_branch)
        last = len(self._by_branch) - 1
        self.channel = min(self.channel if self._is_chosen else first, last)
        self.number.field.high = last
        self.number.field.updateGeometry()
        self.count.setText(self.tr("of {count}").format(count=f"{last + 1:,}"))
        self._arrange()

    def _arrange(self) -> None:
        by_number = self.order.value() == "number"
        self._channels = tuple(range(len(self._by_branch))) if by_number else self._by_branch
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._channels) - 1)
        self.slider.setPageStep(max(1, len(self._channels) // 8))
        self.slider.blockSignals(False)
        self._show()

    def step(self, by: int) -> None:
        """To the next channel in the order there is."""
        at = self._channels.index(self.channel) + by
        self._go(self._channels[min(max(at, 0), len(self._channels) - 1)])

    def _on_number(self, channel: int) -> None:
        self._go(min(max(channel, 0), len(self._channels) - 1))

    def _go(self, channel: int) -> None:
        changed, self._is_chosen = channel != self.channel, True
        self.channel = channel
        self._show()
        if changed:
            self.changed.emit(channel)

    def _show(self) -> None:
        self.number.set_value(self.channel)
        self.slider.blockSignals(True)
        self.slider.setValue(self._channels.index(self.channel))
        self.slider.blockSignals(False)
