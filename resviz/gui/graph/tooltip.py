"""The card that names a layer under the pointer."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from resviz.arch.analysis import report
from resviz.arch.cells import shape_text
from resviz.arch.graph import Layer
from resviz.arch.spec import ResNetSpec
from resviz.drawing.palette import Palette


def _tr(text: str) -> str:
    return QCoreApplication.translate("GraphView", text)


class HoverCard(QLabel):
    """A child of the view, not a window of its own: it cannot steal focus, and lands in a snapshot."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = parent
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_for(self, spec: ResNetSpec, layer_id: str, palette: Palette, box: QRect, pointer: QPoint) -> None:
        """Name a layer beside its box, within the parent."""
        self.setStyleSheet(
            f"background: {palette.panel}; color: {palette.text}; border: 1px solid {palette.line};"
            " border-radius: 8px; padding: 8px 10px; font-size: 12px;"
        )
        self.setText(card(spec, layer_id, palette))
        self.adjustSize()
        area = self._view.rect().adjusted(8, 8, -8, -8)
        y = box.bottom() + 10
        if y + self.height() > area.bottom():
            y = box.top() - 10 - self.height()
        x = min(pointer.x() + 8, area.right() - self.width())
        self.move(max(x, area.left()), max(y, area.top()))
        self.raise_()
        self.show()


def card(spec: ResNetSpec, layer_id: str, palette: Palette) -> str:
    """Rich text with all figures of a layer."""
    facts = report(spec)
    layer = next(layer for layer in facts.layers if layer.id == layer_id)
    rows = [
        (_tr("operator"), _operator(layer)),
        (_tr("shape"), f"{shape_text(layer.in_shape)} → {shape_text(layer.out_shape)}"),
        (_tr("parameters"), f"{layer.params:,}"),
        (_tr("MACs"), f"{layer.macs:,}"),
        (_tr("receptive field"), f"{facts.receptive_field[layer_id]} px"),
    ]
    cells = "".join(
        f'<tr><td style="color:{palette.muted}">{escape(name)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>'
        for name, value in rows
    )
    return f"<b>{escape(layer_id)}</b><table cellspacing='0' cellpadding='1'>{cells}</table>"


def _operator(layer: Layer) -> str:
    """`conv 3×3, stride 2`."""
    if not layer.kernel:
        return layer.op
    return f"{layer.op} {layer.kernel}×{layer.kernel}, " + _tr("stride") + f" {layer.stride}"
