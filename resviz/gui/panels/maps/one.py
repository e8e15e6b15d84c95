"""One channel large, beside the network's input: the map laid over it, and what the cell pointed at sees of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QToolButton, QWidget

from resviz.arch.fields import Field
from resviz.engine.messages import Floats, Pixels, Prediction
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.controls import column, row
from resviz.gui.panels.maps import fields
from resviz.gui.panels.maps.cells import CellsView
from resviz.gui.panels.maps.input_view import InputView, Overlay
from resviz.gui.panels.zone import ElidedLabel
from resviz.maps import mosaic, plots

#: How much of the picture the weakest and the strongest cell cover, 0 to 255.
_FAINT, _STRONG = 30, 215
#: A saved picture is enlarged to about this, so that small maps can be used on a slide.
_COPY = 1024
_ANY = (1 << 24) - 1
Place = tuple[int, int]


class OnePage(QWidget):
    """`pointed` carries (row, column) of the map under the mouse, or None; `effective_wanted` the cell whose effective
    field is asked for, or None when it shall go.
    """

    pointed = Signal(object)
    effective_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells, self.input, self.words = CellsView(), InputView(), ElidedLabel()
        #: Of the effective field.
        self.counts = ElidedLabel()
        self.cells.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.cells)
        self.over = self._toggle(self.tr("Map over picture"), self.tr("Lay the channel over the picture"))
        self.over.setChecked(True)
        self.effective = self._toggle(
            self.tr("Effective field"),
            self.tr("How much each pixel really counts for this cell: its gradient, for this picture (Luo 2016)"),
        )
        self._over_was = True
        self._field: Field | None = None
        self._stride, self._ratio = 1, 0.0
        self._pointed: Place | None = None
        self._cells_image = QImage()
        self._overlay: QImage | None = None
        self._heat: Floats | None = None
        self._heat_place: Place | None = None
        self._build()
        self.cells.pointed.connect(self._on_pointed)
        self.cells.picked.connect(self._on_picked)
        self.over.toggled.connect(lambda _: self._show_over())
        self.effective.clicked.connect(self._on_effective)

    def _toggle(self, text: str, hint: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(hint)
        button.setCheckable(True)
        button.setProperty("role", "toggle")
        return button

    def _build(self) -> None:
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(12)
        for view in (self.cells, self.input):
            self._pair.addWidget(view, 1)
        self._pair.addStretch(0)
        tools = row(spacing=6)
        tools.addWidget(self.over)
        tools.addWidget(self.effective)
        tools.addWidget(self.counts, 1)
        page = column(self, spacing=6)
        page.addLayout(self._pair, 1)
        page.addWidget(self.words)
        page.addLayout(tools)

    # --- what is shown -------------------------------------------------------------------------------------

    def show_channel(self, indices: Pixels, table: NDArray[np.uint8], values: Floats, signed: bool) -> None:
        """`indices` and `values` are `(H, W)`."""
        if values.shape != self.cells.values.shape:
            self._pointed = None
            self.cells.set_mark(None)
        picture = table[indices]
        self._cells_image = to_qimage(picture)
        self.cells.show_cells(self._cells_image, values)
        strength = np.abs(indices.astype(np.float32) - (128 if signed else mosaic.FIRST)) / (127 if signed else 254)
        veil = picture.copy()
        veil[..., 3] = np.where(indices == mosaic.GAP, 0, _FAINT + strength * (_STRONG - _FAINT))
        self._overlay = to_qimage(veil)
        self._show_over()
        self._show_place()

    def show_input(self, prediction: Prediction, field: Field | None, stride: int) -> None:
        """What the network saw, and how a cell of the layer lies on it."""
        self._field, self._stride = field, stride
        self.input.set_image(to_qimage(prediction.seen))
        steps, width = prediction.steps, prediction.seen.shape[1]
        linear = steps is not None and steps.how != "digit"  # a digit is moved to its centre of mass
        self._ratio = (steps.box[2] - steps.box[0]) / width if steps is not None and linear else 0.0

    def show_effective(self, values: Floats | None) -> None:
        """`(H, W)` of the input, 0 to 1; None takes it away."""
        self._heat = values
        self._heat_place = self.place() if values is not None else None
        self.effective.setChecked(values is not None)
        self._show_turn(values is not None)
        self.effective.setEnabled(True)
        self._show_over()
        self._show_place()

    def _show_turn(self, effective: bool) -> None:
        """One of the two over the picture at a time: the button of the other is not lit, and is as it was after."""
        if effective == self.over.isEnabled():
            with QSignalBlocker(self.over):
                self._over_was = self.over.isChecked() if effective else self._over_was
                self.over.setChecked(not effective and self._over_was)
        self.over.setEnabled(not effective)

    def picture(self) -> QImage:
        """The channel, its cells squares of whole pixels."""
        values = self.cells.values
        times = max(1, _COPY // max(values.shape))
        return self._cells_image.scaled(values.shape[1] * times, values.shape[0] * times)

    def set_short(self, short: bool) -> None:
        """Whether the pictures have the place of the words under them."""
        self.words.setHidden(short)

    def set_stale(self, stale: bool) -> None:
        self.cells.set_stale(stale)
        self.input.set_stale(stale)

    def place(self) -> Place | None:
        """The cell meant, row and column of the map: pointed at, else clicked, else the strongest."""
        if self._heat_place is not None:
            return self._heat_place
        return self._pointed or self.cells.mark or self._strongest()

    def _strongest(self) -> Place | None:
        values = self.cells.values
        if not values.size:
            return None
        at = int(np.abs(np.nan_to_num(values)).argmax())
        return at // values.shape[1], at % values.shape[1]

    def _show_over(self) -> None:
        rows, columns = self.cells.values.shape
        if self._heat is not None:
            heat = mosaic.indices(self._heat[None], np.zeros(1, np.float32), np.ones(1, np.float32), 0.5)[0]
            picture = plots.table("magma")[heat]
            picture[..., 3] = (_FAINT + heat * ((_STRONG - _FAINT) / 255)).astype(np.uint8)
            height, width = self._heat.shape
            self.input.lay_over(Overlay(to_qimage(picture), fields.Span(0, 0, width, height)))
        elif self.over.isChecked() and self._overlay is not None and self._field is not None:
            self.input.lay_over(Overlay(self._overlay, fields.laid_over(self._field, rows, columns, self._stride)))
        else:
            self.input.lay_over(None)

    def _show_place(self) -> None:
        place, field = self.place(), self._field
        if place is None or field is None:
            self.input.show_field(None, None)
            self.words.setText("")
            self.counts.setText("")
            return
        at = (place[0] * self._stride, place[1] * self._stride)
        seen, own = fields.seen_by(field, *at), fields.cell(field, *at)
        self.input.show_field(seen, own)
        self.words.setText(self._in_words(place, seen))
        self.counts.setText(self._effective_words(own))

    def _in_words(self, place: Place, seen: fields.Span) -> str:
        side, height = int(seen.width), self.input.image.height()
        y, x = (at * self._stride for at in place)
        said = self.tr("y {y}, x {x} sees {side}×{side} px").format(y=y, x=x, side=side)
        if self._ratio:
            said += self.tr(", {side}×{side} of the picture").format(side=f"{side * self._ratio:.0f}")
        if not seen.within(height, self.input.image.width()):
            said += self.tr(", partly padding")
        return said

    def _effective_words(self, own: fields.Span) -> str:
        """Marks the effective field's square too."""
        if self._heat is None:
            self.input.show_effective(None)
            return ""
        centre = (own.top + own.height / 2, own.left + own.width / 2)
        side = fields.effective_side(self._heat, centre)
        self.input.show_effective(fields.Span(centre[1] - side / 2, centre[0] - side / 2, side, side))
        return self.tr("95 % of it in {side}×{side}").format(side=side)

    # --- mouse and size ------------------------------------------------------------------------------------

    def _on_pointed(self, place: Place | None) -> None:
        self._pointed = place
        self._show_place()
        self.pointed.emit(place)

    def _on_picked(self, place: Place) -> None:
        self.cells.set_mark(None if place == self.cells.mark else place)
        if self._heat is not None:
            self.show_effective(None)
            self._on_effective(True)
        self._show_place()

    def _on_effective(self, wanted: bool) -> None:
        if not wanted:
            self.show_effective(None)
            self.effective_wanted.emit(None)
            return
        self._pointed = None
        place = self.place()
        self.effective.setChecked(place is not None)
        self.effective.setEnabled(place is None)  # until the answer
        if place is not None:
            self.effective_wanted.emit((place[0] * self._stride, place[1] * self._stride))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        upright = self.height() > 1.2 * self.width()
        way = QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        self._pair.setDirection(way)
        # Side by side in a wide panel, both stay to the left and near each other.
        said = 0 if self.words.isHidden() else self.words.sizeHint().height() + 6
        under = said + self.over.sizeHint().height() + 6
        for view in (self.cells, self.input):
            view.setMaximumWidth(_ANY if upright else max(80, self.height() - under))
