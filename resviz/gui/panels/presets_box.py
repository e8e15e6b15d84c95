"""The combo box of architectures that have a name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPaintEvent, QPen, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from resviz.arch.notation import format_spec
from resviz.arch.presets import DEFAULT, PRESETS, Preset, preset_of
from resviz.arch.spec import ResNetSpec
from resviz.gui.panels.controls import colours
from resviz.gui.theme import CAPTION, font


class PresetBox(QComboBox):
    """Presets under headings. `chosen` gives a preset's name, from the user's hand only."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._custom = ""
        model = QStandardItemModel(self)
        for heading, members in self._groups():
            model.appendRow(_heading(heading))
            for preset in members:
                model.appendRow(_item(preset))
        self.setModel(model)
        self.setItemDelegate(QStyledItemDelegate(self))  # the default one ignores the style sheet
        self.setMaxVisibleItems(model.rowCount())
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def _groups(self) -> list[tuple[str, list[Preset]]]:
        names = (self.tr("Trained here"), self.tr("ImageNet"), self.tr("CIFAR"), self.tr("Plain"))
        groups: list[tuple[str, list[Preset]]] = [(name, []) for name in names]
        for preset in PRESETS.values():
            groups[_group_of(preset)][1].append(preset)
        return groups

    def show_spec(self, spec: ResNetSpec) -> None:
        """The preset that `spec` is, or "Custom" and its notation."""
        preset = preset_of(spec)
        self._custom = "" if preset else self.tr("Custom · {notation}").format(notation=format_spec(spec))
        self.setCurrentIndex(self.findData(preset.name) if preset else -1)
        self.setToolTip(self.tr("Architecture: {spec}").format(spec=format_spec(spec)))
        self.setAccessibleDescription(self.shown_text())
        self.update()

    def shown_text(self) -> str:
        """What the closed box says, before eliding."""
        return self._custom or self.currentText()

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
        text = self.fontMetrics().elidedText(self.shown_text(), Qt.TextElideMode.ElideRight, area.width())
        painter.setPen(QColor(colours().text))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        _chevron(painter, self.rect())
        painter.end()


def _group_of(preset: Preset) -> int:
    if preset.name == DEFAULT:
        return 0
    if not preset.spec.residual:
        return 3
    return 1 if preset.spec.stem == "imagenet" else 2


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setFont(font(CAPTION))
    return item


def _item(preset: Preset) -> QStandardItem:
    item = QStandardItem(preset.title)
    item.setData(preset.name, Qt.ItemDataRole.UserRole)
    item.setToolTip(format_spec(preset.spec))
    return item


def _chevron(painter: QStylePainter, rect: QRect) -> None:
    x, y = rect.right() - 19.0, rect.center().y() - 1.0
    painter.setRenderHint(QStylePainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours().muted), 1.5))
    painter.drawPolyline([QPointF(x, y - 2), QPointF(x + 4, y + 2), QPointF(x + 8, y - 2)])
