"""The prediction as bars, and what it was computed with: weights, device, milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from resviz.engine import messages as m
from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import STALE
from resviz.gui.panels.zone import ElidedLabel, Headline, Zone
from resviz.gui.theme import BODY, font

ROWS = 5


def percent(probability: float) -> str:
    """`71.1 %`; what would round to nothing is still not nothing."""
    share = 100 * probability
    return "< 0.1 %" if 0 < share < 0.05 else f"{share:.1f} %"


class Bars(QWidget):
    """Label, bar and percent, most probable first; the first bar in the accent, all grey when untrained."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scores: tuple[m.Score, ...] = ()
        self.trained = True
        self._stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_scores(self, scores: tuple[m.Score, ...], trained: bool) -> None:
        self.scores, self.trained = scores[:ROWS], trained
        said = ", ".join(f"{score.label} {percent(score.probability)}" for score in self.scores)
        self.setAccessibleDescription(said)
        self.setToolTip(said)
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, ROWS * 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, ROWS * 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(STALE if self._stale else 1.0)
        height = min(self.height() / ROWS, 30.0)
        for row in range(ROWS):
            score = self.scores[row] if row < len(self.scores) else None
            self._paint_row(painter, QRectF(0, row * height, self.width(), height), score, row == 0)

    def _paint_row(self, painter: QPainter, place: QRectF, score: m.Score | None, first: bool) -> None:
        right = QFontMetrics(_bold()).horizontalAdvance("100.0 %") + 8
        painter.setFont(_bold() if first else font(BODY))
        metrics = painter.fontMetrics()
        left = max(72.0, min(place.width() * 0.34, 200.0))
        middle = Qt.AlignmentFlag.AlignVCenter
        if score is not None:
            painter.setPen(QColor(colours().text if self.trained else colours().muted))
            label = metrics.elidedText(score.label, Qt.TextElideMode.ElideRight, int(left) - 12)
            painter.drawText(place.adjusted(0, 0, left - place.width(), 0), middle, label)
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, percent(score.probability))
        thick = min(12.0, place.height() * 0.55)
        track = QRectF(left, place.center().y() - thick / 2, place.width() - left - right - 4, thick)
        self._paint_bar(painter, track, score.probability if score else 0.0, first)

    def _paint_bar(self, painter: QPainter, track: QRectF, share: float, first: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        round_ = track.height() / 2
        painter.setBrush(QColor(colours().control))
        painter.drawRoundedRect(track, round_, round_)
        if share <= 0:
            return
        colour = QColor(colours().accent if self.trained else colours().identity)
        if not first:
            colour.setAlphaF(0.5)
        painter.setBrush(colour)
        # A share too small for a round bar is a sliver of its true width, cut from the track's round end.
        painter.save()
        painter.setClipRect(QRectF(track.x(), track.y(), track.width() * share, track.height()))
        if track.width() * share >= 2 * round_:
            track = track.adjusted(0, 0, -track.width() * (1 - share), 0)
        painter.drawRoundedRect(track, round_, round_)
        painter.restore()


class PredictionZone(Zone):
    """The top five; `status` and `cancel` stand beside the caption while an answer is late."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.caption.setText(self.tr("Prediction"))
        self.bars = Bars()
        self.body.addWidget(self.bars, 1)
        self.status = ElidedLabel()
        self.status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.cancel = QToolButton()
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setProperty("role", "link")
        self.cancel.setToolTip(self.tr("Stop this; the last result stays"))
        self.header.setStretch(1, 0)
        self.header.addWidget(self.status, 1)
        self.header.addWidget(self.cancel)
        self.show_waiting(False, "")

    def show_waiting(self, waiting: bool, text: str) -> None:
        """What is being done, and the way out of it."""
        self.status.setText((text or self.tr("working…")) if waiting else "")
        self.cancel.setVisible(waiting)

    def set_stale(self, stale: bool) -> None:
        """Dim what is not, or not yet, the answer to what the window shows."""
        self.bars.set_stale(stale)

    def show_empty(self, trained: bool) -> None:
        """No picture yet."""
        self.bars.show_scores((), True)
        self._note(trained, self.tr("The five likeliest classes come here."))

    def show_prediction(self, prediction: m.Prediction) -> None:
        self.bars.show_scores(prediction.top, prediction.trained)
        self._note(prediction.trained, prediction.note)
        if not prediction.top and prediction.note:  # the network's numbers overflowed
            self.foot.set_role("warning")
            self.foot.setText(prediction.note)

    def _note(self, trained: bool, note: str) -> None:
        self.foot.set_role("muted" if trained else "warning")
        self.foot.setText(note if trained else self.tr("untrained: predictions mean nothing"))


class FactsZone(Zone):
    """An optional headline, then names on the left and values on the right."""

    def __init__(self, title: str, names: tuple[str, ...], headline: bool = False) -> None:
        super().__init__(title)
        self.headline = Headline(self)
        self.headline.setHidden(not headline)
        self.values = [ElidedLabel("plain") for _ in names]
        grid = QGridLayout()
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(zip(names, self.values, strict=True)):
            label = QLabel(name)
            label.setProperty("role", "muted")
            value.setFont(_bold())
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
        self.body.setSpacing(6)
        self.body.addWidget(self.headline)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        self.put(*("" for _ in names))

    def put(self, *values: str, headline: str = "") -> None:
        """One value a name; what is not known shows as a dash."""
        self.headline.set_text(headline or "-")
        for label, value in zip(self.values, values, strict=True):
            label.setText(value or "-")


def _bold() -> QFont:
    return font(BODY, QFont.Weight.DemiBold)


def device_text(name: str) -> str:
    """`CPU`, `CUDA 1`, `MPS`."""
    return name.upper().replace(":", " ")


def known_weights(name: str | None, catalog: tuple[m.WeightsInfo, ...]) -> m.WeightsInfo | None:
    """The catalogue's entry of weights given by name or by file."""
    return next((info for info in catalog if name in (info.name, info.path)), None) if name else None


class WeightsZone(FactsZone):
    """Which weights answer, how good they are, and where they compute."""

    def __init__(self) -> None:
        names = (self.tr("test accuracy"), self.tr("classes"), self.tr("device"))
        super().__init__(self.tr("Weights"), names, headline=True)

    def show_weights(self, model: m.ModelReady | None, catalog: tuple[m.WeightsInfo, ...]) -> None:
        """`exact` stands by the device: fp32, module by module, equal to torchvision to the bit."""
        if model is None:
            self.put("", "", "")
            return
        info = known_weights(model.weights, catalog)
        known = model.accuracy if model.accuracy is not None else info.accuracy if info else None
        accuracy = percent(known) if known is not None else ""
        classes = f"{model.spec.classes:,}"
        device = self.tr("{device} · exact").format(device=device_text(model.device))
        self.put(accuracy, classes, device, headline=self._name(model, info))
        self.headline.warn(not model.trained)

    def _name(self, model: m.ModelReady, info: m.WeightsInfo | None) -> str:
        if not model.trained:
            return self.tr("none: random numbers")
        return info.title if info else PurePath(model.weights or "").name


class TimeZone(FactsZone):
    """Milliseconds of each step of the newest prediction."""

    STEPS = ("decode", "preprocess", "forward")

    def __init__(self) -> None:
        names = (self.tr("decode"), self.tr("preprocess"), self.tr("forward"), self.tr("total"))
        super().__init__(self.tr("Time"), names)

    def show_times(self, ms: Mapping[str, float]) -> None:
        known = [ms[step] for step in self.STEPS if step in ms]
        steps = [milliseconds(ms.get(step)) for step in self.STEPS]
        self.put(*steps, milliseconds(sum(known) if len(known) == len(self.STEPS) else None))


def milliseconds(value: float | None) -> str:
    """Three figures at most: `0.62 ms`, `3.4 ms`, `128 ms`; nothing for what was not measured."""
    if value is None:
        return ""
    return f"{value:.2f} ms" if value < 1 else f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"
