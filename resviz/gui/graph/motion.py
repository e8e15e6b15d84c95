"""A short move that eases out. What it ends in holds from its first moment; it only changes what is painted."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal
from PySide6.QtWidgets import QStyle, QWidget

#: As long as a fold takes.
DURATION_MS = 200


class Motion(QObject):
    """Counts from 0 to 1; whoever interrupts it stops it, and then the end is shown."""

    stepped = Signal()
    ended = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self.duration_ms = DURATION_MS
        self._clock = QVariantAnimation(self)
        self._clock.setStartValue(0.0)
        self._clock.setEndValue(1.0)
        self._clock.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._clock.valueChanged.connect(lambda _value: self.stepped.emit())
        self._clock.finished.connect(self.ended)

    @property
    def running(self) -> bool:
        return self._clock.state() == QVariantAnimation.State.Running

    @property
    def part(self) -> float:
        """How far it has come, 0 to 1."""
        return float(self._clock.currentValue()) if self.running else 1.0

    def able(self) -> bool:
        """Whether anybody would see it: shown, and the system wants things to move."""
        hint = self._widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self._widget)
        return self.duration_ms > 0 and hint > 0 and self._widget.isVisible()

    def start(self) -> None:
        self.stop()
        self._clock.setDuration(self.duration_ms)
        self._clock.start()

    def stop(self) -> None:
        """Be at the end now."""
        if self.running:
            self._clock.stop()
            self.ended.emit()
