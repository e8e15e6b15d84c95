"""The panel of the steps: pictures, what can be changed, numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.images_qt import to_qimage
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import row
from resviz.gui.panels.picture import PictureView
from resviz.gui.panels.seen import boxes, words
from resviz.gui.panels.seen.cards import LEAST, Card, CroppedCard, OriginalCard, ResizedCard, TensorCard
from resviz.gui.panels.seen.numbers_pane import NumbersPane
from resviz.gui.panels.seen.pacer import Pacer
from resviz.gui.panels.seen.pixels import Inputs, Place, is_dark, signed
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.theme import Theme
from resviz.maps import plots
from resviz.ways import OWN, Preparation

_MARGIN, _GAP = 16, 12
#: Pictures are no lower and no higher, px.
_LOW, _HIGH = 60, 300


class StepsView(QWidget):
    """Shows `Prediction.steps` and changes `document.prepare`."""

    def __init__(
        self, document: Document, jobs: Jobs, theme: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self.pacer = Pacer(document, jobs, self)
        self.empty, self.whose, self.reset = QLabel(), ElidedLabel(), QToolButton()
        self.original, self.resized, self.cropped = OriginalCard(), ResizedCard(), CroppedCard()
        self.normalised, self.numbers = TensorCard(), NumbersPane()
        self._prediction: m.Prediction | None = None
        self._inputs: Inputs | None = None
        self._picked: Place | None = None
        self._build()
        self._connect()
        if theme is not None:
            theme.changed.connect(self._retint)
        self._on_predicted(jobs.prediction) if jobs.prediction is not None else self._show_empty()

    @property
    def cards(self) -> tuple[Card, ...]:
        return (self.original, self.resized, self.cropped, self.normalised)

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(24)
        self.empty.setText(self.tr("Drop a picture to see, step by step, what the network gets of it."))
        self.pages.addWidget(self.empty)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self._content())
        self.pages.addWidget(self.area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)

    def _content(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(_MARGIN, 4, _MARGIN, _GAP)
        layout.setSpacing(8)
        self.reset.setText(self.tr("As the weights want it"))
        self.reset.setToolTip(self.tr("Undo all changes to how the picture is made ready"))
        self.reset.setProperty("role", "link")
        top = row(spacing=_GAP)
        top.addWidget(self.whose, 1)
        top.addWidget(self.reset)
        self.whose.setMinimumHeight(self.reset.sizeHint().height())
        layout.addLayout(top)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(_GAP)
        self._grid.setVerticalSpacing(_GAP)
        layout.addLayout(self._grid)
        layout.addWidget(self.numbers, 1)
        self._columns = 0
        self._lay_out(2)
        return content

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, card in enumerate(self.cards):
            self._grid.addWidget(card, at // columns, at % columns)
        for at in range(len(self.cards)):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)

    def _connect(self) -> None:
        view = self.original.view
        view.chosen.connect(self._on_box)
        view.settled.connect(self.pacer.flush)
        view.reset_wanted.connect(lambda: self._change(box=None))
        self.original.way_chosen.connect(lambda how: self._change(how=how, box=None))
        self.resized.interpolation_chosen.connect(lambda way: self._change(interpolation=way))
        # A box of the former size would be cut out and resized in one go, which `resize` does not change.
        self.resized.resize_chosen.connect(lambda side: self._change(resize=side, box=None))
        self.normalised.values.changed.connect(lambda mean, std: self._change(mean=mean, std=std))
        self.normalised.values.refused.connect(self._on_refused)
        self.reset.clicked.connect(self._on_reset)
        for pixels in (self.cropped.view, self.normalised.view):
            pixels.pointed.connect(self._on_pointed)
            pixels.picked.connect(self._on_picked)
            pixels.region_wanted.connect(self._on_region)
        self.numbers.table.picked.connect(self._pick)
        self.numbers.channel_changed.connect(self._show_tensor)
        self.jobs.predicted.connect(self._on_predicted)
        self.document.image_changed.connect(self._on_image_changed)
        self.document.prepare_changed.connect(self._show_wanted)

    # --- what the user changes -----------------------------------------------------------------------------

    def _on_box(self, box: tuple[float, float, float, float]) -> None:
        self.pacer.want(replace(self.pacer.wanted, box=box))
        if self._prediction is not None:
            self.original.show_looked_at(self._prediction.original_size)

    def _change(self, **values: Any) -> None:
        wanted = replace(self.pacer.wanted, **values)
        steps = self._steps
        self.pacer.want(wanted if steps is None else _without_own(wanted, steps.own))
        self.pacer.flush()

    def _on_reset(self) -> None:
        self.pacer.want(OWN)
        self.pacer.flush()

    def _on_refused(self, code: str, typed: str) -> None:
        self.whose.set_role("error")
        self.whose.setText(sentence(code, {"value": typed}))

    # --- what the engine says ------------------------------------------------------------------------------

    @property
    def _steps(self) -> m.Steps | None:
        return self._prediction.steps if self._prediction is not None else None

    def _on_predicted(self, prediction: m.Prediction) -> None:
        if prediction.steps is None:
            self._show_empty()
            return
        self._prediction = prediction
        self._inputs = Inputs(prediction.seen, prediction.steps.tensor)
        if self._picked is not None and not _within(self._picked, self._inputs):
            self._picked = None
        self.pages.setCurrentWidget(self.area)
        if self.isVisible():
            self._show(prediction, prediction.steps)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._prediction is not None and self._prediction.steps is not None:
            self._show(self._prediction, self._prediction.steps)

    def _on_image_changed(self) -> None:
        if self.document.image is None:
            self._show_empty()

    def _show_empty(self) -> None:
        self._prediction = self._inputs = self._picked = None
        self.pages.setCurrentWidget(self.empty)

    # --- showing -------------------------------------------------------------------------------------------

    def _show(self, prediction: m.Prediction, steps: m.Steps) -> None:
        size = boxes.Size(*prediction.original_size)
        self.original.view.show_picture(to_qimage(prediction.preview), size)
        self._show_wanted()
        self.original.show_looked_at(size)
        box = boxes.shares_of(steps.box, size)
        self.resized.view.show_framed(to_qimage(steps.resized), box)
        self.resized.show_steps(steps)
        self.cropped.view.show_pixels(to_qimage(prediction.seen))
        self.normalised.values.show_values(steps.mean, steps.std)
        assert self._inputs is not None
        self.numbers.show_inputs(self._inputs)
        self._show_tensor()
        self._make_room()

    def _show_wanted(self) -> None:
        """The square as the user has it, ahead of the answer; whose values are in force."""
        steps, wanted = self._steps, self.pacer.wanted
        if steps is None or self._prediction is None:
            return
        size = boxes.Size(*self._prediction.original_size)
        square = boxes.of_shares(wanted.box, size) if wanted.box is not None else boxes.square_of(steps.box, size)
        self.original.view.show_square(square)
        self.original.show_way(wanted.how or steps.own.how or steps.how, wanted.box is not None)
        self.whose.set_role("muted")
        self.whose.setText(words.whose(steps, wanted))
        self.reset.setVisible(bool(words.changes(steps, wanted)))

    def _show_tensor(self) -> None:
        inputs = self._inputs
        if inputs is None:
            return
        dark = is_dark()
        self.normalised.view.show_pixels(to_qimage(inputs.coloured(self.numbers.channel, dark)))
        end = signed(inputs.limit)
        self.normalised.bar.show_scale(plots.table(plots.SIGNED, dark), end.replace("+", "−"), end)
        self._show_mark(self._picked)

    def _retint(self) -> None:
        if self._inputs is not None:
            self.numbers.show_inputs(self._inputs)
        self._show_tensor()

    # --- the pixel pointed at ------------------------------------------------------------------------------

    def _on_pointed(self, place: Place | None) -> None:
        self._show_mark(place if place is not None else self._picked)

    def _on_picked(self, place: Place) -> None:
        self.numbers.table.go_to(place)
        self._pick(place)

    def _on_region(self, region: QRect) -> None:
        """Both show the same part."""
        for view in (self.cropped.view, self.normalised.view):
            view.set_region(region)
        self._make_room()

    def _pick(self, place: Place) -> None:
        self._picked = place
        self._show_mark(place)

    def _show_mark(self, place: Place | None) -> None:
        if self._inputs is None:
            return
        for view in (self.cropped.view, self.normalised.view):
            view.set_mark(place)
        self.cropped.show_pixel(self._inputs, place, self.numbers.channel)

    # --- room ----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """As many cards in a line as fit; pictures as high as the highest of their line."""
        room = self.width() - 2 * _MARGIN
        fitting = next((n for n in (4, 2) if n * LEAST + (n - 1) * _GAP <= room), 1)
        self._lay_out(fitting)
        wide = (room - (fitting - 1) * _GAP) // fitting
        for first in range(0, len(self.cards), fitting):
            line = self.cards[first : first + fitting]
            high = max(_height(card.picture, wide) for card in line)
            for card in line:
                card.picture.setFixedHeight(max(high, _LOW))


def _without_own(wanted: Preparation, own: Preparation) -> Preparation:
    """What is as the weights want it is no change."""
    return Preparation(
        how=None if wanted.how == own.how else wanted.how,
        resize=None if wanted.resize == own.resize else wanted.resize,
        interpolation=None if wanted.interpolation == own.interpolation else wanted.interpolation,
        box=wanted.box,
        mean=() if wanted.mean == own.mean else wanted.mean,
        std=() if wanted.std == own.std else wanted.std,
    )


def _within(place: Place, inputs: Inputs) -> bool:
    height, width = inputs.size
    return place[0] < height and place[1] < width


def _height(picture: PictureView, width: int) -> int:
    """What a picture takes in a card of this width."""
    image = picture.image
    if image.isNull():
        return width
    scale = min(width / image.width(), _HIGH / image.height())
    return math.ceil(image.height() * (int(scale) if scale > 1 else scale))
