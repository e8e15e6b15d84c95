"""What a place of a layer could see, and what it really sees (Luo 2016)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QStackedWidget, QWidget

from resviz.arch.analysis import report
from resviz.arch.fields import Field
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import Choice, Segmented, column
from resviz.gui.panels.explain import words
from resviz.gui.panels.explain.asks import FieldAsk, Kept, Numbers, looked_at, mappable
from resviz.gui.panels.explain.field_picture import FieldPicture, blank, grey, heat
from resviz.gui.panels.explain.laid_view import Place
from resviz.gui.panels.explain.reach import HELD, Effective, effective, nearest, span
from resviz.gui.panels.explain.runner import PATIENCE_MS, Make, Runner
from resviz.gui.panels.explain.saving import drawn
from resviz.gui.panels.explain.status import StatusLine
from resviz.gui.panels.figures import share
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.settings import Settings
from resviz.heatmap import Floats
from resviz.ways import OWN

_OVER_KEY = "explain/field"
#: Of the sheet of heat, px.
_SHEET = 192


class FieldView(QWidget):
    """Of the layer that is selected, and a place that is clicked; the middle one at first."""

    def __init__(
        self, document: Document, jobs: Jobs, settings: Settings, numbers: Numbers, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._settings, self._numbers = document, jobs, settings, numbers
        self.over = Segmented(
            [
                Choice("noise", self.tr("Over noise"), self.tr("The mean over 16 inputs of noise, as in Luo 2016")),
                Choice("picture", self.tr("This picture"), self.tr("For the picture as the network saw it")),
            ],
            self.tr("Input"),
        )
        self.title, self.status, self.warning = ElidedLabel("plain"), StatusLine(), ElidedLabel("warning")
        self.view = FieldPicture(
            self.tr("The input with the theoretical receptive field as a square and the effective one as heat")
        )
        self.said, self.small, self.empty = QLabel(), QLabel(), QLabel()
        self.runner = Runner(jobs, self._make, self)
        self.place: Place | None = None
        self.found: Effective | None = None
        self.shown: tuple[FieldAsk, Floats] | None = None
        self._kept: Kept[FieldAsk, Floats] = Kept()
        self._background: m.Pixels | None = None
        self._late = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._build()
        self._connect()
        self.refresh()

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.over.set_value("picture" if self._settings.text(_OVER_KEY) == "picture" else "noise")
        self.warning.setText(self.tr("untrained: the effective field of random weights"))
        for label in (self.said, self.small, self.empty):
            label.setWordWrap(True)
        self.small.setProperty("role", "muted")
        self.small.setText(
            self.tr(
                "Square: what could count, by arithmetic. Heat: what does, the absolute gradient of the place with"
                " respect to each pixel. Click the picture, or use the arrow keys, for another place."
            )
        )
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(24, 0, 24, 0)
        content = QWidget()
        box = column(content, 6, (16, 4, 16, 12))
        for widget in (self.over, self.title, self.warning, self.status):
            box.addWidget(widget)
        box.addWidget(self.view, 1)
        box.addWidget(self.said)
        box.addWidget(self.small)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(content)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.area)
        column(self).addWidget(self.pages)

    def _connect(self) -> None:
        document, jobs = self._document, self._jobs
        document.spec_changed.connect(self._on_layer_changed)
        document.selection_changed.connect(self._on_layer_changed)
        for change in (
            document.image_changed,
            document.image_put_back,
            document.prepare_changed,
            document.weights_changed,
            document.off_changed,
        ):
            change.connect(self.refresh)
        jobs.model_ready.connect(self._on_model)
        jobs.predicted.connect(self.refresh)
        self.over.chosen.connect(self._on_over)
        self.view.picked.connect(self.go_to)
        self.view.pointed.connect(self._on_pointed)
        self.view.place_of = self._place_of
        self.runner.found.connect(self._on_found)
        self.runner.failed.connect(self._on_failed)
        self.runner.progress.connect(self.status.show_progress)
        self.runner.idle.connect(self._show_status)
        self.status.cancel.connect(self._on_cancel)
        self.status.again.connect(self._on_again)
        self._late.timeout.connect(lambda: self.view.set_stale(self.shown is not None))

    # --- what the user does --------------------------------------------------------------------------------

    def go_to(self, place: Place) -> None:
        """Another place of the layer."""
        self.place = place
        self.view.mark = place
        self.refresh()

    def _on_pointed(self, place: Place | None) -> None:
        """The arrow keys pick what they come to."""
        if place is not None and place == self.view.mark and place != self.place:
            self.go_to(place)

    def _on_over(self, over: str) -> None:
        self._settings.put(_OVER_KEY, over)
        self._on_again()

    def _on_cancel(self) -> None:
        self.runner.cancel()
        self._show_status()

    def _on_again(self) -> None:
        self.runner.retry()
        self.refresh()

    def _on_layer_changed(self) -> None:
        self.place = None
        self.view.mark = None
        self.refresh()

    def _on_model(self, _model: object) -> None:
        self.runner.retry()
        self.refresh()

    # --- what shall be known -------------------------------------------------------------------------------

    @property
    def _layer(self) -> str:
        return looked_at(self._document)

    def _field(self) -> Field:
        return report(self._document.spec).fields[self._layer]

    def _shape(self) -> tuple[int, int]:
        _channels, height, width = mappable(self._document.spec)[self._layer].out_shape
        return height, width

    def _place_of(self, across: float, down: float) -> Place:
        """Of a point given in shares of the input."""
        field, (height, width), size = self._field(), self._shape(), self._document.spec.size
        return nearest(field, down * size - 0.5, height), nearest(field, across * size - 0.5, width)

    def ask(self) -> FieldAsk:
        """What shall be on screen."""
        document, (height, width) = self._document, self._shape()
        place = self.place if self.place is not None else (height // 2, width // 2)
        own = (document.spec, document.weights, document.choices, self._layer, place, document.off)
        if not self._over_picture:
            return FieldAsk(*own)
        return FieldAsk(*own, self._numbers.of(document.image), document.prepare)

    @property
    def _over_picture(self) -> bool:
        return self.over.value() == "picture" and self._document.image is not None

    def _make(self, ask: FieldAsk) -> Make:
        own = {} if ask.image else {"image": None, "prepare": OWN}
        return self._jobs.request(m.FieldOf, layer=ask.layer, place=ask.place, **own)

    # --- answers -------------------------------------------------------------------------------------------

    def _on_found(self, ask: FieldAsk, answer: m.FieldFound) -> None:
        self._kept.put(ask, answer.values)
        self.refresh()

    def _on_failed(self, ask: FieldAsk, failed: m.Failed) -> None:
        if self._layer and ask == self.ask() and failed.code != m.CANCELLED:
            self.status.offer_again(sentence(failed.code, failed.values, failed.message), "error")
        else:
            self._show_status()

    # --- showing -------------------------------------------------------------------------------------------

    def refresh(self, _message: object = None) -> None:
        """Show what is known of what is wanted, and ask for the rest."""
        if not self._layer:
            self.shown = None
            self.runner.want([])
            self.empty.setText(self.tr("No layer of this network has more than one place."))
            self.pages.setCurrentWidget(self.empty)
            return
        self.pages.setCurrentWidget(self.area)
        has_picture = self._document.image is not None
        hint = self.tr("For the picture as the network saw it") if has_picture else self.tr("There is no picture yet")
        self.over.set_available("picture", has_picture, hint)
        ask = self.ask()
        self._show_square(ask)
        if (values := self._kept.get(ask)) is not None:
            self._show(ask, values)
        wanted = [ask] if values is None and self.isVisible() and self._jobs.model is not None else []
        self.runner.want(wanted)
        self._show_status()

    def _show_square(self, ask: FieldAsk) -> None:
        """By arithmetic: at once."""
        spec, field, prediction = self._document.spec, self._field(), self._jobs.prediction
        rows, columns = (span(field, at) for at in ask.place)
        model = self._jobs.model
        self.warning.setVisible(model is not None and not model.trained)
        seen = prediction.seen if prediction is not None and self._document.image is not None else None
        fits = seen is not None and seen.shape[0] == spec.size
        background = seen if fits else None
        if background is None or background is not self._background:
            self._background = background
            self.view.show_picture(grey(background) if background is not None else blank(spec.size))
        self.view.places = self._shape()
        self.view.show_square(rows, columns, spec.size, -field.start)
        said = self.tr("{layer}, row {row}, column {column} of {shape}")
        at = said.format(layer=ask.layer, row=ask.place[0], column=ask.place[1], shape=words.shape(*self._shape()))
        self.title.setText(at)

    def _show(self, ask: FieldAsk, values: Floats) -> None:
        field = self._field()
        rows, columns = (span(field, at) for at in ask.place)
        if self.shown is None or self.shown[1] is not values:
            self.shown = ask, values
            self.view.show_sheet(heat(values, _SHEET), self._shape())
        self.found = effective(values, rows, columns)
        self.said.setText(self._sentence(field, self.found))

    def _sentence(self, field: Field, found: Effective | None) -> str:
        if found is None:
            return self.tr("No pixel counts here: all channels of this place are silent.")
        said = self.tr(
            "{held} of the gradient lies in {pixels} pixels: {share} of the {square} pixels of the {side}×{side} square"
            " that are in the picture, as many as in a square of {own}×{own}."
        ).format(
            held=f"{HELD:.0%}".replace("%", " %"),
            pixels=f"{found.pixels:,}",
            share=share(found.pixels, found.square),
            square=f"{found.square:,}",
            side=field.size,
            own=round(found.side),
        )
        if found.outside > 0.0005:
            beyond = self.tr("{share} come from outside the square, by way of gates or norms that see the whole map.")
            said = f"{said} {beyond.format(share=share(found.outside, 1))}"
        return said

    def _show_status(self) -> None:
        if not self._layer:
            return
        ask = self.ask()
        fresh = self.shown is not None and self.shown[0] == ask
        if fresh:
            self._late.stop()
            self.view.set_stale(False)
            self.status.say(self._theory())
            return
        if not self.view.is_stale and not self._late.isActive():
            self._late.start()
        if self.runner.has_failed(ask):
            if not self.status.has_error:
                self.status.offer_again(self.tr("not computed"))
        elif not self.runner.is_running:
            self.status.say(self._theory())

    def _theory(self) -> str:
        field = self._field()
        said = self.tr("A place can see {side}×{side} pixels · places are {jump} px apart")
        return said.format(side=field.size, jump=field.jump)

    # --- visibility -------- -------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.pages.currentWidget() is self.area:
            self._background = None
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runner.want([])

    # --- what can be taken away ----------------------------------------------------------------------------

    def image(self) -> QImage | None:
        """As a picture with its words; None while there is none."""
        if self.shown is None:
            return None
        return drawn(self.view, f"{self.title.text()} · {self._theory()}")

    def name(self) -> str:
        """For a file."""
        assert self.shown is not None
        row, column = self.shown[0].place
        return f"field-{self.shown[0].layer}-{row}-{column}"

    def arrays(self) -> dict[str, object]:
        """As numbers; the square is start and stop of rows and columns."""
        assert self.shown is not None
        ask, values = self.shown
        field = report(ask.spec).fields[ask.layer]
        return {
            "values": values,
            "layer": np.array(ask.layer),
            "place": np.array(ask.place),
            "square": np.array([span(field, at) for at in ask.place]),
        }
