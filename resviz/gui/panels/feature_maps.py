"""What the selected layer made of the picture: a grid of its channels, or bars after flatten."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QPoint, Qt
from PySide6.QtGui import QFont, QGuiApplication, QImageWriter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from resviz import paths
from resviz.drawing.palette import DARK
from resviz.engine import messages as m
from resviz.gui import plots
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels import mosaic
from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.colour_bar import ColourBar
from resviz.gui.panels.controls import Choice, Segmented, colours
from resviz.gui.panels.mosaic_view import MosaicView
from resviz.gui.panels.prediction import known_weights
from resviz.gui.panels.vector_plot import VectorPlot
from resviz.gui.panels.waiting import Waiting
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.theme import BODY, Theme, font

AUTOMATIC = "auto"


def shape_text(shape: tuple[int, ...]) -> str:
    """`16×32×32`."""
    return "×".join(str(size) for size in shape)


class FeatureMapsPanel(QWidget):
    """Colour map and scale change what is seen at once: nobody asks the engine again."""

    def __init__(
        self, document: Document, jobs: Jobs, theme: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        #: What is on screen; None while a sentence says what to do.
        self.shown: m.FeatureMaps | None = None
        self.waiting = Waiting(jobs, self)
        self.title, self.note, self.readout = ElidedLabel("plain"), QLabel(), ElidedLabel()
        self.empty, self.view, self.bars, self.scale_bar = QLabel(), MosaicView(), VectorPlot(), ColourBar()
        self.scale, self.colours = self._scale_choice(), self._colour_choice()
        self._build()
        self._connect()
        if theme is not None:
            theme.changed.connect(self._retint)
        self.refresh()

    # --- building ------------------------------------------------------------------------------------------

    def _scale_choice(self) -> Segmented:
        own, common = (
            self.tr("A scale for each channel"),
            self.tr("One scale for all channels, to compare them"),
        )
        choices = [Choice("channel", self.tr("Channel"), own), Choice("layer", self.tr("Layer"), common)]
        scale = Segmented(choices, self.tr("Scale"))
        scale.set_value("channel")
        scale.chosen.connect(lambda _: self._paint())
        return scale

    def _colour_choice(self) -> ArrowBox:
        combo = ArrowBox(self.tr("Colour map"))
        combo.setToolTip(self.tr("Colours. Automatic: blue to red around zero where values are negative"))
        names = (self.tr("Viridis"), self.tr("Magma"), self.tr("Grey"), self.tr("Blue to red"))
        combo.addItem(self.tr("Automatic"), AUTOMATIC)
        for text, name in zip(names, plots.COLOUR_MAPS, strict=True):
            combo.addItem(text, name)
        combo.currentIndexChanged.connect(lambda _: self._paint())
        return combo

    def _build(self) -> None:
        self.title.setFont(font(BODY, QFont.Weight.DemiBold))
        self.note.setProperty("role", "muted")
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        for page in (self.empty, self.view, self.bars):
            self.pages.addWidget(page)
        self.controls = QWidget()
        controls = QHBoxLayout(self.controls)
        controls.setSpacing(8)
        controls.setContentsMargins(0, 0, 0, 0)
        for widget in (self.scale, self.colours):
            controls.addWidget(widget)
        controls.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.setContentsMargins(16, 6, 16, 8)
        column.addLayout(_row(self.title, self.note))
        column.addWidget(self.controls)
        column.addWidget(self.pages, 1)
        column.addLayout(_row(self.readout, self.scale_bar))

    def _connect(self) -> None:
        document, jobs = self.document, self.jobs
        for changed in (document.selection_changed, document.image_changed, jobs.predicted):
            changed.connect(self.refresh)
        jobs.busy.connect(self._show_stale)
        self.waiting.changed.connect(self._show_stale)
        self.view.pointed.connect(self._point_at_map)
        self.bars.pointed.connect(self._point_at_bar)
        for view in (self.view, self.bars):
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)

    # --- what to show --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the selected layer's maps if they are there; keep the last ones until they are."""
        layer, prediction = self.document.selection, self.jobs.prediction
        found = prediction.maps.get(layer) if prediction and layer else None
        if self.document.image is None:
            self._show_empty(self.tr("Drop a picture to see feature maps."))
        elif layer is None:
            self._show_empty(self.tr("Click a layer in the graph to see what it makes of the picture."))
        elif found is not None:
            self._show_maps(found)
        elif self.shown is None:
            self._show_empty(self.tr("{layer}: waiting for the engine").format(layer=layer))
        self._show_stale()

    def _show_empty(self, text: str) -> None:
        self.shown = None
        self.empty.setText(text)
        for label in (self.title, self.note, self.readout):
            label.setText("")
        self.controls.hide()
        self.scale_bar.hide()
        self.pages.setCurrentWidget(self.empty)

    def _show_maps(self, maps: m.FeatureMaps) -> None:
        if maps is self.shown:
            return
        self.shown = maps
        self.title.setText(f"{maps.layer} · {shape_text(maps.shape or maps.data.shape)}")
        self.note.setText(self.tr("1 of {n}×{n} pixels").format(n=maps.stride) if maps.stride > 1 else "")
        self.readout.setText("")
        self._paint()

    def _paint(self) -> None:
        if self.shown is None:
            return
        data = self.shown.data
        is_grid = data.ndim == 3
        self.controls.setVisible(is_grid)
        self.scale_bar.setVisible(is_grid)
        self._paint_grid(data) if is_grid else self.bars.show_values(data, self._labels())
        self.pages.setCurrentWidget(self.view if is_grid else self.bars)

    def _paint_grid(self, data: m.Floats) -> None:
        name = self.colours.currentData()
        if name == AUTOMATIC:
            name = plots.SIGNED if data.min() < 0 else plots.COLOUR_MAPS[0]
        per_channel = self.scale.value() == "channel"
        low, high = mosaic.limits(data, per_channel, name == plots.SIGNED)
        table = plots.table(name, dark=colours() is DARK)
        self.view.show_tiles(mosaic.indices(data, low, high), table)
        ends = (self.tr("low"), self.tr("high")) if per_channel else (f"{low[0]:.3g}", f"{high[0]:.3g}")
        self.scale_bar.show_scale(table, *ends)

    def _labels(self) -> tuple[str, ...]:
        """The classes' names, for the last layer only."""
        if self.shown is None or self.shown.layer != "fc":
            return ()
        prediction, model = self.jobs.prediction, self.jobs.model
        info = known_weights(prediction.weights if prediction else None, self.jobs.catalog)
        return info.labels if info else model.labels if model else ()

    def _show_stale(self, _changed: bool = False) -> None:
        """Dim maps that are not, or not yet, those of the selection."""
        other = self.jobs.outdated or (self.shown is not None and self.shown.layer != self.document.selection)
        stale = self.waiting.late or (other and not self.jobs.is_busy)
        self.view.set_stale(stale)
        self.bars.set_stale(stale)

    def _retint(self) -> None:
        self.view.retint()
        self.bars.retint()
        self._paint()  # the colours of zero depend on the ground

    # --- pointer and menu ----------------------------------------------------------------------------------

    def _point_at_map(self, at: tuple[int, int, int] | None) -> None:
        if at is None or self.shown is None or self.shown.data.ndim != 3:
            self.readout.setText("")
            return
        channel, y, x = at
        said = self.tr("channel {channel} · y {y}, x {x} · {value}")
        value, stride = float(self.shown.data[at]), self.shown.stride
        self.readout.setText(said.format(channel=channel, y=y * stride, x=x * stride, value=f"{value:.4g}"))

    def _point_at_bar(self, index: int | None) -> None:
        if index is None or self.shown is None or self.shown.data.ndim != 1:
            self.readout.setText("")
            return
        label = self.bars.label(index)
        named = f"{index} · {label}" if label != str(index) else label
        self.readout.setText(f"{named} · {float(self.shown.data[index]):.4g}")

    def _show_menu(self, at: QPoint) -> None:
        self.menu().popup(self.view.mapToGlobal(at))

    def menu(self) -> QMenu:
        """What can be done with the picture of all maps."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy picture"), self.copy_picture)
        menu.addAction(self.tr("Save picture as PNG…"), self._ask_where)
        menu.addAction(self.tr("Show all"), self.view.fit)
        return menu

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setImage(self.view.image())

    def _ask_where(self) -> None:
        assert self.shown is not None
        name = f"{self.shown.layer}.png"
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save picture"), name, "PNG (*.png)")
        if path:
            self._save_or_say(Path(path))

    def _save_or_say(self, path: Path) -> None:
        try:
            self.save_picture(path)
        except OSError as error:
            said = self.tr("{path} cannot be written: {reason}")
            self.readout.setText(said.format(path=path, reason=error.strerror or error))

    def save_picture(self, path: Path) -> None:
        """Write the mosaic as PNG, whole or not at all. Raises `OSError`."""
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(self.view.image())
        paths.write_atomic(path, bytes(buffer.data().data()))


def _row(wide: QWidget, narrow: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(wide, 1)
    row.addWidget(narrow)
    return row
