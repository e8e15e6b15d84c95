"""Grad-CAM at several layers: which ones, and their thumbnails."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from resviz.gui.document import Document
from resviz.gui.panels.controls import column, row
from resviz.gui.panels.explain import words
from resviz.gui.panels.explain.asks import looked_at, mappable, short, stage_outputs
from resviz.gui.panels.explain.strip import Item, Strip


class LayerRow(QWidget):
    """`changed` when there are other layers. What was added or taken out lasts as long as the spec."""

    changed = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._spec = document.spec
        self._layers = stage_outputs(document.spec)
        self.strip = Strip(self.tr("Grad-CAM at several layers"))
        self.add = QToolButton()
        self.add.setText("+")
        self.add.setProperty("role", "icon")
        self.add.setToolTip(self.tr("Add a layer to the row"))
        self.add.setAccessibleName(self.tr("Add a layer to the row"))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.add)
        self.menu.aboutToShow.connect(self._fill)
        self.add.setMenu(self.menu)
        self.strip.setToolTip(self.tr("The same class, seen from several layers, each on its own scale"))
        self.caption = QLabel(self.tr("Layers side by side, each on a scale of its own"))
        self.caption.setProperty("role", "unit")
        whole = column(self, 2)
        whole.addWidget(self.caption)
        line = row(spacing=4)
        whole.addLayout(line)
        line.addWidget(self.strip, 1)
        line.addWidget(self.add, 0, Qt.AlignmentFlag.AlignTop)
        self.strip.chosen.connect(document.select)
        self.strip.removed.connect(self.take_out)
        self.refresh()

    @property
    def layers(self) -> tuple[str, ...]:
        """All that are shown, in the order of execution."""
        known = mappable(self._document.spec)
        shown = {*self._layers, looked_at(self._document)}
        return tuple(layer for layer in known if layer in shown)

    def refresh(self) -> None:
        """The document has another spec or selection."""
        spec = self._document.spec
        if spec != self._spec:
            self._spec, self._layers = spec, stage_outputs(spec)
        known = mappable(spec)
        items = []
        for layer in self.layers:
            _channels, height, width = known[layer].out_shape
            items.append(Item(layer, short(layer, spec), words.shape(height, width), layer in self._layers))
        self.strip.show_items(items, looked_at(self._document))

    def put_in(self, *layers: str) -> None:
        self._layers = (*self._layers, *(layer for layer in layers if layer not in self._layers))
        self.refresh()
        self.changed.emit()

    def take_out(self, layer: str) -> None:
        self._layers = tuple(each for each in self._layers if each != layer)
        self.refresh()
        self.changed.emit()

    def _fill(self) -> None:
        """What could be added."""
        spec, selected = self._document.spec, self._document.selection
        known = mappable(spec)
        self.menu.clear()
        if selected in known and selected not in self._layers:
            assert selected is not None
            text = self.tr("{layer} (selected)").format(layer=selected)
            self.menu.addAction(text, lambda: self.put_in(selected))
        offered = [*_stem(tuple(known)), *stage_outputs(spec)]
        for layer in offered:
            if layer not in self._layers and layer != selected:
                action = self.menu.addAction(self.tr("{layer} output").format(layer=short(layer, spec)))
                action.triggered.connect(lambda _checked=False, layer=layer: self.put_in(layer))
        if self.menu.isEmpty():
            hint = self.menu.addAction(self.tr("Select any layer in the graph or the table to see it here"))
            hint.setEnabled(False)


def _stem(layers: tuple[str, ...]) -> tuple[str, ...]:
    """The last layer before the first stage."""
    first = next((at for at, layer in enumerate(layers) if layer.startswith("layer")), len(layers))
    return layers[max(first - 1, 0) : first]
