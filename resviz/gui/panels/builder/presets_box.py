"""The box of architectures that have a name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from resviz.arch.notation import format_spec
from resviz.arch.presets import preset_of
from resviz.arch.spec import ResNetSpec
from resviz.gui.panels.builder.preset_popup import PresetPopup
from resviz.gui.panels.controls import colours


class PresetBox(QComboBox):
    """Shows the preset that a spec is. `chosen` gives a preset's name, from the user's hand only.

    A click, Enter, Space or Alt+Down opens the list; letters open it and search; arrows step to the next preset.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name: str | None = None
        self._text = ""
        self.popup = PresetPopup(self)
        self.popup.chosen.connect(self.chosen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_spec(self, spec: ResNetSpec) -> None:
        """The preset that `spec` is, or "Custom" and its notation."""
        preset = preset_of(spec)
        self._name = preset.name if preset else None
        custom = self.tr("Custom · {notation}").format(notation=format_spec(spec))
        self._text = preset.title if preset else custom
        self.setToolTip(self.tr("Architecture: {spec}\nType to search").format(spec=format_spec(spec)))
        self.setAccessibleDescription(self._text)
        self.update()

    def shown_text(self) -> str:
        """What the closed box says, before eliding."""
        return self._text

    def showPopup(self) -> None:
        self.popup.open_under(self, self._name)

    def hidePopup(self) -> None:
        self.popup.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, typed = event.key(), event.text()
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F4):
            self.showPopup()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if key == Qt.Key.Key_Down else -1) if plain else self.showPopup()
        elif plain and typed.isprintable() and typed.strip():
            self.popup.open_under(self, self._name, typed)
        else:
            event.ignore()

    def _step(self, by: int) -> None:
        """To the neighbour in the list; from a network without a name to the first."""
        model = self.popup.model
        model.set_filter("")
        row = model.row_of(self._name)
        preset = model.rows[model.next_from(row, by if row >= 0 else 1)].preset
        if preset is not None and preset.name != self._name:
            self.chosen.emit(preset.name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a scrolled panel must not change the network it passes

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Drawn here because Qt would clip the text where it should be elided."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        option.subControls = QStyle.SubControl.SC_ComboBoxFrame
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        area = self.rect().adjusted(10, 0, -28, 0)
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, area.width())
        painter.setPen(QColor(colours().text))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        _chevron(painter, self.rect())
        painter.end()


def _chevron(painter: QStylePainter, rect: QRect) -> None:
    x, y = rect.right() - 19.0, rect.center().y() - 1.0
    painter.setRenderHint(QStylePainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours().muted), 1.5))
    painter.drawPolyline([QPointF(x, y - 2), QPointF(x + 4, y + 2), QPointF(x + 8, y - 2)])
