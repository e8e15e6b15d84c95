"""Mean and standard deviation of each channel, to type."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from resviz.gui.panels.seen.pixels import names
from resviz.gui.theme import CAPTION
from resviz.ways import WIDEST_VALUE

#: Up to here each channel has a field; beyond, a line has all numbers.
FIELDS = 4
Values = tuple[float, ...]


def is_mean(value: float) -> bool:
    """What the engine takes for a mean."""
    return math.isfinite(value) and abs(value) <= WIDEST_VALUE


def is_std(value: float) -> bool:
    """What the engine takes for a standard deviation."""
    return math.isfinite(value) and 1 / WIDEST_VALUE <= value <= WIDEST_VALUE


def parsed(text: str) -> Values:
    """Numbers between spaces, commas with a space or semicolons. Raises `ValueError`."""
    return tuple(float(part) for part in text.replace(";", " ").replace(", ", " ").replace(",", ".").split())


def written(value: float) -> str:
    """`0.485`, without zeros at the end."""
    return f"{value:.6g}"


class ValueField(QLineEdit):
    """`edited` comes when the user has finished; Escape brings back what was there."""

    edited = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet(f"font-size: {CAPTION}px; padding: 4px 0;")  # four digits of three fields fit a card
        self.setMinimumWidth(44)
        self._shown = ""
        #: What the number is for, over the number in full: a field may be too narrow for it.
        self.hint = ""
        self.editingFinished.connect(self._on_finished)

    def show_text(self, text: str) -> None:
        """What is in force; what is being typed stays."""
        if not (self.hasFocus() and self.text() != self._shown) or not self.isModified():
            self.setText(text)
            self.setCursorPosition(0)
        self._shown = text
        self.setToolTip("\n".join(filter(None, (self.hint, f"{self.accessibleName()} {text}".strip()))))

    def put_back(self) -> None:
        self.setText(self._shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.put_back()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def _on_finished(self) -> None:
        if self.text() != self._shown:
            self.edited.emit()


class MeanStd(QWidget):
    """`changed` carries (mean, std), a value a channel each; `refused` the error's code and what was typed."""

    changed = Signal(object, object)
    refused = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self.mean: tuple[ValueField, ...] = ()
        self.std: tuple[ValueField, ...] = ()
        self._values: tuple[Values, Values] = ((), ())

    def show_values(self, mean: Values, std: Values) -> None:
        """What is in force, one a channel."""
        if len(mean) != len(self._values[0]) or not self.mean:
            self._build(len(mean))
        self._values = (mean, std)
        for fields, values in ((self.mean, mean), (self.std, std)):
            if len(fields) == len(values):
                for field, value in zip(fields, values, strict=True):
                    field.show_text(written(value))
            else:
                fields[0].show_text(" ".join(map(written, values)))

    def _build(self, channels: int) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        titles = names(channels) if channels <= FIELDS else ("",)
        self.mean = self._line(0, self.tr("mean"), titles)
        self.std = self._line(1, self.tr("std"), titles)

    def _line(self, at: int, word: str, titles: tuple[str, ...]) -> tuple[ValueField, ...]:
        label = QLabel(word)
        label.setProperty("role", "field")
        self._grid.addWidget(label, at, 0)
        fields = tuple(ValueField(f"{word} {title}".strip()) for title in titles)
        for column, field in enumerate(fields, 1):
            field.hint = self.tr("Of values 0 to 1, before (value − mean) ÷ std")
            field.edited.connect(self._on_edited)
            self._grid.addWidget(field, at, column)
        return fields

    def _on_edited(self) -> None:
        mean = self._read(self.mean, self._values[0], is_mean, "prepare_mean")
        std = self._read(self.std, self._values[1], is_std, "prepare_std")
        if mean is not None and std is not None and (mean, std) != self._values:
            self.changed.emit(mean, std)

    def _read(
        self, fields: tuple[ValueField, ...], old: Values, fine: Callable[[float], bool], code: str
    ) -> Values | None:
        """The typed numbers; None, and the old ones back, if one of them is none."""
        result: list[float] = []
        for at, field in enumerate(fields):
            before = old if len(fields) != len(old) else old[at : at + 1]
            if field.text() == " ".join(map(written, before)):  # untouched: with the digits that are not shown
                result.extend(before)
                continue
            try:
                values = parsed(field.text())
            except ValueError:
                values = ()
            if len(values) != len(before) or not all(map(fine, values)):
                self.refused.emit(code, field.text().strip()[:40])
                field.put_back()
                return None
            result.extend(values)
        return tuple(result)
