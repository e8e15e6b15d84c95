"""Controls of single spec fields. Each shows a field of a spec, and tells what the user's hand makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QWidget

from resviz.arch.spec import DEFAULTS, FLAGS, OPTIONAL, RANGES, SHARES, ResNetSpec
from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.builder.stepper import NumberField
from resviz.gui.panels.controls import Choice, Segmented, faint, row

#: More words than this go into a combo box.
_MOST_SEGMENTS = 3
#: Keys step by this much; people use multiples of it.
_STEPS = {"width": 8, "size": 8, "stem_width": 8}
#: A share is typed and stepped in thousandths.
_THOUSAND = 1000
#: The look of what follows another field.
_AUTO = "color: palette(placeholder-text); font-style: italic;"


class ChoiceBox(ArrowBox):
    """A combo box of words. `chosen` comes from the user's hand only; the wheel belongs to the panel it passes."""

    chosen = Signal(object)

    def __init__(self, choices: list[Choice], name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setSizeAdjustPolicy(ArrowBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.fill([(choice.value, choice.text, choice.hint) for choice in choices])
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def fill(self, items: list[tuple[Any, str, str]]) -> None:
        """Other choices: value, text, tooltip."""
        self.clear()
        for at, (value, text, hint) in enumerate(items):
            self.addItem(text, value)
            self.setItemData(at, hint, Qt.ItemDataRole.ToolTipRole)

    def value(self) -> Any:
        return self.currentData()

    def set_value(self, value: Any) -> None:
        self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class AutoNumber(NumberField):
    """A number that may follow another one: then it shows as `auto 64`, faint, until something is typed."""

    def set_usual(self, value: int, is_auto: bool) -> None:
        """Show a value without `edited`; `is_auto` says that it follows."""
        self.set_value(value)
        if is_auto != bool(self.property("auto")):
            self.setProperty("auto", is_auto)
            self.setStyleSheet(_AUTO if is_auto else "")
        self._show_prefix(self.hasFocus())

    def _show_prefix(self, typing: bool) -> None:
        prefix = self.tr("auto ") if self.property("auto") and not typing else ""
        if prefix != self.prefix():
            self.setPrefix(prefix)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._show_prefix(True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_prefix(False)


class ShareField(NumberField):
    """A share such as 0.25, as thousandths inside. What is no share may be typed, for the spec to refuse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, _THOUSAND - 1, 50, parent)

    def textFromValue(self, value: int) -> str:
        return f"{value / _THOUSAND:g}"

    def valueFromText(self, text: str) -> int:
        try:
            return round(float(text.replace(",", ".")) * _THOUSAND)
        except (ValueError, OverflowError):
            return self.value()

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        state = QValidator.State
        allowed = set(text) <= set("0123456789.,-") and len(text) <= 8
        try:
            float(text.replace(",", "."))
        except ValueError:
            return (state.Intermediate if allowed else state.Invalid, text, place)
        return (state.Acceptable if allowed else state.Invalid, text, place)


class FieldControl(QWidget):
    """The control that fits a field; `boxed` words are in a combo box, however few.

    `edited` brings the field's new value, from the user's hand only.
    """

    edited = Signal(object)

    def __init__(
        self, field: str, name: str, choices: list[Choice], parent: QWidget | None = None, boxed: bool = False
    ) -> None:
        super().__init__(parent)
        self.field, self._most = field, 0 if boxed else _MOST_SEGMENTS
        on_off = [Choice("off", self.tr("Off")), Choice("on", self.tr("On"))]
        self.choices = on_off if field in FLAGS else choices
        self.inner = self._make(field, name, self.choices)
        row(self).addWidget(self.inner)
        self.setFocusProxy(self.inner)

    def _make(self, field: str, name: str, choices: list[Choice]) -> QWidget:
        control: Segmented | ChoiceBox | NumberField
        if 0 < len(choices) <= self._most:
            control = Segmented(choices, name, self)
            control.set_tight()
            control.chosen.connect(lambda word: self.edited.emit(word == "on" if field in FLAGS else word))
            return control
        if choices or field == "output_stride":
            control = ChoiceBox(choices, name, self)
            control.chosen.connect(self.edited)
            return control
        control = self._number(field)
        control.setAccessibleName(name)
        control.edited.connect(lambda value: self.edited.emit(value / _THOUSAND if field in SHARES else value))
        return control

    def _number(self, field: str) -> NumberField:
        if field in SHARES:
            return ShareField(self)
        kind = AutoNumber if field in OPTIONAL else NumberField
        return kind(*RANGES[field], _STEPS.get(field, 1), self)

    def changeEvent(self, event: QEvent) -> None:
        """What cannot be used is faint: the style sheet's colour of text would hide it."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.EnabledChange, QEvent.Type.PaletteChange):
            style = "" if self.isEnabled() else f"QSpinBox, QComboBox {{ color: {faint()}; }}"
            if style != self.styleSheet():
                self.setStyleSheet(style)

    def show_spec(self, spec: ResNetSpec) -> None:
        """Show the field of `spec`; where it is left open, what that comes to."""
        value, control = getattr(spec, self.field), self.inner
        if isinstance(control, Segmented):
            word = usual(spec, self.field) if value is None else value
            control.set_value(("on" if value else "off") if self.field in FLAGS else word)
        elif isinstance(control, ChoiceBox):
            if self.field == "output_stride":
                self._offer_strides(control, spec)
                control.setStyleSheet(_AUTO if value is None else "")
            control.set_value(value)
        elif isinstance(control, AutoNumber):
            control.set_usual(usual(spec, self.field) if value is None else value, value is None)
        elif isinstance(control, NumberField):
            control.set_value(round(value * _THOUSAND) if self.field in SHARES else value)

    def _offer_strides(self, box: ChoiceBox, spec: ResNetSpec) -> None:
        """Those that the network reaches, the deepest first: that one is no dilation."""
        strides = [spec.stem_stride << stage for stage in range(len(spec.blocks) - 1)]
        wanted = [None, *reversed(strides)]
        texts = [self.tr("auto {value}").format(value=spec.full_stride), *map(str, reversed(strides))]
        if [box.itemText(at) for at in range(box.count())] != texts:
            box.fill([(value, text, "") for value, text in zip(wanted, texts, strict=True)])


def usual(spec: ResNetSpec, field: str) -> Any:
    """What a field is where it is left alone: its default, or what that follows."""
    alone: dict[str, Any] = {field: None}
    return replace(spec, **alone).resolved(field) if field in OPTIONAL else DEFAULTS[field]
