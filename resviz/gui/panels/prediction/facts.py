"""What a prediction was computed with: weights, device, way, milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel

from resviz.engine import messages as m
from resviz.gui.panels.prediction.words import device_text, known_weights, milliseconds, percent
from resviz.gui.panels.zone import ElidedLabel, Headline, Zone
from resviz.gui.theme import BODY, font


class FactsZone(Zone):
    """An optional headline, then names on the left and values on the right."""

    def __init__(self, title: str, names: tuple[str, ...], headline: bool = False) -> None:
        super().__init__(title)
        self.headline = Headline(self)
        self.headline.setHidden(not headline)
        self.names = [QLabel(name) for name in names]
        self.values = [ElidedLabel("plain") for _ in names]
        grid = QGridLayout()
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        for row, (label, value) in enumerate(zip(self.names, self.values, strict=True)):
            label.setProperty("role", "muted")
            value.setFont(font(BODY, QFont.Weight.DemiBold))
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


class WeightsZone(FactsZone):
    """Which weights answer, how good they are, and where and how they compute."""

    def __init__(self) -> None:
        self._accuracy, self._off = self.tr("test accuracy"), False
        names = (self._accuracy, self.tr("classes"), self.tr("device"))
        super().__init__(self.tr("Weights"), names, headline=True)
        self._way = "exact"
        self._difference: float | None = None
        self._model: m.ModelReady | None = None
        self._catalog: tuple[m.WeightsInfo, ...] = ()

    def show_weights(self, model: m.ModelReady | None, catalog: tuple[m.WeightsInfo, ...]) -> None:
        """The network that answers; None where it is not known."""
        self._model, self._catalog = model, catalog
        self._show()

    def show_off(self, off: bool) -> None:
        """Whether parts of the network are off: its accuracy was measured with all of them on."""
        self._off = off
        self._show()

    def show_way(self, way: str = "exact", difference: float | None = None) -> None:
        """Which way the newest prediction took, and how far it is from the exact one where that was measured."""
        self._way, self._difference = way, difference
        self._show()

    def _show(self) -> None:
        """`exact` stands by the device: fp32, module by module, equal to torchvision to the bit."""
        model = self._model
        self._show_difference()
        if model is None:
            self._say_whose("")
            self.put("", "", "")
            return
        info = known_weights(model.weights, self._catalog)
        known = model.accuracy if model.accuracy is not None else info.accuracy if info else None
        accuracy = percent(known) if known is not None else ""
        self._say_whose(accuracy)
        way, _, _parts = self._way.partition(":")
        device = self.tr("{device} · {way}").format(device=device_text(model.device), way=way)
        self.put(accuracy, f"{model.spec.classes:,}", device, headline=self._name(model, info))
        self.headline.warn(not model.trained)

    def _say_whose(self, accuracy: str) -> None:
        label, whole = self.names[0], bool(accuracy) and self._off
        said = self.tr("{accuracy}\n(whole network)").format(accuracy=self._accuracy)
        label.setText(said if whole else self._accuracy)
        hint = self.tr("Measured with all parts on. What it is with parts off, nobody has measured.")
        label.setToolTip(hint if whole else "")

    def _show_difference(self) -> None:
        """Of a way that is not exact: how far off it is, and what it is made of."""
        way, _, parts = self._way.partition(":")
        if way == "exact" or self._model is None:
            self.foot.setText("")
            return
        off = self.tr("probabilities off by ≤ {difference}")
        said = "" if self._difference is None else off.format(difference=difference_text(self._difference))
        self.foot.setText(" · ".join(filter(None, (said, parts.strip()))))

    def _name(self, model: m.ModelReady, info: m.WeightsInfo | None) -> str:
        if not model.trained:
            return self.tr("none: random numbers")
        return info.title if info else PurePath(model.weights or "").name


def difference_text(value: float) -> str:
    """Of two probabilities, in points of a hundred: `0.12 %`, `0.0003 %`, `0 %`."""
    return f"{100 * value:.2g} %" if 100 * value >= 1e-4 or not value else "0.0001 %"


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

    def show_rate(self, per_second: float | None) -> None:
        """Frames a second while the picture is live; None when it is not."""
        said = self.tr("{rate} frames a second")
        self.foot.setText("" if per_second is None else said.format(rate=f"{per_second:.1f}"))
