"""One line a field: its name, its control, and a way back where it is not as usual."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QWidget

from resviz.arch.spec import DEFAULTS, RULES, ResNetSpec
from resviz.gui.panels.builder.field_controls import FieldControl, usual
from resviz.gui.panels.builder.field_words import FieldWords
from resviz.gui.panels.controls import Choice, colours, row, wrapped

_NAME, _BACK = 78, 20


class ResetButton(QAbstractButton):
    """An arrow that turns back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(_BACK, _BACK)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the controls stay in line
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(_BACK, _BACK)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, lit = colours(), self.underMouse() or self.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(theme.accent if lit else theme.muted)
        painter.setPen(QPen(colour, 1.5))
        painter.drawArc(QRectF(5.5, 5.5, 9, 9), -150 * 16, 280 * 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([QPointF(3, 9), QPointF(9.5, 9.5), QPointF(5, 14)]))
        if self.hasFocus():
            painter.setPen(QPen(colour))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(0.5, 0.5, _BACK - 1, _BACK - 1), 5, 5)
        painter.end()


class FieldRow(QWidget):
    """`edited` brings the field's new value; going back brings its default."""

    edited = Signal(str, object)
    put_back = Signal(str)

    def __init__(self, field: str, words: FieldWords, choices: list[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self.words = field, words
        self._enabled: bool | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.name = QLabel(words.short or words.name, self)
        self.name.setProperty("role", "field")
        self.name.setFixedWidth(_NAME)
        self.control = FieldControl(field, words.name, choices, self)
        self.name.setBuddy(self.control)
        self.back = ResetButton(self)
        self.back.hide()
        parts = row(self, 4)
        parts.addWidget(self.name)
        parts.addWidget(self.control, 1)
        parts.addWidget(self.back)
        self.control.edited.connect(lambda value: self.edited.emit(field, value))
        self.back.clicked.connect(self._go_back)

    def show_spec(self, spec: ResNetSpec) -> None:
        """Show the field of a spec, faint where it means nothing there."""
        self.control.show_spec(spec)
        default = DEFAULTS[self.field]
        self.back.setVisible(getattr(spec, self.field) != default)
        text = self.tr("Back to {value}, the usual {name}")
        said = text.format(value=self._usual_text(spec), name=self.words.name.lower())
        self.back.setToolTip(said)
        self.back.setAccessibleName(said)
        self._enable(means_something(spec, self.field))

    def _usual_text(self, spec: ResNetSpec) -> str:
        value: Any = usual(spec, self.field)
        choice = next((c.text for c in self.control.choices if c.value == value), None)
        return choice or (self.tr("off") if value is False else str(value))

    def _enable(self, enabled: bool) -> None:
        if enabled == self._enabled:
            return
        self._enabled = enabled
        self.control.setEnabled(enabled)
        self.name.setEnabled(enabled)
        said = self.words.hint if enabled else f"{self.words.hint}\n{self.words.needs}"
        for widget in (self, self.name, self.control, self.control.inner):
            widget.setToolTip(wrapped(said))
        self.control.inner.setAccessibleDescription(said)

    def _go_back(self) -> None:
        self.control.setFocus()  # the button goes, and would take the keyboard along
        self.put_back.emit(self.field)


def means_something(spec: ResNetSpec, field: str) -> bool:
    """Whether the rest of the spec gives the field a meaning."""
    return all(rule.applies(spec) for rule in RULES if rule.field == field)
