"""What the selected layer made of the picture: a grid of its channels, one of them large, its kernels, or bars after
flatten."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QFont, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import Choice, Segmented, column, row
from resviz.gui.panels.maps import exporting, switching, words
from resviz.gui.panels.maps.asking import FieldSource, KernelSource
from resviz.gui.panels.maps.bar import MapsBar
from resviz.gui.panels.maps.foot import Foot
from resviz.gui.panels.maps.one import Place
from resviz.gui.panels.maps.pages import Pages
from resviz.gui.panels.maps.shown import Shown, operator
from resviz.gui.panels.prediction import known_weights
from resviz.gui.panels.waiting import Waiting
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.settings import Settings
from resviz.gui.theme import BODY, Theme, font
from resviz.maps.statistics import Channels

ALL, ONE, KERNELS = "all", "one", "kernels"
#: In a panel lower than this the picture needs the histogram's place.
_LOW = 330
#: The same with one channel: its input stands beside it.
_LOW_ONE = 400
_FAR = 1 << 20
_STEPS: dict[int, int] = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_BracketLeft: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_BracketRight: 1,
    Qt.Key.Key_Home: -_FAR,
    Qt.Key.Key_End: _FAR,
}

if TYPE_CHECKING:
    from resviz.gui.panels.vector_plot import VectorPlot


class FeatureMapsPanel(QWidget):
    """How maps are shown changes at once: nobody asks the engine again. Hidden, it has nothing captured."""

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        theme: Theme | None = None,
        parent: QWidget | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        #: What is on screen; None while a sentence says what to do, and while kernels are shown.
        self.shown: Shown | None = None
        self._kept = 0
        self.waiting = Waiting(jobs, self)
        self.kernel_source = KernelSource(document, jobs, self)
        self.field_source = FieldSource(document, jobs, self)
        self.exports = exporting.Exports(self, settings)
        self.title, self.more, self.pages = ElidedLabel("plain"), QToolButton(), Pages()
        self.view, self.one, self.kernels = self.pages.view, self.pages.one, self.pages.kernels
        self.bar, self.foot, self.mode = MapsBar(), Foot(), self._mode_choice()
        self.note, self.readout = self.foot.note, self.foot.readout
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._show_figures)
        self._build()
        self._connect()
        if theme is not None:
            theme.changed.connect(self._retint)
        self._want(False)
        self.refresh()

    # --- building ------------------------------------------------------------------------------------------

    def _mode_choice(self) -> Segmented:
        choices = [
            Choice(ALL, self.tr("All"), self.tr("All channels (Esc)")),
            Choice(ONE, self.tr("One"), self.tr("One channel large, and what it sees (Enter)")),
            Choice(KERNELS, self.tr("Kernels"), self.tr("The weights of a convolution")),
        ]
        mode = Segmented(choices, self.tr("What is shown"))
        mode.set_tight()
        mode.setFixedWidth(138)
        mode.set_value(ALL)
        mode.chosen.connect(lambda _: self._on_mode())
        return mode

    def _build(self) -> None:
        self.title.setFont(font(BODY, QFont.Weight.DemiBold))
        self.more.setText("⋯")
        self.more.setToolTip(self.tr("Copy, save"))
        self.more.setAccessibleName(self.tr("More: copy, save"))
        self.more.setFixedSize(26, 26)
        self.more.setStyleSheet("padding: 0;")
        head = row(spacing=8)
        head.addWidget(self.title, 1)
        head.addWidget(self.mode)
        head.addWidget(self.more)
        whole = column(self, spacing=6, margins=(16, 6, 16, 8))
        whole.addLayout(head)
        whole.addWidget(self.bar)
        whole.addWidget(self.pages, 1)
        whole.addWidget(self.foot)

    def _connect(self) -> None:
        document, jobs = self.document, self.jobs
        for changed in (document.selection_changed, document.image_changed, document.spec_changed, jobs.predicted):
            changed.connect(self.refresh)
        for changed in (jobs.busy, self.waiting.changed):
            changed.connect(self._show_stale)
        for changed in (document.off_changed, document.selection_changed):
            changed.connect(self._show_off)
        self.kernel_source.changed.connect(self.refresh)
        self.field_source.found.connect(self._on_field)
        self.exports.said.connect(self.readout.setText)
        for changed in (self.bar.changed, self.bar.reordered):
            changed.connect(self._on_bar)
        self.foot.stepped.connect(self.step)
        self.view.pointed.connect(self._point_at_map)
        self.view.opened.connect(self._open)
        for picked in (self.view.picked, self.kernels.filter_picked):
            picked.connect(self.choose)
        self.kernels.said.connect(lambda text: self.readout.setText(text) if text else self._say_channel())
        self.one.pointed.connect(self._point_at_cell)
        self.one.effective_wanted.connect(self._want_field)
        self.pages.bar_pointed.connect(self._point_at_bar)
        self.more.clicked.connect(lambda: self._show_menu(self.more, self.more.rect().bottomLeft()))
        for view in (self.view, self.one, self.kernels):
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(partial(self._show_menu, view))

    def _want(self, visible: bool) -> None:
        """What comes with predictions: nothing that nobody sees."""
        maps = visible and self.mode.value() != KERNELS
        self.jobs.want(
            maps=maps, speaks=maps and self.bar.by() == "class", ranges=maps and self.bar.over() == "network"
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():  # a window that was minimised needs nothing anew
            self._want(True)
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self._want(False)

    # --- what to show --------------------------------------------------------------------------------------

    @property
    def channel(self) -> int:
        """The chosen one; a layer with fewer channels has its last, and the choice is kept for the next."""
        if self.shown is not None:
            return min(self._kept, self.shown.count - 1)
        found = self.kernels.found
        return min(self._kept, found.shape[0] - 1) if found is not None else self._kept

    def refresh(self) -> None:
        """Show the selected layer's maps if they are there; keep the last ones until they are."""
        layer, prediction = self.document.selection, self.jobs.prediction
        maps = prediction.maps.get(layer) if prediction and layer else None
        if self.mode.value() == KERNELS and layer is not None:
            self._show_kernels(layer)
        elif self.document.image is None:
            self._show_empty(self.tr("Drop a picture to see feature maps."))
        elif layer is None:
            self._show_empty(self.tr("Click a layer in the graph to see what it makes of the picture."))
        elif maps is not None and prediction is not None:
            if self.shown is None or self.shown.maps is not maps:
                self._show_maps(Shown(maps, prediction, self.document.spec))
        elif self.shown is None:
            self._show_empty(self.tr("{layer}: waiting for the engine").format(layer=layer))
        self._show_stale()

    def _show_empty(self, text: str) -> None:
        self.shown = None
        self.pages.say(text)
        self.title.setText("")
        self.foot.clear()
        for widget in (self.bar, self.foot, self.more):
            widget.hide()
        self.mode.setVisible(self.document.selection is not None)

    def _show_maps(self, shown: Shown) -> None:
        self.shown = shown
        self._drop_field()
        self.title.setText(shown.title())
        self.readout.setText("")
        self._paint()

    def _paint(self) -> None:
        if self.mode.value() == KERNELS and self.document.selection is not None:
            self._show_kernels(self.document.selection)
        elif self.shown is not None:
            channels = self.shown.channels
            self._show_around(channels is not None)
            if channels is None:
                self.pages.show_vector(self.shown, self._labels())
            else:
                self._paint_maps(self.shown, channels)
            self._later.start()

    def _show_around(self, grid: bool, kernels: bool = False) -> None:
        """What stands around a grid, or around bars, which have no channels to choose from."""
        for widget in (self.bar, self.mode):
            widget.setVisible(grid)
        self.bar.show_for(kernels)
        self.more.show()
        self.foot.show()
        self.foot.show_grid(grid)
        self._fit_foot()

    def _paint_maps(self, shown: Shown, channels: Channels) -> None:
        one = self.mode.value() == ONE
        scale = self.pages.show_maps(shown, channels, self.bar, self.channel, one)
        self.foot.scale_bar.show_scale(*scale)
        self.note.setText(shown.notes(self.bar.by(), self.bar.over()))

    def _show_figures(self) -> None:
        """After the picture is painted: figures can wait a frame."""
        if self.shown is None or self.shown.channels is None:
            return
        channels, one = self.shown.channels, self.mode.value() == ONE
        self.foot.histogram.show_histogram(channels.histogram(self.channel if one else None))
        self.foot.figures.setText(words.layer_text(channels))
        self._say_channel()

    def _say_channel(self) -> None:
        if self.shown is not None:
            self.readout.setText(self.shown.channel_text(self.channel))
        elif self.kernels.found is not None:
            self.readout.setText(self.kernels.filter_in_words())

    def _labels(self) -> tuple[str, ...]:
        """The classes' names, for the last layer only."""
        if self.shown is None or self.shown.layer != "fc":
            return ()
        prediction, model = self.shown.prediction, self.jobs.model
        info = known_weights(prediction.weights, self.jobs.catalog)
        return info.labels if info else model.labels if model else ()

    def _show_stale(self, _changed: bool = False) -> None:
        """Dim maps that are not, or not yet, those of the selection."""
        other = self.jobs.outdated or (self.shown is not None and self.shown.layer != self.document.selection)
        stale = self.waiting.late or (other and not self.jobs.is_busy)
        self.pages.set_stale(stale)

    @property
    def bars(self) -> VectorPlot:
        """A layer without height and width."""
        return self.pages.bars

    def _retint(self) -> None:
        self.pages.retint()
        self._paint()  # the colours of zero depend on the ground

    # --- kernels -------------------------------------------------------------------------------------------

    def _show_kernels(self, layer: str) -> None:
        """Weights need no picture; only convolutions have kernels."""
        self.shown = self.kernels.found = None
        if operator(self.document.spec, layer) != "conv":
            self._show_empty(self.tr("{layer} is no convolution: it has no kernels.").format(layer=layer))
            return
        found = self.kernel_source.get(layer)
        if found is None:
            waiting = self.tr("{layer}: waiting for the engine").format(layer=layer)
            self._show_empty(self.kernel_source.error or waiting)
            return
        self._show_around(True, kernels=True)
        self.title.setText(f"{layer} · {words.shape_text(found.shape)}")
        self.kernels.show_kernels(found, self._kept, self.bar.over() == "channel", self.bar.gamma, self.foot.scale_bar)
        self.foot.figures.setText(self.kernels.in_words())
        self.note.setText("")
        self._say_channel()
        self.pages.setCurrentWidget(self.kernels)

    # --- choosing ------------------------------------------------------------------------------------------

    def _on_mode(self) -> None:
        self.kernels.found = None
        self._want(self.isVisible())
        self.refresh()
        self._paint()
        if (page := self.pages.currentWidget()) is not None:
            page.setFocus()

    def set_mode(self, mode: str) -> None:
        """`all`, `one` or `kernels`."""
        self.mode.set_value(mode)
        self._on_mode()

    def _open(self, channel: int) -> None:
        self.choose(channel)
        self.set_mode(ONE)

    def choose(self, channel: int) -> None:
        """Another channel; it stays chosen when the layer changes."""
        if channel == self._kept:
            return
        self._kept = channel
        self._drop_field()
        if self.mode.value() == ALL and self.shown is not None:
            self.view.set_chosen(self.channel)
            self._say_channel()
        else:
            self._paint()

    def _order(self) -> list[int]:
        """The channels as they are gone through."""
        if self.shown is not None:
            return [int(channel) for channel in self.shown.order(self.bar.by())]
        found = self.kernels.found
        return list(range(0, found.shape[0], found.stride)) if found is not None else []

    def step(self, by: int) -> None:
        """So many channels on, or back, in the order they are shown in; it ends at the ends."""
        order = self._order()
        if order:
            at = order.index(self.channel) if self.channel in order else 0
            self.choose(order[min(max(at + by, 0), len(order) - 1)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = event.key(), Qt.Key
        columns = self.view.columns if self.mode.value() == ALL else 1
        steps = {**_STEPS, keys.Key_Up: -columns, keys.Key_Down: columns}
        is_grid = self.shown is not None and self.shown.channels is not None
        if key in steps:
            self.step(steps[key])
        elif key in (keys.Key_Return, keys.Key_Enter) and is_grid:
            self.set_mode(ONE)
        elif key == keys.Key_Escape and self.mode.value() != ALL:
            self.set_mode(ALL)
        elif key == keys.Key_G:
            self.bar.next_gamma()
        elif key in (keys.Key_Delete, keys.Key_Backspace) and self._can_switch():
            self.switch_channel()
        else:
            super().keyPressEvent(event)

    def _on_bar(self) -> None:
        self._want(self.isVisible())
        self._paint()

    # --- switching off -------------------------------------------------------------------------------------

    def _can_switch(self) -> bool:
        """Only channels of maps or kernels that are on screen, of the layer that is selected."""
        if self.document.selection is None:
            return False
        if self.shown is not None:
            return self.shown.channels is not None and self.shown.layer == self.document.selection
        return self.kernels.found is not None

    def switch_channel(self) -> None:
        """The chosen channel yields zero, or what it did before; undoable."""
        off, layer, channel = self.document.off, self.document.selection or "", self.channel
        self.document.set_off(switching.toggled(off, layer, channel), switching.words(off, layer, channel))

    def _switch_all_on(self) -> None:
        layer = self.document.selection or ""
        self.document.set_off(switching.without(self.document.off, layer), switching.all_words(layer))

    def _show_off(self) -> None:
        """Marks what is off before the engine has answered."""
        layer = self.document.selection
        held = frozenset(channel for each, channel in self.document.off.channels if each == layer)
        self.view.set_marked(held)

    # --- what a cell sees ----------------------------------------------------------------------------------

    def _want_field(self, place: Place | None) -> None:
        if place is None or self.shown is None:
            self.field_source.cancel()
        else:
            self.field_source.ask(self.shown.layer, place)

    def _on_field(self, values: m.Floats | None) -> None:
        self.one.show_effective(values)
        if values is None and self.field_source.error:
            (self.readout if self.note.isHidden() else self.note).setText(self.field_source.error)

    def _drop_field(self) -> None:
        self.field_source.cancel()
        self.one.show_effective(None)

    # --- pointer and menu ----------------------------------------------------------------------------------

    def _point_at_map(self, at: tuple[int, int, int] | None) -> None:
        if at is not None and self.shown is not None:
            self.readout.setText(self.shown.cell_text(at))
        else:
            self._say_channel()

    def _point_at_cell(self, place: Place | None) -> None:
        self._point_at_map((self.channel, *place) if place is not None else None)

    def _point_at_bar(self, index: int | None) -> None:
        if index is None or self.shown is None or self.shown.channels is not None:
            self.readout.setText("")
            return
        label = self.bars.label(index)
        named = f"{index} · {label}" if label != str(index) else label
        self.readout.setText(f"{named} · {float(self.shown.maps.data[index]):.4g}")

    def _show_menu(self, view: QWidget, at: QPoint) -> None:
        self.menu(at if view is self.view else None).popup(view.mapToGlobal(at))

    def menu(self, at: QPoint | None = None) -> QMenu:
        """What can be done with what is shown, and with the channel under a point of the grid."""
        tile = self.view.at(QPointF(at)) if at is not None else None
        if tile is not None:
            self.choose(tile[0])
        menu = self.exports.menu(self._content())
        if self.mode.value() == ALL and self.shown is not None and self.shown.channels is not None:
            menu.addAction(self.tr("Show all"), self.view.fit)
        if self._can_switch():
            self._add_switches(menu)
        return menu

    def _add_switches(self, menu: QMenu) -> None:
        off, layer = self.document.off, self.document.selection or ""
        menu.addSeparator()
        menu.addAction(switching.words(off, layer, self.channel) + "\tDel", self.switch_channel)
        if switching.without(off, layer) != off:
            menu.addAction(switching.all_words(layer), self._switch_all_on)

    def _content(self) -> exporting.Content:
        layer, shown, found = self.document.selection or "maps", self.shown, self.kernels.found
        if shown is None:
            picture = self.kernels.image if found is not None else None
            return exporting.Content(
                f"{layer}-kernels", picture, lambda: exporting.of_kernels(found) if found is not None else {}
            )
        one, grid = self.mode.value() == ONE, shown.channels is not None
        name = f"{shown.layer}-{self.channel}" if one and grid else shown.layer
        picture = (self.one.picture if one else self.view.image) if grid else None
        return exporting.Content(name, picture, lambda: exporting.of_maps(shown.maps, shown.prediction))

    def copy_picture(self) -> None:
        self.exports.copy(self._content())

    def save_picture(self, path: Path) -> None:
        """Write what is shown as PNG; the readout says when it is done."""
        if (picture := self._content().picture) is not None:
            self.exports.save_png(path, picture())

    # --- size ----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_foot()

    def _fit_foot(self) -> None:
        """In a low panel the picture needs the histogram's place, and one channel with its input what is said too."""
        grid, one = self.shown is not None and self.shown.channels is not None, self.mode.value() == ONE
        self.foot.histogram.setVisible(self.height() >= (_LOW_ONE if one else _LOW) and grid)
        short = grid and one and self.height() < _LOW
        self.foot.set_short(short)
        self.one.set_short(short)
