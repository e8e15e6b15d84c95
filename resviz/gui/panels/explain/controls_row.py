"""How a map is laid over its picture: how strongly, with what speaks against the class or without."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSlider, QToolButton, QWidget

from resviz.gui.panels.controls import row
from resviz.gui.settings import Settings
from resviz.heatmap import STRENGTH

_STRENGTH_KEY, _ONLY_KEY = "explain/strength", "explain/for-only"
STEP = 10


class LayRow(QWidget):
    """Remembered from one start to the next."""

    slid = Signal()
    only_changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.only, self.slider, self.percent = QToolButton(), QSlider(Qt.Orientation.Horizontal), QLabel()
        self.only.setText(self.tr("For only"))
        self.only.setProperty("role", "toggle")
        self.only.setCheckable(True)
        self.only.setToolTip(
            self.tr("Leave out what speaks against the class, as Grad-CAM's paper does (its equation 2, a ReLU)")
        )
        self.only.setAccessibleName(self.tr("Only what speaks for the class"))
        self.only.setChecked(settings.text(_ONLY_KEY) == "yes")
        self.slider.setRange(0, 100)
        self.slider.setPageStep(STEP)
        self.slider.setAccessibleName(self.tr("How strongly the colours are laid over the picture, percent"))
        self.slider.setToolTip(self.tr("How strongly the colours are laid over the picture (+ and −)"))
        known = settings.text(_STRENGTH_KEY)
        self.slider.setValue(int(known) if known.isdecimal() else round(100 * STRENGTH))
        self.percent.setProperty("role", "muted")
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.percent.setFixedWidth(38)
        self.only.setStyleSheet("font-size: 12px; padding: 2px 8px;")
        self.slider.setMinimumWidth(44)
        line = row(self, 10)
        line.addWidget(self.only)
        line.addWidget(self.slider, 1)
        line.addWidget(self.percent)
        self.slider.valueChanged.connect(self._on_slid)
        self.only.toggled.connect(self._on_only)
        self._show_percent()

    @property
    def strength(self) -> float:
        """0 to 1."""
        return self.slider.value() / 100

    @property
    def only_for(self) -> bool:
        return self.only.isChecked()

    def step(self, steps: int) -> None:
        """More or less."""
        self.slider.setValue(self.slider.value() + STEP * steps)

    def _on_slid(self, value: int) -> None:
        self._settings.put(_STRENGTH_KEY, str(value))
        self._show_percent()
        self.slid.emit()

    def _on_only(self, only: bool) -> None:
        self._settings.put(_ONLY_KEY, "yes" if only else "no")
        self.only_changed.emit()

    def _show_percent(self) -> None:
        self.percent.setText(self.tr("{percent} %").format(percent=self.slider.value()))
