"""The table of numbers under its choices: which channel, in which form; and copying."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.controls import Choice, CopyLink, Segmented
from resviz.gui.panels.seen.numbers import NumbersTable
from resviz.gui.panels.seen.pixels import Form, Inputs, names

#: More channels than these are chosen from a list.
_SEGMENTS = 4
_LEAST_HEIGHT = 150
#: Segments are as wide as this where there is room: a form's and a channel's, px.
_WIDE, _NARROW = 76, 32


class NumbersPane(QWidget):
    """`channel_changed` comes when another channel was chosen."""

    channel_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table, self.form = NumbersTable(), self._form_choice()
        self.copy = CopyLink(self.tr("Copy"), self.tr("Copy the whole channel (Ctrl+C copies what is selected)"), self)
        self.channels: Segmented | ArrowBox | None = None
        self._count = 0
        self._inputs: Inputs | None = None
        self.table.setMinimumHeight(_LEAST_HEIGHT)
        self.form.chosen.connect(lambda _: self._show())
        self.copy.clicked.connect(self._on_copy)
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(self.form, 3 * _WIDE)
        self._head.addStretch(1)
        self._head.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._head)
        layout.addWidget(self.table, 1)

    def _form_choice(self) -> Segmented:
        forms = (
            Choice("raw", self.tr("0–255"), self.tr("Bytes, as in the picture")),
            Choice("share", self.tr("0–1"), self.tr("Divided by 255")),
            Choice("tensor", self.tr("normalised"), self.tr("(value − mean) ÷ std: what the first layer gets")),
        )
        choice = Segmented(forms, self.tr("Numbers"))
        choice.set_value("tensor")
        return _shrinking(choice, 3 * _WIDE)

    @property
    def channel(self) -> int:
        """The chosen one."""
        if isinstance(self.channels, Segmented):
            return int(self.channels.value() or 0)
        return max(0, self.channels.currentIndex()) if isinstance(self.channels, ArrowBox) else 0

    def show_inputs(self, inputs: Inputs) -> None:
        self._inputs = inputs
        if inputs.channels != self._count:
            self._build_channels(inputs.channels)
        self._show()

    def _show(self) -> None:
        self.table.show_inputs(self._inputs, self.channel, cast(Form, self.form.value()))

    def _build_channels(self, count: int) -> None:
        """One to choose from only where there are several."""
        self._count = count
        if self.channels is not None:
            self._head.removeWidget(self.channels)
            self.channels.hide()
            self.channels.deleteLater()
            self.channels = None
        if count > 1:
            self.channels = self._segments(count) if count <= _SEGMENTS else self._list(count)
            self._head.insertWidget(0, self.channels, count * _NARROW)

    def _segments(self, count: int) -> Segmented:
        choices = [Choice(str(at), name) for at, name in enumerate(names(count))]
        result = Segmented(choices, self.tr("Channel"))
        result.set_value("0")
        result.chosen.connect(lambda _: self._on_channel())
        return _shrinking(result, count * _NARROW)

    def _list(self, count: int) -> ArrowBox:
        result = ArrowBox(self.tr("Channel"))
        result.addItems(names(count))
        result.activated.connect(lambda _: self._on_channel())
        return result

    def _on_channel(self) -> None:
        self._show()
        self.channel_changed.emit()

    def _on_copy(self) -> None:
        self.table.copy(whole=True)
        self.copy.setText(self.tr("Copied"))


def _shrinking(choice: Segmented, most: int) -> Segmented:
    """As wide as it may be, and down to its bare words in a narrow panel."""
    choice.set_tight()
    choice.setMaximumWidth(most)
    choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return choice
