"""How the layer table's cells are painted, and how wide its columns are."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from resviz.arch.graph import Layer
from resviz.drawing.figure import fill_of
from resviz.drawing.palette import Palette, hex_of
from resviz.gui.panels import figures
from resviz.gui.panels.controls import colours
from resviz.gui.panels.layers.columns import USUAL, Column
from resviz.gui.panels.layers.model import LAYER, MARKS, Bar, Index, LayerModel, alignment

_GAP, _EDGE, _CHIP = 6, 12, 8
_BAR_WIDTH, _BAR_HEIGHT = 40, 2
#: Less than this of an id says too little: the type gets smaller, then the operator goes; ids mostly name it.
_SHORT_ID = "…3.35.conv1"
#: Only from here on may the table scroll sideways.
_LEAST_ID = 64
#: Text that just fits by its measure may be elided by a rounding.
_SLACK = 2


class LayerCells(QStyledItemDelegate):
    """A chip in the operator's colour before the id; a bar under the parameters, or under what colours the graph."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        layer, column = index.data(LAYER), index.column()
        theme = colours()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.tint))
        area = option.rect.adjusted(
            _EDGE + _CHIP if column == Column.ID else _GAP, 0, -_right(_model(index), column), 0
        )
        if column == Column.ID:
            _paint_chip(painter, option, theme, layer)
        bar = _model(index).bar(layer, column)
        if bar is not None:
            _paint_bar(painter, option, theme, bar)
        _paint_text(painter, option, theme, index, area)
        painter.restore()


def column_widths(model: LayerModel, width: int, used: QFont) -> dict[int, int]:
    """Pixels of each column shown that make up `width`: figures whole, the id the rest; the operator may go.

    It stays where more columns than usual were asked for: the table scrolls sideways then.
    """
    metrics = QFontMetrics(used)
    needed: dict[int, int] = {column: _needed(model, column, metrics) for column in model.columns if column}
    enough = metrics.horizontalAdvance(_SHORT_ID) + _EDGE + _CHIP + _GAP
    usual = len(needed) <= len(USUAL)  # what colours the graph may have come on top
    if usual and width - sum(needed.values()) < enough:
        needed[Column.OPERATOR] = 0
    whole = metrics.horizontalAdvance(model.longest_id) + _EDGE + _CHIP + _GAP + _SLACK
    return {Column.ID: max(width - sum(needed.values()), _LEAST_ID if usual else whole), **needed}


def _needed(model: LayerModel, column: int, metrics: QFontMetrics) -> int:
    """Room for the longest text of a column."""
    texts = {model.heading(column) + MARKS[0], *model.widest(column)}
    return max(map(metrics.horizontalAdvance, texts)) + _GAP + _right(model, column) + _SLACK


def short_id(layer_id: str, longest: str, metrics: QFontMetrics, width: int) -> str:
    """An id in `width` px: `layer` goes first, as the stage, the block and the name at the end tell more.

    It goes from all ids or from none: `longest` is the longest on the trunk.
    """
    cut = metrics.horizontalAdvance(longest) > width
    rest = layer_id.replace("layer", "…", 1) if cut else layer_id
    for shown in (rest, rest.replace("downsample", "down…")):
        if metrics.horizontalAdvance(shown) <= width:
            return shown  # not left to Qt, which elides what fits to the pixel, by a rounding
    return metrics.elidedText(rest, Qt.TextElideMode.ElideMiddle, width)


def _model(index: Index) -> LayerModel:
    model = index.model()
    assert isinstance(model, LayerModel)
    return model


def _right(model: LayerModel, column: int) -> int:
    """Room between a figure and the column's end."""
    return _EDGE if column == model.columns[-1] else _GAP


def _paint_text(painter: QPainter, option: QStyleOptionViewItem, theme: Palette, index: Index, area: QRect) -> None:
    column, text = index.column(), index.data()
    used = QFont(option.font)
    if column == Column.ID:
        used.setWeight(QFont.Weight.Medium)
    painter.setFont(used)
    quiet = column == Column.OPERATOR or text in ("0", figures.NONE)
    painter.setPen(QColor(theme.muted if quiet else theme.text))
    metrics = QFontMetrics(used)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    if column == Column.ID:
        shown = short_id(text, _model(index).longest_id, metrics, area.width())
    painter.drawText(area, alignment(column), shown)


def _paint_chip(painter: QPainter, option: QStyleOptionViewItem, theme: Palette, layer: Layer) -> None:
    """What ties a row to its box in the graph."""
    side = QRectF(option.rect.left() + _EDGE, option.rect.center().y() - 5, 3, 12)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(getattr(theme, fill_of(layer.op))))
    painter.drawRoundedRect(side, 1.5, 1.5)


def _paint_bar(painter: QPainter, option: QStyleOptionViewItem, theme: Palette, shown: Bar) -> None:
    width = _BAR_WIDTH * shown.part
    if width < 1:
        return
    hot = shown.role != "accent"
    right = option.rect.right() - _GAP + 1
    bar = QRectF(right - width, option.rect.bottom() - (5 if hot else 4), width, _BAR_HEIGHT + hot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(hex_of(theme, shown.role)))
    painter.setOpacity(1.0 if hot else 0.75)
    painter.drawRoundedRect(bar, 1, 1)
    painter.setOpacity(1.0)
