"""The card that names a layer under the pointer."""

from __future__ import annotations

from html import escape
from textwrap import wrap

from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from resviz.arch.analysis import report
from resviz.arch.graph import Layer
from resviz.arch.layout.captions import figures, shape_text, window
from resviz.arch.spec import ResNetSpec
from resviz.drawing.palette import Palette

#: Letters on a line of a sentence.
_LINE = 48


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
    table = f"<table cellspacing='0' cellpadding='1'>{cells}</table>"
    return f"<b>{escape(layer_id)}</b>{table}{_paragraph(does(layer))}"


def _paragraph(text: str) -> str:
    """Words in lines no longer than the figures above them: the card must not wrap those, so it wraps nothing."""
    lines = "<br>".join(map(escape, wrap(text, _LINE)))
    return f"<div style='margin-top: 4px'>{lines}</div>" * bool(text)


def _operator(layer: Layer) -> str:
    """`conv 3×3, stride 2, padding 2, dilation 2, 32 groups`: what is not as usual, and the window."""
    if layer.op in ("se", "eca"):
        return f"{layer.op} {figures(layer)}"
    if not layer.kernel or layer.op == "pad":
        return layer.op
    said = [f"{layer.op} {window(layer)}", _tr("stride {0}").format(layer.stride)]
    if layer.padding:
        said.append(_tr("padding {0}").format(layer.padding))
    if layer.dilation > 1:
        said.append(_tr("dilation {0}").format(layer.dilation))
    if layer.groups > 1 and layer.op == "conv":
        said.append(_tr("{0} groups").format(layer.groups))
    return ", ".join(said)


def does(layer: Layer) -> str:
    """What a layer does, in words, where its name does not say it."""
    if layer.op == "se":
        return _tr(
            "Squeezes every channel to its mean, lets two 1×1 convolutions and a sigmoid make a weight between"
            " 0 and 1 of all means, and scales each channel by its weight."
        )
    if layer.op == "eca":
        return _tr(
            "Squeezes every channel to its mean, makes a weight between 0 and 1 of each mean and its neighbours,"
            " {0} channels in all, and scales the channel by it."
        ).format(layer.params)
    thinned = [_tr("Keeps every second pixel.")] * (layer.stride > 1)
    if layer.op == "blur":
        return " ".join([_tr("Smooths every channel with a fixed 3×3 binomial filter."), *thinned])
    if layer.op == "pad":
        return " ".join([*thinned, _padded(layer.out_shape[0] - layer.in_shape[0])])
    return ""


def _padded(more: int) -> str:
    if more > 0:
        return _tr("Adds {0} channels of zeros, half of them before the old ones and half after.").format(more)
    return _tr("Drops {0} channels, half of them at either end.").format(-more) if more else ""
