"""How the network is looked at: folded how, drawn which way, coloured by what. Views share it; no spec holds it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from resviz.arch.layout.fold import Fold
from resviz.arch.layout.stack import Direction


class Look(QObject):
    """Frozen values and a signal for each."""

    fold_changed = Signal()
    direction_changed = Signal()
    colour_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fold = Fold()
        self._direction: Direction = "down"
        self._metric = ""
        self._log = True

    @property
    def fold(self) -> Fold:
        return self._fold

    @property
    def direction(self) -> Direction:
        """`down` or `right`: where the trunk goes."""
        return self._direction

    @property
    def metric(self) -> str:
        """What colours the layers, a name of `arch.costs.METRICS`; empty for the kind of operator."""
        return self._metric

    @property
    def log(self) -> bool:
        """Whether the scale of colours and bars is logarithmic."""
        return self._log

    def set_fold(self, fold: Fold) -> None:
        if fold != self._fold:
            self._fold = fold
            self.fold_changed.emit()

    def set_direction(self, direction: Direction) -> None:
        if direction != self._direction:
            self._direction = direction
            self.direction_changed.emit()

    def set_colour(self, metric: str, log: bool | None = None) -> None:
        """Colour by a metric (empty: by operator), on the scale there was unless another is said."""
        scale = self._log if log is None else log
        if (metric, scale) != (self._metric, self._log):
            self._metric, self._log = metric, scale
            self.colour_changed.emit()
