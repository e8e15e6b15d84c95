"""The temperature of softmax, as a slider whose middle is 1."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from resviz.gui.panels.controls import row, wrapped
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.theme import BODY, font

MOST = 20.0
"""The least is one over it."""
_STEPS = 100


class _Slider(QSlider):
    """Goes back on a double click; the wheel turns it only where it has the keys, or a panel could not be scrolled."""

    reset = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.reset.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class TemperatureRow(QWidget):
    """A name, the slider, its value and the way back to 1."""

    changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider, self.value, self.reset = _Slider(Qt.Orientation.Horizontal), ElidedLabel("plain"), QToolButton()
        name = QLabel(self.tr("Temperature"))
        name.setProperty("role", "muted")
        name.setBuddy(self.slider)
        self._build()
        line = row(self, 8)
        line.addWidget(name)
        line.addWidget(self.slider, 1)
        line.addWidget(self.value)
        line.addWidget(self.reset)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.reset.connect(lambda: self.slider.setValue(0))
        self.reset.clicked.connect(lambda: self.slider.setValue(0))
        self._show()

    def _build(self) -> None:
        self.slider.setRange(-_STEPS, _STEPS)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(self.tr("Temperature"))
        self.setToolTip(
            wrapped(
                self.tr(
                    "Every logit is divided by the temperature T before softmax. Above 1 the classes come closer "
                    "together, below 1 the first one takes all; their order never changes.\n"
                    "A network that is too sure of itself says truer probabilities at a T above 1 (Guo and others "
                    "2017); a small network learns from a large one's at a high T (Hinton and others 2015).\n"
                    "A double click goes back to 1."
                )
            )
        )
        self.value.setFont(font(BODY, QFont.Weight.DemiBold))
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.value.setFixedWidth(38)
        self.reset.setText(self.tr("Reset"))
        self.reset.setToolTip(self.tr("Back to T = 1, as the network was trained"))
        self.reset.setProperty("role", "link")

    @property
    def temperature(self) -> float:
        """1/20 to 20, 1 in the middle."""
        return float(MOST ** (self.slider.value() / _STEPS))

    def _on_moved(self, _value: int) -> None:
        self._show()
        self.changed.emit(self.temperature)

    def _show(self) -> None:
        self.value.setText(temperature_text(self.temperature))
        self.reset.setEnabled(self.slider.value() != 0)


def temperature_text(temperature: float) -> str:
    """`0.05`, `1.00`, `12.6`."""
    return f"{temperature:.1f}" if temperature >= 9.995 else f"{temperature:.2f}"
