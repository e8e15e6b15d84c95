"""Whole numbers one can step: by buttons, keys, wheel, or typing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QFrame, QSpinBox, QToolButton, QWidget

from resviz.gui.panels.controls import repolish, row

#: What one may type at all; the field itself says what is wrong with a number outside its own range.
_TYPED = 999_999_999
#: Holding a stepper's button: wait, then repeat (ms).
_HOLD_DELAY, _HOLD_EVERY = 350, 70


class NumberField(QSpinBox):
    """A whole number. `edited` comes when the user has finished it: on Enter, on leaving, on each step.

    A number outside of `low` to `high` may be typed, so that whoever takes it can say what is wrong with it;
    keys and wheel stay within. The wheel counts only where the keyboard is, or a scrolled panel would change
    what it passes.
    """

    edited = Signal(int)

    def __init__(self, low: int, high: int, step: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.low, self.high = low, high
        self.takes_wheel: Callable[[], bool] = self.hasFocus
        self.setRange(-_TYPED, _TYPED)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("role", "number")
        self.valueChanged.connect(self.edited)

    def set_value(self, value: int) -> None:
        """Show a value without `edited`."""
        if value != self.value() or self.is_typing():
            blocked = self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(blocked)

    def stepBy(self, steps: int) -> None:
        """Steps land on multiples of the step: from 10 by eights to 16."""
        self.interpretText()
        step, value = self.singleStep(), self.value()
        start = value // step if steps > 0 else -(-value // step)
        self.setValue(min(max((start + steps) * step, self.low), self.high))
        if self.hasFocus():
            self.selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self.value() > self.low:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        if self.value() < self.high:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return flags

    def is_typing(self) -> bool:
        """Whether the text is not finished yet."""
        return self.cleanText() != self.textFromValue(self.value())

    def _place_text(self) -> None:
        # A style sheet's border makes Qt keep room for arrows that are not there: a line edit of no width.
        self.lineEdit().setGeometry(self.rect().adjusted(2, 2, -2, -2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_text()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._place_text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place_text()

    def event(self, event: QEvent) -> bool:
        # A line edit keeps Ctrl+Z for itself; between two edits it belongs to the document.
        if event.type() == QEvent.Type.ShortcutOverride and not self.is_typing() and is_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_typing():
            self.set_value(self.value())
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As wide as its highest value, not as what may be typed."""
        width = QFontMetrics(self.font()).horizontalAdvance(str(self.high)) + 8
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.takes_wheel() else event.ignore()


def is_undo(event: QEvent) -> bool:
    """Whether a key event is Ctrl+Z or its counterpart."""
    keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
    return isinstance(event, QKeyEvent) and any(event.matches(key) for key in keys)


class Stepper(QFrame):
    """Minus, an editable number, plus. Wheel, Up and Down, Page Up and Page Down, typing, click and hold."""

    edited = Signal(int)

    def __init__(self, low: int, high: int, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "stepper")
        self.field = NumberField(low, high, parent=self)
        self.field.takes_wheel = lambda: True
        self.field.setAccessibleName(name)
        self.minus = self._button("−", -1, self.tr("One less. Hold to go on. (Down)"))
        self.plus = self._button("+", 1, self.tr("One more. Hold to go on. (Up)"))
        parts = row(self, margins=(1, 1, 1, 1))
        for widget in (self.minus, self.field, self.plus):
            parts.addWidget(widget)
        self.setFocusProxy(self.field)
        self.field.installEventFilter(self)
        self.field.valueChanged.connect(self._show_limits)
        self.field.edited.connect(self.edited)

    def _button(self, text: str, by: int, hint: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(hint)
        button.setAutoRepeat(True)
        button.setProperty("role", "step")
        button.setAutoRepeatDelay(_HOLD_DELAY)
        button.setAutoRepeatInterval(_HOLD_EVERY)
        # The keyboard stays on the number: one may click, then go on with keys.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.pressed.connect(self.field.setFocus)
        button.clicked.connect(lambda: self.field.stepBy(by))
        return button

    def value(self) -> int:
        return self.field.value()

    def set_value(self, value: int) -> None:
        """Show a value without `edited`."""
        self.field.set_value(value)
        self._show_limits()

    def _show_limits(self) -> None:
        self.minus.setEnabled(self.value() > self.field.low)
        self.plus.setEnabled(self.value() < self.field.high)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel over a button counts as over the number."""
        QApplication.sendEvent(self.field, event)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("active", event.type() == QEvent.Type.FocusIn)
            repolish(self)
        return False
